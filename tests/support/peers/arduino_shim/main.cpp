#include SKETCH

int main() {
  setup();
  for (;;) loop();
}

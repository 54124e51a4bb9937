/* An infrared blaster for capture-harness: an Arduino, an infrared LED with its resistor (and transistor) on
 * pin 3, and this sketch. Needs the library IRremote 4 (Arduino IDE: Tools > Manage Libraries > IRremote).
 *
 * Protocol, version 1. ASCII lines at 115200 baud, each ends in a line feed; numbers are decimal:
 *
 *   ? TOKEN                                            READY capture-harness-ir 1 MOST TOKEN
 *   SEND HZ TIMES OFFSET COUNT t1 t2 ... tn SUM        OK when the light is out, else ERR and what is wrong
 *
 * READY is also said once after a reset, with token 0; a host chooses another, so that it knows its answer.
 * MOST is the number of durations there is room for. HZ is the carrier
 * (0: bare light, which this sketch cannot make), the durations are ticks of 4 us, mark first, an even number
 * of them. The first OFFSET are sent once, the others TIMES times. SUM is the sum of all numbers before it,
 * modulo 65536. A line that is not understood is answered by ERR, and does no harm.
 */
#define IR_SEND_PIN 3
#include <IRremote.hpp>

const uint32_t BAUD = 115200;
const uint16_t MOST = 400;
const uint8_t TICK_US = 4;
const uint16_t MOST_TIMES = 1000;
const uint32_t QUIET_MS = 1000;

uint16_t ticks[MOST];

void greet(uint16_t token) {
  Serial.print(F("READY capture-harness-ir 1 "));
  Serial.print(MOST);
  Serial.print(F(" "));
  Serial.println(token);
}

/* The next byte, or -1 when the host has fallen silent in the middle of a line. */
int next() {
  const uint32_t start = millis();
  while (!Serial.available()) {
    if (millis() - start > QUIET_MS) return -1;
  }
  return Serial.read();
}

/* Reads a number; `last` becomes the byte behind it. Returns -1 for anything but digits, and at a line's end. */
int32_t number(int *last) {
  int32_t value = -1;
  if (*last == '\n' || *last == -1) return -1;
  while ((*last = next()) >= '0' && *last <= '9') {
    value = (value < 0 ? 0 : value) * 10 + (*last - '0');
    if (value > 1000000L) return -1;
  }
  return (*last == ' ' || *last == '\n' || *last == '\r') ? value : -1;
}

void skip_line(int last) {
  while (last != '\n' && last != -1) last = next();
}

void dark(uint32_t us) {
  for (; us > 60000UL; us -= 60000UL) IrSender.space(60000);
  IrSender.space(us);
}

void light(uint16_t from, uint16_t to) {
  for (uint16_t place = from; place < to; place++) {
    const uint32_t us = (uint32_t)ticks[place] * TICK_US;
    if (place % 2) {
      dark(us);
    } else {
      for (uint32_t left = us; left > 0;) {
        const uint16_t part = left > 60000UL ? 60000 : left;
        IrSender.mark(part);
        left -= part;
      }
    }
  }
}

/* Reads a SEND behind its word, and does it; returns what is wrong, or nothing. */
const __FlashStringHelper *send(int *last) {
  const int32_t hz = number(last), times = number(last), offset = number(last), count = number(last);
  if (hz < 0 || times < 1 || times > MOST_TIMES || count < 2 || count % 2 || offset < 0 || offset >= count || offset % 2)
    return F("bad numbers");
  if (count > MOST) return F("too many durations");
  if (hz == 0) return F("no carrier");
  uint32_t sum = hz + times + offset + count;
  for (uint16_t place = 0; place < count; place++) {
    const int32_t value = number(last);
    if (value < 1 || value > 65535) return F("bad duration");
    ticks[place] = value;
    sum += value;
  }
  if (number(last) != (int32_t)(sum % 65536UL)) return F("sum differs");
  if (*last == ' ') return F("too long");
  IrSender.enableIROut((hz + 500) / 1000);
  light(0, offset);
  for (uint16_t time = 0; time < times; time++) light(offset, count);
  return NULL;
}

void setup() {
  Serial.begin(BAUD);
  IrSender.begin();
  greet(0);
}

void loop() {
  if (!Serial.available()) return;
  int last = Serial.read();
  if (last == '\n' || last == '\r') return;
  if (last == '?') {
    int32_t token = 0;
    if ((last = next()) == ' ') token = number(&last);
    skip_line(last);
    greet(token < 0 ? 0 : token);
    return;
  }
  const char *word = "SEND ";
  while (*word && last == *word) {
    if (*++word) last = next();
  }
  const __FlashStringHelper *wrong = *word ? F("unknown") : send(&last);
  skip_line(last);
  if (wrong) {
    Serial.print(F("ERR "));
    Serial.println(wrong);
  } else {
    Serial.println(F("OK"));
  }
}

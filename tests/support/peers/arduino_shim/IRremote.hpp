// What the sketch needs of an Arduino and of IRremote, on this machine: the serial port is standard input and
// output, the light is written down on descriptor 3. Signatures are those of IRremote 4.
#pragma once
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

typedef char __FlashStringHelper;
#define F(text) text

static inline uint32_t millis() {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint32_t)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

struct SerialPort {
  void begin(uint32_t) {}
  int available() {
    struct pollfd one = {0, POLLIN, 0};
    if (poll(&one, 1, 1) < 0 || (one.revents & (POLLHUP | POLLERR))) exit(0);
    return one.revents & POLLIN ? 1 : 0;
  }
  int read() {
    unsigned char byte;
    if (::read(0, &byte, 1) != 1) exit(0);
    return byte;
  }
  void print(const char *text) { dprintf(1, "%s", text); }
  void print(uint16_t number) { dprintf(1, "%u", number); }
  void println(const char *text) { dprintf(1, "%s\r\n", text); }
  void println(uint16_t number) { dprintf(1, "%u\r\n", number); }
};
static SerialPort Serial;

struct Sender {
  void begin() {}
  void enableIROut(uint_fast8_t kilohertz) { dprintf(3, "carrier %u\n", (unsigned)kilohertz); }
  void mark(uint16_t us) { dprintf(3, "mark %u\n", us); }
  void space(uint16_t us) { dprintf(3, "space %u\n", us); }
};
static Sender IrSender;

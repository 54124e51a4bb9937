"""Requests to Linux drivers: their numbers, and the call itself. Source: `asm-generic/ioctl.h`."""

import fcntl

WRITE, READ = 1, 2


def request(direction: int, kind: str, number: int, size: int) -> int:
    """Return the number of a request: `direction` is WRITE (to the driver), READ or both together."""
    return direction << 30 | size << 16 | ord(kind) << 8 | number


def call(descriptor: int, code: int, data: bytes) -> bytes:
    """Make a request with `data`; return what the driver left in it. Raises OSError."""
    buffer = bytearray(data)
    fcntl.ioctl(descriptor, code, buffer, True)
    return bytes(buffer)

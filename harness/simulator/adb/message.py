"""One message of the ADB wire protocol: a 24-byte header and its payload.

Source: AOSP `packages/modules/adb/protocol.txt`.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum

HEADER = struct.Struct("<6I")

VERSION = 0x01000001
"""The first version whose peers leave the payload's checksum out."""

MAX_PAYLOAD = 1024 * 1024
MAX_PAYLOAD_BEFORE_CONNECTION = 4096


class Command(IntEnum):
    """The verbs, four ASCII letters read as a little-endian word."""

    CNXN = 0x4E584E43
    AUTH = 0x48545541
    OPEN = 0x4E45504F
    OKAY = 0x59414B4F
    WRTE = 0x45545257
    CLSE = 0x45534C43


class ProtocolError(Exception):
    """The peer does not speak ADB, or speaks it wrongly; the connection cannot go on."""


@dataclass(frozen=True, slots=True)
class Header:
    """The first 24 bytes of a message."""

    command: Command
    first: int
    second: int
    length: int
    checksum: int

    @classmethod
    def unpack(cls, data: bytes, limit: int) -> "Header":
        """Read 24 bytes; raises ProtocolError for a wrong magic, an unknown verb or over `limit` bytes."""
        verb, first, second, length, checksum, magic = HEADER.unpack(data)
        if magic != verb ^ 0xFFFFFFFF:
            raise ProtocolError(f"wrong magic {magic:#010x} for {verb:#010x}")
        if length > limit:
            raise ProtocolError(f"a payload of {length} bytes is over the limit of {limit}")
        try:
            command = Command(verb)
        except ValueError:
            raise ProtocolError(f"unknown command {verb:#010x}") from None
        return cls(command, first, second, length, checksum)


def checksum(payload: bytes) -> int:
    """Return the sum of the payload's bytes, which the protocol calls its CRC."""
    return sum(payload) & 0xFFFFFFFF


def pack(command: Command, first: int, second: int, payload: bytes = b"", *, with_checksum: bool) -> bytes:
    """Return one message, ready to send."""
    total = checksum(payload) if with_checksum else 0
    return HEADER.pack(command, first, second, len(payload), total, command ^ 0xFFFFFFFF) + payload

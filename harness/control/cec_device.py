"""What the kernel's HDMI-CEC adapters take and give. Source: `linux/cec.h` and its documentation."""

import struct
from dataclasses import dataclass

from harness.control.ioctl import READ, WRITE, call, request

CAPABILITIES = struct.Struct("=32s32sIII")
ADDRESSES = struct.Struct("=4sHBBII15s4s4s4s48sx")
MESSAGE = struct.Struct("=QQIIII16s7Bx")

GET_CAPABILITIES = request(READ | WRITE, "a", 0, CAPABILITIES.size)
GET_PLACE = request(READ, "a", 1, 2)
SET_PLACE = request(WRITE, "a", 2, 2)
GET_ADDRESSES = request(READ, "a", 3, ADDRESSES.size)
SET_ADDRESSES = request(READ | WRITE, "a", 4, ADDRESSES.size)
TRANSMIT = request(READ | WRITE, "a", 5, MESSAGE.size)

CAN_SET_PLACE, CAN_SET_ADDRESSES, CAN_TRANSMIT = 1 << 0, 1 << 1, 1 << 2
NO_PLACE = 0xFFFF
NO_ADDRESS = 0xFF
TV = 0
"""As a logical address, as its kind and as its primary device type: the receiving end of every cable."""

CEC_1_4 = 5
NO_VENDOR = 0xFFFFFFFF
ANSWER_MS = 1000
SENT, NOT_ACKNOWLEDGED = 0x01, 0x04
RECEIVED = 0x01


@dataclass(frozen=True, slots=True)
class Adapter:
    """What an adapter says of itself."""

    driver: str
    name: str
    capabilities: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a message: the reply where one was asked for and came."""

    acknowledged: bool
    sent: bool
    reply: bytes | None


def adapter(descriptor: int) -> Adapter:
    """Return what an adapter says of itself; raises OSError for what is none."""
    data = call(descriptor, GET_CAPABILITIES, bytes(CAPABILITIES.size))
    driver, name, _, capabilities, _ = CAPABILITIES.unpack(data)
    return Adapter(_text(driver), _text(name), capabilities)


def address(descriptor: int) -> int | None:
    """Return our first logical address, None while the adapter has none."""
    logical, _, _, count, *_ = ADDRESSES.unpack(call(descriptor, GET_ADDRESSES, bytes(ADDRESSES.size)))
    return int(logical[0]) if count and logical[0] != NO_ADDRESS else None


def become_tv(descriptor: int, name: str) -> None:
    """Claim the TV's address, at the root of the HDMI tree; raises OSError."""
    capabilities = adapter(descriptor).capabilities
    if capabilities & CAN_SET_PLACE and _place(descriptor) == NO_PLACE:
        call(descriptor, SET_PLACE, struct.pack("=H", 0))
    # Zeroes: kind and device type are TV.
    data = ADDRESSES.pack(
        b"", 0, CEC_1_4, 1, NO_VENDOR, 0, name.encode("ascii")[:14], bytes(4), bytes(4), bytes(4), bytes(48)
    )
    call(descriptor, SET_ADDRESSES, data)


def _place(descriptor: int) -> int:
    """Return where in the HDMI tree the adapter is."""
    return int(struct.unpack("=H", call(descriptor, GET_PLACE, bytes(2)))[0])


def transmit(descriptor: int, source: int, target: int, words: bytes = b"", reply: int = 0) -> Answer:
    """Send one message and wait until it is out, or for the reply with opcode `reply`; raises OSError.

    Without words it is a poll, which asks whether anybody has the address.
    """
    message = bytes((source << 4 | target, *words))
    data = MESSAGE.pack(
        0, 0, len(message), ANSWER_MS if reply else 0, 0, 0, message.ljust(16, b"\0"), reply, *bytes(6)
    )
    _, _, length, _, _, _, received, _, rx_status, tx_status, *_ = MESSAGE.unpack(
        call(descriptor, TRANSMIT, data)
    )
    answered = received[1:length] if reply and rx_status & RECEIVED else None
    return Answer(not tx_status & NOT_ACKNOWLEDGED, bool(tx_status & SENT), answered)


def _text(data: bytes) -> str:
    return data.partition(b"\0")[0].decode("latin-1")

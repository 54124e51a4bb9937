"""HDMI-CEC through the kernel: the device's own cable carries its keys. `cec:/dev/cec0?to=4`."""

import os
from contextlib import AbstractContextManager

from harness.clock import NS_PER_S, Clock, MonotonicClock
from harness.control import cec_device
from harness.control.cec_codes import (
    GIVE_POWER_STATUS,
    POWER_STATUS,
    REPORT_POWER_STATUS,
    SLEEP,
    STANDBY,
    USER_CONTROL_PRESSED,
    USER_CONTROL_RELEASED,
    USER_CONTROLS,
)
from harness.control.cec_device import CAN_SET_ADDRESSES, CAN_TRANSMIT, Answer
from harness.control.faults import Refused, told
from harness.control.keymap import known_key
from harness.control.uri import Wanted, whole_number
from harness.errors import ControlLost, InputError
from harness.timeline import Press

OUR_NAME = "Capture"
SOURCES = (4, 8, 11, 3, 6, 7, 10, 1, 2, 9, 5)
"""Whom we look for when the URI names nobody: playback, tuner, recorder, sound system."""

HIGHEST_ADDRESS = 14
REPEAT_S = 0.4
"""While a key is held it is said again within 500 ms, or the device takes it as released (CEC 13.13)."""

KEYS = [*USER_CONTROLS, SLEEP]
SILENT = "it does not answer on CEC; is it plugged in here and on, and is CEC on in its settings?"


def make(wanted: Wanted) -> "CecControl":
    """Return the control of `cec:DEVICE?to=LOGICAL_ADDRESS`; it needs no key map."""
    path, options = wanted.parts("to")
    try:
        target = whole_number(options["to"], HIGHEST_ADDRESS) if "to" in options else None
    except ValueError as error:
        raise wanted.wrong(f"to: {error}") from None
    return CecControl(path, target, wanted.clock)


class CecControl:
    """Presses keys as the TV at the other end of the device's HDMI cable.

    Parameters
    ----------
    path : str
        The adapter, `/dev/cecN`.
    target : int, optional
        The device's logical address, 0..14; by default the first source that answers.
    """

    name = "cec"
    what = "CEC"
    keys = dict.fromkeys(KEYS)
    """The keys it has; what each sends is in `cec_codes`."""

    def __init__(self, path: str, target: int | None = None, clock: Clock | None = None) -> None:
        self.path = path
        self.target = target
        self._clock = clock or MonotonicClock()
        self._descriptor: int | None = None
        self._source = cec_device.TV
        self._to: int | None = None

    def open(self) -> None:
        """Take the TV's place on the cable, and see that the device answers; idempotent.

        Raises ControlLost, InputError for an adapter that is a source itself.
        """
        if self._descriptor is None:
            with self._told():
                self._descriptor = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)
                self._join(self._descriptor)
                self._to = self._found()

    def press(self, key: str, *, hold_s: float = 0.0) -> Press:
        """Press a key, for `hold_s` seconds; raises PlanError for one CEC does not have, ControlLost."""
        known_key(key, KEYS, "cec")
        self.open()
        with self._told():
            start_ns = self._clock.now_ns()
            if key == SLEEP:
                self._say(bytes((STANDBY,)))
            else:
                self._hold(bytes((USER_CONTROL_PRESSED, USER_CONTROLS[key])), start_ns, hold_s)
                self._say(bytes((USER_CONTROL_RELEASED,)))
            return Press(key, start_ns, self._clock.now_ns(), self.name)

    def ask(self) -> None:
        """See that the device is there on the cable; raises ControlLost."""
        self.open()
        with self._told():
            self._say(b"")

    def version(self) -> str:
        """Return where on the cable the device answers, and its power; raises ControlLost."""
        self.open()
        where = f"logical address {self._to}"
        try:
            return f"{where}, {self.power_status()}"
        except ControlLost:
            return where

    def power_status(self) -> str:
        """Return `on`, `standby`, `going on` or `going to standby`; raises ControlLost."""
        self.open()
        with self._told():
            reply = self._say(bytes((GIVE_POWER_STATUS,)), REPORT_POWER_STATUS).reply
            if reply is None or len(reply) < 2 or reply[1] >= len(POWER_STATUS):
                raise Refused("it does not tell its power status; many devices leave that out of CEC")
            return POWER_STATUS[reply[1]]

    def close(self) -> None:
        """Let go of the adapter; idempotent, never raises."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def _join(self, descriptor: int) -> None:
        """Be the TV, unless somebody has set the adapter up already."""
        capabilities = cec_device.adapter(descriptor).capabilities
        if not capabilities & CAN_TRANSMIT:
            raise Refused("this adapter cannot send; it only listens")
        address = cec_device.address(descriptor)
        if address is None and capabilities & CAN_SET_ADDRESSES:
            cec_device.become_tv(descriptor, OUR_NAME)
            address = cec_device.address(descriptor)
        if address is None:
            raise Refused("this adapter has no address on the cable; is the HDMI cable plugged in?")
        self._source = address

    def _found(self) -> int:
        """Return the device's logical address; raises Refused when nobody answers."""
        wanted = [self.target] if self.target is not None else [one for one in SOURCES if one != self._source]
        if self.target == self._source:
            self.close()
            raise InputError(f"cec {self.path}: address {self.target} is the adapter's own; correct `to`")
        for address in wanted:
            answer = cec_device.transmit(self._opened(), self._source, address)
            if answer.sent and answer.acknowledged:
                return address
        raise Refused(SILENT)

    def _hold(self, words: bytes, start_ns: int, hold_s: float) -> None:
        """Say that a key is down, and again for as long as it is held."""
        end_ns = start_ns + round(hold_s * NS_PER_S)
        while True:
            self._say(words)
            left_s = (end_ns - self._clock.now_ns()) / NS_PER_S
            if left_s <= 0:
                return
            self._clock.sleep_s(min(REPEAT_S, left_s))
            if left_s <= REPEAT_S:
                return

    def _say(self, words: bytes, reply: int = 0) -> Answer:
        if self._to is None:
            raise Refused("it is closed")
        answer = cec_device.transmit(self._opened(), self._source, self._to, words, reply)
        if not answer.acknowledged:
            raise Refused(SILENT)
        if not answer.sent:
            raise Refused("the message did not get onto the cable; is it plugged in at both ends?")
        return answer

    def _opened(self) -> int:
        if self._descriptor is None:
            raise Refused("it is closed")
        return self._descriptor

    def _told(self) -> AbstractContextManager[None]:
        return told(f"cec {self.path}", self.close, self.path)

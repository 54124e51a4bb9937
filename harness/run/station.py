"""A test station: one device, leased and open, and the feed of what it shows."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.capture import open_source
from harness.errors import HarnessError, PlanError
from harness.impair.base import FaultSpec
from harness.record import DeviceRecord, RigRecord
from harness.run.device import Device
from harness.run.feed import Feed
from harness.run.lease import lease
from harness.run.opening import opened
from harness.run.qualify.store import qualification, rig_record
from harness.run.registry import Registration
from harness.run.rig import Rig
from harness.run.screens import load_screens

LEASE_S = 1800.0
"""How long to wait for a device that another run holds."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a station is made of.

    Parameters
    ----------
    registration : Registration
        The device.
    rig : Rig
        What it is captured and controlled with.
    faults : sequence of FaultSpec or str
        Planted in each playback of a virtual device.
    tell : callable
        Told whom a lease is waited for.
    """

    registration: Registration
    rig: Rig
    faults: Sequence[FaultSpec | str]
    tell: Callable[[str], None]


class Station:
    """Opens a device at the first test that needs it, and anew when it, or its capture, has gone."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.registration = order.registration
        self.rig = order.rig
        self.device_record: DeviceRecord | None = None
        self.qualification = qualification(order.registration, order.rig)
        self.rig_record: RigRecord = rig_record(order.registration, order.rig, self.qualification)
        self.screens: dict[str, NDArray[np.uint8]] = {}
        self._device: Device | None = None
        self._feed: Feed | None = None
        self._leased = ExitStack()
        self._open = ExitStack()

    def lease(self) -> None:
        """Wait for the device to be free, and hold it; raises RigError."""
        self._leased.enter_context(lease([self.registration.id], LEASE_S, self.order.tell))

    def close(self) -> None:
        """Let go of everything."""
        self._shut()
        self._leased.close()

    def ready(self) -> Device:
        """Return the device, open and answering, opened anew if it or its capture has gone.

        Raises RigError, InputError.
        """
        if self._device is None or not self._answers(self._device):
            self._shut()
            self._start()
        return self.device

    @property
    def device(self) -> Device:
        """Return the device as it was last made ready."""
        if self._device is None:
            raise PlanError(f"{self.registration.id}: is not open; ask for the fixture `device`")
        return self._device

    @property
    def feed(self) -> Feed:
        """Return what the device shows; raises PlanError for a device without a capture."""
        if self._feed is None:
            raise PlanError(
                f"{self.registration.id}: its profile names no `capture`, so nothing can be watched; add one"
            )
        return self._feed

    def _answers(self, device: Device) -> bool:
        try:
            if self._feed is not None:
                self._feed.check()
            device.ask()
        except HarnessError:
            return False
        return True

    def _start(self) -> None:
        with ExitStack() as stack:
            device = stack.enter_context(opened(self.registration, self.order.faults, rig=self.rig))
            feed = None
            if device.capture_uri:
                feed = Feed(open_source(device.capture_uri), device.clock)
                stack.callback(feed.close)
                feed.open()
                device.signal = feed.signal
            self.screens = load_screens(self.registration.screens())
            self.device_record = device.record()
            self._device, self._feed = device, feed
            self._open = stack.pop_all()

    def _shut(self) -> None:
        self._device = self._feed = None
        self._open.close()

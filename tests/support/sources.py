"""Capture sources in memory, for tests of what takes from a capture."""

import threading
import time

from harness.errors import CaptureLost
from harness.media import SignalEvent


class Scripted:
    """Delivers a list of items as fast as they are taken; an exception in the list is raised.

    After the last item nothing comes any more, as from a device that is silent.
    """

    uri = "virtual:scripted"

    def __init__(self, items, stream):
        self.items = list(items)
        self.stream = stream
        self.closed = False
        self._place = 0
        self.taken = threading.Event()

    def open(self):
        return self.stream

    def read(self, timeout_s=1.0):
        if self.closed:
            raise CaptureLost(f"{self.uri}: closed")
        if self._place >= len(self.items):
            self.taken.set()
            time.sleep(min(timeout_s, 0.005))
            return None
        item = self.items[self._place]
        self._place += 1
        if isinstance(item, Exception):
            self.taken.set()
            raise item
        return item

    def add(self, *items):
        self.taken.clear()
        self.items += items

    def close(self):
        self.closed = True


def lost(t_ns):
    return SignalEvent(t_ns, "signal_lost")


def back(t_ns, stream):
    return SignalEvent(t_ns, "signal_back", stream)


def until(holds, timeout_s=30.0):
    """Wait until something that another thread does holds."""
    end_s = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < end_s, "it never came"
        time.sleep(0.002)

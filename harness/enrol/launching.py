"""A virtual device that is waited for only so long, and ends with its block however late it comes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from harness.clock import NS_PER_S, Clock
from harness.errors import HarnessError, RigError
from harness.run.registry import VirtualOptions
from harness.simulator.launch import VirtualDevice, launch

END_S = 5.0


@contextmanager
def launched(options: VirtualOptions, end_ns: int, clock: Clock) -> Iterator[VirtualDevice]:
    """Yield a virtual device; raises RigError when it is not ready at `end_ns`."""
    start = _Launch(options)
    start.thread.start()
    try:
        start.ready.wait(max(0.0, (end_ns - clock.now_ns()) / NS_PER_S))
        if start.error is not None:
            raise start.error
        if start.device is None:
            raise RigError("the virtual device was not ready in time: this computer is busy; try again")
        yield start.device
    finally:
        start.done.set()
        if start.device is not None:
            start.thread.join(END_S)


class _Launch:
    """The thread that owns a virtual device."""

    def __init__(self, options: VirtualOptions) -> None:
        self.device: VirtualDevice | None = None
        self.error: HarnessError | None = None
        self.ready, self.done = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._run, args=(options,), name="virtual device", daemon=True)

    def _run(self, options: VirtualOptions) -> None:
        try:
            with launch(**options.model_dump()) as self.device:
                self.ready.set()
                self.done.wait()
        except HarnessError as error:
            self.error = error
        finally:
            self.ready.set()

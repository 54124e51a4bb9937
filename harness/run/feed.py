"""What the rig captures, from the first moment to the last: whether there is a signal, and who records it."""

import threading
from typing import Final, Literal, Protocol

from harness.capture.buffer import CaptureBuffer
from harness.capture.protocol import CaptureSource
from harness.clock import NS_PER_S, Clock, MonotonicClock, seconds_to_ns
from harness.errors import CaptureLost, RigError
from harness.media import Captured, Gap, SignalEvent, StreamFormat

LATE_S = 5.0
"""How long a recording waits for more of what it is to hold, when nothing comes."""

POLL_S = 0.1
MEDIA: Final[tuple[Literal["video", "audio"], ...]] = ("video", "audio")


class Sink(Protocol):
    """What a feed writes into: a recorder, or whoever looks at what comes."""

    def write(self, item: Captured) -> None:
        """Take one item, in order of time; raises RigError when it can take no more."""


class Feed:
    """Takes whatever a source captures, all the time, so that the signal can be asked for at any moment.

    One recording at a time can be attached; what comes while none is, is looked at for the signal alone.
    Open it once, and close it. Safe to use from any thread.

    Parameters
    ----------
    source : CaptureSource
        Not opened yet; the feed opens and closes it.
    clock : Clock
        The clock on which the source stamps.
    """

    def __init__(self, source: CaptureSource, clock: Clock | None = None) -> None:
        self.source = source
        self.error: RigError | None = None
        """Why nothing more can come, or be recorded; None as long as all is well."""
        self._clock = clock or MonotonicClock()
        self._format: StreamFormat | None = None
        self._recorder: Sink | None = None
        self._seen_ns = 0
        self._change = threading.Condition()
        self._buffer = CaptureBuffer(source)
        self._thread = threading.Thread(target=self._run, name="feed", daemon=True)

    def open(self) -> None:
        """Begin to capture; raises CaptureLost, InputError."""
        self._format = self.source.open()
        self._buffer.start()
        self._thread.start()

    def close(self) -> None:
        """Capture no more; idempotent, never raises."""
        self._buffer.stop()
        if self._thread.ident is not None:
            self._thread.join()
        self.source.close()

    @property
    def waiting(self) -> float:
        """Return how much of the buffer holds what is not recorded yet, 0..1."""
        return self._buffer.filled

    @property
    def format(self) -> StreamFormat | None:
        """Return the format of the signal, None while there is none."""
        return self._format

    def signal(self) -> bool:
        """Return whether there is a signal; raises RigError when the capture has gone."""
        self.check()
        return self._format is not None

    def check(self) -> None:
        """Raise why nothing more can come, or be recorded, if that is so."""
        if self.error is not None:
            raise self.error

    def await_format(self, timeout_s: float) -> StreamFormat:
        """Return the format once there is a signal; raises RigError if none comes in time."""
        with self._change:
            self._change.wait_for(lambda: self._format is not None or self.error is not None, timeout_s)
            self.check()
            if self._format is None:
                raise RigError(
                    f"{self.source.uri}: no signal within {timeout_s:g} s; wake the device, for instance "
                    'with device.reach("home"), and look at the cable'
                )
            return self._format

    def record(self, recorder: Sink) -> None:
        """Write what comes from now on into a recorder; one at a time."""
        with self._change:
            if self._recorder is not None:
                raise RigError(f"{self.source.uri}: is being recorded already; end that watch first")
            self._recorder = recorder

    def release(self, until_ns: int) -> None:
        """Let go of the recorder once all up to `until_ns` is in it, or cannot come any more.

        A recorder that is behind is waited for as long as it goes on. What does not come becomes a gap.
        """
        with self._change:
            seen_ns, end_ns = self._seen_ns, self._clock.now_ns() + seconds_to_ns(LATE_S)
            while self._recorder is not None and self._awaits(until_ns) and self._clock.now_ns() < end_ns:
                self._change.wait(POLL_S)
                if self._seen_ns > seen_ns:
                    seen_ns, end_ns = self._seen_ns, self._clock.now_ns() + seconds_to_ns(LATE_S)
            if self._recorder is not None and (self.error is not None or self._awaits(until_ns)):
                reason = str(self.error or f"{self.source.uri}: nothing came for {LATE_S:g} s")
                self._note_loss(self._recorder, until_ns, reason)
            self._recorder = None

    def _awaits(self, until_ns: int) -> bool:
        if self.error is not None or self._seen_ns >= until_ns:
            return False
        # Without a signal nothing comes that could say that the time has passed.
        return self._format is not None or self._clock.now_ns() < until_ns + NS_PER_S // 2

    def _run(self) -> None:
        try:
            for item in self._buffer:
                self._take(item)
            self._end(CaptureLost(f"{self.source.uri}: the capture has ended"))
        except RigError as error:
            self._end(error)
        except Exception as error:
            self._end(RigError(f"{self.source.uri}: the capture failed: {' '.join(str(error).split())}"))

    def _take(self, item: Captured) -> None:
        with self._change:
            if isinstance(item, SignalEvent):
                self._format = None if item.kind == "signal_lost" else item.format
            self._seen_ns = max(self._seen_ns, item.end_ns if isinstance(item, Gap) else item.t_ns)
            if self._recorder is not None:
                self._write(self._recorder, item)
            self._change.notify_all()

    def _write(self, recorder: Sink, item: Captured) -> None:
        try:
            recorder.write(item)
        except RigError:
            # The recorder keeps the reason. The capture goes on: only this recording has ended.
            self._recorder = None

    def _end(self, error: RigError) -> None:
        with self._change:
            self.error = error
            self._change.notify_all()

    def _note_loss(self, recorder: Sink, until_ns: int, reason: str) -> None:
        """Let the recording say that its end was not seen, so that nothing there can pass for clear."""
        for medium in MEDIA:
            self._write(recorder, Gap(self._seen_ns, max(until_ns, self._seen_ns + 1), medium, reason))

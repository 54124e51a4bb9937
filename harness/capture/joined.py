"""Picture of one source and sound of another as one capture, in order of time.

Both stamp on the computer's clock, so nothing is resampled: samples stay as the card gave them, and their
times carry its drift.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

from harness.capture.half import Half, Return
from harness.capture.protocol import CaptureSource
from harness.capture.sound_card import SoundCard
from harness.capture.uri import address_and_options
from harness.clock import NS_PER_S, Clock, MonotonicClock, seconds_to_ns
from harness.errors import CaptureLost, HarnessError, InputError
from harness.media import AudioBlock, Captured, Gap, RigEvent, SignalEvent, StreamFormat

HOLD_NS = NS_PER_S // 2
"""So long an item waits for an earlier one of the other source, which is on its way. What comes still later,
such as sound of which some may be missing, comes after its pictures, with its own time."""

TELL_NS = NS_PER_S
"""While there is no sound, a gap says so every second, so that no recording passes it over."""

OPTIONS = ("sound", "sound_rate", "sound_channels", "sound_latency_ms")
POLL_S = 0.02
GONE = "the sound card has gone"


class Joined:
    """Captures picture and sound from two sources.

    A sound card that goes away stops nothing: a RigEvent says so, gaps stand for its sound, and it is
    tried again until it comes back. When the picture's source goes away, so does the capture.

    Parameters
    ----------
    uri : str
        The URI of the whole.
    picture, sound : CaptureSource
        Not yet opened. What sound the picture's source has itself is left out.
    clock : Clock
        The clock on which both stamp.

    """

    def __init__(
        self, uri: str, picture: CaptureSource, sound: CaptureSource, clock: Clock | None = None
    ) -> None:
        self.uri = uri
        self._clock = clock or MonotonicClock()
        self._picture = Half(picture, "video")
        self._sound = Half(sound, "audio")
        self._heard: StreamFormat | None = None
        self._count = _Count()
        self._ready: deque[Captured] = deque()
        self._return: Return | None = None
        self._silent_ns: int | None = None
        """From where sound is missing that no gap has told yet; None while there is sound."""
        self._open = False

    def open(self) -> StreamFormat | None:
        """Open both, the sound first, which takes a second to be steady; return the format of both.

        Returns None while there is no picture. Raises RigError, InputError: whatever either says.
        """
        self._heard = self._sound.source.open()
        try:
            shown = self._picture.source.open()
        except BaseException:
            self._sound.source.close()
            raise
        self._count = _Count(self._heard.audio.rate_hz if self._heard and self._heard.audio else 0)
        self._ready.clear()
        self._silent_ns, self._open = None, True
        self._sound.start()
        self._picture.start()
        return self._with_sound(shown) if shown else None

    def read(self, timeout_s: float = 1.0) -> Captured | None:
        """Return the next item, or None if nothing came in time.

        Raises what the picture's source raises: CaptureLost, EOFError at the end of a file.
        """
        if not self._open:
            raise CaptureLost(f"{self.uri}: the capture is closed; open it first")
        deadline_ns = self._clock.now_ns() + seconds_to_ns(timeout_s)
        while not self._ready:
            item = self._next(deadline_ns)
            if item is not None:
                self._take(item)
            elif not self._ready and self._clock.now_ns() >= deadline_ns:
                return None
        return self._ready.popleft()

    def close(self) -> None:
        """Stop capturing; idempotent."""
        self._open = False
        if self._return is not None:
            self._return.stop()
            self._return = None
        self._picture.close()
        self._sound.close()

    def _next(self, deadline_ns: int) -> Captured | None:
        """Take the earlier of what both offer, once nothing earlier can come; else wait a little."""
        shown, heard = self._picture.peek(), self._next_sound()
        if shown is not None and heard is not None:
            return (self._picture if _time_ns(shown) <= _time_ns(heard) else self._sound).pop()
        half, other = (self._picture, self._sound) if shown is not None else (self._sound, self._picture)
        item = shown if shown is not None else heard
        alone = half is self._picture and self._return is not None
        if item is not None and (alone or _time_ns(item) < self._clock.now_ns() - HOLD_NS):
            return half.pop()
        left_s = (deadline_ns - self._clock.now_ns()) / NS_PER_S
        (self._picture if self._return is not None else other).wait(max(0.0, min(POLL_S, left_s)))
        return None

    def _next_sound(self) -> Captured | None:
        if self._return is not None:
            if self._return.is_back():
                self._return = None
                self._sound.start()
            return None
        try:
            item = self._sound.peek()
        except (HarnessError, EOFError) as error:
            self._lose(error)
            return None
        if isinstance(item, RigEvent) and item.kind == "unplugged":
            # The error that follows says the same, and what becomes of the picture.
            self._sound.pop()
            return None
        return item

    def _lose(self, error: Exception) -> None:
        now_ns = self._clock.now_ns()
        if self._silent_ns is None:
            self._silent_ns = self._count.end_ns or now_ns
        self._ready.append(RigEvent(now_ns, "unplugged", f"{error}; the picture goes on without sound"))
        self._sound.close()
        self._return = Return(self._sound.source, self._heard)

    def _take(self, item: Captured) -> None:
        if isinstance(item, SignalEvent) and item.format is not None:
            item = replace(item, format=self._with_sound(item.format))
        if isinstance(item, AudioBlock):
            self._hear(item)
            return
        t_ns = _time_ns(item)
        if self._silent_ns is not None and t_ns - self._silent_ns >= TELL_NS:
            self._ready.append(Gap(self._silent_ns, t_ns, "audio", GONE))
            self._silent_ns = t_ns
        self._ready.append(item)

    def _hear(self, block: AudioBlock) -> None:
        if self._silent_ns is not None:
            self._ready.append(Gap(self._silent_ns, max(self._silent_ns, block.t_ns), "audio", GONE))
            uri = self._sound.source.uri
            self._ready.append(RigEvent(block.t_ns, "plugged_in", f"{uri}: the sound is back"))
            self._silent_ns = None
            self._count.resume(block)
        self._ready.append(self._count.counted(block))

    def _with_sound(self, stream: StreamFormat) -> StreamFormat:
        return StreamFormat(stream.video, self._heard.audio if self._heard else None)


class _Count:
    """Counts samples on where a card that came back counts from 0 again."""

    def __init__(self, rate_hz: int = 0) -> None:
        self.end_ns: int | None = None
        self._rate_hz = rate_hz
        self._end = 0
        self._shift = 0

    def resume(self, block: AudioBlock) -> None:
        """Count on from here: as many samples are missing as the time since the last says."""
        missing_ns = max(0, block.t_ns - self.end_ns) if self.end_ns is not None else 0
        self._shift = self._end + max(1, round(missing_ns * self._rate_hz / NS_PER_S)) - block.first_sample

    def counted(self, block: AudioBlock) -> AudioBlock:
        """Return the block with its place in the whole."""
        block = replace(block, first_sample=block.first_sample + self._shift)
        self._end = block.first_sample + len(block.samples)
        self.end_ns = block.t_ns + round(len(block.samples) * NS_PER_S / max(1, self._rate_hz))
        return block


def with_sound(uri: str, picture: Callable[[str], CaptureSource]) -> CaptureSource:
    """Return the source of a URI: its picture's, joined with what `sound=NAME` names, if it does.

    `sound_rate`, `sound_channels` and `sound_latency_ms` are the options `rate`, `channels` and `latency_ms`
    of the sound input; all others are the picture's. Raises InputError for those without `sound`.
    """
    address, _, query = uri.partition("?")
    pairs = [pair for pair in query.split("&") if pair]
    own = [pair for pair in pairs if pair.partition("=")[0] in OPTIONS]
    shown = picture("?".join(filter(None, (address, "&".join(p for p in pairs if p not in own)))))
    if not own:
        return shown
    _, options = address_and_options(f"{address}?{'&'.join(own)}", OPTIONS)
    name = options.pop("sound", None)
    if name is None:
        raise InputError(f"capture source {uri!r}: name the sound input, sound=NAME, beside {own[0]!r}")
    settings = "&".join(f"{key.removeprefix('sound_')}={value}" for key, value in options.items())
    heard = "?".join(filter(None, (quote(name, safe=" :,()/"), settings)))
    return Joined(uri, shown, SoundCard(heard))


def _time_ns(item: Captured) -> int:
    return item.start_ns if isinstance(item, Gap) else item.t_ns

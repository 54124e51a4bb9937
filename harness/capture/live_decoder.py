"""Turns the packets of a live stream into frames and blocks of sound on the computer's clock.

The stamps are the encoder's; when they arrive says how its clock lies on ours. What was damaged or lost on
the way is left out up to the next key frame, and is a gap: it says nothing about the device.
"""

from typing import Any

from harness.capture.clock_fit import DriftNote, SteadyClock
from harness.capture.live_pictures import LivePictures
from harness.capture.live_sound import LiveSound
from harness.clock import NS_PER_S
from harness.media import Captured, RigEvent, SignalEvent, StreamFormat

LEAD_IN_NS = NS_PER_S
"""What is thrown away at the beginning, while the clock is found: what was buffered arrives all at once."""

LEAP_NS = NS_PER_S
LATE_NS = NS_PER_S // 2
"""Stamps that leap, and arrive so much off the time that they tell, are those of a sender that began anew."""

BEHIND_NS = 3 * NS_PER_S
"""So are stamps that go on, but come late for so long."""

PATIENCE_NS = 4 * NS_PER_S
"""Sound that is announced and does not come is waited for so long."""

RESTARTED = "the sender began anew"
CHANGED = "the sender changed the format"


class LiveDecoder:
    """Decodes a stream of pictures, one of sound, or both; `begin`, then `take` every packet.

    Parameters
    ----------
    uri : str
        What error messages name.
    latency_ns : int
        How much later a picture arrives than it was shown, subtracted from all times.
    """

    def __init__(self, uri: str, latency_ns: int = 0) -> None:
        self.format: StreamFormat | None = None
        """What is delivered; None until it is known."""
        self.restarted = False
        """Whether the sender began anew: then the demuxer must, too, and `begin` be called again."""
        self.clock = SteadyClock()
        self._pictures, self._sound = LivePictures(uri), LiveSound()
        self._latency_ns = latency_ns
        self._settling = True
        self._since_ns: int | None = None
        self._stamp_ns: int | None = None
        self._in_time_ns = 0
        self._note = DriftNote("the encoder")

    def begin(self, video: Any | None, audio: Any | None) -> None:
        """Take packets of these streams from now on, at the times of a sender that is not known yet."""
        self.clock, self.restarted = SteadyClock(), False
        self._since_ns = self._stamp_ns = None
        self._pictures.begin(video)
        self._sound.begin(audio)

    def take(self, packet: Any, arrived_ns: int) -> list[Captured]:
        """Return what a packet holds; raises RigError for what cannot be captured."""
        master = self._pictures.stream or self._sound.stream
        if packet.stream is master and packet.pts is not None:
            self._hear(round(packet.pts * packet.time_base * NS_PER_S), arrived_ns)
        if self.restarted:
            return [RigEvent(arrived_ns, "restarted", RESTARTED)]
        part = self._pictures if packet.stream is self._pictures.stream else self._sound
        decoded = part.decode(packet)
        if self._settling:
            return self._settle(arrived_ns)
        if self._pictures.changed():
            self._again(CHANGED, arrived_ns)
            return []
        items: list[Captured] = []
        for stamp_ns, thing in decoded:
            items += part.place(self.clock.time_ns(stamp_ns) - self._latency_ns, thing)
        return [*items, *self._note.due(self.clock, arrived_ns)]

    def _hear(self, stamp_ns: int, arrived_ns: int) -> None:
        if self._since_ns is None:
            self._since_ns = self._in_time_ns = arrived_ns
        elif self._begins_anew(stamp_ns, arrived_ns):
            self.restarted = True
            self._again(RESTARTED, arrived_ns)
            return
        if self._stamp_ns is None or stamp_ns > self._stamp_ns:
            # Pictures that are sent after one that is shown later would seem to be late.
            self.clock.hear(stamp_ns, arrived_ns)
            self._stamp_ns = stamp_ns

    def _begins_anew(self, stamp_ns: int, arrived_ns: int) -> bool:
        if self._stamp_ns is None:
            return False
        off = abs(self.clock.late_ns(stamp_ns, arrived_ns)) > LATE_NS
        self._in_time_ns = self._in_time_ns if off else arrived_ns
        leaps = abs(stamp_ns - self._stamp_ns) > LEAP_NS
        return off and (leaps or arrived_ns - self._in_time_ns > BEHIND_NS)

    def _again(self, reason: str, arrived_ns: int) -> None:
        self._settling, self._since_ns = True, arrived_ns
        self._in_time_ns = arrived_ns
        self._pictures.again(reason)
        self._sound.again(reason)

    def _settle(self, arrived_ns: int) -> list[Captured]:
        """Find out the format; return the change, if it is another than before."""
        if self._since_ns is None or arrived_ns - self._since_ns < LEAD_IN_NS:
            return []
        video = self._pictures.format() if self._pictures.stream else None
        audio = self._sound.format() if self._sound.stream else None
        patient = arrived_ns - self._since_ns < PATIENCE_NS
        if (video is None and self._pictures.stream) or (audio is None and self._sound.stream and patient):
            return []
        before, self.format = self.format, StreamFormat(video, audio)
        self._settling = False
        self.clock.start()
        if before in (None, self.format):
            return []
        return [SignalEvent(arrived_ns, "format_changed", self.format)]

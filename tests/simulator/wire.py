"""The far end of a virtual device's cable, in memory, and a clock that goes on only when somebody waits."""

from dataclasses import dataclass, field

START_NS = 7_000_000_000_000


@dataclass
class FakeClock:
    now: int = START_NS

    def now_ns(self):
        return self.now

    def sleep_s(self, seconds):
        self.now += max(0, round(seconds * 1e9))


@dataclass
class Sent:
    """One frame on the wire."""

    t_ns: int
    index: int
    picture: tuple
    samples: object
    first_sample: int


@dataclass
class Wire:
    """Remembers what a device sends: frames in `frames`, changes of the signal in `events`."""

    frames: list = field(default_factory=list)
    events: list = field(default_factory=list)

    def set_mode(self, video, audio, t_ns):
        self.events.append((t_ns, video))

    def signal_lost(self, t_ns):
        self.events.append((t_ns, None))

    def send(self, t_ns, index, picture, samples, first_sample):
        self.frames.append(Sent(t_ns, index, picture, samples, first_sample))

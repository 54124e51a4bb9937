"""What an infrared transmitter sends: a code of a known protocol, or the bare timings of its light."""

from dataclasses import dataclass

FRAME_GAP_US = 7_000.0
"""A space this long ends a frame: above the longest space inside one (NEC's 4.5 ms header, +25 %),
below the shortest between two (10 ms after a 20-bit SIRC frame, -25 %)."""


@dataclass(frozen=True, slots=True)
class Code:
    """One button of a remote control, as its protocol names it.

    Parameters
    ----------
    protocol : str
        `nec` (8-bit address), `necx` (16-bit address), `rc5`, `rc6` (mode 0), `sirc12`, `sirc15`, `sirc20`.
    address, command : int
        Unsigned, in the range that the protocol has bits for.
    toggle : int
        0 or 1: flips with every new press (RC5, RC6); always 0 for the others.
    repeat : bool
        True for what a remote control sends while a button stays down.
    """

    protocol: str
    address: int
    command: int
    toggle: int = 0
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Burst:
    """Light on, light off, light on ...: an odd place is a mark, an even one a space.

    Parameters
    ----------
    carrier_hz : float
        Frequency that the marks are modulated with; 0 for bare light.
    timings_us : tuple of float
        Durations in microseconds, the first a mark; a last space is the pause to keep.
    """

    carrier_hz: float
    timings_us: tuple[float, ...]

    @property
    def duration_us(self) -> float:
        """Return how long sending takes, in microseconds."""
        return sum(self.timings_us)


def split_frames(timings_us: tuple[float, ...]) -> list[tuple[float, ...]]:
    """Return the frames between long spaces, each from its first mark to its last."""
    frames: list[tuple[float, ...]] = []
    frame: list[float] = []
    for index, duration_us in enumerate(timings_us):
        if index % 2 and duration_us >= FRAME_GAP_US:
            frames.append(tuple(frame))
            frame = []
        else:
            frame.append(duration_us)
    if frame:
        frames.append(tuple(frame if len(frame) % 2 else frame[:-1]))
    return frames

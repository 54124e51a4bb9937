"""What sound detectors look at: one hop of sound, and levels computed once and shared by all."""

from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.shared import Shares, shared


class SoundView(Shares):
    """One hop of sound, `HOP_S` long (the last before a gap or the end may be shorter).

    Hops are cut anew from whatever blocks arrive, so they do not depend on where blocks begin.

    Parameters
    ----------
    t_ns : int
        When the first sample was heard.
    first_sample : int
        Index of the first sample since the stream began.
    samples : float32 array, shape (samples, channels), range -1..1
        Never write to it.
    rate_hz : int
        The sampling rate.
    after_gap : bool
        True when samples are missing before this hop: forget what was heard before.
    """

    HOP_S: Final = 0.01

    def __init__(
        self,
        t_ns: int,
        first_sample: int,
        samples: NDArray[np.float32],
        rate_hz: int,
        after_gap: bool = False,
    ) -> None:
        super().__init__()
        self.t_ns = t_ns
        self.first_sample = first_sample
        self.samples = samples
        self.rate_hz = rate_hz
        self.after_gap = after_gap

    @property
    def channels(self) -> int:
        """Return the number of channels."""
        return int(self.samples.shape[1])

    @cached_property
    def end_ns(self) -> int:
        """Return when the last sample ends."""
        return self.t_ns + round(len(self.samples) * 1e9 / self.rate_hz)

    @shared
    def rms(self) -> NDArray[np.float64]:
        """Return the root mean square of each channel, full scale 1, shape (channels,)."""
        return np.asarray(np.sqrt(np.mean(np.square(self.samples, dtype=np.float64), axis=0)))

    @shared
    def peak(self) -> NDArray[np.float32]:
        """Return the largest magnitude in each channel, shape (channels,)."""
        top: NDArray[np.float32] = np.abs(self.samples).max(axis=0)
        return top

    @shared
    def zero_run(self) -> NDArray[np.int64]:
        """Return the longest run of samples that are exactly 0 in each channel, shape (channels,)."""
        return np.array([_longest_run(column == 0) for column in self.samples.T], dtype=np.int64)

    @shared
    def rms_dbfs(self) -> float:
        """Return the level of all channels together; a full-scale square wave is 0, silence -120 or less."""
        return float(10 * np.log10(np.mean(self.rms**2) + 1e-12))


def _longest_run(inside: NDArray[np.bool_]) -> int:
    if not inside.any():
        return 0
    edges = np.flatnonzero(np.diff(np.concatenate(([0], inside.view(np.int8), [0]))))
    return int(np.max(edges[1::2] - edges[::2]))

"""Channel errors: one of two channels is lost or inverted, or both become the same."""

from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from harness.impair.base import Impairment, overlap

Sound = NDArray[np.int16]
NOISE_STEPS: Final = 4
CROSSTALK: Final = 10 ** (-50 / 20)


class ChannelError(Impairment):
    """Damages one channel of the front pair, or the difference of the pair; a single channel stays.

    Kinds: `silent` takes one channel away (medium leaves noise of +-4 steps of 16 bits, hard the other
    channel at -50 dB); `inverted` turns its polarity (medium and hard lower it by 3 and 6 dB, too); `mono`
    plays the mean on both (medium and hard leave the sides at -50 and -40 dB).
    """

    defect = "channel_error"
    medium = "sound"
    usual_s = 3.0
    kinds: ClassVar[tuple[str, ...]] = ("silent", "inverted", "mono")
    inverted: ClassVar[dict[str, float]] = {"easy": -1.0, "medium": -0.708, "hard": -0.501}
    sides: ClassVar[dict[str, float]] = {"easy": 0.0, "medium": 10 ** (-50 / 20), "hard": 10 ** (-40 / 20)}

    def sound(self, samples: Sound, t_s: float) -> Sound:
        """Return the damaged sound inside the interval, exact to the sample."""
        part = overlap((t_s, len(samples)), self.intervals_s()[0], self.rate_hz or 48_000)
        if part.start == part.stop or samples.shape[1] < 2:
            return samples
        damaged = samples.copy()
        pair = self._damaged(samples[part, :2].astype(np.float64))
        damaged[part, :2] = np.clip(np.rint(pair), -32768, 32767).astype(np.int16)
        return damaged

    def _damaged(self, pair: NDArray[np.float64]) -> NDArray[np.float64]:
        level = self.spec.level
        if self.kind == "mono":
            mid: NDArray[np.float64] = pair.mean(axis=1, keepdims=True)
            return np.asarray(mid + self.sides[level] * (pair - mid))
        channel = self.spec.seed // len(self.kinds) % 2
        if self.kind == "inverted":
            pair[:, channel] *= self.inverted[level]
        elif level == "hard":
            pair[:, channel] = CROSSTALK * pair[:, 1 - channel]
        else:
            steps = NOISE_STEPS if level == "medium" else 0
            pair[:, channel] = self.random.integers(-steps, steps + 1, size=len(pair))
        return pair

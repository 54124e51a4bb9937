"""Silence: the sound goes while the picture goes on."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from harness.impair.base import Impairment, overlap


class Silence(Impairment):
    """Mutes the sound.

    Levels: easy is digital zero; medium and hard leave noise of +-4 and +-12 steps of 16 bits (peaks of
    -78 and -69 dBFS), as an analogue stage or a lossy codec does.
    """

    defect = "silence"
    medium = "sound"
    noise_steps: ClassVar[dict[str, int]] = {"easy": 0, "medium": 4, "hard": 12}

    def sound(self, samples: NDArray[np.int16], t_s: float) -> NDArray[np.int16]:
        """Return silence inside the interval, exact to the sample."""
        part = overlap((t_s, len(samples)), self.intervals_s()[0], self.rate_hz or 48_000)
        if part.start == part.stop:
            return samples
        muted, steps = samples.copy(), self.noise_steps[self.spec.level]
        muted[part] = self.random.integers(-steps, steps + 1, size=muted[part].shape)
        return muted

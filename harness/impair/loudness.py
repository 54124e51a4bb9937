"""A jump of the level: the volume of the device changes by itself."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from harness.impair.base import Impairment, overlap


class Loudness(Impairment):
    """Raises or lowers the level from one sample to the next, and back at the end.

    Levels are the size of the jump: easy 12 dB, medium 8 dB, hard 6 dB, which is heard as clearly louder or
    softer. What a raised level drives beyond full scale is clipped, as in a device.
    """

    defect = "loudness"
    medium = "sound"
    usual_s = 3.0
    kinds: ClassVar[tuple[str, ...]] = ("jump_up", "jump_down")
    jump_db: ClassVar[dict[str, float]] = {"easy": 12.0, "medium": 8.0, "hard": 6.0}

    def sound(self, samples: NDArray[np.int16], t_s: float) -> NDArray[np.int16]:
        """Return the sound at its wrong level."""
        part = overlap((t_s, len(samples)), self.intervals_s()[0], self.rate_hz or 48_000)
        if part.start == part.stop:
            return samples
        sign = -1 if self.kind == "jump_down" else 1
        jumped = samples.copy()
        factor = 10 ** (sign * self.jump_db[self.spec.level] / 20)
        jumped[part] = np.clip(np.rint(samples[part] * factor), -32768, 32767).astype(np.int16)
        return jumped

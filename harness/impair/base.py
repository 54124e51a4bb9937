"""The contract of planting one defect in clean frames and sound."""

from abc import ABC
from dataclasses import dataclass, field
from fractions import Fraction
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from harness.errors import InputError
from harness.media import Plane

Picture = tuple[Plane, Plane, Plane]
"""The y, u, v planes of one frame, as in `Frame`."""

LEVELS = ("easy", "medium", "hard")


@dataclass(frozen=True, slots=True)
class FaultSpec:
    """One defect to plant: `freeze_frame:start_s=5,duration_s=1,level=easy,offset_ms=200`.

    Times count from the first frame of the title (or of the file). `kind` picks one form of a defect that
    has several (`kind=swapped`); without it the seed picks. `parameters` holds what only this defect
    knows, as numbers.
    """

    defect: str
    start_s: float = 0.0
    duration_s: float = 1.0
    level: str = "easy"
    seed: int = 0
    kind: str = ""
    parameters: dict[str, float] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> "FaultSpec":
        """Read the form above; raises InputError, naming the part that is wrong."""
        defect, _, rest = text.partition(":")
        words = {"level": "easy", "kind": ""}
        values: dict[str, float] = {}
        for part in filter(None, rest.split(",")):
            key, equals, value = (word.strip() for word in part.partition("="))
            if key in words and value and (key == "kind" or value in LEVELS):
                words[key] = value
                continue
            try:
                values[key] = float(value)
            except ValueError:
                equals = ""
            if not equals:
                raise InputError(f"fault {text!r}: cannot read {part!r}; write name=number")
        seed = values.pop("seed", 0)
        if not float(seed).is_integer():
            raise InputError(f"fault {text!r}: the seed is a whole number")
        return cls(
            defect=defect.strip(),
            start_s=values.pop("start_s", 0.0),
            duration_s=values.pop("duration_s", 1.0),
            level=words["level"],
            seed=int(seed),
            kind=words["kind"],
            parameters=values,
        )

    def __str__(self) -> str:
        """Return the form that `parse` reads."""
        extra = f",kind={self.kind}" if self.kind else ""
        extra += "".join(f",{key}={value:g}" for key, value in self.parameters.items())
        return (
            f"{self.defect}:start_s={self.start_s:g},duration_s={self.duration_s:g}"
            f",level={self.level},seed={self.seed}{extra}"
        )


TOLERANCE_S = 1e-6
"""Times within a microsecond are the same moment: sums of floats must not cost a frame."""


class Impairment(ABC):
    """Plants one defect. It sees every frame and every block in order, so that it can keep history.

    `active(t_s)` says whether a time lies in the planted interval; outside, what comes in goes out.
    """

    defect: ClassVar[str]
    medium: ClassVar[Literal["picture", "sound"]]
    """Which half it damages; the ground truth is exact to a frame or to a sample accordingly."""
    kinds: ClassVar[tuple[str, ...]] = ()
    """The forms that the defect takes, the commonest first."""
    usual_s: ClassVar[float] = 1.0
    """How long it lasts where nobody says; longer for what takes longer to be sure of."""

    def __init__(self, spec: FaultSpec, fps: Fraction | None, rate_hz: int | None) -> None:
        self.spec = spec
        self.fps = fps
        self.rate_hz = rate_hz
        self.random = np.random.default_rng(spec.seed)
        self.kind = spec.kind or (self.kinds[spec.seed % len(self.kinds)] if self.kinds else "")

    def intervals_s(self) -> list[tuple[float, float]]:
        """Return the planted intervals `[start, end)` in seconds, in order: the ground truth."""
        return [(self.spec.start_s, self.spec.start_s + self.spec.duration_s)]

    def active(self, t_s: float) -> bool:
        """Return whether `t_s` lies in `[start, start + duration)`."""
        start_s = self.spec.start_s - TOLERANCE_S
        return start_s <= t_s < start_s + self.spec.duration_s

    def picture(self, picture: Picture, t_s: float) -> Picture:
        """Return what is shown at `t_s` instead of `picture`."""
        return picture

    def sound(self, samples: NDArray[np.int16], t_s: float) -> NDArray[np.int16]:
        """Return what is heard instead of `samples`, shape (n, channels), the first at `t_s`."""
        return samples


def overlap(block: tuple[float, int], interval_s: tuple[float, float], rate_hz: int) -> slice:
    """Return the samples of a block that lie in `[start, end)`, exact to the sample.

    `block` is the time of its first sample in seconds and the number of its samples; `interval_s` is
    start and end in seconds, the end may be infinite.
    """
    first, count = round(block[0] * rate_hz), block[1]
    low, high = (round(min(t_s, block[0] + count / rate_hz + 1.0) * rate_hz) for t_s in interval_s)
    start = min(max(low - first, 0), count)
    return slice(start, min(max(high - first, start), count))

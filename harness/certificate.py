"""The certificate of a rig: what was measured of it with the sync pattern, and until when it holds."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from harness.errors import InputError
from harness.writing import write_whole

FigureStatus = Literal["pass", "fail", "not_measured"]
Verdict = Literal["pass", "fail", "inconclusive"]
OFFSET = "sound_offset"
"""The figure that says how much earlier than the picture the rig delivers the sound."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, ser_json_inf_nan="strings")


class Figure(_Part):
    """One property of a rig: measured, with its limits, or not measured, with the reason.

    A figure that has an interval passes only if the whole of it lies within the limits, and fails only if
    none of it does; in between it could not be told, and counts as not measured.
    """

    name: str
    what: str
    """What it is, in words."""
    unit: str
    value: float | None = None
    interval: tuple[float, float] | None = None
    at_least: float | None = None
    at_most: float | None = None
    required: bool = True
    """False where a rig can do without it."""
    status: FigureStatus = "not_measured"
    note: str = ""


class Certificate(_Part):
    """What came of qualifying one rig with one device's ports."""

    schema_: Literal["harness.rig/1"] = Field("harness.rig/1", alias="schema")
    device: str
    rig: str
    ports: dict[str, str]
    """Each port by its name (`capture`, or that of a control): its URI, and what stands behind it."""
    fingerprint: str
    """Of host and ports: a rig with another one is another rig."""
    host: str
    kernel: str
    card: str = ""
    """What the capture calls itself."""
    player: str
    player_known: bool
    """Whether sound and picture leave the player together: only then is the offset the rig's own."""
    made: str
    """When, ISO 8601 with its zone."""
    valid_until: str
    harness: str
    seconds: float
    """For how long the pattern was seen."""
    picture: str = ""
    """What was captured, such as `1920x1080 at 50 fps`."""
    figures: list[Figure]
    verdict: Verdict

    def figure(self, name: str) -> Figure | None:
        """Return a figure by its name."""
        return next((figure for figure in self.figures if figure.name == name), None)

    @property
    def offset_ms(self) -> tuple[float, float, float] | None:
        """Return the rig's own offset and its interval in ms, if it is known, and the rig passed."""
        found = self.figure(OFFSET)
        if self.verdict != "pass" or not self.player_known or found is None or found.value is None:
            return None
        low, high = found.interval or (found.value, found.value)
        return found.value, low, high

    def expired(self, now: datetime) -> bool:
        """Return whether it holds no longer."""
        return now >= datetime.fromisoformat(self.valid_until)


class Standing(StrEnum):
    """What is known of the rig of a run."""

    QUALIFIED = "qualified"
    VIRTUAL = "virtual"
    """Nothing to qualify: frames and samples carry the times at which the device made them."""
    MISSING = "missing"
    EXPIRED = "expired"
    FAILED = "failed"
    INCOMPLETE = "incomplete"
    CHANGED = "changed"
    UNREADABLE = "unreadable"

    @property
    def trusted(self) -> bool:
        """Return whether nobody need do anything."""
        return self in (Standing.QUALIFIED, Standing.VIRTUAL)


def judged(figure: Figure) -> Figure:
    """Return a figure with its status, by its value, interval and limits."""
    if figure.value is None:
        return figure.model_copy(update={"status": "not_measured"})
    low, high = figure.interval or (figure.value, figure.value)
    least = float("-inf") if figure.at_least is None else figure.at_least
    most = float("inf") if figure.at_most is None else figure.at_most
    if least <= low and high <= most:
        return figure.model_copy(update={"status": "pass"})
    if high < least or low > most:
        return figure.model_copy(update={"status": "fail"})
    note = f"too near its limit to tell ({low:.4g} to {high:.4g} {figure.unit}): capture for longer"
    return figure.model_copy(update={"note": "; ".join(filter(None, (figure.note, note)))})


def verdict(figures: list[Figure]) -> Verdict:
    """Return fail as soon as one fails, pass only if every required one was measured."""
    if any(figure.status == "fail" for figure in figures):
        return "fail"
    open_ones = any(figure.required and figure.status != "pass" for figure in figures)
    return "inconclusive" if open_ones or not figures else "pass"


def write_certificate(certificate: Certificate, path: Path) -> None:
    """Write a certificate so that a reader never sees half a file; raises InputError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, certificate.model_dump_json(indent=1, by_alias=True) + "\n")
    except OSError as error:
        raise InputError(f"{path}: the certificate cannot be kept: {error.strerror or error}") from error


def read_certificate(path: Path) -> Certificate:
    """Return the certificate at `path`; raises InputError with one line."""
    try:
        found = Certificate.model_validate_json(path.read_bytes())
        if datetime.fromisoformat(found.valid_until).tzinfo is None:
            raise ValueError(f"{found.valid_until!r} has no time zone")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{path}: not a rig's certificate: {place}: {first['msg']}") from None
    except ValueError as error:
        raise InputError(f"{path}: not a rig's certificate: valid_until: {error}") from None
    return found

"""Criteria say which checks are required and what is tolerated; `judge` turns checks into a verdict."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import Field, field_validator

from harness.config import Strict, load, nearest
from harness.errors import InputError
from harness.findings import DEFECTS, Check, Finding, Status


class Tolerance(Strict):
    """How much of a defect is let pass."""

    longer_than_s: float = Field(0.0, ge=0)
    """Findings up to this long are noted, not judged."""
    at_most: int = Field(0, ge=0)
    """So many judged findings are let pass."""


class Criteria(Strict):
    """What a playback must show, as QA wrote it."""

    name: str
    description: str = ""
    require: tuple[str, ...]
    """Checks that must have been made; one that was not makes the verdict inconclusive."""
    tolerate: dict[str, Tolerance] = Field(default_factory=dict)
    note: tuple[str, ...] = ()
    """Checks whose findings are shown beside the verdict, and never judged."""
    av_sync_ms: tuple[float, float] = (-125.0, 45.0)
    """Latest and earliest sound that is let pass (ITU-R BT.1359: detectability); wider, not narrower."""

    @field_validator("require", "tolerate", "note")
    @classmethod
    def _known(cls, value: Iterable[str]) -> Iterable[str]:
        for defect in value:
            if defect not in DEFECTS:
                raise ValueError(f"unknown defect {defect!r}{nearest(defect, list(DEFECTS))}")
        return value

    @field_validator("av_sync_ms")
    @classmethod
    def _not_narrower(cls, value: tuple[float, float]) -> tuple[float, float]:
        if not (value[0] <= -125.0 and value[1] >= 45.0):
            raise ValueError("only what viewers can detect is found: give at most -125 and at least 45 ms")
        return value


class Verdict(StrEnum):
    """What the judge says of one playback or file."""

    PASS = "pass"  # noqa: S105 - no secret, but a verdict
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, the findings that count against it, and every reason in words."""

    verdict: Verdict
    defects: tuple[Finding, ...]
    reasons: tuple[str, ...]


def judge(checks: Sequence[Check], findings: Sequence[Finding], criteria: Criteria) -> Judgement:
    """Judge: any certain, unexplained, untolerated finding fails; else every required check must be clear."""
    defects = [
        finding
        for defect in DEFECTS
        for finding in _judged([item for item in findings if item.defect == defect], criteria)
    ]
    reasons = [f"{finding.defect} found" for finding in defects]
    status = {check.defect: check for check in checks}
    open_reasons = [
        f"{defect} {_open(status.get(defect))}" for defect in criteria.require if _open(status.get(defect))
    ]
    if defects:
        return Judgement(Verdict.FAIL, tuple(defects), tuple(dict.fromkeys(reasons + open_reasons)))
    if open_reasons:
        return Judgement(Verdict.INCONCLUSIVE, (), tuple(open_reasons))
    return Judgement(Verdict.PASS, (), ())


def load_criteria(name: str, folders: Sequence[Path]) -> Criteria:
    """Return the criteria of that name from the first folder that has `NAME.yaml`."""
    known = sorted({file.stem for folder in folders for file in folder.glob("*.yaml")})
    if name not in known:
        raise InputError(f"no criteria {name!r}{nearest(name, known)}; known: {', '.join(known) or 'none'}")
    path = next(folder / f"{name}.yaml" for folder in folders if (folder / f"{name}.yaml").is_file())
    return load(path, Criteria)


def _judged(findings: Sequence[Finding], criteria: Criteria) -> list[Finding]:
    certain = [item for item in findings if not item.explained_by and not item.inconclusive]
    if not certain or certain[0].defect in criteria.note:
        return []
    tolerance = criteria.tolerate.get(certain[0].defect, Tolerance())
    judged = [item for item in certain if item.end_ns - item.start_ns > tolerance.longer_than_s * 1e9]
    if certain[0].defect == "av_sync":
        latest_ms, earliest_ms = criteria.av_sync_ms
        judged = [item for item in judged if not latest_ms <= item.peak <= earliest_ms]
    return judged if len(judged) > tolerance.at_most else []


def _open(check: Check | None) -> str | None:
    if check is None or check.status is Status.NOT_MEASURED:
        reason = check.reason if check else None
        return f"not measured ({reason})" if reason else "not measured"
    if check.status is Status.INCONCLUSIVE:
        return f"inconclusive ({check.reason})" if check.reason else "inconclusive"
    return None

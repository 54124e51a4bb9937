"""The first screen: the decision, why, and what was not measured."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from harness.findings import DEFECTS
from harness.record import RigRecord, RunRecord
from harness.report.cases import CaseView
from harness.report.grid import Grid, case_states
from harness.report.wording import counted, listed, words

HEADLINES = {
    "yes": "SHIP",
    "no": "DO NOT SHIP",
    "unknown": "CANNOT SAY",
}
NOTHING_MEASURED = "No test of this run passed with a measurement, so nothing supports shipping."
MOST_NAMED = 200
"""Tests that measured nothing are named up to here; the sections below name all."""
MOST_RIGS = 3
"""Rigs that are not qualified are named on the first screen up to here."""
_SAID = {
    "failed": ("failed", "failed"),
    "inconclusive": ("inconclusive", "inconclusive"),
    "rig": ("rig error", "rig errors"),
    "broken": ("not judged", "not judged"),
    "skipped": ("skipped", "skipped"),
    "passed": ("passed", "passed"),
}


@dataclass(frozen=True, slots=True)
class Count:
    """How many tests came out so, and where they are listed."""

    group: str
    count: int
    label: str


@dataclass(frozen=True, slots=True)
class Omission:
    """Something that was not measured: what, in brief, and the full list where that is longer."""

    what: str
    brief: str
    full: list[str]


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that the whole run stands on, and that is not as it ought to be."""

    what: str
    sentence: str
    command: str = ""
    """What to type to mend it."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a release manager reads first."""

    decision: str
    headline: str
    why: list[str]
    more: list[str]
    counts: list[Count]
    omissions: list[Omission]
    warnings: list[Warned]


def sum_up(record: RunRecord, cases: Sequence[CaseView], grid: Grid) -> Summary:
    """Return the first screen of a run."""
    decision, reasons = _decide(record, cases)
    tally = Counter(case.group for case in cases)
    counts = [
        Count(group, tally[group], names[tally[group] != 1])
        for group, names in _SAID.items()
        if tally[group] or group in ("failed", "passed")
    ]
    return Summary(
        decision,
        HEADLINES[decision],
        reasons[:2],
        reasons[2:],
        counts,
        _omissions(cases, grid),
        _warnings(record),
    )


def _warnings(record: RunRecord) -> list[Warned]:
    """Return what to say of devices that were set aside, and of rigs that nobody has qualified."""
    aside = [_set_aside(record, device, sentence) for device, sentence in record.set_aside.items()]
    rigs = [_unqualified(rig) for rig in record.rigs if not rig.standing.trusted]
    more = len(rigs) - MOST_RIGS
    if more > 0:
        rest = Warned("Rigs not qualified.", f"{more} more: they are named at the end of this page.")
        rigs = [*rigs[:MOST_RIGS], rest]
    return aside + rigs


def _set_aside(record: RunRecord, device: str, sentence: str) -> Warned:
    left = sum(case.device == device and sentence in case.message for case in record.cases)
    told = f" {counted(left, 'test was', 'tests were')} not run." if left else ""
    return Warned("Device set aside.", f"{_sentence(sentence)}{told}")


def _unqualified(rig: RigRecord) -> Warned:
    sentence, _, command = rig.standing_words.partition("; run: ")
    told = _sentence(sentence or f"The rig {rig.name or rig.id} was never qualified")
    return Warned("Rig not qualified.", f"{told} Type:" if command else told, command)


def _decide(record: RunRecord, cases: Sequence[CaseView]) -> tuple[str, list[str]]:
    """Never let a page say `Ship` on a record in which nothing passed with a measurement."""
    reasons = [_sentence(reason[:1].upper() + reason[1:]) for reason in record.ship.reasons]
    if record.ship.decision == "yes" and not any(_measured(case) for case in cases if case.group == "passed"):
        return "unknown", [NOTHING_MEASURED, *reasons]
    return record.ship.decision, reasons or [_default(record.ship.decision, cases)]


def _default(decision: str, cases: Sequence[CaseView]) -> str:
    if decision == "no":
        failed = [case for case in cases if case.group == "failed"]
        defects = listed(list(dict.fromkeys(defect for case in failed for defect in case.defects)))
        return f"{counted(len(failed), 'test')} failed{': ' if defects else ''}{defects}."
    if decision == "yes":
        return "Every check that the criteria require was made, and found no defect."
    return "Not everything that the criteria require could be measured."


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _measured(case: CaseView) -> bool:
    return any(state != "not_measured" for state in case_states(case.record).values())


def _omissions(cases: Sequence[CaseView], grid: Grid) -> list[Omission]:
    omissions = []
    blind = [case for case in cases if not _measured(case)]
    if blind:
        what = f"{counted(len(blind), 'test')} of {len(cases):,} measured nothing"
        omissions.append(_omission(what, [f"{case.record.name} ({case.outcome_words})" for case in blind]))
    for what, status in (
        ("Looked for in some playbacks only", "not_measured"),
        ("Looked for without a clear answer", "inconclusive"),
    ):
        lines = _where(cases, grid.columns, status)
        if lines:
            omissions.append(Omission(what, "; ".join(lines[:3]), lines[3:] and lines))
    if grid.unmeasured:
        what = f"{len(grid.unmeasured)} of {len(DEFECTS)} kinds of defect were looked for in no test"
        omissions.append(_omission(what, [words(defect) for defect in grid.unmeasured]))
    return omissions


def _omission(what: str, items: list[str]) -> Omission:
    return Omission(what, listed(items, most=5), items[:MOST_NAMED] if len(items) > 5 else [])


def _where(cases: Sequence[CaseView], columns: Sequence[str], status: str) -> list[str]:
    """Return which defects have checks of this status, in how many playbacks, and why."""
    playbacks = [
        {check.defect: check for check in playback.checks}
        for case in cases
        for playback in case.record.playbacks
    ]
    alike: dict[tuple[int, str], list[str]] = {}
    for defect in columns:
        checks = [checks.get(defect) for checks in playbacks]
        those = [check for check in checks if (check.status if check else "not_measured") == status]
        if those:
            reasons = list(dict.fromkeys(check.reason for check in those if check and check.reason))
            alike.setdefault((len(those), listed(reasons, most=3)), []).append(words(defect))
    return [
        f"{listed(defects)} in {count} of {counted(len(playbacks), 'playback')}{f' ({why})' if why else ''}"
        for (count, why), defects in alike.items()
    ]

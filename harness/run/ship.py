"""Whether to ship: `yes`, `no`, or `unknown` where too little was measured to say."""

from collections import Counter
from collections.abc import Sequence

from harness.record import CaseRecord, ShipRecord


def decide(cases: Sequence[CaseRecord]) -> ShipRecord:
    """Return the decision of a run.

    `no` as soon as a test failed. `yes` only if every test that ran passed, at least one of them is marked
    `release`, and every required check was made. Everything else, nothing run included, is `unknown`.
    """
    noted = sum(bool(case.notes) for case in cases)
    told = [_tell(noted, "had trouble on the way: see the notes")] if noted else []
    failed = _count(cases, "failed")
    if failed:
        return ShipRecord(decision="no", reasons=[_tell(failed, "failed") + _by_defects(cases), *told])
    reasons = [
        _tell(count, words)
        for outcome, words in (("inconclusive", "could not be judged"), ("error", "broke off"))
        if (count := _count(cases, outcome))
    ]
    release = [case for case in cases if "release" in case.markers]
    skipped = _count(release, "skipped")
    if skipped:
        reasons.append(f"{_tell(skipped, 'skipped')}, of those that a release needs")
    if not any(case.outcome == "passed" for case in release):
        reasons.append("no release test passed")
    if reasons:
        return ShipRecord(decision="unknown", reasons=[*reasons, *told])
    return ShipRecord(decision="yes", reasons=[_tell(_count(cases, "passed"), "passed"), *told])


def _by_defects(cases: Sequence[CaseRecord]) -> str:
    """Name the defects that were judged, those of the most tests first."""
    tally = Counter(
        defect
        for case in cases
        if case.outcome == "failed"
        for defect in {
            found.defect for playback in case.playbacks for found in playback.findings if found.judged
        }
    )
    return f": {', '.join(defect for defect, _ in tally.most_common())}" if tally else ""


def _count(cases: Sequence[CaseRecord], outcome: str) -> int:
    return sum(case.outcome == outcome for case in cases)


def _tell(count: int, words: str) -> str:
    return f"{count} test{'' if count == 1 else 's'} {words}"

"""One test's record, put together from its phases and its watches."""

from typing import TYPE_CHECKING, Any

import pytest

from harness.errors import HarnessError
from harness.plugin.devices import DEVICE_END, device_of
from harness.plugin.outcomes import blame, tell, worst
from harness.plugin.state import CASE, RUN, CaseState, case_of
from harness.record import CaseRecord

if TYPE_CHECKING:
    from harness.plugin.harness_run import HarnessRun

MESSAGE_CHARACTERS = 20_000
PLUMBING = {"parametrize", "usefixtures", "filterwarnings"}
"""Markers that say how pytest runs a test, not what it is about."""


def note_phase(item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
    """Keep what came of a phase; put the harness's outcome, and after the last phase the case, on it."""
    case = case_of(item)
    case.duration_s += call.duration
    if call.excinfo is not None and not hasattr(report, "wasxfail"):
        _note_error(item, call.excinfo, report, case)
    elif report.skipped:
        case.phases.append((report.when, "skipped", None, str(report.longrepr)))
    if report.when == "teardown":
        _close(item, report, case)


def _note_error(item: pytest.Item, excinfo: Any, report: pytest.TestReport, case: CaseState) -> None:
    error = excinfo.value
    if isinstance(error, pytest.skip.Exception):
        case.phases.append((report.when, "skipped", None, str(error)))
        return
    outcome, whose = blame(error, excinfo.traceback)
    report.harness_outcome = outcome  # type: ignore[attr-defined]
    if isinstance(error, HarnessError):
        report.longrepr = _short(item, excinfo, whose)
    watches = [watch for watch in case.watches if watch.settled and watch.verdict != "pass"]
    if watches and not isinstance(error, pytest.fail.Exception):
        section = tell(watches, item.config.stash[RUN].report_path)
        report.longrepr.addsection("defects", section)  # type: ignore[union-attr]
    message = "\n".join([str(error) or type(error).__name__, *getattr(error, "__notes__", ())])
    case.phases.append((report.when, outcome, whose, message))


def _short(item: pytest.Item, excinfo: Any, whose: str | None) -> Any:
    shown = excinfo.getrepr(style="value")
    place = next((entry for entry in reversed(excinfo.traceback) if entry.path == item.path), None)
    lines = [f"{item.path.name}:{place.lineno + 1}"] if place else []
    lines += getattr(excinfo.value, "__notes__", ())
    if lines:
        shown.addsection(f"{whose} error", "\n".join(lines))
    return shown


def _close(item: pytest.Item, report: pytest.TestReport, case: CaseState) -> None:
    run = item.config.stash[RUN]
    record = _record(item, case)
    run.aside.note(record)
    _drop_recordings(run, record)
    report.harness = {  # type: ignore[attr-defined]
        "case": record.model_dump(mode="json"),
        "device": case.device_record,
        "rig": case.rig_record,
        "set_aside": dict(run.aside.reasons),
    }
    report.user_properties += [
        ("device", case.device or ""),
        ("verdict", record.outcome),
        (
            "defects",
            ", ".join(repr(defect) for watch in case.watches if watch.settled for defect in watch.defects),
        ),
    ]
    if record.notes:
        report.user_properties.append(("notes", "; ".join(record.notes)))
    del item.stash[CASE]


def _record(item: pytest.Item, case: CaseState) -> CaseRecord:
    outcome = worst([outcome for _, outcome, _, _ in case.phases])
    decisive = [phase for phase in case.phases if phase[1] == outcome]
    when, _, whose, _ = decisive[0] if decisive else ("call", outcome, None, "")
    nodeid, device = item.nodeid, case.device or device_of(item)
    return CaseRecord(
        nodeid=nodeid,
        name=_name(item, device),
        plan=nodeid.partition("::")[0],
        device=device,
        markers=sorted({mark.name for mark in item.iter_markers()} - PLUMBING),
        outcome=outcome,
        phase=when,
        blame=whose,
        message="\n\n".join(message for *_, message in case.phases)[:MESSAGE_CHARACTERS],
        notes=case.notes,
        started=case.started,
        duration_s=round(case.duration_s, 3),
        playbacks=[watch.record for watch in case.watches if watch.record is not None],
    )


def _name(item: pytest.Item, device: str) -> str:
    """Return the test's name without the device, so that one test on two devices shares a row."""
    callspec = getattr(item, "callspec", None)
    if callspec is None or "device_name" not in callspec.params:
        return item.name
    rest = f"-{callspec.id}-".replace(f"-{device}{DEVICE_END}-", "-", 1).strip("-")
    return f"{item.name.partition('[')[0]}[{rest}]" if rest else item.name.partition("[")[0]


def _drop_recordings(run: "HarnessRun", record: CaseRecord) -> None:
    keep = run.recordings == "on" or (run.recordings == "retain-on-failure" and record.outcome != "passed")
    for playback in () if keep else record.playbacks:
        if playback.recording:
            path = run.dir.path / playback.recording
            for file in path.parent.glob(f"{path.stem}.*"):
                file.unlink(missing_ok=True)
            playback.recording = None

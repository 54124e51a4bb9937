"""The last words on the terminal: ship or not, every defect in a row, what nobody looked at, the report."""

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from harness.plugin.state import RUN

if TYPE_CHECKING:
    from harness.record import CaseRecord, RunRecord

HEADINGS = ("device", "test", "defect", "when", "measured")
COLOUR = {"yes": "green", "no": "red", "unknown": "yellow"}
MOST_ROWS = 40
WIDEST = 48


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say what came out of the run."""
    run = config.stash[RUN]
    if run.record is None:
        return
    from harness.report.summary import HEADLINES

    ship = run.record.ship
    terminalreporter.section("release", sep="=")
    colour = {COLOUR[ship.decision]: True, "bold": True}
    terminalreporter.write_line(f"{HEADLINES[ship.decision]}: {'; '.join(ship.reasons)}", **colour)
    for line in _warnings(run.record):
        terminalreporter.write_line(line, yellow=True)
    for line in _table([HEADINGS, *_rows(run.record)]):
        terminalreporter.write_line(line)
    for line in textwrap.wrap(_unmeasured(run.record), terminalreporter._tw.fullwidth):
        terminalreporter.write_line(line)
    if run.failure:
        terminalreporter.write_line(run.failure, red=True, bold=True)
    else:
        terminalreporter.write_line(f"report: {run.report_path}", bold=True)


def _warnings(record: "RunRecord") -> list[str]:
    """Return which devices were set aside, and which rigs nobody can vouch for."""
    rigs = [rig.standing_words for rig in record.rigs if not rig.standing.trusted and rig.standing_words]
    return [*record.set_aside.values(), *rigs]


def _rows(record: "RunRecord") -> Iterator[tuple[str, ...]]:
    for case in record.cases:
        for playback in case.playbacks:
            for finding in playback.findings:
                if finding.judged:
                    when = f"{finding.start_s:.2f}-{finding.end_s:.2f} s"
                    measured = f"{finding.metric} {finding.peak:.4g} {finding.unit}"
                    yield case.device or "", case.name, finding.defect, when, measured
        if case.outcome in ("error", "inconclusive"):
            yield case.device or "", case.name, _word(case), "", case.message.partition("\n")[0]


def _word(case: "CaseRecord") -> str:
    return f"{case.blame} error" if case.outcome == "error" else case.outcome


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    if len(rows) == 1:
        return []
    shown = [tuple(_short(cell) for cell in row) for row in rows[: MOST_ROWS + 1]]
    widths = [max(len(row[column]) for row in shown) for column in range(len(HEADINGS))]
    lines = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) for row in shown]
    more = len(rows) - len(shown)
    return [line.rstrip() for line in lines] + ([f"... and {more} more, in the report"] if more else [])


def _short(cell: str) -> str:
    plain = "".join(character if character.isprintable() else " " for character in cell)
    return plain if len(plain) <= WIDEST else f"{plain[: WIDEST - 3]}..."


def _unmeasured(record: "RunRecord") -> str:
    from harness.findings import DEFECTS

    checks = [check for case in record.cases for playback in case.playbacks for check in playback.checks]
    measured = {check.defect for check in checks if check.status != "not_measured"}
    missing = [defect for defect in DEFECTS if defect not in measured]
    return f"not measured: {len(missing)} of {len(DEFECTS)} kinds of defect ({', '.join(missing)})"

"""The grid device x test x defect of the first screen, folded by plan where tests are many."""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.findings import DEFECTS
from harness.record import CaseRecord, Playback
from harness.report.cases import CaseView
from harness.report.wording import counted, words

MOST_ROWS = 40
STATES = {
    "clear": ("\u2713", "clear"),
    "noted": ("\u25cb", "found, but explained or tolerated"),
    "not_measured": ("\u2013", "not measured"),
    "inconclusive": ("?", "inconclusive"),
    "found": ("\u2715", "found"),
}
"""The states of a cell, best first, with the sign and the words for each."""
_RANK = {state: rank for rank, state in enumerate(STATES)}


@dataclass(frozen=True, slots=True)
class Cell:
    """One defect in one test, or in all tests of a plan; `count` tests are in the worst state."""

    state: str
    count: int
    words: str
    href: str | None

    @property
    def sign(self) -> str:
        """Return the sign, so that no state is told by colour alone."""
        return STATES[self.state][0]


@dataclass(frozen=True, slots=True)
class Row:
    """One test, or one plan with all of its tests."""

    label: str
    href: str
    group: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one device."""

    device: str
    rows: list[Row]
    folded: list[Row]


@dataclass(frozen=True, slots=True)
class Grid:
    """The grid; `columns` were looked for in some test, `unmeasured` in none."""

    columns: list[str]
    unmeasured: list[str]
    sections: list[Section]
    by_plan: bool


def lay_out(cases: Sequence[CaseView]) -> Grid:
    """Return the grid of all tests."""
    states = [case_states(case.record) for case in cases]
    looked_for = {
        check.defect
        for case in cases
        for playback in case.record.playbacks
        for check in playback.checks
        if check.status != "not_measured"
    } | {defect for state in states for defect, came in state.items() if came != "not_measured"}
    columns = [*(defect for defect in DEFECTS if defect in looked_for), *sorted(looked_for - set(DEFECTS))]
    by_plan = len(cases) > MOST_ROWS
    devices = list(dict.fromkeys(case.device_name for case in cases))
    share = max(MOST_ROWS // max(len(devices), 1), 5)
    sections = []
    for device in devices:
        mine = [
            (case, state) for case, state in zip(cases, states, strict=True) if case.device_name == device
        ]
        rows = (
            _by_plan(mine, columns)
            if by_plan
            else [_row(case.record.name, [(case, state)], columns) for case, state in mine]
        )
        if len(rows) > share:
            rows.sort(key=lambda row: -max((_RANK[cell.state] for cell in row.cells), default=0))
        sections.append(Section(device, rows[:share], rows[share:]))
    return Grid(columns, [defect for defect in DEFECTS if defect not in columns], sections, by_plan)


def case_states(case: CaseRecord) -> dict[str, str]:
    """Return the state of every defect that was looked for in a test, the worst of its playbacks."""
    playbacks = [_playback_states(playback) for playback in case.playbacks]
    named = {defect for states in playbacks for defect in states}
    return {
        defect: max((states.get(defect, "not_measured") for states in playbacks), key=_RANK.__getitem__)
        for defect in named
    }


def _playback_states(playback: Playback) -> dict[str, str]:
    states = {check.defect: check.status for check in playback.checks}
    listed = {finding.defect for finding in playback.findings}
    judged = {finding.defect for finding in playback.findings if finding.judged}
    noted = {defect for defect in listed - judged if states.get(defect) in ("found", "clear")}
    return {**states, **dict.fromkeys(noted, "noted"), **dict.fromkeys(judged, "found")}


def _by_plan(mine: list[tuple[CaseView, dict[str, str]]], columns: list[str]) -> list[Row]:
    plans: dict[str, list[tuple[CaseView, dict[str, str]]]] = {}
    for case, state in mine:
        plans.setdefault(case.record.plan, []).append((case, state))
    return [_row(f"{plan} ({counted(len(items), 'test')})", items, columns) for plan, items in plans.items()]


def _row(label: str, items: list[tuple[CaseView, dict[str, str]]], columns: list[str]) -> Row:
    worst = min((case for case, _ in items), key=lambda case: _GROUP_RANK.index(case.group))
    return Row(label, f"#{worst.anchor}", worst.group, [_cell(defect, items) for defect in columns])


_GROUP_RANK = ("failed", "inconclusive", "rig", "broken", "skipped", "passed")


def _cell(defect: str, items: list[tuple[CaseView, dict[str, str]]]) -> Cell:
    found = [state.get(defect, "not_measured") for _, state in items]
    worst = max(found, key=_RANK.__getitem__)
    count = found.count(worst)
    text = f"{words(defect)}: {STATES[worst][1]}"
    if len(items) > 1:
        text += f" in {count} of {counted(len(items), 'test')}"
    return Cell(worst, count, text, _target(items[found.index(worst)][0], defect, worst))


def _target(case: CaseView, defect: str, state: str) -> str | None:
    if state in ("clear", "not_measured"):
        return None
    for playback, anchors in zip(case.record.playbacks, case.anchors(), strict=True):
        for finding, anchor in zip(playback.findings, anchors, strict=True):
            if finding.defect == defect and (finding.judged or state != "found"):
                return case.href(anchor)
    return case.href(case.anchor)

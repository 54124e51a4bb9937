"""The release page: `index.html`, made from `run.json` alone.

The page stands beside its style and script (`assets/`) and the evidence, so that it opens from disk and
from an artifact store whose content policy forbids inline style and script. Without the script it loses
its filter and its keys, and nothing else.
"""

import importlib.resources
import math
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from harness.errors import InputError
from harness.record import RunRecord, read_run
from harness.report import wording
from harness.report.cases import GROUPS, OUTCOME_WORDS, CaseView, view_cases, view_playbacks
from harness.report.grid import STATES, lay_out
from harness.report.links import Linker
from harness.report.summary import sum_up
from harness.writing import write_whole

MOST_INLINE = 120
"""Tests whose evidence the main page holds; beyond, a test that did not pass gets a page of its own."""
MOST_OPEN = 25
"""Tests that are unfolded when the page opens."""


def write_page(run: Path) -> Path:
    """Write the page of a run beside its record and return its path.

    Parameters
    ----------
    run : Path
        The run's folder, or the record in it.

    Raises
    ------
    InputError
        When the record cannot be read or the page not be written; the message is one line.
    """
    path = run / "run.json" if run.is_dir() else run
    record = read_run(path)
    try:
        return _render(record, path.parent)
    except OSError as error:
        raise InputError(
            f"{error.filename or path.parent}: cannot write the page: {error.strerror}"
        ) from error


def _render(record: RunRecord, folder: Path) -> Path:
    cases = view_cases(record)
    _share_out(cases)
    grid = lay_out(cases)
    templates = _environment()
    _write_assets(folder)
    _write_case_pages(folder, record, cases, templates)
    inline = Linker(folder)
    for case in cases:
        case.playbacks = view_playbacks(case, inline) if case.inline else []
    page = templates.get_template("index.html").render(
        record=record, summary=sum_up(record, cases, grid), grid=grid, sections=_sections(cases), root=""
    )
    return _write(folder / "index.html", page)


def _share_out(cases: Sequence[CaseView]) -> None:
    order = list(GROUPS)
    ranked = sorted(
        (case for case in cases if case.record.playbacks), key=lambda case: order.index(case.group)
    )
    for case in ranked[:MOST_INLINE]:
        case.inline = True
    for case in ranked[MOST_INLINE:]:
        if case.group != "passed":
            case.page = f"cases/{case.anchor}.html"
    unfolded = [case for case in cases if case.group not in ("passed", "skipped") and not case.page]
    for case in sorted(unfolded, key=lambda case: order.index(case.group))[:MOST_OPEN]:
        case.unfolded = True


def _sections(cases: Sequence[CaseView]) -> list[tuple[str, str, str, list[CaseView]]]:
    sections = [
        (group, title, meaning, [case for case in cases if case.group == group])
        for group, (title, meaning) in GROUPS.items()
    ]
    return [section for section in sections if section[3]]


def _write_case_pages(
    folder: Path, record: RunRecord, cases: Sequence[CaseView], templates: Environment
) -> None:
    link = Linker(folder, depth=1)
    template = templates.get_template("case_page.html")
    for case in cases:
        if case.page:
            case.playbacks = view_playbacks(case, link)
            page = template.render(record=record, case=case, root="../")
            case.playbacks = []
            (folder / "cases").mkdir(exist_ok=True)
            _write(folder / case.page, page)


def _write_assets(folder: Path) -> None:
    (folder / "assets").mkdir(exist_ok=True)
    static = importlib.resources.files("harness.report") / "static"
    for name in ("report.css", "report.js"):
        _write(folder / "assets" / name, (static / name).read_text(encoding="utf-8"))


def _write(path: Path, text: str) -> Path:
    write_whole(path, text)
    return path


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("harness.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=wording.visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "words": wording.words,
        "seconds": wording.seconds,
        "lasting": wording.lasting,
        "number": wording.number,
        "when": wording.when,
        "signed": wording.signed,
        "measured": wording.measured,
        "limit": wording.limit,
        "listed": wording.listed,
        "isinfinite": math.isinf,
    }
    environment.globals |= {"counted": wording.counted, "STATES": STATES, "OUTCOME_WORDS": OUTCOME_WORDS}
    return environment

"""An analysis on the terminal: verdict, findings with times, what was not measured."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from harness.clock import ns_to_seconds
from harness.findings import Check, Finding, Status
from harness.run.analyze import Analyzed

COLOUR = {"pass": "bold green", "fail": "bold red", "inconclusive": "bold yellow"}


def table(done: Analyzed) -> RenderableType:
    """Return what to print for one file; nothing in it is read as mark-up."""
    parts: list[RenderableType] = [_heading(done)]
    parts += [Text(f"  {reason}") for reason in done.judgement.reasons]
    if done.analysis.findings:
        parts.append(_findings(done.analysis.findings))
    clear = [check.defect for check in done.analysis.checks if check.status is Status.CLEAR]
    if clear:
        parts.append(Text(f"  clear: {', '.join(clear)}"))
    parts += _not_measured(done.analysis.checks)
    return Group(*parts)


def _heading(done: Analyzed) -> Text:
    verdict = str(done.judgement.verdict)
    video, audio = done.format.video, done.format.audio
    shape = [f"{ns_to_seconds(done.analysis.end_ns):.2f} s"]
    if video:
        shape.append(f"{video.width_px}x{video.height_px} {float(video.fps):.5g} fps")
    if audio:
        shape.append(f"{audio.rate_hz} Hz {audio.channels} ch")
    name = str(done.recording.path).encode("utf-8", "backslashreplace").decode()
    heading = Text(name, style="bold")
    heading.append(f"  {', '.join(shape)}  ", style="not bold")
    heading.append(verdict.upper(), style=COLOUR[verdict])
    heading.append(f"  by criteria {done.criteria.name}", style="not bold")
    return heading


def _findings(findings: Iterable[Finding]) -> Table:
    rows = Table(box=None, padding=(0, 2), header_style="bold")
    for title in ("defect", "from s", "to s"):
        rows.add_column(title, justify="left" if title == "defect" else "right", no_wrap=True)
    for title in ("sure", "measured", "note"):
        rows.add_column(title, overflow="fold")
    for finding in findings:
        note = finding.inconclusive or (finding.explained_by and f"explained by {finding.explained_by}") or ""
        rows.add_row(
            Text(finding.defect, style="dim" if note else "red"),
            f"{ns_to_seconds(finding.start_ns):.2f}",
            f"{ns_to_seconds(finding.end_ns):.2f}",
            f"{finding.confidence:.2f}",
            Text(f"{finding.metric.name} {finding.peak:.3g} {finding.metric.unit}"),
            Text(note),
        )
    return rows


def _not_measured(checks: Iterable[Check]) -> list[RenderableType]:
    by_reason: dict[str, list[str]] = {}
    for check in checks:
        if check.status is Status.NOT_MEASURED:
            by_reason.setdefault(check.reason or "no reason given", []).append(check.defect)
    return [
        Text(f"  not measured ({reason}): {', '.join(names)}", style="dim")
        for reason, names in by_reason.items()
    ]

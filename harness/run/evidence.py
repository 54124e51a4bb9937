"""Makes what proves a finding: stills, a clip, drawings of the sound, and the measured curve.

A piece that cannot be made is noted in the evidence; it never hides the finding.
"""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from harness.analysis.detector import Series
from harness.analysis.engine import Analysis
from harness.clock import ns_to_seconds, seconds_to_ns
from harness.findings import DEFECTS, Finding
from harness.record import Curve, Evidence
from harness.recording import clips
from harness.run.plots import PLOTS, Excerpt

AROUND_NS = seconds_to_ns(1.5)
"""How much is shown before and after a finding."""
LONGEST_CLIP_NS = seconds_to_ns(10.0)
BESIDE_NS = seconds_to_ns(0.3)
"""How far from the finding the stills before and after it are taken."""
MOST_PROVEN = 20
"""Findings of one recording that get pictures and a clip; those that nothing explains come first."""
MOST_POINTS = 400


def collect(
    recording_path: Path,
    analysis: Analysis,
    findings: Sequence[Finding],
    out_dir: Path,
    run_dir: Path | None = None,
) -> list[Evidence]:
    """Make the evidence of findings in one recording.

    Parameters
    ----------
    recording_path : Path
        The recording that was analysed.
    analysis : Analysis
        Its measured series become curves.
    findings : sequence of Finding
        What to prove.
    out_dir : Path
        Where the files go, `RUN/evidence/NAME`; made if it is missing.
    run_dir : Path, optional
        The folder that paths in the evidence count from; by default two above `out_dir`.

    Returns
    -------
    list of Evidence
        One for each finding, in the same order.
    """
    root = run_dir or out_dir.parent.parent
    ranked = sorted(range(len(findings)), key=lambda index: findings[index].explained_by is not None)
    proven = set(ranked[:MOST_PROVEN])
    return [
        _Proof(recording_path, finding, out_dir / _name(number, finding), root).make(
            analysis, number in proven
        )
        for number, finding in enumerate(findings)
    ]


class _Proof:
    """The evidence of one finding; its files begin with `stem`."""

    def __init__(self, recording: Path, finding: Finding, stem: Path, root: Path) -> None:
        self.recording, self.finding, self.stem, self.root = recording, finding, stem, root
        self.evidence = Evidence()

    def make(self, analysis: Analysis, with_files: bool) -> Evidence:
        finding = self.finding
        self._try("curve", lambda: self._curve(analysis.series.get(finding.detector)))
        if not with_files:
            self.evidence.notes.append(
                f"pictures and clip: made for {MOST_PROVEN} findings of a recording only"
            )
            return self.evidence
        if not self._try("folder", lambda: self.stem.parent.mkdir(parents=True, exist_ok=True)):
            return self.evidence
        group = DEFECTS.get(finding.defect)
        if group != "sound":
            self._stills()
        self._try("clip", self._clip)
        if group in ("sound", "sync"):
            self._sound()
        return self.evidence

    def _try(self, what: str, make: Callable[[], object]) -> bool:
        """Run one step; whatever goes wrong in it becomes a note, since the finding matters more."""
        try:
            make()
        except Exception as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            self.evidence.notes.append(f"{what}: {reason}")
            return False
        return True

    def _path(self, name: str) -> tuple[Path, str]:
        path = self.stem.with_name(f"{self.stem.name}-{name}")
        return path, path.relative_to(self.root).as_posix()

    def _stills(self) -> None:
        finding = self.finding
        middle_ns = (finding.start_ns + min(finding.end_ns, finding.start_ns + LONGEST_CLIP_NS)) // 2
        moments = {
            "before": max(finding.start_ns - BESIDE_NS, 0),
            "in": middle_ns,
            "after": finding.end_ns + BESIDE_NS,
        }
        if finding.start_ns <= 0:
            del moments["before"]
            self.evidence.notes.append("still before: the finding begins with the recording")
        for label, t_ns in moments.items():
            self._try(f"still {label}", lambda label=label, t_ns=t_ns: self._still(label, t_ns))  # type: ignore[misc]

    def _still(self, label: str, t_ns: int) -> None:
        picture = Image.fromarray(clips.still(self.recording, t_ns))
        if label == "in" and self.finding.region:
            _outline(picture, self.finding.region)
        path, relative = self._path(f"{label}.jpg")
        picture.save(path, quality=85)
        setattr(self.evidence, f"still_{label}", relative)

    def _clip(self) -> None:
        start_ns = max(self.finding.start_ns - AROUND_NS, 0)
        end_ns = min(self.finding.end_ns + AROUND_NS, start_ns + LONGEST_CLIP_NS)
        path, relative = self._path("clip.mp4")
        clips.cut_clip(self.recording, start_ns, end_ns, path)
        self.evidence.clip = relative

    def _sound(self) -> None:
        excerpts: list[Excerpt] = []
        if not self._try("sound", lambda: excerpts.append(self._excerpt())):
            return
        for name, plot in PLOTS.items():
            path, relative = self._path(f"{name}.png")
            if self._try(name, lambda plot=plot, path=path: plot(excerpts[0], path)):  # type: ignore[misc]
                setattr(self.evidence, name, relative)

    def _excerpt(self) -> Excerpt:
        finding = self.finding
        start_ns = max(finding.start_ns - AROUND_NS, 0)
        end_ns = min(finding.end_ns + AROUND_NS, start_ns + LONGEST_CLIP_NS)
        samples, rate_hz = clips.sound(self.recording, start_ns, end_ns)
        if not len(samples):
            raise ValueError("the recording has no sound there")
        interval_s = (ns_to_seconds(finding.start_ns), ns_to_seconds(finding.end_ns))
        return Excerpt(samples, rate_hz, ns_to_seconds(start_ns), interval_s)

    def _curve(self, series: Series | None) -> None:
        if series is None:
            raise ValueError(f"no series of {self.finding.detector}")
        self.evidence.curve = curve(series, self.finding)


def curve(series: Series, finding: Finding) -> Curve:
    """Return the series around a finding in at most MOST_POINTS points, lows and highs preserved.

    It is the first column of the series, under the name of the detector's metric if it holds the metric,
    else under its own name and without a limit. Rows that were not measured become None.
    """
    column, values = next(iter(series.columns.items()))
    around_ns = max(AROUND_NS, (finding.end_ns - finding.start_ns) // 4)
    keep = _rows(series, finding, around_ns)
    measured = _holds_metric(values[_rows(series, finding, BESIDE_NS)], finding)
    keep = keep[thin(values[keep], MOST_POINTS)]
    return Curve(
        t_s=[round(ns_to_seconds(int(t_ns)), 4) for t_ns in series.t_ns[keep]],
        value=[float(f"{value:.6g}") if np.isfinite(value) else None for value in values[keep]],
        limit=finding.limit if measured else None,
        name=finding.metric.name if measured else column.replace("_", " "),
        unit=finding.metric.unit if measured else "",
    )


def _rows(series: Series, finding: Finding, around_ns: int) -> NDArray[np.intp]:
    near = (series.t_ns >= finding.start_ns - around_ns) & (series.t_ns <= finding.end_ns + around_ns)
    return np.flatnonzero(near)


def _holds_metric(values: NDArray[np.float32], finding: Finding) -> bool:
    """Return whether the peak of a finding with a limit lies among the values around it."""
    known = values[np.isfinite(values)].astype(float)
    if finding.limit is None or not known.size:
        return False
    spare = 1e-3 * max(abs(finding.peak), 1e-3)
    return bool(known.min() - spare <= finding.peak <= known.max() + spare)


def thin(values: NDArray[np.float32], most: int) -> NDArray[np.intp]:
    """Return the indices of at most `most` values: the lowest and the highest of every stretch."""
    if len(values) <= most:
        return np.arange(len(values))
    edges = np.linspace(0, len(values), most // 2 + 1).astype(int)
    kept: set[int] = set()
    for start, stop in pairwise(edges):
        stretch = values[start:stop]
        measured = np.isfinite(stretch)
        if not measured.any():
            kept.add(int(start))
            continue
        kept.add(int(start + np.argmin(np.where(measured, stretch, np.inf))))
        kept.add(int(start + np.argmax(np.where(measured, stretch, -np.inf))))
    return np.array(sorted(kept), dtype=np.intp)


def _outline(picture: Image.Image, region: tuple[int, int, int, int]) -> None:
    """Draw the region in white between black, so that it shows on any picture."""
    x, y, width, height = region
    thick = max(picture.height // 240, 1)
    draw = ImageDraw.Draw(picture)
    for inset, colour in ((0, "black"), (thick, "white"), (2 * thick, "black")):
        left, top = max(x, 0) + inset, max(y, 0) + inset
        right, bottom = min(x + width, picture.width) - 1 - inset, min(y + height, picture.height) - 1 - inset
        if right > left and bottom > top:
            draw.rectangle((left, top, right, bottom), outline=colour, width=thick)


def _name(number: int, finding: Finding) -> str:
    return f"{number + 1:02d}-{re.sub('[^a-z0-9_]+', '-', finding.defect.lower())[:40]}"

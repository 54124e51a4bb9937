"""What the page shows of each test: its group, its playbacks, its findings and their proof."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from harness.findings import DEFECTS
from harness.record import CaseRecord, DeviceRecord, FindingRecord, Playback, RunRecord
from harness.report.chart import Chart, draw
from harness.report.course import Course, chart_course, finding_kind
from harness.report.links import Link, Linker
from harness.report.wording import words

GROUPS = {
    "failed": ("Failed", "The device did something wrong."),
    "inconclusive": ("Inconclusive", "Not enough could be measured to judge these."),
    "rig": ("Rig errors", "What we test with failed. These say nothing about the device."),
    "broken": ("Not judged", "The plan or the harness itself failed. These say nothing about the device."),
    "skipped": ("Skipped", "Not run, so nothing was measured."),
    "passed": ("Passed", "Everything that the criteria require was measured, and is clear."),
}
"""The sections of the page in order, what they are called and what they mean."""

OUTCOME_WORDS = {
    "failed": "failed",
    "inconclusive": "inconclusive",
    "rig": "rig error",
    "broken": "not judged",
    "skipped": "skipped",
    "passed": "passed",
}


@dataclass(frozen=True, slots=True)
class Still:
    """One picture of a finding."""

    label: str
    link: Link


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding with its proof."""

    record: FindingRecord
    anchor: str
    kind: str
    stills: list[Still]
    clip: Link | None
    sound: list[Still]
    chart: Chart | None

    @property
    def poster(self) -> str | None:
        """Return the URL of the still that stands for the clip before it plays."""
        return next((still.link.href for still in self.stills if still.label == "in"), None)


@dataclass(frozen=True, slots=True)
class PlaybackView:
    """One watched playback."""

    record: Playback
    recording: Link | None
    preview: Link | None
    course: Course | None
    findings: list[FindingView]

    def of_kind(self, kind: str) -> tuple[list[FindingView], list[FindingView]]:
        """Return the findings that are judged, inconclusive or noted: those shown in full, and the rest."""
        found = [finding for finding in self.findings if finding.kind == kind]
        return found[:MOST_FULL], found[MOST_FULL:]

    def checks(self, status: str) -> list[str]:
        """Return the defects whose check came out so; one that has no check was not measured."""
        stated = {check.defect: check.status for check in self.record.checks}
        named = [*DEFECTS, *(defect for defect in stated if defect not in DEFECTS)]
        return [defect for defect in named if stated.get(defect, "not_measured") == status]

    def reasons(self, status: str) -> list[tuple[str, list[str]]]:
        """Return the defects whose check came out so, grouped by the reason."""
        stated = {check.defect: check.reason for check in self.record.checks}
        unsaid = "no detector looked for it" if status == "not_measured" else ""
        grouped: dict[str, list[str]] = {}
        for defect in self.checks(status):
            grouped.setdefault(stated.get(defect) or unsaid, []).append(words(defect))
        return list(grouped.items())


@dataclass(slots=True)
class CaseView:
    """One test."""

    record: CaseRecord
    number: int
    device: DeviceRecord | None
    group: str
    page: str | None = None
    """Where its evidence is, when the main page would grow too heavy with it."""
    inline: bool = False
    """Whether the main page holds its evidence."""
    unfolded: bool = False
    """Whether it is open when the page opens."""
    playbacks: list[PlaybackView] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        """Return the id that deep links name."""
        return f"case-{self.number}"

    @property
    def device_name(self) -> str:
        """Return the device's name, its id where the record does not describe it, else `no device`."""
        return self.device.name if self.device else self.record.device or "no device"

    @property
    def outcome_words(self) -> str:
        """Return how the test came out, and in which phase if not in its call."""
        said = OUTCOME_WORDS[self.group]
        return said if self.record.phase == "call" else f"{said} in {self.record.phase}"

    @property
    def defects(self) -> list[str]:
        """Return the defects that count against the verdict, each once, in words."""
        judged = {item.defect for one in self.record.playbacks for item in one.findings if item.judged}
        return [words(defect) for defect in [*DEFECTS, *sorted(judged - set(DEFECTS))] if defect in judged]

    @property
    def brief(self) -> str:
        """Return in one line why it did not pass."""
        if self.defects:
            return ", ".join(self.defects)
        return next((line.strip() for line in self.message.splitlines() if line.strip()), "")[:LONGEST_BRIEF]

    @property
    def message(self) -> str:
        """Return what went wrong, cut where it would fill the page; the record has all of it."""
        told = self.record.message
        return (
            told
            if len(told) <= LONGEST_MESSAGE
            else f"{told[:LONGEST_MESSAGE]}\n... (the rest is in run.json)"
        )

    def href(self, anchor: str) -> str:
        """Return where something of this test is found, seen from the main page."""
        return f"{self.page or ''}#{anchor}"

    def anchors(self) -> Iterator[list[str]]:
        """Return the ids of the findings, a list for each playback; they count through the test."""
        count = 0
        for playback in self.record.playbacks:
            first, count = count + 1, count + len(playback.findings)
            yield [f"{self.anchor}-finding-{number}" for number in range(first, count + 1)]


MOST_FULL = 20
"""Findings of one playback that are shown with their proof; the others are listed in a line each."""
LONGEST_BRIEF = 200
LONGEST_MESSAGE = 8000


def view_cases(record: RunRecord) -> list[CaseView]:
    """Return every test of a run, in the order of the record, without its evidence."""
    devices = {device.id: device for device in record.devices}
    return [
        CaseView(case, number, devices.get(case.device or ""), group_of(case))
        for number, case in enumerate(record.cases, start=1)
    ]


def group_of(case: CaseRecord) -> str:
    """Return the section of the page that a test belongs to."""
    if case.outcome in ("failed", "error"):
        by_default = "device" if case.outcome == "failed" else "harness"
        return {"device": "failed", "rig": "rig"}.get(case.blame or by_default, "broken")
    return case.outcome


def view_playbacks(case: CaseView, link: Linker) -> list[PlaybackView]:
    """Return a test's playbacks with the proof of every finding."""
    return [
        PlaybackView(
            record=playback,
            recording=link(playback.recording),
            preview=link(playback.preview),
            course=chart_course(playback, anchors),
            findings=[
                _finding(record, anchor, link)
                for record, anchor in zip(playback.findings, anchors, strict=True)
            ],
        )
        for playback, anchors in zip(case.record.playbacks, case.anchors(), strict=True)
    ]


def _finding(record: FindingRecord, anchor: str, link: Linker) -> FindingView:
    proof = record.evidence
    stills = {"before": proof.still_before, "in": proof.still_in, "after": proof.still_after}
    sound = {"waveform": proof.waveform, "spectrogram": proof.spectrogram}
    return FindingView(
        record=record,
        anchor=anchor,
        kind=finding_kind(record),
        stills=[Still(label, found) for label, path in stills.items() if (found := link(path))],
        clip=link(proof.clip),
        sound=[Still(label, found) for label, path in sound.items() if (found := link(path))],
        chart=draw(proof.curve, record.start_s, record.end_s) if proof.curve else None,
    )

"""Links to the evidence of a test for the report of pytest-html."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from harness.record import CaseRecord, FindingRecord
from harness.report.links import Linker
from harness.report.wording import seconds, visible, words


@dataclass(frozen=True, slots=True)
class Extra:
    """One link: `name` is plain text, `url` is relative to the folder of pytest-html's report."""

    name: str
    url: str


def case_links(case: CaseRecord, number: int, run_dir: Path, report_dir: Path) -> list[Extra]:
    """Return the links of one test: its place in the release page, its recordings and its evidence.

    Parameters
    ----------
    case : CaseRecord
        The test.
    number : int
        Its place in the record, from 1, which the release page uses in its deep links.
    run_dir : Path
        The run's folder.
    report_dir : Path
        The folder in which pytest-html writes its report.
    """
    link = Linker(run_dir)
    to_run = quote(Path(os.path.relpath(run_dir.resolve(), report_dir.resolve())).as_posix(), safe="/")
    extras = [Extra("release page", f"{to_run}/index.html#case-{number}")]
    for name, path in _files(case):
        found = link(path)
        if found and found.href:
            extras.append(Extra(str(visible(name)), f"{to_run}/{found.href}"))
    return extras


def _files(case: CaseRecord) -> Iterator[tuple[str, str | None]]:
    for playback in case.playbacks:
        yield f"recording {playback.label}", playback.recording
        for finding in playback.findings:
            yield from _proof(finding)


def _proof(finding: FindingRecord) -> Iterator[tuple[str, str | None]]:
    about = f"{words(finding.defect)} at {seconds(finding.start_s)}"
    proof = finding.evidence
    yield f"{about}: clip", proof.clip
    yield f"{about}: still", proof.still_in
    yield f"{about}: waveform", proof.waveform
    yield f"{about}: spectrogram", proof.spectrogram

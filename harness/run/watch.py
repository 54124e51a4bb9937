"""A watch from begin to end: record, analyse, judge, prove, and put it all into the run's record."""

import contextlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from harness.clock import NS_PER_S, ns_to_seconds
from harness.errors import HarnessError, RigError
from harness.record import MarkRecord
from harness.record import Playback as PlaybackRecord
from harness.recording import clips
from harness.run.account import account
from harness.run.analyze import Analyzed
from harness.run.device import Device
from harness.run.evidence import collect
from harness.run.playback import Playback
from harness.run.rundir import RunDir
from harness.run.session import Session, Tell, Watched
from harness.run.station import Station
from harness.verdict import Criteria

PREVIEW_QUALITY = 80


@dataclass(frozen=True, slots=True)
class Wish:
    """What a plan asks of one watch.

    Parameters
    ----------
    nodeid, number : str, int
        Whose watch it is, and its place among those of the same test, from 1.
    criteria : Criteria
        What is judged by.
    label : str
        What it is called in the report.
    expect : tuple of str
        Defects that must be found, and no others.
    """

    nodeid: str
    number: int
    criteria: Criteria
    label: str
    expect: tuple[str, ...] = ()


@contextmanager
def watching(
    station: Station, run: RunDir, wish: Wish, begin: Callable[[Playback], None], tell: Tell
) -> Iterator[Playback]:
    """Watch what the device shows during a `with` block.

    `begin` is given the playback as soon as anything is recorded. However the block ends, what was seen is
    analysed, proven and put into `playback.record`. Raises RigError when capture, disk or control was lost.
    """
    path = run.recording(wish.nodeid, wish.number)
    device = station.device
    watched = Watched(
        device, station.feed, path, wish.criteria, station.screens, tell, station.qualification.offset
    )
    session = Session(watched)
    session.start()
    playback = Playback(wish.label, wish.criteria, session, wish.expect)
    begin(playback)
    try:
        yield playback
    finally:
        done = session.finish()
        if done is not None:
            playback.settle(done)
            tell("collecting the evidence")
            playback.record = _record(done, run, wish, path)
            playback.record.marks += _planted(device, done)
            tell("")
    session.check()
    if done is None:
        raise RigError(f"{path.name}: nothing was recorded")


def _record(done: Analyzed, run: RunDir, wish: Wish, path: Path) -> PlaybackRecord:
    folder = run.evidence(wish.nodeid, wish.number)
    proofs = collect(path, done.analysis, done.analysis.findings, folder, run.path)
    preview = folder / "preview.jpg"
    with contextlib.suppress(HarnessError, OSError):
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(clips.still(path, done.analysis.end_ns // 2)).save(preview, quality=PREVIEW_QUALITY)
    return account(
        done,
        wish.label,
        proofs,
        recording=run.relative(path),
        preview=run.relative(preview) if preview.exists() else None,
    )


def _planted(device: Device, done: Analyzed) -> list[MarkRecord]:
    """Return what was planted in a virtual device, when it was seen on the wire, for the timeline."""
    start_ns = done.recording.start_ns
    if not device.virtual or start_ns is None:
        return []
    try:
        planted = device.planted()
    except HarnessError:
        return []
    moments = [(fault["start_ns"], str(fault["spec"])) for fault in planted if fault["start_ns"]]
    return [
        MarkRecord(kind="planted", t_s=round(ns_to_seconds(t_ns - start_ns), 3), detail=spec)
        for t_ns, spec in moments
        if 0 <= t_ns - start_ns <= done.analysis.end_ns + NS_PER_S
    ]

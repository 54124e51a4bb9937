"""Makes `reports/sample/`: drawn titles with planted defects, really recorded, analysed and judged.

python -m tests.support.sample
"""

import os
import tempfile
from pathlib import Path

import av
from PIL import Image

from harness.certificate import Standing
from harness.clock import ns_to_seconds
from harness.media import VideoFormat
from harness.record import (
    AudioRecord,
    CheckRecord,
    FindingRecord,
    KeyRecord,
    MarkRecord,
    Playback,
    RigRecord,
    VideoRecord,
    write_run,
)
from harness.recording.recording import Recording
from harness.report.page import write_page
from harness.run.analyze import analyze, contract, find_criteria
from harness.run.evidence import collect
from harness.run.ship import decide
from harness.timeline import Press
from tests.support import planted, records

SAMPLE = Path(__file__).parents[2] / "reports" / "sample"
VIDEO = VideoFormat(480, 270, planted.FPS)
MOST_BYTES = 300_000
PAUSE = (
    Press("PAUSE", 3_980_000_000, 4_040_000_000, "ir"),
    Press("PLAY", 5_480_000_000, 5_540_000_000, "ir"),
)


def watched(folder, name, *faults, **how):
    """Record, analyse and prove one playback; the recording itself is not kept."""
    with tempfile.TemporaryDirectory() as scratch:
        path = planted.record(Path(scratch, f"{name}.mkv"), *faults, video=VIDEO, **how)
        done = analyze(Recording(path), find_criteria("default"))
        analysis, timeline = done.analysis, done.timeline
        evidence = collect(path, analysis, analysis.findings, folder / "evidence" / name, folder)
    told = contract(done)
    title = timeline.first("play_asked")
    return Playback(
        label=done.criteria.name,
        title=title.detail if title else None,
        criteria=done.criteria.name,
        verdict=told["verdict"],
        reasons=list(done.judgement.reasons),
        duration_s=told["source"]["duration_s"],
        judged_from_s=0.09,
        judged_to_s=told["source"]["duration_s"],
        start_up_s=0.4,
        video=VideoRecord(**told["source"]["video"]),
        audio=AudioRecord(**told["source"]["audio"]),
        checks=[CheckRecord(**check) for check in told["checks"]],
        findings=[
            FindingRecord(**item, judged=finding in done.judgement.defects, evidence=proof)
            for item, finding, proof in zip(told["findings"], analysis.findings, evidence, strict=True)
        ],
        keys=[
            KeyRecord(key=one.key, start_s=one.start_ns / 1e9, end_s=one.end_ns / 1e9, via=one.via)
            for one in timeline.presses
        ],
        marks=[
            MarkRecord(kind=one.kind, t_s=ns_to_seconds(one.t_ns), detail=one.detail)
            for one in timeline.marks
        ],
        detector_ms_per_frame=told["timing"]["cost_ms"],
    )


def sample(folder):
    """Return the record of the sample; its evidence is written into `folder`."""
    bad = watched(
        folder, "nature", "freeze_frame:start_s=2,duration_s=1", "silence:start_s=4.5,duration_s=1.5"
    )
    held = watched(folder, "pause", "freeze_frame:start_s=4,duration_s=1.5", title="news", notes=PAUSE)
    held = held.model_copy(update={"findings": [stripped(item) for item in held.findings]})
    clean = watched(folder, "news", title="news")
    message = "\n".join(f"{one.defect} {one.start_s:.2f}-{one.end_s:.2f} s" for one in bad.findings)
    cases = [
        records.case("test_vod_plays_clean[news]", playbacks=[clean], duration_s=12.8),
        records.case(
            "test_vod_plays_clean[nature]", "failed", blame="device", message=message, playbacks=[bad]
        ),
        records.case("test_pause_holds[news]", playbacks=[held], duration_s=13.1),
        *[
            case.model_copy(update={"device": "living-room-stb"})
            for case in records.varied().cases
            if case.outcome in ("error", "skipped")
        ],
    ]
    rig = RigRecord(
        id="virtual",
        name="Virtual rig",
        capture="virtual card",
        control="ir, adb",
        note="made for this sample",
        standing=Standing.VIRTUAL,
        standing_words="virtual rig: nothing to qualify",
    )
    record = records.run(
        cases, devices=[records.device(1)], rigs=[rig], run="sample", command="pytest test_plans/"
    )
    return record.model_copy(update={"ship": decide(cases)})


def stripped(finding):
    """Return a finding with its curve alone."""
    proof = finding.evidence
    return finding.model_copy(update={"evidence": type(proof)(curve=proof.curve)})


def shrink(folder, record):
    """Make the pictures and clips small, and drop those that the record does not name."""
    named = record.model_dump_json()
    for path in (folder / "evidence").rglob("*.*"):
        if path.relative_to(folder).as_posix() not in named:
            path.unlink()
        elif path.suffix == ".mp4":
            _squeeze(path)
        elif path.suffix == ".jpg":
            Image.open(path).save(path, quality=60)
    for path in folder.rglob("*"):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def _squeeze(path):
    small = path.with_suffix(".small")
    with av.open(str(path)) as source, av.open(str(small), "w", format="mp4") as out:
        target = out.add_stream("libx264", rate=25, options={"preset": "veryslow", "crf": "38"})
        target.width, target.height, target.pix_fmt = 320, 180, "yuv420p"
        sound = out.add_stream("aac", rate=planted.RATE_HZ, layout="stereo", bit_rate=32_000)
        for frame in source.decode(video=0):
            smaller = frame.reformat(320, 180)
            smaller.pict_type = 0
            out.mux(target.encode(smaller))
        out.mux(target.encode(None))
        source.seek(0)
        for block in source.decode(audio=0):
            out.mux(sound.encode(block))
        out.mux(sound.encode(None))
    os.replace(small, path)


def main():
    """Write the sample anew."""
    SAMPLE.mkdir(parents=True, exist_ok=True)
    record = sample(SAMPLE)
    shrink(SAMPLE, record)
    write_run(record, SAMPLE / "run.json")
    write_page(SAMPLE)
    size = sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file())
    assert size < MOST_BYTES, f"the sample has {size} bytes"
    print(f"{SAMPLE}: {size / 1000:.0f} kB")


if __name__ == "__main__":
    main()

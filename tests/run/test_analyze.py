"""A file in, the contract's JSON out."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from harness.cli import main
from harness.findings import DEFECTS
from harness.media import AudioBlock, AudioFormat, Frame, Gap, StreamFormat, VideoFormat
from harness.recording.recorder import Recorder
from harness.recording.recording import Recording
from harness.run.analyze import analyze, choose, contract, find_criteria
from harness.timeline import Mark, Press

FPS, RATE_HZ = 25, 48_000
FRAME_NS = 10**9 // FPS
BOTH = StreamFormat(VideoFormat(320, 192, Fraction(FPS)), AudioFormat(RATE_HZ, 2))


def _record(path, seconds=3.0, freeze=range(0), gap=range(0), notes=(), sound=True):
    """A pan over a soft world with a wavering tone, as the rig would record it."""
    random = np.random.default_rng(0)
    coarse = random.integers(40, 210, (24, 200)).astype(np.uint8)
    world = np.kron(coarse, np.ones((8, 8), np.uint8))
    chroma = np.full((96, 160), 128, np.uint8)
    with Recorder(path, BOTH if sound else StreamFormat(BOTH.video, None)) as recorder:
        for note in notes:
            recorder.note(note)
        for index in range(int(seconds * FPS)):
            shown = freeze.start - 1 if index in freeze else index
            y = np.ascontiguousarray(world[:, shown * 4 : shown * 4 + 320])
            if index in gap:
                if index == gap.start:
                    recorder.write(Gap(index * FRAME_NS, gap.stop * FRAME_NS, "video", "the card was late"))
            else:
                recorder.write(Frame(index * FRAME_NS, index, y, chroma, chroma))
            if sound:
                first = index * RATE_HZ // FPS
                at = np.arange(first, first + RATE_HZ // FPS)
                tone = 0.2 * np.sin(at / 20) * (1.2 + np.sin(at / 9_000))
                samples = np.round(np.stack([tone, tone], 1) * 32768) / 32768
                recorder.write(AudioBlock(index * FRAME_NS, first, samples.astype(np.float32)))
    return path


def _analyse(path, name="default", **more):
    return contract(analyze(Recording(path), find_criteria(name), **more))


def _status(result, defect):
    return next(check["status"] for check in result["checks"] if check["defect"] == defect)


def test_a_clean_recording_passes_in_the_form_of_the_contract(tmp_path):
    result = _analyse(_record(tmp_path / "clean.mkv"))
    assert set(result) == {"schema", "source", "verdict", "checks", "findings", "av_sync", "timing"}
    assert result["schema"] == "harness.analysis/1"
    assert result["verdict"] == "pass"
    assert result["source"]["video"] == {"width": 320, "height": 192, "fps": "25/1", "frames": 75}
    assert result["source"]["audio"] == {"rate_hz": RATE_HZ, "channels": 2}
    assert result["source"]["duration_s"] == pytest.approx(3.0, abs=0.05)
    assert [check["defect"] for check in result["checks"]] == list(DEFECTS)
    assert result["timing"]["media_s"] > 0
    json.dumps(result, allow_nan=False)


def test_a_planted_freeze_fails_with_its_times(tmp_path):
    result = _analyse(_record(tmp_path / "freeze.mkv", freeze=range(30, 45)))
    assert result["verdict"] == "fail"
    (finding,) = (item for item in result["findings"] if not item["explained_by"])
    assert finding["defect"] == "freeze_frame"
    assert finding["start_s"] == pytest.approx(30 / FPS, abs=2 / FPS)
    assert finding["end_s"] == pytest.approx(45 / FPS, abs=2 / FPS)
    assert finding["region"] == [0, 0, 320, 192]
    assert 0 <= finding["confidence"] <= 1


def test_live_and_offline_agree(tmp_path):
    path = _record(tmp_path / "freeze.mkv", freeze=range(30, 45))
    more = iter([True] * 3)
    live = _analyse(path, follow=lambda: next(more, False))
    offline = _analyse(path)
    assert live["findings"] == offline["findings"]
    assert live["checks"] == offline["checks"]


def test_a_freeze_in_a_gap_of_the_rig_is_inconclusive(tmp_path):
    result = _analyse(_record(tmp_path / "gap.mkv", freeze=range(30, 45), gap=range(36, 38)))
    assert result["verdict"] == "inconclusive"
    assert _status(result, "freeze_frame") == "inconclusive"


def test_a_pause_that_was_asked_for_explains_the_freeze(tmp_path):
    presses = [
        Press("PAUSE", 29 * FRAME_NS, 29 * FRAME_NS, "ir"),
        Press("PLAY", 45 * FRAME_NS, 45 * FRAME_NS, "ir"),
    ]
    result = _analyse(_record(tmp_path / "pause.mkv", freeze=range(30, 45), notes=presses))
    assert result["verdict"] == "pass"
    assert {item["explained_by"] for item in result["findings"]} == {"key PAUSE"}


def test_what_comes_after_the_watch_is_not_judged(tmp_path):
    marks = [Mark("play_asked", 0), Mark("first_frame", 0), Mark("watch_end", 28 * FRAME_NS)]
    assert _analyse(_record(tmp_path / "end.mkv", freeze=range(30, 45), notes=marks))["findings"] == []


def test_without_sound_the_default_is_inconclusive_and_picture_passes(tmp_path):
    path = _record(tmp_path / "mute.mkv", sound=False)
    result = _analyse(path)
    assert result["verdict"] == "inconclusive"
    assert result["source"]["audio"] is None
    assert _status(result, "silence") == "not_measured"
    assert _analyse(path, "picture")["verdict"] == "pass"


def test_what_is_asked_for_is_required():
    asked, criteria = choose("blur, freeze_frame", find_criteria("default"))
    assert asked == {"blur", "freeze_frame"}
    assert criteria.require == ("blur", "freeze_frame")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    return {
        "clean": _record(folder / "clean.mkv"),
        "freeze": _record(folder / "freeze.mkv", freeze=range(30, 45)),
        "mute": _record(folder / "mute.mkv", sound=False),
    }


@pytest.mark.parametrize(
    ("names", "options", "status"),
    [
        (["clean"], [], 0),
        (["freeze"], [], 1),
        (["mute"], [], 3),
        (["mute"], ["--criteria", "picture"], 0),
        (["clean"], ["--detectors", "caption_text"], 3),
        (["clean"], ["--detectors", "freeze_frame"], 0),
        (["clean", "mute"], [], 3),
        (["clean", "freeze", "mute"], [], 1),
        (["clean", "freeze", "missing"], [], 2),
        (["clean"], ["--jobs", "0"], 2),
        (["clean"], ["--criteria", "broadcst"], 2),
        (["clean"], ["--detectors", "freeze_fram"], 2),
        (["clean"], ["--detectors", ","], 2),
        (["clean"], ["--reference", "/nowhere.mp4"], 2),
        (["clean"], ["--captions", "/"], 2),
        (["clean"], ["--json", "/nowhere/out.json"], 2),
    ],
)
def test_exit_status(files, names, options, status, capsys):
    paths = [str(files.get(name, "/missing.mkv")) for name in names]
    assert main(["analyze", *paths, *options]) == status
    errors = capsys.readouterr().err
    assert "Traceback" not in errors
    assert len(errors.splitlines()) == (1 if status == 2 else 0)


def test_an_unknown_defect_names_the_nearest(files, capsys):
    main(["analyze", str(files["clean"]), "--detectors", "freeze_fram"])
    assert "did you mean 'freeze_frame'?" in capsys.readouterr().err


def test_several_files_make_a_list_and_one_bad_file_stops_no_other(files, tmp_path, capsys):
    out = tmp_path / "out.json"
    main(["analyze", str(files["clean"]), "/missing.mkv", str(files["freeze"]), "--json", str(out)])
    assert [Path(item["source"]["path"]).name for item in json.loads(out.read_text())] == [
        "clean.mkv",
        "freeze.mkv",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]
    printed = capsys.readouterr().out
    assert "PASS" in printed
    assert "FAIL" in printed
    assert "not measured" in printed


def test_json_on_stdout_is_json_alone(files, capsys):
    main(["analyze", str(files["clean"]), "--json", "-"])
    assert json.loads(capsys.readouterr().out)["verdict"] == "pass"


def test_what_is_not_used_is_said(files, capsys):
    main(
        ["analyze", str(files["clean"]), "--reference", str(files["mute"]), "--captions", str(files["mute"])]
    )
    errors = capsys.readouterr().err
    assert "--reference is not used" in errors
    assert "--captions is not used" in errors

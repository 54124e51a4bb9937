"""`harness impair`: what it plants is in the file, the truth says where, and bad calls are told in a line."""

import json

import numpy as np
import pytest

from harness.cli import main
from harness.clock import ns_to_seconds
from harness.media import AudioBlock, Frame
from harness.recording.recording import Recording
from tests.support import planted


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    return planted.record(tmp_path_factory.mktemp("clean") / "clean.mkv", seconds=4)


def _planted(clean, tmp_path, *options, name="out.mkv"):
    out, truth = tmp_path / name, tmp_path / "truth.json"
    status = main(["impair", str(clean), str(out), *options, "--truth", str(truth)])
    assert status == 0
    return out, json.loads(truth.read_text())


def _pictures(path):
    return [item for item in Recording(path).items() if isinstance(item, Frame)]


def _sound(path):
    return np.concatenate([item.samples for item in Recording(path).items() if isinstance(item, AudioBlock)])


@pytest.mark.parametrize("name", ["out.mkv", "out.mp4", "out.mov"])
def test_a_freeze_stands_where_the_truth_says(clean, tmp_path, name):
    out, truth = _planted(clean, tmp_path, "--defect=freeze_frame", "--start=1", "--duration=0.8", name=name)
    assert truth["intervals_s"] == [[1.0, 1.8]]
    assert truth["measured"]["frames"] == 20
    before, after = _pictures(clean), _pictures(out)
    assert [frame.t_ns for frame in after] == [frame.t_ns for frame in before]
    apart = [float(np.mean(np.abs(a.y.astype(int) - b.y))) for a, b in zip(before, after, strict=True)]
    assert max(apart[:25] + apart[45:]) < 1.0
    assert min(apart[27:45]) > 1.0
    held = [float(np.mean(np.abs(a.y.astype(int) - after[25].y))) for a in after[25:45]]
    assert max(held) < 0.5


def test_the_truth_of_sound_is_exact_to_the_sample(clean, tmp_path):
    out, truth = _planted(clean, tmp_path, "--defect=silence", "--start=1.0213", "--duration=0.7")
    ((start_s, end_s),) = truth["intervals_s"]
    assert (start_s, end_s) == (pytest.approx(1.0213, abs=1e-4), pytest.approx(1.7213, abs=1e-4))
    before, after = _sound(clean), _sound(out)
    apart = np.flatnonzero((before != after).any(axis=1))
    assert (apart[0], apart[-1] + 1) == (round(start_s * 48_000), round(end_s * 48_000))


def test_where_and_how_long_is_chosen_if_nobody_says(clean, tmp_path):
    _, truth = _planted(clean, tmp_path, "--defect=black_frames")
    ((start_s, end_s),) = truth["intervals_s"]
    assert 1.2 < start_s < 1.5
    assert end_s - start_s == pytest.approx(1.0, abs=0.05)


def test_the_same_seed_plants_the_same_again(clean, tmp_path):
    truths = [
        _planted(clean, tmp_path, "--defect=stutter", f"--seed={seed}", name=f"{number}.mkv")[1][
            "intervals_s"
        ]
        for number, seed in enumerate((4, 4, 5))
    ]
    assert truths[0] == truths[1] != truths[2]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["out.mkv", "--defect=freeze"], "did you mean 'freeze_frame'"),
        (["out.avi", "--defect=silence"], "cannot write .avi"),
        (["out.wav", "--defect=silence"], "holds sound alone"),
        (["out.mkv", "--defect=silence", "--start=9"], "lasts 4.0"),
        (["out.mkv", "--defect=silence", "--start=nan"], "--start nan"),
        (["out.mkv", "--defect=silence", "--duration=0"], "--duration 0"),
        (["out.mkv", "--defect=silence", "--seed=-1"], "--seed -1"),
        (["nowhere/out.mkv", "--defect=silence"], "folder does not exist"),
        (["out.mkv", "--defect=silence", "--kind=soft"], "has no kinds"),
    ],
)
def test_a_call_that_cannot_be_is_told_in_a_line(clean, tmp_path, capsys, options, told):
    assert main(["impair", str(clean), str(tmp_path / options[0]), *options[1:]]) == 2
    said = capsys.readouterr().err
    assert told in said
    assert said.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_the_input_is_never_overwritten(clean, capsys):
    before = clean.read_bytes()
    assert main(["impair", str(clean), str(clean), "--defect=silence"]) == 2
    assert "is the input" in capsys.readouterr().err
    assert clean.read_bytes() == before


def test_what_does_not_show_is_told(tmp_path, capsys):
    still = planted.record(tmp_path / "still.mkv", "freeze_frame:start_s=0.2,duration_s=9", seconds=3)
    out = tmp_path / "out.mkv"
    assert main(["impair", str(still), str(out), "--defect=silence", "--start=1"]) == 0
    before = ns_to_seconds(_pictures(still)[-1].t_ns)
    assert before == pytest.approx(2.96)
    quiet = tmp_path / "quiet.mkv"
    assert main(["impair", str(out), str(quiet), "--defect=silence", "--start=1.2", "--duration=0.5"]) == 2
    assert "nothing changed" in capsys.readouterr().err
    assert not quiet.exists()

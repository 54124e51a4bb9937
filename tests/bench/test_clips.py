"""The media of the benchmark: halves by source, and the same plan for the same seed."""

import json
from collections import Counter
from pathlib import Path

import pytest

from harness.bench.clips import default_clips, half_of, media_clips, source_of
from harness.bench.corpus import judge_file, read_corpus
from harness.bench.plan import plan
from harness.bench.runner import durations_s
from harness.bench.trial import run
from harness.cli import main
from harness.errors import InputError
from tests.support import planted


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("grid_brbk7n.mpg", "grid"),
        ("grids1_bbaf2n.mpg", "grids"),
        ("sam2_05_juggle.mp4", "sam"),
        ("42.wav", "42"),
    ],
)
def test_the_source_is_the_first_word_of_a_name(name, source):
    assert source_of(Path(name)) == source


def test_both_halves_hold_sources_and_a_source_lies_in_one():
    halves = Counter(half_of(f"source{number}") for number in range(200))
    assert min(halves.values()) > 60
    assert half_of("grid") == half_of("grid")


def test_a_plan_is_the_same_for_the_same_seed_and_plants_nothing_in_negatives():
    clips = default_clips()
    lasts_s = durations_s(clips)
    plans = [plan(clips, ["silence", "black_frames"], 3, seed, lasts_s) for seed in (1, 1, 2)]
    specs = [[(trial.clip.name, trial.spec) for trial in trials] for trials in plans]
    assert specs[0] == specs[1] != specs[2]
    sown = [trial for trial in plans[0] if trial.spec]
    each = Counter((trial.spec.defect, trial.spec.level) for trial in sown)
    assert set(each.values()) == {3}
    assert len(each) == 6
    assert not any(trial.clip.negative for trial in sown)
    assert len(plans[0]) == len(clips) + len(sown)


@pytest.mark.fuller
def test_a_trial_finds_what_it_planted(tmp_path):
    planted.record(tmp_path / "clean.mkv", seconds=6)
    clips = media_clips(tmp_path)
    trials = plan(clips, ["black_frames"], 1, 0, durations_s(clips))
    clean, easy = run(trials[0]), run(trials[1])
    assert (clean.failure, clean.found) == (None, [])
    assert [finding["defect"] for finding in easy.found] == ["black_frames"]
    assert easy.found[0]["start_s"] == pytest.approx(easy.events_s[0][0], abs=0.05)


def test_a_trial_that_breaks_says_so(tmp_path):
    (tmp_path / "broken.mkv").write_bytes(b"no media" * 100)
    (clip,) = media_clips(tmp_path)
    (trial,) = plan([clip], [], 1, 0, {clip.name: 9.0})
    assert "not a media file" in run(trial).failure


@pytest.fixture
def corpus(tmp_path):
    planted.record(tmp_path / "clean.mkv", seconds=3)
    planted.record(tmp_path / "black.mkv", "black_frames:start_s=1,duration_s=0.6", seconds=3)
    truth = {"defect": "black_frames", "level": "medium", "intervals_s": [[1.0, 1.6]]}
    (tmp_path / "black.truth.json").write_text(json.dumps(truth))
    return tmp_path


def test_a_labelled_corpus_is_set_beside_its_truth(corpus, tmp_path, capsys):
    out = tmp_path / "out.json"
    assert main(["bench", "--corpus", str(corpus), "--json", str(out)]) == 0
    figures = json.loads(out.read_text())
    assert figures["schema"] == "harness.bench/1"
    assert figures["defects"]["black_frames"]["levels"]["medium"]["recall"] == 1.0
    assert figures["clean"]["false_alarms"] == []
    assert figures["clean"]["hours"] > 0
    assert "black_frames" in capsys.readouterr().out


def test_a_truth_that_says_nothing_is_told(corpus):
    (corpus / "black.truth.json").write_text('{"defect": "blackness", "intervals_s": [[1, 2]]}')
    with pytest.raises(InputError, match="give a known defect"):
        read_corpus(corpus)


@pytest.mark.fuller
def test_a_file_that_cannot_be_read_does_not_end_the_others(corpus):
    (corpus / "broken.mkv").write_bytes(b"no media" * 100)
    results = {result.clip: result for result in map(judge_file, read_corpus(corpus))}
    assert results["broken.mkv"].failure
    assert results["clean.mkv"].failure is None


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--defects", "humm"], "can be planted"),
        (["--defects", ","], "names no defect"),
        (["--per-level", "0"], "--per-level 0"),
        (["--media", "/nowhere"], "no such folder"),
        (["--json", "/nowhere/out.json"], "cannot be written"),
    ],
)
def test_a_call_that_cannot_be_is_told_in_a_line(options, told, capsys):
    assert main(["bench", *options]) == 2
    said = capsys.readouterr().err
    assert told in said
    assert said.count("\n") == 1

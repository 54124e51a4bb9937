"""Evidence made from a real recording with planted defects."""

import av
import numpy as np
import pytest
from PIL import Image

from harness.analysis.detector import Series
from harness.findings import Finding, Metric
from harness.recording.clips import still
from harness.recording.recording import Recording
from harness.run.analyze import analyze, find_criteria
from harness.run.evidence import MOST_POINTS, MOST_PROVEN, collect, curve, thin
from harness.run.plots import BOX, SHADE, SIZE_PX, WAVE, Excerpt, spectrum, waveform
from tests.support import planted


@pytest.fixture(scope="module")
def proven(tmp_path_factory):
    """Return the run's folder, the analysis of a recording in it, and the evidence of its findings."""
    run = tmp_path_factory.mktemp("run")
    path = planted.record(
        run / "a.mkv", "freeze_frame:start_s=2,duration_s=1", "silence:start_s=4.5,duration_s=1.5"
    )
    analysis = analyze(Recording(path), find_criteria("default")).analysis
    return run, analysis, collect(path, analysis, analysis.findings, run / "evidence" / "a")


def finding(defect="freeze_frame", start_s=2.0, end_s=3.0, **fields):
    values = {
        "confidence": 0.9,
        "metric": Metric("change", "8-bit code value"),
        "peak": 0.0,
        "detector": f"{defect}@1",
        "limit": 1.0,
    }
    return Finding(defect, round(start_s * 1e9), round(end_s * 1e9), **{**values, **fields})


def series(t_s, values):
    t_ns = np.int64(np.asarray(t_s) * 1e9)
    return Series(t_ns, {"local_change": np.float32(values)}, int(t_ns[-1]))


def test_a_freeze_gets_stills_clip_and_curve(proven):
    run, analysis, (freeze, _) = proven
    assert [one.defect for one in analysis.findings] == ["freeze_frame", "silence"]
    assert freeze.notes == []
    paths = [freeze.still_before, freeze.still_in, freeze.still_after, freeze.clip]
    assert paths[0] == "evidence/a/01-freeze_frame-before.jpg"
    assert all((run / path).is_file() for path in paths)
    assert freeze.waveform is None
    assert freeze.curve.limit == 1.0
    inside = [
        value for t_s, value in zip(freeze.curve.t_s, freeze.curve.value, strict=True) if 2.1 <= t_s < 2.9
    ]
    before = [value for t_s, value in zip(freeze.curve.t_s, freeze.curve.value, strict=True) if t_s < 1.9]
    assert max(inside) < 1.0 < np.median(before)


def test_the_stills_are_from_before_in_and_after(proven):
    run, _, (freeze, _) = proven
    for name, t_s in (("before", 1.7), ("in", 2.5), ("after", 3.3)):
        shown = np.asarray(Image.open(run / getattr(freeze, f"still_{name}")), np.int16)
        wanted = still(run / "a.mkv", round(t_s * 1e9)).astype(np.int16)
        assert np.abs(shown - wanted)[12:-12, 12:-12].mean() < 4
    others = [
        np.asarray(Image.open(run / path), np.int16) for path in (freeze.still_before, freeze.still_after)
    ]
    assert np.abs(others[0] - others[1]).mean() > 4


def test_the_region_is_outlined_in_the_still_of_the_defect_alone(proven, tmp_path):
    run, analysis, _ = proven
    region = (100, 60, 80, 40)
    made = collect(run / "a.mkv", analysis, [finding(region=region)], tmp_path / "evidence" / "b")[0]
    marked = np.asarray(Image.open(tmp_path / made.still_in), np.int16)
    plain = still(run / "a.mkv", 2_500_000_000).astype(np.int16)
    changed = np.abs(marked - plain).max(axis=2) > 60
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    assert abs(int(rows[0]) - 60) <= 1
    assert abs(int(rows[-1]) - 99) <= 1
    assert abs(int(columns[0]) - 100) <= 1
    assert abs(int(columns[-1]) - 179) <= 1


def test_the_clip_holds_the_finding_and_plays_in_a_browser(proven):
    run, _, evidence = proven
    for one in evidence:
        with av.open(str(run / one.clip)) as clip:
            assert clip.streams.video[0].codec_context.name == "h264"
            assert clip.streams.audio[0].codec_context.name == "aac"
            assert 1.0 < clip.duration / av.time_base < 12.0


def test_a_long_finding_gets_a_clip_of_its_beginning(proven, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr("harness.recording.clips.cut_clip", lambda *arguments: asked.append(arguments[1:3]))
    run, analysis, _ = proven
    collect(run / "a.mkv", analysis, [finding(start_s=5, end_s=900)], tmp_path / "evidence" / "b")
    assert asked == [(3_500_000_000, 13_500_000_000)]


def test_silence_gets_its_sound_drawn(proven):
    run, _, (_, silence) = proven
    assert silence.still_in is None
    assert silence.notes == []
    left, top, right, _ = BOX
    with Image.open(run / silence.waveform) as image:
        assert image.size == SIZE_PX
        row = np.asarray(image.convert("RGB"), np.int16)[top + 3, left : right + 1]
    shaded = np.flatnonzero(np.abs(row - SHADE).max(axis=1) < 4)
    assert abs(shaded[0] / len(row) - 1.5 / 4.5) < 0.01
    assert abs(shaded[-1] / len(row) - 3.0 / 4.5) < 0.01
    with Image.open(run / silence.spectrogram) as image:
        light = np.asarray(image.convert("L"), np.int16)[150:220, left + 10 : right - 10]
    third = light.shape[1] // 3
    assert light[:, third + 20 : 2 * third - 20].max() < 20 < light[:, : third - 20].max() - 60


def test_what_cannot_be_made_is_noted_and_hides_nothing(proven, tmp_path):
    _, analysis, _ = proven
    findings = [finding(), finding("silence", detector="silence@9")]
    made = collect(tmp_path / "gone.mkv", analysis, findings, tmp_path / "evidence" / "a")
    assert len(made) == 2
    assert made[0].curve is not None
    assert [note.split(":")[0] for note in made[0].notes] == [
        "still before",
        "still in",
        "still after",
        "clip",
    ]
    assert [note.split(":")[0] for note in made[1].notes] == ["curve", "clip", "sound"]
    assert all("\n" not in note for one in made for note in one.notes)


def test_a_folder_that_cannot_be_made_is_noted(proven, tmp_path):
    run, analysis, _ = proven
    (tmp_path / "evidence").write_bytes(b"")
    made = collect(run / "a.mkv", analysis, analysis.findings, tmp_path / "evidence" / "a")
    assert [one.clip for one in made] == [None, None]
    assert all(note.startswith("folder:") for one in made for note in one.notes)


def test_beyond_a_number_the_findings_keep_their_curve_only(proven, tmp_path, monkeypatch):
    monkeypatch.setattr("harness.run.evidence.MOST_PROVEN", 1)
    run, analysis, _ = proven
    findings = [finding(explained_by="key PAUSE"), finding()]
    explained, counted = collect(run / "a.mkv", analysis, findings, tmp_path / "evidence" / "a")
    assert explained.clip is None
    assert explained.curve is not None
    assert counted.clip == "evidence/a/02-freeze_frame-clip.mp4"
    assert MOST_PROVEN >= 10


def test_names_of_files_are_safe(proven, tmp_path):
    run, analysis, _ = proven
    made = collect(run / "a.mkv", analysis, [finding("../../x y")], tmp_path / "evidence" / "a")[0]
    assert made.still_in == "evidence/a/01--x-y-in.jpg"


def test_a_curve_keeps_its_lowest_and_highest_values():
    random = np.random.default_rng(1)
    values = random.normal(size=10_000).astype(np.float32)
    values[1234], values[8765] = 50, -50
    kept = thin(values, MOST_POINTS)
    assert len(kept) <= MOST_POINTS
    assert {1234, 8765} <= set(kept.tolist())
    assert (np.diff(kept) > 0).all()


def test_what_was_not_measured_breaks_the_curve():
    made = curve(series([0, 1, 2, 3], [1.0, np.nan, np.inf, 1.0]), finding(start_s=0, end_s=3, peak=1.0))
    assert made.value == [1.0, None, None, 1.0]


@pytest.mark.parametrize(
    ("fields", "name"),
    [({"limit": None}, "local change"), ({"peak": 99.0}, "local change"), ({"peak": 2.0}, "change")],
)
def test_a_curve_claims_to_be_the_metric_only_where_it_holds_it(fields, name):
    made = curve(series([0, 1, 2, 3], [1.0, 2.0, 2.0, 1.0]), finding(start_s=0, end_s=3, **fields))
    assert made.name == name
    assert (made.limit is None) == (name == "local change")


@pytest.mark.parametrize("plot", [waveform, spectrum])
@pytest.mark.parametrize("shape", [(1, 1), (100, 1), (48_000, 2), (96_000, 6)])
def test_any_sound_can_be_drawn(tmp_path, plot, shape):
    samples = np.random.default_rng(2).normal(size=shape).astype(np.float32)
    samples[0] = np.nan
    plot(Excerpt(samples, 48_000, 3.0, (3.2, 99.0)), tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as image:
        assert image.size == SIZE_PX


@pytest.mark.parametrize("level", [0.004, 0.09, 0.9])
def test_quiet_sound_is_drawn_to_be_seen(tmp_path, level):
    tone = level * np.sin(np.arange(48_000) / 7)[:, None].astype(np.float32)
    waveform(Excerpt(tone, 48_000, 0.0, (0.5, 0.6)), tmp_path / "a.png")
    _, top, _, bottom = BOX
    with Image.open(tmp_path / "a.png") as image:
        column = np.asarray(image.convert("RGB"), np.int16)[top:bottom, 200]
    blue = (np.abs(column - WAVE).max(axis=1) < 20).sum()
    assert 0.3 < blue / (bottom - top) < 0.8


def test_a_full_scale_tone_reads_its_level_at_its_frequency(tmp_path):
    t_s = np.arange(96_000) / 48_000
    tone = np.sin(2 * np.pi * 12_000 * t_s)[:, None].astype(np.float32)
    spectrum(Excerpt(tone, 48_000, 0.0, (0.0, 0.0)), tmp_path / "a.png")
    left, top, right, bottom = BOX
    with Image.open(tmp_path / "a.png") as image:
        column = np.asarray(image.convert("L"), np.int16)[top:bottom, (left + right) // 2]
    assert abs(int(np.argmax(column)) / (bottom - top) - 0.5) < 0.02
    assert column.max() > 220
    assert column[: (bottom - top) // 3].max() < 40

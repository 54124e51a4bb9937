"""black_frames, freeze_frame, stutter: found to the frame where planted, and nowhere else."""

from fractions import Fraction

import cv2
import numpy as np
import pytest

from harness.analysis.detector import Context
from harness.analysis.engine import Engine
from harness.detectors.video.black_frames import BlackFrames
from harness.detectors.video.freeze_frame import FreezeFrame
from harness.detectors.video.stutter import Stutter
from harness.media import Frame, StreamFormat, VideoFormat
from harness.recording.recording import Recording
from tests.support import planting

FPS = 25
WIDTH, HEIGHT = 320, 180
CHROMA = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)


def _world(seed=0, width=1200):
    noise = np.random.default_rng(seed).integers(0, 256, (HEIGHT, width)).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 6)
    return np.clip((soft - soft.mean()) * 9 + 120, 20, 230).astype(np.uint8)


def _shot(count, speed_px=3, seed=0, noise=0.0):
    """A camera that pans over a soft world, with its own noise."""
    world, random = _world(seed), np.random.default_rng(seed)
    pictures = []
    for index in range(count):
        left = int(index * speed_px) % (world.shape[1] - WIDTH)
        y = world[:, left : left + WIDTH].astype(np.float32)
        if noise:
            y = y + random.normal(0, noise, y.shape)
        pictures.append((np.clip(y, 16, 235).astype(np.uint8), CHROMA, CHROMA))
    return pictures


def _flat(level):
    return (np.full((HEIGHT, WIDTH), level, np.uint8), CHROMA, CHROMA)


def _title(level=16):
    y = np.full((HEIGHT, WIDTH), level, np.uint8)
    cv2.putText(y, "A FILM", (110, 95), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 200, 2)
    return (y, CHROMA, CHROMA)


def _fade(picture, gains):
    y = picture[0].astype(np.float32)
    return [((16 + (y - 16) * gain).astype(np.uint8), CHROMA, CHROMA) for gain in gains]


def _darker(pictures):
    return [(y // 2 + 10, u, v) for y, u, v in pictures]


def _find(pictures, fps=FPS, times_s=None):
    """Return (defect, first frame, frame after the last) of each finding that nothing explains."""
    context = Context(StreamFormat(VideoFormat(WIDTH, HEIGHT, Fraction(fps)), None))
    engine = Engine([BlackFrames(), FreezeFrame(), Stutter()], context)
    times_ns = [
        round((index / fps if times_s is None else times_s[index]) * 1e9) for index in range(len(pictures))
    ]
    for index, planes in enumerate(pictures):
        engine.feed(Frame(times_ns[index], index, *planes))
    edges = np.array([*times_ns, times_ns[-1] + 1e9 / fps])
    return [
        (
            item.defect,
            int(np.searchsorted(edges, item.start_ns - 1)),
            int(np.searchsorted(edges, item.end_ns - 1)),
        )
        for item in engine.finish().findings
        if not item.explained_by
    ]


def _coded(tmp_path, pictures, bit_rate):
    path = tmp_path / "coded.mkv"
    planting.code(path, pictures, FPS, bit_rate=bit_rate)
    frames = [item for item in Recording(path).items() if isinstance(item, Frame)]
    return [(frame.y, frame.u, frame.v) for frame in frames]


@pytest.mark.parametrize("count", [5, 6, 12, 40])
@pytest.mark.parametrize(("level", "logo"), [(16, None), (44, None), (20, 0.02), (44, 0.05)])
def test_black_in_a_shot_is_found_to_the_frame(count, level, logo):
    pictures = planting.black(_shot(90), 30, count, level, logo)
    assert _find(pictures) == [("black_frames", 30, 30 + count)]


def test_four_black_frames_are_below_the_limit():
    assert _find(planting.black(_shot(60), 30, 4)) == []


def test_long_black_is_found_whatever_its_edges():
    shot = _shot(60)
    fade = _fade(shot[40], np.linspace(1, 0, 20))
    pictures = [*shot[:40], *fade, *[_flat(16)] * 60, *_shot(40, seed=3)]
    found = _find(pictures)
    assert [item[0] for item in found] == ["black_frames"]
    assert found[0][1] == pytest.approx(59, abs=2)


@pytest.mark.parametrize("hold", [0, 6, 20])
def test_a_fade_through_black_is_direction_and_no_defect(hold):
    shot, other = _shot(40), _shot(40, seed=3)
    down, up = np.linspace(1, 0, 15), np.linspace(0, 1, 15)
    assert _find([*shot, *_fade(shot[-1], down), *[_flat(16)] * hold, *_fade(other[0], up), *other]) == []


def test_black_between_two_shots_is_editing():
    assert _find([*_shot(40), *[_flat(16)] * 10, *_darker(_shot(40, seed=3))]) == []


def test_black_at_the_start_and_at_the_end_is_no_defect():
    assert _find([*[_flat(16)] * 20, *_shot(40), *[_flat(16)] * 20]) == []


def test_a_title_card_is_neither_black_nor_frozen():
    title = _title()
    fades = _fade(title, np.linspace(0, 1, 12))
    assert _find([*_shot(40), *fades, *[title] * 70, *fades[::-1], *_shot(40, seed=3)]) == []


def test_a_dark_scene_is_not_black():
    dark = [((16 + (y.astype(np.float32) - 16) * 0.1).astype(np.uint8), u, v) for y, u, v in _shot(120)]
    assert not [item for item in _find(dark) if item[0] == "black_frames"]


@pytest.mark.parametrize("noise", [0.0, 2.0])
@pytest.mark.parametrize("count", [6, 10, 30])
def test_a_freeze_is_found_to_the_frame(count, noise):
    pictures = planting.freeze(_shot(100, noise=noise), 40, count)
    assert _find(pictures) == [("freeze_frame", 40, 40 + count)]


def test_a_freeze_under_fresh_noise_is_found():
    random = np.random.default_rng(5)
    pictures = [
        (np.clip(y + random.integers(-2, 3, y.shape), 1, 254).astype(np.uint8), u, v)
        for y, u, v in planting.freeze(_shot(100), 40, 12)
    ]
    assert _find(pictures) == [("freeze_frame", 40, 52)]


@pytest.mark.parametrize("bit_rate", [500_000, 1_000_000, 2_000_000])
def test_a_freeze_survives_coding(tmp_path, bit_rate):
    found = _find(_coded(tmp_path, planting.freeze(_shot(120, noise=2.0), 50, 25), bit_rate))
    assert [item[0] for item in found] == ["freeze_frame"]
    assert abs(found[0][1] - 50) <= 2
    assert abs(found[0][2] - 75) <= 2


def test_a_freeze_that_never_ends_is_found():
    pictures = _shot(60)
    assert _find([*pictures, *[pictures[-1]] * 30]) == [("freeze_frame", 60, 90)]


def test_a_quiet_scene_is_no_freeze():
    random = np.random.default_rng(1)
    y = _world()[:, :WIDTH].astype(np.float32)
    noisy = [np.clip(y + random.normal(0, 1.5, y.shape), 16, 235).astype(np.uint8) for _ in range(100)]
    quiet = [(picture, CHROMA, CHROMA) for picture in noisy]
    assert _find(quiet) == []
    assert _find([quiet[0]] * 100) == []


def test_a_still_after_a_cut_is_no_freeze():
    assert _find([*_shot(50), *[_shot(1, seed=4)[0]] * 50, *_shot(50, seed=5)]) == []


def test_a_dissolve_that_ends_on_a_still_is_no_freeze():
    one, other = _shot(1)[0][0].astype(float), _shot(1, seed=4)[0][0].astype(float)
    mix = [(one * (1 - part) + other * part).astype(np.uint8) for part in np.linspace(0, 1, 30)]
    still = [(mix[-1], CHROMA, CHROMA)] * 30
    assert _find([*[(y, CHROMA, CHROMA) for y in mix], *still, *_shot(40, seed=6)]) == []


def test_a_camera_that_comes_to_rest_is_no_freeze():
    world = _world()
    places = np.cumsum(
        [*[4.0] * 40, *np.linspace(4, 0, 30), *[0.0] * 40, *np.linspace(0, 4, 30), *[4.0] * 20]
    )
    eased = [(world[:, int(x) : int(x) + WIDTH], CHROMA, CHROMA) for x in places]
    assert not [item for item in _find(eased) if item[0] == "freeze_frame"]


def test_a_frame_of_a_variable_rate_that_stays_too_long_is_a_freeze():
    times = np.arange(60) / FPS
    times[30:] += 0.6
    shot = _shot(80)
    found = _find([*shot[:30], *shot[45:75]], times_s=times.tolist())
    assert [item[0] for item in found] == ["freeze_frame"]


def test_an_even_variable_rate_is_clean():
    steps = np.tile([1 / 30, 1 / 30, 2 / 30], 30)
    assert _find(_shot(90), fps=25, times_s=np.cumsum(steps).tolist()) == []


@pytest.mark.parametrize("seed", range(4))
def test_stutter_is_found_where_it_begins(seed):
    found = [item for item in _find(planting.stutter(_shot(120), 50, 30, seed=seed)) if item[0] == "stutter"]
    assert len(found) == 1
    assert abs(found[0][1] - 50) <= 2


@pytest.mark.parametrize("bit_rate", [500_000, 2_000_000])
def test_stutter_survives_coding(tmp_path, bit_rate):
    found = _find(_coded(tmp_path, planting.stutter(_shot(120, noise=1.0), 50, 30, seed=1), bit_rate))
    assert [item[0] for item in found if item[0] == "stutter"] == ["stutter"]
    assert abs(found[0][1] - 50) <= 2


def _at_rate(source_fps, shown_fps, seconds=4):
    shot = _shot(source_fps * seconds, speed_px=75 / source_fps)
    return [shot[int(index * source_fps / shown_fps)] for index in range(shown_fps * seconds)], shown_fps


@pytest.mark.parametrize(
    ("source_fps", "shown_fps"),
    [(24, 60), (25, 50), (30, 60), (24, 50), (25, 60), (24, 25), (12, 24), (8, 24), (15, 30)],
)
def test_a_regular_cadence_is_no_stutter(source_fps, shown_fps):
    assert _find(*_at_rate(source_fps, shown_fps)) == []


@pytest.mark.parametrize("seed", range(5))
def test_a_cadence_under_uneven_motion_is_no_stutter(seed):
    world = _world(seed)
    places = np.cumsum(np.random.default_rng(seed).uniform(1.5, 6, 120))
    shown = [int(places[index * 24 // 30]) for index in range(140)]
    assert _find([(world[:, x : x + WIDTH], CHROMA, CHROMA) for x in shown], 30) == []


@pytest.mark.parametrize(("source_fps", "shown_fps"), [(24, 60), (25, 50), (30, 60)])
def test_stutter_within_a_cadence_is_found(source_fps, shown_fps):
    pictures, fps = _at_rate(source_fps, shown_fps)
    held = [*pictures[:120], *[pictures[119]] * 6, *pictures[126:136], *[pictures[135]] * 6, *pictures[142:]]
    found = _find(held, fps)
    assert [item[0] for item in found] == ["stutter"]
    assert abs(found[0][1] - 120) <= 3


def test_one_repeat_and_one_jump_are_below_the_limit():
    shot = _shot(100)
    assert _find([*shot[:50], shot[49], *shot[51:]]) == []
    assert _find([*shot[:50], *shot[52:]]) == []


def test_stutter_where_nothing_moves_is_not_judged():
    assert _find(planting.stutter([_shot(1)[0]] * 100, 40, 30)) == []


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_a_few_frames_are_clean(count):
    if count:
        assert _find(_shot(count)) == []

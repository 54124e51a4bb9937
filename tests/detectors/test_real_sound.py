"""Real sound: nothing is found in clean recordings, and what is planted in them is found."""

from pathlib import Path

import numpy as np
import pytest

from harness.media import AudioBlock
from harness.recording.recording import Recording
from tests.support.sounding import coded, cut, heard

pytestmark = [pytest.mark.media, pytest.mark.fuller]

SILENT_ALL_THROUGH = ("intel_car-detection.mp4", "sam2_01_dog.mp4")
"""Their sound is digital silence from beginning to end, as whoever listens to them will say."""

MOST_FACES = 8

HOLES = {
    "audio/wesnoth_battle.ogg": (3.1, 6.4, 9.2),
    "audio/wesnoth_love_theme.ogg": (2.3, 5.5, 8.1),
    "audio/voxserv_167554__speedenza__memory-eva-gore-booth.flac": (2.8, 5.65, 7.55),
    "faces/liveportrait_d6.mp4": (2.1, 5.3, 7.7),
}
"""Moments at which something sounds, before and after the hole."""


def _sound(path, most_s=None):
    """Return the samples and the rate of a file."""
    recording = Recording(Path(path))
    rate_hz = recording.format.audio.rate_hz
    sound = np.concatenate([item.samples for item in recording.items() if isinstance(item, AudioBlock)])
    return (sound if most_s is None else sound[: round(most_s * rate_hz)]), rate_hz


def _files(media, folder):
    return sorted(path for path in (media / folder).iterdir() if path.is_file())


@pytest.mark.parametrize("folder", ["audio", "faces"])
def test_nothing_is_found_in_clean_recordings(media, folder):
    files = _files(media, folder)
    files = files[:: max(1, len(files) // MOST_FACES)] if folder == "faces" else files
    assert {path.name: found for path in files if (found := heard(*_sound(path)))} == {}


@pytest.mark.parametrize("name", ["bigbuckbunny.mp4", "mdn_rabbit.mp4", "sintel_trailer-720p_34s.mp4"])
def test_nothing_is_found_in_clean_clips(media, name):
    assert heard(*_sound(media / "video" / name)) == []


@pytest.mark.parametrize("name", SILENT_ALL_THROUGH)
def test_a_clip_with_a_silent_track_is_silent(media, name):
    sound, rate_hz = _sound(media / "video" / name)
    (found,) = heard(sound, rate_hz)
    assert found == ("silence", 0.0, pytest.approx(len(sound) / rate_hz, abs=0.01), None)


@pytest.mark.parametrize("codec", [None, "aac"])
@pytest.mark.parametrize("name", HOLES)
def test_what_is_planted_is_found(media, name, codec):
    sound, rate_hz = _sound(media / name, most_s=max(HOLES[name]) + 3)
    sound = sound[round((min(HOLES[name]) - 2) * rate_hz) :]
    first, second, third = (start_s - min(HOLES[name]) + 2 for start_s in HOLES[name])
    holed = cut(sound, first, 0.05, rate_hz=rate_hz)
    holed = cut(cut(holed, second, 0.3, rate_hz=rate_hz), third, 1.5, steps=4, rate_hz=rate_hz)
    found = heard(coded(holed, codec, 192_000, rate_hz) if codec else holed, rate_hz)
    wanted = [("audio_dropout", first, 0.05), ("audio_dropout", second, 0.3), ("silence", third, 1.5)]
    assert [item[0] for item in found] == [defect for defect, *_ in wanted]
    for (_, start_s, end_s, _), (_, planted_s, length_s) in zip(found, wanted, strict=True):
        assert start_s == pytest.approx(planted_s, abs=0.006)
        assert end_s == pytest.approx(planted_s + length_s, abs=0.02)

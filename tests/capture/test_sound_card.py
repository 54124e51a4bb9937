"""A real PulseAudio daemon is recorded bit-exact; every trouble of a sound card is one line."""

import time
from contextlib import closing

import numpy as np
import pytest

from harness.capture import open_source
from harness.capture.discovery import capture_ports
from harness.capture.file import FileSource
from harness.capture.joined import GONE, Joined
from harness.capture.sample_count import DOUBT
from harness.capture.sound_card import SoundCard
from harness.errors import CaptureLost, InputError, RigError
from harness.media import AudioBlock, AudioFormat, Frame, Gap, RigEvent, StreamFormat
from harness.recording.recorder import Recorder
from harness.recording.recording import Recording
from tests.support.clips import tone, write_clip
from tests.support.pulse import pulse_daemon

NOISE = np.random.default_rng(3).integers(-32768, 32767, (48_000 * 2, 2), np.int16)
NOISE[0] = NOISE[-1] = 1


@pytest.fixture(scope="module")
def daemon():
    with pulse_daemon() as pulse:
        yield pulse


@pytest.fixture
def pulse(daemon, monkeypatch):
    for name, value in daemon.environment.items():
        monkeypatch.setenv(name, value)
    return daemon


def taken(source, samples, timeout_s=60.0):
    """Return what comes until so many samples have come after the first that is not silent."""
    items, heard, deadline_s = [], 0, time.monotonic() + timeout_s
    while heard < samples:
        assert time.monotonic() < deadline_s, "the sound never came"
        item = source.read(0.2)
        if item is not None:
            items.append(item)
        if isinstance(item, AudioBlock) and (heard or item.samples.any()):
            heard += len(item.samples)
    return items


def codes(items):
    samples = np.concatenate([item.samples for item in items if isinstance(item, AudioBlock)])
    return np.rint(samples * 32768).astype(np.int16)


def heard_noise(items):
    heard = codes(items)
    start = int(np.flatnonzero(heard.any(axis=1))[0])
    return heard[start : start + len(NOISE)]


def test_noise_is_recorded_sample_for_sample_into_the_file_and_back(pulse, tmp_path):
    with closing(open_source("sound:pulse")) as card:
        stream = card.open()
        assert stream == StreamFormat(None, AudioFormat(48_000, 2))
        with pulse.play(NOISE):
            items = taken(card, len(NOISE) + 4_800)
    # The server may take to a longer buffer when the player comes; that is told, and nothing is missing.
    assert {gap.reason for gap in items if isinstance(gap, Gap)} <= {DOUBT}
    with Recorder(tmp_path / "a.mkv", stream) as recorder:
        for item in items:
            recorder.write(item)
    assert np.array_equal(heard_noise(items), NOISE)
    recorded = list(Recording(tmp_path / "a.mkv").items())
    assert np.array_equal(heard_noise(recorded), NOISE)


def test_blocks_are_counted_and_stamped_on_the_clock_of_the_computer(pulse):
    with closing(SoundCard("pulse?rate=44100&channels=1")) as card:
        assert card.open() == StreamFormat(None, AudioFormat(44_100, 1))
        before_ns = time.monotonic_ns()
        blocks = [card.read(5.0) for _ in range(50)]
        after_ns = time.monotonic_ns()
    assert all(isinstance(block, AudioBlock) and block.samples.shape[1] == 1 for block in blocks)
    count = np.cumsum([0, *(len(block.samples) for block in blocks)])
    assert [block.first_sample for block in blocks] == list(count[:-1])
    assert before_ns - 2e9 < blocks[0].t_ns < blocks[-1].t_ns < after_ns
    steps = np.diff([block.t_ns for block in blocks]) - np.diff(count[:-1]) / 44_100 * 1e9
    assert np.abs(steps).max() < 100_000


def test_a_daemon_that_dies_is_told_and_ends_the_capture(monkeypatch):
    with pulse_daemon() as pulse:
        for name, value in pulse.environment.items():
            monkeypatch.setenv(name, value)
        with closing(SoundCard("pulse")) as card:
            card.open()
            assert isinstance(card.read(5.0), AudioBlock)
            pulse.kill()
            items = []
            with pytest.raises(CaptureLost, match=r"sound:pulse: .*plug it in"):
                while True:
                    items.append(card.read(5.0))
            assert isinstance(items[-1], RigEvent) and items[-1].kind == "unplugged"
            with pytest.raises(CaptureLost, match="plug it in"):
                card.read(0.0)


def test_a_card_joined_with_a_picture_is_one_capture_and_its_loss_stops_nothing(tmp_path, monkeypatch):
    clip = write_clip(tmp_path / "a.mkv", 250, audio=tone(19_200))
    with pulse_daemon() as pulse:
        for name, value in pulse.environment.items():
            monkeypatch.setenv(name, value)
        with closing(Joined("x:", FileSource(clip), SoundCard("pulse"))) as source:
            stream = source.open()
            assert stream.video and stream.audio == AudioFormat(48_000, 2)
            items = until_frames(source, 30)
            pulse.kill()
            items += until_frames(source, 90)
    media = [item for item in items if isinstance(item, Frame | AudioBlock)]
    assert [item.t_ns for item in media] == sorted(item.t_ns for item in media)
    frames = [item for item in media if isinstance(item, Frame)]
    assert [frame.index for frame in frames] == list(range(len(frames)))
    (event,) = [item for item in items if isinstance(item, RigEvent) and item.kind == "unplugged"]
    assert event.detail.endswith("plug it in, and look at its cable; the picture goes on without sound")
    gaps = [item for item in items if isinstance(item, Gap) and item.reason == GONE]
    last = [item for item in media if isinstance(item, AudioBlock)][-1]
    assert gaps and gaps[0].start_ns == pytest.approx(last.t_ns + len(last.samples) / 48_000 * 1e9, abs=2)


def until_frames(source, count, timeout_s=60.0):
    items, deadline_s = [], time.monotonic() + timeout_s
    while sum(isinstance(item, Frame) for item in items) < count:
        assert time.monotonic() < deadline_s, "the pictures never came"
        item = source.read(0.2)
        items += [item] if item is not None else []
    return items


def test_the_inputs_are_listed_as_ports(pulse):
    ports = {port.uri: port for port in capture_ports() if port.kind == "sound"}
    assert "Hz" in ports["sound:pulse"].note
    assert all(isinstance(open_source(uri), SoundCard) for uri in ports)


def test_a_name_that_is_nearly_right_is_guessed(pulse):
    with pytest.raises(RigError, match=r"sound:plse: no sound input 'plse'.*did you mean 'pulse'"):
        SoundCard("plse").open()


def test_channels_that_it_has_not_are_told(pulse, monkeypatch):
    from harness.capture import portaudio

    chosen = portaudio.find_input("sound:pulse", "pulse")
    few = portaudio.SoundInput(chosen.number, "pulse", 2, 48_000)
    monkeypatch.setattr("harness.capture.sound_card.find_input", lambda *_: few)
    with pytest.raises(RigError, match="'pulse' has 2 channels; write channels="):
        SoundCard("pulse?channels=8").open()


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        ("pulse?rate=48kHz", "rate=48kHz is no whole number"),
        ("pulse?rate=4", "rate=4 is no whole number of 8000 to 192000"),
        ("pulse?channels=0", "channels=0"),
        ("pulse?chanels=2", "unknown option 'chanels' .did you mean 'channels'"),
        ("pulse?rate=48000&rate=44100", "option rate needs one value"),
        ("?rate=48000", "after `sound:` is missing"),
    ],
)
def test_an_option_that_cannot_be_is_told(rest, told):
    with pytest.raises(InputError, match=told):
        open_source(f"sound:{rest}")


def test_a_closed_capture_is_told():
    with pytest.raises(CaptureLost, match="open it first"):
        SoundCard("pulse").read(0.0)

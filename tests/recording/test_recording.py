"""A recording gives back what was captured, when it was captured, live and afterwards alike."""

import threading
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from harness.errors import InputError
from harness.media import (
    AudioBlock,
    AudioFormat,
    Frame,
    Gap,
    RigEvent,
    SignalEvent,
    StreamFormat,
    VideoFormat,
)
from harness.recording.recorder import Recorder
from harness.recording.recording import DAMAGED, Recording
from harness.recording.timing import sidecar
from harness.timeline import Mark, Press
from tests.support.captures import START_NS, captured, coded_frame, same, seen_index, stream_format
from tests.support.clips import tone, write_clip


def record(path, items, stream=None, **more):
    with Recorder(path, stream or stream_format(), threads=1, **more) as recorder:
        for item in items:
            recorder.write(item)
    return path


def frames_of(items):
    return [item for item in items if isinstance(item, Frame)]


def blocks_of(items):
    return [item for item in items if isinstance(item, AudioBlock)]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.mkv"


@pytest.mark.parametrize("fps", [Fraction(60), Fraction(50), Fraction(30000, 1001), Fraction(24)])
def test_times_are_exact_and_sound_is_bit_exact(path, fps):
    items = captured(100, fps=fps)
    out = list(Recording(record(path, items, stream_format(fps=fps))).items())
    assert [type(item) for item in out] == [type(item) for item in items]
    assert [item.t_ns for item in out] == [item.t_ns - START_NS for item in items]
    for got, sent in zip(blocks_of(out), blocks_of(items), strict=True):
        assert got.first_sample == sent.first_sample
        np.testing.assert_array_equal(got.samples, sent.samples)
    assert [seen_index(frame) for frame in frames_of(out)] == list(range(100))
    assert [frame.index for frame in frames_of(out)] == list(range(100))


@pytest.mark.parametrize("size", [(64, 48), (67, 35)])
def test_lossless_is_bit_exact(path, size):
    random = np.random.default_rng(5)
    items = [
        replace(
            frame,
            y=random.integers(0, 256, frame.y.shape, np.uint8),
            u=random.integers(0, 256, frame.u.shape, np.uint8),
        )
        for frame in frames_of(captured(20, width=size[0], height=size[1]))
    ]
    out = frames_of(Recording(record(path, items, stream_format(*size), lossless=True)).items())
    assert len(out) == 20
    for got, sent in zip(out, items, strict=True):
        assert same(got, replace(sent, t_ns=sent.t_ns - START_NS))


def test_the_timeline_counts_from_the_first_frame(path):
    items = captured(10)
    gap = Gap(START_NS + 10, START_NS + 20, "audio", 'a loss, "quoted"\nand more')
    event = SignalEvent(START_NS + 30, "format_changed", stream_format(32, 32, Fraction(60000, 1001)))
    unplugged = RigEvent(START_NS + 40, "unplugged", "the capture card went away; plug it in again")
    press = Press("VOLUME_UP", START_NS + 1, START_NS + 2, "ir")
    with Recorder(path, stream_format(), threads=1) as recorder:
        recorder.note(Mark("watch_start", START_NS - 5))
        for item in [*items, gap, event, unplugged]:
            recorder.write(item)
        recorder.note(press)
        recorder.note(Mark("play_asked", START_NS + 7, "bün\u2028ny"))
    timeline = Recording(path).timeline
    assert timeline.presses == [Press("VOLUME_UP", 1, 2, "ir")]
    assert timeline.marks == [Mark("watch_start", -5), Mark("play_asked", 7, "bün\u2028ny")]
    assert timeline.gaps == [replace(gap, start_ns=10, end_ns=20)]
    assert timeline.signal == [replace(event, t_ns=30)]
    assert timeline.rig == [replace(unplugged, t_ns=40)]
    out = list(Recording(path).items())
    assert out[-3:] == [timeline.gaps[0], timeline.signal[0], timeline.rig[0]]


def test_duration_and_completeness(path):
    recording = Recording(record(path, captured(60)))
    assert recording.complete and recording.format == stream_format()
    assert abs(recording.duration_ns - 1_000_000_000) <= 2


def test_lost_frames_and_samples_are_not_made_up(path):
    items = captured(20) + captured(20, first=40)
    out = list(Recording(record(path, items)).items())
    assert [frame.index for frame in frames_of(out)] == [*range(20), *range(40, 60)]
    assert [block.t_ns for block in blocks_of(out)] == [block.t_ns - START_NS for block in blocks_of(items)]
    assert all(np.any(block.samples) for block in blocks_of(out))


def test_an_ordinary_player_hears_silence_where_sound_was_lost(path):
    record(path, captured(20) + captured(20, first=40))
    sidecar(path).unlink()
    blocks = blocks_of(Recording(path).items())
    assert abs(sum(len(block.samples) for block in blocks) - 48000) <= 1


def test_a_new_size_is_scaled_into_the_recording(path):
    small = coded_frame(30, START_NS + 500_000_000, 32, 24)
    change = SignalEvent(small.t_ns, "format_changed", stream_format(32, 24))
    out = list(Recording(record(path, [*captured(30), change, small])).items())
    assert out[-1].y.shape == (48, 64) and seen_index(out[-1]) == 30
    assert out[-2].kind == "format_changed"


def test_sound_of_another_rate_is_a_gap_not_a_wrong_pitch(path):
    items = captured(30)
    change = SignalEvent(START_NS, "format_changed", StreamFormat(None, AudioFormat(44100, 2)))
    out = list(Recording(record(path, [*items[:40], change, *items[40:]])).items())
    assert len(blocks_of(out)) == 20 and len(frames_of(out)) == 30
    gaps = [item for item in out if isinstance(item, Gap)]
    assert len(gaps) == 10 and "44100 Hz" in gaps[0].reason


def test_picture_alone_and_sound_alone(tmp_path):
    items = captured(30)
    video = record(tmp_path / "v.mkv", frames_of(items), StreamFormat(stream_format().video, None))
    audio = record(tmp_path / "a.mkv", blocks_of(items), StreamFormat(None, stream_format().audio))
    assert len(list(Recording(video).items())) == len(list(Recording(audio).items())) == 30


PATTERNS = {
    "plain": lambda: captured(150),
    "gap": lambda: [*captured(70), Gap(START_NS, START_NS + 9, "video", "x"), *captured(70, first=95)],
    "sound goes": lambda: captured(60) + frames_of(captured(90, first=60)),
    "picture goes": lambda: captured(60) + blocks_of(captured(90, first=60)),
    "signal": lambda: [*captured(50), SignalEvent(START_NS + 10**9, "signal_lost"), *captured(50, first=200)],
    "jitter": lambda: [
        replace(item, t_ns=item.t_ns + 311_000 * (at % 5)) for at, item in enumerate(captured(120))
    ],
    "nothing": list,
    "one": lambda: captured(1)[:1],
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_reading_while_it_grows_gives_the_same_as_afterwards(path, pattern):
    live, recording_goes_on = [], threading.Event()
    recording_goes_on.set()
    recorder = Recorder(path, stream_format(), threads=1)
    reader = threading.Thread(target=lambda: live.extend(Recording(path).items(recording_goes_on.is_set)))
    reader.start()
    items = PATTERNS[pattern]()
    for item in items:
        recorder.write(item)
    recorder.close()
    recording_goes_on.clear()
    reader.join(60)
    afterwards = list(Recording(path).items())
    assert len(live) == len(afterwards) == len(items)
    assert all(same(one, other) for one, other in zip(live, afterwards, strict=True))


def test_a_growing_recording_is_read_before_it_ends(path):
    recorder = Recorder(path, stream_format(), threads=1)
    goes_on, seen = threading.Event(), threading.Event()
    goes_on.set()

    def read():
        for item in Recording(path).items(goes_on.is_set):
            if isinstance(item, Frame) and item.index == 100:
                seen.set()

    reader = threading.Thread(target=read)
    reader.start()
    for item in captured(300):
        recorder.write(item)
    assert seen.wait(30)
    recorder.close()
    goes_on.clear()
    reader.join(60)
    assert not reader.is_alive()


def test_a_cut_last_line_is_passed_over(path):
    record(path, captured(30))
    lines = sidecar(path).read_bytes().splitlines(keepends=True)
    sidecar(path).write_bytes(b"".join(lines[:-2]) + lines[-2][:9])
    recording = Recording(path)
    assert not recording.complete
    assert len(list(recording.items())) == 59


def test_a_damaged_packet_is_a_gap_not_a_defect(path):
    record(path, blocks_of(captured(60)), StreamFormat(None, stream_format().audio))
    lines = sidecar(path).read_bytes().splitlines(keepends=True)
    lines.insert(30, b'{"samples":800,"first_sample":1,"t_ns":%d,"pts_ms":458}\n' % (START_NS + 458_000_000))
    sidecar(path).write_bytes(b"".join(lines))
    out = list(Recording(path).items())
    assert [item.reason for item in out if isinstance(item, Gap)] == [DAMAGED]
    assert len(blocks_of(out)) == 60


@pytest.mark.parametrize(
    "content", [b"", b"nonsense\n", b'{"schema":"harness.timing/9"}\n', b"\xff\xfe\n", b"[]\n"]
)
def test_a_sidecar_of_another_kind_is_told(path, content):
    record(path, captured(5))
    sidecar(path).write_bytes(content)
    if not content:
        assert len(list(Recording(path).items())) == 10
        return
    with pytest.raises(InputError, match=r"harness\.timing/1"):
        Recording(path)


def test_any_media_file_is_a_recording(tmp_path):
    path = write_clip(tmp_path / "a.mp4", 25, audio=tone(48000), audio_codec="aac")
    recording = Recording(path)
    assert recording.format == StreamFormat(VideoFormat(64, 48, Fraction(25)), AudioFormat(48000, 2))
    assert recording.timeline.gaps == [] and recording.complete and recording.start_ns is None
    assert len(frames_of(recording.items())) == len(frames_of(recording.items())) == 25
    assert abs(recording.duration_ns - 1_000_000_000) < 50_000_000


def test_nothing_to_read_is_told(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        Recording(tmp_path / "no.mkv")

"""Evidence shows what was asked for: the right frame, the right samples, a clip that browsers play."""

import http.server
import os
import queue
import shutil
import signal
import subprocess
import threading
from dataclasses import replace
from fractions import Fraction
from functools import partial

import av
import numpy as np
import pytest

from harness.errors import HarnessError, InputError, RigError
from harness.media import AudioBlock, Frame, StreamFormat
from harness.recording.clips import cut_clip, sound, still, write_still
from harness.recording.recorder import Recorder
from harness.recording.recording import Recording
from harness.recording.timing import sidecar
from tests.support.captures import captured, stream_format
from tests.support.clips import gray_level, tone, write_clip

PERIOD_NS = round(1e9 / 60)


def record(path, items, stream=None, **more):
    with Recorder(path, stream or stream_format(), threads=1, **more) as recorder:
        for item in items:
            recorder.write(item)
    return path


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    return record(tmp_path_factory.mktemp("clips") / "a.mkv", captured(300))


def code(index):
    """Return the 8-bit RGB code of a frame's luma."""
    return (20 + index % 200 - 16) * 255 / 219


def shown(picture):
    """Return the index modulo 200 that a still shows."""
    return round((float(picture.mean()) + 0.5) * 219 / 255 + 16) - 20  # the conversion truncates


@pytest.mark.parametrize("index", [0, 1, 59, 60, 61, 119, 187, 299])
@pytest.mark.parametrize("later_ns", [0, 1, PERIOD_NS // 2, PERIOD_NS - 2])
def test_a_still_is_the_frame_that_was_shown(recording, index, later_ns):
    t_ns = round(index / Fraction(60) * 1_000_000_000) + later_ns
    assert shown(still(recording, t_ns)) == index % 200


def test_a_still_outside_is_the_nearest_frame(recording):
    assert shown(still(recording, -5)) == 0
    assert shown(still(recording, 10**12)) == 299 % 200


def test_a_still_across_a_gap_is_what_stood_on_the_screen(tmp_path):
    path = record(tmp_path / "a.mkv", captured(20) + captured(20, first=40))
    assert shown(still(path, 30 * PERIOD_NS)) == 19
    assert shown(still(path, 40 * PERIOD_NS + 20)) == 40


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "avi"])
def test_a_still_of_any_file(tmp_path, suffix):
    codec = "mpeg4" if suffix == "avi" else "libx264"
    path = write_clip(tmp_path / f"a.{suffix}", 50, fps=Fraction(60), codec=codec)
    for index in (0, 17, 49):
        picture = still(path, round(index * 1e9 / 60))
        assert abs(picture.mean() - (gray_level(index) - 16) * 255 / 219) < 3


def test_a_still_is_written_as_jpeg(recording, tmp_path):
    write_still(recording, 10 * PERIOD_NS, tmp_path / "a.jpg")
    with av.open(str(tmp_path / "a.jpg")) as container:
        assert abs(next(container.decode(video=0)).to_ndarray(format="gray").mean() - code(10)) < 4
    with pytest.raises(RigError, match="cannot be written"):
        write_still(recording, 0, tmp_path / "no" / "a.jpg")


def test_sound_is_exact_to_the_sample(recording):
    heard = np.concatenate([item.samples for item in captured(300) if isinstance(item, AudioBlock)])
    for start_s, end_s in ((0, 1), (1.5, 2.25), (4.9, 5)):
        samples, rate_hz = sound(recording, round(start_s * 1e9), round(end_s * 1e9))
        assert rate_hz == 48000
        np.testing.assert_array_equal(samples, heard[round(start_s * 48000) : round(end_s * 48000)])


def test_lost_sound_is_silent(tmp_path):
    path = record(tmp_path / "a.mkv", captured(60) + captured(60, first=90))
    samples, _ = sound(path, 900_000_000, 1_600_000_000)
    lost = (np.abs(samples).max(axis=1) == 0).nonzero()[0]
    assert abs(lost[0] - 4800) <= 1 and abs(lost[-1] - 28799) <= 1


def test_sound_of_any_file(tmp_path):
    noise = tone(96000)
    path = write_clip(tmp_path / "a.mkv", 50, audio=noise)
    samples, _ = sound(path, 500_000_000, 700_000_000)
    assert len(samples) == 9600
    # The container rounds to 1 ms; from there on nothing is lost or doubled.
    early = next(at for at in range(-48, 49) if np.array_equal(samples[100] * 32768, noise[24100 + at]))
    np.testing.assert_array_equal(samples * 32768, noise[24000 + early : 33600 + early])


def read(path):
    items = list(Recording(path).items())
    return [item for item in items if isinstance(item, Frame)], [
        item for item in items if isinstance(item, AudioBlock)
    ]


def test_a_clip_is_copied_from_the_keyframe_before(recording, tmp_path):
    begin_ns = cut_clip(recording, 2_500_000_000, 3_500_000_000, tmp_path / "a.mp4")
    assert begin_ns == 2_000_000_000
    frames, blocks = read(tmp_path / "a.mp4")
    assert [round(float(frame.y.mean())) - 20 for frame in frames] == [
        index % 200 for index in range(120, 211)
    ]
    assert abs(frames[30].t_ns - 500_000_000) < 1_000_000
    assert abs(sum(len(block.samples) for block in blocks) - 1.5 * 48000) <= 2048
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert (container.streams.video[0].codec.name, container.streams.audio[0].codec.name) == (
            "h264",
            "aac",
        )
    data = (tmp_path / "a.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_sound_in_a_clip_stays_where_it_was(tmp_path):
    """A click at 1.250 s of the recording is heard 0.250 s into a clip that begins at 1 s."""
    items = [
        replace(item, samples=item.samples * 0) if isinstance(item, AudioBlock) else item
        for item in captured(180)
    ]
    for item in items:
        if isinstance(item, AudioBlock) and item.first_sample == 60000:
            item.samples[:480] = 0.9
    begin_ns = cut_clip(record(tmp_path / "a.mkv", items), 1_200_000_000, 2_000_000_000, tmp_path / "a.mp4")
    assert begin_ns == 1_000_000_000
    heard, rate_hz = sound(tmp_path / "a.mp4", 0, 1_000_000_000)
    onset = int((np.abs(heard).max(axis=1) > 0.4).argmax())
    assert abs(onset / rate_hz - 0.250) < 0.002


@pytest.mark.parametrize(
    ("codec", "pix_fmt", "audio"),
    [
        ("mpeg4", "yuv420p", 1),
        ("ffv1", "yuv420p", 2),
        ("libx264", "yuv444p", 6),
        ("libx264", "yuv420p", None),
    ],
)
def test_what_no_browser_plays_is_encoded_anew(tmp_path, codec, pix_fmt, audio):
    noise = None if audio is None else tone(96000, audio)
    path = write_clip(tmp_path / "a.mkv", 50, codec=codec, pix_fmt=pix_fmt, audio=noise)
    cut_clip(path, 0, 1_000_000_000, tmp_path / "a.mp4")
    with av.open(str(tmp_path / "a.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.codec.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert len(container.streams.audio) == (audio is not None)
    assert len(read(tmp_path / "a.mp4")[0]) >= 25


def test_a_lossless_recording_is_cut_too(tmp_path):
    path = record(tmp_path / "a.mkv", captured(120), lossless=True)
    cut_clip(path, 1_100_000_000, 1_500_000_000, tmp_path / "a.mp4")
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert container.streams.video[0].codec_context.profile in {"High", "Main"}


def test_a_clip_of_a_killed_recording(recording, tmp_path):
    path = tmp_path / "a.mkv"
    shutil.copy(sidecar(recording), sidecar(path))
    whole = recording.read_bytes()
    path.write_bytes(whole[: len(whole) * 4 // 5])
    assert cut_clip(path, 2_500_000_000, 3_500_000_000, tmp_path / "a.mp4") == 2_000_000_000


def test_nothing_to_cut_is_told_and_leaves_nothing(recording, tmp_path):
    sounds = [item for item in captured(30) if isinstance(item, AudioBlock)]
    path = record(tmp_path / "a.mkv", sounds, StreamFormat(None, stream_format().audio))
    for call in (lambda: cut_clip(path, 0, 1, tmp_path / "a.mp4"), lambda: still(path, 0)):
        with pytest.raises(InputError, match="no picture"):
            call()
    with pytest.raises(RigError, match="cannot be written"):
        cut_clip(recording, 0, 1, tmp_path / "no" / "a.mp4")
    assert not (tmp_path / "a.mp4").exists()


PAGE = """<!doctype html><video id=v muted src="a.mp4"></video><script>
const v = document.getElementById('v'), tell = text => fetch('/told/' + text);
v.onerror = () => tell('error');
v.onended = () => tell(`${v.videoWidth}x${v.videoHeight},${v.duration.toFixed(1)}s`);
v.play();
</script>"""


class Page(http.server.SimpleHTTPRequestHandler):
    told: queue.Queue

    def do_GET(self):
        if self.path.startswith("/told/"):
            self.told.put(self.path.removeprefix("/told/"))
            self.send_error(404)
        else:
            super().do_GET()

    def log_message(self, *_):
        pass


@pytest.mark.fuller
def test_a_clip_plays_in_a_browser(recording, tmp_path):
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("chromium is not installed")
    cut_clip(recording, 1_000_000_000, 2_000_000_000, tmp_path / "a.mp4")
    (tmp_path / "page.html").write_text(PAGE)
    Page.told = queue.Queue()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Page, directory=tmp_path))
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    options = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync"
    options += " --disable-background-networking --disable-component-update"
    options += " --autoplay-policy=no-user-gesture-required --remote-debugging-port=0"
    address = f"http://127.0.0.1:{server.server_port}/page.html"
    command = [browser, *options.split(), f"--user-data-dir={tmp_path}/profile", address]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        assert Page.told.get(timeout=60) == "64x48,1.0s"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)
        server.shutdown()
        serving.join()
        server.server_close()


@pytest.mark.parametrize("seed", range(12))
def test_damaged_files_give_evidence_or_are_told(tmp_path, seed):
    path = write_clip(tmp_path / "a.mp4", 30, audio=tone(57600, 6), audio_codec="aac")
    data, random = bytearray(path.read_bytes()), np.random.default_rng(seed)
    for at in random.integers(0, len(data), 1 << seed % 8):
        data[at] ^= 1 << random.integers(0, 8)
    path.write_bytes(data)
    for take in (
        lambda: still(path, 500_000_000),
        lambda: sound(path, 300_000_000, 900_000_000),
        lambda: cut_clip(path, 300_000_000, 900_000_000, tmp_path / "out.mp4"),
    ):
        try:
            take()
        except HarnessError as error:
            assert "\n" not in str(error)

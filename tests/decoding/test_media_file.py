"""Any media file becomes frames and blocks in order of time; a broken one is told in one line."""

import struct
from fractions import Fraction

import av
import numpy as np
import pytest

from harness.decoding import MediaFile, probe_duration_ns
from harness.errors import InputError
from harness.media import AudioBlock, AudioFormat, Frame, VideoFormat
from harness.recording.clips import still
from tests.support.clips import gray_level, tone, write_clip, write_sound

NS = 1_000_000_000


def read(path, **more):
    with MediaFile(path, threads=1, **more) as media:
        items = list(media.items())
        frames = [item for item in items if isinstance(item, Frame)]
        blocks = [item for item in items if isinstance(item, AudioBlock)]
        assert [item.t_ns for item in items] == sorted(item.t_ns for item in items)
        return media, frames, blocks


def levels(frames):
    return [round(float(frame.y.mean())) for frame in frames]


@pytest.mark.parametrize(
    ("codec", "pix_fmt", "suffix"),
    [
        ("libx264", "yuv420p", "mp4"),
        ("libx264", "yuv422p", "mkv"),
        ("libx264", "yuv444p", "mkv"),
        ("libx264", "yuv420p10le", "mkv"),
        ("libx264rgb", "rgb24", "mkv"),
        ("ffv1", "gray", "mkv"),
        ("ffv1", "bgra", "avi"),
        ("mpeg2video", "yuv420p", "ts"),
        ("mpeg2video", "yuv420p", "mpg"),
        ("mpeg4", "yuv420p", "avi"),
        ("mjpeg", "yuvj420p", "avi"),
    ],
)
def test_every_coding_gives_its_frames(tmp_path, codec, pix_fmt, suffix):
    options = {"qp": "0"} if "264" in codec else {"qmin": "1", "qmax": "2"}
    path = write_clip(tmp_path / f"a.{suffix}", codec=codec, pix_fmt=pix_fmt, options=options)
    media, frames, _ = read(path)
    assert media.format.video == VideoFormat(64, 48, Fraction(25))
    assert [frame.index for frame in frames] == list(range(10))
    assert [frame.t_ns for frame in frames] == [index * NS // 25 for index in range(10)]
    assert frames[0].y.dtype == np.uint8 and frames[0].u.shape == (24, 32)
    assert media.damage.errors == 0
    if pix_fmt == "yuv420p":
        assert np.abs(np.array(levels(frames)) - [gray_level(index) for index in range(10)]).max() <= 1


@pytest.mark.parametrize("codec", ["mjpeg", "ffv1"])
@pytest.mark.parametrize(("value", "narrow"), [(0, 16), (255, 235)])
def test_full_range_becomes_narrow(tmp_path, codec, value, narrow):
    """MJPEG says it by its pixel format, FFV1 by the stream's tag."""
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height = 64, 48
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.codec_context.color_range = 2
        frame = av.VideoFrame(64, 48, stream.pix_fmt)
        for plane, code in zip(frame.planes, (value, 128, 128), strict=True):
            plane.update(bytes([code]) * plane.buffer_size)
        frame.color_range = 2
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    _, frames, _ = read(path)
    assert abs(float(frames[0].y.mean()) - narrow) <= 1


def test_odd_sizes_keep_their_last_row_and_column(tmp_path):
    path = write_clip(tmp_path / "a.mkv", 3, size=(35, 21), codec="ffv1")
    _, frames, _ = read(path)
    assert frames[2].y.shape == (21, 35) and frames[2].u.shape == frames[2].v.shape == (11, 18)
    assert (frames[2].y == gray_level(2)).all()


def test_an_absurd_size_is_refused(tmp_path):
    path = write_clip(tmp_path / "a.mkv", 1, size=(8208, 16), codec="ffv1")
    with pytest.raises(InputError, match="8208 x 16"):
        MediaFile(path)


def test_a_phone_held_upright_gives_upright_frames(tmp_path):
    """The container turns the picture a quarter clockwise: what was top left comes to lie top right."""
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"qp": "1"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        picture = np.full((48, 64, 3), 30, np.uint8)
        picture[:16, :16] = 220
        container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format="yuv420p")))
        container.mux(stream.encode(None))
    data = bytearray(path.read_bytes())
    matrix = data.index(b"tkhd") + 44
    data[matrix : matrix + 36] = struct.pack(">9i", 0, 65536, 0, -65536, 0, 0, 48 << 16, 0, 1 << 30)
    path.write_bytes(data)
    media, frames, _ = read(path)
    assert media.format.video == VideoFormat(48, 64, Fraction(25))
    y = frames[0].y
    assert y.shape == (64, 48) and y[:16, 32:].mean() > 180 and y[:16, :16].mean() < 60
    rgb = still(path, 0)
    assert rgb.shape == (64, 48, 3) and rgb[:16, 32:].mean() > 200


def test_planes_are_views_and_outlive_the_file(tmp_path):
    _, frames, _ = read(write_clip(tmp_path / "a.mkv", 60, codec="ffv1"))
    assert levels(frames) == [gray_level(index) for index in range(60)]
    assert not frames[0].y.flags.owndata


@pytest.mark.parametrize("fps", [Fraction(60), Fraction(60000, 1001), Fraction(24000, 1001), Fraction(50)])
def test_matroska_times_lie_on_the_grid_again(tmp_path, fps):
    _, frames, _ = read(write_clip(tmp_path / "a.mkv", 130, fps=fps))
    exact = [round(index / fps * NS) for index in range(130)]
    assert max(abs(frame.t_ns - t_ns) for frame, t_ns in zip(frames, exact, strict=True)) <= 1


def test_variable_rate_is_kept(tmp_path):
    times = [0, 33, 66, 400, 433, 1000, 1017, 1050, 1300, 1333]
    _, frames, _ = read(write_clip(tmp_path / "a.mkv", times=times))
    assert max(abs(f.t_ns // 1_000_000 - t) for f, t in zip(frames, times, strict=True)) <= 1


def test_sound_beside_the_picture_comes_in_order_and_bit_exact(tmp_path):
    noise = tone(48000)
    media, frames, blocks = read(write_clip(tmp_path / "a.mkv", 25, audio=noise))
    assert media.format.audio == AudioFormat(48000, 2)
    assert len(frames) == 25
    heard = np.concatenate([block.samples for block in blocks])
    np.testing.assert_array_equal(np.round(heard * 32768), noise)
    for block in blocks:
        assert abs(block.t_ns - round(block.first_sample / 48000 * NS)) <= 1


@pytest.mark.parametrize(
    ("codec", "suffix"),
    [
        ("pcm_s16le", "wav"),
        ("flac", "flac"),
        ("pcm_s24le", "wav"),
        ("pcm_f32le", "wav"),
        ("flac", "mka"),
        ("alac", "mov"),
    ],
)
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_lossless_sound_is_lossless(tmp_path, codec, suffix, channels):
    noise = tone(5000, channels)
    path = write_sound(tmp_path / f"a.{suffix}", noise, codec=codec, rate_hz=44100)
    media, _, blocks = read(path)
    assert media.format.audio == AudioFormat(44100, channels)
    np.testing.assert_array_equal(np.concatenate([block.samples for block in blocks]) * 32768, noise)


@pytest.mark.parametrize("channels", [1, 2, 6, 8])
def test_planar_sound_of_every_width(tmp_path, channels):
    noise = np.zeros((48000, channels), np.int16)
    noise[:, -1] = 16000 * np.sin(np.arange(48000) / 10)
    media, _, blocks = read(write_sound(tmp_path / "a.mp4", noise, codec="aac"))
    assert media.format.audio == AudioFormat(48000, channels)
    loudest = np.abs(np.concatenate([block.samples for block in blocks])).max(axis=0)
    assert loudest[-1] > 0.3 and (loudest[:-1] < 0.05).sum() == channels - 1


def test_eight_bit_sound_is_centred(tmp_path):
    _, _, blocks = read(write_sound(tmp_path / "a.wav", np.zeros((500, 1), np.int16), codec="pcm_u8"))
    assert (blocks[0].samples == 0).all()


def test_damage_is_counted_and_the_rest_is_read(tmp_path):
    path = write_clip(tmp_path / "a.mkv", 100, codec="ffv1", options={"slicecrc": "1"})
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 300] = bytes(300)
    path.write_bytes(data)
    media, frames, _ = read(path)
    assert 50 <= len(frames) < 100 or media.damage.errors
    assert media.damage.errors and media.damage.first


def test_a_cut_file_gives_what_is_there(tmp_path):
    path = write_clip(tmp_path / "a.mkv", 100, size=(320, 240), options={"g": "10"})
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    _, frames, _ = read(path)
    assert 20 < len(frames) < 100


def test_one_frame_is_enough(tmp_path):
    _, frames, _ = read(write_clip(tmp_path / "a.mp4", 1))
    assert len(frames) == 1


def _empty(folder):
    (folder / "empty.mp4").touch()
    return folder / "empty.mp4"


def _text(folder):
    (folder / "text.mp4").write_text("hello " * 1000)
    return folder / "text.mp4"


def _playlist(folder):
    write_clip(folder / "a.ts", codec="mpeg2video")
    (folder / "a.m3u8").write_text("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:0.4,\na.ts\n#EXT-X-ENDLIST\n")
    return folder / "a.m3u8"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda folder: folder, "is a directory"),
        (lambda folder: folder / "no.mp4", "no such file"),
        (_empty, "is empty"),
        (_text, "not a media file"),
        (_playlist, "not a media file"),
    ],
)
def test_what_is_no_media_is_told_in_one_line(tmp_path, make, says):
    with pytest.raises(InputError, match=says) as caught:
        MediaFile(make(tmp_path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("seed", range(40))
def test_flipped_bits_never_break_more_than_the_file(tmp_path, seed):
    random = np.random.default_rng(seed)
    suffix = ["mp4", "mkv", "ts", "avi"][seed % 4]
    codec = ["libx264", "libx264", "mpeg2video", "mpeg4"][seed % 4]
    path = write_clip(tmp_path / f"a.{suffix}", 20, codec=codec, audio=tone(9600), audio_codec="mp2")
    data = bytearray(path.read_bytes())
    for at in random.integers(0, len(data), 30):
        data[at] ^= 1 << random.integers(0, 8)
    path.write_bytes(data[: len(data) if seed % 3 else random.integers(1, len(data))])
    try:
        _, frames, _ = read(path)
        assert all(frame.y.dtype == np.uint8 for frame in frames)
        assert probe_duration_ns(path) >= 0
    except InputError as error:
        assert "\n" not in str(error)


def test_the_length_comes_from_the_container_or_its_packets(tmp_path):
    path = write_clip(tmp_path / "a.mkv", 50)
    assert abs(probe_duration_ns(path) - 2 * NS) <= 50_000_000
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 3 // 4])
    assert NS // 2 < probe_duration_ns(path) <= 2 * NS

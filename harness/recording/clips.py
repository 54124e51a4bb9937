"""Evidence out of a recording: a clip that plays in a browser, a still, a piece of sound.

Only what is asked for is decoded. Times are those of `Recording`: ns since its start.
"""

import contextlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error
import numpy as np
from numpy.typing import NDArray

from harness.clock import NS_PER_MS, NS_PER_S
from harness.decoding import start_s
from harness.decoding.audio import AudioStream
from harness.decoding.container import Damage, best_stream, frames, open_container
from harness.errors import InputError, RigError
from harness.media import AudioFormat
from harness.recording.recording import Recording
from harness.recording.timing import FrameLine, SoundLine

HD_FROM_PX = 577
"""Pictures of so many lines carry BT.709 colour where the stream does not say."""

PLAYABLE_PROFILES = {"Baseline", "Constrained Baseline", "Main", "High"}
"""What browsers play; lossless H.264 has another."""

AAC_RATE_HZ = 48_000
JPEG_QUALITY = 90
SEEK_AHEAD_S = Fraction(1, 5)
"""Sound is looked for from a little before: a packet begins before the sample that is asked for."""


def still(path: Path, t_ns: int) -> NDArray[np.uint8]:
    """Return the picture that was shown at `t_ns`, RGB, shape (height, width, 3).

    That is the last frame that begins at `t_ns` or before; the first one, if none does. Raises InputError
    when there is no picture.
    """
    stamp_ms = _stamp_ms(path, t_ns)
    with open_container(path) as container:
        stream = _stream(container, "video", path)
        wanted_s, slack_s = _wanted(container, stream, t_ns, stamp_ms)
        _seek(container, stream, wanted_s)
        shown = None
        for frame in frames(container, stream, Damage()):
            late = frame.pts is not None and frame.pts * stream.time_base > wanted_s + slack_s
            shown = frame if shown is None or not late else shown
            if late:
                break
        if shown is None:
            raise InputError(f"{path}: no picture in it can be decoded")
        return _rgb(shown)


def write_still(path: Path, t_ns: int, out_jpg: Path) -> None:
    """Write the picture that was shown at `t_ns` as a JPEG."""
    from PIL import Image  # noqa: PLC0415 - only evidence needs it

    picture = Image.fromarray(still(path, t_ns))
    with _writing(out_jpg):
        picture.save(out_jpg, "JPEG", quality=JPEG_QUALITY)


def sound(path: Path, start_ns: int, end_ns: int) -> tuple[NDArray[np.float32], int]:
    """Return the sound of `[start_ns, end_ns)`, shape (samples, channels), and its rate in Hz.

    What is missing in the recording is 0. Raises InputError when there is no sound.
    """
    times = _sound_times(path, start_ns, end_ns)
    with open_container(path) as container:
        stream = _stream(container, "audio", path)
        zero_s = Fraction(0) if times is not None else start_s(container)
        _seek(container, stream, Fraction(start_ns, NS_PER_S) + zero_s - SEEK_AHEAD_S)
        heard = AudioStream(container, stream, Fraction(0), Damage())
        audio = heard.format or AudioFormat(max(1, stream.rate), 1)
        samples = max(0, round((end_ns - start_ns) * audio.rate_hz / NS_PER_S))
        out = np.zeros((samples, audio.channels), np.float32)
        due = None
        for pts, block in heard.sounds():
            t_ns = _block_ns(pts, stream, zero_s, times)
            if t_ns is None:
                continue
            if t_ns >= end_ns:
                break
            at = round((t_ns - start_ns) * audio.rate_hz / NS_PER_S)
            # Containers round: what follows within 2 ms follows at once.
            at = due if due is not None and abs(at - due) <= audio.rate_hz // 500 else at
            due = at + _place(out, at, block)
        return out, audio.rate_hz


def cut_clip(path: Path, start_ns: int, end_ns: int, out_mp4: Path) -> int:
    """Write `[start_ns, end_ns]` as an MP4 that plays in a browser; return where it really begins, in ns.

    It begins at the keyframe before `start_ns`. H.264 is copied, anything else encoded anew; sound becomes
    AAC. Raises InputError when the interval holds no picture, RigError when the clip cannot be written.
    """
    with _writing(out_mp4), open_container(path) as container:
        stream = _stream(container, "video", path)
        zero_s = Fraction(0) if Recording.has_times(path) else start_s(container)
        begin_s = Fraction(max(0, start_ns), NS_PER_S) + zero_s
        _seek(container, stream, begin_s)
        end_s = Fraction(end_ns, NS_PER_S) + zero_s
        with av.open(str(out_mp4), "w", format="mp4", options={"movflags": "+faststart"}) as out:
            cut = _copy if _copies(stream) else _encode
            pictures = cut(container, stream, out, end_s)
            first_s = next(pictures, None)
            if first_s is None:
                raise InputError(f"{path}: no picture between {start_ns / 1e9:.3f} and {end_ns / 1e9:.3f} s")
            clip_ns = max(0, round((first_s - zero_s) * NS_PER_S))
            track = _aac(out) if best_stream(container, "audio") else None
            for _ in pictures:
                pass
            if track:
                _write_aac(out, track, *sound(path, clip_ns, end_ns))
    return clip_ns


def _copy(container: Any, stream: Any, out: Any, end_s: Fraction) -> Iterator[Fraction]:
    """Copy packets from the next keyframe on; yield once its time, before any is written."""
    target = out.add_stream_from_template(stream)
    packets: list[Any] = []
    for packet in container.demux(stream):
        if not packet.size or packet.pts is None or not (packets or packet.is_keyframe):
            continue
        if (packet.dts if packet.dts is not None else packet.pts) * stream.time_base > end_s:
            break
        packets.append(packet)
    if not packets:
        return
    yield packets[0].pts * stream.time_base
    # Pictures that lean on what came before the cut are left out.
    packets = [packet for packet in packets if packet.pts >= packets[0].pts]
    _restamp(packets)
    for packet in packets:
        packet.stream = target
        out.mux(packet)


def _restamp(packets: list[Any]) -> None:
    """Count stamps from the first packet, and give each the decoding stamp that Matroska does not keep."""
    first = packets[0].pts
    shown = sorted(packet.pts for packet in packets)
    lag = max(stamp - packet.pts for stamp, packet in zip(shown, packets, strict=True))
    for stamp, packet in zip(shown, packets, strict=True):
        packet.pts, packet.dts = packet.pts - first, stamp - lag - first


def _encode(container: Any, stream: Any, out: Any, end_s: Fraction) -> Iterator[Fraction]:
    """Encode the frames anew; yield once the time of the first, before any is written."""
    target = out.add_stream(
        "libx264", rate=stream.average_rate or 25, options={"preset": "veryfast", "crf": "18"}
    )
    target.width, target.height = (stream.codec_context.width // 2 * 2, stream.codec_context.height // 2 * 2)
    target.pix_fmt, target.codec_context.time_base = "yuv420p", stream.time_base
    first: int | None = None
    last = -1
    for frame in frames(container, stream, Damage()):
        if frame.pts is None or frame.pts * stream.time_base > end_s:
            if frame.pts is None:
                continue
            break
        if first is None:
            first = frame.pts
            yield first * stream.time_base
        if frame.pts - first <= last:
            continue
        picture = frame.reformat(target.width, target.height, "yuv420p", dst_color_range="MPEG")
        picture.pts = last = frame.pts - first
        picture.time_base, picture.pict_type = stream.time_base, 0
        out.mux(target.encode(picture))
    if first is not None:
        out.mux(target.encode(None))


def _aac(out: Any) -> Any:
    return out.add_stream("aac", rate=AAC_RATE_HZ, layout="stereo", bit_rate=160_000)


def _write_aac(out: Any, track: Any, samples: NDArray[np.float32], rate_hz: int) -> None:
    stereo = samples[:, [0, 0]] if samples.shape[1] == 1 else samples[:, :2]
    block = av.AudioFrame.from_ndarray(np.ascontiguousarray(stereo.T), "fltp", "stereo")
    block.sample_rate, block.pts, block.time_base = rate_hz, 0, Fraction(1, rate_hz)
    resampler = av.AudioResampler("fltp", "stereo", AAC_RATE_HZ, frame_size=1024)
    for part in [*resampler.resample(block), *resampler.resample(None)]:
        out.mux(track.encode(part))
    out.mux(track.encode(None))


def _copies(stream: Any) -> bool:
    context = stream.codec_context
    return context.name == "h264" and context.pix_fmt == "yuv420p" and context.profile in PLAYABLE_PROFILES


def _wanted(container: Any, stream: Any, t_ns: int, stamp_ms: int | None) -> tuple[Fraction, Fraction]:
    """Return the stamp that is looked for, in seconds, and how much a container may have rounded it."""
    if stamp_ms is not None:
        return Fraction(stamp_ms, 1000), Fraction(0)
    return Fraction(t_ns, NS_PER_S) + start_s(container), Fraction(stream.time_base) / 2


def _stamp_ms(path: Path, t_ns: int) -> int | None:
    """Return the stamp of the frame shown at `t_ns`, from the sidecar; None without one."""
    stamp_ms = None
    for line, line_ns in Recording.media_lines(path):
        if isinstance(line, FrameLine):
            if line_ns > t_ns and stamp_ms is not None:
                break
            stamp_ms = line.pts_ms
    return stamp_ms


def _sound_times(path: Path, start_ns: int, end_ns: int) -> dict[int, int] | None:
    """Return the exact time of each block around an interval by its stamp; None without a sidecar."""
    if not Recording.has_times(path):
        return None
    margin_ns = round(2 * SEEK_AHEAD_S * NS_PER_S)
    times: dict[int, int] = {}
    for line, line_ns in Recording.media_lines(path):
        if line_ns > end_ns + margin_ns:
            break
        if isinstance(line, SoundLine) and line_ns >= start_ns - margin_ns:
            times[line.pts_ms] = line_ns
    return times


def _block_ns(pts: int | None, stream: Any, zero_s: Fraction, times: dict[int, int] | None) -> int | None:
    if pts is None:
        return None
    time_s = Fraction(pts * stream.time_base) - zero_s
    if times is None:
        return round(time_s * NS_PER_S)
    # Not in the sidecar: zeros that stand for lost samples, or too far away.
    return times.get(round(time_s * NS_PER_S / NS_PER_MS))


def _place(out: NDArray[np.float32], at: int, block: NDArray[np.float32]) -> int:
    """Copy the part of a block that lies in `out`; return how many samples the block has."""
    left, right = max(0, at), min(len(out), at + len(block))
    if right > left:
        out[left:right] = block[left - at : right - at]
    return len(block)


def _seek(container: Any, stream: Any, time_s: Fraction) -> None:
    # A file without an index is read from its beginning.
    with contextlib.suppress(av.error.FFmpegError):
        container.seek(max(0, round(time_s / stream.time_base)), stream=stream, backward=True)


def _stream(container: Any, kind: str, path: Path) -> Any:
    stream = best_stream(container, kind)
    if stream is None:
        raise InputError(f"{path}: there is no {'picture' if kind == 'video' else 'sound'} in it")
    return stream


def _rgb(frame: Any) -> NDArray[np.uint8]:
    unspecified = int(frame.colorspace) not in {1, 5, 6}
    colour = {"src_colorspace": "ITU709" if frame.height >= HD_FROM_PX else "ITU601"} if unspecified else {}
    rgb = frame.reformat(format="rgb24", **colour).to_ndarray()
    turns = round((frame.rotation or 0) / 90) % 4
    picture: NDArray[np.uint8] = np.ascontiguousarray(np.rot90(rgb, turns))
    return picture


@contextlib.contextmanager
def _writing(out: Path) -> Iterator[None]:
    """Leave no half-written file behind."""
    try:
        yield
    except (OSError, av.error.FFmpegError) as error:
        out.unlink(missing_ok=True)
        raise RigError(f"{out}: cannot be written ({getattr(error, 'strerror', None) or error})") from None
    except InputError:
        out.unlink(missing_ok=True)
        raise

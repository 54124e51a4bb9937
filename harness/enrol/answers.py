"""What a device's controls and its capture answer, in words a technician can act on."""

from harness.capture import open_source
from harness.clock import MonotonicClock, seconds_to_ns
from harness.control.protocol import Control, Shell
from harness.media import AudioFormat, Frame, StreamFormat, VideoFormat
from harness.run.device import Device

FIRST_FRAME_S = 5.0


def say_control(device: Device, control: Control) -> str:
    """Open a control and say what is behind it; raises ControlLost."""
    control.open()
    if isinstance(control, Shell):
        return _say_android(device)
    what = getattr(control, "what", "")
    version = getattr(control, "version", None)
    if version:
        return f"{what or 'an IR Toy'}, {version()}"
    return f"{what}: opened" if what else "nothing to check"


def say_capture(uri: str) -> str:
    """Open a capture, wait for a picture, and say what comes; raises CaptureLost, InputError."""
    clock = MonotonicClock()
    source = open_source(uri)
    try:
        stream = source.open()
        start_ns = clock.now_ns()
        while clock.now_ns() - start_ns < seconds_to_ns(FIRST_FRAME_S):
            if isinstance(source.read(timeout_s=0.5), Frame):
                return say_format(stream)
        return "connected, but no picture: is the device awake and the cable plugged in?"
    except EOFError:
        return f"{say_format(stream)}, at its end"
    finally:
        source.close()


def say_format(stream: StreamFormat | None) -> str:
    """Say picture and sound: `1280x720 at 50 fps and 2 channels at 48000 Hz`."""
    if stream is None:
        return "a picture"
    return " and ".join(filter(None, (_say_video(stream.video), _say_audio(stream.audio))))


def _say_android(device: Device) -> str:
    told = device.properties()
    release = told.get("ro.build.version.release") or "unknown"
    app = f"; {device.profile.app} {device.app_version() or 'is not installed'}" if device.profile.app else ""
    return f"{told.get('ro.product.model') or 'a device'}, Android {release}{app}; {device.seen()}"


def _say_video(video: VideoFormat | None) -> str:
    return f"{video.width_px}x{video.height_px} at {float(video.fps):g} fps" if video else ""


def _say_audio(audio: AudioFormat | None) -> str:
    return f"{audio.channels} channels at {audio.rate_hz} Hz" if audio else ""

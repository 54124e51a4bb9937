"""Opens every control of a device, and its capture, and says in words what answered."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

from harness.capture import open_source
from harness.clock import MonotonicClock, seconds_to_ns
from harness.control.protocol import Control
from harness.errors import HarnessError
from harness.media import AudioFormat, Frame, StreamFormat, VideoFormat
from harness.run.device import Device
from harness.run.lease import lease
from harness.run.opening import device_for, endpoints
from harness.run.registry import Registration
from harness.simulator.launch import launch

FIRST_FRAME_S = 5.0

Part = tuple[str, bool | None, str]
"""What was tried, whether it answered (None: there was nothing to try), and what it said."""


def check_device(found: Registration) -> Iterator[Part]:
    """Yield one line for the device, each control, and the capture; a virtual device is launched for it."""
    options = found.profile.virtual
    with ExitStack() as held:
        try:
            values = {}
            if options:
                values = endpoints(held.enter_context(launch(**options.model_dump())))
            else:
                held.enter_context(lease([found.id], 0.0))
            device = device_for(found, values)
        except HarnessError as error:
            yield "device", False, str(error)
            return
        held.callback(device.close)
        if options:
            yield "device", True, "a virtual one: launched for this check"
        for name, control in device.controls.items():
            yield _try(name, lambda control=control: _say_control(device, control))  # type: ignore[misc]
        if device.capture_uri:
            yield _try("capture", lambda: _say_capture(device.capture_uri or ""))
        else:
            yield "capture", None, "none in the profile: the device can be driven, but not recorded"


def _try(part: str, act: Callable[[], str]) -> Part:
    try:
        return part, True, act()
    except HarnessError as error:
        return part, False, str(error)


def _say_control(device: Device, control: Control) -> str:
    control.open()
    version = getattr(control, "version", None)
    if version:
        return f"an IR Toy, {version()}"
    if hasattr(control, "shell"):
        told = device.properties()
        release = told.get("ro.build.version.release") or "unknown"
        app = (
            f"; {device.profile.app} {device.app_version() or 'is not installed'}"
            if device.profile.app
            else ""
        )
        return f"{told.get('ro.product.model') or 'a device'}, Android {release}{app}; {device.seen()}"
    return "nothing to check"


def _say_capture(uri: str) -> str:
    clock = MonotonicClock()
    source = open_source(uri)
    try:
        stream = source.open()
        start_ns = clock.now_ns()
        while clock.now_ns() - start_ns < seconds_to_ns(FIRST_FRAME_S):
            if isinstance(source.read(timeout_s=0.5), Frame):
                return _say_format(stream)
        return "connected, but no picture: is the device awake and the cable plugged in?"
    except EOFError:
        return f"{_say_format(stream)}, at its end"
    finally:
        source.close()


def _say_format(stream: StreamFormat | None) -> str:
    if stream is None:
        return "a picture"
    return " and ".join(filter(None, (_say_video(stream.video), _say_audio(stream.audio))))


def _say_video(video: VideoFormat | None) -> str:
    return f"{video.width_px}x{video.height_px} at {float(video.fps):g} fps" if video else ""


def _say_audio(audio: AudioFormat | None) -> str:
    return f"{audio.channels} channels at {audio.rate_hz} Hz" if audio else ""

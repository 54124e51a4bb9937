"""The sound inputs of this machine, through PortAudio (ALSA, PulseAudio, PipeWire)."""

import contextlib
import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from harness.config import nearest
from harness.errors import RigError
from harness.ports import Port

NODES = Path("/dev/snd")
SERVERS = {"default", "pulse", "pipewire"}
RATES_HZ = (32_000, 44_100, 48_000, 88_200, 96_000, 192_000)
NO_LIBRARY = "sound capture needs the PortAudio library; on Debian: apt-get install libportaudio2"
BAD_RATE, BUSY, BAD_CHANNELS, HOST_ERROR = -9997, -9985, -9998, -9999

_open: list[Any] = []
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class SoundInput:
    """A sound input, as PortAudio lists it."""

    number: int
    name: str
    channels: int
    rate_hz: int

    @property
    def direct(self) -> bool:
        """Whether it is a card itself; else a sound server is between."""
        return "(hw:" in self.name


def load() -> Any:
    """Return the module `sounddevice`; raises RigError that says what to install or to mend."""
    try:
        import sounddevice  # noqa: PLC0415 - it starts PortAudio, which looks at every card
    except ImportError:
        raise RigError("sound capture needs sounddevice: pip install sounddevice") from None
    except OSError:
        raise RigError(NO_LIBRARY) from None
    except Exception as error:
        raise RigError(
            f"PortAudio cannot start ({_line(error)}); look for a mistake in ~/.asoundrc and /etc/asound.conf"
        ) from None
    return sounddevice


def sound_inputs() -> list[SoundInput]:
    """Return what can be recorded from now; raises RigError without PortAudio.

    PortAudio looks for cards when it starts, so it is started anew unless a stream is open.
    """
    sounddevice = load()
    with _lock:
        if not _open:
            try:
                sounddevice._terminate()
                sounddevice._initialize()
            except sounddevice.PortAudioError as error:
                raise RigError(f"PortAudio cannot start ({_line(error)}); start the harness anew") from None
        found = sounddevice.query_devices()
    return [
        SoundInput(number, str(one["name"]), one["max_input_channels"], round(one["default_samplerate"]))
        for number, one in enumerate(found)
        if one["max_input_channels"] > 0
    ]


def find_input(uri: str, name: str) -> SoundInput:
    """Return the input of a name, or of a part of it that only one has; raises RigError in one line."""
    inputs = sound_inputs()
    exact = [one for one in inputs if one.name == name]
    among = exact or [one for one in inputs if name.casefold() in one.name.casefold()]
    if len(among) == 1 or (exact and among):
        return among[0]
    if among:
        names = ", ".join(repr(one.name) for one in among)
        raise RigError(f"{uri}: several sound inputs are called so: {names}; write more of the name")
    raise RigError(f"{uri}: no sound input {name!r} here{_absent(name, inputs)}")


def open_stream(uri: str, chosen: SoundInput, **settings: Any) -> Any:
    """Return a started stream of 16-bit samples; raises RigError in one line."""
    sounddevice = load()
    settings = {"device": chosen.number, "dtype": "int16", "dither_off": True, "clip_off": True} | settings
    with _lock, _quiet():
        try:
            stream = sounddevice.RawInputStream(**settings)
        except (sounddevice.PortAudioError, ValueError) as error:
            raise RigError(f"{uri}: {_refusal(chosen, settings, error)}") from None
        try:
            stream.start()
        except sounddevice.PortAudioError as error:
            stream.close(ignore_errors=True)
            raise RigError(f"{uri}: {_refusal(chosen, settings, error)}") from None
        _open.append(stream)
    return stream


def close_stream(stream: Any) -> None:
    """Close it; never raises."""
    with _lock, _quiet():
        stream.abort(ignore_errors=True)
        stream.close(ignore_errors=True)
        _open.remove(stream)


def rates_hz(chosen: SoundInput, channels: int) -> list[int]:
    """Return the usual rates that an input offers."""
    sounddevice = load()

    def offered(rate_hz: int) -> bool:
        try:
            sounddevice.check_input_settings(chosen.number, channels, "int16", samplerate=rate_hz)
        except (sounddevice.PortAudioError, ValueError):
            return False
        return True

    with _quiet():
        return [rate_hz for rate_hz in RATES_HZ if offered(rate_hz)]


def sound_ports() -> list[Port]:
    """Return cards and sound servers as ports, in the order of their URIs; without PortAudio what is missing.

    What else ALSA lists converts, mixes or renames these; it can be named all the same.
    """
    try:
        inputs = [one for one in sound_inputs() if one.direct or one.name in SERVERS]
    except RigError as error:
        return [Port("sound", "sound:NAME", "sound inputs", str(error))]
    names = [_lasting(one.name) for one in inputs]
    ports = [
        Port(
            "sound",
            f"sound:{quote(short if names.count(short) == 1 else one.name, safe=' :,()/')}",
            one.name,
            f"{one.channels} channel{'s' * (one.channels > 1)}, {one.rate_hz} Hz",
        )
        for one, short in zip(inputs, names, strict=True)
    ]
    return sorted(ports, key=lambda port: port.uri)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep what PortAudio's library writes about its own lines of code from the user's terminal."""
    try:
        before = os.dup(2)
    except OSError:
        yield
        return
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)


def _lasting(name: str) -> str:
    """Return the name without the card's number, which another order of plugging in changes."""
    return re.sub(r" \(hw:\d+,\d+\)$", "", name) or name


def _absent(name: str, inputs: list[SoundInput]) -> str:
    names = [one.name for one in inputs]
    guess = nearest(name, [*names, *(_lasting(one) for one in names)])
    closed = [node for node in sorted(NODES.glob("pcmC*c")) if not os.access(node, os.R_OK | os.W_OK)]
    if guess:
        return guess
    if closed:
        return f"; this user may not open {closed[0]}: add the user to the group audio, and log in anew"
    if not names:
        return "; there is none at all: plug the card in, and see that no other program holds it"
    return f"; there are {', '.join(map(repr, names))}"


def _refusal(chosen: SoundInput, settings: dict[str, Any], error: Exception) -> str:
    code = error.args[1] if len(error.args) > 1 else None
    text = _line(error)
    if code == BAD_CHANNELS:
        return f"{chosen.name!r} does not offer {settings['channels']} channels; write channels="
    if code == BAD_RATE:
        offered = rates_hz(chosen, settings["channels"])
        told = ", ".join(map(str, offered)) or "none of the usual rates"
        return f"{chosen.name!r} does not offer {settings['samplerate']} Hz, but {told}; write rate="
    if code == BUSY or "busy" in text:
        return f"{chosen.name!r} is held by another program; end it (`fuser -v /dev/snd/*` names it)"
    if "ermission" in text:
        return f"this user may not open {chosen.name!r}: add the user to the group audio, and log in anew"
    return f"{chosen.name!r} cannot be opened ({text}); plug it in anew"


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__

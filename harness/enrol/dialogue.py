"""The guided dialogue: question by question to a registered device, with its picture and its keys tried."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from harness.config import nearest
from harness.control.keymap import KEYS
from harness.enrol.asking import Asker
from harness.enrol.draft import (
    Choice,
    Draft,
    app_problem,
    capture_problem,
    control_name,
    control_problem,
    feature_problems,
    id_problem,
)
from harness.enrol.found import VIRTUAL, Found, look
from harness.enrol.keymaps import can_learn, needs_map, suiting_maps
from harness.enrol.live import LEARN_S, Live
from harness.enrol.pictures import png
from harness.enrol.saving import save, text_of
from harness.enrol.sounds import name_of, sound_of, takes_sound, with_sound
from harness.errors import HarnessError
from harness.ports import Port

LEARN = "learn"
NONE = "none"
MOST_LINES = 24
"""Of the file, before it is written."""
KNOWN_FEATURES = "vod live captions standby"


def register(
    asker: Asker, folder: Path, device_id: str = "", finder: Callable[[], Found] = look
) -> Path | None:
    """Ask for all that a device needs, try it, and write its file; return it, or None if that was declined.

    Nothing is written before the last answer. Raises KeyboardInterrupt, EOFError, InputError.
    """
    asker.say("Register a device. Nothing is written before the last answer; Ctrl-C leaves nothing behind.")
    draft = Draft(id=_id(asker, folder, device_id))
    draft.name = asker.text("What people call it", draft.id)
    draft.model = asker.text("Model, as on the box (Enter: none)")
    asker.say("Looking for what is plugged in ...", "dim")
    found = finder()
    with tempfile.TemporaryDirectory(prefix="harness-stills-") as stills, Live(folder) as live:
        _control(asker, draft, found, live)
        while not draft.virtual and asker.yes("Another control for the same device?", default=False):
            _control(asker, draft, found, live)
        if not draft.virtual:
            _capture(asker, draft, found, live)
        _picture(asker, live, Path(stills))
        if not draft.virtual:
            _app(asker, draft, live)
            _features(asker, draft)
        _keys(asker, draft, live)
        return _write(asker, draft, folder)


def _id(asker: Asker, folder: Path, device_id: str) -> str:
    wrong = id_problem(device_id, folder) if device_id else ""
    if wrong:
        asker.say(wrong, "red")
    if device_id and not wrong:
        return device_id
    return asker.text("Short name (plans call the device by it)", check=lambda name: id_problem(name, folder))


def _control(asker: Asker, draft: Draft, found: Found, live: Live) -> None:
    """Choose a control until one answers, or is to be kept although it does not."""
    while True:
        taken = {choice.uri for choice in draft.controls.values()}
        ports = [port for port in found.controls if port.uri not in taken]
        options = [_option(port) for port in ([] if draft.controls else [VIRTUAL]) + ports]
        for words in [*found.advice_for("control"), *found.further()]:
            asker.say(words, "yellow")
        uri = asker.choose(
            "What presses its keys? (a URI can be typed: adb:192.168.1.7:5555, ir:/dev/ttyACM0)",
            options,
            lambda uri: _uri_problem(uri, live.folder),
        )
        if uri == VIRTUAL.uri:
            draft.virtual = True
            _open(asker, draft, live)
            return
        name = _control_name(uri, draft)
        draft.controls[name] = _with_keys(asker, uri, live.folder)
        if _open(asker, draft, live) or asker.yes("Keep it although it does not answer?", default=False):
            if draft.controls[name].learning and live.learns(name):
                _learn(asker, draft, name, live)
            return
        del draft.controls[name]


def _with_keys(asker: Asker, uri: str, folder: Path) -> Choice:
    maps = suiting_maps(uri, folder)
    options = [(keys, keys) for keys in maps]
    if can_learn(uri, folder):
        options.append((LEARN, "learn the keys from the device's own remote control"))
    if not needs_map(uri):
        options.insert(0, (NONE, "its own keys: no key map needed"))
    if len(options) == 1 and options[0][0] != LEARN:
        keys = options[0][0]
        asker.say(f"Key map: {options[0][1]}")
    else:
        keys = asker.choose("Which key map?", options, lambda keys: control_problem(uri, keys, folder))
    if keys == LEARN:
        return Choice(uri, learning=True)
    return Choice(uri, None if keys == NONE else keys)


def _open(asker: Asker, draft: Draft, live: Live) -> bool:
    """Open what is chosen so far and say what answers; return whether all of it does."""
    asker.say("Opening it ..." if not draft.virtual else "Starting the virtual set-top box ...", "dim")
    try:
        answers = live.use(draft)
    except HarnessError as error:
        asker.say(str(error), "red")
        return False
    for part, answer in answers.items():
        asker.say(f"  {part}: {answer.words}", "green" if answer.well else "red")
    return all(answer.well for answer in answers.values())


def _learn(asker: Asker, draft: Draft, control: str, live: Live) -> None:
    """Learn key by key, until an empty answer; then open the control with what was learned."""
    choice = draft.controls[control]
    while True:
        key = asker.text("Key to learn, such as HOME (Enter: done)", check=_key_problem).upper()
        if not key:
            break
        asker.say(f"Press {key} on the device's own remote control now ({LEARN_S:g} s) ...")
        try:
            choice.learned[key] = live.learn(control)
            asker.say(f"  learned {key}", "green")
        except HarnessError as error:
            asker.say(str(error), "red")
    if choice.learned:
        _open(asker, draft, live)


def _capture(asker: Asker, draft: Draft, found: Found, live: Live) -> None:
    while True:
        options = [_option(port) for port in found.cards]
        for words in found.advice_for("capture"):
            asker.say(words, "yellow")
        options.append((NONE, "nothing: the device is driven, but not recorded"))
        draft.capture = asker.choose(
            "What captures its HDMI output? (a URI can be typed: v4l2:/dev/video0, udp://:5000)",
            options,
            capture_problem,
        )
        draft.capture = "" if draft.capture == NONE else draft.capture
        if takes_sound(draft.capture) and not sound_of(draft.capture):
            draft.capture = with_sound(draft.capture, _sound(asker, found))
        if _open(asker, draft, live) or asker.yes("Keep these although not all answers?", default=False):
            return


def _sound(asker: Asker, found: Found) -> str:
    """Return the name of the sound input that belongs to the card."""
    options = [(name_of(port), f"{port.name}  {port.note}") for port in found.sounds]
    if not options:
        return ""
    chosen = asker.choose("Which sound input belongs to it?", [*options, (NONE, "none: picture alone")])
    return "" if chosen == NONE else chosen


def _picture(asker: Asker, live: Live, stills: Path) -> None:
    frame = live.preview.frame if live.preview else None
    if frame is not None:
        path = stills / "picture.png"
        path.write_bytes(png(frame))
        asker.say(f"Look at what comes: {path} (goes away when this ends)", "cyan")


def _app(asker: Asker, draft: Draft, live: Live) -> None:
    front, packages = live.apps()
    if front or packages:
        options = [(front, f"{front} (in front now)")] if front else []
        options += [(name, name) for name in packages if name != front] + [(NONE, "none")]
        chosen = asker.choose("Which app is under test?", options, app_problem)
        draft.app = "" if chosen == NONE else chosen
    else:
        draft.app = asker.text("Package of the app under test (Enter: none)", check=app_problem)


def _features(asker: Asker, draft: Draft) -> None:
    words = asker.text(
        f"What plans may require of it, such as: {KNOWN_FEATURES} (Enter: none)",
        check=lambda answer: "; ".join(feature_problems(_words(answer))),
    )
    draft.features = _words(words)


def _keys(asker: Asker, draft: Draft, live: Live) -> None:
    """Press keys, and say whether the device reacted, until there is no further one."""
    if live.device is None:
        return
    names = list(live.device.controls)
    while True:
        key = asker.text("Press a key on it, such as RIGHT (Enter: go on)", check=_key_problem).upper()
        if not key:
            return
        for name in names:
            try:
                reaction = live.press(name, key)
                style = {"yes": "green", "no": "red", "unknown": "yellow"}[reaction.reacted]
                asker.say(f"  {reaction.words}", style)
            except HarnessError as error:
                asker.say(f"  {error}", "red")


def _write(asker: Asker, draft: Draft, folder: Path) -> Path | None:
    path = folder / f"{draft.id}.yaml"
    asker.console.print()
    lines = text_of(draft).splitlines()
    asker.say("\n".join(lines[:MOST_LINES] + ["..."] * (len(lines) > MOST_LINES)), "dim")
    if not asker.yes(f"Write {path}?"):
        asker.say("Nothing was written.")
        return None
    return save(draft, folder).path


def _option(port: Port) -> tuple[str, str]:
    return port.uri, "  ".join(filter(None, (port.uri, port.name, port.note)))


def _uri_problem(uri: str, folder: Path) -> str:
    """Say what is wrong with a control's URI, whatever its key map will be."""
    return "" if suiting_maps(uri, folder) else control_problem(uri, None, folder)


def _control_name(uri: str, draft: Draft) -> str:
    first = control_name(uri)
    names = (first, *(f"{first}-{number}" for number in range(2, 100)))
    return next(name for name in names if name not in draft.controls)


def _key_problem(key: str) -> str:
    name = key.upper()
    if not key or name in KEYS or name.startswith("X_"):
        return ""
    return f"no HDMI-CEC key {key!r}{nearest(name, list(KEYS))}; a key of one's own begins with X_"


def _words(answer: str) -> list[str]:
    return list(dict.fromkeys(answer.replace(",", " ").split()))

"""What is chosen of a device so far, and what is wrong with it; for dialogue, page and options."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from harness.capture import open_source
from harness.config import nearest, parse_text
from harness.control import open_control
from harness.control.keymap import IrKeyMap
from harness.enrol.keymaps import learned_text, map_path
from harness.errors import HarnessError, InputError
from harness.run.registry import ID, Profile

WORD = re.compile(r"[a-z][a-z0-9_-]{0,31}")
PACKAGE = re.compile(r"[A-Za-z]\w*(\.[A-Za-z]\w*)+")
LONGEST_NAME = 120
INFRARED = ("ir", "itach", "arduino", "rc", "lirc")
"""Schemes of blasters: to a plan each of them is `ir`."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps a device from being registered: the field, and one sentence that says what to do."""

    field: str
    words: str


@dataclass(slots=True)
class Choice:
    """A control: its URI, its key map below the folder, and codes learned for it (key to Pronto hex)."""

    uri: str
    keys: str | None = None
    learned: dict[str, str] = field(default_factory=dict)
    learning: bool = False
    """Whether its keys are learned, though none may be yet."""


@dataclass(slots=True)
class Draft:
    """A device that is being registered, or changed; nothing of it is written before it is saved.

    A virtual one takes all that is not said here from the virtual set-top box that ships.
    """

    id: str = ""
    name: str = ""
    model: str = ""
    features: list[str] = field(default_factory=list)
    controls: dict[str, Choice] = field(default_factory=dict)
    capture: str = ""
    app: str = ""
    virtual: bool = False

    def keys_file(self, control: str) -> str | None:
        """Return the key map that a control has in the device's file, below the folder."""
        choice = self.controls[control]
        return f"keymaps/{self.id}-{control}.yaml" if choice.learned or choice.learning else choice.keys


def control_name(uri: str) -> str:
    """Return what plans call a control: `adb`, `ir` whatever the blaster, `cec`."""
    scheme = uri.partition(":")[0]
    return "ir" if scheme in INFRARED else scheme


def draft_of(device_id: str, profile: Profile) -> Draft:
    """Return a registered device as a draft, to change it."""
    return Draft(
        id=device_id,
        name=profile.name,
        model=profile.model,
        features=list(profile.features),
        controls={name: Choice(one.uri, one.keys) for name, one in profile.controls.items()},
        capture=profile.capture or "",
        app=profile.app or "",
        virtual=profile.virtual is not None,
    )


def id_problem(device_id: str, folder: Path, *, new: bool = True) -> str:
    """Say what is wrong with an id; empty when nothing is."""
    if not device_id:
        return "give the device a short name, such as living-room"
    if not ID.fullmatch(device_id):
        better = re.sub(r"[^a-z0-9]+", "-", device_id.lower()).strip("-")[:64]
        hint = f" (did you mean {better!r}?)" if better else ""
        return f"{device_id!r} cannot be a device's id: small letters, digits, `.`, `_` and `-` only{hint}"
    if new and (folder / f"{device_id}.yaml").exists():
        path = folder / f"{device_id}.yaml"
        return f"{path} is there already; edit it, or choose another name"
    return ""


def problems(draft: Draft, folder: Path, *, new: bool = True) -> list[Problem]:
    """Return all that keeps a draft from being saved in a folder, in the order of its fields."""
    wrong = id_problem(draft.id, folder, new=new)
    found = [Problem("id", wrong)] if wrong else []
    if len(draft.name) > LONGEST_NAME or len(draft.model) > LONGEST_NAME:
        found.append(Problem("name", f"name and model have {LONGEST_NAME} letters at most"))
    if not draft.virtual:
        found += [Problem("controls", words) for words in _control_problems(draft, folder)]
        words = capture_problem(draft.capture)
        found += [Problem("capture", words)] if words else []
    words = app_problem(draft.app)
    found += [Problem("app", words)] if words else []
    return found + [Problem("features", words) for words in feature_problems(draft.features)]


def control_problem(uri: str, keys: str | None, folder: Path) -> str:
    """Say what is wrong with a control's URI and its key map; empty when they can be used."""
    try:
        open_control(uri, map_path(keys, folder) if keys else None)
    except HarnessError as error:
        return str(error)
    return ""


def capture_problem(uri: str) -> str:
    """Say what is wrong with the URI of a capture; empty when it can be used, or there is none."""
    try:
        if uri:
            open_source(uri)
    except HarnessError as error:
        return str(error)
    return ""


def app_problem(package: str) -> str:
    """Say what is wrong with the package of an app; empty when nothing is."""
    if package and not PACKAGE.fullmatch(package):
        return f"{package!r} is not an app's package: words with dots between them, such as com.example.tv"
    return ""


def feature_problems(words: list[str]) -> list[str]:
    """Say which words cannot be features."""
    known = ["vod", "live", "captions", "standby"]
    return [
        f"{word!r} cannot be a feature: one small word, such as vod{nearest(word.lower(), known)}"
        for word in words
        if not WORD.fullmatch(word)
    ]


def _control_problems(draft: Draft, folder: Path) -> Iterator[str]:
    if not draft.controls:
        yield "name at least one control: what presses this device's keys?"
    for choice in draft.controls.values():
        learns = choice.learned or choice.learning
        words = (
            _learned_problem(choice, folder) if learns else control_problem(choice.uri, choice.keys, folder)
        )
        if words:
            yield words


def _learned_problem(choice: Choice, folder: Path) -> str:
    if not choice.learned:
        return f"{choice.uri}: learn at least one key, or choose a key map"
    try:
        parse_text(learned_text(choice.keys, choice.learned, folder), IrKeyMap, Path("the learned keys"))
    except InputError as error:
        return str(error)
    return ""

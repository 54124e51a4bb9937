"""One registration on the page: each action changes the draft, tries it, and says what came out."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from harness.config import nearest, parse_text
from harness.control.keymap import KEYS
from harness.enrol.draft import Choice, Draft, Problem, control_name, control_problem, draft_of, problems
from harness.enrol.files import ChangedMeanwhile, Stored, read
from harness.enrol.found import VIRTUAL, Found, look
from harness.enrol.keymaps import can_learn, needs_map, suiting_maps
from harness.enrol.live import Live
from harness.enrol.saving import save, text_of
from harness.enrol.sounds import name_of, sound_of, takes_sound, with_sound
from harness.enrol.web.addresses import address_problem
from harness.errors import HarnessError, InputError
from harness.run.registry import Profile

LEARN = "learn"
NO_MAP = "none"
OPENING = ("virtual", "control", "keys", "remove", "capture", "sound")
"""Actions after which the device is opened anew: what one of them says, the next one clears away."""
LONGEST = 300
"""Letters of one field; what is longer is not a name."""

Tone = Literal["good", "bad", "warn"]
TONES: dict[str, Tone] = {"yes": "good", "no": "bad", "unknown": "warn"}


@dataclass(frozen=True, slots=True)
class Said:
    """What an action came to, in words."""

    tone: Tone
    words: str


@dataclass(slots=True)
class Known:
    """What is known beside the draft: what was found, what was said, by section of the page."""

    found: Found = field(default_factory=Found)
    said: dict[str, Said] = field(default_factory=dict)
    front: str = ""
    apps: list[str] = field(default_factory=list)
    conflict: bool = False


class Session:
    """The draft and its device; `do` takes one action at a time, from any thread."""

    def __init__(self, folder: Path, path: Path | None = None, finder: Callable[[], Found] = look) -> None:
        self.folder = folder
        self.before: Stored | None = None
        self.draft = Draft()
        self.known = Known()
        if path is not None:
            self._read(path)
        self.live = Live(folder, self.draft.id)
        self._finder = finder
        self._lock = threading.Lock()
        self._actions: dict[str, Callable[[Mapping[str, str]], Said | None]] = {
            "look": self._look,
            "name": self._name,
            "virtual": self._virtual,
            "control": self._control,
            "keys": self._keys,
            "remove": self._remove,
            "capture": self._capture,
            "sound": self._sound,
            "about": self._about,
            "press": self._press,
            "learn": self._learn,
            "save": self._save,
            "reload": self._reload,
        }

    def start(self) -> None:
        """Look for ports, and open the device that is to be changed."""
        self.do("look", {})
        if self.before is not None:
            with self._lock:
                self._try()

    def knows(self, action: str) -> bool:
        """Return whether there is such an action."""
        return action in self._actions

    def do(self, action: str, form: Mapping[str, str]) -> None:
        """Do one action; what it came to is kept for the page."""
        with self._lock:
            try:
                if any(len(value) > LONGEST for value in form.values()):
                    raise InputError(f"an answer is longer than {LONGEST} letters")
                said = self._actions[action](form)
            except HarnessError as error:
                said = Said("bad", str(error))
            place = "device" if action in OPENING else action
            self.known.said.pop(place, None)
            if said is not None:
                self.known.said[place] = said

    def picture(self) -> Any:
        """Return the last frame that came, None without one."""
        preview = self.live.preview
        return preview.frame if preview else None

    def view(self) -> dict[str, Any]:
        """Return what the page shows."""
        with self._lock:
            wrong = problems(self.draft, self.folder, new=self.before is None)
            preview = self.live.preview
            return {
                "draft": self.draft,
                "known": self.known,
                "new": self.before is None,
                "virtual": VIRTUAL,
                "chosen": {choice.uri for choice in self.draft.controls.values()},
                "answers": self.live.answers,
                "maps": {name: self._maps(choice) for name, choice in self.draft.controls.items()},
                "learns": {name: self.live.learns(name) for name in self.draft.controls},
                "pads": {name: self.live.keys(name) for name in self._names()},
                "every_key": KEYS,
                "sounds": self._sounds(),
                "sound": sound_of(self.draft.capture),
                "preview": preview.words() if preview else "",
                "problems": _by_field(wrong),
                "text": "" if wrong else self._text(),
            }

    def close(self) -> None:
        """Let go of the device."""
        with self._lock:
            self.live.close()

    def _names(self) -> list[str]:
        return list(self.live.device.controls) if self.live.device else []

    def _maps(self, choice: Choice) -> list[str]:
        maps = ([] if needs_map(choice.uri) else [NO_MAP]) + suiting_maps(choice.uri, self.folder)
        return maps + ([LEARN] if can_learn(choice.uri, self.folder) else [])

    def _sounds(self) -> dict[str, str]:
        """Return the sound inputs that may belong to the capture, by what its URI calls them."""
        if not takes_sound(self.draft.capture):
            return {}
        return {name_of(port): f"{port.name}, {port.note}" for port in self.known.found.sounds}

    def _text(self) -> str:
        try:
            return text_of(self.draft, self.before)
        except HarnessError as error:
            return str(error)

    def _look(self, form: Mapping[str, str]) -> Said | None:
        self.known.found = self._finder()
        return None

    def _name(self, form: Mapping[str, str]) -> Said | None:
        if self.before is None:
            self.draft.id = form.get("id", "").strip()
        self.draft.name = form.get("name", "").strip()
        self.draft.model = form.get("model", "").strip()
        return None

    def _virtual(self, form: Mapping[str, str]) -> Said | None:
        self.draft.virtual = form.get("use") == "yes"
        self.draft.controls, self.draft.capture = {}, ""
        return self._try()

    def _control(self, form: Mapping[str, str]) -> Said | None:
        uri = form.get("uri", "").strip()
        wrong = address_problem(uri, self._uris(self.known.found.controls, "control"))
        maps = [] if wrong else suiting_maps(uri, self.folder)
        wrong = wrong or ("" if maps else control_problem(uri, None, self.folder))
        if wrong:
            raise InputError(wrong)
        self.draft.virtual = False
        name = control_name(uri)
        self.draft.controls[name] = Choice(uri, maps[0] if maps and needs_map(uri) else None)
        return self._try()

    def _keys(self, form: Mapping[str, str]) -> Said | None:
        name, keys = form.get("control", ""), form.get("keys", "")
        choice = self.draft.controls.get(name)
        if choice is None or keys not in self._maps(choice):
            raise InputError("choose one of the key maps in the list")
        choice.learning = keys == LEARN
        choice.keys = None if keys in (LEARN, NO_MAP) else keys
        return self._try()

    def _remove(self, form: Mapping[str, str]) -> Said | None:
        self.draft.controls.pop(form.get("control", ""), None)
        return self._try()

    def _capture(self, form: Mapping[str, str]) -> Said | None:
        uri = form.get("uri", "").strip()
        wrong = address_problem(uri, self._uris(self.known.found.captures, "capture")) if uri else ""
        if wrong:
            raise InputError(wrong)
        self.draft.capture = uri
        return self._try()

    def _sound(self, form: Mapping[str, str]) -> Said | None:
        name = form.get("sound", "")
        if name and name not in map(name_of, self.known.found.sounds):
            raise InputError("choose one of the sound inputs in the list")
        self.draft.capture = with_sound(self.draft.capture, name)
        return self._try()

    def _about(self, form: Mapping[str, str]) -> Said | None:
        self.draft.app = form.get("app", "").strip()
        self.draft.features = list(dict.fromkeys(form.get("features", "").replace(",", " ").split()))
        return None

    def _press(self, form: Mapping[str, str]) -> Said | None:
        reaction = self.live.press(form.get("control", ""), form.get("key", ""))
        return Said(TONES[reaction.reacted], reaction.words)

    def _learn(self, form: Mapping[str, str]) -> Said | None:
        name, key = form.get("control", ""), form.get("key", "").upper()
        if name not in self.draft.controls:
            raise InputError("choose a control first")
        if key not in KEYS:
            raise InputError(f"no HDMI-CEC key {key!r}{nearest(key, list(KEYS))}")
        self.draft.controls[name].learned[key] = self.live.learn(name)
        self._try()
        return Said("good", f"{key} is learned: press it on this page, and see whether the device reacts")

    def _save(self, form: Mapping[str, str]) -> Said | None:
        try:
            self.before = save(
                self.draft, self.folder, self.before, force=form.get("force") == "yes" and self.known.conflict
            )
        except ChangedMeanwhile as error:
            self.known.conflict = True
            return Said("warn", f"{error}. Nothing was saved.")
        self._read(self.before.path)
        return Said("good", f"Saved: {self.before.path}. Next: harness devices check {self.draft.id}")

    def _reload(self, form: Mapping[str, str]) -> Said | None:
        if self.before is None:
            raise InputError("there is no file to take yet")
        self._read(self.before.path)
        self.known.said.pop("save", None)
        return self._try()

    def _read(self, path: Path) -> None:
        """Begin anew with what is in the file of a device."""
        self.before = read(path)
        self.draft = draft_of(path.stem, parse_text(self.before.text, Profile, path))
        self.known.conflict = False

    def _try(self) -> Said | None:
        """Open what the draft says now; the answers stand beside each part."""
        try:
            if not (self.draft.virtual or self.draft.controls or self.draft.capture):
                self.live.rest()
                return None
            self.live.use(self.draft, self.before)
        except HarnessError as error:
            return Said("bad", str(error))
        self.known.front, self.known.apps = self.live.apps()
        self.known.said.pop("press", None)
        return None

    def _uris(self, ports: list[Any], section: str) -> list[str]:
        """Return the addresses that are not typed: those found here, and those in the file already."""
        kept = [choice.uri for choice in self.draft.controls.values()] + [self.draft.capture]
        return [port.uri for port in ports] + list(filter(None, kept))


def _by_field(found: list[Problem]) -> dict[str, str]:
    """Return the first problem of each field, in the order of the fields."""
    first: dict[str, str] = {}
    for problem in found:
        first.setdefault(problem.field, problem.words)
    return first

"""The device of a draft, open and in view before anything is written: what answers, its keys, its apps."""

import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from harness.clock import Clock, MonotonicClock, seconds_to_ns
from harness.config import parse_text
from harness.control.protocol import Control, Shell
from harness.enrol.answers import say_control
from harness.enrol.draft import Choice, Draft
from harness.enrol.files import Stored
from harness.enrol.keymaps import learned_text, map_path, pressable
from harness.enrol.launching import launched
from harness.enrol.preview import Preview
from harness.enrol.reaction import Reaction, press_and_watch
from harness.enrol.saving import text_of
from harness.enrol.side_by_side import side_by_side
from harness.errors import HarnessError, InputError
from harness.run.device import Device
from harness.run.lease import lease
from harness.run.opening import device_for, endpoints
from harness.run.registry import ID, Profile, Registration, VirtualOptions

ANSWER_S: Final = 10.0
LAUNCH_S: Final = 60.0
FIRST_FRAME_S: Final = 5.0
LEARN_S: Final = 15.0
MOST_APPS: Final = 300
LATE: Final = f"did not answer within {ANSWER_S:g} s: is it on and plugged in?"


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a part of the device answered, and what it said."""

    well: bool
    words: str


class Live:
    """Opens what a draft says, and closes it again; one thread at a time, but `preview` from any.

    Parameters
    ----------
    folder : Path
        Where devices and their key maps are; nothing is written there.
    registered : str, optional
        The id of a registered device that is changed: it is leased, so that no run is disturbed.
    """

    def __init__(self, folder: Path, registered: str = "", clock: Clock | None = None) -> None:
        self.folder = folder
        self.clock = clock or MonotonicClock()
        self.device: Device | None = None
        self.preview: Preview | None = None
        self.answers: dict[str, Answer] = {}
        """What each control, and the capture, answered."""
        self._registered = registered
        self._held = ExitStack()
        self._virtual: tuple[VirtualOptions, Mapping[str, str]] | None = None
        self._scratch = Path(self._held.enter_context(tempfile.TemporaryDirectory(prefix="harness-enrol-")))

    def __enter__(self) -> "Live":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def use(self, draft: Draft, before: Stored | None = None) -> dict[str, Answer]:
        """Open what a draft says; return what each part answered. Raises InputError for an unusable draft."""
        registration = self._registration(draft, before)
        self._close_device()
        try:
            device = device_for(registration, self._values(registration.profile.virtual))
        except HarnessError:
            self._show(None)
            raise
        self.device = device
        self.answers = self._ask(device)
        self._show(device.capture_uri)
        if self.preview is not None:
            self.preview.wait(FIRST_FRAME_S)
            self.answers["capture"] = Answer(self.preview.frame is not None, self.preview.words())
        return self.answers

    def rest(self) -> None:
        """Close the device and its picture; a virtual one goes on in the background."""
        self._show(None)
        self._close_device()

    def press(self, control: str, key: str) -> Reaction:
        """Press a key and say whether the device reacted; raises ControlLost, DeviceError, InputError."""
        device = self._device()
        return press_and_watch(lambda: device.press(key, control), self.preview)

    def keys(self, control: str) -> list[str]:
        """Return the keys that a control can press; empty when it is not open."""
        if self.device is None or control not in self.device.controls:
            return []
        return pressable(self.device.controls[control])

    def learns(self, control: str) -> bool:
        """Return whether a control can learn keys from the device's own remote control."""
        return self.device is not None and hasattr(self.device.controls.get(control), "learn")

    def learn(self, control: str) -> str:
        """Wait for a key of the device's own remote control; return its code as Pronto hex.

        Raises ControlLost when none comes in time, InputError for a control that cannot learn.
        """
        learner: Callable[[float], str] | None = getattr(self._device().controls.get(control), "learn", None)
        if learner is None:
            raise InputError(
                f"{control} cannot learn keys: choose a key map, or a blaster that receives, too"
            )
        return learner(LEARN_S)

    def apps(self) -> tuple[str, list[str]]:
        """Return the package in front, and those that are installed; empty where nobody can tell."""
        shell = self._shell()
        if shell is None or self.device is None:
            return "", []
        try:
            front = (self.device.seen().foreground or "").partition("/")[0]
            told = shell.shell(["pm", "list", "packages", "-3"]).stdout.splitlines()
        except HarnessError:
            return "", []
        packages = sorted(
            line.removeprefix("package:").strip() for line in told if line.startswith("package:")
        )
        return front, packages[:MOST_APPS]

    def close(self) -> None:
        """Let go of everything; idempotent."""
        self.rest()
        self._virtual = None
        self._held.close()

    def _registration(self, draft: Draft, before: Stored | None) -> Registration:
        """Return a draft as if it were registered, in a folder that goes away."""
        if not ID.fullmatch(draft.id):
            draft = replace(draft, id="draft")
        if not (draft.controls or draft.virtual):
            draft = replace(draft, controls={"none": Choice("none:")})
        folder = Path(tempfile.mkdtemp(dir=self._scratch))
        path = folder / f"{draft.id}.yaml"
        profile = parse_text(text_of(draft, before), Profile, path)
        for name, choice in draft.controls.items():
            keys = draft.keys_file(name)
            if keys and not draft.virtual:
                (folder / keys).parent.mkdir(parents=True, exist_ok=True)
                (folder / keys).write_text(learned_text(choice.keys, choice.learned, self.folder))
        for keys in filter(None, (one.keys for one in profile.controls.values())):
            if not (folder / keys).exists() and (found := map_path(keys, self.folder)).is_file():
                (folder / keys).parent.mkdir(parents=True, exist_ok=True)
                (folder / keys).write_bytes(found.read_bytes())
        return Registration(draft.id, path, profile)

    def _values(self, options: VirtualOptions | None) -> Mapping[str, str]:
        """Return where the virtual device answers; it is launched once, and kept."""
        if options is None:
            if self._registered:
                self._held.enter_context(lease([self._registered], 0.0))
                self._registered = ""
            return {}
        if self._virtual is None or self._virtual[0] != options:
            end_ns = self.clock.now_ns() + seconds_to_ns(LAUNCH_S)
            virtual = self._held.enter_context(launched(options, end_ns, self.clock))
            self._virtual = options, endpoints(virtual)
        return self._virtual[1]

    def _ask(self, device: Device) -> dict[str, Answer]:
        tasks = {
            name: (lambda control=control: say_control(device, control))
            for name, control in device.controls.items()
        }
        answers = side_by_side(tasks, self.clock.now_ns() + seconds_to_ns(ANSWER_S), self.clock)
        return {name: Answer(isinstance(said, str), str(said or LATE)) for name, said in answers}

    def _show(self, uri: str | None) -> None:
        """Show another capture, or none; one that goes on is left alone."""
        if self.preview is not None and (self.preview.uri != uri or not self.preview.alive):
            self.preview.close()
            self.preview = None
        if uri and self.preview is None:
            self.preview = Preview(uri, self.clock)

    def _close_device(self) -> None:
        if self.device is not None:
            self.device.close()
        self.device, self.answers = None, {}

    def _device(self) -> Device:
        if self.device is None:
            raise InputError("choose a control first")
        return self.device

    def _shell(self) -> Shell | None:
        controls: list[Control] = list(self.device.controls.values()) if self.device else []
        return next((one for one in controls if isinstance(one, Shell)), None)

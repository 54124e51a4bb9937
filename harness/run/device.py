"""The device under test as a plan drives it: keys, states, playback, faults."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from harness.clock import NS_PER_S, Clock, MonotonicClock
from harness.config import nearest
from harness.control.protocol import Control, Shell, ShellResult
from harness.errors import DeviceError, PlanError, RigError
from harness.impair.base import FaultSpec
from harness.record import DeviceRecord
from harness.run.registry import Expect, Registration, Step, filled
from harness.run.states import Seen, look
from harness.timeline import Mark, Press

PROPERTIES = (
    "ro.product.manufacturer",
    "ro.product.model",
    "ro.build.version.release",
    "ro.build.fingerprint",
)
LOOK_EVERY_S = 0.2
ANSWER_S = 5.0
OBSERVED = Press | Mark


class Device:
    """A device under test. `harness.run.opening` makes one from a registration.

    Parameters
    ----------
    registration : Registration
        Its profile.
    controls : mapping of str to Control
        Its controls by the names that the profile gives them.
    capture_uri : str, optional
        What captures its HDMI output, ready for `open_source`.
    clock : Clock
        The clock on which frames, presses and marks are stamped.
    """

    def __init__(
        self,
        registration: Registration,
        controls: Mapping[str, Control],
        capture_uri: str | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.registration = registration
        self.profile = registration.profile
        self.controls = dict(controls)
        self.capture_uri = capture_uri
        self.clock = clock or MonotonicClock()
        self.on_press: list[Callable[[OBSERVED], None]] = []
        """Told every key press and every mark, as soon as it happened."""
        self.signal: Callable[[], bool] | None = None
        """Tells whether the HDMI signal is there, once something captures it."""

    @property
    def id(self) -> str:
        """Return the id it is registered under."""
        return self.registration.id

    @property
    def virtual(self) -> bool:
        """Return whether this is the virtual set-top box."""
        return self.profile.virtual is not None

    @property
    def losses(self) -> int:
        """Return how often a control lost the device and found it again."""
        return sum(getattr(control, "losses", 0) for control in self.controls.values())

    def open(self) -> None:
        """Open every control; idempotent. Raises ControlLost."""
        for control in self.controls.values():
            control.open()

    def close(self) -> None:
        """Release every control; idempotent, never raises."""
        for control in self.controls.values():
            control.close()

    def press(self, key: str, via: str | None = None, *, hold_s: float = 0.0) -> Press:
        """Press a key by its HDMI-CEC name; return when it began and ended.

        Raises PlanError for an unknown key or control, ControlLost, DeviceError.
        """
        press = self._control(via).press(key, hold_s=hold_s)
        self._tell(press)
        return press

    def text(self, text: str) -> None:
        """Type into the focused field; raises PlanError when no control can type."""
        typing = next((one for one in self.controls.values() if hasattr(one, "text")), None)
        if typing is None:
            raise PlanError(f"{self.id}: text needs a control that can type (adb)")
        typing.text(text)

    def shell(self, argv: Sequence[str], *, timeout_s: float = 10.0) -> ShellResult:
        """Run a command on the device, each word quoted; raises PlanError without ADB."""
        return self._shell("a command").shell(argv, timeout_s=timeout_s)

    def wait_s(self, seconds: float) -> None:
        """Let so much time pass."""
        self.clock.sleep_s(seconds)

    def mark(self, kind: str, detail: str = "") -> Mark:
        """Note a moment for whatever is recording."""
        mark = Mark(kind, self.clock.now_ns(), detail)
        self._tell(mark)
        return mark

    def reach(self, state: str) -> None:
        """Bring the device into a state of its profile, by way of those before it.

        Returns when the state's proof is seen. Raises PlanError for an unknown state, DeviceError when
        the proof is not seen in time, naming what was seen last.
        """
        known = list(self.profile.states)
        if state not in known:
            has = ", ".join(known) or "none"
            raise PlanError(f"{self.id}: no state {state!r}{nearest(state, known)}; known: {has}")
        path, seen = self.profile.path_to(state), self.seen()
        reached = max((place for place, name in enumerate(path) if self._holds(name, seen)), default=-1)
        for name in path[reached + 1 :]:
            self._go(name)

    def state(self) -> str:
        """Return the last state in the profile whose proof is seen now, or `unknown`."""
        seen = self.seen()
        states = self.profile.states.items()
        return next((name for name, state in reversed(states) if seen.proves(state.expect)), "unknown")

    def seen(self) -> Seen:
        """Return what can be seen of the device from outside."""
        return look(self._any_shell(), self.profile.app, self.signal)

    def play(self, title: str) -> None:
        """Ask for a title; `play_asked` is marked right before the asking step. Raises DeviceError."""
        self._ask("play", title, {"title": title})

    def live(self, channel: int | str) -> None:
        """Tune to a live channel; marked like `play`. Raises DeviceError."""
        self._ask("live", f"channel {channel}", {"channel": str(channel)})

    def stop(self) -> None:
        """End the playback, by the profile's script."""
        if not self.profile.stop:
            raise PlanError(f"{self.id}: its profile has no script `stop`")
        self._run(self.profile.stop)

    def plant(self, spec: FaultSpec | str) -> None:
        """Plant a fault in the virtual device; raises PlanError for a real one, or an unknown fault."""
        self._fault("plant", str(spec))

    def clear_faults(self) -> None:
        """Remove every planted fault."""
        self._fault("clear")

    def planted(self) -> list[dict[str, Any]]:
        """Return what was planted, and when it was seen on the HDMI output (ns of the monotonic clock)."""
        faults: list[dict[str, Any]] = json.loads(self._fault("list"))
        return faults

    def properties(self) -> dict[str, str]:
        """Return manufacturer, model, release and build as the device tells them; empty without ADB."""
        shell = self._any_shell()
        return {name: shell.shell(["getprop", name]).stdout.strip() for name in PROPERTIES} if shell else {}

    def app_version(self) -> str:
        """Return the version of the app under test; empty when nobody can tell."""
        shell = self._any_shell()
        if shell is None or not self.profile.app:
            return ""
        dump = shell.shell(["dumpsys", "package", self.profile.app]).stdout
        lines = (line.strip() for line in dump.splitlines())
        return next((line.partition("=")[2] for line in lines if line.startswith("versionName=")), "")

    def ask(self) -> None:
        """See that the device still answers, where it can be asked; raises ControlLost, DeviceError."""
        for control in self.controls.values():
            if isinstance(control, Shell):
                control.shell(["true"], timeout_s=ANSWER_S)

    def record(self) -> DeviceRecord:
        """Return the device as a run's record holds it."""
        properties = self.properties()
        return DeviceRecord(
            id=self.id,
            name=self.profile.name,
            model=properties.get("ro.product.model") or self.profile.model,
            virtual=self.virtual,
            properties=properties,
            app=self.profile.app or "",
            app_build=self.app_version(),
        )

    def _go(self, name: str) -> None:
        """Run a state's script and wait for its proof."""
        state = self.profile.states[name]
        self._provable(name, state.expect)
        end_ns = self.clock.now_ns() + round(state.within_s * NS_PER_S)
        self._run(state.steps)
        while not (seen := self.seen()).proves(state.expect):
            if self.clock.now_ns() >= end_ns:
                late = f"{self.id}: {name} not reached in {state.within_s:g} s"
                raise DeviceError(f"{late}: expected {state.expect}; last seen: {seen}")
            self.clock.sleep_s(LOOK_EVERY_S)

    def _holds(self, name: str, seen: Seen) -> bool:
        state = self.profile.states[name]
        return not state.always and self._is_provable(state.expect) and seen.proves(state.expect)

    def _is_provable(self, expect: Expect) -> bool:
        """Return whether somebody can tell at least one thing that is expected."""
        by_shell = expect.foreground is not None or expect.media is not None
        return (by_shell and self._any_shell() is not None) or (
            expect.signal is not None and self.signal is not None
        )

    def _provable(self, name: str, expect: Expect) -> None:
        if not self._is_provable(expect):
            raise RigError(f"{self.id}: nobody can tell whether {name} is reached: it needs ADB or a capture")

    def _ask(self, script: str, detail: str, values: Mapping[str, str]) -> None:
        steps: tuple[Step, ...] = getattr(self.profile, script)
        if not steps:
            raise PlanError(f"{self.id}: its profile has no script `{script}`")
        self._run(steps[:-1], values)
        self.mark("play_asked", detail)
        self._run(steps[-1:], values)

    def _run(self, steps: Sequence[Step], values: Mapping[str, str] | None = None) -> None:
        known = {"app": self.profile.app or "", **(values or {})}
        for step in steps:
            self._do(step, known)

    def _do(self, step: Step, values: Mapping[str, str]) -> None:
        if step.press is not None:
            self.press(filled(step.press, values), step.via)
        elif step.digits is not None:
            for digit in filled(step.digits, values):
                self.press(f"NUMBER_{digit}", step.via)
        elif step.text is not None:
            self.text(filled(step.text, values))
        elif step.shell is not None:
            self._command([filled(word, values) for word in step.shell])
        elif step.wait_s is not None:
            self.wait_s(step.wait_s)

    def _command(self, argv: Sequence[str]) -> None:
        """Run a script's command; `am start` says what went wrong, but ends with status 0 on some devices."""
        result = self.shell(argv)
        said = f"{result.stdout}\n{result.stderr}".strip()
        if result.status or any(line.startswith("Error") for line in said.splitlines()):
            raise DeviceError(f"{self.id}: `{' '.join(argv)}` failed: {' '.join(said.split())}")

    def _fault(self, *words: str) -> str:
        if not self.virtual:
            raise PlanError(f"{self.id} is a real device: faults can be planted in a virtual one only")
        result = self.shell(["fault", *words])
        if result.status:
            raise PlanError(f"{self.id}: {' '.join(result.stderr.split()) or 'the fault was refused'}")
        return result.stdout

    def _control(self, via: str | None) -> Control:
        name = via or self.profile.default
        if name not in self.controls:
            known = list(self.controls)
            raise PlanError(
                f"{self.id}: no control {name!r}{nearest(name, known)}; known: {', '.join(known)}"
            )
        return self.controls[name]

    def _any_shell(self) -> Shell | None:
        return next((one for one in self.controls.values() if isinstance(one, Shell)), None)

    def _shell(self, what: str) -> Shell:
        shell = self._any_shell()
        if shell is None:
            raise PlanError(f"{self.id}: {what} needs ADB, and its profile has no such control")
        return shell

    def _tell(self, event: OBSERVED) -> None:
        for observer in self.on_press:
            observer(event)

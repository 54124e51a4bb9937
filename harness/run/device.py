"""The device under test as a plan drives it: keys, states, playback, faults."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from harness.clock import Clock, MonotonicClock
from harness.config import nearest
from harness.control.power import PowerSwitch
from harness.control.protocol import Asks, Control, Launches, Shell, ShellResult
from harness.errors import PlanError
from harness.impair.base import FaultSpec
from harness.record import DeviceRecord
from harness.run.reaching import reach
from harness.run.recovery import with_power
from harness.run.registry import Registration, Step
from harness.run.script import run_steps
from harness.run.states import Seen, look
from harness.timeline import Mark, Press

PROPERTIES = (
    "ro.product.manufacturer",
    "ro.product.model",
    "ro.build.version.release",
    "ro.build.fingerprint",
)
OBSERVED = Press | Mark
PowerVerb = Literal["off", "on", "cycle"]


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
    power : PowerSwitch, optional
        The switch that its power goes through.
    """

    def __init__(
        self,
        registration: Registration,
        controls: Mapping[str, Control],
        capture_uri: str | None = None,
        clock: Clock | None = None,
        power: PowerSwitch | None = None,
    ) -> None:
        self.registration = registration
        self.profile = registration.profile
        self.controls = dict(controls)
        self.capture_uri = capture_uri
        self.clock = clock or MonotonicClock()
        self.power_switch = power
        self.notes: list[str] = []
        """What happened to it that a reader of the report must know, such as a cycle of its power."""
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
            raise PlanError(f"{self.id}: text needs a control that can type (adb, roku)")
        typing.text(text)

    def launch(self, app: str) -> None:
        """Start an app by its id; raises PlanError when no control can, DeviceError for no such app."""
        launching = next((one for one in self.controls.values() if isinstance(one, Launches)), None)
        if launching is None:
            raise PlanError(f"{self.id}: `launch` needs a control that can start apps by id (roku)")
        launching.launch(app)

    def power(self, what: PowerVerb) -> None:
        """Turn the device's power `off` or `on`, or `cycle` it; raises PlanError, ControlLost."""
        if self.power_switch is None:
            raise PlanError(f"{self.id}: neither its file nor the rig's has a `power:` section")
        verbs = {"off": self.power_switch.off, "on": self.power_switch.on, "cycle": self.power_switch.cycle}
        if what not in verbs:
            raise PlanError(
                f"{self.id}: no power {what!r}{nearest(what, list(verbs))}; known: off, on, cycle"
            )
        self.mark(f"power_{what}d" if what == "cycle" else f"power_{what}")
        verbs[what]()

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

    def note(self, kind: str, detail: str) -> None:
        """Mark a moment that a reader of the report must know even if nothing is recorded."""
        self.notes.append(detail)
        self.mark(kind, detail)

    def reach(self, state: str) -> None:
        """Bring the device into a state of its profile, by way of those before it.

        Returns when the state's proof is seen. Where nothing answers, its power is cycled, once, if it has a
        switch. Raises PlanError for an unknown state, DeviceError when the proof is not seen in time, naming
        what was seen last, ControlLost.
        """
        with_power(self, lambda: reach(self, state))

    def state(self) -> str:
        """Return the last state in the profile whose proof is seen now, or `unknown`."""
        seen = self.seen()
        states = self.profile.states.items()
        return next((name for name, state in reversed(states) if seen.proves(state.expect)), "unknown")

    def seen(self) -> Seen:
        """Return what can be seen of the device from outside."""
        return look(self.any_shell(), self.profile.app, self.signal)

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
        run_steps(self, self.profile.stop)

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
        shell = self.any_shell()
        return {name: shell.shell(["getprop", name]).stdout.strip() for name in PROPERTIES} if shell else {}

    def app_version(self) -> str:
        """Return the version of the app under test; empty when nobody can tell."""
        shell = self.any_shell()
        if shell is None or not self.profile.app:
            return ""
        dump = shell.shell(["dumpsys", "package", self.profile.app]).stdout
        lines = (line.strip() for line in dump.splitlines())
        return next((line.partition("=")[2] for line in lines if line.startswith("versionName=")), "")

    def ask(self) -> None:
        """See that the device still answers, where it can be asked; raises ControlLost, DeviceError."""
        for control in self.controls.values():
            if isinstance(control, Asks):
                control.ask()

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

    def _ask(self, script: str, detail: str, values: Mapping[str, str]) -> None:
        steps: tuple[Step, ...] = getattr(self.profile, script)
        if not steps:
            raise PlanError(f"{self.id}: its profile has no script `{script}`")
        run_steps(self, steps[:-1], values)
        self.mark("play_asked", detail)
        run_steps(self, steps[-1:], values)

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

    def any_shell(self) -> Shell | None:
        """Return a control that can run commands on the device, None where there is none."""
        return next((one for one in self.controls.values() if isinstance(one, Shell)), None)

    def _shell(self, what: str) -> Shell:
        shell = self.any_shell()
        if shell is None:
            raise PlanError(f"{self.id}: {what} needs ADB, and its profile has no such control")
        return shell

    def _tell(self, event: OBSERVED) -> None:
        for observer in self.on_press:
            observer(event)

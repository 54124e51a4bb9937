"""A device in memory, for tests of what talks to a device: it remembers all that it was asked."""

import io
import threading
from dataclasses import dataclass, field

from PIL import Image

from harness.errors import InputError
from harness.impair.base import FaultSpec
from harness.simulator.api import MediaSession

HOME = "org.captureharness.home/.Home"
PLAYER = "org.captureharness.player/.Player"


@dataclass
class DeviceDouble:
    """Answers `DeviceApi` from memory. `pressed` holds (key, t_ns)."""

    properties: dict[str, str] = field(
        default_factory=lambda: {
            "ro.product.model": "Virtual STB",
            "ro.product.name": "virtual_stb",
            "ro.product.device": "virtual_stb",
            "ro.build.version.release": "13",
        }
    )
    pressed: list[tuple[str, int]] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)
    started: list[tuple[str | None, str | None, dict[str, str]]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    faults: list[FaultSpec] = field(default_factory=list)
    front: str = HOME
    session: MediaSession = field(
        default_factory=lambda: MediaSession("org.captureharness.player", "PLAYING", "Big Buck Bunny", 4200)
    )
    screen_px: tuple[int, int] = (1280, 720)
    reboots: int = 0
    on_reboot: object = None
    changed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def keys(self) -> list[str]:
        return [key for key, _ in self.pressed]

    def wait_for(self, ready, timeout_s: float = 20.0) -> bool:
        """Wait until `ready()` holds, looking again whenever the device was asked for something."""
        with self.changed:
            return self.changed.wait_for(ready, timeout_s)

    def key(self, key, t_ns):
        with self.changed:
            self.pressed.append((key, t_ns))
            self.changed.notify_all()

    def text(self, text):
        self.typed.append(text)

    def start_app(self, component, data, extras):
        if data and data.startswith("harness://title/") and not data.endswith("/bunny"):
            raise LookupError(f"no title {data}")
        if component not in (HOME, PLAYER, None):
            raise LookupError(f"no app {component}")
        self.started.append((component, data, dict(extras)))
        self.front = component or PLAYER

    def stop_app(self, package):
        if self.front.startswith(package + "/"):
            self.front = HOME

    def foreground(self):
        return self.front

    def media_session(self):
        return self.session

    def screenshot_png(self):
        picture = Image.effect_noise(self.screen_px, 64)
        file = io.BytesIO()
        picture.save(file, "PNG")
        return file.getvalue()

    def log(self):
        with self.changed:
            return list(self.lines)

    def reboot(self):
        self.reboots += 1
        if self.on_reboot:
            self.on_reboot()

    def plant(self, spec):
        if spec.defect != "freeze_frame":
            raise InputError(f"unknown fault {spec.defect!r} (did you mean 'freeze_frame'?)")
        self.faults.append(spec)

    def clear_faults(self):
        self.faults.clear()

    def planted(self):
        return [{"defect": spec.defect, "spec": str(spec), "start_ns": None} for spec in self.faults]

"""What the device stores: a directory on the host that no path of a client can leave."""

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

ALIASES = {
    "/storage/emulated/0": "/sdcard",
    "/storage/self/primary": "/sdcard",
    "/mnt/sdcard": "/sdcard",
}
FOLDERS = ("sdcard/Download", "sdcard/Movies", "sdcard/Pictures", "data/local/tmp")


@dataclass(frozen=True, slots=True)
class DeviceFiles:
    """Maps the device's absolute paths into `root`, which is made with the folders every box has."""

    root: Path

    def __post_init__(self) -> None:
        for folder in FOLDERS:
            (self.root / folder).mkdir(parents=True, exist_ok=True)

    def locate(self, path: str, folder: str = "/") -> Path:
        """Return the host path of a device path, relative ones counted from `folder`.

        `..` stops at the device's root, as on a device. Raises PermissionError where a link leads out.
        """
        if "\0" in path:
            raise PermissionError("the path holds a NUL")
        device_path = self.normal(path, folder)
        host = self.root / device_path.lstrip("/")
        if not host.resolve().is_relative_to(self.root.resolve()):
            raise PermissionError(f"{path} leads out of the device")
        return host

    @staticmethod
    def normal(path: str, folder: str = "/") -> str:
        """Return the absolute device path without `.`, `..` and aliases of `/sdcard`."""
        whole = os.path.normpath("/" + str(PurePosixPath(folder) / path)).replace("//", "/")
        for alias, target in ALIASES.items():
            if whole == alias or whole.startswith(alias + "/"):
                return target + whole[len(alias) :]
        return whole

"""A private ADB server: its own port and key, no scanning, and it ends with the harness, however that ends.

The user's own server (port 5037) is left alone: it may be older, hold USB devices, or be killed by an IDE
in the middle of a run.
"""

import atexit
import functools
import os
import shutil
import socket
import subprocess
import tempfile
import threading
from importlib import resources
from pathlib import Path

from harness.errors import ControlLost

WATCHED = """\
trap "" INT
"$@" 3<&1 >/dev/null </dev/null &
exec >/dev/null
trap "kill -9 $!; wait $!" EXIT
read -r _ || exit 0
"""
"""Ends the server when our end of its standard input closes, even if we were killed.

The listening socket comes as standard output and goes on as descriptor 3; the shell lets go of it, so that
nobody can connect to a server that has died. Ctrl-C in a terminal reaches the whole process group, and must
not take the server away from the teardown that still needs it.
"""

STOP_S = 5.0


class AdbServer:
    """An `adb` server that this process shares among its controls; it stops with the last `release`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    def acquire(self) -> int:
        """Return the server's port on 127.0.0.1, starting it if need be; raises ControlLost."""
        with self._lock:
            if not self._alive():
                self._end()
                self._start()
            self._users += 1
            return self._port

    def release(self) -> None:
        """Give the server back; the last one stops it."""
        with self._lock:
            self._users = max(0, self._users - 1)
            if not self._users:
                self._end()

    def stop(self) -> None:
        """Stop the server whoever still uses it; idempotent."""
        with self._lock:
            self._users = 0
            self._end()

    def _alive(self) -> bool:
        if self._process is None:
            return False
        try:
            socket.create_connection(("127.0.0.1", self._port), STOP_S).close()
        except OSError:
            return False
        return True

    def _start(self) -> None:
        """Hand the server a socket that listens already: no port is guessed, nobody waits for it."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            command = [adb_path(), "-L", "acceptfd:3", "nodaemon", "server"]
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", WATCHED, "adb-server", *command],
                stdin=subprocess.PIPE,
                stdout=listener.fileno(),
                stderr=subprocess.DEVNULL,
                env=_environment(),
            )
            self._port = listener.getsockname()[1]

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin:
            process.stdin.close()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


SERVER = AdbServer()
"""The one server of this process."""

atexit.register(SERVER.stop)


def adb_path() -> str:
    """Return the `adb` that comes with adbutils, else the one on the PATH; raises ControlLost."""
    bundled = resources.files("adbutils").joinpath("binaries/adb")
    if isinstance(bundled, Path) and os.access(bundled, os.X_OK):
        return str(bundled)
    found = shutil.which("adb")
    if not found:
        raise ControlLost(
            "no adb program here: adbutils brought none for this machine; install android-tools or adb"
        )
    return found


def _environment() -> dict[str, str]:
    """Return the server's environment: our own key, but a device that trusts the user's key still does.

    It looks for nothing by itself: no USB (the user's server has that), no emulators, no mDNS.
    """
    home = _home()
    keys = [str(Path.home() / ".android"), os.environ.get("ADB_VENDOR_KEYS", "")]
    quiet = {"ADB_USB": "0", "ADB_EMU": "0", "ADB_LOCAL_TRANSPORT_MAX_PORT": "0", "ADB_MDNS": "0"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ADB_", "ANDROID_"))}
    return kept | quiet | {"HOME": str(home), "ADB_VENDOR_KEYS": os.pathsep.join(filter(None, keys))}


def _home() -> Path:
    """Return the folder of our key: a device that asked its user once must not ask at every run.

    Whoever has the key may do everything with every device that trusts it: nobody else can read it.
    """
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    home = Path(base) / "capture-harness" / "adb"
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        home.chmod(0o700)
        for key in home.glob(".android/adbkey"):
            key.chmod(0o600)
    except OSError:
        return Path(_scratch().name)
    return home


@functools.cache
def _scratch() -> tempfile.TemporaryDirectory[str]:
    """Return a folder for this process, where a home cannot be written to (containers): its key is lost."""
    return tempfile.TemporaryDirectory(prefix="harness-adb-")

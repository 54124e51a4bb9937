"""An adb server of the test's own, with its own home and key, and the client that talks to it."""

import os
import socket
import subprocess
from contextlib import contextmanager

TIMEOUT_S = 60


@contextmanager
def adb_server(program, home):
    """Run an adb server; yield the environment with which clients find it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number = listener.fileno()
        environment = {
            **os.environ,
            "HOME": str(home),
            "ANDROID_ADB_SERVER_PORT": str(listener.getsockname()[1]),
        }
        # It is handed a socket that listens already: no port to guess, no start to wait for.
        server = subprocess.Popen(
            [program, "-L", f"acceptfd:{number}", "nodaemon", "server"],
            env=environment,
            pass_fds=[number],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    try:
        yield environment
    finally:
        server.kill()
        server.wait()


class Adb:
    """Runs `adb` against one device."""

    def __init__(self, program, environment):
        self.program = program
        self.environment = environment
        self.serial = ""

    def command(self, *arguments):
        chosen = ["-s", self.serial] if self.serial else []
        return [str(self.program), *chosen, *map(str, arguments)]

    def __call__(self, *arguments, **options):
        given = {"input": options["input"]} if "input" in options else {"stdin": subprocess.DEVNULL}
        return subprocess.run(
            self.command(*arguments),
            env=self.environment,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
            **given,
        )

    def spawn(self, *arguments):
        return subprocess.Popen(
            self.command(*arguments),
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def connect(self, port):
        self.serial = ""
        told = self("connect", f"127.0.0.1:{port}")
        self.serial = f"127.0.0.1:{port}"
        return told.stdout.decode()

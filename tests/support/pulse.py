"""A PulseAudio daemon of the tests' own, with a sink that nobody hears and its monitor to record from."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

PLAYER = """
import sys, sounddevice
settings = {"samplerate": 48000, "channels": 2, "dtype": "int16", "dither_off": True, "latency": 1.5}
with sounddevice.RawOutputStream(device="pulse", **settings) as stream:
    stream.write(bytes(4 * 24000))
    stream.write(sys.stdin.buffer.read())
    stream.write(bytes(4 * 96000))
"""
"""It begins with half a second of silence, for the beginning of a stream is damaged, and ends with more than
the buffer holds, for its rest is thrown away."""


class Pulse:
    """The daemon: `environment` leads to it; `play` sounds what is given; `kill` ends it."""

    def __init__(self, folder, process):
        self.process = process
        self.environment = {
            "XDG_RUNTIME_DIR": str(folder),
            "PULSE_SERVER": f"unix:{folder}/native",
            "PULSE_SINK": "hdmi",
            "PULSE_SOURCE": "hdmi.monitor",
        }

    @contextmanager
    def play(self, codes):
        """Play int16 codes, shape (samples, 2), in a process of its own while the block runs."""
        player = subprocess.Popen(
            [sys.executable, "-c", PLAYER], stdin=subprocess.PIPE, env=os.environ | self.environment
        )
        try:
            player.stdin.write(codes.tobytes())
            player.stdin.close()
            yield player
        finally:
            player.kill()
            player.wait()

    def kill(self):
        self.process.kill()
        self.process.wait()


@contextmanager
def pulse_daemon():
    """Start a daemon of its own, and end it; skips where PulseAudio is not installed."""
    if not shutil.which("pulseaudio"):
        pytest.skip("pulseaudio is not installed")
    # A socket's path must be short.
    with tempfile.TemporaryDirectory(prefix="pa") as name:
        folder = Path(name)
        process = subprocess.Popen(
            [
                *("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"),
                *("--disable-shm=yes", "--log-level=error"),
                *("-L", f"module-native-protocol-unix auth-anonymous=1 socket={folder}/native"),
                *("-L", "module-null-sink sink_name=hdmi rate=48000 format=s16le channels=2"),
            ],
            env={
                "PATH": os.environ["PATH"],
                "HOME": name,
                "XDG_RUNTIME_DIR": name,
                "PULSE_RUNTIME_PATH": name,
            },
            stderr=subprocess.DEVNULL,
        )
        try:
            _await(folder / "native", process)
            yield Pulse(folder, process)
        finally:
            process.kill()
            process.wait()


def _await(socket, process):
    deadline_s = time.monotonic() + 30
    while not socket.exists():
        assert process.poll() is None and time.monotonic() < deadline_s, "pulseaudio did not start"
        time.sleep(0.02)

"""A command on a real terminal (a pseudo-terminal), answered as a technician would."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

PATIENCE_S = 90.0
ROOT = str(Path(__file__).parents[2])
COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """Runs `harness ARGUMENTS` with a terminal of its own; use it in a `with` block."""

    def __init__(self, *arguments, folder, **environment):
        master, slave = pty.openpty()
        self._master = master
        self.said = ""
        self._seen = 0
        self.process = subprocess.Popen(
            [sys.executable, "-m", "harness", *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": ROOT, "TERM": "xterm", "COLUMNS": "200", **environment},
            start_new_session=True,
        )
        os.close(slave)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(PATIENCE_S)
        finally:
            os.close(self._master)

    def until(self, words):
        """Wait for words that were not there before; return all that came up to them."""
        deadline = time.monotonic() + PATIENCE_S
        while words not in self.said[self._seen :]:
            left = deadline - time.monotonic()
            ready, _, _ = select.select([self._master], [], [], max(0.0, left))
            try:
                data = os.read(self._master, 65536) if ready else b""
            except OSError:
                data = b""
            assert data, f"never said {words!r}; it said:\n{self.said[self._seen :]}"
            self.said += COLOURS.sub("", data.decode(errors="replace")).replace("\r", "")
        start, end = self._seen, self.said.index(words, self._seen) + len(words)
        self._seen = end
        return self.said[start:end]

    def answer(self, question, answer):
        """Wait for a question, and type the answer."""
        told = self.until(question)
        os.write(self._master, f"{answer}\n".encode())
        return told

    def interrupt(self):
        """Press Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    def ended(self):
        """Return the exit status."""
        return self.process.wait(PATIENCE_S)

"""A real lircd that writes what it would send into a file: Debian's package `lirc`, its driver `file`."""

import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

LIRCD = shutil.which("lircd") or "/usr/sbin/lircd"
START_S = 20.0

REMOTES = """
begin remote
  name BOX_NEC
  bits 16
  flags SPACE_ENC|CONST_LENGTH
  header 9000 4500
  one 562 1687
  zero 562 562
  ptrail 562
  repeat 9000 2250
  pre_data_bits 16
  pre_data 0x20DF
  gap 108000
  begin codes
    KEY_OK 0x22DD
    KEY_UP 0x02FD
    KEY_DOWN 0x827D
  end codes
end remote
begin remote
  name BOX_SIRC
  bits 12
  flags SPACE_ENC|CONST_LENGTH
  header 2400 600
  one 1200 600
  zero 600 600
  gap 45000
  min_repeat 2
  begin codes
    KEY_POWER 0xA90
  end codes
end remote
begin remote
  name BOX_RC5
  bits 13
  flags RC5|CONST_LENGTH
  one 889 889
  zero 889 889
  plead 889
  gap 113778
  toggle_bit_mask 0x800
  begin codes
    KEY_OK 0x1175
  end codes
end remote
"""
"""NEC address 4: 0x44 is 0x22 bit by bit from the other end, so KEY_OK is 0x22DD, and so on."""


class Lircd:
    """The daemon; `socket` is where it listens, `light()` all it has sent, mark and space in turn (us)."""

    def __init__(self, folder, config=REMOTES):
        self.socket = folder / "lircd"
        self._out = folder / "out.txt"
        (folder / "box.conf").write_text(config)
        self._out.touch()
        options = ["--driver=file", f"--device={self._out}", f"--output={self.socket}"]
        self._log = (folder / "log.txt").open("w")
        self._process = subprocess.Popen(
            [LIRCD, "--nodaemon", *options, f"--pidfile={folder / 'pid'}", folder / "box.conf"],
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        end_s = time.monotonic() + START_S
        while not self._listens():
            if self._process.poll() is not None or time.monotonic() > end_s:
                raise RuntimeError((folder / "log.txt").read_text())
            time.sleep(0.01)

    def _listens(self):
        with socket.socket(socket.AF_UNIX) as caller:
            return caller.connect_ex(str(self.socket)) == 0

    def light(self):
        timings = []
        for line in self._out.read_text().splitlines():
            what, _, number = line.partition(" ")
            if what not in ("pulse", "space"):
                continue
            if len(timings) % 2 == (what == "space"):
                timings.append(float(number))
            elif timings:
                timings[-1] += float(number)
        return tuple(timings)

    def stop(self):
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait()
        self._log.close()


def needs_lircd():
    """Skip where lircd is not installed."""
    if not Path(LIRCD).exists():
        pytest.skip("lircd is not installed")

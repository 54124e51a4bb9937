"""`harness simulate` runs until it is told to end, leaves nothing behind, and refuses in one line."""

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from harness.capture.virtual import VirtualCard
from harness.cli import main
from harness.errors import CaptureLost

ROOT = Path(__file__).parents[2]
MOST_ITEMS = 6000
"""After so much of its picture and sound a test gives up: a minute."""
COMMAND = (sys.executable, "-m", "harness", "simulate")


@contextmanager
def simulated(tmp_path, *arguments):
    """Run the command with its temporary files in a folder of ours; yield it and what it printed."""
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def made(terminal):
    """Return when a terminal was made, None if there is none: somebody else may have the same number next."""
    try:
        return os.stat(terminal).st_ctime_ns
    except FileNotFoundError:
        return None


def ended(process):
    # First without touching its stdin: what waits for that must not keep it from ending.
    process.wait(60)
    out, errors = process.communicate()
    return process.returncode, out, errors


def test_it_tells_where_it_is_in_one_line(tmp_path):
    with simulated(tmp_path) as (process, told):
        assert set(told) == {"adb", "ir", "hdmi", "pid"}
        assert told["pid"] == process.pid
        assert Path(told["hdmi"]).stat().st_mode & 0o777 == 0o600
        assert Path(told["ir"]).is_char_device()
        host, _, port = told["adb"].partition(":")
        socket.create_connection((host, int(port))).close()


@pytest.mark.fuller
@pytest.mark.parametrize(
    ("number", "arguments"),
    [
        (signal.SIGTERM, []),
        (signal.SIGTERM, ["--until-stdin-closes"]),
        (signal.SIGINT, ["--until-stdin-closes"]),
        (signal.SIGHUP, []),
    ],
)
def test_a_signal_ends_it_cleanly(tmp_path, number, arguments):
    with simulated(tmp_path, *arguments) as (process, told):
        port = made(told["ir"])
        card = VirtualCard(Path(told["hdmi"]))
        card.open()
        process.send_signal(number)
        with pytest.raises(CaptureLost, match="has gone"):
            for _ in range(MOST_ITEMS):
                card.read(60)
        card.close()
        assert ended(process) == (0, "", "")
    assert made(told["ir"]) != port
    assert list(tmp_path.iterdir()) == []


def test_the_end_of_stdin_ends_it(tmp_path):
    with simulated(tmp_path, "--until-stdin-closes") as (process, _):
        process.stdin.close()
        process.stdin = None
        assert ended(process) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.fuller
def test_without_being_asked_it_outlives_its_stdin(tmp_path):
    with simulated(tmp_path) as (process, told):
        process.stdin.close()
        process.stdin = None
        card = VirtualCard(Path(told["hdmi"]))
        card.open()
        assert all(card.read(60) for _ in range(20))
        card.close()
        process.terminate()
        assert ended(process)[0] == 0


@pytest.mark.fuller
def test_a_port_may_be_chosen(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = subprocess.run(
            [*COMMAND, f"--adb-port={port}"], capture_output=True, text=True, check=False
        )
    assert refused.returncode == 2
    assert f"ADB port {port}" in refused.stderr and refused.stderr.count("\n") == 1
    with simulated(tmp_path, f"--adb-port={port}") as (_, told):
        assert told["adb"] == f"127.0.0.1:{port}"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--mode", "720p51"], "did you mean '720p50'"),
        (["--adb-port", "99999"], "within 0 and 65535"),
        (["--adb-port", "-1"], "within 0 and 65535"),
        (["--fault", "frieze_frame"], "did you mean 'freeze_frame'"),
        (["--fault", "freeze_frame:seed=nan"], "seed"),
        (["--fault", "freeze_frame:seed=inf"], "seed"),
        (["--fault", "freeze_frame:seed=-1"], "seed"),
        (["--fault", "freeze_frame:start_s"], "name=number"),
        (["--fault", "av_sync"], "offset_ms"),
        (["--titles", "/no/such/folder"], "no such directory"),
        (["--clock-ppm", "nan"], "clock_ppm"),
        (["--clock-ppm", "5000"], "clock_ppm"),
        (["--start-up", "-1"], "start_up_s"),
        (["--start-up", "nan"], "start_up_s"),
        (["--draw-screens", "/proc/no/such"], "cannot make this folder"),
    ],
)
def test_what_cannot_work_is_told_in_one_line(capsys, arguments, says):
    before = signal.getsignal(signal.SIGTERM)
    assert main(["simulate", *arguments]) == 2
    out, message = capsys.readouterr()
    assert says in message and message.count("\n") == 1 and out == ""
    assert signal.getsignal(signal.SIGTERM) is before


def test_the_folder_of_titles_may_come_from_the_environment(monkeypatch, capsys):
    monkeypatch.setenv("HARNESS_TITLES", "/no/such/folder")
    assert main(["simulate"]) == 2
    assert "/no/such/folder" in capsys.readouterr().err


def test_the_device_profile_knows_the_screens_as_they_are_drawn(tmp_path):
    main(["simulate", "--draw-screens", str(tmp_path)])
    for known in (ROOT / "devices" / "screens").glob("virtual-stb-*.png"):
        drawn = np.asarray(Image.open(tmp_path / known.name), int)
        assert np.abs(drawn - np.asarray(Image.open(known), int)).max() <= 2


def test_every_screen_is_drawn(tmp_path, capsys):
    assert main(["simulate", "--draw-screens", str(tmp_path / "new")]) == 0
    paths = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert sorted(paths) == sorted((tmp_path / "new").iterdir())
    sizes = {path.name: Image.open(path).size for path in paths}
    assert {sizes.pop(f"virtual-stb-{name}.png") for name in ("home", "error")} == {(320, 180)}
    assert set(sizes.values()) == {(1280, 720)} and len(sizes) >= 8

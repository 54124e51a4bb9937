"""What keeps sound from being captured on a machine is told in one line that says what to do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.capture import portaudio
from harness.capture.portaudio import SoundInput
from harness.errors import RigError

ROOT = Path(__file__).parents[2]
LOOK = """
from harness.capture.discovery import capture_ports
from harness.capture import open_source
from harness.errors import RigError
try:
    open_source("sound:pulse").open()
except RigError as error:
    print(error)
print([port.note for port in capture_ports() if port.kind == "sound"])
"""
NO_LIBRARY = "import ctypes.util; ctypes.util.find_library = lambda name: None\n"


def said(code, **environment):
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_without_the_library_its_package_is_named():
    error, notes = said(NO_LIBRARY + LOOK)
    assert (
        error == ("sound capture needs the PortAudio library; on Debian: apt-get install libportaudio2")
        and notes == f"[{error!r}]"
    )


def test_a_mistake_in_the_settings_of_alsa_is_suspected_where_portaudio_cannot_start(tmp_path):
    (tmp_path / ".asoundrc").write_text("pcm.!default { type \n")
    error, notes = said(LOOK, HOME=str(tmp_path))
    assert error.startswith("PortAudio cannot start (") and "~/.asoundrc" in error
    assert notes == f"[{error!r}]"


def inputs(monkeypatch, *found):
    listed = [SoundInput(number, name, 2, 48_000) for number, name in enumerate(found)]
    monkeypatch.setattr(portaudio, "sound_inputs", lambda: listed)


def test_a_part_of_a_name_is_enough_if_only_one_has_it(monkeypatch):
    inputs(monkeypatch, "MS2109: USB Audio (hw:1,0)", "HDA Intel: ALC (hw:0,0)", "pulse")
    assert portaudio.find_input("sound:ms2109", "ms2109").number == 0
    with pytest.raises(RigError, match=r"several sound inputs .*'MS2109: USB Audio \(hw:1,0\)', 'HDA Intel"):
        portaudio.find_input("sound:hw", "hw:")
    inputs(monkeypatch, "pulse", "pulse monitor")
    assert portaudio.find_input("sound:pulse", "pulse").name == "pulse"


def test_a_name_that_nobody_has_lists_what_there_is(monkeypatch):
    inputs(monkeypatch, "MS2109: USB Audio (hw:1,0)")
    with pytest.raises(RigError, match=r"no sound input 'xyz' here; there are 'MS2109"):
        portaudio.find_input("sound:xyz", "xyz")


def test_a_card_that_this_user_may_not_open_names_the_group(monkeypatch, tmp_path):
    (tmp_path / "pcmC1D0c").touch()
    inputs(monkeypatch)
    monkeypatch.setattr(portaudio, "NODES", tmp_path)
    monkeypatch.setattr(portaudio.os, "access", lambda *_: False)
    with pytest.raises(RigError, match=r"may not open .*pcmC1D0c: add the user to the group audio"):
        portaudio.find_input("sound:MS2109", "MS2109")


def test_ports_keep_their_name_when_the_numbers_of_cards_change(monkeypatch):
    inputs(
        monkeypatch, "MS2109: USB Audio (hw:1,0)", "A: x (hw:2,0)", "A: x (hw:3,0)", "dmix", "B&C? (hw:4,0)"
    )
    assert [port.uri for port in portaudio.sound_ports()] == [
        "sound:A: x (hw:2,0)",
        "sound:A: x (hw:3,0)",
        "sound:B%26C%3F",
        "sound:MS2109: USB Audio",
    ]

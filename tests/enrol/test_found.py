"""What a machine has is listed; what it has not, is told with what to do."""

import json
import threading

from harness.capture import open_source
from harness.cli import main
from harness.enrol.found import VIRTUAL, look
from harness.enrol.sounds import name_of, sound_of, with_sound
from harness.errors import RigError
from harness.ports import Port

CARD = Port("capture", "v4l2:/dev/video0", "A [bold]card[/]", "1920x1080")


def test_what_is_found_is_listed_with_the_virtual_device():
    found = look(lambda: [CARD], lambda listen_s: [])
    assert found.ports == [CARD, VIRTUAL]
    assert [words for words in found.advice() if words.startswith("No ")] == [
        words for words in found.advice() if "remote control was found" in words
    ]


def test_a_sound_input_is_named_beside_the_card():
    sound = Port("sound", "sound:USB%26Audio (hw:1,0)", "USB&Audio (hw:1,0)", "2 channels")
    found = look(lambda: [CARD, sound], lambda listen_s: [])
    assert (found.cards, found.sounds) == ([CARD], [sound])
    paired = with_sound("v4l2:/dev/video0?size=1280x720&sound=old", name_of(sound))
    assert paired == "v4l2:/dev/video0?size=1280x720&sound=USB%26Audio (hw:1,0)"
    assert sound_of(paired) == "USB&Audio (hw:1,0)"
    assert open_source(paired).uri == paired
    assert with_sound(paired, "") == "v4l2:/dev/video0?size=1280x720"


def test_nothing_found_says_what_to_do():
    words = " ".join(look(lambda: [], lambda listen_s: []).advice())
    assert "Plug one into USB 3" in words
    assert "Allow debugging" in words


def test_a_search_that_fails_or_hangs_is_told_and_waited_for_no_longer():
    end = threading.Event()

    def fails():
        raise RigError("cannot read /dev")

    try:
        found = look(fails, lambda listen_s: [CARD] if end.wait(60) else [], within_s=0.2)
    finally:
        end.set()
    assert found.trouble == [
        "Looking for capture cards failed: cannot read /dev",
        "Looking for controls did not end within 0.2 s: unplug what hangs.",
    ]


def test_discover_prints_words_and_json(capsys):
    assert main(["devices", "discover"]) == 0
    assert "virtual:" in capsys.readouterr().out
    assert main(["devices", "discover", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found[-1] == {"kind": "virtual", "uri": "virtual:", "name": VIRTUAL.name, "note": VIRTUAL.note}

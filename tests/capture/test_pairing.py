"""The sound of a capture card is found by where both are plugged in."""

import pytest

from harness.capture import open_source
from harness.capture.joined import Joined
from harness.capture.pairing import paired
from harness.ports import Port

USB = "devices/pci0000:00/0000:00:14.0/usb2/2-1"
CARDS = {
    "video0": f"{USB}/2-1:1.0",
    "video2": f"{USB}.4/2-1.4:1.0",
    "video4": "devices/pci0000:00/0000:01:00.0",
}
SOUNDS = {
    "card1": f"{USB}/2-1:1.2",
    "card2": "devices/pci0000:00/0000:00:1f.3",
    "card3": "devices/pci0000:00/0000:01:00.0",
}


@pytest.fixture
def system(tmp_path):
    for kind, parts in (("video4linux", CARDS), ("sound", SOUNDS)):
        for name, place in parts.items():
            (tmp_path / place).mkdir(parents=True, exist_ok=True)
            (tmp_path / "class" / kind / name).mkdir(parents=True)
            (tmp_path / "class" / kind / name / "device").symlink_to(tmp_path / place)
    return tmp_path / "class"


def sound(number, name="USB Video: Audio", uri=None):
    return Port("sound", uri or f"sound:{name}", f"{name} (hw:{number},0)")


def uris(sounds, system):
    cards = [Port("capture", f"v4l2:/dev/{name}", name) for name in CARDS]
    return [port.uri for port in paired(cards, sounds, system)]


def test_parts_of_one_usb_plug_and_of_one_pci_card_belong_together(system):
    sounds = [sound(1), sound(2, "HDA Intel"), sound(3, "Magewell & Co", "sound:Magewell %26 Co")]
    found = uris(sounds, system)
    assert found == [
        "v4l2:/dev/video0?sound=USB Video: Audio",
        "v4l2:/dev/video2",
        "v4l2:/dev/video4?sound=Magewell %26 Co",
    ]
    joined = open_source(found[2])
    assert isinstance(joined, Joined) and joined._sound.source._name == "Magewell & Co"


def test_two_inputs_of_one_card_are_left_to_the_technician(system):
    assert uris([sound(1), sound(1, "USB Video: Other")], system)[0] == "v4l2:/dev/video0"


def test_without_sound_and_without_the_system_nothing_is_paired(system, tmp_path):
    assert uris([], system)[0] == "v4l2:/dev/video0"
    assert uris([sound(1), Port("sound", "sound:pulse", "pulse")], tmp_path / "none")[0] == "v4l2:/dev/video0"

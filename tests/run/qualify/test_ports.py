"""What stands behind a port, as the kernel tells it."""

from harness.run.qualify.ports import card_name, changed, fingerprint

ZERO = "1:5"
"""The number of /dev/zero, which stands for a card here."""


def _sysfs(folder):
    usb = folder / "devices" / "pci0" / "usb1" / "1-2"
    video = usb / "1-2:1.0" / "video4linux" / "video3"
    video.mkdir(parents=True)
    (video / "name").write_text("Cam Link 4K: Cam Link 4K\n")
    for name, text in {"idVendor": "0fd9", "idProduct": "0066", "serial": "A1"}.items():
        (usb / name).write_text(f"{text}\n")
    (folder / "devices" / "pci0" / "name").write_text("a bridge, which is none of the card's\n")
    (folder / "dev" / "char").mkdir(parents=True)
    (folder / "dev" / "char" / ZERO).symlink_to(video)
    return folder


def test_a_card_is_known_by_its_name_and_its_usb_ids(tmp_path):
    name = card_name("v4l2:/dev/zero?size=1280x720", _sysfs(tmp_path))
    assert name == "Cam Link 4K: Cam Link 4K 0fd9 0066 A1"


def test_what_is_no_device_file_has_no_name():
    assert card_name("rtsp://192.168.1.30/live") == ""
    assert card_name("virtual:{hdmi}") == ""
    assert card_name("ir:/dev/ttyNOWHERE") == "not there"


def test_a_fingerprint_changes_with_host_and_ports_alone():
    one = {"capture": "v4l2:/dev/video0 = Card", "control ir": "ir:/dev/ttyACM0"}
    assert fingerprint(one, "bench") == fingerprint(dict(reversed(one.items())), "bench")
    others = [fingerprint(one, "other"), fingerprint({**one, "capture": "v4l2:/dev/video1"}, "bench")]
    assert len({fingerprint(one, "bench"), *others}) == 3


def test_the_port_that_changed_is_named():
    before, now = {"capture": "a", "control ir": "b"}, {"capture": "a", "control adb": "c"}
    assert changed(before, now) == "control ir was b, and is none; control adb was none, and is c"
    assert changed(before, before) == ""

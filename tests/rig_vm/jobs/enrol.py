"""A device is registered on real drivers: a key learned by the kernel's infrared, a picture by V4L2."""

import io
import threading
from pathlib import Path

from rich.console import Console

from harness.cli.device_check import check_devices
from harness.control.infrared import decode, pronto
from harness.control.keymap import load_ir_keys
from harness.enrol import live
from harness.enrol.asking import Asker
from harness.enrol.dialogue import register
from harness.enrol.found import look
from harness.run.registry import load_profile
from tests.rig_vm.inside import TMP, run_steps, sh, until
from tests.support.answers import Answers

live.FIRST_FRAME_S = live.ANSWER_S = 60.0
"""The guest is about ten times slower than a rig."""
DEVICES = TMP / "devices"


def load():
    for module in ("rc-loopback", "ir-nec-decoder"):
        sh("modprobe", module)
    sh("modprobe", "vivid", "n_devs=1", "num_inputs=1", "input_types=3", "num_outputs=1", "output_types=1")
    until(lambda: Path("/dev/video0").exists() and blaster())
    # 1280x720 at 24 pictures a second: what the guest can follow.
    sh("v4l2-ctl", "-d", "/dev/video0", "-c", "dv_timings_signal_mode=4", "-c", "dv_timings=5")
    return blaster()


def blaster():
    names = [
        path.name
        for one in Path("/sys/class/rc").glob("rc*")
        if "rc-loopback" in (one / "uevent").read_text()
        for path in one.glob("lirc*")
    ]
    return names[0] if names else ""


def discovered():
    return [[port.kind, port.uri] for port in look(within_s=60).ports]


def registered():
    """Answer the dialogue, while `ir-ctl` presses the key that is to be learned."""
    card = next(port.uri for port in look(within_s=60).cards)
    answers = ["box", "", "", f"rc:/dev/{blaster()}", "learn", "HOME", "", "n", card]
    answers += ["", "vod", "HOME", "", "y"]
    said = io.StringIO()
    stop = threading.Event()

    def press():
        while not stop.wait(0.3):
            sh("ir-ctl", "-d", f"/dev/{blaster()}", "-S", "nec:0x0440", check=False)

    thumb = threading.Thread(target=press)
    thumb.start()
    try:
        console = Console(file=said, width=200)
        path = register(Asker(console, Answers("\n".join(answers) + "\n")), DEVICES)
    finally:
        stop.set()
        thumb.join()
    learned = pronto.read(load_ir_keys(DEVICES / "keymaps/box-ir.yaml").keys["HOME"].pronto)
    code = decode(learned.burst().timings_us)
    return {
        "said": said.getvalue(),
        "file": path.read_text(),
        "code": [code.protocol, code.address, code.command],
    }


def checked():
    found = load_profile(DEVICES / "box.yaml")
    return [part for _, parts in check_devices([found], 60) for part in parts]


def unload():
    """Leave the card to the jobs that come after."""
    sh("modprobe", "-r", "vivid")
    sh("modprobe", "-r", "rc-loopback")


if __name__ == "__main__":
    run_steps("enrol", [load, discovered, registered, checked, unload])

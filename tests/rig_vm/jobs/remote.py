"""Remote controls on the kernel's own drivers: infrared that loops back, both ends of an HDMI-CEC cable."""

import os
import select
import struct
import subprocess
import threading
from pathlib import Path

from harness.control import lirc_device, open_control
from harness.control.discovery import control_ports
from harness.control.infrared import Code, decode, pronto
from harness.control.kernel_ir import KernelIr
from harness.control.keymap import IrKeyMap
from harness.errors import HarnessError
from tests.rig_vm.inside import OUT, run_steps, sh, until

CODES = {
    "nec": Code("nec", 0x04, 0x40),
    "necx": Code("necx", 0x1234, 0x56),
    "rc5": Code("rc5", 5, 53),
    "rc6": Code("rc6", 5, 12),
    "sirc12": Code("sirc12", 1, 21),
    "sirc15": Code("sirc15", 84, 21),
    "sirc20": Code("sirc20", 0x1234, 21),
}
SCANCODES = {
    "nec": "nec:0x0440",
    "necx": "necx:0x341256",
    "rc5": "rc5:0x0535",
    "rc6": "rc6_0:0x050c",
    "sirc12": "sony12:0x10015",
    "sirc15": "sony15:0x540015",
    "sirc20": "sony20:0x149115",
}
"""The same codes as `ir-ctl` and the kernel's decoders name them."""

SCANCODE_MODE = 0x08
SCANCODE = struct.Struct("=QHHIQ")


def load():
    # The kernel would load its decoders itself, if it found modprobe where this guest has begun.
    for module in ("rc-loopback", *(f"ir-{name}-decoder" for name in ("nec", "rc5", "rc6", "sony"))):
        sh("modprobe", module)
    sh("modprobe", "vivid", "n_devs=1", "num_inputs=1", "input_types=3", "num_outputs=1", "output_types=1")
    until(lambda: Path("/dev/cec1").exists() and loopback().exists())
    (receiver() / "protocols").write_text("+nec +rc-5 +rc-6 +sony")
    return sorted(str(path) for name in ("lirc*", "cec*") for path in Path("/dev").glob(name))


def receiver():
    return next(
        path for path in Path("/sys/class/rc").glob("rc*") if "rc-loopback" in (path / "uevent").read_text()
    )


def loopback():
    return Path("/dev", next(path.name for path in receiver().glob("lirc*")))


def blaster(code):
    keys = IrKeyMap(protocol=code.protocol, address=code.address, keys={"SELECT": code.command})
    return KernelIr(str(loopback()), keys)


class Receiving:
    """What the kernel receives meanwhile: its pulses, and what its own decoders make of them."""

    def __enter__(self):
        self._raw = os.open(loopback(), os.O_RDONLY | os.O_NONBLOCK)
        lirc_device.set_value(self._raw, lirc_device.SET_RECEIVE_MODE, lirc_device.MODE2)
        self._decoded = os.open(loopback(), os.O_RDONLY | os.O_NONBLOCK)
        lirc_device.set_value(self._decoded, lirc_device.SET_RECEIVE_MODE, SCANCODE_MODE)
        return self

    def __exit__(self, *_):
        os.close(self._raw)
        os.close(self._decoded)

    def light(self):
        light = lirc_device.Light()
        while select.select([self._raw], [], [], 0.5)[0]:
            light.add(os.read(self._raw, 4096))
        return light.timings_us

    def scancodes(self):
        found = []
        while select.select([self._decoded], [], [], 0.5)[0]:
            for _, flags, protocol, _, scancode in SCANCODE.iter_unpack(
                os.read(self._decoded, 64 * SCANCODE.size)
            ):
                found.append({"protocol": protocol, "scancode": scancode, "flags": flags})
        return found


def sent():
    """Send each code by our driver; return what the kernel received and decoded."""
    found = {}
    for name, code in CODES.items():
        control = blaster(code)
        control.open()
        with Receiving() as receiving:
            press = control.press("SELECT")
            found[name] = {
                "light": receiving.light(),
                "scancodes": receiving.scancodes(),
                "took_ns": press.end_ns - press.start_ns,
            }
        control.close()
    return found


def held():
    control = blaster(CODES["nec"])
    control.open()
    with Receiving() as receiving:
        control.press("SELECT", hold_s=1.5)
        light, scancodes = receiving.light(), receiving.scancodes()
    control.close()
    return {"light": light, "scancodes": scancodes}


def two_presses():
    """Return when two presses in a row began and ended: between them it must stay dark."""
    control = blaster(CODES["nec"])
    presses = [control.press("SELECT"), control.press("SELECT")]
    control.close()
    return [[press.start_ns, press.end_ns] for press in presses]


def written_by_the_kernel():
    """Let `ir-ctl` encode each code; return its pulses."""
    found = {}
    for name, scancode in SCANCODES.items():
        with Receiving() as receiving:
            sh("ir-ctl", "-d", str(loopback()), "-S", scancode)
            found[name] = receiving.light()
    return found


def received_by_ir_ctl():
    """Let `ir-ctl` receive what we send."""
    path = OUT / "received.txt"
    with path.open("w") as log:
        words = ["stdbuf", "-oL", "ir-ctl", "-d", str(loopback()), "--receive"]
        with subprocess.Popen(words, stdout=log, stderr=log) as other:
            control = blaster(CODES["nec"])

            def heard():
                control.press("SELECT")
                # A line ends where it stays dark.
                return "\n" in path.read_text()

            until(heard)
            other.terminate()
    control.close()
    return path.read_text()


def learned():
    """Learn a key that `ir-ctl` presses meanwhile."""
    found = {}
    for name, scancode in SCANCODES.items():
        control = blaster(CODES[name])
        stop = threading.Event()

        def press(scancode=scancode, stop=stop):
            while not stop.wait(0.3):
                sh("ir-ctl", "-d", str(loopback()), "-S", scancode, check=False)

        thumb = threading.Thread(target=press)
        thumb.start()
        try:
            code = decode(pronto.read(control.learn(15)).burst().timings_us)
        finally:
            stop.set()
            thumb.join()
        found[name] = [code.protocol, code.address, code.command]
    return found


def sentence(act):
    try:
        act()
    except HarnessError as error:
        return f"{type(error).__name__}: {error}"
    return None


def infrared_refusals():
    keys = IrKeyMap(keys={"UP": 1})
    others = [path for path in Path("/dev").glob("lirc*") if path != loopback()]
    os.chown(loopback(), 0, 44)
    loopback().chmod(0o660)
    return {
        "absent": sentence(KernelIr("/dev/lirc77", keys).open),
        "no infrared": sentence(KernelIr("/dev/null", keys).open),
        "receives only": [sentence(KernelIr(str(path), keys).open) for path in others],
        "nothing to learn": sentence(lambda: KernelIr(str(loopback()), keys).learn(0.2)),
        "permission": as_nobody(KernelIr(str(loopback()), keys).open),
    }


def as_nobody(act):
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.setgroups([])
        os.setuid(65534)
        os.write(writing, str(sentence(act)).encode())
        os._exit(0)
    os.waitpid(child, 0)
    return os.read(reading, 1000).decode()


def cec(options=""):
    return open_control(f"cec:/dev/cec0{options}")


def cec_alone():
    """Nobody else is on the cable."""
    control = cec()
    found = {"found": sentence(control.open), "named": sentence(cec("?to=4").open)}
    return found | {"not one": sentence(open_control("cec:/dev/null").open)}


def cec_keys():
    """Press keys on the other end of the cable, which writes down what it hears."""
    sh("cec-ctl", "-d", "/dev/cec1", "--playback")
    path = OUT / "heard.txt"
    with path.open("w") as log:
        words = ["stdbuf", "-oL", "cec-ctl", "-d", "/dev/cec1", "--monitor"]
        with subprocess.Popen(words, stdout=log, stderr=log) as other:
            control = cec()
            control.ask()

            def heard():
                control.press("UP")
                return "USER_CONTROL_PRESSED" in path.read_text()

            until(heard)
            before = len(path.read_text())
            presses = [control.press("SELECT"), control.press("HOME"), control.press("RIGHT", hold_s=1.0)]
            presses.append(control.press("SLEEP"))
            until(lambda: "STANDBY" in path.read_text()[before:])
            other.terminate()
    control.close()
    took = [press.end_ns - press.start_ns for press in presses]
    return {"heard": path.read_text()[before:], "took_ns": took, "nobody at 8": sentence(cec("?to=8").open)}


def cec_power():
    with subprocess.Popen(["cec-follower", "-d", "/dev/cec1"], stdout=subprocess.DEVNULL) as other:
        control = cec("?to=4")
        described = control.version()
        said = until(lambda: status(control))
        control.press("SLEEP")
        asleep = until(lambda: status(control) in ("standby", "going to standby") and status(control))
        other.terminate()
    control.close()
    silent = cec("?to=4")
    unsaid = sentence(silent.power_status)
    silent.close()
    return {"described": described, "said": said, "asleep": asleep, "unsaid": unsaid}


def status(control):
    try:
        return control.power_status()
    except HarnessError:
        return None


def cec_refusals():
    os.chown("/dev/cec0", 0, 44)
    os.chmod("/dev/cec0", 0o660)
    return {
        "absent": sentence(open_control("cec:/dev/cec77").open),
        "permission": as_nobody(cec().open),
        "own": sentence(open_control("cec:/dev/cec1?to=4").open),
    }


def found_here():
    return [
        {"kind": port.kind, "uri": port.uri, "name": port.name, "note": port.note} for port in control_ports()
    ]


def cec_unplugged():
    """The adapter goes away while it is open."""
    control = cec()
    control.press("UP")
    driver = Path("/sys/bus/platform/drivers/vivid")
    (driver / "unbind").write_text("vivid.0")
    lost = sentence(lambda: control.press("UP"))
    gone = sentence(lambda: control.press("UP"))
    (driver / "bind").write_text("vivid.0")
    sh("cec-ctl", "-d", "/dev/cec1", "--playback")
    control.press("UP")
    control.close()
    return {"lost": lost, "gone": gone}


def unload():
    """Leave the card to the jobs that come after."""
    sh("modprobe", "-r", "vivid")


if __name__ == "__main__":
    run_steps(
        "remote",
        [
            *(load, found_here, sent, held, two_presses, written_by_the_kernel, received_by_ir_ctl, learned),
            *(infrared_refusals, cec_alone, cec_keys, cec_power, cec_refusals, cec_unplugged, unload),
        ],
    )

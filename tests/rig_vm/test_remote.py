"""Remote controls on the kernel's own drivers: rc-loopback for infrared, vivid's two ends of a CEC cable."""

import re

import pytest

from harness.control.infrared import decode, decode_all, encode, split_frames
from tests.rig_vm.jobs.remote import CODES, SCANCODES

pytestmark = pytest.mark.rig_vm("remote")

KERNEL_NAMES = {"nec": 9, "necx": 10, "rc5": 2, "rc6": 15, "sirc12": 6, "sirc15": 7, "sirc20": 8}
"""The kernel's numbers of protocols, `enum rc_proto`."""


@pytest.mark.parametrize("name", CODES)
def test_what_we_send_is_what_the_kernel_receives_and_decodes(results, name):
    found, burst = results["sent"][name], encode(CODES[name])
    # The kernel splits a long pause in two and measures the second part.
    assert found["light"][: len(burst.timings_us) - 1] == pytest.approx(burst.timings_us[:-1], abs=100)
    first = found["scancodes"][0]
    assert (first["protocol"], first["scancode"]) == (
        KERNEL_NAMES[name],
        int(SCANCODES[name].partition(":")[2], 16),
    )
    assert found["took_ns"] >= (burst.duration_us - burst.timings_us[-1]) * 1000


@pytest.mark.parametrize("name", CODES)
def test_our_encoder_and_the_kernels_make_the_same_light(results, name):
    theirs = results["written_by_the_kernel"][name]
    ours = encode(CODES[name]).timings_us
    assert decode(theirs) == CODES[name]
    (first, *_) = split_frames(ours)
    assert theirs[: len(first)] == pytest.approx(first, abs=10)


@pytest.mark.parametrize("name", CODES)
def test_a_key_is_learned_from_the_kernel(results, name):
    code = CODES[name]
    assert results["learned"][name] == [code.protocol, code.address, code.command]


def test_ir_ctl_receives_what_we_send(results):
    durations = [abs(int(word)) for word in re.findall(r"[+-]\d+", results["received_by_ir_ctl"])]
    assert decode(durations) == CODES["nec"]


def test_a_long_hold_goes_in_several_writes_parted_between_frames(results):
    codes = decode_all(results["held"]["light"])
    assert len(codes) == 1 + int(1.5e6 // 108_000)
    assert all(code.repeat for code in codes[1:])
    repeats = [found for found in results["held"]["scancodes"] if found["flags"] & 2]
    assert repeats


def test_it_stays_dark_between_two_presses(results):
    (first, _), (second, _) = results["two_presses"]
    assert second - first >= 108_000_000


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("absent", "infrared port /dev/lirc77: there is no such port; plug it in"),
        ("no infrared", "/dev/null: this is not such a port; correct the URI"),
        ("nothing to learn", r"no key was seen in 0\.2 s; hold the remote"),
        ("permission", r"/dev/lirc0: permission denied; join the group `video` \(sudo usermod -aG video"),
    ],
)
def test_an_infrared_device_that_cannot_be_used_is_told(results, what, words):
    assert re.search(words, results["infrared_refusals"][what])


def test_cec_keys_arrive_at_the_other_end_of_the_cable(results):
    heard = results["cec_keys"]["heard"]
    told = re.findall(r"\(0 to 4\): ([A-Z_]+) \(0x\w+\):?(?:\n\s+ui-cmd: ([a-z-]+))?", heard)
    assert told[:4] == [
        ("USER_CONTROL_PRESSED", "select"),
        ("USER_CONTROL_RELEASED", ""),
        ("USER_CONTROL_PRESSED", "device-root-menu"),
        ("USER_CONTROL_RELEASED", ""),
    ]
    assert told[4:6] == [("USER_CONTROL_PRESSED", "right")] * 2
    assert set(told[4:-2]) == {("USER_CONTROL_PRESSED", "right")}
    assert told[-2:] == [("USER_CONTROL_RELEASED", ""), ("STANDBY", "")]
    assert results["cec_keys"]["took_ns"][2] >= 1_000_000_000


def test_cec_tells_the_power_of_the_device(results):
    power = results["cec_power"]
    assert power["said"] == "on"
    assert power["described"].startswith("logical address 4")
    assert power["asleep"] in ("standby", "going to standby")
    assert "does not tell its power status" in power["unsaid"]


@pytest.mark.parametrize(
    ("step", "what", "words"),
    [
        (
            "cec_alone",
            "found",
            "does not answer on CEC; is it plugged in here and on, and is CEC on in its sett",
        ),
        ("cec_alone", "named", "does not answer on CEC"),
        ("cec_alone", "not one", "/dev/null: this is not such a port"),
        ("cec_keys", "nobody at 8", "does not answer on CEC"),
        ("cec_refusals", "absent", "there is no such port; plug it in"),
        ("cec_refusals", "permission", "join the group `video`"),
        ("cec_refusals", "own", "InputError: .*address 4 is the adapter's own; correct `to`"),
        ("cec_unplugged", "lost", "/dev/cec0: it went away; was it unplugged"),
        ("cec_unplugged", "gone", "there is no such port"),
    ],
)
def test_a_cec_adapter_that_cannot_be_used_is_told(results, step, what, words):
    assert re.search(words, results[step][what])


def test_they_are_found_on_the_machine(results):
    found = {port["uri"]: port for port in results["found_here"]}
    assert found["rc:/dev/lirc0"]["kind"] == "infrared"
    assert found["cec:/dev/cec0"]["kind"] == "cec"
    assert "vivid" in found["cec:/dev/cec0"]["name"]

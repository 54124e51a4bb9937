"""What goes to and comes from the kernel's infrared devices, without one; with one: tests/rig_vm."""

import struct

import pytest

from harness.control import cec_device, lirc_device
from harness.control.infrared import Burst, Code, decode, encode, pronto
from harness.control.infrared.learning import tidied
from harness.control.lirc_device import Light, portions
from harness.errors import InputError

SPACE, PULSE, FREQUENCY, TIMEOUT = (kind << 24 for kind in range(4))


def words(*values):
    return struct.pack(f"={len(values)}I", *values)


@pytest.mark.parametrize("hold_s", [0.0, 0.3, 3.0])
@pytest.mark.parametrize("code", [Code("nec", 4, 8), Code("rc5", 5, 53), Code("sirc20", 99, 21)])
def test_a_burst_goes_in_portions_that_the_kernel_takes(code, hold_s):
    burst, joined = encode(code, hold_s), []
    for timings, pause_us in portions(burst.timings_us):
        assert len(timings) % 2 == 1
        assert len(timings) <= lirc_device.MOST_DURATIONS
        assert sum(timings) <= lirc_device.LONGEST_WRITE_US
        joined += [*timings, round(pause_us)]
    assert joined == [round(us) for us in burst.timings_us]


def test_a_frame_that_the_kernel_does_not_take_is_told():
    with pytest.raises(InputError, match="over half a second: the kernel cannot send it"):
        list(portions((300_000.0, 5_000.0, 300_000.0)))


def test_light_is_put_together_from_what_a_receiver_reports():
    light = Light()
    light.add(words(SPACE | 9_000, PULSE | 4_000, PULSE | 5_000, SPACE | 4_500, FREQUENCY | 36_000))
    light.add(words(PULSE | 560, TIMEOUT | 20_000, SPACE | 19_000, PULSE | 9_000) + b"\0\0")
    assert light.burst() == Burst(36_000.0, (9_000.0, 4_500.0, 560.0, 39_000.0, 9_000.0))


def test_a_known_code_is_learned_clean_and_holds():
    blurred = tuple(
        us * 1.15 if place % 2 else us * 0.9
        for place, us in enumerate(encode(Code("rc5", 5, 53, 1)).timings_us)
    )
    learned = tidied(Burst(0.0, blurred))
    assert learned.carrier_hz == 36_000
    assert learned.burst().timings_us == encode(Code("rc5", 5, 53, 1)).timings_us
    assert decode(pronto.read(pronto.write(learned)).burst(1.0).timings_us) == Code("rc5", 5, 53, 1)


def test_an_unknown_code_is_learned_as_it_was_seen():
    frame = (3_000.0, 1_000.0) + (400.0, 800.0, 400.0, 300.0) * 3 + (400.0,)
    learned = tidied(Burst(40_000.0, (*frame, 30_000.0, *frame, 30_000.0, *frame)))
    assert learned.carrier_hz == 40_000
    assert learned.once_us == learned.repeat_us == (*frame, 30_000.0)
    once = tidied(Burst(0.0, frame))
    assert (once.carrier_hz, once.once_us, once.repeat_us) == (38_000, (*frame, 40_000.0), ())


@pytest.mark.parametrize("timings", [(), (500.0,), (500.0, 500.0, 500.0)])
def test_a_flash_of_a_lamp_is_no_code(timings):
    with pytest.raises(InputError, match="that was no remote control: hold it nearer"):
        tidied(Burst(0.0, timings))


def test_the_kernels_structures_have_its_sizes():
    """As `sizeof` and the ioctl numbers of `linux/cec.h` and `linux/lirc.h` say (gcc, x86-64)."""
    assert (cec_device.CAPABILITIES.size, cec_device.ADDRESSES.size, cec_device.MESSAGE.size) == (76, 92, 56)
    assert cec_device.GET_CAPABILITIES == 0xC04C6100
    assert cec_device.SET_PLACE == 0x40026102
    assert cec_device.SET_ADDRESSES == 0xC05C6104
    assert cec_device.TRANSMIT == 0xC0386105
    assert lirc_device.GET_FEATURES == 0x80046900
    assert lirc_device.SET_CARRIER == 0x40046913

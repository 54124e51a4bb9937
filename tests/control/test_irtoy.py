"""The IR Toy's bytes: known answers from its manual, and a round trip within a tick."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.control.infrared import irtoy
from harness.errors import InputError


def test_ticks_are_as_the_manual_counts_them():
    assert irtoy.from_bytes(bytes.fromhex("002b 0028 002a ffff")) == pytest.approx(
        [917.33, 853.33, 896.0], abs=0.01
    )
    assert irtoy.to_bytes([917.3319, 853.332]) == bytes.fromhex("002b 0028 ffff")


@given(st.lists(st.floats(25, 1_390_000), max_size=200))
def test_rounding_does_not_add_up(timings):
    back = irtoy.from_bytes(irtoy.to_bytes(timings))
    assert len(back) == len(timings)
    assert sum(back) == pytest.approx(sum(timings), abs=irtoy.TICK_US)


def test_too_long_a_pulse_is_refused():
    with pytest.raises(InputError, match=r"longer than the IR Toy's 1\.398 s"):
        irtoy.to_bytes([1_400_000])


@pytest.mark.parametrize("carrier_hz", [36_000, 38_000, 40_000])
def test_carriers_are_made_within_a_hundredth(carrier_hz):
    command, divider, padding = irtoy.carrier_command(carrier_hz)
    assert (command, padding) == (6, 0)
    assert irtoy.carrier_of(divider) == pytest.approx(carrier_hz, rel=0.015)


@pytest.mark.parametrize("carrier_hz", [0, 1000, 3e6])
def test_a_carrier_out_of_reach_is_refused(carrier_hz):
    with pytest.raises(InputError, match="carrier"):
        irtoy.carrier_command(carrier_hz)

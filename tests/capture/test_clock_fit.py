"""The clock of a card that drifts is found under arrivals that are late by up to 30 ms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.capture.clock_fit import SLEW, ClockFit, SteadyClock

START_NS = 7_000_000_000_000
BLOCK_NS = 10_000_000
LEAD_IN = 50


def arrivals(seconds, ppm, jitter_ms, seed=0, kind="even"):
    """Yield (counted_ns, true_ns, arrived_ns) of blocks of 10 ms of a card that runs fast by `ppm`."""
    rng = np.random.default_rng(seed)
    count = round(seconds * 1e9 / BLOCK_NS)
    counted = np.arange(1, count + 1) * BLOCK_NS
    true = START_NS + counted / (1 + ppm * 1e-6)
    late = {
        "even": lambda: rng.uniform(0, jitter_ms, count),
        "rare": lambda: np.minimum(rng.exponential(jitter_ms / 5, count), jitter_ms),
        "bunched": lambda: jitter_ms * (1 - (np.arange(count) % 7) / 6),
    }[kind]()
    arrived = true + late * 1e6
    return [(int(c), float(t), int(a)) for c, t, a in zip(counted, true, arrived, strict=True)]


def followed(blocks):
    """Return the errors of the stamps in ms, and the clock."""
    clock, errors = SteadyClock(), []
    for number, (counted_ns, true_ns, arrived_ns) in enumerate(blocks):
        clock.hear(counted_ns, arrived_ns)
        if number == LEAD_IN:
            clock.start()
        if number >= LEAD_IN:
            errors.append((clock.time_ns(counted_ns) - true_ns) / 1e6)
    return np.array(errors), clock


@settings(max_examples=15, deadline=None)
@given(
    st.floats(-200, 200),
    st.floats(0, 30),
    st.integers(0, 1000),
    st.sampled_from(["even", "rare", "bunched"]),
)
def test_after_a_minute_the_drift_is_known_and_all_along_the_time_is_right(ppm, jitter_ms, seed, kind):
    errors, clock = followed(arrivals(60, ppm, jitter_ms, seed, kind))
    assert clock.drift_ppm == pytest.approx(ppm, abs=5)
    assert np.quantile(np.abs(errors), 0.95) < 2
    assert np.abs(errors).max() < 4


def test_a_hundred_ppm_for_ten_minutes_stays_within_a_millisecond_once_it_is_known():
    errors, clock = followed(arrivals(600, 100, 30))
    assert clock.drift_ppm == pytest.approx(100, abs=1)
    assert np.abs(errors[6000:]).max() < 1


def test_stamps_never_leap_so_that_nothing_downstream_takes_them_for_a_loss():
    blocks = arrivals(60, 100, 30)
    clock, stamps = SteadyClock(), []
    for number, (counted_ns, _, arrived_ns) in enumerate(blocks):
        clock.hear(counted_ns, arrived_ns)
        if number == LEAD_IN:
            clock.start()
        if number >= LEAD_IN:
            stamps.append(clock.time_ns(counted_ns))
    steps = np.diff(np.array(stamps, np.int64)) / BLOCK_NS
    assert np.abs(steps - 1).max() < SLEW + 1e-3


def test_the_drift_is_not_told_before_it_can_be_known():
    clock = SteadyClock()
    assert clock.drift_ppm is None
    for counted_ns, _, arrived_ns in arrivals(29, 100, 30):
        clock.hear(counted_ns, arrived_ns)
    assert clock.drift_ppm is None


def test_a_late_block_is_late_by_what_it_is_and_moves_nothing():
    clock = SteadyClock()
    blocks = arrivals(20, 0, 5)
    for counted_ns, _, arrived_ns in blocks:
        clock.hear(counted_ns, arrived_ns)
    counted_ns, arrived_ns = blocks[-1][0] + BLOCK_NS, blocks[-1][0] + BLOCK_NS + START_NS + 300_000_000
    before_ns = clock.time_ns(counted_ns)
    assert clock.late_ns(counted_ns, arrived_ns) == pytest.approx(300e6, abs=1e6)
    clock.hear(counted_ns, arrived_ns)
    assert clock.time_ns(counted_ns) == pytest.approx(before_ns, abs=100_000)


def test_a_temperature_that_moves_the_crystal_is_followed():
    clock, true_ns, ppm = SteadyClock(), float(START_NS), 0.0
    for number in range(1, 36_000):
        ppm = 50 if number > 12_000 else 0
        true_ns += BLOCK_NS / (1 + ppm * 1e-6)
        clock.hear(number * BLOCK_NS, round(true_ns))
        clock.start()
    assert clock.drift_ppm == pytest.approx(50, abs=1)
    assert clock.time_ns(35_999 * BLOCK_NS) == pytest.approx(true_ns, abs=500_000)


def test_a_line_steeper_than_any_crystal_is_not_believed():
    fit = ClockFit()
    for second in range(60):
        fit.add(second * 1_000_000_000, START_NS + second * 1_100_000_000)
    assert fit.line is not None and fit.line.slope == pytest.approx(2e-3)

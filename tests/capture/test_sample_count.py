"""Samples are counted; what a card lost is a gap of the right length, what came late is nothing."""

import itertools

import numpy as np
import pytest

from harness.capture.sample_count import (
    DOUBT,
    HOLD_NS,
    LEAD_IN_NS,
    LOST,
    OVERFLOW,
    QUEUE_FULL,
    Chunk,
    SampleCount,
)
from harness.media import AudioBlock, Gap, RigEvent

RATE_HZ = 48_000
BLOCK = 480
START_NS = 5_000_000_000_000
SOUND = np.random.default_rng(1).integers(-32768, 32767, (RATE_HZ * 4, 2), np.int16)


class Card:
    """A card that runs fast by `ppm`, whose arrivals are late by up to `jitter_ms`."""

    def __init__(self, ppm=0.0, jitter_ms=3.0, seed=0):
        self.rate = RATE_HZ * (1 + ppm * 1e-6)
        self.rng = np.random.default_rng(seed)
        self.jitter_ns = jitter_ms * 1e6
        self.given = 0
        self.lost = 0
        self.last_ns = 0

    def true_ns(self, sample):
        return START_NS + sample / self.rate * 1e9

    def chunk(self, late_ns=0, overflowed=False):
        place = self.given + self.lost
        codes = SOUND[(np.arange(place, place + BLOCK)) % len(SOUND)]
        arrived_ns = self.true_ns(place + BLOCK) + self.rng.uniform(0, self.jitter_ns) + late_ns
        self.last_ns = max(self.last_ns, round(arrived_ns))
        self.given += BLOCK
        return Chunk(self.given - BLOCK, codes, self.last_ns, overflowed)

    def chunks(self, seconds):
        return [self.chunk() for _ in range(round(seconds * RATE_HZ / BLOCK))]


def taken(count, chunks):
    return [item for chunk in chunks for item in count.take(chunk)]


def blocks_of(items):
    return [item for item in items if isinstance(item, AudioBlock)]


def losses_of(items, clock=False):
    events = [item for item in items if isinstance(item, Gap | RigEvent)]
    return [item for item in events if clock or getattr(item, "kind", "") != "clock"]


def started(card):
    count = SampleCount(RATE_HZ)
    lead_in = taken(count, card.chunks(LEAD_IN_NS / 1e9))
    assert lead_in == [] and count.steady
    return count


def test_what_comes_after_the_lead_in_is_delivered_bit_exact_and_counted_from_0():
    card = Card()
    count = started(card)
    items = taken(count, card.chunks(1)) + count.end()
    heard = np.concatenate([block.samples for block in blocks_of(items)])
    assert np.array_equal(heard * 32768, SOUND[RATE_HZ : 2 * RATE_HZ])
    assert heard.dtype == np.float32
    assert [block.first_sample for block in blocks_of(items)] == list(range(0, RATE_HZ, BLOCK))


def test_times_are_when_the_first_sample_was_heard_whatever_the_arrivals():
    card = Card(ppm=100, jitter_ms=30)
    count = started(card)
    items = taken(count, card.chunks(60)) + count.end()
    errors_ms = [
        (block.t_ns - card.true_ns(block.first_sample + RATE_HZ)) / 1e6 for block in blocks_of(items)
    ]
    assert np.quantile(np.abs(errors_ms), 0.95) < 2
    assert losses_of(items) == []


def test_the_latency_that_is_known_is_subtracted():
    plain, early = started(Card()), SampleCount(RATE_HZ, latency_ns=40_000_000)
    card, other = Card(), Card()
    [card.chunk() for _ in range(100)]
    taken(early, other.chunks(1))
    first = blocks_of(taken(plain, card.chunks(0.5)))[0]
    assert first.t_ns - blocks_of(taken(early, other.chunks(0.5)))[0].t_ns == 40_000_000


@pytest.mark.parametrize("lost_ms", [60, 130, 900])
def test_lost_samples_are_a_gap_of_their_length_and_the_count_goes_on(lost_ms):
    card = Card()
    count = started(card)
    items = taken(count, card.chunks(3))
    card.lost = lost_ms * RATE_HZ // 1000
    items += taken(count, [card.chunk(overflowed=True), *card.chunks(3)]) + count.end()
    event, gap = losses_of(items)
    assert event.kind == "overflow" and OVERFLOW in event.detail
    assert gap.medium == "audio" and gap.reason == OVERFLOW
    # The chunk that the driver marks holds sound of both sides of the hole: it is left out.
    assert (gap.end_ns - gap.start_ns) / 1e6 == pytest.approx(lost_ms + 10, abs=1)
    assert gap.start_ns == pytest.approx(card.true_ns(4 * RATE_HZ), abs=3e6)
    blocks = blocks_of(items)
    (jump,) = [b.first_sample - a.first_sample - BLOCK for a, b in jumps_of(blocks)]
    assert jump == pytest.approx(card.lost + BLOCK, abs=48)
    (after,) = [b for _, b in jumps_of(blocks)]
    assert after.t_ns == pytest.approx(gap.end_ns, abs=10_000)
    last = blocks[-1]
    assert last.t_ns == pytest.approx(card.true_ns(last.first_sample + RATE_HZ), abs=3_000_000)


def jumps_of(blocks):
    return [
        (a, b) for a, b in itertools.pairwise(blocks) if b.first_sample != a.first_sample + len(a.samples)
    ]


def test_sound_that_a_card_lost_without_a_word_is_doubtful_at_once_and_counted_as_lost_in_the_end():
    card = Card()
    count = started(card)
    items = taken(count, card.chunks(3))
    card.lost = 100 * RATE_HZ // 1000
    items += taken(count, card.chunks(40)) + count.end()
    doubtful, event, gap = losses_of(items)
    assert doubtful.reason == DOUBT
    assert doubtful.start_ns == pytest.approx(card.true_ns(4 * RATE_HZ), abs=100e6)
    assert (event.kind, gap.reason) == ("overflow", LOST)
    assert (gap.end_ns - gap.start_ns) / 1e6 == pytest.approx(100, abs=3)
    last = blocks_of(items)[-1]
    assert last.first_sample == pytest.approx(43 * RATE_HZ - BLOCK + card.lost, abs=150)
    assert last.t_ns == pytest.approx(card.true_ns(last.first_sample + RATE_HZ), abs=4_000_000)


def test_losses_in_a_row_are_one_gap_without_what_came_between_them():
    card = Card()
    count = started(card)
    items = taken(count, card.chunks(3))
    for lost_ms in (200, 300, 250):
        card.lost += lost_ms * RATE_HZ // 1000
        items += taken(count, [card.chunk(overflowed=True) for _ in range(10)] + card.chunks(0.2))
    items += taken(count, card.chunks(3)) + count.end()
    _, gap = losses_of(items)
    between_ms = 2 * 300
    assert (gap.end_ns - gap.start_ns) / 1e6 == pytest.approx(750 + between_ms + 10, abs=2)
    last = blocks_of(items)[-1]
    assert last.t_ns == pytest.approx(card.true_ns(last.first_sample + RATE_HZ), abs=3_000_000)


def test_a_card_that_never_stops_losing_sound_is_kept_back_for_some_seconds_at_most():
    card = Card()
    count = started(card)
    items = []
    for _ in range(40):
        card.lost += 4_800
        items += taken(count, [card.chunk(overflowed=True), *card.chunks(0.5)])
    gaps = [item for item in losses_of(items) if isinstance(item, Gap)]
    assert len(gaps) >= 40 * 0.51e9 // HOLD_NS - 1


def test_a_block_that_the_driver_marks_is_preceded_by_a_gap_even_if_nothing_shows():
    card = Card(jitter_ms=0)
    count = started(card)
    items = taken(count, [*card.chunks(1), card.chunk(overflowed=True), *card.chunks(1)]) + count.end()
    assert [type(loss) for loss in losses_of(items)] == [RigEvent, Gap]


@pytest.mark.parametrize("direct", [True, False])
def test_sound_that_comes_late_for_some_seconds_lost_nothing_but_that_is_not_certain(direct):
    card, count = Card(), SampleCount(RATE_HZ, direct=direct)
    items = taken(count, card.chunks(4))
    items += taken(count, [card.chunk(late_ns=52_000_000) for _ in range(400)])
    card.last_ns = 0
    items += taken(count, card.chunks(4)) + count.end()
    event, gap = losses_of(items, clock=True)
    assert (event.kind, gap.reason) == ("clock", DOUBT) and "(5" in event.detail
    assert (gap.end_ns - gap.start_ns) / 1e6 == pytest.approx(52, abs=3)
    check_nothing_lost(card, blocks_of(items))


def test_a_sound_server_may_keep_its_longer_buffer():
    card, count = Card(), SampleCount(RATE_HZ, direct=False)
    items = taken(count, card.chunks(4))
    items += taken(count, [card.chunk(late_ns=52_000_000) for _ in range(4000)]) + count.end()
    assert len(losses_of(items)) == 1
    check_nothing_lost(card, blocks_of(items))


def check_nothing_lost(card, blocks):
    assert [block.first_sample for block in blocks] == list(range(0, len(blocks) * BLOCK, BLOCK))
    errors_ms = [(block.t_ns - card.true_ns(block.first_sample + RATE_HZ)) / 1e6 for block in blocks]
    assert max(map(abs, errors_ms)) < 4


def test_a_computer_that_was_busy_for_a_while_lost_nothing():
    card = Card()
    count = started(card)
    items = taken(count, card.chunks(2))
    late_ns = 400_000_000
    busy = [card.chunk(late_ns=max(0, late_ns - number * 10_000_000)) for number in range(50)]
    items += taken(count, [*busy, *card.chunks(2)]) + count.end()
    assert losses_of(items) == []
    assert [block.first_sample for block in blocks_of(items)] == list(
        range(0, len(blocks_of(items)) * BLOCK, BLOCK)
    )


def test_what_the_own_queue_dropped_is_a_gap_of_exactly_that():
    card = Card()
    count = started(card)
    items = taken(count, card.chunks(1))
    dropped = card.chunks(0.25)
    items += taken(count, card.chunks(1)) + count.end()
    event, gap = losses_of(items)
    assert gap.reason == QUEUE_FULL and QUEUE_FULL in event.detail
    assert (gap.end_ns - gap.start_ns) / 1e9 == pytest.approx(0.25, abs=1e-4)
    assert blocks_of(items)[100].first_sample == (100 + len(dropped)) * BLOCK


def test_a_damaged_beginning_is_not_taken_for_a_loss():
    card = Card()
    count = SampleCount(RATE_HZ)
    begun = card.chunks(0.2)
    card.lost = 960
    items = taken(count, [*begun, card.chunk(overflowed=True), *card.chunks(4)]) + count.end()
    assert losses_of(items) == []


def test_the_drift_is_told_once_and_again_when_it_changes():
    card = Card(ppm=100)
    count = started(card)
    items = taken(count, card.chunks(80))
    told = [item for item in items if isinstance(item, RigEvent)]
    assert [event.kind for event in told] == ["clock"]
    assert told[0].detail in {
        f"the sound card runs {ppm} ppm fast against the computer's clock; times are corrected"
        for ppm in range(97, 104)
    }
    assert count.clock.drift_ppm == pytest.approx(100, abs=5)

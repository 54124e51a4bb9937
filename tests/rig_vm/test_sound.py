"""A sound card on a real driver: recorded without loss, and every trouble is one line."""

import pytest

MISCOUNT_MS = 250
"""How far the length of a gap may be estimated wrong here: the guest hears of sound as seldom as that."""

pytestmark = pytest.mark.rig_vm("sound")


def test_sound_is_recorded_sample_for_sample_and_what_a_slow_guest_lost_is_told(results):
    heard = results["tone_and_noise"]
    assert heard["format"] == [48_000, 2]
    assert heard["strange"] == 0, heard
    runs = heard["places"]
    assert runs
    # Every hole in what was played has its gap, and the count goes on over it.
    assert len(runs) - 1 <= len(heard["gaps"])
    if not any(event.startswith("overflow") for event in heard["events"]):
        assert sum(samples for samples, _, _ in runs) > heard["of"] - 960
    counts_ms = [count / 48 for _, _, count in runs]
    assert max(counts_ms) - min(counts_ms) < MISCOUNT_MS


def test_the_card_is_found(results):
    ports = {port["uri"]: port for port in results["load"]}
    assert any("Loopback" in uri for uri in ports)


def test_a_card_that_offers_one_rate_is_captured_at_it_and_told_if_another_is_asked_for(results):
    found = results["other_rate"]
    assert found["rate"] == 44_100
    assert "does not offer 48000 Hz, but 44100; write rate=" in found["asked"]


def test_each_trouble_is_told_in_one_line(results):
    said = results["refusals"]
    assert "is held by another program; end it" in said["busy"]
    assert "no sound input 'Lopback' here (did you mean 'Loopback: PCM'?)" in said["absent"]
    assert (
        "several sound inputs are called so: 'Loopback: PCM (hw:0,0)', 'Loopback: PCM (hw:0,1)'"
        in (said["several"])
    )


def test_a_capture_card_and_a_sound_card_are_one_capture(results):
    found = results["joined"]
    assert found["format"] == [1280, 48_000]
    assert found["frames"] >= 40 and found["blocks"] > 20
    # A guest that stands still for a second lets sound come late; neither of the two ever runs backwards.
    assert found["disordered"] == []


def test_a_card_that_is_unplugged_is_told(results):
    found = results["unplugged"]
    assert found["first"] == "AudioBlock" and found["events"][-1] == "unplugged"
    assert found["error"].endswith("the sound card has gone; plug it in, and look at its cable")
    assert "there is none at all: plug the card in" in found["after"]

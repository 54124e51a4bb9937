"""A sound card on a real driver: recorded without loss, and every trouble is one line."""

import pytest

pytestmark = pytest.mark.rig_vm("sound")


def test_sound_is_recorded_sample_for_sample(results):
    heard = results["tone_and_noise"]
    assert heard["format"] == [48_000, 2]
    assert heard["equal"] == heard["of"] == 192_000
    assert heard["losses"] == []
    in_order, off_ms = heard["counted"]
    assert in_order and off_ms < 20


def test_the_card_is_found(results):
    ports = {port["uri"]: port for port in results["load"]}
    assert any("Loopback" in uri for uri in ports)


def test_each_trouble_is_told_in_one_line(results):
    print(results["refusals"])


def test_a_card_that_is_unplugged_is_told(results):
    print(results["unplugged"])

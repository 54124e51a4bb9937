"""Infrared codes: known answers from the standards, and what is encoded is decoded, also distorted."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.control.infrared import PROTOCOLS, Code, decode, decode_all, encode, split_frames
from harness.errors import InputError


@st.composite
def codes(draw):
    name = draw(st.sampled_from(sorted(PROTOCOLS)))
    protocol = PROTOCOLS[name]
    code = Code(
        name,
        draw(st.integers(0, protocol.addresses - 1)),
        draw(st.integers(0, protocol.commands - 1)),
        draw(st.integers(0, 1)) if protocol.toggles else 0,
    )
    if name == "necx" and (code.address & 0xFF) ^ (code.address >> 8) == 0xFF:
        return replace(code, address=code.address ^ 0x100)
    return code


def bits_of(frame_us, space_is_bit=True):
    body = frame_us[3::2] if space_is_bit else frame_us[2::2]
    return [int(us > 900) for us in body]


def test_nec_address_4_command_8_is_as_the_data_sheet_draws_it():
    timings = encode(Code("nec", 4, 8)).timings_us
    assert timings[:2] == (9000, 4500)
    assert set(timings[2:67]) == {562.5, 1687.5}
    expected = "00100000110111110001000011101111"
    assert bits_of(timings[:67]) == [int(bit) for bit in expected]
    assert sum(timings) == pytest.approx(108_000)


def test_extended_nec_has_no_complement_of_the_address():
    timings = encode(Code("necx", 0x7F02, 8)).timings_us
    assert bits_of(timings[:67])[:16] == [int(bit) for bit in "0100000011111110"]


def test_a_held_nec_button_sends_the_short_frame_every_108_ms():
    timings = encode(Code("nec", 4, 8), hold_s=0.22).timings_us
    first, *held = split_frames(timings)
    assert len(first) == 67
    assert held == [(9000, 2250, 562.5)] * 2
    assert sum(timings) == pytest.approx(3 * 108_000)


def test_rc5_system_5_command_53_is_as_philips_draws_it():
    # S1 S2 T 00101 110101, a 1 is space-mark: the first space is not seen.
    levels = "".join({"1": "01", "0": "10"}[bit] for bit in "11000101110101")[1:]
    runs, last = [], None
    for level in levels:
        runs = [*runs[:-1], runs[-1] + 1] if level == last else [*runs, 1]
        last = level
    timings = encode(Code("rc5", 5, 53)).timings_us
    assert [round(us / 889) for us in timings[:-1]] == runs
    assert sum(timings) == pytest.approx(113_778, rel=1e-3)


def test_rc5_commands_from_64_clear_the_second_start_bit():
    low, high = (encode(Code("rc5", 5, command)).timings_us for command in (1, 65))
    assert [round(us / 889) for us in low[:3]] == [1, 1, 2]
    assert [round(us / 889) for us in high[:3]] == [2, 1, 1]


@pytest.mark.parametrize(
    ("toggle", "runs"),
    [(0, [6, 2, 1, 2, 1, 1, 1, 1, 1, 2, 2, 1]), (1, [6, 2, 1, 2, 1, 1, 1, 1, 3, 3, 1, 1])],
)
def test_rc6_mode_0_begins_as_philips_draws_it(toggle, runs):
    # Header, start bit 1, mode 000, toggle of double width, then zeros.
    timings = encode(Code("rc6", 0, 0, toggle)).timings_us
    assert [round(us / 444.44) for us in timings[:12]] == runs


def test_sirc_12_tv_power_is_as_sony_draws_it():
    # Command 21, device 1: 1010100 10000, sent three times, 45 ms apart.
    frames = split_frames(encode(Code("sirc12", 1, 21)).timings_us)
    assert len(frames) == 3
    assert frames[0][:2] == (2400, 600)
    assert bits_of(frames[0], space_is_bit=False) == [int(bit) for bit in "101010010000"]
    assert encode(Code("sirc12", 1, 21)).duration_us == pytest.approx(3 * 45_000)


def test_carriers_are_those_of_the_standards():
    carriers = {name: encode(Code(name, 1, 1)).carrier_hz for name in PROTOCOLS}
    assert carriers["nec"] == carriers["necx"] == 38_000
    assert carriers["rc5"] == carriers["rc6"] == 36_000
    assert carriers["sirc12"] == carriers["sirc15"] == carriers["sirc20"] == 40_000


@given(codes())
def test_what_is_encoded_is_decoded(code):
    assert decode(encode(code).timings_us) == code


@given(codes(), st.data())
def test_every_duration_may_be_a_fifth_off(code, data):
    timings = encode(code).timings_us
    factors = data.draw(st.lists(st.floats(0.8, 1.2), min_size=len(timings), max_size=len(timings)))
    assert decode([us * factor for us, factor in zip(timings, factors, strict=True)]) == code


@given(codes(), st.sampled_from([0.76, 1.24]))
def test_a_clock_may_be_a_quarter_off(code, factor):
    assert decode([us * factor for us in encode(code).timings_us]) == code


@given(codes())
def test_a_receiver_may_lengthen_each_mark_by_100_us(code):
    timings = encode(code).timings_us
    assert decode([us + (-100 if place % 2 else 100) for place, us in enumerate(timings)]) == code


@given(codes(), st.floats(0.15, 2))
def test_a_held_button_is_one_press_and_repeats(code, hold_s):
    first, *held = decode_all(encode(code, hold_s).timings_us)
    assert first == code
    assert len(held) >= 1
    assert set(held) == {replace(code, repeat=True)}


@given(st.lists(st.floats(1, 1e6), max_size=80))
def test_noise_never_raises(timings):
    decode_all(timings)


@pytest.mark.parametrize("protocol", sorted(PROTOCOLS))
def test_a_code_cut_short_is_no_code(protocol):
    frame = split_frames(encode(Code(protocol, 1, 1)).timings_us)[0]
    assert decode(frame) is not None
    assert decode(frame[:-2]) is None
    assert decode(frame[2:]) is None


def test_a_nec_frame_with_a_wrong_complement_is_no_code():
    timings = list(encode(Code("nec", 4, 8)).timings_us)
    timings[65] = 1687.5 if timings[65] < 900 else 562.5
    assert decode(timings) is None


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (Code("rc55", 4, 8), "did you mean 'rc5'"),
        (Code("nec", 256, 8), "address 256 is not in 0..255"),
        (Code("rc5", 4, 128), "command 128 is not in 0..127"),
        (Code("nec", 4, 8, toggle=1), "toggle 1 is not 0"),
        (Code("necx", 0xFB04, 8), "write it as nec"),
    ],
)
def test_a_code_out_of_range_is_refused_in_words(code, words):
    with pytest.raises(InputError, match=words.replace(".", r"\.")):
        encode(code)

"""What the board says of a fault is what the capture card saw: the same frames, the same samples."""

import zlib
from fractions import Fraction

import numpy as np
import pytest

from harness.analysis import markers
from harness.capture.hdmi_link import HdmiOutput
from harness.capture.virtual import VirtualCard
from harness.impair.base import FaultSpec
from harness.media import AudioBlock, Frame
from harness.simulator.device import VirtualStb
from harness.simulator.loop import TickLoop
from harness.simulator.screen.screen import Preferences
from tests.simulator.wire import FakeClock

RATE = 48_000
START_UP_S = Fraction(1, 5)


class Seen:
    """One captured frame: when it came, the number on it, and what tells it from others."""

    def __init__(self, frame):
        self.t_ns = frame.t_ns
        marker = markers.read(frame.y)
        self.number = marker.number if marker else None
        self.digest = zlib.crc32(frame.y)
        self.brightest_of_row = int(frame.y[markers.ROW.of(frame.y)].max())


class Captured:
    """Three seconds of a title as the card delivers them, and what the device says was wrong with them."""

    def __init__(self, library, path, fault="", title="sync_pattern", mode="720p50", clock_ppm=0.0):
        clock = FakeClock()
        device = VirtualStb(library, mode, Preferences(start_up_s=float(START_UP_S)), clock=clock)
        output, card = HdmiOutput(path), VirtualCard(path)
        loop = TickLoop(device, output, clock_ppm, clock)
        if fault:
            device.plant(FaultSpec.parse(fault))
        device.start_app(None, f"harness://title/{title}", {})
        loop.step()  # the signal comes
        card.open()
        fps = int(mode.partition("p")[2])
        self.frames, self.blocks = [], []
        for tick in range(1, int((START_UP_S + 3) * fps)):
            loop.step()
            frame, block = card.read(5.0), card.read(5.0)
            assert isinstance(frame, Frame) and isinstance(block, AudioBlock)
            if tick >= START_UP_S * fps:
                self.frames.append(Seen(frame))
                self.blocks.append(block)
        device.key("BACK", clock.now)
        loop.step()
        self.planted = device.planted()
        self.log = device.log()
        card.close(), output.close(), device.close()

    @property
    def numbers(self):
        return [frame.number for frame in self.frames]

    @property
    def digests(self):
        return [frame.digest for frame in self.frames]

    @property
    def sound(self):
        return np.concatenate([block.samples for block in self.blocks])

    def frame_times(self, keep):
        return [frame.t_ns for frame, kept in zip(self.frames, keep, strict=True) if kept]

    def samples_in(self, intervals_ns):
        """Return which samples lie in intervals of wire time."""
        first_ns = self.blocks[0].t_ns
        inside = np.zeros(len(self.sound), bool)
        for start_ns, end_ns in intervals_ns:
            start, end = (round((edge - first_ns) * RATE / 1e9) for edge in (start_ns, end_ns))
            inside[start:end] = True
        return inside


@pytest.fixture(scope="module")
def captured(library, tmp_path_factory):
    taken = {}

    def capture(fault="", **more):
        key = (fault, *more.items())
        if key not in taken:
            path = tmp_path_factory.mktemp("link") / "hdmi.sock"
            taken[key] = Captured(library, path, fault, **more)
        return taken[key]

    return capture


def _inside(t_ns, intervals_ns):
    return any(start_ns <= t_ns < end_ns for start_ns, end_ns in intervals_ns)


@pytest.mark.fuller
@pytest.mark.parametrize(("mode", "clock_ppm"), [("720p25", 0.0), ("720p60", -800.0)])
@pytest.mark.parametrize(
    "fault",
    [
        "freeze_frame:start_s=1.2,duration_s=0.5",
        "black_frames:start_s=0.5,duration_s=0.31",
        "stutter:start_s=0.7,duration_s=1.5,seed=2",
    ],
)
def test_the_frames_that_differ_are_those_that_were_planted(captured, fault, mode, clock_ppm):
    clean = captured(mode=mode, clock_ppm=clock_ppm)
    faulty = captured(fault, mode=mode, clock_ppm=clock_ppm)
    (record,) = faulty.planted
    assert clean.numbers == list(range(len(clean.frames)))
    differ = [one != other for one, other in zip(clean.digests, faulty.digests, strict=True)]
    times = [frame.t_ns for frame in faulty.frames if _inside(frame.t_ns, record["intervals_ns"])]
    assert faulty.frame_times(differ) == times != []
    assert record["start_ns"] == times[0] and record["start_ns"] == record["intervals_ns"][0][0]
    assert np.array_equal(clean.sound, faulty.sound)


@pytest.mark.fuller
@pytest.mark.parametrize(
    "fault",
    ["silence:start_s=0.5123,duration_s=0.7", "audio_dropout:start_s=0.3,duration_s=2,level=hard,seed=3"],
)
def test_the_samples_that_are_missing_are_those_that_were_planted(captured, fault):
    clean, faulty = captured(title="news"), captured(fault, title="news")
    (record,) = faulty.planted
    inside = faulty.samples_in(record["intervals_ns"])
    assert inside.any() and not faulty.sound[inside].any()
    assert np.array_equal(clean.sound[~inside], faulty.sound[~inside])
    assert np.abs(clean.sound[inside]).mean() > 0.01
    assert clean.digests == faulty.digests


@pytest.mark.fuller
@pytest.mark.parametrize("offset_ms", [160, -240])
def test_from_the_start_of_a_sync_fault_the_sound_is_off_by_so_much(captured, offset_ms):
    clean, faulty = captured(), captured(f"av_sync:start_s=1.3,offset_ms={offset_ms}")
    (record,) = faulty.planted
    first = faulty.samples_in([(record["start_ns"], record["end_ns"])]).argmax()
    assert np.array_equal(clean.sound[:first], faulty.sound[:first])
    faded, shift = first + RATE // 200, offset_ms * 48
    last = len(clean.sound) - max(0, shift)
    assert np.array_equal(clean.sound[faded + shift : last + shift], faulty.sound[faded:last])
    assert faulty.numbers == clean.numbers


def test_a_stall_is_dim_and_spins_for_as_long_as_it_says_and_loses_nothing(captured):
    faulty = captured("stalling:start_s=1.2,duration_s=0.5")
    (record,) = faulty.planted
    stalled = [_inside(frame.t_ns, [(record["start_ns"], record["end_ns"])]) for frame in faulty.frames]
    assert stalled.count(True) == 25
    going = [number for number, held in zip(faulty.numbers, stalled, strict=True) if not held]
    assert going == list(range(125))
    held = [frame for frame, inside in zip(faulty.frames, stalled, strict=True) if inside]
    assert all(frame.brightest_of_row < 120 for frame in held)


def test_a_crash_shows_home_from_the_frame_that_it_says(captured):
    faulty = captured("error_screen:start_s=1.5")
    (record,) = faulty.planted
    crashed = faulty.frame_times([number is None for number in faulty.numbers])
    assert (crashed[0], len(crashed)) == (record["start_ns"], 75)
    assert set(faulty.digests[75:]) == {faulty.digests[-1]}


def test_adb_goes_away_with_the_frame_that_it_says_and_the_title_plays_on(captured):
    faulty = captured("adb_lost:start_s=1,duration_s=1")
    (record,) = faulty.planted
    assert record["start_ns"] == faulty.frames[50].t_ns
    assert faulty.numbers == list(range(150))
    assert any("adbd: connection lost" in line for line in faulty.log)

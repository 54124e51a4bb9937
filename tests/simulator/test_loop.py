"""The tick loop puts every frame on the wire at its moment, whatever the host does; signals go and come."""

import itertools
import threading
from fractions import Fraction

import pytest

from harness.clock import seconds_to_ns
from harness.simulator.device import VirtualStb
from harness.simulator.loop import TickLoop
from harness.simulator.modes import MODES
from tests.simulator.wire import START_NS, FakeClock, Wire

TICK_NS = 20_000_000
HOME, PLAYER = "org.captureharness.home/.Home", "org.captureharness.player/.Player"


class Box:
    """A device, its loop, its wire and its clock."""

    def __init__(self, library, mode="720p50", clock_ppm=0.0):
        self.clock = FakeClock()
        self.device = VirtualStb(library, mode, clock=self.clock)
        self.wire = Wire()
        self.loop = TickLoop(self.device, self.wire, clock_ppm, self.clock)

    def steps(self, count):
        for _ in range(count):
            self.loop.step()

    def since_start_s(self, t_ns):
        return (t_ns - START_NS) / 1e9


@pytest.fixture
def box(library):
    made = []

    def make(*arguments, **more):
        made.append(Box(library, *arguments, **more))
        return made[-1]

    yield make
    for one in made:
        one.device.close()


@pytest.mark.parametrize("clock_ppm", [0.0, 50.0, -200.5, 1000.0])
@pytest.mark.parametrize("mode", MODES)
def test_frames_and_samples_keep_the_devices_own_clock(box, mode, clock_ppm):
    one = box(mode, clock_ppm)
    one.steps(300)
    fps = MODES[mode].fps
    rate = 1 + Fraction(clock_ppm) / 10**6
    times = [frame.t_ns - START_NS for frame in one.wire.frames]
    assert times == [round(count * 10**9 / (fps * rate)) for count in range(300)]
    assert [frame.index for frame in one.wire.frames] == list(range(300))
    assert {len(frame.samples) for frame in one.wire.frames} == {48_000 // fps}
    assert [frame.first_sample for frame in one.wire.frames] == [n * 48_000 // fps for n in range(300)]
    assert one.wire.events == [(START_NS, MODES[mode])]


@pytest.mark.parametrize("mode", ["720p30", "720p60"])
def test_sound_and_picture_of_a_title_stay_together(box, mode):
    one = box(mode)
    fps = int(MODES[mode].fps)
    one.device.start_app(None, "harness://title/sync_pattern", {})
    one.steps(round(0.8 * fps) + 3 * fps)
    frames = one.wire.frames[round(0.8 * fps) :]
    reel = one.device.library.title("sync_pattern").open(MODES[mode])
    for count, frame in enumerate(frames):
        assert (frame.samples == reel.sound(count * 48_000 // fps, 48_000 // fps)).all()
        assert (frame.picture[0] == reel.picture(Fraction(count, fps))[0]).all()


def test_another_mode_takes_the_signal_away_for_half_a_second(box):
    one = box()
    one.steps(10)
    asked_ns = one.clock.now
    one.device.start_app("org.captureharness.home", None, {"mode": "1080p60"})
    one.steps(60)
    (_, first), (lost_ns, none), (back_ns, second) = one.wire.events
    assert (first, none, second) == (MODES["720p50"], None, MODES["1080p60"])
    assert asked_ns <= lost_ns <= asked_ns + TICK_NS
    assert 0 <= back_ns - lost_ns - seconds_to_ns(0.5) < TICK_NS
    before, after = one.wire.frames[:10], one.wire.frames[10:]
    assert [frame.index for frame in one.wire.frames] == list(range(len(one.wire.frames)))
    assert before[-1].t_ns < lost_ns and after[0].t_ns == back_ns
    assert after[0].picture[0].shape == (1080, 1920)
    assert after[1].t_ns - after[0].t_ns == round(1e9 / 60)
    assert {len(frame.samples) for frame in after} == {800}
    assert after[0].first_sample == before[-1].first_sample + 960


def test_the_mode_that_it_has_keeps_the_signal(box):
    one = box()
    one.device.start_app("org.captureharness.home", None, {"mode": "720p50"})
    one.steps(5)
    assert len(one.wire.events) == 1 and len(one.wire.frames) == 5


@pytest.mark.parametrize(("asleep", "awake"), [("SLEEP", "WAKEUP"), ("POWER", "POWER"), ("POWER", "WAKEUP")])
def test_asleep_there_is_no_signal_until_it_is_woken(box, asleep, awake):
    one = box()
    one.device.start_app(None, "harness://title/sync_pattern", {})
    one.steps(10)
    one.device.key(asleep, one.clock.now)
    one.steps(100)
    assert len(one.wire.frames) == 10
    for key in ("HOME", "SLEEP", "SELECT"):
        one.device.key(key, one.clock.now)
    one.steps(10)
    assert len(one.wire.frames) == 10
    woken_ns = one.clock.now
    one.device.key(awake, woken_ns)
    one.steps(5)
    assert [video for _, video in one.wire.events] == [MODES["720p50"], None, MODES["720p50"]]
    assert woken_ns <= one.wire.events[2][0] <= woken_ns + TICK_NS
    assert one.device.foreground() == HOME


def test_what_is_asleep_stays_awake_for_no_second_wakeup(box):
    one = box()
    one.device.key("WAKEUP", one.clock.now)
    one.steps(5)
    assert len(one.wire.events) == 1


def test_starting_an_app_wakes_it(box):
    one = box()
    one.device.key("SLEEP", one.clock.now)
    one.steps(5)
    one.device.start_app(PLAYER, None, {})
    one.steps(5)
    assert one.wire.events[-1][1] == MODES["720p50"]
    assert one.device.foreground() == PLAYER


def test_a_reboot_drops_adb_and_signal_and_ends_at_home(box):
    one = box()
    asked = []
    went = threading.Event()

    class Link:
        def go_away(self, seconds=None):
            asked.append(seconds)
            went.set()

    one.device.adb = Link()
    one.device.start_app(None, "harness://title/nature", {})
    one.steps(10)
    one.device.reboot()
    one.device.key("SELECT", one.clock.now + TICK_NS)
    one.steps(200)
    (_, _), (lost_ns, none), (back_ns, video) = one.wire.events
    assert (none, video) == (None, MODES["720p50"])
    assert 0 <= back_ns - lost_ns - seconds_to_ns(3.0) < TICK_NS
    assert one.device.foreground() == HOME
    assert went.wait(30) and asked == [3.0]


def test_a_screenshot_is_what_was_last_sent_and_black_without_signal(box):
    one = box()
    assert one.device.screenshot_png().startswith(b"\x89PNG")
    one.steps(2)
    home = one.device.screenshot_png()
    one.device.key("SLEEP", one.clock.now)
    one.steps(2)
    assert one.device.screenshot_png() != home
    one.device.key("WAKEUP", one.clock.now)
    one.steps(2)
    assert one.device.screenshot_png() == home


def test_a_late_host_still_sends_every_frame_with_its_own_time(box):
    one = box()
    one.steps(10)
    one.clock.now += seconds_to_ns(2.9)
    one.steps(200)
    assert [frame.index for frame in one.wire.frames] == list(range(210))
    times = [frame.t_ns for frame in one.wire.frames]
    assert {later - earlier for earlier, later in itertools.pairwise(times)} == {TICK_NS}
    assert one.loop.frames_lost == 0


def test_a_host_that_falls_further_behind_loses_frames_and_says_so(box):
    one = box()
    one.steps(10)
    one.clock.now += seconds_to_ns(5)
    one.steps(10)
    before, after = one.wire.frames[9], one.wire.frames[10]
    lost = after.index - before.index - 1
    # The next frame is the one that is on the wire now; those that ought to have been before it are lost.
    assert lost == 250 - 1
    assert after.t_ns - before.t_ns == (lost + 1) * TICK_NS
    assert after.first_sample - before.first_sample == (lost + 1) * 960
    assert one.loop.frames_lost == lost
    assert any(f"{lost} frames never reached the wire" in line for line in one.device.log())
    assert [frame.index - after.index for frame in one.wire.frames[10:]] == list(range(10))


def test_a_late_device_answers_no_key_before_it_was_pressed(box):
    one = box()
    one.steps(10)
    one.clock.now += seconds_to_ns(1)
    pressed_ns = one.clock.now
    one.device.key("RIGHT", pressed_ns)
    one.steps(100)
    moved = [not (f.picture[0] == one.wire.frames[0].picture[0]).all() for f in one.wire.frames]
    first = one.wire.frames[moved.index(True)]
    assert pressed_ns <= first.t_ns < pressed_ns + TICK_NS


def test_keys_of_one_moment_come_in_their_order(box):
    one = box()
    for key in ("RIGHT", "RIGHT", "SELECT"):
        one.device.key(key, one.clock.now)
    one.steps(1)
    assert one.device.foreground() == "org.captureharness.settings/.Settings"


def test_it_runs_until_it_is_stopped_and_answers_while_it_does(library):
    stop, sent = threading.Event(), threading.Event()

    class Told(Wire):
        def send(self, *frame):
            super().send(*frame)
            sent.set()

    device = VirtualStb(library)
    loop = TickLoop(device, Told())
    thread = threading.Thread(target=loop.run, args=(stop,))
    thread.start()
    assert sent.wait(30) and device.ticking
    device.start_app(None, "harness://title/news", {})
    assert device.media_session().title == "news"
    device.stop_app("org.captureharness.player")
    assert device.foreground() == HOME
    with pytest.raises(LookupError, match="did you mean"):
        device.start_app(None, "harness://title/nws", {})
    with pytest.raises(LookupError, match="no mode"):
        device.start_app(PLAYER, None, {"mode": "4k"})
    stop.set()
    thread.join()
    assert not device.ticking

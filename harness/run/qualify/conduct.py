"""Qualifies one rig from beginning to end: the pattern is played, seen, measured; a certificate comes out."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version

from harness.capture import open_source
from harness.capture.protocol import CaptureSource
from harness.certificate import Certificate, Figure, verdict
from harness.clock import MonotonicClock, ns_to_seconds, seconds_to_ns
from harness.errors import DeviceError, InputError, PlanError, RigError
from harness.media import StreamFormat
from harness.run.device import Device
from harness.run.feed import Feed
from harness.run.lease import lease
from harness.run.opening import opened
from harness.run.qualify.counting import count
from harness.run.qualify.figures import delay_figure, pattern_figures
from harness.run.qualify.latency import key_figures, unmeasured
from harness.run.qualify.ports import card_name, fingerprint, host_name, kernel, ports_of
from harness.run.qualify.seen import Seen, Stamped, Waiter, Watcher
from harness.run.registry import Registration
from harness.run.rig import Rig

TITLE = "sync_pattern"
ITSELF = "device"
"""Says that the device under test plays the pattern itself."""
SIGNAL_S = 10.0
STARTS_S = 20.0
"""How long a device that was asked to play the pattern may take."""
STEADY = 5
"""So many pictures of the pattern in a row say that it plays."""
POLL_S = 0.05

Tell = Callable[[str, float], None]
"""Told what is done now, and how far it is, 0..1."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a rig is to be qualified.

    Parameters
    ----------
    registration, rig : Registration, Rig
        The device, and what it is captured and controlled with.
    player : str, optional
        A player that is known to be in sync, by its name, which somebody starts; `device` says that the
        device itself plays, as a virtual one does if nothing is said.
    seconds : float
        How long the pattern is watched.
    valid_days : float
        How long the certificate holds.
    wait_s : float
        How long to wait for somebody to start the player.
    faults : sequence of str
        Planted in a virtual device, to see that they are found.
    open_source : callable
        Returns the source of a capture URI.
    """

    registration: Registration
    rig: Rig
    player: str | None = None
    seconds: float = 60.0
    valid_days: float = 30.0
    wait_s: float = 300.0
    faults: Sequence[str] = ()
    open_source: Callable[[str], CaptureSource] = open_source

    @property
    def by_itself(self) -> bool:
        """Return whether the device under test is the player."""
        return self.player in (None, ITSELF)


def qualify(plan: Plan, tell: Tell) -> Certificate:
    """Return the certificate of a rig; raises RigError, DeviceError, InputError if that cannot be."""
    _check(plan)
    with _leased(plan), _device(plan) as device:
        if device.capture_uri is None:
            raise InputError(f"{plan.registration.id}: names no `capture`, so there is no rig to qualify")
        source = Stamped(plan.open_source(device.capture_uri), device.clock)
        feed = Feed(source, device.clock)
        try:
            feed.open()
            device.signal = feed.signal
            tell("waiting for a signal", 0.0)
            if not plan.by_itself:
                # What the device itself shows is not on the cable now: another player is plugged in.
                keys = unmeasured("another player was plugged in for the pattern")
            else:
                feed.await_format(SIGNAL_S)
                tell("pressing keys", 0.0)
                keys = key_figures(device, feed)
            _start(plan, device, feed, tell)
            source.delays_s.clear()
            stream = feed.await_format(SIGNAL_S)
            seen = _watch(plan, feed, stream, tell)
            delays = list(source.delays_s)
        finally:
            feed.close()
    figures = [
        *pattern_figures(seen, plan.seconds),
        *keys,
        delay_figure(delays, plan.registration.profile.virtual is not None),
    ]
    return _certificate(plan, seen, stream, figures)


def _check(plan: Plan) -> None:
    profile = plan.registration.profile
    if plan.player is None and not profile.virtual:
        raise InputError(
            f"{plan.registration.id} is a real device: name the player that shows the pattern, "
            '--player "BrightSign HD225", or --player device if the device plays it itself'
        )
    if not plan.by_itself and profile.virtual:
        raise InputError(
            f"{plan.registration.id} is a virtual device, which plays the pattern itself: leave out --player"
        )
    if plan.faults and not profile.virtual:
        raise InputError(f"{plan.registration.id} is a real device: faults are for a virtual one only")


@contextmanager
def _leased(plan: Plan) -> Iterator[None]:
    with lease([plan.registration.id], 0.0):
        yield


@contextmanager
def _device(plan: Plan) -> Iterator[Device]:
    if plan.by_itself:
        with opened(plan.registration, plan.faults, rig=plan.rig) as device:
            yield device
    else:
        # Its controls need not answer: it may be unplugged while the player is in its place.
        yield Device(plan.registration, {}, plan.rig.capture, MonotonicClock())


def _start(plan: Plan, device: Device, feed: Feed, tell: Tell) -> None:
    """Let the pattern be played, and wait until it is seen."""
    if plan.by_itself and device.profile.play:
        tell("starting the pattern", 0.0)
        _ask(device)
    wait_s = STARTS_S if device.virtual else plan.wait_s
    words = "waiting for the pattern" if device.virtual else "start the pattern now: waiting for it"
    waiter = Waiter()
    feed.record(waiter)
    end_ns = device.clock.now_ns() + seconds_to_ns(wait_s)
    try:
        while waiter.seen < STEADY:
            feed.check()
            left_s = ns_to_seconds(end_ns - device.clock.now_ns())
            if left_s <= 0:
                raise _unseen(plan, waiter, wait_s)
            tell(words, 0.0)
            device.clock.sleep_s(POLL_S)
    finally:
        feed.release(device.clock.now_ns())


def _ask(device: Device) -> None:
    """Ask a device for the pattern; a real one may not have it, and somebody starts it by hand then."""
    try:
        if "app" in device.profile.states:
            device.reach("app")
        device.play(TITLE)
    except (DeviceError, PlanError):
        if device.virtual:
            raise


def _unseen(plan: Plan, waiter: Waiter, wait_s: float) -> Exception:
    if not waiter.frames:
        return RigError(
            f"{plan.rig.capture}: no picture within {wait_s:g} s; look at the cable and the player"
        )
    if plan.registration.profile.virtual:
        return DeviceError(
            f"{plan.registration.id}: was asked for {TITLE}, but did not show it in {wait_s:g} s"
        )
    return RigError(
        f"the pattern was not seen within {wait_s:g} s, though a picture came: play the file that "
        "`harness devices qualify --write-pattern FILE.mp4` writes, filling the whole screen"
    )


def _watch(plan: Plan, feed: Feed, stream: StreamFormat, tell: Tell) -> Seen:
    clock = MonotonicClock()
    watcher = Watcher(stream)
    start_ns = clock.now_ns()
    end_ns = start_ns + seconds_to_ns(plan.seconds)
    feed.record(watcher)
    try:
        while (now_ns := clock.now_ns()) < end_ns:
            feed.check()
            tell(f"watching the pattern for {plan.seconds:g} s", (now_ns - start_ns) / (end_ns - start_ns))
            clock.sleep_s(POLL_S)
    finally:
        feed.release(end_ns)
    return watcher.finish()


def _certificate(plan: Plan, seen: Seen, stream: StreamFormat, figures: list[Figure]) -> Certificate:
    registration, rig = plan.registration, plan.rig
    ports, now = ports_of(rig, registration.profile), datetime.now(UTC)
    virtual = registration.profile.virtual is not None
    video = stream.video
    counted = count(seen.picture.t_ns, seen.picture.columns["number"].astype(float))
    return Certificate(
        device=registration.id,
        rig=rig.id,
        ports=ports,
        fingerprint=fingerprint(ports),
        host=host_name(),
        kernel=kernel(),
        card=card_name(rig.capture or ""),
        player="the device itself" if plan.by_itself else str(plan.player),
        player_known=virtual or not plan.by_itself,
        made=now.isoformat(timespec="seconds"),
        valid_until=(now + timedelta(days=plan.valid_days)).isoformat(timespec="seconds"),
        harness=_version(),
        seconds=round(counted.seconds, 2),
        picture=f"{video.width_px}x{video.height_px} at {float(video.fps):g} fps" if video else "none",
        figures=figures,
        verdict=verdict(figures),
    )


def _version() -> str:
    try:
        return version("capture-harness")
    except PackageNotFoundError:
        return "unknown"

"""What a plan may ask for: `device`, `watch`, `rig`, `criteria`."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

import pytest

from harness.errors import HarnessError, missing_library
from harness.plugin.devices import registration
from harness.plugin.harness_run import HarnessRun
from harness.plugin.options import DEFAULT_CRITERIA, DEFAULT_DEVICE
from harness.plugin.state import RUN, case_of

if TYPE_CHECKING:
    from harness.run.device import Device
    from harness.run.playback import Playback
    from harness.run.rig import Rig
    from harness.run.station import Station
    from harness.verdict import Criteria

Watch = Callable[..., AbstractContextManager["Playback"]]


@pytest.fixture(scope="session")
def harness_run(request: pytest.FixtureRequest) -> HarnessRun:
    """Return the run: its folder and its options."""
    return request.config.stash[RUN]


@pytest.fixture(scope="session")
def device_name(request: pytest.FixtureRequest) -> str:
    """Return the id of the device under test."""
    return str(getattr(request, "param", DEFAULT_DEVICE))


@pytest.fixture(scope="session")
def station(harness_run: HarnessRun, device_name: str) -> "Iterator[Station]":
    """Yield the device's station: leased, and opened by the first test that needs it."""
    from harness.run.registry import default_folders
    from harness.run.rig import rig_for

    try:
        from harness.run.station import Order, Station
    except ImportError as error:
        raise missing_library(error) or error from None

    options = harness_run.options
    found = registration(device_name)
    rig = rig_for(found.id, found.profile, options.rig, default_folders())
    place = Station(Order(found, rig, options.faults, harness_run.say))
    try:
        place.lease()
        yield place
    finally:
        place.close()


@pytest.fixture(scope="session")
def rig(station: "Station") -> "Rig":
    """Return what the device is captured and controlled with."""
    return station.rig


@pytest.fixture
def device(request: pytest.FixtureRequest, station: "Station") -> "Iterator[Device]":
    """Yield the device under test, its controls open; a virtual one with the faults of the test's marks."""
    case = case_of(request.node)
    case.device, case.rig_record = station.registration.id, station.rig_record.model_dump(mode="json")
    found = station.ready()
    if station.device_record:
        case.device_record = station.device_record.model_dump()
    case.faults = [str(spec) for mark in request.node.iter_markers("fault") for spec in mark.args]
    case.notes = found.notes
    yield found
    found.notes = []
    if found.virtual:
        _clear_faults(found)


@pytest.fixture
def criteria(harness_run: HarnessRun) -> "Criteria":
    """Return the criteria of this run: those of `--criteria`, else the default ones."""
    return _criteria(harness_run.options.criteria or DEFAULT_CRITERIA)


@pytest.fixture
def watch(
    request: pytest.FixtureRequest, harness_run: HarnessRun, station: "Station", device: "Device"
) -> Watch:
    """Return `watch(criteria=None, label=None, expect=())`, to be used in a `with` statement.

    It records what the device shows while the block runs, then analyses and judges it. `expect` names
    defects that must be found, for a plan about what is broken on purpose. A test that does not look at
    the defects itself fails by them all the same.
    """
    from harness.run.watch import Wish, watching

    case = case_of(request.node)

    @contextmanager
    def watch(
        criteria: "Criteria | str | None" = None, label: str | None = None, expect: Sequence[str] = ()
    ) -> "Iterator[Playback]":
        number = len(case.watches) + 1
        rules = _criteria(harness_run.options.criteria or criteria or DEFAULT_CRITERIA)
        wish = Wish(
            request.node.nodeid, number, rules, label or _label(rules.name, number), _known(tuple(expect))
        )
        for spec in case.faults:
            device.plant(spec)
        with watching(station, harness_run.dir, wish, case.watches.append, harness_run.progress) as playback:
            try:
                yield playback
            finally:
                case.unsettled.append(playback)

    return watch


def _criteria(wanted: "Criteria | str") -> "Criteria":
    from harness.run.analyze import find_criteria

    return find_criteria(wanted) if isinstance(wanted, str) else wanted


def _label(name: str, number: int) -> str:
    return name if number == 1 else f"{name} {number}"


def _known(expect: tuple[str, ...]) -> tuple[str, ...]:
    from harness.config import nearest
    from harness.errors import PlanError
    from harness.findings import DEFECTS

    for name in expect:
        if name not in DEFECTS:
            raise PlanError(f"expect: unknown defect {name!r}{nearest(name, list(DEFECTS))}")
    return expect


def _clear_faults(device: "Device") -> None:
    try:
        device.clear_faults()
    except HarnessError:
        # It is gone; the next test opens it anew.
        return

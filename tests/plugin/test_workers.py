"""Two devices are tested side by side by two workers; one device is waited for."""

import itertools

import pytest

PLAN = """
import time, pytest

@pytest.mark.release
@pytest.mark.parametrize("number", [1, 2])
def test_it(device, watch, number, worker_id):
    began = time.monotonic()
    device.reach("app")
    with watch() as playback:
        device.play("sync_pattern")
        playback.run_for(seconds=3)
    with open(f"{device.id}.log", "a") as log:
        print(worker_id, began, time.monotonic(), file=log)
"""


def spans(ran, device):
    lines = (ran.folder / f"{device}.log").read_text().split("\n")[:-1]
    parts = [line.split() for line in lines]
    return {part[0] for part in parts}, min(float(p[1]) for p in parts), max(float(p[2]) for p in parts)


@pytest.mark.fuller
def test_two_devices_side_by_side(plans):
    ran = plans({"test_plan.py": PLAN}, "-n2", "--device=virtual-stb", "--device=virtual-stb-2")
    assert ran.status == 0, ran.said
    assert "SHIP: 4 tests passed" in ran.said
    assert f"report: reports/{ran.run.name}/index.html" in ran.said
    assert sorted((case.device, case.name) for case in ran.record.cases) == [
        (device, f"test_it[{number}]") for device in ("virtual-stb", "virtual-stb-2") for number in (1, 2)
    ]
    assert {device.id for device in ran.record.devices} == {"virtual-stb", "virtual-stb-2"}
    (one, began, ended), (other, other_began, other_ended) = (
        spans(ran, device) for device in ("virtual-stb", "virtual-stb-2")
    )
    assert len(one) == len(other) == 1
    assert one != other
    assert began < other_ended
    assert other_began < ended


@pytest.mark.fuller
def test_one_device_is_used_by_one_worker_at_a_time(plans):
    ran = plans({"test_plan.py": PLAN, "test_again.py": PLAN}, "-n2", "-k", "it")
    assert ran.status == 0, ran.said
    lines = (ran.folder / "virtual-stb.log").read_text().split("\n")[:-1]
    times = sorted((float(line.split()[1]), float(line.split()[2])) for line in lines)
    assert len(times) == 4
    assert all(earlier[1] <= later[0] for earlier, later in itertools.pairwise(times))

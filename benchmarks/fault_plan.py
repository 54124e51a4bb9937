"""Plants each fault in the virtual device, and compares what is found with what went over the wire.

pytest benchmarks/fault_plan.py
"""

from dataclasses import dataclass

import pytest

from harness import ControlLost, FaultSpec

FRAMES, SOUND_S = 2, 0.05
"""How far from where it was planted a finding may begin: pictures in frames, sound in seconds."""


@dataclass(frozen=True)
class Planted:
    """A fault, the title it is planted in, the criteria, and how far off its finding may begin."""

    spec: str
    title: str = "big_buck_bunny"
    criteria: str = "broadcast"
    within: float = FRAMES / 50

    @property
    def defect(self):
        """Return the defect that must be found."""
        return FaultSpec.parse(self.spec).defect


FAULTS = [
    Planted("freeze_frame:start_s=2,duration_s=1"),
    Planted("black_frames:start_s=2,duration_s=1"),
    Planted("stutter:start_s=2,duration_s=1.5"),
    Planted("silence:start_s=3,duration_s=1", within=SOUND_S),
    Planted("audio_dropout:start_s=3,duration_s=1", within=SOUND_S),
    Planted("av_sync:offset_ms=200", "sync_pattern", "sync", within=SOUND_S),
    Planted("error_screen:start_s=2"),
    Planted("stalling:start_s=2,duration_s=inf"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.defect)
def test_fault(device, watch, fault, request):
    device.reach("app")
    device.plant(fault.spec)
    with watch(fault.criteria, expect=[fault.defect]) as playback:
        device.play(fault.title)
        playback.run_for(seconds=5)
    planted = device.planted()[-1]
    assert planted["defect"] == fault.defect
    assert {defect.defect for defect in playback.defects} == {fault.defect}
    began_s = (planted["start_ns"] - playback.recording.start_ns) / 1e9
    error_s = playback.defects[0].start_s - began_s
    request.node.user_properties.append(("start_error_ms", round(1000 * error_s, 1)))
    assert abs(error_s) <= fault.within + 1e-3


@pytest.mark.parametrize("title", ["big_buck_bunny", "sync_pattern"])
def test_clean(device, watch, title):
    device.reach("app")
    with watch("sync" if title == "sync_pattern" else "broadcast") as playback:
        device.play(title)
        playback.run_for(seconds=5)
    assert playback.defects == []


def test_adb_lost(device, watch):
    """Last, because it takes the device's connection away for good."""
    device.reach("app")
    device.plant("adb_lost:start_s=1,duration_s=inf")
    with pytest.raises(ControlLost, match="adb_lost"), watch() as playback:
        device.play("big_buck_bunny")
        playback.run_for(seconds=20)
    assert playback.settled
    assert playback.record.findings == []

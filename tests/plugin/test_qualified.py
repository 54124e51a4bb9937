"""A run takes the certificate that lies beside the device: its offset is taken off, and the page names it."""

from datetime import UTC, datetime, timedelta

import pytest

from harness.run.registry import load_profile
from harness.run.rig import rig_for
from tests.support.certificates import certified

PLAN = """
def test_it(device, watch):
    device.reach("app")
    with watch("sync") as playback:
        device.play("sync_pattern")
        playback.run_for(seconds=4)
    assert abs(playback.av_sync.offset_ms + 12) < 1
"""
UNWATCHED = "def test_it(device):\n    pass\n"


@pytest.fixture
def device(tmp_path, pytestconfig):
    """Return the files of a virtual device of one's own, and what certifies its rig at a time."""
    ours = pytestconfig.rootpath / "devices"
    files = {
        f"devices/{path.relative_to(ours)}": path.read_text()
        for path in (ours / "virtual-stb.yaml", *(ours / "keymaps").glob("*.yaml"))
    }
    files["devices/stb.yaml"] = files.pop("devices/virtual-stb.yaml").split("# Drawn by")[0] + (
        "virtual: {mode: 720p25}\n"
    )
    path = tmp_path / "devices" / "stb.yaml"
    path.parent.mkdir()
    path.write_text(files["devices/stb.yaml"])
    found = load_profile(path)

    def certify(made, offset_ms):
        kept = certified(found, rig_for("stb", found.profile, None, []), made, offset_ms)
        files["devices/certificates/stb.json"] = kept.model_dump_json(by_alias=True)
        return files

    return certify


@pytest.mark.fuller
def test_the_offset_of_a_qualified_rig_is_taken_off_and_kept(plans, device):
    files = {**device(datetime.now(UTC), 12.0), "test_plan.py": PLAN}
    ran = plans(files, "--device=stb", "--recordings=on")
    assert ran.status == 0, ran.said
    (rig,) = ran.record.rigs
    assert (rig.device, rig.qualified, rig.certificate.figure("sound_offset").value) == ("stb", True, 12)
    (playback,) = ran.case("test_it").playbacks
    assert playback.av_sync.rig_offset_ms == 12
    assert playback.av_sync.offset_ms == pytest.approx(-12, abs=1)
    sidecar = (ran.run / playback.recording).with_suffix(".timing.jsonl")
    assert b'"rig_offset_ns":12000000' in sidecar.read_bytes()


@pytest.mark.fuller
def test_an_expired_certificate_is_told_on_the_terminal_and_the_first_screen(plans, device):
    files = {**device(datetime.now(UTC) - timedelta(days=31), 12.0), "test_plan.py": UNWATCHED}
    ran = plans(files, "--device=stb")
    assert ran.status == 0, ran.said
    assert "run: harness devices qualify stb" in ran.said
    page = (ran.run / "index.html").read_text()
    first = page[: page.index('class="omitted"')]
    assert "Type: <code>harness devices qualify stb</code>" in first
    assert ran.record.rigs[0].standing == "expired"

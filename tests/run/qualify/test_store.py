"""What a rig's certificate is worth: for these ports, on this computer, until its day."""

from datetime import UTC, datetime, timedelta

import pytest

from harness.certificate import Standing, read_certificate, write_certificate
from harness.errors import InputError
from harness.run.qualify.store import certificate_path, qualification, rig_record
from harness.run.registry import default_folders, load_profile
from harness.run.rig import rig_for
from tests.support.certificates import certified

REAL = 'name: Shelf\nmodel: TV 4K\ncapture: "file:{here}/clip.mp4"\ncontrols: {{none: {{uri: "none:"}}}}\n'
NOW = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def shelf(tmp_path):
    """Return a device that is no virtual one, and the rig of its own ports."""
    path = tmp_path / "shelf.yaml"
    path.write_text(REAL.format(here=tmp_path))
    found = load_profile(path)
    return found, rig_for("shelf", found.profile, None, [tmp_path])


def _keep(shelf, **more):
    found = certified(*shelf, made=NOW, **more)
    write_certificate(found, certificate_path(*shelf))
    return found


def test_a_rig_that_nobody_qualified_says_what_to_type(shelf):
    found = qualification(*shelf, NOW)
    assert found.standing is Standing.MISSING
    assert found.words == "The rig of shelf was never qualified; run: harness devices qualify shelf"
    assert found.offset is None


def test_a_virtual_rig_has_nothing_to_qualify():
    found = load_profile(next(folder / "virtual-stb.yaml" for folder in default_folders()))
    virtual = qualification(found, rig_for(found.id, found.profile, None, []))
    assert (virtual.standing, virtual.words) == (Standing.VIRTUAL, "virtual rig: nothing to qualify")


def test_a_certificate_holds_until_its_day(shelf):
    _keep(shelf, offset_ms=12.0)
    found = qualification(*shelf, NOW + timedelta(days=29))
    assert found.standing is Standing.QUALIFIED
    assert (found.offset.offset_ns, found.offset.low_ns, found.offset.high_ns) == (
        12_000_000,
        11_000_000,
        13_000_000,
    )
    late = qualification(*shelf, NOW + timedelta(days=31))
    assert late.standing is Standing.EXPIRED
    assert "held until 2030-01-31; run: harness devices qualify shelf" in late.words
    assert late.offset is None


def test_a_rig_that_failed_corrects_nothing(shelf):
    _keep(shelf, offset_ms=80.0)
    found = qualification(*shelf, NOW)
    assert found.standing is Standing.FAILED
    assert "sound against picture" in found.words
    assert found.offset is None
    assert found.certificate.offset_ms is None


def test_what_was_not_measured_is_not_green(shelf):
    _keep(shelf, offset_ms=None)
    found = qualification(*shelf, NOW)
    assert found.standing is Standing.INCOMPLETE
    assert "not measured: sound against picture" in found.words


def test_the_offset_of_a_device_that_played_itself_is_not_the_rigs(shelf):
    _keep(shelf, offset_ms=12.0, player_known=False)
    found = qualification(*shelf, NOW)
    assert found.standing is Standing.QUALIFIED
    assert found.offset is None


def test_another_port_makes_it_void(shelf, tmp_path):
    _keep(shelf)
    (tmp_path / "shelf.yaml").write_text(REAL.format(here="/elsewhere"))
    moved = load_profile(tmp_path / "shelf.yaml")
    found = qualification(moved, rig_for("shelf", moved.profile, None, [tmp_path]), NOW)
    assert found.standing is Standing.CHANGED
    assert "capture was file:" in found.words
    assert "and is file:/elsewhere/clip.mp4" in found.words


def test_another_card_behind_the_same_port_makes_it_void(shelf, monkeypatch):
    _keep(shelf)
    monkeypatch.setattr("harness.run.qualify.ports.card_name", lambda uri: "Other card")
    found = qualification(*shelf, NOW)
    assert found.standing is Standing.CHANGED
    assert "Other card" in found.words


def test_another_computer_makes_it_void(shelf, monkeypatch):
    _keep(shelf)
    monkeypatch.setattr("harness.run.qualify.ports.host_name", lambda: "other")
    assert qualification(*shelf, NOW).standing is Standing.CHANGED


@pytest.mark.parametrize("text", ["", "{}", '{"schema": "harness.rig/2"}', "nonsense"])
def test_a_damaged_certificate_is_told_and_trusted_by_nobody(shelf, text):
    path = certificate_path(*shelf)
    path.parent.mkdir()
    path.write_text(text)
    found = qualification(*shelf, NOW)
    assert found.standing is Standing.UNREADABLE
    assert str(path) in found.words
    assert "\n" not in found.words


def test_a_day_without_a_zone_is_refused(shelf):
    found = _keep(shelf)
    path = certificate_path(*shelf)
    write_certificate(found.model_copy(update={"valid_until": "2030-01-31T00:00:00"}), path)
    with pytest.raises(InputError, match="no time zone"):
        read_certificate(path)


def test_a_named_rig_has_a_certificate_of_its_own(shelf, tmp_path):
    (tmp_path / "rigs").mkdir()
    (tmp_path / "rigs/left.yaml").write_text('name: Left\ncapture: "file:/left.mp4"\n')
    left = (shelf[0], rig_for("shelf", shelf[0].profile, "left", [tmp_path]))
    _keep(shelf)
    assert certificate_path(*left).name == "shelf@left.json"
    assert qualification(*left, NOW).words.endswith("run: harness devices qualify shelf --rig left")
    _keep(left)
    assert qualification(*left, NOW).standing is Standing.QUALIFIED


def test_the_record_of_a_run_holds_it_all(shelf):
    kept = _keep(shelf)
    record = rig_record(*shelf, qualification(*shelf, NOW))
    assert (record.device, record.qualified, record.standing) == ("shelf", True, Standing.QUALIFIED)
    assert record.certificate == kept
    assert type(record).model_validate_json(record.model_dump_json(by_alias=True)) == record

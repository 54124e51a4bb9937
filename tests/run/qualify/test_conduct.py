"""A rig is qualified from beginning to end, over a real file and over the virtual device."""

from datetime import datetime, timedelta

import pytest

from harness.analysis import markers, patches
from harness.capture import open_source
from harness.certificate import Standing, read_certificate
from harness.cli import main
from harness.decoding import MediaFile
from harness.errors import InputError, RigError
from harness.media import Frame
from harness.run.lease import lease
from harness.run.qualify import conduct
from harness.run.qualify.conduct import Plan, qualify
from harness.run.qualify.pattern_file import pattern_format, write_pattern
from harness.run.qualify.store import qualification
from harness.run.registry import default_folders, find_profile, load_profile
from harness.run.rig import rig_for
from tests.support import rigs
from tests.support.rigs import failing

SHELF = 'name: Shelf\ncapture: "file:{clip}"\ncontrols: {{none: {{uri: "none:"}}}}\n'


@pytest.fixture(autouse=True)
def private(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """Return the pattern as a technician gets it."""
    path = tmp_path_factory.mktemp("stick") / "pattern.mp4"
    done = []
    write_pattern(path, "480p25", 5, done.append)
    assert done[-1] == 125
    return path


def _shelf(folder, clip):
    path = folder / "shelf.yaml"
    path.write_text(SHELF.format(clip=clip))
    found = load_profile(path)
    return found, rig_for("shelf", found.profile, None, [folder])


def _tell(words, share):
    assert 0 <= share <= 1


def _figures(certificate):
    return {figure.name: figure for figure in certificate.figures}


def test_the_pattern_from_a_file_passes_through_a_rig_by_a_known_player(tmp_path, clip, capsys):
    found, rig = _shelf(tmp_path, clip)
    call = ["devices", f"--folder={tmp_path}", "qualify", "shelf", "--player=BrightSign HD225"]
    status = main([*call, "--seconds=3.2", "--valid-days=7"])
    said = capsys.readouterr()
    certificate = read_certificate(tmp_path / "certificates" / "shelf.json")
    figures = _figures(certificate)
    assert {figure.status for figure in certificate.figures if figure.required} == {"pass"}, said.out
    assert certificate.player == "BrightSign HD225"
    assert certificate.player_known
    assert certificate.picture == "854x480 at 25 fps"
    assert 2.8 < certificate.seconds <= 3.3
    assert figures["sound_offset"].value == pytest.approx(0, abs=2)
    assert figures["key_latency"].status == "not_measured"
    assert "another player" in figures["key_latency"].note
    assert figures["capture_latency"].value > 0
    assert "start the pattern now: waiting for it" in said.err
    assert "largest error of a grey" in said.out
    assert "another player was plugged in" in said.out
    # A host that is too busy to take frames in time may fail in the capture's latency, and in nothing else.
    assert status == {"pass": 0, "fail": 1}[certificate.verdict]
    assert failing(figures) <= {"capture_latency"}
    assert (qualification(found, rig).standing is Standing.QUALIFIED) == (status == 0)
    now = datetime.fromisoformat(certificate.made)
    assert datetime.fromisoformat(certificate.valid_until) - now == timedelta(days=7)


def test_the_technician_is_told_what_is_missing(tmp_path, clip, capsys):
    _shelf(tmp_path, clip)
    folder = f"--folder={tmp_path}"
    assert main(["devices", folder, "qualify"]) == 2
    assert "name a device, or write the pattern with --write-pattern FILE.mp4" in capsys.readouterr().err
    assert main(["devices", folder, "qualify", "shelf"]) == 2
    assert "shelf is a real device: name the player" in capsys.readouterr().err
    assert main(["devices", folder, "qualify", "shelff", "--player=x"]) == 2
    assert "no device 'shelff' (did you mean 'shelf'?)" in capsys.readouterr().err


def test_the_pattern_is_written_with_what_to_do_next(tmp_path, capsys):
    path = tmp_path / "pattern.mkv"
    call = ["devices", "qualify", f"--write-pattern={path}", "--mode=480p25", "--pattern-seconds=1"]
    assert main(call) == 0
    assert "with the output at 25 Hz" in capsys.readouterr().out
    with MediaFile(path) as media:
        frames = [item for item in media.items() if isinstance(item, Frame)]
    assert [markers.read(frame.y).number for frame in frames] == list(range(25))
    assert patches.judge(patches.read(frames[9].y, frames[9].u, frames[9].v), 3).grey_error_codes <= 1


def test_without_the_pattern_the_technician_is_told_what_to_play(tmp_path, clip, monkeypatch):
    grey = rigs.pictures(lambda y, u, v: (y * 0 + 90, u, v))
    plan = Plan(
        *_shelf(tmp_path, clip),
        player="x",
        wait_s=0.3,
        open_source=lambda uri: rigs.Faulty(open_source(uri), grey),
    )
    with pytest.raises(
        RigError, match=r"pattern was not seen within 0\.3 s, though a picture came: play the file"
    ):
        qualify(plan, _tell)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, "shelf is a real device: name the player that shows the pattern"),
        ({"player": "x", "faults": ("silence",)}, "shelf is a real device: faults are for a virtual one"),
    ],
)
def test_what_cannot_be_is_told_first(tmp_path, clip, change, says):
    with pytest.raises(InputError, match=says):
        qualify(Plan(*_shelf(tmp_path, clip), **change), _tell)


def test_a_virtual_device_has_no_other_player():
    found = find_profile("virtual-stb", default_folders())
    plan = Plan(found, rig_for(found.id, found.profile, None, []), player="BrightSign")
    with pytest.raises(InputError, match="plays the pattern itself: leave out --player"):
        qualify(plan, _tell)


def test_a_device_that_a_run_holds_is_left_alone(tmp_path, clip):
    with lease(["shelf"], 0), pytest.raises(RigError, match="shelf is held by process"):
        qualify(Plan(*_shelf(tmp_path, clip), player="x"), _tell)


def test_a_pattern_is_never_written_over(clip):
    with pytest.raises(InputError, match="is there already"):
        write_pattern(clip, "480p25", 1, lambda frames: None)


@pytest.mark.parametrize("mode", ["1080i50", "4320p50", "1080p59", "p"])
def test_a_mode_that_cannot_be_is_told(mode):
    with pytest.raises(InputError, match="is no mode: write for instance 1080p50"):
        pattern_format(mode)


HOST = {"picture_gaps", "sound_gaps", "pictures_lost", "seconds_seen"}
"""What fails, rightly, where the host is too busy for the virtual device: frames never reach the wire."""


def _virtual(folder, **options):
    found = find_profile("virtual-stb", default_folders())
    virtual = found.profile.virtual.model_copy(update={"mode": "720p25", **options})
    profile = found.profile.model_copy(update={"virtual": virtual})
    registration = type(found)(found.id, found.path, profile)
    return registration, rig_for(found.id, profile, None, [folder])


@pytest.mark.fuller
def test_a_virtual_rig_passes(tmp_path):
    certificate = qualify(Plan(*_virtual(tmp_path), seconds=5), _tell)
    found = _figures(certificate)
    assert failing(found) <= (HOST if found["picture_gaps"].value else set())
    assert certificate.verdict == ("fail" if failing(found) else "pass")
    assert certificate.player_known
    assert found["key_latency"].status == found["key_latency_p95"].status == "pass"
    assert 0 < found["key_latency"].value < 300


@pytest.mark.fuller
def test_every_planted_fault_of_a_virtual_rig_fails_in_its_own_figure(tmp_path):
    """The device is 40 ms out of sync and its clock is fast; the capture loses pictures, level and range."""
    softer = rigs.louder(-3)

    def bad(item):
        if isinstance(item, Frame) and item.index % 50 == 7:
            return None
        return softer(rigs.full_range(item))

    plan = Plan(
        *_virtual(tmp_path, clock_ppm=100),
        seconds=6,
        faults=("av_sync:offset_ms=40,duration_s=600",),
        open_source=lambda uri: rigs.Faulty(open_source(uri), bad),
    )
    certificate = qualify(plan, _tell)
    found = _figures(certificate)
    assert certificate.verdict == "fail"
    assert certificate.offset_ms is None
    assert failing(found) - (HOST - {"pictures_lost"}) == {
        *("pictures_lost", "grey_error", "colour_error", "range_gain"),
        *("sound_level", "sample_rate", "picture_rate", "sound_offset"),
    }
    assert found["sound_offset"].value == pytest.approx(40, abs=1)
    assert found["sample_rate"].value == pytest.approx(100, abs=5)
    assert found["sound_level"].value == pytest.approx(-3, abs=0.1)
    assert found["range_gain"].value == pytest.approx(255 / 219, abs=0.005)
    assert found["pictures_lost"].value >= 2


def test_a_device_that_does_not_show_it_is_the_devices_fault():
    waiter = conduct.Waiter(frames=9)
    found = find_profile("virtual-stb", default_folders())
    plan = Plan(found, rig_for(found.id, found.profile, None, []))
    assert "was asked for sync_pattern, but did not show it" in str(conduct._unseen(plan, waiter, 20))
    assert "no picture within 20 s" in str(conduct._unseen(plan, conduct.Waiter(), 20))

"""Release gate: on-demand titles play without a defect."""

import pytest

pytestmark = [pytest.mark.release, pytest.mark.requires("vod")]


@pytest.mark.parametrize("title", ["big_buck_bunny", "sync_pattern"])
def test_vod_plays_clean(device, watch, title):
    device.reach("app")
    with watch("broadcast") as playback:
        device.play(title)
        playback.run_for(seconds=12)
    assert playback.start_up_s <= 3.0
    assert playback.defects == []


def test_sound_and_picture_are_in_sync(device, watch):
    device.reach("app")
    with watch("sync") as playback:
        device.play("sync_pattern")
        playback.run_for(seconds=8)
    assert playback.av_sync is not None
    assert playback.av_sync.status == "in_sync"


@pytest.mark.requires("ir")
def test_pause_holds_and_resumes(device, watch):
    device.reach("app")
    with watch("broadcast") as playback:
        device.play("big_buck_bunny")
        playback.run_for(seconds=4)
        device.press("PAUSE", via="ir")
        playback.run_for(seconds=3)
        device.press("PLAY", via="ir")
        playback.run_for(seconds=4)
    assert playback.defects == []

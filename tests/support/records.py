"""Run records of every kind that a report must show, with drawn media beside them."""

import math
from pathlib import Path

import cv2
import numpy as np

from harness.certificate import Certificate, Standing, verdict
from harness.findings import DEFECTS
from harness.record import (
    AudioRecord,
    CaseRecord,
    CheckRecord,
    Curve,
    DeviceRecord,
    Evidence,
    FindingRecord,
    GapRecord,
    KeyRecord,
    MarkRecord,
    Playback,
    RigRecord,
    RunRecord,
    ShipRecord,
    VideoRecord,
    write_run,
)
from tests.support.certificates import figures

LOOKED_FOR = ("black_frames", "freeze_frame", "stutter", "silence", "audio_dropout")
HOSTILE = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}\u202egnp.exe"


def checks(**status):
    """Return a check of every defect: clear where it was looked for, else as `status` says."""
    return [
        CheckRecord(
            defect=defect,
            status=(came := status.get(defect, "clear" if defect in LOOKED_FOR else "not_measured")),
            detector=f"{defect}@1" if came != "not_measured" else None,
            reason={"inconclusive": "touches a gap of the rig"}.get(came),
        )
        for defect in DEFECTS
    ]


def curve(start_s, end_s, limit=0.05):
    """Return how much the picture changes from frame to frame: lively, but not within the interval."""
    t_s = [round(start_s - 2 + index * (end_s - start_s + 4) / 200, 3) for index in range(200)]
    value = [
        0.012 if start_s <= t < end_s else 3.2 + 2 * math.sin(3 * t) + 0.8 * math.sin(17 * t) for t in t_s
    ]
    return Curve(t_s=t_s, value=value, limit=limit, name="mean absolute luma change", unit="8-bit code value")


def freeze(start_s=6.2, end_s=8.04, **fields):
    """Return a freeze that was judged."""
    values = {
        "defect": "freeze_frame",
        "start_s": start_s,
        "end_s": end_s,
        "confidence": 0.97,
        "metric": "mean absolute luma change",
        "unit": "8-bit code value",
        "peak": 0.012,
        "limit": 0.05,
        "region": [0, 0, 1280, 720],
        "detector": "freeze_frame@1",
        "judged": True,
        "evidence": Evidence(
            still_before="evidence/freeze/before.jpg",
            still_in="evidence/freeze/in.jpg",
            still_after="evidence/freeze/after.jpg",
            clip="evidence/freeze/clip.mp4",
            curve=curve(start_s, end_s),
        ),
    }
    return FindingRecord(**{**values, **fields})


def silence(start_s=11.0, end_s=13.4, **fields):
    """Return a silence with its sound drawn."""
    levels = Curve(
        t_s=[round(start_s - 2 + index * 0.02, 3) for index in range(320)],
        value=[
            -96.0 if 2 <= index * 0.02 < 2 + end_s - start_s else -22 + 6 * math.sin(index / 3)
            for index in range(320)
        ],
        limit=-60.0,
        name="level",
        unit="dBFS",
    )
    values = {
        "defect": "silence",
        "start_s": start_s,
        "end_s": end_s,
        "confidence": 0.99,
        "metric": "level",
        "unit": "dBFS",
        "peak": -96.0,
        "limit": -60.0,
        "detector": "silence@1",
        "judged": True,
        "evidence": Evidence(
            waveform="evidence/silence/waveform.png",
            spectrogram="evidence/silence/spectrogram.png",
            curve=levels,
        ),
    }
    return FindingRecord(**{**values, **fields})


def playback(verdict="pass", **fields):
    """Return a playback of twenty seconds that is clear unless `fields` say otherwise."""
    values = {
        "label": "broadcast",
        "title": "sync_pattern",
        "criteria": "broadcast",
        "verdict": verdict,
        "recording": None,
        "duration_s": 22.6,
        "judged_from_s": 1.84,
        "judged_to_s": 21.9,
        "start_up_s": 1.12,
        "video": VideoRecord(width=1280, height=720, fps="50/1", frames=1130),
        "audio": AudioRecord(rate_hz=48000, channels=2),
        "checks": checks(),
        "keys": [KeyRecord(key="SELECT", start_s=0.7, end_s=0.78, via="ir")],
        "marks": [
            MarkRecord(kind="watch_start", t_s=0.0),
            MarkRecord(kind="play_asked", t_s=0.72, detail="sync_pattern"),
            MarkRecord(kind="first_frame", t_s=1.84),
            MarkRecord(kind="watch_end", t_s=21.9),
        ],
        "detector_ms_per_frame": {"black_frames@1": 0.21, "freeze_frame@1": 0.44},
    }
    return Playback(**{**values, **fields})


def case(name, outcome="passed", plan="test_plans/test_vod.py", **fields):
    """Return a test."""
    values = {
        "nodeid": f"{plan}::{name}",
        "name": name,
        "plan": plan,
        "device": "living-room-stb",
        "markers": ["release"],
        "outcome": outcome,
        "started": "2026-11-24T05:02:11+00:00",
        "duration_s": 31.4,
    }
    return CaseRecord(**{**values, **fields})


def device(number=1, **fields):
    """Return a device."""
    names = {1: ("living-room-stb", "Living room set-top box"), 2: ("bedroom-tv", "Bedroom television")}
    key, name = names.get(number, (f"device-{number}", f"Device {number}"))
    values = {
        "id": key,
        "name": name,
        "model": "CH-100",
        "virtual": True,
        "properties": {"ro.build.version.release": "14", "ro.product.model": "CH-100"},
        "app": "org.captureharness.player",
        "app_build": "4.2.1 (1187)",
    }
    return DeviceRecord(**{**values, **fields})


def run(cases, decision="no", reasons=(), **fields):
    """Return a run of these tests."""
    values = {
        "run": "2026-11-24T05-01-58-nightly",
        "started": "2026-11-24T05:01:58+00:00",
        "duration_s": 402.7,
        "command": "pytest test_plans/ --device living-room-stb",
        "versions": {"harness": "0.1.0", "python": "3.11.9", "opencv": "5.0.0"},
        "ship": ShipRecord(decision=decision, reasons=list(reasons)),
        "devices": [device(1), device(2)],
        "rigs": [
            RigRecord(
                id="virtual",
                name="Virtual rig",
                capture="virtual card, 720p50",
                control="ir, adb",
                note="second shelf",
                device="living-room-stb",
                standing=Standing.EXPIRED,
                standing_words="The rig of living-room-stb was qualified on 2026-09-01, and that held until "
                "2026-10-01; run: harness devices qualify living-room-stb",
                certificate=certificate(),
            )
        ],
        "set_aside": {"bedroom-tv": "bedroom-tv was set aside after 3 errors in a row, the first: no signal"},
        "cases": cases,
    }
    return RunRecord(**{**values, **fields})


def certificate(**fields):
    """Return the certificate of a rig."""
    found = figures()
    values = {
        "device": "living-room-stb",
        "rig": "living-room-stb-ports",
        "ports": {"capture": "v4l2:/dev/video0 = Cam Link 4K", "control ir": "ir:/dev/ttyACM0"},
        "fingerprint": "0123456789abcdef",
        "host": "bench",
        "kernel": "Linux 6.1.0-18-amd64",
        "card": "Cam Link 4K",
        "player": "BrightSign HD225",
        "player_known": True,
        "made": "2026-09-01T10:00:00+00:00",
        "valid_until": "2026-10-01T10:00:00+00:00",
        "harness": "0.1.0",
        "seconds": 59.9,
        "picture": "1920x1080 at 50 fps",
        "figures": found,
        "verdict": verdict(found),
    }
    return Certificate(**{**values, **fields})


def varied():
    """Return a run with every outcome."""
    paused = freeze(
        15.0, 17.0, judged=False, explained_by="key PAUSE", evidence=Evidence(curve=curve(15.0, 17.0))
    )
    gap = GapRecord(start_s=9.0, end_s=9.4, medium="video", reason="20 frames overrun")
    doubtful = freeze(
        8.9,
        9.6,
        judged=False,
        inconclusive="touches a gap of the rig",
        evidence=Evidence(curve=curve(8.9, 9.6), notes=["still: the frame was lost with the gap"]),
    )
    keys = [
        KeyRecord(key="SELECT", start_s=0.7, end_s=0.78, via="ir"),
        KeyRecord(key="PAUSE", start_s=14.9, end_s=14.98, via="ir"),
        KeyRecord(key="PLAY", start_s=17.0, end_s=17.08, via="ir"),
    ]
    cases = [
        case("test_vod_plays_clean[big_buck_bunny]", playbacks=[playback(title="big_buck_bunny")]),
        case(
            "test_vod_plays_clean[sync_pattern]",
            "failed",
            blame="device",
            message="2 defects in 'broadcast':\n  freeze frame 6.200-8.040 s\n  silence 11.000-13.400 s",
            playbacks=[
                playback(
                    "fail",
                    reasons=["freeze_frame found", "silence found"],
                    findings=[freeze(), silence(), paused],
                    keys=keys,
                    checks=checks(freeze_frame="found", silence="found"),
                )
            ],
        ),
        case(
            "test_pause_holds[sync_pattern]",
            playbacks=[playback(findings=[paused], keys=keys, checks=checks(freeze_frame="found"))],
        ),
        case(
            "test_vod_plays_clean[talking_points]",
            device="bedroom-tv",
            playbacks=[playback(title="talking_points")],
        ),
        case(
            "zap to news",
            "inconclusive",
            "test_plans/live_zapping.yaml",
            device="bedroom-tv",
            message="freeze_frame inconclusive (touches a gap of the rig)",
            playbacks=[
                playback(
                    "inconclusive",
                    title="live/2",
                    reasons=["freeze_frame inconclusive (touches a gap of the rig)"],
                    findings=[doubtful],
                    gaps=[gap],
                    checks=checks(freeze_frame="inconclusive", stutter="inconclusive"),
                )
            ],
        ),
        case(
            "zap to sport",
            "error",
            "test_plans/live_zapping.yaml",
            device="bedroom-tv",
            blame="rig",
            message="CaptureLost: the capture card stopped delivering at 4.2 s; check the cable and the card",
            playbacks=[
                playback(
                    "inconclusive",
                    title="live/3",
                    duration_s=4.2,
                    judged_to_s=4.2,
                    start_up_s=None,
                    gaps=[GapRecord(start_s=4.0, end_s=4.2, medium="video", reason="the card went away")],
                    checks=[
                        CheckRecord(defect=name, status="not_measured", reason="the capture was lost")
                        for name in DEFECTS
                    ],
                )
            ],
        ),
        case(
            "test_search_finds_title",
            "error",
            "test_plans/test_search.py",
            phase="setup",
            blame="rig",
            message="ControlLost: no infrared port /dev/ttyUSB0; plug in the blaster, or control by adb:",
        ),
        case(
            "test_home_opens",
            "failed",
            "test_plans/test_search.py",
            phase="setup",
            blame="device",
            message="DeviceError: 'home' was not reached within 20 s; org.captureharness.player is in front",
        ),
        case(
            "test_hdr_plays",
            "skipped",
            "test_plans/test_hdr.py",
            message="requires hdr, which the device lacks",
        ),
    ]
    return run(
        cases,
        reasons=[
            "2 of 9 tests failed: freeze frame and silence in 1 playback, and 1 test could not reach home",
            "1 test is inconclusive, and 2 could not run because of the rig",
            "5 kinds of defect are required by the criteria broadcast",
        ],
    )


def many(count=4000, failed=200):
    """Return a run of many tests on two devices, of which the first `failed` failed."""
    cases = []
    for number in range(count):
        plan = f"test_plans/test_area_{number % 25:02d}.py"
        name, which = f"test_title_plays[{number:04d}]", ("living-room-stb", "bedroom-tv")[number % 2]
        if number < failed:
            bad = playback(
                "fail",
                findings=[freeze(), silence()],
                checks=checks(freeze_frame="found", silence="found"),
                reasons=["freeze_frame found", "silence found"],
            )
            cases.append(
                case(name, "failed", plan, device=which, blame="device", playbacks=[bad], message="2 defects")
            )
        else:
            cases.append(case(name, plan=plan, device=which, playbacks=[playback()]))
    return run(cases, reasons=[f"{failed} of {count} tests failed"])


def write(record, folder: Path, media=True) -> Path:
    """Write the record into `folder`, with the drawn media that its findings name, and return `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    write_run(record, folder / "run.json")
    if media:
        _draw(folder / "evidence")
    return folder


def _draw(folder):
    (folder / "freeze").mkdir(parents=True, exist_ok=True)
    (folder / "silence").mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(("before", "in", "after")):
        cv2.imwrite(
            str(folder / "freeze" / f"{name}.jpg"), scene(number * 1.2), [cv2.IMWRITE_JPEG_QUALITY, 70]
        )
    (folder / "freeze" / "clip.mp4").write_bytes(b"")
    for name in ("waveform", "spectrogram"):
        cv2.imwrite(str(folder / "silence" / f"{name}.png"), np.full((260, 960, 3), 240, np.uint8))


def scene(t_s, width=640, height=360):
    """Return a drawn picture, BGR: hills under a sun that moves."""
    rows = np.linspace(0, 1, height)[:, None, None]
    picture = np.uint8((1 - rows) * (190, 120, 60) + rows * (235, 215, 200)) * np.ones(
        (1, width, 1), np.uint8
    )
    cv2.circle(
        picture, (int(width * (0.2 + 0.15 * t_s)), height // 3), height // 10, (90, 210, 250), -1, cv2.LINE_AA
    )
    for shade, base, phase in (((120, 140, 90), 0.68, 0.0), ((70, 100, 50), 0.8, 2.0)):
        across = np.arange(width)
        top = height * (base + 0.07 * np.sin(across / width * 7 + phase))
        hill = np.stack([across, top], axis=1).astype(np.int32)
        cv2.fillPoly(picture, [np.vstack([hill, [[width, height], [0, height]]])], shade, cv2.LINE_AA)
    return picture

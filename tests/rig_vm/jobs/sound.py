"""A sound card on the kernel's own driver: ALSA's loopback, played into at one end, recorded at the other."""

import os
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np

from harness.capture import open_source
from harness.capture.discovery import capture_ports
from harness.errors import HarnessError
from harness.media import AudioBlock, Frame, Gap, RigEvent
from tests.rig_vm.inside import TMP, run_steps, sh
from tests.rig_vm.jobs import v4l2 as picture

RATE_HZ = 48_000
CARD = "Loopback: PCM (hw:0,0)"
PLAYER = """
import sys, sounddevice
settings = {"samplerate": int(sys.argv[1]), "channels": 2, "dtype": "int16", "dither_off": True}
settings["latency"] = 2.0
with sounddevice.RawOutputStream(device="hw:0,1", **settings) as stream:
    print("ready", flush=True)
    stream.write(bytes(4 * 24000))
    stream.write(sys.stdin.buffer.read())
    stream.write(bytes(4 * 144000))
"""
"""It begins and ends with silence: the beginning of a stream is damaged, its rest thrown away."""


def load():
    """Plug in the card, without ALSA's converters: PortAudio looks at each, which takes a minute here."""
    settings = TMP / "alsa.conf"
    settings.write_text(Path("/usr/share/alsa/alsa.conf").read_text().replace("/etc/alsa/conf.d", "/nowhere"))
    os.environ["ALSA_CONFIG_PATH"] = str(settings)
    sh("modprobe", "snd-aloop", "index=0", "pcm_substreams=1")
    return [vars_of(port) for port in capture_ports() if port.kind == "sound"]


def tone_and_noise():
    """Play a tone of 1 kHz with a little noise, so that each place in it can be told, then noise alone."""
    t = np.arange(RATE_HZ * 2) / RATE_HZ
    random = np.random.default_rng(5)
    wave = np.rint(16_000 * np.cos(2 * np.pi * 1000 * t))[:, None] * [1, -1]
    tone = (wave + random.integers(-4_000, 4_000, wave.shape)).astype(np.int16)
    return heard(np.concatenate([tone, random.integers(-32768, 32767, (RATE_HZ * 2, 2), np.int16)]))


def heard(codes):
    """Play what is given and return what a capture heard of it."""
    codes[0] = codes[-1] = 1
    player = subprocess.Popen(
        [sys.executable, "-c", PLAYER, "48000"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    # The loopback runs at the pace, and in the format, of the end that is open first.
    player.stdout.readline()
    card = open_source(f"sound:{CARD}")
    try:
        stream = card.open()
        player.stdin.write(codes.tobytes())
        player.stdin.close()
        items = taken(card, len(codes))
    finally:
        card.close()
        player.kill()
        player.wait()
    places, strange = placed([item for item in items if isinstance(item, AudioBlock)], codes)
    return {
        "format": [stream.audio.rate_hz, stream.audio.channels],
        "of": len(codes),
        "places": places,
        "strange": strange,
        "gaps": [round((item.end_ns - item.start_ns) / 1e6) for item in items if isinstance(item, Gap)],
        "events": [f"{item.kind}: {item.detail}" for item in items if isinstance(item, RigEvent)],
    }


def placed(blocks, codes):
    """Return the runs of blocks that hold what was played, without a hole between them.

    Each is (samples, place in what was played, the source's count less that place). `strange` counts the
    blocks that begin in what was played and do not go on like it.
    """
    pairs = np.ascontiguousarray(codes).view(np.uint32).astype(np.uint64)[:, 0]
    known = {int(key): place for place, key in enumerate((pairs[:-1] << np.uint64(32)) | pairs[1:])}
    runs, strange = [], 0
    for block in blocks:
        got = np.rint(block.samples * 32768).astype(np.int16)
        first, second = (int(code) for code in np.ascontiguousarray(got[:2]).view(np.uint32)[:, 0])
        place = known.get(first << 32 | second)
        if place is None or place + len(got) > len(codes):
            continue
        if not np.array_equal(got, codes[place : place + len(got)]):
            strange += 1
            continue
        if runs and place == sum(runs[-1][:2]) and block.first_sample - place == runs[-1][2]:
            runs[-1][0] += len(got)
        else:
            runs.append([len(got), place, block.first_sample - place])
    return runs, strange


def taken(card, samples):
    items, loud, end_s = [], 0, time.monotonic() + 40
    while loud < samples:
        assert time.monotonic() < end_s, f"only {loud} of {samples} samples came"
        item = card.read(1.0)
        if item is not None:
            items.append(item)
        if isinstance(item, AudioBlock) and (loud or item.samples.any()):
            loud += len(item.samples)
    return items


def other_rate():
    """Return what is captured, and what is said, where the card offers one rate that is not asked for."""
    with subprocess.Popen(
        [sys.executable, "-c", PLAYER, "44100"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as player:
        player.stdout.readline()
        card = open_source(f"sound:{CARD}")
        try:
            rate_hz = card.open().audio.rate_hz
        finally:
            card.close()
        said = told(f"sound:{CARD}?rate=48000")
        player.kill()
    return {"rate": rate_hz, "asked": said}


def joined():
    """Return what a capture card and the sound card give as one capture."""
    picture.load()
    picture.show()
    source = open_source(f"v4l2:{picture.node()}?sound=Loopback: PCM (hw:0,0)&sound_rate=48000")
    try:
        stream = source.open()
        items, end_s = [], time.monotonic() + 30
        while sum(isinstance(item, Frame) for item in items) < 40 and time.monotonic() < end_s:
            item = source.read(1.0)
            items += [item] if item is not None else []
    finally:
        source.close()
    media = [item for item in items if isinstance(item, Frame | AudioBlock)]
    return {
        "format": [stream.video.width_px, stream.audio.rate_hz],
        "frames": sum(isinstance(item, Frame) for item in media),
        "blocks": sum(isinstance(item, AudioBlock) for item in media),
        "disordered": [
            str(kind)
            for kind in (Frame, AudioBlock)
            for a, b in pairwise([item.t_ns for item in media if isinstance(item, kind)])
            if b < a
        ],
        "others": [str(item) for item in items if item not in media],
    }


def refusals():
    """Return what is said to a technician in each trouble."""
    other = open_source(f"sound:{CARD}")
    other.open()
    said = {
        "busy": told(f"sound:{CARD}"),
        "absent": told("sound:Lopback"),
        "several": told("sound:Loopback"),
    }
    other.close()
    return said


def told(uri):
    source = open_source(uri)
    try:
        source.open()
    except HarnessError as error:
        return str(error)
    finally:
        source.close()
    return "nothing"


def unplugged():
    """Return what comes when the card's driver goes away while it captures."""
    card = open_source(f"sound:{CARD}")
    card.open()
    first = card.read(5.0)
    # It waits until the card is let go.
    out = subprocess.Popen(["sh", "-c", "echo snd_aloop.0 > /sys/bus/platform/drivers/snd_aloop/unbind"])
    items, error, end_s = [], "", time.monotonic() + 30
    while not error and time.monotonic() < end_s:
        try:
            items.append(card.read(1.0))
        except HarnessError as lost:
            error = str(lost)
    card.close()
    out.wait(20)
    return {
        "first": type(first).__name__,
        "events": [item.kind for item in items if isinstance(item, RigEvent)],
        "error": error,
        "after": told(f"sound:{CARD}"),
    }


def vars_of(port):
    return {"kind": port.kind, "uri": port.uri, "name": port.name, "note": port.note}


if __name__ == "__main__":
    # Else each start of PortAudio would start a PulseAudio.
    os.environ["PULSE_SERVER"] = "unix:/nowhere"
    run_steps("sound", [load, tone_and_noise, other_rate, joined, refusals, unplugged])

"""A sound card on the kernel's own driver: ALSA's loopback, played into at one end, recorded at the other."""

import os
import subprocess
import sys
import time

import numpy as np

from harness.capture import open_source
from harness.capture.discovery import capture_ports
from harness.errors import HarnessError
from harness.media import AudioBlock, Gap, RigEvent
from tests.rig_vm.inside import run_steps, sh

RATE_HZ = 48_000
CARD = "Loopback: PCM (hw:0,0)"
PLAYER = """
import sys, sounddevice
settings = {"samplerate": 48000, "channels": 2, "dtype": "int16", "dither_off": True, "latency": 2.0}
with sounddevice.RawOutputStream(device="hw:0,1", **settings) as stream:
    print("ready", flush=True)
    stream.write(bytes(4 * 24000))
    stream.write(sys.stdin.buffer.read())
    stream.write(bytes(4 * 144000))
"""
"""It begins and ends with silence: the beginning of a stream is damaged, its rest thrown away."""


def load():
    """Plug in the card."""
    sh("modprobe", "snd-aloop", "index=0", "pcm_substreams=1")
    return [vars_of(port) for port in capture_ports() if port.kind == "sound"]


def tone_and_noise():
    t = np.arange(RATE_HZ * 2) / RATE_HZ
    wave = np.rint(16_000 * np.cos(2 * np.pi * 1000 * t)).astype(np.int16)
    noise = np.random.default_rng(5).integers(-32768, 32767, (RATE_HZ * 2, 2), np.int16)
    return heard(np.concatenate([np.stack([wave, -wave], axis=1), noise]))


def heard(codes):
    """Play what is given and return what a capture heard of it."""
    codes[0] = codes[-1] = 1
    player = subprocess.Popen([sys.executable, "-c", PLAYER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
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
    samples = np.concatenate([item.samples for item in items if isinstance(item, AudioBlock)])
    got = np.rint(samples * 32768).astype(np.int16)
    start = int(np.flatnonzero(got.any(axis=1))[0])
    got = got[start : start + len(codes)]
    return {
        "format": [stream.audio.rate_hz, stream.audio.channels],
        "equal": int((got == codes[: len(got)]).all(axis=1).sum()),
        "other": np.flatnonzero((got != codes[: len(got)]).any(axis=1))[[0, -1]].tolist()
        if (got != codes[: len(got)]).any()
        else [],
        "of": len(codes),
        "losses": [str(item) for item in items if isinstance(item, Gap | RigEvent)],
        "counted": counted(items),
    }


def counted(items):
    """Return whether each block begins where the one before ended, and how far times leave the count, ms."""
    blocks = [item for item in items if isinstance(item, AudioBlock)]
    ends = np.cumsum([0, *(len(block.samples) for block in blocks)])
    times = np.array([block.t_ns for block in blocks]) - blocks[0].t_ns
    off_ms = np.abs(times - ends[:-1] / RATE_HZ * 1e9).max() / 1e6
    return [[block.first_sample for block in blocks] == ends[:-1].tolist(), float(off_ms)]


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
    run_steps("sound", [load, tone_and_noise, refusals, unplugged])

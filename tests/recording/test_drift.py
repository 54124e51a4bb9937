"""A sound card whose clock drifts against the computer's: no gap, no finding, not a sample changed."""

from fractions import Fraction

import numpy as np
import pytest

from harness.analysis.detector import AudioDetector
from harness.analysis.hops import Hops
from harness.capture.sample_count import LEAD_IN_NS, Chunk, SampleCount
from harness.detectors import DETECTORS
from harness.media import AudioBlock, Gap, RigEvent
from harness.recording.recorder import Recorder
from harness.recording.recording import Recording
from harness.recording.timing import sidecar
from harness.run.analyze import CRITERIA_FOLDERS, analyze
from harness.verdict import load_criteria
from tests.support import songs
from tests.support.captures import coded_frame, stream_format

RATE_HZ = 48_000
PPM = 100
FPS = 5
BLOCK = 480
START_NS = 4_000_000_000_000


def true_ns(sample):
    return START_NS + round(sample * 1e9 / (RATE_HZ * (1 + PPM * 1e-6)))


def heard(codes):
    """Yield what a card makes of sound that it hears after its lead-in, when its clock is too fast."""
    count, random = SampleCount(RATE_HZ), np.random.default_rng(0)
    lead_in = RATE_HZ * LEAD_IN_NS // 1_000_000_000
    sound = np.concatenate([np.zeros((lead_in, 2), np.int16), codes])
    for first in range(0, len(sound), BLOCK):
        late_ns = random.uniform(0, 30e6)
        arrived_ns = true_ns(first + BLOCK) + round(late_ns)
        yield from count.take(Chunk(first, sound[first : first + BLOCK], arrived_ns))
    yield from count.end()


@pytest.mark.parametrize("seconds", [40, pytest.param(240, marks=pytest.mark.fuller)])
def test_sound_of_a_drifting_card_is_recorded_and_analysed_as_if_it_did_not_drift(tmp_path, seconds):
    codes = songs.music(seconds)
    path = tmp_path / "a.mkv"
    begin_ns = true_ns(RATE_HZ)
    frames = iter([(index, begin_ns + index * 1_000_000_000 // FPS) for index in range(seconds * FPS)])
    due = next(frames)
    with Recorder(path, stream_format(fps=Fraction(FPS)), threads=1) as recorder:
        for item in heard(codes):
            while due is not None and due[1] <= item.t_ns:
                recorder.write(coded_frame(*due))
                due = next(frames, None)
            recorder.write(item)

    recording = Recording(path)
    items = list(recording.items())
    blocks = [item for item in items if isinstance(item, AudioBlock)]
    assert np.array_equal(np.rint(np.concatenate([b.samples for b in blocks]) * 32768), codes)
    assert [block.first_sample for block in blocks] == list(range(0, len(codes), BLOCK))
    assert not [item for item in items if isinstance(item, Gap)]
    assert b"filled" not in sidecar(path).read_bytes()
    events = [item for item in items if isinstance(item, RigEvent)]
    assert [event.kind for event in events] == ["clock"] and "ppm fast" in events[0].detail

    off_ms = [(b.t_ns + recording.start_ns - true_ns(RATE_HZ + b.first_sample)) / 1e6 for b in blocks]
    assert np.quantile(np.abs(off_ms), 0.95) < 2
    # Without the correction the last block would be 4 ms off, or 24.
    assert abs(off_ms[-1]) < 1

    hops = Hops()
    views = [view for block in blocks for view in hops.feed(block, RATE_HZ)]
    assert len(views) == seconds * 100 and not any(view.after_gap for view in views)

    sounding = [detector.defect for detector in DETECTORS if issubclass(detector, AudioDetector)]
    analysed = analyze(recording, load_criteria("sound", CRITERIA_FOLDERS), asked=sounding).analysis
    assert not analysed.findings
    assert {check.status for check in analysed.checks if check.defect in sounding} == {"clear"}

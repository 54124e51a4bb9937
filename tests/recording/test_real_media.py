"""Every real clip is read in full: as many frames and samples as a plain decoder finds in it."""

import av
import pytest

from harness.media import AudioBlock, Frame
from harness.recording.recording import Recording

LARGEST_BYTES = 1_500_000
KINDS = {".mp4", ".mkv", ".mpg", ".flac", ".ogg"}


@pytest.mark.fuller
@pytest.mark.media
@pytest.mark.parametrize("folder", ["video", "audio", "faces"])
def test_nothing_is_left_out(media, folder):
    paths = sorted(path for path in (media / folder).iterdir() if path.suffix in KINDS)
    for path in [path for path in paths if path.stat().st_size < LARGEST_BYTES][:12]:
        recording = Recording(path)
        items = list(recording.items())
        frames = [item for item in items if isinstance(item, Frame)]
        blocks = [item for item in items if isinstance(item, AudioBlock)]
        assert len(frames) + len(blocks) == len(items) and recording.errors == 0
        assert [item.t_ns for item in items] == sorted(item.t_ns for item in items)
        samples = sum(len(block.samples) for block in blocks)
        assert (len(frames), samples) == _counted(path), path


def _counted(path):
    counts = []
    for kind, size in (("video", lambda frame: 1), ("audio", lambda frame: frame.samples)):
        with av.open(str(path)) as container:
            streams = getattr(container.streams, kind)
            counts.append(sum(size(frame) for frame in container.decode(streams[0])) if streams else 0)
    return tuple(counts)

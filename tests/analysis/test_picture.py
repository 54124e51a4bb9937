"""Pictures that come ready measure as frames do."""

from fractions import Fraction

import numpy as np

from harness.analysis.detector import Context
from harness.analysis.engine import Engine
from harness.analysis.picture import pictures
from harness.detectors import DETECTORS
from harness.media import Frame, Gap, StreamFormat, VideoFormat

VIDEO = VideoFormat(640, 360, Fraction(50))
PERIOD_NS = 20_000_000


def _items():
    random = np.random.default_rng(5)
    picture = random.integers(16, 235, (420, 700), dtype=np.uint8)
    colour = random.integers(90, 160, (180, 320), dtype=np.uint8)
    for index in range(24):
        if index == 12:
            yield Gap(index * PERIOD_NS, (index + 1) * PERIOD_NS, "video", "lost")
            continue
        y = np.ascontiguousarray(picture[index : index + 360, 2 * index : 2 * index + 640])
        yield Frame(index * PERIOD_NS, index, y, colour, np.roll(colour, index))


def test_the_series_are_the_same():
    series = []
    for prepared in (False, True):
        engine = Engine([detector() for detector in DETECTORS], Context(StreamFormat(VIDEO, None)))
        for item in pictures(_items()) if prepared else _items():
            engine.feed(item)
        series.append(engine.finish().series)
    raw, ready = series
    assert raw.keys() == ready.keys()
    for name, one in raw.items():
        for column, values in one.columns.items():
            np.testing.assert_array_equal(values, ready[name].columns[column], f"{name} {column}")

"""The sync pattern as a rig of ours captures it, with faults of the rig."""

from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np

from harness.media import AudioBlock, AudioFormat, Frame, StreamFormat
from harness.run.qualify.figures import pattern_figures
from harness.run.qualify.seen import Watcher
from tests.support.sync_files import Pattern

SOUND = AudioFormat(48_000, 2)


def figures(change=lambda item: item, fps=25, offset_ms=0.0, seconds=4.2, size=(320, 180)):
    """Return the figures of a rig that makes of each item what `change` returns: one, some, or none."""
    stream, items = drawn(fps, offset_ms, seconds, size)
    return figures_of(changed(items, change), stream, seconds)


@lru_cache(maxsize=4)
def drawn(fps, offset_ms, seconds, size):
    """Return the pattern as it is made: its format, and its frames and sound."""
    pattern = Pattern(fps, offset_ms, size)
    return StreamFormat(pattern.video, SOUND), tuple(pattern.items(seconds))


def figures_of(items, stream, seconds):
    """Return the figures by name of what was captured."""
    watcher = Watcher(stream)
    for item in items:
        watcher.write(item)
    return {figure.name: figure for figure in pattern_figures(watcher.finish(), seconds)}


def changed(items, change):
    """Yield what a rig makes of each item."""
    for item in items:
        came = change(item)
        yield from came if isinstance(came, list) else [came] if came is not None else []


def failing(found):
    """Return the names of the figures that fail."""
    return {name for name, figure in found.items() if figure.status == "fail"}


class Faulty:
    """A capture source that makes of each item what `change` returns, or loses it."""

    def __init__(self, source, change):
        self.uri, self.source, self.change = source.uri, source, change

    def open(self):
        return self.source.open()

    def read(self, timeout_s=1.0):
        item = self.source.read(timeout_s)
        return None if item is None else self.change(item)

    def close(self):
        self.source.close()


def full_range(item):
    """Return what a rig makes of a frame that takes narrow range for full range."""
    if not isinstance(item, Frame):
        return item
    planes = (cv2.LUT(plane, table) for plane, table in zip((item.y, item.u, item.v), _FULL, strict=True))
    return Frame(item.t_ns, item.index, *planes)


def _codes(values):
    return np.uint8(np.clip(np.rint(values), 0, 255))


_CODE = np.arange(256.0)
_CHROMA = _codes((_CODE - 128) * 255 / 224 + 128)
_FULL = (_codes((_CODE - 16) * 255 / 219), _CHROMA, _CHROMA)


def clock(ppm):
    """Return a rig whose clock runs slower by so many ppm: everything comes sooner by its stamps."""

    def change(item):
        return replace(item, t_ns=round(item.t_ns / (1 + ppm / 1e6)))

    return change


def louder(decibels):
    """Return a rig whose sound has another level."""

    def change(item):
        if isinstance(item, AudioBlock):
            return replace(item, samples=item.samples * np.float32(10 ** (decibels / 20)))
        return item

    return change


def pictures(turn):
    """Return a rig that makes other planes of each frame."""

    def change(item):
        if isinstance(item, Frame):
            y, u, v = turn(*(plane.astype(float) for plane in (item.y, item.u, item.v)))
            planes = (np.uint8(np.clip(np.rint(plane), 0, 255)) for plane in (y, u, v))
            return Frame(item.t_ns, item.index, *planes)
        return item

    return change

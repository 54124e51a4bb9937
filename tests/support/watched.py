"""Records the virtual device by a clock of its own: no socket, no waiting, the same each time."""

from fractions import Fraction

import numpy as np

from harness.impair.base import FaultSpec
from harness.media import AudioBlock, AudioFormat, Frame, Gap, StreamFormat
from harness.recording.recorder import Recorder
from harness.simulator.faults import FaultBoard
from harness.simulator.modes import MODES
from harness.simulator.screen.gallery import Sofa
from harness.simulator.titles.library import Library
from harness.simulator.titles.title import SOUND
from harness.timeline import Mark, Press

LIBRARY = Library()


class Watched:
    """Somebody who records what a virtual device shows.

    Parameters
    ----------
    path : the `.mkv` to write
    mode : the output mode
    library : its titles
    recorder : options of the recorder
    """

    def __init__(self, path, mode="720p25", library=LIBRARY, **recorder):
        self.fps = MODES[mode].fps
        self._sofa = Sofa(library, mode, FaultBoard())
        self.device = self._sofa.device
        stream = StreamFormat(MODES[mode], AudioFormat(SOUND.rate_hz, 2))
        self._recorder = Recorder(path, stream, threads=1, **recorder)
        self._frames = self._samples = 0
        self._start_ns = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.mark("watch_end")
        self._recorder.close()
        self.device.close()

    def ask(self, title):
        """Ask for a title, and note it."""
        self.mark("play_asked", title)
        self.device.start_app(None, f"harness://title/{title}", {})

    def press(self, key):
        """Press a key, and note it."""
        now_ns = self._sofa.now_ns()
        self._recorder.note(Press(key, now_ns, now_ns, "ir"))
        self.device.key(key, now_ns)

    def mark(self, kind, detail=""):
        """Note a moment."""
        self._recorder.note(Mark(kind, self._sofa.now_ns(), detail))

    def skip(self, seconds):
        """Let time pass unrecorded, before the recording begins."""
        self._sofa.watch(Fraction(seconds).limit_denominator(1000))

    def run(self, seconds, lost=()):
        """Record for so long, but for the frames that the rig loses, counted from 0."""
        for number in range(round(Fraction(seconds) * self.fps)):
            t_ns = self._sofa.now_ns()
            self._start_ns = t_ns if self._start_ns is None else self._start_ns
            shown = self._sofa.tick()
            if number in lost:
                self._recorder.write(Gap(t_ns, self._sofa.now_ns(), "video", "the card lost it"))
            else:
                self._recorder.write(Frame(t_ns, self._frames, *shown.picture))
            self._recorder.write(AudioBlock(t_ns, self._samples, np.float32(shown.sound) / 32768))
            self._frames += 1
            self._samples += len(shown.sound)

    def planted(self):
        """Return (start_ns, end_ns) of each fault, in the recording's time; an end may be None."""
        faults = [(fault["start_ns"], fault["end_ns"]) for fault in self.device.planted()]
        return [tuple(edge and edge - self._start_ns for edge in edges) for edges in faults]


def watch(path, title, *faults, mode="720p25", seconds=8, before_s=0.4, **recorder):
    """Record a title, asked for in the catalogue, with faults such as `stalling:start_s=4`: the truth."""
    with Watched(path, mode, **recorder) as watched:
        watched.device.catalogue(title)
        for fault in faults:
            watched.device.plant(FaultSpec.parse(fault))
        watched.run(before_s)
        watched.ask(title)
        watched.run(seconds)
        return watched.planted()

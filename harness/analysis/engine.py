"""Runs detectors over frames and sound, once, in order; turns their series into findings and checks."""

import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from harness.analysis.checks import Outcome, conclude, judged_window
from harness.analysis.detector import Context, Detector, Series, SyncDetector
from harness.analysis.frame_view import FrameView
from harness.analysis.hops import Hops
from harness.analysis.pace import Pace
from harness.analysis.picture import Picture
from harness.analysis.sound_view import SoundView
from harness.analysis.startup import StartUp
from harness.analysis.tracks import Track
from harness.clock import NS_PER_MS, NS_PER_S, ns_to_seconds, seconds_to_ns
from harness.findings import AvSync, Check, Finding
from harness.media import AudioBlock, Captured, Frame, Gap, RigEvent, SignalEvent

SHARED_PICTURE = "shared views of a frame"
SHARED_SOUND = "shared views of a hop"
START_UP = "start-up"


@dataclass(frozen=True, slots=True)
class Analysis:
    """What came out of one recording.

    `checks` has one entry for every name of the contract. `series` holds what each detector measured, by
    the detector's identity (`freeze_frame@1`; of a sync detector also `av_sync@1 sound`). `cost_ms` is
    the mean cost of a frame (of a hop of sound) in each detector and in what they share. `frames` counts
    the pictures; `end_ns` is when the last picture or sample ended.
    """

    checks: list[Check]
    findings: list[Finding]
    av_sync: AvSync | None
    series: dict[str, Series]
    cost_ms: dict[str, float]
    frames: int
    end_ns: int


class Engine:
    """Feeds every frame and every hop of sound to every detector.

    Parameters
    ----------
    detectors : sequence of Detector
        Fresh instances, one of each defect that this version knows.
    context : Context
        The formats; its timeline may be filled while items arrive, it is read at the end.
    asked : collection of defect names, optional
        Run only these; the others are reported as not asked for.
    marked : bool
        Whether the recording may hold marks: only then is the first frame of content looked for.
    """

    def __init__(
        self,
        detectors: Sequence[Detector],
        context: Context,
        asked: Collection[str] | None = None,
        *,
        marked: bool = True,
    ) -> None:
        self.context = context
        self._idle: dict[str, str] = {}
        video, audio = context.format.video, context.format.audio
        self._frame_ns = round(NS_PER_S / video.fps) if video and video.fps > 0 else 40 * NS_PER_MS
        self._rate_hz = audio.rate_hz if audio else 0
        self._pace = Pace(NS_PER_S / self._frame_ns)
        self._tracks = [Track(item) for item in detectors if self._wanted(item, asked)]
        for track in self._tracks:
            track.detector.prepare(context)
        self._start_up = StartUp() if marked else None
        self._start_up_ns = 0
        self._hops = Hops()
        self._view: FrameView | None = None
        self._spare: FrameView | None = None
        self._frames = self._hops_heard = 0
        self._end_ns = 0
        self._shared_ns = {SHARED_PICTURE: 0, SHARED_SOUND: 0}
        self._gaps: list[Gap] = []
        self._signal: list[SignalEvent] = []
        self._rig: list[RigEvent] = []

    def feed(self, item: Captured | Picture) -> None:
        """Take the next item of a recording, in order of time; frames also as pictures of them."""
        if isinstance(item, Frame | Picture):
            self._see(item if isinstance(item, Picture) else Picture(item))
        elif isinstance(item, AudioBlock):
            self._hear(self._hops.feed(item, self._rate_hz))
        elif isinstance(item, Gap):
            self._gaps.append(item)
            if item.medium == "video":
                self._view = self._spare = None
            else:
                self._hear(self._hops.lost())
        elif isinstance(item, RigEvent):
            self._rig.append(item)
        else:
            self._change_signal(item)

    def finish(self) -> Analysis:
        """Return what came out; call once, after the last item.

        The context's timeline is completed: gaps, changes of signal, and the mark `first_frame`.
        """
        self._hear(self._hops.flush())
        timeline = self.context.timeline
        if self._start_up is not None:
            self._start_up.mark(timeline)
        timeline.gaps = list(dict.fromkeys([*timeline.gaps, *self._gaps]))
        timeline.signal = list(dict.fromkeys([*timeline.signal, *self._signal]))
        timeline.rig = list(dict.fromkeys([*timeline.rig, *self._rig]))
        series: dict[str, Series] = {}
        for track in self._tracks:
            series |= track.series(self._end_ns)
        window = judged_window(timeline, self._end_ns)
        outcomes = [self._outcome(track, series) for track in self._tracks]
        checks, findings = conclude(outcomes, self._idle, timeline, window)
        av_sync = next((outcome.av_sync for outcome in outcomes if outcome.av_sync), None)
        return Analysis(checks, findings, av_sync, series, self._cost_ms(), self._frames, self._end_ns)

    def _wanted(self, detector: Detector, asked: Collection[str] | None) -> bool:
        reason = "not asked for" if asked is not None and detector.defect not in asked else None
        reason = reason or detector.unmeasurable(self.context)
        if reason:
            self._idle[detector.defect] = reason
        return reason is None

    def _see(self, picture: Picture) -> None:
        self._view = view = FrameView(picture, self._view, due=self._pace.due(picture.frame))
        spare = self._spared(view)
        for track in self._tracks:
            if track.every_picture:
                track.see(view, self._frame_ns)
            elif spare is not None:
                track.see(spare, self._frame_ns * self._pace.every)
        if self._start_up is not None:
            self._time_start_up(self._start_up, view)
        self._frames += 1
        self._shared_ns[SHARED_PICTURE] += view.shared_ns
        self._end_ns = max(self._end_ns, view.t_ns + self._frame_ns)

    def _spared(self, view: FrameView) -> FrameView | None:
        """Return the view for detectors that need not see every picture, or None if this is not for them."""
        if not view.due:
            return None
        self._spare = view if self._pace.every == 1 else FrameView(view.picture, self._spare)
        return self._spare

    def _time_start_up(self, start_up: StartUp, view: FrameView) -> None:
        shared_before, start = view.shared_ns, time.perf_counter_ns()
        start_up.see(view)
        self._start_up_ns += time.perf_counter_ns() - start - (view.shared_ns - shared_before)

    def _hear(self, hops: Iterable[SoundView]) -> None:
        for view in hops:
            for track in self._tracks:
                track.hear(view)
            self._hops_heard += 1
            self._shared_ns[SHARED_SOUND] += view.shared_ns
            self._end_ns = max(self._end_ns, view.end_ns)

    def _change_signal(self, event: SignalEvent) -> None:
        self._signal.append(event)
        self._view = self._spare = None
        self._hear(self._hops.lost())
        if event.format and event.format.audio:
            self._rate_hz = event.format.audio.rate_hz
        if event.format and event.format.video and event.format.video.fps > 0:
            self._frame_ns = round(NS_PER_S / event.format.video.fps)
            self._pace.set(event.format.video.fps)

    def _outcome(self, track: Track, series: dict[str, Series]) -> Outcome:
        detector = track.detector
        outcome = Outcome(detector, not_measured=track.failure or self._too_little(track))
        if outcome.not_measured:
            return outcome
        own = series[detector.identity]
        try:
            if isinstance(detector, SyncDetector):
                sound = series[f"{detector.identity} sound"]
                outcome.av_sync, outcome.intervals = detector.compare(own, sound, self.context)
                if outcome.av_sync is None:
                    outcome.not_measured = "nothing in the input to measure it by"
            else:
                outcome.intervals = detector.find(own, self.context)
        except Exception as error:
            track.fail(error)
            outcome.not_measured = track.failure
        return outcome

    def _too_little(self, track: Track) -> str | None:
        if track.picture is not None and not len(track.picture.t_ns):
            return "no frame could be decoded"
        if track.sound is not None and not len(track.sound.t_ns):
            return "no sound could be decoded"
        if self._end_ns < seconds_to_ns(track.detector.trigger.min_s):
            return f"the input is too short ({ns_to_seconds(self._end_ns):.2f} s)"
        return None

    def _cost_ms(self) -> dict[str, float]:
        frames, hops = max(1, self._frames), max(1, self._hops_heard)
        cost_ms = {
            SHARED_PICTURE: self._shared_ns[SHARED_PICTURE] / frames / NS_PER_MS,
            SHARED_SOUND: self._shared_ns[SHARED_SOUND] / hops / NS_PER_MS,
            START_UP: self._start_up_ns / frames / NS_PER_MS,
        }
        for track in self._tracks:
            cost_ms[track.detector.identity] = (
                track.cost_ns / (hops if track.picture is None else frames) / NS_PER_MS
            )
        return cost_ms

"""Runs the trials, several at a time, in a fixed order."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from harness.bench.clips import Clip
from harness.bench.trial import Result, Trial, run
from harness.clock import NS_PER_S
from harness.decoding import probe_duration_ns
from harness.errors import InputError

Tell = Callable[[int], None]


def run_all(trials: Sequence[Trial], jobs: int, tell: Tell) -> list[Result]:
    """Return the results in the order of the trials; `tell` is given how many are done."""
    if jobs == 1:
        return [_told(run(trial), number, tell) for number, trial in enumerate(trials)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        waiting = [pool.submit(run, trial) for trial in trials]
        return [
            _told(_outcome(trial, future), number, tell)
            for number, (trial, future) in enumerate(zip(trials, waiting, strict=True))
        ]


def durations_s(clips: Sequence[Clip]) -> dict[str, float]:
    """Return how long each clip lasts; those that cannot be read are left out."""
    lasts: dict[str, float] = {}
    for clip in clips:
        seconds, path = getattr(clip, "seconds", None), getattr(clip, "path", None)
        if seconds is not None:
            lasts[clip.name] = float(seconds)
        elif path is not None:
            try:
                lasts[clip.name] = probe_duration_ns(path) / NS_PER_S
            except InputError:
                continue
    return lasts


def _told(result: Result, number: int, tell: Tell) -> Result:
    tell(number + 1)
    return result


def _outcome(trial: Trial, future: "Future[Result]") -> Result:
    try:
        return future.result()
    except BrokenProcessPool:
        result = Result(trial.clip.name, trial.clip.source, trial.spec)
        result.failure = "the process died"
        return result

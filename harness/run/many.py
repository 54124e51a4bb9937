"""Analyses many files, several at a time, each in a process of its own: one that fails stops no other."""

import multiprocessing
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path

from harness.errors import HarnessError, InputError
from harness.recording.recording import Recording
from harness.run.analyze import Analyzed, analyze
from harness.verdict import Criteria

Done = Analyzed | HarnessError


def analyze_many(
    paths: Sequence[Path], criteria: Criteria, asked: Collection[str] | None, jobs: int
) -> Iterator[Done]:
    """Yield what came out of each file, or why it could not be used, in the order of the files.

    Parameters
    ----------
    paths : sequence of Path
        What to analyse.
    criteria, asked
        As of `analyze`.
    jobs : int
        How many at a time; each takes one core. Series are not passed on.

    """
    pool = _pool(min(jobs, len(paths)))
    try:
        waiting = [pool.submit(_one, path, criteria, asked) for path in paths]
        for path, future in zip(paths, waiting, strict=True):
            yield _outcome(future) or _again(path, criteria, asked)
    finally:
        pool.shutdown(cancel_futures=True)


def _outcome(future: "Future[Done]") -> Done | None:
    """Return what came out, or None where the process died: of this file, or of one beside it."""
    try:
        return future.result()
    except BrokenProcessPool:
        return None


def _again(path: Path, criteria: Criteria, asked: Collection[str] | None) -> Done:
    """Analyse a file alone, to see whether it was the one that a process died of."""
    with _pool(1) as pool:
        done = _outcome(pool.submit(_one, path, criteria, asked))
    return done or InputError(f"{path}: the process that read it died; the file breaks the decoder")


def _one(path: Path, criteria: Criteria, asked: Collection[str] | None) -> Done:
    try:
        done = analyze(Recording(path, threads=1), criteria, asked=asked)
    except HarnessError as error:
        return error
    return replace(done, analysis=replace(done.analysis, series={}))


def _pool(workers: int) -> ProcessPoolExecutor:
    # Decoders have threads, which a fork would not copy.
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))

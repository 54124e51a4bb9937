"""`harness analyze`: look for defects in files, and judge them."""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console

from harness.cli.analysis_table import table
from harness.cli.progress import Bar
from harness.errors import HarnessError, InputError
from harness.recording.recording import Recording
from harness.run.analyze import Analyzed, analyze, choose, contract, find_criteria
from harness.run.many import analyze_many
from harness.verdict import Criteria
from harness.writing import write_whole

EXAMPLES = """examples:
  harness analyze clip.mp4                              picture and sound, by the default criteria
  harness analyze clip.mp4 --criteria picture           a file without sound
  harness analyze clip.mp4 --detectors freeze_frame     one check alone
  harness analyze *.mkv --json out.json --jobs 2        several files, two at a time: a list

exit status: 0 pass, 1 defects found, 2 unusable input or call, 3 inconclusive. With several files the
first of 2, 1, 3 that any of them has; a file that cannot be used is left out of the JSON list.
"""

STATUS = {"pass": 0, "fail": 1, "inconclusive": 3}
WORST_FIRST = (2, 1, 3, 0)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "analyze",
        help="look for defects in video and sound files",
        description="Look at every frame and sample of each file for defects, and judge by criteria.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="a media file or a recording")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the result here (- for stdout)")
    parser.add_argument("--detectors", metavar="A,B", help="look for these defects only, and require them")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="analyse N files at a time (1)")
    parser.add_argument("--criteria", default="default", metavar="NAME", help="default, picture, sound, ...")
    parser.add_argument(
        "--reference", type=Path, metavar="FILE", help="the undamaged original (not used in this version)"
    )
    parser.add_argument(
        "--captions", type=Path, metavar="FILE", help="its captions, .srt or .vtt (not used in this version)"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Analyse each file; return the worst exit status."""
    asked, criteria = choose(args.detectors, find_criteria(args.criteria))
    _note_unused(args)
    _require_writable(args.json)
    if args.jobs < 1:
        raise InputError(f"--jobs {args.jobs}: give how many files to analyse at a time, 1 or more")
    statuses, results = [], []
    for done in _each(args.files, criteria, asked, args.jobs):
        if isinstance(done, HarnessError):
            print(f"harness analyze: {done}", file=sys.stderr)
            statuses.append(2)
            continue
        statuses.append(STATUS[str(done.judgement.verdict)])
        results.append(contract(done))
        _print(done, to_stderr=args.json is not None and str(args.json) == "-")
    if args.json is not None and results:
        _write_json(args.json, results if len(args.files) > 1 else results[0])
    return next(status for status in WORST_FIRST if status in statuses)


def _each(
    files: Sequence[Path], criteria: Criteria, asked: frozenset[str] | None, jobs: int
) -> Iterator[Analyzed | HarnessError]:
    if jobs == 1 or len(files) == 1:
        for path in files:
            yield _one(path, criteria, asked)
        return
    with Bar("analyzing", lambda: len(files)) as bar:
        for number, done in enumerate(analyze_many(files, criteria, asked, jobs)):
            bar.advance(number + 1, f"analyzed {number + 1} of {len(files)} files")
            yield done


def _one(path: Path, criteria: Criteria, asked: frozenset[str] | None) -> Analyzed | HarnessError:
    try:
        recording = Recording(path)
        with Bar("analyzing", lambda: recording.duration_ns) as bar:
            return analyze(recording, criteria, asked=asked, progress=bar.advance if bar.wanted else None)
    except HarnessError as error:
        return error


def _note_unused(args: argparse.Namespace) -> None:
    for option, path in (("--reference", args.reference), ("--captions", args.captions)):
        if path is None:
            continue
        try:
            with path.open("rb") as file:
                file.read(1)
        except OSError as error:
            raise InputError(f"{option} {path}: {error.strerror or error}") from None
        print(f"harness analyze: {option} is not used: no check of this version needs it", file=sys.stderr)


def _require_writable(out: Path | None) -> None:
    if out is None or str(out) == "-":
        return
    if out.is_dir() or not os.access(out.parent, os.W_OK):
        reason = "is a directory" if out.is_dir() else "cannot be written there"
        raise InputError(f"--json {out}: {reason}")


def _write_json(out: Path, data: object) -> None:
    text = json.dumps(data, indent=1, allow_nan=False) + "\n"
    if str(out) == "-":
        sys.stdout.write(text)
        return
    try:
        write_whole(out, text)
    except OSError as error:
        raise InputError(f"--json {out}: {error.strerror or error}") from None


def _print(done: Analyzed, *, to_stderr: bool) -> None:
    Console(stderr=to_stderr, highlight=False).print(table(done))

"""`harness bench`: plant every defect in clean media, look for it, and print honest figures."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from harness.bench.clips import Clip, default_clips, half_of, media_clips, negative_clips
from harness.bench.corpus import judge_file, read_corpus
from harness.bench.curves import draw_curves
from harness.bench.examples import draw_examples
from harness.bench.plan import plan
from harness.bench.runner import durations_s, run_all
from harness.bench.score import Scores, score
from harness.bench.summary import as_json, table
from harness.cli.progress import Bar
from harness.config import nearest
from harness.errors import InputError
from harness.impair import IMPAIRMENTS

EXAMPLES = """examples:
  harness bench                              media that the package draws, and the clip it depends on
  harness bench --media DIR                  clean media of yours: the half that nothing was tuned on
  harness bench --media DIR --half all       all of it
  harness bench --corpus DIR                 files that are labelled: a.mkv with a.truth.json beside it
  harness bench --defects hum,hiss --per-level 10 --json out.json --pictures docs/benchmark

The figures: recall by level (found/planted); precision over everything that was looked at; F1 of both; how
far off a finding begins (median, 95th percentile); false alarms of all detectors together on clean media.
"""

TABLE_WIDTH = 120
"""Where no terminal says how wide it is."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "bench",
        help="measure the detectors on planted defects",
        description="Plant every defect in clean media, look for it, and print how well that went.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    media = parser.add_mutually_exclusive_group()
    media.add_argument("--media", type=Path, metavar="DIR", help="a folder of clean media files")
    media.add_argument("--corpus", type=Path, metavar="DIR", help="a folder of labelled files")
    parser.add_argument("--half", choices=("report", "tune", "all"), default="report", help="with --media")
    parser.add_argument("--defects", metavar="A,B", help="plant these only")
    parser.add_argument("--per-level", type=int, default=4, metavar="N", help="trials a defect and level (4)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="picks clips and moments")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="trials at a time")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write every figure here")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="draw curves and examples here")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the trials, print, write."""
    _require_possible(args)
    scores, about = _corpus(args) if args.corpus else _planted(args)
    width = None if sys.stdout.isatty() else TABLE_WIDTH
    Console(highlight=False, width=width).print(table(scores))
    if args.json is not None:
        args.json.write_text(json.dumps(as_json(scores, about), indent=1) + "\n", encoding="utf-8")
    if args.pictures is not None:
        args.pictures.mkdir(parents=True, exist_ok=True)
        draw_curves(scores, args.pictures / "curves.svg")
        draw_examples(args.pictures / "examples.jpg")
    return 0


def _planted(args: argparse.Namespace) -> tuple[Scores, dict[str, Any]]:
    clips = _clips(args)
    defects = _defects(args.defects)
    trials = plan(clips, defects, args.per_level, args.seed, durations_s(clips))
    with Bar("benchmark", lambda: len(trials)) as bar:
        results = run_all(trials, args.jobs, bar.advance)
    about = {
        "media": str(args.media) if args.media else "drawn",
        "half": args.half if args.media else "all",
        "clips": len(clips),
        "sources": sorted({clip.source for clip in clips}),
        "per_level": args.per_level,
        "seed": args.seed,
    }
    return score(results), about


def _corpus(args: argparse.Namespace) -> tuple[Scores, dict[str, Any]]:
    labelled = read_corpus(args.corpus)
    with Bar("benchmark", lambda: len(labelled)) as bar:
        results = []
        for number, item in enumerate(labelled):
            results.append(judge_file(item))
            bar.advance(number + 1)
    return score(results), {"corpus": str(args.corpus), "files": len(labelled)}


def _clips(args: argparse.Namespace) -> Sequence[Clip]:
    if args.media is None:
        return default_clips()
    clips = media_clips(args.media)
    if args.half != "all":
        clips = [clip for clip in clips if half_of(clip.source) == args.half]
        if not clips:
            raise InputError(f"--media {args.media}: none of its sources lies in the half {args.half!r}")
    return [*clips, *negative_clips()]


def _defects(names: str | None) -> list[str]:
    chosen = (
        list(IMPAIRMENTS) if names is None else [name.strip() for name in names.split(",") if name.strip()]
    )
    for name in chosen:
        if name not in IMPAIRMENTS:
            known = sorted(IMPAIRMENTS)
            raise InputError(
                f"no defect {name!r} can be planted{nearest(name, known)}; known: {', '.join(known)}"
            )
    if not chosen:
        raise InputError("--defects names no defect; write for instance --defects hum,clicks")
    return chosen


def _require_possible(args: argparse.Namespace) -> None:
    for option, value in (("--per-level", args.per_level), ("--jobs", args.jobs)):
        if value < 1:
            raise InputError(f"{option} {value}: give a whole number, 1 or more")
    if args.seed < 0:
        raise InputError(f"--seed {args.seed}: give a whole number, 0 or more")
    if args.json is not None and (args.json.is_dir() or not args.json.parent.is_dir()):
        raise InputError(f"--json {args.json}: cannot be written there")
    if args.pictures is not None and args.pictures.is_file():
        raise InputError(f"--pictures {args.pictures}: is a file; name a folder")

"""`harness impair`: plant one defect in a clean clip, and write down what was planted where."""

import argparse
import json
import math
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console

from harness.cli.progress import Bar
from harness.decoding import MediaFile, probe_duration_ns
from harness.errors import InputError
from harness.impair import IMPAIRMENTS
from harness.impair.base import LEVELS, FaultSpec
from harness.media import StreamFormat
from harness.run.media_writer import MediaWriter, check_suffix
from harness.run.planting import Planting

EXAMPLES = """examples:
  harness impair clean.mp4 out.mkv --defect freeze_frame --start 2 --duration 1
  harness impair clean.mp4 out.mkv --defect hum --level hard --truth out.truth.json
  harness impair clean.mp4 out.mkv --defect tearing --kind band --seed 3

Levels: easy (nobody overlooks it), medium, hard (just visible or audible). The same seed plants the same.
What is written as the truth is measured: where the planted clip really differs from the clean one.
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "impair",
        help="plant one defect in a clean clip",
        description="Plant one defect in a clean clip, and write what was planted where.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("clean", type=Path, metavar="IN", help="a clean media file")
    parser.add_argument("out", type=Path, metavar="OUT", help="what to write: .mkv .mov .mp4 .wav .flac")
    parser.add_argument("--defect", required=True, metavar="NAME", help=", ".join(sorted(IMPAIRMENTS)))
    parser.add_argument("--kind", default="", help="one form of a defect that has several")
    parser.add_argument("--start", type=float, metavar="S", help="where it begins (a third of the clip)")
    parser.add_argument("--duration", type=float, metavar="S", help="how long it lasts (as is usual for it)")
    parser.add_argument("--level", choices=LEVELS, default="easy")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument("--truth", type=Path, metavar="TRUTH.json", help="write what was planted here")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Plant, write, tell."""
    _require_possible(args)
    with MediaFile(args.clean) as media:
        planting = Planting(_spec(args), media.format)
        truth = _write(args, media, planting)
    truth = {"file": args.out.name, **truth}
    if args.truth is not None:
        args.truth.write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")
    _tell(args, truth)
    return 0


def _spec(args: argparse.Namespace) -> FaultSpec:
    kind = IMPAIRMENTS.get(args.defect)
    lasts_s = probe_duration_ns(args.clean) / 1e9
    start_s = round(lasts_s / 3, 2) if args.start is None else args.start
    duration_s = args.duration if args.duration is not None else kind.usual_s if kind else 1.0
    if start_s >= lasts_s:
        raise InputError(f"--start {start_s:g}: {args.clean} lasts {lasts_s:.2f} s")
    return FaultSpec(args.defect, start_s, duration_s, args.level, args.seed, args.kind)


def _write(args: argparse.Namespace, media: MediaFile, planting: Planting) -> dict[str, Any]:
    stream: StreamFormat = media.format
    # Beside the target, so that a name that was there stays whole until the new file is.
    with tempfile.TemporaryDirectory(prefix=".impair-", dir=args.out.parent) as folder:
        scratch = Path(folder) / f"out{args.out.suffix.lower()}"
        bar = Bar("planting", lambda: probe_duration_ns(args.clean))
        with bar, MediaWriter(scratch, stream) as writer:
            for item in planting.items(media.items()):
                writer.write(item)
                bar.advance(getattr(item, "t_ns", 0))
        truth = planting.truth()
        if not truth["intervals_s"]:
            raise InputError(
                f"nothing changed: {args.defect} does not show in {args.clean} there; choose another --start"
            )
        scratch.replace(args.out)
    return truth


def _tell(args: argparse.Namespace, truth: dict[str, Any]) -> None:
    console = Console(highlight=False)
    kind = f" ({truth['kind']})" if truth["kind"] else ""
    spans = ", ".join(f"{start:.3f}-{end:.3f} s" for start, end in truth["intervals_s"])
    console.print(f"{args.out}: {truth['defect']}{kind}, {truth['level']}, at {spans}", markup=False)


def _require_possible(args: argparse.Namespace) -> None:
    check_suffix(args.out)
    for name, value in (("--start", args.start), ("--duration", args.duration)):
        least = 0 if name == "--start" else 1e-9
        if value is not None and not (math.isfinite(value) and value >= least):
            raise InputError(
                f"{name} {value:g}: give seconds, {'0 or more' if least == 0 else 'more than 0'}"
            )
    if args.seed < 0:
        raise InputError(f"--seed {args.seed}: give a whole number, 0 or more")
    if args.out.exists() and not args.out.is_file() and not args.out.is_dir():
        raise InputError(f"OUT {args.out}: is not a file; give another name")
    for option, path in (("OUT", args.out), ("--truth", args.truth)):
        if path is not None and (path.is_dir() or not path.parent.is_dir()):
            reason = "is a directory" if path.is_dir() else "its folder does not exist"
            raise InputError(f"{option} {path}: {reason}")
    if args.out.exists() and args.clean.exists() and args.out.samefile(args.clean):
        raise InputError(f"OUT {args.out}: is the input; give another name")

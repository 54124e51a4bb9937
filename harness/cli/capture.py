"""`harness capture`: record what a device shows and sounds."""

import argparse
import contextlib
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from harness.capture import open_source
from harness.capture.buffer import CaptureBuffer
from harness.capture.protocol import CaptureSource
from harness.capture.signal import await_signal
from harness.clock import MonotonicClock, ns_to_seconds, seconds_to_ns
from harness.errors import HarnessError, InputError
from harness.media import Captured, Gap, RigEvent, SignalEvent
from harness.recording.disk import require_room
from harness.recording.recorder import Recorder

EXAMPLES = """examples:
  harness capture virtual:/tmp/stb/hdmi.sock out.mkv --seconds 10    the virtual device, for 10 s
  harness capture virtual:/tmp/stb/hdmi.sock out.mkv                 until Ctrl-C
  harness capture v4l2:/dev/video0 out.mkv --seconds 10              a capture card
  harness capture file:clip.mp4 out.mkv --lossless                   a file, replayed as if it were live

Beside out.mkv comes out.timing.jsonl with the exact time of every frame; keep the two together.
exit status: 0 recorded, 2 the source, the disk or the call is unusable (what was recorded is kept)
"""
POLL_S = 0.2


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "capture",
        help="record a device's picture and sound",
        description="Record picture and sound of a source, with exact times, into a Matroska file.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("source", metavar="SOURCE", help="a card v4l2:/dev/video0, virtual:PATH or file:PATH")
    parser.add_argument("out", type=Path, metavar="OUT.mkv", help="the recording; must not exist yet")
    parser.add_argument("--seconds", type=_seconds, metavar="N", help="stop after N s (default: Ctrl-C)")
    parser.add_argument("--lossless", action="store_true", help="bit-exact picture, about 10 times the size")
    parser.add_argument("--wait", type=_seconds, default=10.0, metavar="S", help="for a signal (default: 10)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Record until the time is over, the source ends, or the user does."""
    if args.out.suffix != ".mkv":
        raise InputError(f"{args.out}: recordings are Matroska; name it {args.out.with_suffix('.mkv').name}")
    require_room(args.out)
    source = open_source(args.source)
    taken = _Taken()
    with contextlib.closing(source), _stop_on_signals() as stopped:
        stream = await_signal(source, args.wait)
        with Recorder(args.out, stream, lossless=args.lossless) as recorder:
            try:
                _record(source, recorder, taken, args.seconds, stopped)
            except HarnessError as error:
                raise type(error)(f"{error}; {taken.seconds:.1f} s are kept in {args.out}") from None
    gaps = f"{taken.gaps} gaps" if taken.gaps else "no gap"
    print(f"{args.out}: {taken.seconds:.1f} s, {recorder.frames} frames, {recorder.samples} samples, {gaps}")
    return 0


@dataclass(slots=True)
class _Taken:
    """What was recorded so far."""

    start_ns: int | None = None
    end_ns: int = 0
    gaps: int = 0

    @property
    def seconds(self) -> float:
        return ns_to_seconds(self.end_ns - self.start_ns) if self.start_ns is not None else 0.0

    def add(self, item: Captured) -> None:
        if isinstance(item, Gap):
            self.gaps += 1
        elif not isinstance(item, SignalEvent | RigEvent):
            self.start_ns = item.t_ns if self.start_ns is None else self.start_ns
            self.end_ns = item.t_ns


def _record(
    source: CaptureSource,
    recorder: Recorder,
    taken: _Taken,
    seconds: float | None,
    stopped: threading.Event,
) -> None:
    began_ns = MonotonicClock().now_ns()
    with CaptureBuffer(source) as buffer, _progress(seconds) as show:
        while not stopped.is_set():
            try:
                item = buffer.get(POLL_S)
            except EOFError:
                return
            # Without a signal there is no item to say that the time is over.
            now_ns = MonotonicClock().now_ns() if item is None else getattr(item, "t_ns", began_ns)
            start_ns = began_ns if taken.start_ns is None else taken.start_ns
            if seconds is not None and now_ns - start_ns >= seconds_to_ns(seconds):
                return
            if item is not None:
                recorder.write(item)
                taken.add(item)
                show(taken)


@contextlib.contextmanager
def _progress(seconds: float | None) -> Iterator[Any]:
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("recording", total=seconds)

        def show(taken: _Taken) -> None:
            losses = f", {taken.gaps} gaps" if taken.gaps else ""
            progress.update(
                task, completed=taken.seconds, description=f"recording {taken.seconds:.0f} s{losses}"
            )

        yield show


@contextlib.contextmanager
def _stop_on_signals() -> Iterator[threading.Event]:
    """Let Ctrl-C and SIGTERM end the recording between two items, so that the file is finished."""
    stopped = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: stopped.set()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return seconds

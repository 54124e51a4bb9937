"""For the jobs: what runs in the guest, step by step, and writes down what came out."""

import json
import signal
import subprocess
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from pathlib import Path

OUT = Path("/out")
TMP = Path(tempfile.gettempdir())
"""Memory of the guest; `/out` is a folder of the host, and slow."""
STEP_S = 150


def run_steps(job: str, steps: Sequence[Callable[[], object]]) -> None:
    """Call each step and write what it returns, or how it failed, under its name into `/out/<job>.json`."""
    if "modules=" not in Path("/proc/cmdline").read_text():
        raise SystemExit("jobs load drivers and pull cards out: they run in the guest alone")
    results: dict[str, object] = {}
    for step in steps:
        began_s = time.monotonic()
        try:
            with _limit(STEP_S):
                results[step.__name__] = step()
        except Exception:
            results[step.__name__] = {"failed": traceback.format_exc()}
        print(f"{job}: {step.__name__}: {time.monotonic() - began_s:.1f} s", flush=True)
        (OUT / f"{job}.json").write_text(json.dumps(results, indent=1))


def sh(*words: str, check: bool = True) -> str:
    """Run a program to its end and return what it said."""
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=STEP_S)
    if check and done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr or done.stdout}")
    return done.stdout


def until(condition: Callable[[], object], timeout_s: float = 20.0) -> object:
    """Wait until a condition holds and return what it gave; fails when it does not come to hold."""
    end_s = time.monotonic() + timeout_s
    while not (found := condition()):
        if time.monotonic() > end_s:
            raise TimeoutError(f"waited {timeout_s:g} s in vain")
        time.sleep(0.02)
    return found


@contextmanager
def _limit(seconds: int):
    def late(*_):
        raise TimeoutError(f"the step took more than {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)

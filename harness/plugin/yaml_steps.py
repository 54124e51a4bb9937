"""Runs the steps of a YAML case; a watch begins before the action that starts what it watches."""

from collections.abc import Iterator
from typing import Any

import pytest

from harness.plugin.yaml_schema import Case, Plan, Step

STARTERS = ("press", "play", "text", "launch")
"""Verbs that may start a playback: a `watch_s` right after one begins before it."""


def run(plan: Plan, case: Case, device: Any, watch: Any) -> None:
    """Do the steps of a case on a device, and hold what was watched against `expect`."""
    playbacks = []
    for starter, step in watches(case.steps):
        if step.verb != "watch_s":
            act(device, step)
            continue
        with watch(plan.criteria, expect=case.expect.defects) as playback:
            if starter:
                ask(device, playback, starter)
            playback.run_for(seconds=step.value)
        playbacks.append(playback)
    for playback in playbacks:
        _hold(case, playback)


def watches(steps: tuple[Step, ...]) -> Iterator[tuple[Step | None, Step]]:
    """Yield each step, a `watch_s` together with the action that it must begin before."""
    for position, step in enumerate(steps):
        following = steps[position + 1] if position + 1 < len(steps) else None
        if step.verb in STARTERS and following and following.verb == "watch_s":
            continue
        before = steps[position - 1] if position else None
        yield (before if step.verb == "watch_s" and before and before.verb in STARTERS else None), step


def act(device: Any, step: Step) -> None:
    """Do one step; what goes wrong is told with the step it went wrong in."""
    try:
        more = {"via": step.via} if step.via else {}
        getattr(device, step.verb)(step.value, **more)
    except Exception as error:
        error.add_note(f"in the step {step}")
        raise


def ask(device: Any, playback: Any, step: Step) -> None:
    """Do the step that starts a playback; the start-up delay counts from it."""
    if step.verb != "play":
        playback.mark("play_asked", str(step.value))
    act(device, step)


def _hold(case: Case, playback: Any) -> None:
    limit_s = case.expect.start_up_s
    if limit_s is not None and playback.start_up_s > limit_s:
        pytest.fail(
            f"start_up_s is {playback.start_up_s:.2f} s, expected at most {limit_s:g} s", pytrace=False
        )

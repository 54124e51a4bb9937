"""Asks several things at the same time, and waits for none of them longer than agreed."""

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from harness.clock import NS_PER_S, Clock
from harness.errors import HarnessError, RigError

Answer = TypeVar("Answer")


def side_by_side(
    tasks: Mapping[str, Callable[[], Answer]], end_ns: int, clock: Clock
) -> Iterator[tuple[str, Answer | HarnessError | None]]:
    """Yield each task's name and answer, in the order of the tasks; None for what is late.

    What a task raises is its answer. One that is late goes on in a thread that ends with the process.
    """
    answers: dict[str, Answer | HarnessError] = {}
    change = threading.Condition()

    def run(name: str, task: Callable[[], Answer]) -> None:
        answer: Answer | HarnessError
        try:
            answer = task()
        except HarnessError as error:
            answer = error
        except Exception as error:
            answer = RigError(f"{type(error).__name__}: {' '.join(str(error).split())}")
        with change:
            answers[name] = answer
            change.notify_all()

    for name, task in tasks.items():
        threading.Thread(target=run, args=(name, task), name=f"ask {name}", daemon=True).start()
    for name in tasks:
        with change:
            left_s = max(0.0, (end_ns - clock.now_ns()) / NS_PER_S)
            change.wait_for(lambda name=name: name in answers, left_s)  # type: ignore[misc]
            answer = answers.get(name)
        yield name, answer

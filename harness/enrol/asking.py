"""Questions on a terminal, each answer checked at once."""

from collections.abc import Callable, Sequence
from typing import TextIO

from rich.console import Console
from rich.markup import escape
from rich.prompt import Prompt

from harness.config import nearest

Check = Callable[[str], str]
"""Says what is wrong with an answer; empty when nothing is."""


class Asker:
    """Asks on a console; `stream` takes the answers from elsewhere than the terminal."""

    def __init__(self, console: Console, stream: TextIO | None = None) -> None:
        self.console = console
        self._stream = stream

    def say(self, words: str, style: str = "") -> None:
        """Print words as they are: nothing in them is mark-up."""
        self.console.print(escape(words), style=style, highlight=False)

    def text(self, question: str, default: str = "", check: Check = lambda answer: "") -> str:
        """Ask until the answer is fine, and return it; an empty one is the default."""
        while True:
            answer = Prompt.ask(
                f"[bold]{escape(question)}[/]",
                console=self.console,
                default=default,
                show_default=bool(default),
                stream=self._stream,
            ).strip()
            wrong = check(answer)
            if not wrong:
                return answer
            self.say(wrong, "red")

    def yes(self, question: str, *, default: bool = True) -> bool:
        """Ask for yes or no."""
        answer = self.text(f"{question} ({'Y/n' if default else 'y/N'})", check=_yes_or_no).lower()
        return default if not answer else answer.startswith("y")

    def choose(
        self, title: str, options: Sequence[tuple[str, str]], check: Check | None = None, default: str = "1"
    ) -> str:
        """Let one of some options be chosen by its number; with `check`, something else can be typed.

        `options` are pairs of what is returned and what is shown.
        """
        self.console.print()
        self.say(title, "bold")
        for number, (_, words) in enumerate(options, 1):
            self.say(f"  {number}  {words}")
        values = [value for value, _ in options]

        def wrong(answer: str) -> str:
            if (answer.isdecimal() and 1 <= int(answer) <= len(options)) or answer in values:
                return ""
            if check is not None and not answer.isdecimal():
                return check(answer)
            return f"{answer!r}: type a number from 1 to {len(options)}{nearest(answer, values)}"

        number_or = "Number, or type it" if check else "Number"
        answer = self.text(number_or, default if options else "", wrong)
        return values[int(answer) - 1] if answer.isdecimal() else answer


def _yes_or_no(answer: str) -> str:
    return "" if answer.lower() in ("", "y", "yes", "n", "no") else f"{answer!r}: type y or n"

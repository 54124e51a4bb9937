"""What is wrong with text that is no YAML: the line, and one plain sentence."""

import re
from typing import Any

import yaml

TIGHT = re.compile(r"\s*(?:- )?(['\"]?[A-Za-z_][\w-]*['\"]?):([^\s/:]\S*)")
"""A key, its colon, and the value without a blank between."""
FOUND = re.compile(r"(?:but found|but got) '(.+?)'$")
ODD = re.compile(r"found character '(.+?)' that cannot start any token")
SAID = {
    "mapping values are not allowed here": "a `:` that cannot stand here: check how far the line is "
    "indented, or put text with a `: ` in it in quotes",
    "could not find expected ':'": "a key without a `:` and a blank behind it",
    "found unexpected end of stream": "a quote is opened here and never closed",
}
Told = tuple[int | None, str]


def explained(error: Exception, text: str) -> Told:
    """Return the line (from 1; None where there is none) and what is wrong there, in one sentence."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return _tab(error) or _tight(error, text.splitlines()) or _unexpected(error)
    if isinstance(error, yaml.reader.ReaderError):
        code = error.character if isinstance(error.character, int) else ord(error.character[:1] or b"\0")
        line = text.count("\n", 0, error.position) + 1
        return line, f"a character that cannot be in YAML (U+{code:04X}): remove it"
    if isinstance(error, RecursionError):
        return None, "brackets within brackets within brackets: too many"
    return None, " ".join(str(error).split())


def _tab(error: Any) -> Told | None:
    if "'\\t'" not in (error.problem or ""):
        return None
    return error.problem_mark.line + 1, "a tab stands here: write blanks instead"


def _tight(error: Any, lines: list[str]) -> Told | None:
    """Return the key that has no blank behind its colon, on the mistake's line or that before it."""
    last = min(error.problem_mark.line, len(lines) - 1)
    before = next((line for line in range(last - 1, -1, -1) if lines[line].strip()), 0)
    for line in (last, before):
        if found := TIGHT.match(lines[line]):
            tight, wide = f"{found[1]}:{found[2]}", f"{found[1]}: {found[2]}"
            return line + 1, f"`{tight}` has no blank after the colon: write `{wide}`"
    return None


def _unexpected(error: Any) -> Told:
    problem, line = error.problem or "", error.problem_mark.line + 1
    begun = (error.context_mark or error.problem_mark).line + 1
    if odd := ODD.search(problem):
        return line, f"`{odd[1]}` cannot stand at the beginning of a value: put the value in quotes"
    if found := FOUND.search(problem):
        if "flow" in (error.context or "") and found[1] in ("<stream end>", ":"):
            return begun, "a bracket is opened here and never closed"
        if found[1].startswith("<"):
            return line, "this line does not fit what is above it: check how far it is indented"
        return line, f"unexpected `{found[1]}`"
    if problem == "found unexpected end of stream":
        line = begun
    return line, SAID.get(problem, problem)

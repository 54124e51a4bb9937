"""The grammar of the device's shell: words, quotes, `$` variables, and the separators `;`, `&&`, `||`.

A small part of what a POSIX shell reads, by the same rules. Pipes, redirections, sub-shells,
background commands and further variables are refused aloud instead of being read as something else;
`*` and `~` stand for themselves.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

TOKEN = re.compile(
    r"""
      (?P<space>[ \t]+)
    | (?P<separator>&&|\|\||;|\r?\n)
    | '(?P<single>[^']*)'
    | "(?P<double>(?:\\.|[^"\\])*)"
    | \\(?P<escaped>.)
    | (?P<variable>\$(?:\?|[A-Za-z_]\w*|\{[A-Za-z_]\w*\}))
    | (?P<refused>[|&<>()`'"]|\$[({$!#@*\-0-9])
    | (?P<plain>[^ \t\r\n;&|<>()`'"\\$]+|.)
    """,
    re.VERBOSE | re.DOTALL,
)
IN_DOUBLE_QUOTES = re.compile(
    r"""
      \\(?P<escaped>[$`"\\\n])
    | (?P<variable>\$(?:\?|[A-Za-z_]\w*|\{[A-Za-z_]\w*\}))
    | (?P<refused>`|\$[({$!#@*\-0-9])
    | (?P<plain>[^\\$`]+|.)
    """,
    re.VERBOSE | re.DOTALL,
)

Lookup = Callable[[str], str]


class SyntaxRefused(Exception):
    """The line is not one that this shell reads."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a word: text as it stands, or a variable's name to look up when the command runs."""

    text: str
    variable: bool = False
    quoted: bool = False


Word = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One command, and the separator before it: `;`, `&&` or `||`."""

    separator: str
    words: tuple[Word, ...]

    def expand(self, lookup: Lookup) -> list[str]:
        """Return the arguments, variables replaced; an unquoted empty variable leaves no argument."""
        expanded = ((word, "".join(_value(piece, lookup) for piece in word)) for word in self.words)
        return [text for word, text in expanded if text or any(piece.quoted for piece in word)]


def parse(line: str) -> list[Step]:
    """Return the steps of a line; raises SyntaxRefused."""
    steps: list[Step] = []
    separator = ";"
    words: list[Word] = []
    for item in _tokens(line):
        if isinstance(item, str):
            if words:
                steps.append(Step(separator, tuple(words)))
            elif item != ";" or (separator != ";" and steps):
                raise SyntaxRefused(f"syntax error: unexpected '{item}'")
            separator, words = item, []
        else:
            words.append(item)
    if words:
        steps.append(Step(separator, tuple(words)))
    elif separator != ";":
        raise SyntaxRefused("syntax error: unexpected end of file")
    return steps


def _tokens(line: str) -> Iterator[str | Word]:
    pieces: list[Piece] = []
    for match in TOKEN.finditer(line):
        kind = match.lastgroup or ""
        text = match[kind]
        if kind not in ("space", "separator"):
            pieces += _pieces(kind, text)
            continue
        if pieces:
            yield tuple(pieces)
            pieces = []
        if kind == "separator":
            yield text if text in ("&&", "||") else ";"
    if pieces:
        yield tuple(pieces)


def _pieces(kind: str, text: str) -> list[Piece]:
    if kind == "refused":
        raise SyntaxRefused(f"syntax error: unexpected '{text}'")
    if kind == "variable":
        return [_variable(text, quoted=False)]
    if kind == "double":
        return [Piece("", quoted=True), *_in_double_quotes(text)]
    if kind == "escaped" and text == "\n":
        return []
    return [Piece(text, quoted=kind != "plain")]


def _in_double_quotes(text: str) -> Iterator[Piece]:
    for match in IN_DOUBLE_QUOTES.finditer(text):
        kind = match.lastgroup or ""
        if kind == "refused":
            raise SyntaxRefused(f"syntax error: unexpected '{match[0]}'")
        if kind == "variable":
            yield _variable(match[0], quoted=True)
        elif match[kind] != "\n" or kind == "plain":
            yield Piece(match[kind], quoted=True)


def _variable(text: str, *, quoted: bool) -> Piece:
    return Piece(text[1:].strip("{}"), variable=True, quoted=quoted)


def _value(piece: Piece, lookup: Lookup) -> str:
    return lookup(piece.text) if piece.variable else piece.text

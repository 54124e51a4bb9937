"""The device's shell reads lines as a POSIX shell does, or says that it does not."""

import shlex
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.simulator.adb.shell.grammar import SyntaxRefused, parse

WORDS = st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1)


def read(line, **values):
    return [(step.separator, step.expand(lambda name: values.get(name, ""))) for step in parse(line)]


@given(WORDS)
def test_quoted_words_come_through_as_they_are(words):
    assert read(shlex.join(words)) == [(";", words)]


@pytest.mark.parametrize(
    ("line", "steps"),
    [
        ("a; b && c || d", [(";", ["a"]), (";", ["b"]), ("&&", ["c"]), ("||", ["d"])]),
        ("echo ';' \"&&\" \\;", [(";", ["echo", ";", "&&", ";"])]),
        ("echo $X'$X'\"$X\"${X}", [(";", ["echo", "1$X11"])]),
        ("echo $NONE \"$NONE\" ''", [(";", ["echo", "", ""])]),
        ("a\n\nb;\n", [(";", ["a"]), (";", ["b"])]),
        ("", []),
        ("echo $ \\", [(";", ["echo", "$", "\\"])]),
    ],
)
def test_lines(line, steps):
    assert read(line, X="1") == steps


@pytest.mark.parametrize(
    "line",
    [
        "a | b",
        "a > b",
        "a < b",
        "a & b",
        "(a)",
        "`a`",
        "$(a)",
        '"$(a)"',
        '"`a`"',
        "$$",
        '"$1"',
        "${x:-1}",
        "'a",
        'a "b',
        "&& a",
        "a &&",
    ],
)
def test_what_it_does_not_read_it_refuses(line):
    with pytest.raises(SyntaxRefused, match="unexpected"):
        parse(line)


@given(st.text("ab'\"\\ ;&$\n", max_size=12))
@settings(max_examples=150)
def test_it_agrees_with_a_real_shell(text):
    """Whatever it takes as one plain command, `sh` splits into the same words."""
    try:
        steps = read(text)
    except SyntaxRefused:
        return
    if len(steps) != 1 or text[0] in ";\n" or "\\\n" in text or text.endswith("\\"):
        return
    told = subprocess.run(
        ["sh", "-c", f"set -f; printf '%s\\0' start {text}"], capture_output=True, check=False
    )
    if told.returncode == 0:
        assert told.stdout == b"".join(word.encode() + b"\0" for word in ["start", *steps[0][1]])

"""The command `input`: keys and text."""

from harness.clock import MonotonicClock
from harness.simulator.adb.shell.context import Context, Failure
from harness.simulator.adb.shell.keycodes import key_of

USAGE = "usage: input keyevent [--longpress] CODE|NAME... | input text STRING"
SOURCES = frozenset({"keyboard", "dpad", "gamepad", "touchscreen"})
ERROR = 255


async def input_event(context: Context, arguments: list[str]) -> int:
    """Press keys, or type text: `input [SOURCE] keyevent CODE|NAME...`, `input [SOURCE] text STRING`."""
    words = arguments[1:] if arguments and arguments[0] in SOURCES else arguments
    if words[:1] == ["keyevent"]:
        return await _keys(context, [word for word in words[1:] if word != "--longpress"])
    if words[:1] == ["text"] and len(words) == 2:
        # Android's own escape for a space, which older versions could not take.
        await context.ask(context.api.text, words[1].replace("%s", " "))
        return 0
    raise Failure(USAGE, ERROR)


async def _keys(context: Context, words: list[str]) -> int:
    if not words:
        raise Failure(USAGE, ERROR)
    try:
        keys = [key_of(word) for word in words]
    except LookupError as error:
        raise Failure(str(error.args[0]), ERROR) from None
    for key in keys:
        await context.ask(context.api.key, key, MonotonicClock().now_ns())
    return 0

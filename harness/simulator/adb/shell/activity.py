"""The command `am`: starting and stopping apps."""

import argparse

from harness.simulator.adb.shell.context import Arguments, Context, Failure

USAGE = "usage: am start [-W] [-n COMPONENT] [-a ACTION] [-d DATA] [-e KEY VALUE]... | am force-stop PACKAGE"


async def am(context: Context, arguments: list[str]) -> int:
    """Start an app or a title, or force-stop an app."""
    verb, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if verb in ("start", "start-activity"):
        return await _start(context, _start_arguments().parse_args(rest))
    if verb == "force-stop" and len(rest) == 1:
        await context.ask(context.api.stop_app, rest[0])
        return 0
    raise Failure(USAGE)


def _start_arguments() -> Arguments:
    parser = Arguments("am start")
    parser.add_argument("-n", dest="component")
    parser.add_argument("-a", dest="action")
    parser.add_argument("-d", dest="data")
    parser.add_argument("-c", dest="category")
    parser.add_argument("-t", dest="mime_type")
    parser.add_argument("-f", dest="flags")
    parser.add_argument("--user")
    parser.add_argument("-e", "--es", dest="extras", nargs=2, action="append", default=[])
    parser.add_argument("--ei", "--ez", "--el", dest="extras", nargs=2, action="append")
    parser.add_argument("-W", dest="wait", action="store_true")
    parser.add_argument("-S", dest="stop_first", action="store_true")
    parser.add_argument("target", nargs="?", metavar="COMPONENT|DATA")
    return parser


async def _start(context: Context, asked: argparse.Namespace) -> int:
    component, data = asked.component, asked.data
    if asked.target and "://" in asked.target:
        data = data or asked.target
    else:
        component = component or asked.target
    if not component and not data:
        raise Failure(USAGE)
    await context.say(f"Starting: Intent {{ {_intent(asked.action, data, component)} }}")
    if asked.stop_first and component:
        await context.ask(context.api.stop_app, component.partition("/")[0])
    try:
        await context.ask(context.api.start_app, component, data, dict(asked.extras))
    except LookupError as error:
        await context.complain(_refusal(component, data, error))
        return 1
    if asked.wait:
        await context.say(f"Status: ok\nActivity: {await context.ask(context.api.foreground)}\nComplete")
    return 0


def _intent(action: str | None, data: str | None, component: str | None) -> str:
    told = {"act": action, "dat": data, "cmp": component}
    return " ".join(f"{name}={value}" for name, value in told.items() if value)


def _refusal(component: str | None, data: str | None, error: LookupError) -> str:
    why = f" ({error.args[0]})" if error.args else ""
    if component and not data:
        return f"Error type 3\nError: Activity class {{{component}}} does not exist.{why}"
    return (
        f"Error: Activity not started, unable to resolve Intent {{ {_intent(None, data, component)} }}{why}"
    )

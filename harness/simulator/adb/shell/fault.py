"""The command `fault`: plants defects on purpose. No other device has it."""

import json

from harness.impair.base import FaultSpec
from harness.simulator.adb.shell.context import Context, Failure


async def fault(context: Context, arguments: list[str]) -> int:
    """Plant, clear or list faults: `fault plant SPEC...`, `fault clear`, `fault list` (JSON)."""
    verb, specs = (arguments[0], arguments[1:]) if arguments else ("", [])
    if verb == "plant" and specs:
        for spec in [FaultSpec.parse(text) for text in specs]:
            await context.ask(context.api.plant, spec)
    elif verb == "clear" and not specs:
        await context.ask(context.api.clear_faults)
    elif verb == "list" and not specs:
        planted = await context.ask(context.api.planted)
        await context.say(json.dumps([dict(entry) for entry in planted], default=str))
    else:
        raise Failure("usage: fault plant SPEC... | fault clear | fault list")
    return 0

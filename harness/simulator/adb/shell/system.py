"""The commands `getprop`, `settings` and `reboot`."""

from harness.simulator.adb.shell.context import Context, Failure

SETTINGS = {
    ("global", "device_name"): "ro.product.model",
    ("global", "device_provisioned"): None,
    ("secure", "user_setup_complete"): None,
}
"""A setting -> the property that holds its value, or None for one that is always 1."""


async def getprop(context: Context, arguments: list[str]) -> int:
    """Print one property (an empty line if there is none), or all: `getprop [NAME [DEFAULT]]`."""
    properties = context.api.properties
    if not arguments:
        for name in sorted(properties):
            await context.say(f"[{name}]: [{properties[name]}]")
        return 0
    await context.say(properties.get(arguments[0], arguments[1] if len(arguments) > 1 else ""))
    return 0


async def settings(context: Context, arguments: list[str]) -> int:
    """Print a setting, or `null`: `settings get NAMESPACE NAME`."""
    if arguments[:1] != ["get"] or len(arguments) != 3:
        raise Failure("usage: settings get NAMESPACE NAME")
    place = (arguments[1], arguments[2])
    source = SETTINGS.get(place)
    value = context.api.properties.get(source, "null") if source else "1"
    await context.say(value if place in SETTINGS else "null")
    return 0


async def reboot(context: Context, arguments: list[str]) -> int:
    """Restart the device; the connection is lost."""
    if arguments:
        raise Failure(f"this device cannot reboot into {arguments[0]!r}")
    await context.ask(context.api.reboot)
    return 0

"""The commands `screencap` and `wm`: what is on the screen, and how large it is."""

import struct

from harness.simulator.adb.shell.context import Context, Failure

PNG_SIZE = struct.Struct(">16xII")
"""Width and height lie behind the signature and the first chunk's length and name."""


async def screencap(context: Context, arguments: list[str]) -> int:
    """Write the screen as PNG to standard output or a file: `screencap -p [PATH]`, `screencap PATH.png`."""
    paths = [word for word in arguments if not word.startswith("-")]
    unknown = [word for word in arguments if word.startswith("-") and word != "-p"]
    if unknown or len(paths) > 1 or not ("-p" in arguments or "".join(paths).endswith(".png")):
        raise Failure("usage: screencap -p [PATH] (only PNG is written)")
    png = await context.ask(context.api.screenshot_png)
    if paths:
        context.files.locate(paths[0], context.folder).write_bytes(png)
    else:
        await context.terminal.out(png)
    return 0


async def wm(context: Context, arguments: list[str]) -> int:
    """Print the size of the screen: `wm size`."""
    if arguments != ["size"]:
        raise Failure("usage: wm size")
    width, height = PNG_SIZE.unpack_from(await context.ask(context.api.screenshot_png))
    await context.say(f"Physical size: {width}x{height}")
    return 0

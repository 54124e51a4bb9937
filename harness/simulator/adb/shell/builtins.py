"""The commands that need nothing but the shell itself."""

from harness.simulator.adb.shell.context import Context, Exit, Failure


async def true(context: Context, arguments: list[str]) -> int:
    """Succeed."""
    return 0


async def false(context: Context, arguments: list[str]) -> int:
    """Fail."""
    return 1


async def echo(context: Context, arguments: list[str]) -> int:
    """Print the arguments; `-n` leaves out the end of line."""
    bare = arguments[:1] == ["-n"]
    text = " ".join(arguments[bare:]) + ("" if bare else "\n")
    if text:
        await context.terminal.out(text.encode("utf-8", "surrogateescape"))
    return 0


async def end(context: Context, arguments: list[str]) -> int:
    """Leave the shell: `exit [STATUS]`."""
    if arguments:
        if not arguments[0].isascii() or not arguments[0].isdecimal():
            raise Failure(f"{arguments[0]}: bad number")
        context.status = int(arguments[0][:9]) & 0xFF
    raise Exit


async def export(context: Context, arguments: list[str]) -> int:
    """Set variables: `export NAME=VALUE...`."""
    for argument in arguments:
        name, _, value = argument.partition("=")
        if not name.isidentifier():
            raise Failure(f"{name}: is not an identifier")
        context.variables[name] = value
    return 0


async def cd(context: Context, arguments: list[str]) -> int:
    """Change the folder."""
    path = arguments[0] if arguments else "/"
    if not context.files.locate(path, context.folder).is_dir():
        raise Failure(f"{path}: No such file or directory")
    context.folder = context.files.normal(path, context.folder)
    return 0


async def pwd(context: Context, arguments: list[str]) -> int:
    """Print the folder."""
    await context.say(context.folder)
    return 0


async def identify(context: Context, arguments: list[str]) -> int:
    """Print the user, as `id` does."""
    await context.say("uid=2000(shell) gid=2000(shell) groups=2000(shell) context=u:r:shell:s0")
    return 0


async def uname(context: Context, arguments: list[str]) -> int:
    """Print the system's name; `-a` prints more."""
    await context.say("Linux localhost 5.15.0-virtual #1 aarch64 Toybox" if "-a" in arguments else "Linux")
    return 0

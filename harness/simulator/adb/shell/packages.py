"""The command `pm`, and what the device knows of its apps."""

from importlib.metadata import version

from harness.simulator.adb.shell.context import Context, Failure

APPS = {"org.captureharness.home": "Home", "org.captureharness.player": "Player"}
"""Package -> name of the app. Both ship with the harness and carry its version."""

USAGE = "usage: pm list packages [-f] [FILTER] | pm path PACKAGE"


async def pm(context: Context, arguments: list[str]) -> int:
    """List the installed packages, or print where one lies."""
    if arguments[:2] == ["list", "packages"]:
        return await _list(context, arguments[2:])
    if arguments[:1] == ["path"] and len(arguments) == 2:
        if arguments[1] not in APPS:
            return 1
        await context.say(f"package:{_apk(arguments[1])}")
        return 0
    raise Failure(USAGE)


def describe(package: str) -> str:
    """Return what `dumpsys package` prints of a package."""
    if package not in APPS:
        return f"Unable to find package: {package}"
    return (
        f"Packages:\n  Package [{package}]:\n    codePath={_apk(package).rpartition('/')[0]}\n"
        f"    versionCode=1 minSdk=30 targetSdk=33\n    versionName={version('capture-harness')}"
    )


async def _list(context: Context, options: list[str]) -> int:
    words = [word for word in options if not word.startswith("-")]
    for package in APPS:
        if all(word in package for word in words):
            where = f"{_apk(package)}=" if "-f" in options else ""
            await context.say(f"package:{where}{package}")
    return 0


def _apk(package: str) -> str:
    return f"/system/app/{APPS[package]}/{APPS[package]}.apk"

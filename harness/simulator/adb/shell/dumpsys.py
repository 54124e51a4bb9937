"""The command `dumpsys`: the state of the device in the forms that Android prints and tools look for."""

from collections.abc import Awaitable, Callable

from harness.clock import NS_PER_MS, MonotonicClock
from harness.simulator.adb.shell.context import Context, Failure
from harness.simulator.adb.shell.packages import describe

STATES = {"NONE": 0, "STOPPED": 1, "PAUSED": 2, "PLAYING": 3, "BUFFERING": 6, "ERROR": 7}
"""The numbers of `android.media.session.PlaybackState`."""

SESSIONS = """\
MEDIA SESSION SERVICE (dumpsys media_session)

Sessions Stack - have {count} sessions:
"""
SESSION = """\
    Player {package}/Player (userId=0)
      package={package}
      active={active}
      state=PlaybackState {{state={state}, position={position_ms}, buffered position=0, speed={speed}, \
updated={updated_ms}, actions=823, custom actions=[], active item id=-1, error=null}}
      metadata: size=1, description={title}, null, null
"""


async def dumpsys(context: Context, arguments: list[str]) -> int:
    """Print what one service knows: `media_session`, `window`, `activity`, `package NAME`."""
    if arguments == ["-l"]:
        await context.say("Currently running services:\n" + "\n".join(f"  {name}" for name in SERVICES))
        return 0
    name = arguments[0] if arguments else ""
    if name not in SERVICES:
        raise Failure(f"Can't find service: {name}")
    await context.say((await SERVICES[name](context, arguments[1:])).rstrip("\n"))
    return 0


async def _media_session(context: Context, arguments: list[str]) -> str:
    session = await context.ask(context.api.media_session)
    if session.state == "NONE":
        return SESSIONS.format(count=0)
    return SESSIONS.format(count=1) + SESSION.format(
        package=session.package,
        active=str(session.state != "STOPPED").lower(),
        state=STATES.get(session.state, 0),
        position_ms=session.position_ms,
        speed="1.0" if session.state == "PLAYING" else "0.0",
        updated_ms=MonotonicClock().now_ns() // NS_PER_MS,
        title=" ".join(session.title.split()),
    )


async def _window(context: Context, arguments: list[str]) -> str:
    front = await context.ask(context.api.foreground)
    package, _, activity = front.partition("/")
    whole = f"{package}/{package}{activity}" if activity.startswith(".") else front
    return (
        "WINDOW MANAGER WINDOWS (dumpsys window windows)\n"
        f"  mCurrentFocus=Window{{{_token(front)} u0 {whole}}}\n"
        f"  mFocusedApp={_record(front)}\n"
    )


async def _activity(context: Context, arguments: list[str]) -> str:
    front = await context.ask(context.api.foreground)
    return (
        "ACTIVITY MANAGER ACTIVITIES (dumpsys activity activities)\n"
        f"    mResumedActivity: {_record(front)}\n"
        f"  mFocusedActivity: {_record(front)}\n"
    )


async def _package(context: Context, arguments: list[str]) -> str:
    if len(arguments) != 1:
        raise Failure("usage: dumpsys package NAME")
    return describe(arguments[0])


def _record(front: str) -> str:
    return f"ActivityRecord{{{_token(front)} u0 {front} t1}}"


def _token(front: str) -> str:
    return f"{sum(front.encode()) * 2654435761 & 0xFFFFFFF:07x}"


SERVICES: dict[str, Callable[[Context, list[str]], Awaitable[str]]] = {
    "activity": _activity,
    "media_session": _media_session,
    "package": _package,
    "window": _window,
}

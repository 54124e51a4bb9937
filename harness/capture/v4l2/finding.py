"""The capture cards of this machine, by names that stay."""

from collections.abc import Iterator
from pathlib import Path

from harness.capture.v4l2.modes import formats
from harness.capture.v4l2.node import NoCapture, Node, Unplugged
from harness.capture.v4l2.options import FORMATS
from harness.capture.v4l2.presence import fps, look
from harness.errors import HarnessError
from harness.ports import Port

DEVICES = Path("/dev")
NAMED = ("v4l/by-id", "v4l/by-path")
"""Where udev names cards: by maker, model and serial number, and by the port that they are plugged into."""


def stable_path(path: Path) -> Path:
    """Return the name of a device node that stays over unplugging, or the node where it has none."""
    node = path.resolve()
    if path.is_symlink():
        return path
    for folder in NAMED:
        for name in sorted((DEVICES / folder).glob("*")):
            if name.resolve() == node:
                return name
    return path


def namesakes(path: Path, name: str, place: str) -> Iterator[Path]:
    """Yield where a card that was unplugged is now: under its stable name, or a card of its name and port."""
    if path.is_symlink():
        yield path
        return
    for node in [path, *(other for other in nodes() if other != path)]:
        try:
            card = Node(node, str(node))
        except HarnessError:
            continue
        card.close()
        if (card.name, card.place) == (name, place):
            yield node


def nodes() -> list[Path]:
    """Return the device nodes of cameras and capture cards, in the order of their numbers."""
    return sorted(DEVICES.glob("video*"), key=lambda node: (len(node.name), node.name))


def v4l2_ports() -> list[Port]:
    """Return the capture cards of this machine, each with its signal or why it cannot be used."""
    return [port for node in nodes() if (port := _port(node)) is not None]


def _port(node: Path) -> Port | None:
    uri = f"v4l2:{stable_path(node)}"
    try:
        card = Node(node, uri)
    except NoCapture:
        return None
    except HarnessError as error:
        return Port("capture", uri, node.name, str(error).removeprefix(f"{uri}: "))
    try:
        return Port("capture", uri, card.name, _note(card))
    except Unplugged:
        return Port("capture", uri, card.name, "unplugged a moment ago")
    finally:
        card.close()


def _note(card: Node) -> str:
    offered = formats(card)
    if not set(offered) & set(FORMATS):
        return f"its pictures cannot be read: it offers {', '.join(offered) or 'nothing'}"
    presence = look(card)
    if not presence.signal:
        return presence.why
    if presence.timings is None:
        return "signal unknown until it captures; " + ", ".join(name for name in FORMATS if name in offered)
    bt = presence.timings.bt
    return f"signal {bt.width}x{bt.height} at {float(fps(presence.timings)):.5g}"

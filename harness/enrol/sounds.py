"""The sound that belongs to a capture card: one URI is one capture, picture and sound."""

from urllib.parse import parse_qsl, quote, unquote

from harness.ports import Port

CARD = "v4l2"
"""The scheme of cards whose sound is an input of its own."""


def takes_sound(capture: str) -> bool:
    """Return whether a capture's sound is an input of its own, to be named beside it."""
    return capture.partition(":")[0] == CARD


def sound_of(capture: str) -> str:
    """Return the name of the sound input in a capture's URI, empty without one."""
    return dict(parse_qsl(capture.partition("?")[2])).get("sound", "")


def name_of(sound: Port) -> str:
    """Return what a card's URI calls a sound input."""
    return unquote(sound.uri.partition(":")[2].partition("?")[0])


def with_sound(capture: str, sound: str) -> str:
    """Return a capture's URI with another sound input, or with none."""
    address, _, query = capture.partition("?")
    pairs = [pair for pair in query.split("&") if pair and pair.partition("=")[0] != "sound"]
    pairs += [f"sound={quote(sound, safe=' :,()/')}"] if sound else []
    return "?".join(filter(None, (address, "&".join(pairs))))

"""Which addresses may be typed on the page: those of the network; a path here must have been found."""

from collections.abc import Sequence

NETWORK = ("adb", "itach", "roku", "udp", "rtp", "rtsp", "none")
"""Schemes whose addresses name a host (or a serial number), never a file of this machine."""


def address_problem(uri: str, found: Sequence[str]) -> str:
    """Say why an address cannot be used on the page; empty when it can."""
    if uri in found or uri.partition("?")[0] in {one.partition("?")[0] for one in found}:
        return ""
    scheme, colon, rest = uri.partition(":")
    if not colon:
        return (
            f"{uri!r} is not an address: choose one that was found, or type one such as adb:192.168.1.7:5555"
        )
    if scheme in NETWORK and not (rest.startswith("/") and not rest.startswith("//")):
        return ""
    return (
        f"{uri!r} was not found on this machine: plug it in and look again. Only addresses of the network "
        "can be typed here, such as adb:192.168.1.7:5555 or udp://:5000; others in the terminal"
    )

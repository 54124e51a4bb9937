"""What stands behind the scheme of a capture URI: an address, and options of known names."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote

from harness.config import nearest
from harness.errors import InputError


def split_options(uri: str, rest: str, known: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    """Split `address?option=value&...`; `%20` and its like are undone.

    Raises InputError for no address, and for an option that is not known, that is empty or comes twice.
    """
    address, _, query = rest.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    options = dict(pairs)
    for option, value in pairs:
        if option not in known:
            offered = f"; it takes {', '.join(known)}"
            raise InputError(
                f"capture source {uri!r}: unknown option {option!r}{nearest(option, list(known))}{offered}"
            )
        if not value or value != options[option]:
            raise InputError(f"capture source {uri!r}: give the option {option!r} once, with a value")
    if not address.strip():
        raise InputError(f"capture source {uri!r}: the address is missing")
    return unquote(address), options


def number(uri: str, options: Mapping[str, str], name: str, among: range) -> int | None:
    """Return a whole number among those that are possible, None if it is not given; raises InputError."""
    text = options.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) in among):
        raise InputError(
            f"capture source {uri!r}: {name}={text} is no whole number of {among.start} to {among.stop - 1}"
        )
    return int(text)

"""Options in a capture's URI: `address?name=value&name=value`, strictly."""

from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl

from harness.config import nearest
from harness.errors import InputError


def address_and_options(uri: str, known: Iterable[str]) -> tuple[str, dict[str, str]]:
    """Split `scheme:address?option=value`; raises InputError for unknown or repeated options."""
    rest = uri.partition(":")[2]
    address, _, query = rest.partition("?")
    if not address or any(ord(letter) < ord(" ") for letter in rest):
        raise InputError(f"capture source {uri!r}: what comes after `{uri.partition(':')[0]}:` is missing")
    options: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name not in known:
            listed = ", ".join(sorted(known))
            hint = nearest(name, list(known))
            raise InputError(f"capture source {uri!r}: unknown option {name!r}{hint}; known: {listed}")
        if name in options or not value:
            raise InputError(f"capture source {uri!r}: the option {name} needs one value")
        options[name] = value
    return address, options


def whole_number(uri: str, options: Mapping[str, str], name: str, among: range) -> int | None:
    """Return an option that is a whole number, None where it is not given; raises InputError."""
    text = options.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) in among):
        raise InputError(
            f"capture source {uri!r}: {name}={text} is no whole number of {among.start} to {among.stop - 1}"
        )
    return int(text)

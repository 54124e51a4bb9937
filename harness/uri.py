"""A URI of a capture or a control, `scheme:address?option=value&option=value`, taken apart strictly."""

from collections.abc import Collection
from urllib.parse import parse_qsl

from harness.config import nearest
from harness.errors import InputError


def address_and_options(what: str, uri: str, known: Collection[str]) -> tuple[str, dict[str, str]]:
    """Return the address and the options of a URI.

    `what` begins the sentence of the InputError for an address that is missing, and for options that are
    not `known`, have no value, or stand twice.
    """
    scheme, _, rest = uri.partition(":")
    address, _, query = rest.partition("?")
    if not address or any(ord(letter) < ord(" ") for letter in rest):
        raise InputError(f"{what} {uri!r}: what comes after `{scheme}:` is missing")
    options: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name not in known:
            listed = f"; known: {', '.join(sorted(known))}" if known else ""
            raise InputError(f"{what} {uri!r}: unknown option {name!r}{nearest(name, list(known))}{listed}")
        if name in options or not value:
            raise InputError(f"{what} {uri!r}: the option {name} needs one value")
        options[name] = value
    return address, options

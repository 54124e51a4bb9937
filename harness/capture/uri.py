"""Options in a capture's URI: `address?name=value&name=value`, strictly."""

from collections.abc import Collection, Mapping

from harness import uri as any_uri
from harness.errors import InputError


def address_and_options(uri: str, known: Collection[str]) -> tuple[str, dict[str, str]]:
    """Split `scheme:address?option=value`; raises InputError for unknown or repeated options."""
    return any_uri.address_and_options("capture source", uri, known)


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

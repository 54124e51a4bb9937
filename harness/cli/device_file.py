"""A new device from the options of `harness devices add`, and changes from `KEY=VALUE`."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from harness.capture import SOURCES
from harness.config import parse_text, read_tree
from harness.control import SCHEMES
from harness.enrol.draft import INFRARED, Choice, Draft
from harness.enrol.files import difference, edit
from harness.enrol.patch import Keys, changed
from harness.enrol.saving import save
from harness.errors import ConfigError, InputError
from harness.run.registry import Profile


def write_device(args: argparse.Namespace, folder: Path) -> Path:
    """Write `folder/NAME.yaml` from the command line; return its path.

    The file appears whole or not at all, and never in place of another. Raises InputError.
    """
    if not args.name:
        raise InputError(
            "NAME is missing: harness devices add NAME --adb ADDRESS; on a terminal it asks for all"
        )
    draft = Draft(
        id=args.name,
        name=args.name,
        model=args.model,
        features=args.feature,
        capture=args.capture or "",
        app=args.app or "",
        virtual=args.virtual,
    )
    if args.virtual and (args.adb or args.ir or args.capture):
        raise InputError("--virtual brings its own controls and capture: leave out --adb, --ir and --capture")
    if args.adb:
        draft.controls["adb"] = Choice(_uri("adb", args.adb), args.adb_keys)
    if args.ir and not args.ir_keys:
        raise InputError("--ir needs --ir-keys: the key map of the remote control, such as keymaps/mine.yaml")
    if args.ir:
        draft.controls["ir"] = Choice(_uri("ir", args.ir), args.ir_keys)
    if not (draft.controls or draft.virtual):
        raise InputError(
            "name at least one control: --adb 192.168.1.7:5555, --ir /dev/ttyACM0, or --virtual; "
            "on a terminal `harness devices add` asks, and `--web` shows a page"
        )
    return save(draft, folder).path


def edit_device(path: Path, settings: Sequence[str]) -> str:
    """Set keys of a registered device from `KEY=VALUE`; return in words what that changed.

    An empty value removes the key. A file that is not valid can be mended so, if it is YAML. Raises
    InputError; then nothing was changed.
    """
    pairs = [_setting(words) for words in settings]
    before, after = edit(path, lambda text: _edited(text, pairs, path))
    return difference(before, after) if before.text != after.text else ""


def _edited(text: str, pairs: Sequence[tuple[Keys, str]], path: Path) -> str:
    read_tree(text, path)
    for keys, words in pairs:
        text = _with(text, keys, words, path)
    parse_text(text, Profile, path)
    return text


def _with(text: str, keys: Keys, words: str, path: Path) -> str:
    """Take the value as YAML reads it, or word for word where only that fits."""
    read = changed(text, {keys: _value(words)})
    if read == text or not words or _fits(read, path):
        return read
    literal = changed(text, {keys: words})
    return literal if _fits(literal, path) else read


def _fits(text: str, path: Path) -> bool:
    try:
        parse_text(text, Profile, path)
    except ConfigError:
        return False
    return True


def _setting(words: str) -> tuple[Keys, str]:
    key, equals, value = words.partition("=")
    if not equals or not key or not all(key.split(".")):
        raise InputError(f"{words!r}: write KEY=VALUE, such as app=com.example.tv, or KEY= to remove a key")
    return tuple(key.split(".")), value


def _value(words: str) -> Any:
    try:
        return yaml.safe_load(words) if words else None
    except yaml.YAMLError:
        return words


def _uri(scheme: str, address: str) -> str:
    """Return the URI of a control; raises InputError for one that another option takes."""
    kind, colon, _ = address.partition(":")
    fitting = INFRARED if scheme == "ir" else (scheme,)
    if colon and kind in fitting:
        return address
    if colon and kind in (*SCHEMES, *SOURCES):
        raise InputError(f"--{scheme} {address}: `{kind}:` is not for --{scheme}; {_option(kind)}")
    return f"{scheme}:{address}"


def _option(kind: str) -> str:
    """Say where a URI of some kind belongs."""
    if kind in INFRARED:
        return "give it to --ir"
    if kind == "adb" or kind in SOURCES:
        return f"give it to --{'adb' if kind == 'adb' else 'capture'}"
    return "no option takes it: `harness devices add` asks for it on a terminal, `--web` on a page"

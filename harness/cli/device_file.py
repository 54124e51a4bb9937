"""Writes the YAML file of a new device, checked before anybody sees it."""

import argparse
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import yaml

from harness.capture import open_source
from harness.config import load
from harness.control import open_control
from harness.errors import ConfigError, InputError
from harness.run.registry import ID, Profile, default_folders

HEADER = "# {name}: see devices/README.md for what else can be said here (states, play, live, screens).\n"
STARTER = "android.intent.category.LEANBACK_LAUNCHER"


def write_device(args: argparse.Namespace, folder: Path) -> Path:
    """Write `folder/NAME.yaml` from the command line; return its path.

    The file appears whole or not at all, and never in place of another. Raises InputError.
    """
    if not ID.fullmatch(args.name):
        raise InputError(
            f"{args.name!r} cannot be a device's id: small letters, digits, `.`, `_` and `-` only"
        )
    path = folder / f"{args.name}.yaml"
    if path.exists():
        raise InputError(f"{path} is there already; edit it, or choose another name")
    data = _profile(args)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _bring_key_maps(data, folder)
        _publish(HEADER.format(name=args.name) + _yaml(data), path)
    except FileExistsError:
        raise InputError(f"{path} is there already; edit it, or choose another name") from None
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    return path


def _profile(args: argparse.Namespace) -> dict[str, Any]:
    controls: dict[str, dict[str, str]] = {}
    if args.adb:
        controls["adb"] = {"uri": _uri("adb", args.adb), "keys": args.adb_keys}
    if args.ir:
        if not args.ir_keys:
            raise InputError(
                "--ir needs --ir-keys: the key map of the remote control, such as keymaps/mine.yaml"
            )
        controls["ir"] = {"uri": _uri("ir", args.ir), "keys": args.ir_keys}
    if not controls:
        raise InputError("name at least one control: --adb 192.168.1.7:5555, --ir /dev/ttyACM0")
    data: dict[str, Any] = {"name": args.name, "model": args.model, "features": [*controls, *args.feature]}
    data["controls"] = controls
    if args.capture:
        open_source(args.capture)
        data["capture"] = args.capture
    if args.app:
        data["app"] = args.app
    if args.app and args.adb:
        start = {"shell": ["monkey", "-p", "{app}", "-c", STARTER, "1"]}
        data["states"] = {"app": {"steps": [start], "expect": {"foreground": args.app}}}
        data["stop"] = [{"shell": ["am", "force-stop", "{app}"]}]
    return data


def _bring_key_maps(data: dict[str, Any], folder: Path) -> None:
    """Copy a key map that ships with the harness beside the new file, and see that each can be used."""
    for control in data["controls"].values():
        keys = folder / control["keys"]
        shipped = next((place / control["keys"] for place in default_folders()[::-1]), keys)
        if not keys.exists() and shipped.is_file() and ".." not in Path(control["keys"]).parts:
            keys.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(shipped, keys)
        open_control(control["uri"], keys)


def _publish(text: str, path: Path) -> None:
    with tempfile.NamedTemporaryFile(
        "w", dir=path.parent, prefix=f".{path.stem}.", encoding="utf-8"
    ) as scratch:
        scratch.write(text)
        scratch.flush()
        try:
            load(Path(scratch.name), Profile)
        except ConfigError as error:
            raise InputError(str(error).replace(scratch.name, str(path))) from None
        Path(scratch.name).chmod(0o644)
        os.link(scratch.name, path)


def _uri(scheme: str, address: str) -> str:
    return address if address.startswith(f"{scheme}:") else f"{scheme}:{address}"


def _yaml(data: dict[str, Any]) -> str:
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=100)

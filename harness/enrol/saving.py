"""From a draft to the file of a device: its text, and the key maps and pictures that go with it."""

from dataclasses import replace as replaced
from pathlib import Path
from typing import Any

import yaml

from harness.config import parse_text
from harness.control.keymap import IrKeyMap
from harness.enrol.draft import Draft, draft_of, problems
from harness.enrol.files import Stored, create, edit, publish, read, replace
from harness.enrol.keymaps import learned_text, map_path, with_learned
from harness.enrol.patch import Keys, changed
from harness.errors import InputError
from harness.run.registry import Profile, default_folders

HEADER = "# {id}: see devices/README.md for what else can be said here (states, play, live, screens).\n"
STARTER = "android.intent.category.LEANBACK_LAUNCHER"
TEMPLATE = "virtual-stb"


def text_of(draft: Draft, before: Stored | None = None) -> str:
    """Return the file that a draft makes: a new one, or what was read with the draft's changes."""
    if before is not None:
        return changed(before.text, _changes(draft, before))
    if draft.virtual:
        return _virtual(draft)
    return HEADER.format(id=draft.id) + _yaml(_data(draft))


def save(draft: Draft, folder: Path, before: Stored | None = None, *, force: bool = False) -> Stored:
    """Write a draft; return what is in its file then.

    With `before` a registered device is changed; ChangedMeanwhile is raised if somebody else changed it
    since, unless `force` puts this draft's own changes on top. Raises InputError; then nothing was written.
    """
    wrong = problems(draft, folder, new=before is None)
    if wrong:
        raise InputError("; ".join(dict.fromkeys(problem.words for problem in wrong)))
    text = text_of(draft, before)
    path = before.path if before else folder / f"{draft.id}.yaml"
    parse_text(text, Profile, path)
    brought = _bring(draft, folder, text, path, new=before is None)
    try:
        stored = _write(draft, path, text, before, force)
        _extend(draft, folder, brought)
        return stored
    except BaseException:
        for file in brought:
            file.unlink(missing_ok=True)
        raise


def _write(draft: Draft, path: Path, text: str, before: Stored | None, force: bool) -> Stored:
    if before is None:
        create(path, text)
        return Stored(path, text)
    if force:
        now = read(path)
        return replace(now, changed(now.text, _changes(draft, before)))
    return replace(before, text)


def _extend(draft: Draft, folder: Path, brought: list[Path]) -> None:
    """Add learned keys to a map that this device had already."""
    for name, choice in draft.controls.items():
        file = folder / (draft.keys_file(name) or "")
        if choice.learned and file not in brought:
            edit(file, lambda text, choice=choice: with_learned(text, choice.learned), IrKeyMap)  # type: ignore[misc]


def _bring(draft: Draft, folder: Path, text: str, path: Path, *, new: bool) -> list[Path]:
    """Put what the file names beside it, where it is not there yet; return what was written."""
    learned = {
        draft.keys_file(name): learned_text(choice.keys, choice.learned, folder).encode()
        for name, choice in draft.controls.items()
        if choice.learned
    }
    profile, written = parse_text(text, Profile, path), []
    named = [one.keys for one in profile.controls.values()] + list(profile.screens.values())
    try:
        for name in dict.fromkeys(filter(None, named)):
            file = folder / name
            if not file.exists():
                data = learned.get(name) or map_path(name, folder).read_bytes()
                file.parent.mkdir(parents=True, exist_ok=True)
                publish(file, data)
                written.append(file)
            elif name in learned and new:
                raise InputError(f"{file} is there already: remove it first, or choose another name")
    except OSError as error:
        for file in written:
            file.unlink(missing_ok=True)
        raise InputError(f"{file}: {error.strerror or error}") from error
    return written


def _data(draft: Draft) -> dict[str, Any]:
    """Return a new real device as its file holds it."""
    features = list(dict.fromkeys([*draft.controls, *draft.features]))
    data: dict[str, Any] = {"name": draft.name or draft.id}
    if draft.model:
        data["model"] = draft.model
    data["features"] = _Row(features)
    data["controls"] = {
        name: {"uri": choice.uri} | ({"keys": keys} if (keys := draft.keys_file(name)) else {})
        for name, choice in draft.controls.items()
    }
    if draft.capture:
        data["capture"] = draft.capture
    if draft.app:
        data["app"] = draft.app
    if draft.app and "adb" in draft.controls:
        start = {"shell": _Row(["monkey", "-p", "{app}", "-c", STARTER, "1"])}
        data["states"] = {"app": {"steps": [start], "expect": {"foreground": draft.app}}}
        data["stop"] = [{"shell": _Row(["am", "force-stop", "{app}"])}]
    return data


def _virtual(draft: Draft) -> str:
    path = default_folders()[-1] / f"{TEMPLATE}.yaml"
    text = read(path).text
    body = text[text.index("\nname:") + 1 :]
    named: dict[Keys, Any] = {("name",): draft.name or draft.id}
    if draft.features:
        named[("features",)] = draft.features
    if draft.model:
        named[("model",)] = draft.model
    return HEADER.format(id=draft.id) + changed(body, named)


def _changes(draft: Draft, before: Stored) -> dict[Keys, Any]:
    """Return what a draft says otherwise than the file it was read from."""
    was = draft_of(draft.id, parse_text(before.text, Profile, before.path))
    changes: dict[Keys, Any] = {
        (field,): getattr(draft, field) or None
        for field in ("name", "model", "features", "capture", "app")
        if getattr(draft, field) != getattr(was, field)
    }
    if ("name",) in changes:
        changes[("name",)] = draft.name or draft.id
    for name in dict.fromkeys([*was.controls, *draft.controls]):
        old, new = was.controls.get(name), draft.controls.get(name)
        if new is None:
            changes[("controls", name)] = None
        elif old is None or new.learned or new != old:
            changes |= _control_changes(name, replaced(new, keys=draft.keys_file(name)), old is None)
    return changes


def _control_changes(name: str, choice: Any, new: bool) -> dict[Keys, Any]:
    if new:
        return {("controls", name): {"uri": choice.uri} | ({"keys": choice.keys} if choice.keys else {})}
    return {("controls", name, "uri"): choice.uri, ("controls", name, "keys"): choice.keys}


class _Row(list[str]):
    """A list that is written on one line: `[adb, vod]`."""


class _Dumper(yaml.SafeDumper):
    """Writes a row on one line, and all else as a block."""


_Dumper.add_representer(
    _Row, lambda dumper, row: dumper.represent_sequence("tag:yaml.org,2002:seq", row, flow_style=True)
)


def _yaml(data: dict[str, Any]) -> str:
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)

"""`--device model=x`: every registered device that a label fits."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from harness.config import nearest
from harness.errors import InputError

if TYPE_CHECKING:
    from harness.run.registry import Registration

LABELS = ("model", "feature", "name")
"""What devices can be picked by, besides their ids."""


def pick_devices(asked: Sequence[str]) -> tuple[str, ...]:
    """Return the ids that `--device` names, each once: ids as they are, labels in the order of ids.

    Raises InputError for a label that fits no device, naming the nearest.
    """
    picked: list[str] = []
    for words in asked:
        picked += _by_label(words) if "=" in words else [words]
    return tuple(dict.fromkeys(picked))


def _by_label(words: str) -> list[str]:
    label, _, wanted = (part.strip() for part in words.partition("="))
    if label not in LABELS:
        known = ", ".join(LABELS)
        raise InputError(
            f"--device {words}: no label {label!r}{nearest(label, list(LABELS))}; known: {known}"
        )
    devices = _registered()
    # Capitals do not count, and `*` stands for anything.
    fitting = [
        device.id
        for device in devices
        if any(fnmatchcase(value.casefold(), wanted.casefold()) for value in _values(device, label))
    ]
    if not fitting:
        values = sorted({value for device in devices for value in _values(device, label)})
        known = ", ".join(values) or "none"
        raise InputError(f"--device {words}: fits no device{nearest(wanted, values)}; known: {known}")
    return fitting


def _values(device: "Registration", label: str) -> tuple[str, ...]:
    if label == "feature":
        return device.profile.features
    return (device.profile.model,) if label == "model" else (device.profile.name,)


def _registered() -> "list[Registration]":
    from harness.run.registry import default_folders, find_profile, known_ids

    folders = default_folders()
    return [find_profile(device, folders) for device in known_ids(folders)]

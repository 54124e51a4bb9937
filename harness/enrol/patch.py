"""Changes one value in the text of a YAML file; every other byte, comments included, stays as it is.

A change is made in the text, where the parser says that the value stands, and proved afterwards: the new text
must parse to the old data with that one change, else the change is refused.
"""

from collections.abc import Mapping
from typing import Any

import yaml

from harness.errors import InputError

Keys = tuple[str, ...]


def changed(text: str, changes: Mapping[Keys, Any]) -> str:
    """Return YAML `text` with some values set; None removes a key. Raises InputError."""
    for keys, value in changes.items():
        text = _one(text, keys, value)
    return text


def values(text: str) -> dict[str, Any]:
    """Return what is in a YAML file as one flat mapping: `controls.adb.uri` and its value."""
    return dict(_flat(yaml.safe_load(text) or {}, ()))


def _flat(data: Any, keys: Keys) -> list[tuple[str, Any]]:
    if not isinstance(data, dict) or not data:
        return [(".".join(keys), data)]
    return [pair for key, value in data.items() for pair in _flat(value, (*keys, str(key)))]


def _one(text: str, keys: Keys, value: Any) -> str:
    before = yaml.safe_load(text) or {}
    if not isinstance(before, dict):
        raise InputError("there are no keys in the file: write it by hand, or make it anew")
    wanted = _with(before, keys, value)
    if wanted == before:
        return text
    new = _removed(text, keys) if value is None else _set(text, keys, value)
    try:
        proved = (yaml.safe_load(new) or {}) == wanted
    except yaml.YAMLError:
        proved = False
    if not proved:
        raise InputError(
            f"{'.'.join(keys)} cannot be changed without touching what stands around it: "
            "edit the file by hand"
        )
    return new


def _with(data: Any, keys: Keys, value: Any) -> Any:
    """Return a copy of the data with one value set, or removed."""
    new = _apart(data)
    place = new
    for key in keys[:-1]:
        if not isinstance(place.get(key), dict):
            if value is None:
                return new
            place[key] = {}
        place = place[key]
    if value is None:
        place.pop(keys[-1], None)
    else:
        place[keys[-1]] = value
    return new


def _apart(data: Any) -> Any:
    """Return a copy in which nothing is shared: what an alias stands for is a value of its own."""
    if isinstance(data, dict):
        return {key: _apart(value) for key, value in data.items()}
    return [_apart(value) for value in data] if isinstance(data, list) else data


def _set(text: str, keys: Keys, value: Any) -> str:
    node, owner = yaml.compose(text, Loader=yaml.SafeLoader), None
    for depth, key in enumerate(keys):
        if not isinstance(node, yaml.MappingNode):
            rest = _nested(keys[depth:], value)
            return _replaced(text, node, rest, owner) if node else f"{text}{_dump(rest)[1:-1]}\n"
        found = next((entry for entry in node.value if entry[0].value == key), None)
        if found is None:
            return _inserted(text, node, key, _nested(keys[depth + 1 :], value))
        owner, node = found
    return _replaced(text, node, value, owner)


def _nested(keys: Keys, value: Any) -> Any:
    for key in reversed(keys):
        value = {key: value}
    return value


def _replaced(text: str, node: yaml.Node | None, value: Any, owner: yaml.Node | None) -> str:
    """Return the text with a node's value set; `owner` is the node of its key."""
    if node is None:
        return text
    start, end = node.start_mark.index, _end(text, node)
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        if isinstance(node, yaml.SequenceNode) and isinstance(value, list) and value:
            return _relisted(text, node, value)
        colon = text.index(":", owner.end_mark.index) + 1 if owner else start
        return f"{text[:colon]} {_dump(value)}{text[end:]}"
    space = " " if start == end and text[start - 1 : start] == ":" else ""
    return f"{text[:start]}{space}{_dump(value)}{text[end:]}"


def _relisted(text: str, node: yaml.SequenceNode, value: list[Any]) -> str:
    """Return the text with a list of `- ` lines set; a line that stays keeps its comments."""
    indent, start = " " * node.start_mark.column, text.rfind("\n", 0, node.start_mark.index) + 1
    known, at = [], start
    old = _built(node)
    for item, entry in zip(old, node.value, strict=True):
        end = _line_end(text, _end(text, entry))
        known.append((item, text[at:end]))
        at = min(end + 1, len(text))
    lines = [
        next((line for item, line in known if item == wanted), f"{indent}- {_dump(wanted)}")
        for wanted in value
    ]
    return "\n".join([text[:start] + lines[0], *lines[1:]]) + text[_line_end(text, _end(text, node)) :]


def _built(node: yaml.SequenceNode) -> list[Any]:
    """Return what a node stands for."""
    loader = yaml.SafeLoader("")
    built: list[Any] = loader.construct_sequence(node, deep=True)
    return built


def _inserted(text: str, node: yaml.MappingNode, key: str, value: Any) -> str:
    entry = f"{_dump(key)}: {_dump(value)}"
    if node.flow_style:
        close = node.end_mark.index - 1
        before = text[:close].rstrip()
        comma = "" if before.endswith(("{", ",")) else ","
        return f"{before}{comma}{'' if before.endswith('{') else ' '}{entry}{text[close:]}"
    indent = " " * node.value[0][0].start_mark.column
    end = _line_end(text, _end(text, node))
    return f"{text[:end]}\n{indent}{entry}{text[end:] or chr(10)}"


def _removed(text: str, keys: Keys) -> str:
    node, owner = yaml.compose(text, Loader=yaml.SafeLoader), None
    for key in keys[:-1]:
        owner, node = _child(node, key)
    if not isinstance(node, yaml.MappingNode):
        return text
    entries = node.value
    place = next(number for number, entry in enumerate(entries) if entry[0].value == keys[-1])
    if len(entries) == 1:
        return _replaced(text, node, {}, owner) if len(keys) > 1 else ""
    start, end = entries[place][0].start_mark.index, _end(text, entries[place][1])
    if not node.flow_style:
        return (
            text[: text.rindex("\n", 0, start) + 1 if "\n" in text[:start] else 0]
            + text[min(_line_end(text, end) + 1, len(text)) :]
        )
    if place:
        return text[: _end(text, entries[place - 1][1])] + text[end:]
    return text[:start] + text[entries[1][0].start_mark.index :]


def _child(node: yaml.Node | None, key: str) -> tuple[yaml.Node | None, yaml.Node | None]:
    entries = node.value if isinstance(node, yaml.MappingNode) else []
    return next((entry for entry in entries if entry[0].value == key), (None, None))


def _end(text: str, node: yaml.Node) -> int:
    """Return where a node's own text ends: the parser counts the comments behind a block to it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(text, last[1] if isinstance(last, tuple) else last)
    end: int = node.end_mark.index
    start: int = node.start_mark.index
    return start + len(text[start:end].rstrip())


def _line_end(text: str, index: int) -> int:
    end = text.find("\n", index)
    return len(text) if end < 0 else end


def _dump(value: Any) -> str:
    """Return a value as YAML on one line."""
    words = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10**9)
    return words.removesuffix("\n").removesuffix("\n...")

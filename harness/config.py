"""Strict YAML into typed models: an unknown key is an error that names the nearest right one.

All that is wrong with a file is told at once, one line a mistake, each with the line of the file it is on.
"""

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from harness.errors import ConfigError
from harness.yaml_mistakes import explained


class Strict(BaseModel):
    """A model that takes no unknown key and changes no type silently."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Model = TypeVar("Model", bound=BaseModel)
Location = tuple[int | str, ...]

A_LIST, KEYS = "write a list, such as [vod, live]", "write keys and values below it, such as `key: value`"
PLAIN = {
    "missing": "is missing, and needed",
    "tuple_type": A_LIST,
    "list_type": A_LIST,
    "dict_type": KEYS,
    "model_type": KEYS,
    "model_attributes_type": KEYS,
    "string_type": "write text; in quotes, where it looks like a number",
    "string_too_short": "write at least one character",
    "bool_type": "write true or false",
    "bool_parsing": "write true or false",
    "float_type": "write a number",
    "float_parsing": "write a number",
    "int_type": "write a whole number",
    "int_parsing": "write a whole number",
    "int_from_float": "write a whole number",
}
"""What pydantic calls a mistake, and what a technician is told."""


class Mistakes(ValueError):
    """What a validator of a whole model found: several mistakes, each with its place below the model."""

    def __init__(self, found: list[tuple[Location, str]]) -> None:
        super().__init__("; ".join(f"{_place(place)}: {words}" for place, words in found))
        self.found = found


def load(path: Path, model: type[Model]) -> Model:
    """Return the YAML file at `path` as `model`; raises ConfigError, one line a mistake, with a hint."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not readable as YAML: {_one_line(error)}") from error
    return parse_text(text, model, path)


def parse_text(text: str, model: type[Model], path: Path) -> Model:
    """Return YAML `text` as `model`; `path` is what errors call it. Raises ConfigError."""
    tree, data = read_tree(text, path)
    twice = [f"{path}:{line}: {words}" for line, words in _twice(tree, set())]
    if twice:
        raise ConfigError("\n".join(twice))
    return parse(data, model, path, tree)


def read_tree(text: str, path: Path) -> tuple[yaml.Node | None, Any]:
    """Return the nodes of YAML `text` and what they stand for; raises ConfigError."""
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        line, words = explained(error, text)
        where = f"{path}:{line}" if line else str(path)
        raise ConfigError(f"{where}: not readable as YAML: {words}") from error


def parse(data: object, model: type[Model], path: Path, tree: yaml.Node | None = None) -> Model:
    """Return parsed YAML `data` as `model`; `tree` gives line numbers to errors."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        found: list[Any] = error.errors()
        own = [item for item in found if not _follows(item, found, model)]
        told = [words for item in own for words in _tell(item, model, path, tree)]
        raise ConfigError("\n".join(told)) from None


def where(path: Path, location: Location) -> str:
    """Return `FILE:LINE` of what stands at a place of a YAML file; raises ConfigError, OSError."""
    return _where(path, read_tree(path.read_text(encoding="utf-8"), path)[0], location)


def nearest(word: str, known: list[str]) -> str:
    """Return ` (did you mean 'x'?)` for the nearest known word, or an empty string."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _tell(item: Any, model: type[BaseModel], path: Path, tree: yaml.Node | None) -> Iterator[str]:
    location: Location = item["loc"]
    cause = item.get("ctx", {}).get("error")
    if isinstance(cause, Mistakes):
        for below, words in cause.found:
            yield f"{_where(path, tree, location + below)}: {_place(location + below)}: {words}"
        return
    where, place = _where(path, tree, location), _place(location)
    if item["type"] == "extra_forbidden":
        yield f"{where}: unknown key {place!r}{_hint(location, model)}"
    else:
        yield f"{where}: {place or 'the file'}: {_plain(item)}"


def _plain(item: Any) -> str:
    """Say a mistake that pydantic found in words that need no Python."""
    words: str = item["msg"].removeprefix("Value error, ")
    if item["type"] == "literal_error":
        return f"write one of {item['ctx']['expected']}"
    return PLAIN.get(item["type"]) or words.replace("Input should be", "must be")


def _hint(location: Location, model: type[BaseModel]) -> str:
    """Name the nearest key of the model at that place, else the nearest of the whole file."""
    key = str(location[-1])
    return nearest(key, _keys_at(location[:-1], model)) or nearest(key, _known_keys(model))


def _keys_at(place: Location, model: type[BaseModel]) -> list[str]:
    here = [model]
    for part in place:
        below = [one.model_fields[part] for one in here if part in one.model_fields]
        here = [one for field in below for one in _models_in(field.annotation)] or here
    return [field.alias or name for one in here for name, field in one.model_fields.items()]


def _follows(item: Any, found: list[Any], model: type[BaseModel]) -> bool:
    """Return whether a mistake is only there because of another: a key that is missing is misspelt."""
    place: Location = item["loc"]
    if item["type"] == "too_short":
        return any(other["loc"][: len(place)] == place and other is not item for other in found)
    misspelt = [
        other["loc"][-1]
        for other in found
        if other["type"] == "extra_forbidden" and other["loc"][:-1] == place[:-1]
    ]
    hints = [_hint((*place[:-1], key), model) for key in misspelt]
    return item["type"] == "missing" and any(repr(place[-1]) in hint for hint in hints)


def _twice(node: yaml.Node | None, seen: set[int]) -> Iterator[tuple[int, str]]:
    """Yield line and words for each key that a mapping has a second time: YAML itself takes the last."""
    if not isinstance(node, yaml.CollectionNode) or id(node) in seen:
        return
    seen.add(id(node))
    first: dict[str, int] = {}
    for entry in node.value:
        key, value = entry if isinstance(node, yaml.MappingNode) else (None, entry)
        if isinstance(key, yaml.ScalarNode):
            line = key.start_mark.line + 1
            if key.value in first:
                yield line, f"the key {key.value!r} is there already, on line {first[key.value]}: keep one"
            first.setdefault(key.value, line)
        yield from _twice(value, seen)


def _place(location: Location) -> str:
    return ".".join(str(part) for part in location if part != "[key]")


def _where(path: Path, tree: yaml.Node | None, location: Location) -> str:
    line = _line(tree, location)
    return f"{path}:{line}" if line else str(path)


def _known_keys(model: type[BaseModel], seen: set[type] | None = None) -> list[str]:
    seen = seen if seen is not None else set()
    if model in seen:
        return []
    seen.add(model)
    keys = [field.alias or name for name, field in model.model_fields.items()]
    for field in model.model_fields.values():
        for part in _models_in(field.annotation):
            keys += _known_keys(part, seen)
    return keys


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _models_in(part)]


def _line(node: yaml.Node | None, location: Location) -> int | None:
    mark = node.start_mark if node else None
    for part in location:
        found = _entry(node, part)
        if found is None:
            break
        mark, node = found[0].start_mark, found[1]
    return mark.line + 1 if mark else None


def _entry(node: yaml.Node | None, part: int | str) -> tuple[yaml.Node, yaml.Node] | None:
    """Return where an entry of a node begins (its key, in a mapping), and what it holds."""
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())

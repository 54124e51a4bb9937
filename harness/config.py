"""Strict YAML into typed models: an unknown key is an error that names the nearest right one."""

import difflib
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from harness.errors import ConfigError


class Strict(BaseModel):
    """A model that takes no unknown key and changes no type silently."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Model = TypeVar("Model", bound=BaseModel)


def load(path: Path, model: type[Model]) -> Model:
    """Return the YAML file at `path` as `model`; raises ConfigError with file, line and a hint."""
    try:
        text = path.read_text(encoding="utf-8")
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: not readable as YAML: {_one_line(error)}") from error
    return parse(data, model, path, tree)


def parse(data: object, model: type[Model], path: Path, tree: yaml.Node | None = None) -> Model:
    """Return parsed YAML `data` as `model`; `tree` gives line numbers to errors."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise ConfigError("; ".join(_tell(item, model, path, tree) for item in error.errors())) from None


def nearest(word: str, known: list[str]) -> str:
    """Return ` (did you mean 'x'?)` for the nearest known word, or an empty string."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _tell(item: Any, model: type[BaseModel], path: Path, tree: yaml.Node | None) -> str:
    place = ".".join(str(part) for part in item["loc"])
    line = _line(tree, item["loc"])
    where = f"{path}:{line}" if line else str(path)
    if item["type"] == "extra_forbidden":
        word = str(item["loc"][-1])
        return f"{where}: unknown key {place!r}{nearest(word, _known_keys(model))}"
    return f"{where}: {place or 'the file'}: {item['msg']}"


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


def _line(node: yaml.Node | None, location: tuple[int | str, ...]) -> int | None:
    for part in location:
        child = _child(node, part)
        if child is None:
            break
        node = child
    return node.start_mark.line + 1 if node else None


def _child(node: yaml.Node | None, part: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        child: yaml.Node = node.value[part]
        return child
    return None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())

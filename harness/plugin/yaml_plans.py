"""Plans written in YAML become test functions, with fixtures, markers and ids like any other."""

import functools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from harness.errors import InputError

if TYPE_CHECKING:
    from harness.plugin.yaml_schema import Case, Plan

_KEY = re.compile(r"^([A-Za-z_]+)\s*:", re.MULTILINE)
_MARKS = {"plan", "cases"}


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "YamlPlan | None":
    """Collect YAML files that are plans."""
    if file_path.suffix in {".yaml", ".yml"} and _is_plan(file_path):
        plan: YamlPlan = YamlPlan.from_parent(parent, path=file_path)
        return plan
    return None


class YamlPlan(pytest.Module):
    """One YAML file of cases, collected as a module of test functions."""

    def _getobj(self) -> ModuleType:
        from harness.plugin.yaml_schema import load_plan

        try:
            return _module(*load_plan(self.path), self.path)
        except InputError as error:
            raise self.CollectError(str(error)) from None

    def funcnamefilter(self, name: str) -> bool:
        """Take every name: cases are called what QA calls them."""
        return True


def _is_plan(path: Path) -> bool:
    try:
        found = set(_KEY.findall(path.read_text(encoding="utf-8", errors="replace"))) & _MARKS
    except OSError:
        return False
    return found == _MARKS or bool(found and path.parent.name == "test_plans")


def _module(plan: "Plan", lines: list[int], path: Path) -> ModuleType:
    module = ModuleType(path.stem, plan.plan)
    module.__file__ = str(path)
    module.__dict__["pytestmark"] = list(_markers(plan))
    for case, line in zip(plan.cases, lines, strict=True):
        module.__dict__[case.name] = _function(plan, case, path, line)
    return module


def _markers(plan: "Plan") -> Iterator[pytest.MarkDecorator]:
    for name in plan.markers:
        yield getattr(pytest.mark, name)
    if plan.requires:
        yield pytest.mark.requires(*plan.requires)
    if plan.device:
        yield pytest.mark.only_device(plan.device)


def _function(plan: "Plan", case: "Case", path: Path, line: int) -> Callable[..., None]:
    def run_case(device: Any, watch: Any) -> None:
        from harness.plugin.yaml_steps import run

        run(plan, case, device, watch)

    code = run_case.__code__.replace(co_filename=str(path), co_firstlineno=line, co_name=case.name)
    function = FunctionType(code, globals(), case.name, None, run_case.__closure__)
    for spec in case.faults:
        function = pytest.mark.fault(spec)(function)
    return functools.update_wrapper(function, run_case, assigned=("__annotations__",), updated=())

"""The shape of a YAML plan, read strictly: a typing error is told with its line and the nearest name."""

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from harness.config import Strict, load, nearest
from harness.errors import InputError
from harness.findings import DEFECTS
from harness.impair.base import FaultSpec

Seconds = Annotated[float, Field(gt=0, le=24 * 3600, allow_inf_nan=False)]
Word = Annotated[str, Field(min_length=1)]
VERBS = ("reach", "press", "play", "text", "launch", "power", "wait_s", "watch_s")


def _fault(spec: str) -> str:
    try:
        FaultSpec.parse(spec)
    except InputError as error:
        raise ValueError(str(error)) from None
    return spec


def _switch(word: object) -> object:
    """Return what a power step says: YAML takes a bare `off` or `on` for false or true."""
    return {False: "off", True: "on"}.get(word, word) if isinstance(word, bool) else word


def _defect(name: str) -> str:
    if name not in DEFECTS:
        raise ValueError(f"unknown defect {name!r}{nearest(name, list(DEFECTS))}")
    return name


class Step(Strict):
    """One step: exactly one of the verbs."""

    reach: Word | None = None
    press: Word | None = None
    play: Word | None = None
    text: Word | None = None
    launch: Word | None = None
    """An app by its id, where a control can start one (Roku)."""
    power: Annotated[Literal["off", "on", "cycle"] | None, BeforeValidator(_switch)] = None
    wait_s: Seconds | None = None
    watch_s: Seconds | None = None
    via: Word | None = None
    """Which control presses; by default the device's default control."""

    @model_validator(mode="after")
    def _one(self) -> "Step":
        verbs = self.model_fields_set - {"via"}
        if len(verbs) != 1:
            raise ValueError(f"a step is one of {', '.join(VERBS)}")
        if self.via is not None and self.press is None:
            raise ValueError("via belongs to a press")
        return self

    @property
    def verb(self) -> str:
        """Return which verb this step is."""
        return next(verb for verb in VERBS if verb in self.model_fields_set)

    @property
    def value(self) -> str | float:
        """Return what follows the verb."""
        value: str | float = getattr(self, self.verb)
        return value

    def __str__(self) -> str:
        """Return the step as it is written."""
        return f"{self.verb}: {self.value}" + (f" via {self.via}" if self.via else "")


class Expect(Strict):
    """What a case must show: a start-up limit, and exactly these defects (none by default)."""

    start_up_s: Seconds | None = None
    defects: tuple[Annotated[str, AfterValidator(_defect)], ...] = ()


class Case(Strict):
    """One test."""

    name: Annotated[str, Field(pattern=r"^[^\[\]:\n]+$", max_length=120)]
    steps: tuple[Step, ...]
    faults: tuple[Annotated[str, AfterValidator(_fault)], ...] = ()
    expect: Expect = Expect()

    @model_validator(mode="after")
    def _watched(self) -> "Case":
        if not any(step.verb == "watch_s" for step in self.steps):
            raise ValueError(f"case {self.name!r} has no watch_s step, so nothing would be judged")
        return self


class Plan(Strict):
    """A YAML plan."""

    plan: Word
    cases: Annotated[tuple[Case, ...], Field(min_length=1)]
    requires: tuple[Word, ...] = ()
    markers: tuple[Annotated[str, Field(pattern=r"^[a-z]\w*$")], ...] = ()
    criteria: Word | None = None
    device: Word | None = None
    description: str = ""
    schema_: Literal["harness.plan/1"] = Field("harness.plan/1", alias="schema")

    @model_validator(mode="after")
    def _names_differ(self) -> "Plan":
        names = [case.name for case in self.cases]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two cases are called {twice[0]!r}")
        return self


def load_plan(path: Path) -> tuple[Plan, list[int]]:
    """Return the plan at `path`, and the line on which each of its cases begins.

    Raises ConfigError with file, line and a hint.
    """
    plan = load(path, Plan)
    tree = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    entries = tree.value if isinstance(tree, yaml.MappingNode) else []
    cases = next(value for key, value in entries if key.value == "cases")
    return plan, [case.start_mark.line + 1 for case in cases.value]

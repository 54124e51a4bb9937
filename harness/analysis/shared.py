"""What is computed once for all detectors, and whose cost no detector is charged with."""

import time
from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")


class shared(Generic[T]):
    """A property computed at first use, whose cost is booked in the `ledger` and not to its first user."""

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, view: None, owner: type) -> "shared[T]": ...
    @overload
    def __get__(self, view: Any, owner: type) -> T: ...
    def __get__(self, view: Any, owner: type) -> "T | shared[T]":
        if view is None:
            return self
        with view.ledger:
            value = self._make(view)
        view.__dict__[self._name] = value
        return value


class Ledger:
    """Books what shared things cost, once however deep they lie in one another: for one frame or hop."""

    def __init__(self) -> None:
        self.ns = 0
        self._depth = self._start_ns = 0

    def __enter__(self) -> None:
        if not self._depth:
            self._start_ns = time.perf_counter_ns()
        self._depth += 1

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        if not self._depth:
            self.ns += time.perf_counter_ns() - self._start_ns


class Shares:
    """A view whose pictures and levels are computed at first use, then kept.

    Each module of shared measurements offers functions of a view; `view.of(function)` calls one once a
    view, whoever asks. So a new measurement needs no line here.
    """

    def __init__(self, ledger: Ledger | None = None) -> None:
        self.ledger = ledger or Ledger()
        self._made: dict[Callable[[Any], Any], Any] = {}

    @property
    def shared_ns(self) -> int:
        """Return what shared things of this view have cost so far."""
        return self.ledger.ns

    def of(self, make: Callable[[Self], T]) -> T:
        """Return `make(self)`, computed once; `make` is a function of a module, never a lambda."""
        if make not in self._made:
            with self.ledger:
                self._made[make] = make(self)
        made: T = self._made[make]
        return made

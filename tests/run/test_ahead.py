"""Items that are decoded ahead come in order, with what went wrong, and nothing stays behind."""

import threading

import pytest

from harness.errors import InputError
from harness.run.ahead import AHEAD_ITEMS, ahead


def test_all_items_come_in_order():
    with ahead(iter(range(1000))) as items:
        assert list(items) == list(range(1000))


def test_what_breaks_the_source_is_raised_after_what_came_before():
    def source():
        yield from range(3)
        raise InputError("the file ends in the middle")

    seen = []
    with pytest.raises(InputError, match="in the middle"), ahead(source()) as items:
        for item in items:
            seen.append(item)
    assert seen == [0, 1, 2]


def test_it_runs_no_further_ahead_than_allowed():
    made = []
    reached = threading.Event()

    def source():
        for number in range(500):
            made.append(number)
            if number == AHEAD_ITEMS:
                reached.set()
            yield number

    with ahead(source()) as items:
        assert next(items) == 0
        assert reached.wait(10)
        assert len(made) <= AHEAD_ITEMS + 3


def test_whoever_leaves_early_leaves_no_thread():
    with ahead(iter(range(10**6))) as items:
        assert next(items) == 0
    assert "ahead" not in {thread.name for thread in threading.enumerate()}

"""Let `python -m harness` do what `harness` does."""

from harness.cli import entry

entry()

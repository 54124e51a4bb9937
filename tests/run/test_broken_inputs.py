"""Broken files end in a status and one line, never in a traceback."""

import itertools

import numpy as np
import pytest

from harness.cli import main
from tests.support import planting
from tests.support.broken import KINDS, broken_file


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    path = tmp_path_factory.mktemp("clean") / "clean.mkv"
    random = np.random.default_rng(0)
    chroma = np.full((48, 64), 128, np.uint8)
    pictures = [(random.integers(16, 236, (96, 128), dtype=np.uint8), chroma, chroma) for _ in range(20)]
    planting.code(path, pictures, 25)
    return path.read_bytes()


@pytest.mark.timeout(60)
@pytest.mark.parametrize(("kind", "seed"), list(itertools.product(KINDS, range(3))))
def test_a_broken_file_ends_in_a_status(kind, seed, clean, tmp_path, capfd):
    path = broken_file(tmp_path, clean, kind, seed)
    status = main(["analyze", str(path), "--json", str(tmp_path / "out.json")])
    errors = capfd.readouterr().err
    assert status in {0, 1, 2, 3}
    assert "Traceback" not in errors
    told = [line for line in errors.splitlines() if line.startswith("harness analyze:")]
    assert len(told) == (1 if status == 2 else 0)
    assert (tmp_path / "out.json").exists() == (status != 2)

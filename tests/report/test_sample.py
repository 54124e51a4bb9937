"""The sample in the repository is small, and is what this version writes."""

import shutil

import pytest

from harness.report.page import write_page
from tests.support.sample import MOST_BYTES, SAMPLE


def test_the_sample_is_small():
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()) < MOST_BYTES


@pytest.mark.parametrize("name", ["index.html", "assets/report.css", "assets/report.js"])
def test_the_sample_is_up_to_date(tmp_path, name):
    copy = shutil.copytree(SAMPLE, tmp_path / "sample")
    write_page(copy)
    assert (copy / name).read_bytes() == (SAMPLE / name).read_bytes(), "run: harness report reports/sample"

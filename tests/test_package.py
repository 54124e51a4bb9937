"""What a plan may import, and what is said where a system library is missing."""

import os
import subprocess
import sys

import pytest

import harness
from harness.errors import missing_library


@pytest.mark.parametrize("name", harness.__all__)
def test_every_name_that_a_plan_may_import_is_there(name):
    assert getattr(harness, name).__name__ == name


def test_any_other_name_is_not():
    with pytest.raises(AttributeError, match="has no attribute 'Capture'"):
        _ = harness.Capture


@pytest.mark.parametrize(
    ("library", "package"),
    [("libGL.so.1", "libgl1"), ("libgthread-2.0.so.0", "libglib2.0-0"), ("libodd.so", None)],
)
def test_a_missing_system_library_is_told_with_the_package_that_brings_it(library, package):
    told = missing_library(
        ImportError(f"{library}: cannot open shared object file: No such file or directory")
    )
    assert (told is None) == (package is None)
    assert package is None or f"apt-get install {package}" in str(told)


def test_a_bare_container_is_told_in_one_line(tmp_path):
    (tmp_path / "cv2").mkdir()
    (tmp_path / "cv2" / "__init__.py").write_text(
        'raise ImportError("libGL.so.1: cannot open shared object file")\n'
    )
    done = subprocess.run(
        [sys.executable, "-m", "harness", "analyze", "a.mkv"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "apt-get install libgl1" in line

"""What the pages tell a newcomer to do works as written."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DETECTOR_PAGE = ROOT / "docs" / "writing-a-detector.md"
FILE = re.compile(r"^`([\w/.]+)`\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)#]+)[^)]*\)")


def _join(path, import_line, last, name):
    text = path.read_text()
    path.write_text(import_line + text.replace(last, f"{last}{name}", 1))


@pytest.fixture
def house(tmp_path):
    """Return a copy of the package with the page's detector in it."""
    for folder in ("harness", "tests"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, code in FILE.findall(DETECTOR_PAGE.read_text()):
        assert not (tmp_path / name).exists(), f"{name}: there is one already; the page needs another example"
        (tmp_path / name).write_text(code)
    package = tmp_path / "harness"
    detectors, impairments = package / "detectors" / "__init__.py", package / "impair" / "__init__.py"
    _join(
        detectors,
        "from harness.detectors.video.solid_colour import SolidColour\n",
        "DETECTORS: Final[tuple[type[Detector], ...]] = (\n",
        "    SolidColour,\n",
    )
    _join(
        impairments,
        "from harness.impair.solid_colour import SolidColour\n",
        "for impairment in (",
        "SolidColour, ",
    )
    with (package / "criteria" / "default.yaml").open("a") as criteria:
        criteria.write("  - solid_colour\n")
    return tmp_path


def test_a_detector_is_added_as_the_page_says(house):
    assert len(FILE.findall(DETECTOR_PAGE.read_text())) == 3
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "tests/detectors/test_solid_colour.py",
        ],
        cwd=house,
        env={**os.environ, "PYTHONPATH": str(house)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 passed" in done.stdout


@pytest.mark.parametrize(
    "page",
    sorted(
        [
            *ROOT.glob("*.md"),
            *ROOT.glob("docs/**/*.md"),
            ROOT / "devices/README.md",
            ROOT / "reports/README.md",
        ]
    ),
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_links_lead_somewhere(page):
    for target in LINK.findall(page.read_text()):
        if not target.startswith(("http:", "https:")):
            assert (page.parent / target).exists(), f"{page.name}: {target} is not there"

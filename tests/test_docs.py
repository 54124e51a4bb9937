"""What the pages tell a newcomer to do works as written."""

import re
from pathlib import Path

import pytest

from harness.detectors import DETECTORS
from harness.impair import IMPAIRMENTS
from harness.run.analyze import find_criteria

ROOT = Path(__file__).parents[1]
DETECTOR_PAGE = ROOT / "docs" / "writing-a-detector.md"
QUOTED = re.compile(r"^(From )?`([\w/.]+)`:?\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)#]+)[^)]*\)")


def test_the_page_about_detectors_shows_what_is_there():
    quotes = QUOTED.findall(DETECTOR_PAGE.read_text())
    assert [name for _, name, _ in quotes] == [
        "harness/detectors/video/solid_colour.py",
        "harness/impair/solid_colour.py",
        "tests/detectors/test_solid_colour.py",
    ]
    for excerpt, name, code in quotes:
        text = (ROOT / name).read_text()
        assert code in text if excerpt else code == text, f"{name} has changed; bring the page up to date"


def test_the_detector_of_the_page_is_in_the_lists_that_it_names():
    assert "solid_colour" in {detector.defect for detector in DETECTORS}
    assert "solid_colour" in IMPAIRMENTS
    assert "solid_colour" in find_criteria("default").require


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

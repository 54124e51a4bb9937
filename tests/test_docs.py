"""What the pages tell a newcomer to do works as written."""

import re
from pathlib import Path

import pytest
import yaml

from harness.capture import SOURCES
from harness.config import parse
from harness.control import SCHEMES
from harness.control.keymap import IrKeyMap
from harness.control.lirc import LircKeyMap
from harness.control.power import PowerProfile
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


def test_the_page_about_devices_shows_files_that_are_right():
    page = (ROOT / "devices/README.md").read_text()
    blocks = [yaml.safe_load(text) for text in re.findall(r"^```yaml\n(.*?)^```$", page, re.M | re.S)]
    powers = [block["power"] for block in blocks if "power" in block]
    assert [parse(power, PowerProfile, ROOT).kind for power in powers] == ["shelly2", "http"]
    assert any(parse(block, LircKeyMap, ROOT) for block in blocks if "lirc" in block)
    (remote,) = (block for block in blocks if "protocol" in block)
    del remote["keys"]["X_NETFLIX"]
    assert parse(remote, IrKeyMap, ROOT).code("POWER").protocol == "rc5"


def test_the_page_about_devices_names_every_kind_of_control_and_capture():
    page = (ROOT / "devices/README.md").read_text()
    assert set(re.findall(r"^\| `(\w+):", page, re.M)) == set(SCHEMES) | set(SOURCES)


def test_each_fault_of_a_rig_is_held_by_a_test():
    rows = re.findall(
        r"^\| .* \| `(tests/\S+)::(test_\w+)` \|$", (ROOT / "docs/rig-faults.md").read_text(), re.M
    )
    assert len(rows) >= 25
    for path, name in rows:
        assert f"def {name}(" in (ROOT / path).read_text(), f"{path} has no {name}"

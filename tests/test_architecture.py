"""The house keeps its shape: imports run one way, files stay small, start-up stays light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "harness"

VALUES = {
    "errors",
    "clock",
    "media",
    "timeline",
    "findings",
    "verdict",
    "config",
    "yaml_mistakes",
    "record",
    "decoding",
    "ports",
    "uri",
    "writing",
    "certificate",
}
LEVELS = [
    VALUES,
    {"control", "capture", "recording", "analysis", "impair"},
    {"detectors", "models", "simulator"},
    {"run"},
    {"bench", "enrol"},
    {"plugin", "cli"},
]
LEVEL = {room: height for height, rooms in enumerate(LEVELS) for room in rooms}
FILE_LINES = 300


def _room(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "harness" else None


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def _allowed(room: str, target: str) -> bool:
    if room == target or target in VALUES:
        return True
    if room == "report":
        return False
    if target == "report":
        return LEVEL.get(room, 0) >= LEVEL["run"]
    return LEVEL[target] < LEVEL[room]


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_imports_run_one_way(path):
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if room in {"__init__", "__main__"}:
        return
    assert room in LEVEL or room == "report", f"{room} has no place in the house"
    targets = {_room(module) for module in _imports(path)} & (set(LEVEL) | {"report"})
    wrong = {target for target in targets if not _allowed(room, target)}
    assert not wrong, f"{room} must not import {sorted(wrong)}"


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_files_stay_small(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= FILE_LINES


HEAVY = {"torch", "sounddevice"}


def test_importing_harness_is_light():
    code = f"import harness, sys; sys.exit(bool({HEAVY | {'cv2', 'av'}} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    "module", ["harness.simulator.process", "harness.cli.analysis_table", "harness.detectors"]
)
def test_the_device_and_an_analysis_start_without_what_takes_a_second_to_load(module):
    code = f"import {module}, sys; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_collecting_plans_is_light():
    code = (
        "import pytest, sys; status = pytest.main(['--collect-only', '-q', 'test_plans']);"
        f"sys.exit(10 * int(status) + bool({HEAVY} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0

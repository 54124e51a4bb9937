"""A guest of QEMU that runs jobs of this working tree against real drivers of virtual hardware.

The processor is emulated (never KVM), so it runs wherever the tests do, and slowly: about 10 times slower
than this machine. What it measures is told by counts and by the time stamps of its drivers.
"""

import importlib
import json
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.rig_vm.kernel import Kernel, initrd, kernel

ROOT = Path(__file__).parents[2]
BOOT_S = 60
JOB_S = 240
"""How long one job may take in the guest; what it has written by then is kept."""
TAIL = 3000


class Guest:
    """What the jobs wrote, and what the guest said."""

    def __init__(self, out: Path, said: str) -> None:
        self.folder = out
        """What the guest saw as `/out`."""
        self._said = said

    def results(self, job: str) -> "Results":
        """Return the results of a job by step; fails when it wrote none."""
        path = self.folder / f"{job}.json"
        assert path.is_file(), f"the guest did not run {job}:\n{self._said[-TAIL:]}"
        return Results(json.loads(path.read_text()), self._said)


class Results:
    """The results of one job: `results["step"]` is what that step returned."""

    def __init__(self, steps: dict[str, object], said: str) -> None:
        self._steps = steps
        self._said = said

    def __getitem__(self, step: str):
        assert step in self._steps, f"the job did not come to {step}:\n{self._said[-TAIL:]}"
        result = self._steps[step]
        if isinstance(result, dict) and "failed" in result:
            raise AssertionError(f"{step} failed in the guest:\n{result['failed']}")
        return result


def boot(jobs: Sequence[str], out: Path) -> Guest:
    """Run `tests/rig_vm/jobs/<job>.py` one after the other in a guest; raises Unavailable.

    A job's function `prepare(out)`, if it has one, is called here before, on the host.
    """
    parts = kernel()
    for job in jobs:
        prepare = getattr(importlib.import_module(f"tests.rig_vm.jobs.{job}"), "prepare", None)
        if prepare:
            prepare(out)
    initrd(parts, out / "initrd.gz")
    (out / "jobs.sh").write_text(_script(jobs))
    _run(parts, out, len(jobs))
    if not any((out / f"{job}.json").is_file() for job in jobs):
        # An emulated timer that misses its first tick stops the kernel before it begins: once in some dozens.
        print("the guest did not come to its first job; starting it again")
        _run(parts, out, len(jobs))
    return Guest(out, (out / "console.txt").read_text(errors="replace"))


def _run(parts: Kernel, out: Path, jobs: int) -> None:
    """Run the guest to its end, or for as long as so many jobs may take."""
    with (out / "console.txt").open("wb") as console:
        process = subprocess.Popen(
            _command(parts, out), stdin=subprocess.DEVNULL, stdout=console, stderr=subprocess.STDOUT
        )
        try:
            process.wait(BOOT_S + JOB_S * jobs)
        except subprocess.TimeoutExpired:
            print("the guest did not end in time")
        finally:
            process.kill()
            process.wait()


def _script(jobs: Sequence[str]) -> str:
    lines = [
        f"cd {shlex.quote(str(ROOT))}",
        "export HOME=/tmp-guest TMPDIR=/tmp-guest PYTHONPATH=. PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1",
    ]
    for job in jobs:
        module = shlex.quote(f"tests.rig_vm.jobs.{job}")
        lines.append(
            f"echo job {job}; timeout -k 5 {JOB_S} {shlex.quote(sys.executable)} -m {module} 2>&1 | cat"
        )
    return "\n".join([*lines, "dmesg | tail -50 > /out/dmesg.txt", ""])


def _command(parts: Kernel, out: Path) -> list[str]:
    shares = [
        "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap",
        f"local,path={out},mount_tag=out,security_model=none,multidevs=remap",
    ]
    return [
        "qemu-system-x86_64",
        *("-accel", "tcg,thread=multi,tb-size=512", "-cpu", "max"),
        *("-machine", "q35", "-smp", "2", "-m", "2048"),
        *("-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-serial", "stdio"),
        *("-kernel", str(parts.image), "-initrd", str(out / "initrd.gz")),
        *(word for share in shares for word in ("-virtfs", share)),
        *("-append", f"console=ttyS0 quiet panic=-1 mitigations=off no_timer_check modules={parts.modules}"),
    ]

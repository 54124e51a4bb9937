"""Debian's kernel with its drivers of virtual hardware, and a first file system to start it with."""

import gzip
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

TOOLS = {
    "qemu-system-x86_64": "qemu-system-x86",
    "busybox": "busybox-static",
    "cpio": "cpio",
    "depmod": "kmod",
    "v4l2-ctl": "v4l-utils",
    "dpkg-deb": "dpkg",
    "apt-get": "apt",
}
"""The programs that this needs, and the Debian packages that bring them."""

MODULES = ("virtio_pci", "9pnet_virtio", "9p", "overlay")
"""What the guest must have before it sees a file of the host."""

INIT = Path(__file__).with_name("init.sh")


class Unavailable(Exception):
    """The guest cannot be built here; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """An unpacked kernel: `image` starts, `modules` is its folder of drivers."""

    image: Path
    modules: Path


def kernel() -> Kernel:
    """Return Debian's newest kernel, fetched once and kept in the cache; raises Unavailable."""
    missing = sorted(package for tool, package in TOOLS.items() if shutil.which(tool, path=_path()) is None)
    if missing:
        raise Unavailable(f"apt-get install {' '.join(missing)}")
    package = _package()
    folder = _cache() / package
    with FileLock(_cache() / "lock"):
        if not folder.is_dir():
            _fetch(package, folder)
    return Kernel(next(folder.glob("boot/vmlinuz-*")), next(folder.glob("lib/modules/*")))


def initrd(kernel: Kernel, out: Path) -> None:
    """Write the guest's first file system: busybox, a few drivers, `init.sh`."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        for name in ("bin", "dev", "proc", "sys", "host", "written", "root", "modules"):
            (root / name).mkdir()
        shutil.copy(shutil.which("busybox", path=_path()) or "", root / "bin/busybox")
        shutil.copy(INIT, root / "init")
        (root / "init").chmod(0o755)
        files = _needed(kernel)
        for file in files:
            shutil.copy(file, root / "modules")
        (root / "modules/order").write_text("".join(f"{file.name}\n" for file in files))
        names = "\n".join(str(path.relative_to(root)) for path in sorted(root.rglob("*")))
        archive = _run("cpio", "-o", "-H", "newc", "--quiet", cwd=root, input=names.encode())
        out.write_bytes(gzip.compress(archive, 1))


def _needed(kernel: Kernel) -> list[Path]:
    """Return the files of the drivers in the order in which they are to be loaded."""
    root, release = kernel.modules.parents[2], kernel.modules.name
    lines = [
        line
        for module in MODULES
        for line in _run("modprobe", "-d", root, "-S", release, "--show-depends", module)
        .decode()
        .splitlines()
    ]
    return [Path(line.split()[1]) for line in dict.fromkeys(lines) if line.startswith("insmod ")]


def _package() -> str:
    names = re.findall(r"Depends: (linux-image-\S+)", _depends())
    if not names and os.geteuid() == 0:
        _run("apt-get", "update", "-qq")
        names = re.findall(r"Depends: (linux-image-\S+)", _depends())
    kept = [path.name for path in sorted(_cache().glob("linux-image-*")) if path.is_dir()]
    if not names and not kept:
        raise Unavailable("apt knows no linux-image-amd64: run apt-get update, on Debian for amd64")
    return (names or kept)[-1]


def _depends() -> str:
    return _run("apt-cache", "depends", "linux-image-amd64", check=False).decode()


def _fetch(package: str, folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=_cache()) as scratch:
        try:
            _run("apt-get", "download", "-qq", package, cwd=Path(scratch))
        except Unavailable:
            # What apt knows may be older than what there is.
            _run("apt-get", "update", "-qq")
            _run("apt-get", "download", "-qq", package, cwd=Path(scratch))
        unpacked = Path(scratch, "unpacked")
        _run("dpkg-deb", "-x", next(Path(scratch).glob("*.deb")), unpacked)
        release = next(unpacked.glob("lib/modules/*")).name
        _run("depmod", "-b", unpacked, release)
        unpacked.rename(folder)


def _cache() -> Path:
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = base / "capture-harness" / "rig-vm"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _path() -> str:
    """Return where programs lie, those of the administrator too."""
    return os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def _run(*words: object, check: bool = True, **options) -> bytes:
    environ = {**os.environ, "PATH": _path(), "LC_ALL": "C"}
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, check=False, env=environ, **options
    )
    if check and done.returncode:
        raise Unavailable(f"{words[0]} failed: {done.stderr.decode(errors='replace').strip()[-300:]}")
    return done.stdout

"""Makes broken media files of every kind out of a sound one, repeatable by seed."""

import os
from pathlib import Path

import numpy as np

KINDS = (
    "truncated", "flipped", "zeroed", "shuffled", "doubled", "headless", "garbage", "empty",
    "text", "directory", "missing", "forbidden", "wrong_extension", "noisy_tail",
)  # fmt: skip


def broken_file(folder: Path, clean: bytes, kind: str, seed: int) -> Path:
    """Return a path in `folder` that holds `clean`, broken in one way."""
    random = np.random.default_rng(seed)
    path = folder / f"{kind}{seed}.mkv"
    data = bytearray(clean)
    if kind == "truncated":
        data = data[: int(random.integers(1, len(data)))]
    elif kind in {"flipped", "zeroed"}:
        for place in random.integers(0, len(data), int(random.integers(1, 200))):
            data[place] = data[place] ^ (1 << int(random.integers(8))) if kind == "flipped" else 0
    elif kind == "shuffled":
        parts = [data[start : start + 4096] for start in range(0, len(data), 4096)]
        random.shuffle(parts)
        data = bytearray(b"".join(bytes(part) for part in parts))
    elif kind == "doubled":
        data = data + data
    elif kind == "headless":
        data = data[int(random.integers(1, 3000)) :]
    elif kind == "noisy_tail":
        data = data[: len(data) // 2] + random.bytes(len(data) // 2)
    else:
        return _oddity(path, clean, kind, random)
    path.write_bytes(data)
    return path


def _oddity(path: Path, clean: bytes, kind: str, random: np.random.Generator) -> Path:
    if kind == "directory":
        path.mkdir()
    elif kind == "wrong_extension":
        path = path.with_suffix(random.choice([".mp4", ".jpg", ".flac", ".txt", ""]))
        path.write_bytes(clean)
    elif kind != "missing":
        content = {"empty": b"", "text": b"#EXTM3U\nhttp://127.0.0.1:9/x.ts\n" * 20, "forbidden": clean}
        path.write_bytes(content.get(kind) or (b"" if kind == "empty" else random.bytes(20_000)))
        if kind == "forbidden":
            os.chmod(path, 0)
    return path

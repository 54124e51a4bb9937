"""The known screens of a device: PNG files in, luma pictures out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from harness.errors import InputError

LARGEST_PX: Final = 8192 * 4320
"""No screen is larger: 8K."""

BT709: Final = np.array((0.2126, 0.7152, 0.0722))


def load_screens(paths: Mapping[str, Path]) -> dict[str, NDArray[np.uint8]]:
    """Return each picture as luma, shape (height, width), in narrow range (BT.709), as frames have it.

    Raises InputError, naming screen and file, for one that cannot be read.
    """
    return {name: _luma(name, path) for name, path in paths.items()}


def _luma(name: str, path: Path) -> NDArray[np.uint8]:
    try:
        with Image.open(path) as image:
            if image.width * image.height > LARGEST_PX:
                raise ValueError(f"{image.width} x {image.height} pixels is no screen")
            pixels = np.asarray(image.convert("RGB"), dtype=np.float32)
    except UnidentifiedImageError:
        raise InputError(f"{path}: the screen {name!r} is no picture; give a PNG file") from None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        reason = getattr(error, "strerror", None) or " ".join(str(error).split())
        raise InputError(f"{path}: the screen {name!r} cannot be read ({reason})") from None
    return np.asarray(np.rint(16 + pixels @ BT709 * 219 / 255), dtype=np.uint8)

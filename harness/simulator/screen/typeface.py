"""Pillow's own typeface, which every machine has. It knows no accents; for those another is borrowed."""

import unicodedata
from functools import lru_cache
from typing import Final

from PIL import ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
KNOWN: Final = frozenset(map(chr, range(0x20, 0x7F))) | frozenset("\n©«°±´·»‘’“”…‹›⁄™")
BORROWED: Final = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "Arial.ttf", "arial.ttf")
"""Typefaces of most systems, which Pillow finds by their names."""


@lru_cache(maxsize=64)
def type_of(size_px: int) -> Font:
    """Return the typeface at a size."""
    return ImageFont.load_default(size_px)


def set_in(words: str, size_px: int) -> tuple[str, Font]:
    """Return words and the typeface that has all their letters; without one, they lose their accents."""
    if KNOWN.issuperset(words):
        return words, type_of(size_px)
    borrowed = _borrowed(size_px)
    return (words, borrowed) if borrowed else (_folded(words), type_of(size_px))


@lru_cache(maxsize=64)
def _borrowed(size_px: int) -> Font | None:
    for name in BORROWED:
        try:
            return ImageFont.truetype(name, size_px)
        except OSError:
            continue
    return None


def _folded(words: str) -> str:
    bare = (letter for letter in unicodedata.normalize("NFKD", words) if not unicodedata.combining(letter))
    return "".join(letter if letter in KNOWN else "?" for letter in bare)

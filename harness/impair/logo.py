"""A channel's logo, which stays when a box loses the picture below it."""

from harness.impair.base import Picture

LOGO = (0.07, 0.13, 0.86, 0.94)
"""Where it sits: top, bottom, left, right as fractions of the frame."""


def keep_logo(shown: Picture, picture: Picture) -> Picture:
    """Copy the corner where a logo sits from `picture` into the planes of `shown`, and return those."""
    y, u, v = (plane.copy() for plane in shown)
    for plane, source in zip((y, u, v), picture, strict=True):
        top, bottom = (round(part * source.shape[0]) for part in LOGO[:2])
        left, right = (round(part * source.shape[1]) for part in LOGO[2:])
        plane[top:bottom, left:right] = source[top:bottom, left:right]
    return y, u, v

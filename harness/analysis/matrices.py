"""The matrices by which colour is coded: ITU-R BT.601 and BT.709."""

from typing import Final

import numpy as np
from numpy.typing import NDArray


def decoding(red: float, blue: float) -> NDArray[np.float64]:
    """Return the matrix from Y, U, V in code values to R, G, B of the weights of red and blue."""
    green = 1 - red - blue
    v_to_red, u_to_blue = (2 * (1 - weight) * 219 / 224 for weight in (red, blue))
    return np.array(
        [
            [1, 0, v_to_red],
            [1, -blue / green * u_to_blue, -red / green * v_to_red],
            [1, u_to_blue, 0],
        ]
    )


BT601: Final = decoding(0.299, 0.114)
BT709: Final = decoding(0.2126, 0.0722)

"""The buffers through which a card hands over its frames."""

import contextlib
import mmap
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from harness.capture.v4l2 import kernel
from harness.capture.v4l2.node import Node

BUFFERS = 12
"""At 60 frames a second, 0.2 s in which the computer may do something else."""


class Stream:
    """A running stream of a card that was tuned; raises OSError where its driver refuses, Unplugged."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._maps: list[mmap.mmap] = []
        try:
            for index in range(self._request(BUFFERS)):
                about = node.call(kernel.QUERYBUF, _buffer(index))
                self._maps.append(mmap.mmap(node.fileno(), about.length, offset=about.m.offset))
                node.call(kernel.QBUF, _buffer(index))
            node.number(kernel.STREAMON, kernel.CAPTURE)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Stop, and give the buffers back; idempotent, and never raises."""
        with contextlib.suppress(Exception):
            self._node.number(kernel.STREAMOFF, kernel.CAPTURE)
        while self._maps:
            # A view that is still held keeps the memory until it is let go.
            with contextlib.suppress(BufferError):
                self._maps.pop().close()
        with contextlib.suppress(Exception):
            self._request(0)

    @contextmanager
    def taken(self) -> Iterator[tuple[kernel.Buffer, NDArray[np.uint8]] | None]:
        """Yield the next filled buffer and its bytes, the driver's again afterwards, or None."""
        try:
            buffer = self._node.call(kernel.DQBUF, _buffer())
        except BlockingIOError:
            yield None
            return
        yield buffer, np.frombuffer(self._maps[buffer.index], np.uint8, buffer.bytesused)
        self._node.call(kernel.QBUF, _buffer(buffer.index))

    def _request(self, count: int) -> int:
        asked = kernel.Request(count=count, type=kernel.CAPTURE, memory=kernel.MMAP)
        return int(self._node.call(kernel.REQBUFS, asked).count)


def _buffer(index: int = 0) -> kernel.Buffer:
    return kernel.Buffer(index=index, type=kernel.CAPTURE, memory=kernel.MMAP)

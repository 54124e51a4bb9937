"""What runs over the virtual HDMI cable: the datagram, and the ring of frames in shared memory."""

import mmap
import os
import struct
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from harness.errors import RigError
from harness.media import AudioFormat, Plane, VideoFormat

RING_SLOTS = 180
RING_BYTES = 400_000_000
SLOT_SOUND_S = 0.25
"""How much sound fits beside one frame: far more than any frame lasts."""

HELLO, FRAME, MODE, LOST = range(4)


@dataclass(frozen=True, slots=True)
class Message:
    """One datagram. `serial` counts the frames sent so far: if it jumps, datagrams were dropped.

    HELLO tells a new reader that there is no signal, MODE (with a descriptor) that there is one; FRAME
    says that slot `serial` was written; LOST that the signal went. Fields of no meaning are 0.
    """

    kind: int
    serial: int
    t_ns: int = 0
    index: int = 0
    first_sample: int = 0
    samples: int = 0
    width_px: int = 0
    height_px: int = 0
    fps: Fraction = Fraction(0)
    rate_hz: int = 0
    channels: int = 0

    _STRUCT: ClassVar[struct.Struct] = struct.Struct("<4sIQqqq8I")
    _MAGIC: ClassVar[bytes] = b"hdm1"
    SIZE: ClassVar[int] = _STRUCT.size

    def pack(self) -> bytes:
        """Return the datagram."""
        sizes = (self.samples, self.width_px, self.height_px, self.fps.numerator, self.fps.denominator)
        head = (self._MAGIC, self.kind, self.serial, self.t_ns, self.index, self.first_sample)
        return self._STRUCT.pack(*head, *sizes, self.rate_hz, self.channels, 0)

    @classmethod
    def unpack(cls, data: bytes) -> "Message":
        """Return the message in a datagram; raises RigError when it is not one of ours."""
        if len(data) != cls.SIZE or data[:4] != cls._MAGIC:
            raise RigError("the HDMI link speaks another version; use device and harness of one release")
        _, kind, serial, t_ns, index, first, samples, width, height, num, den, rate, channels, _ = (
            cls._STRUCT.unpack(data)
        )
        fps = Fraction(num, den or 1)
        return cls(kind, serial, t_ns, index, first, samples, width, height, fps, rate, channels)

    @property
    def video(self) -> VideoFormat:
        """Return the picture's format (of a MODE)."""
        return VideoFormat(self.width_px, self.height_px, self.fps)

    @property
    def audio(self) -> AudioFormat | None:
        """Return the sound's format (of a MODE), None without sound."""
        return AudioFormat(self.rate_hz, self.channels) if self.channels else None


class Ring:
    """Frames and their sound in memory that two processes share.

    A slot is: serial + 1 of what it holds (0 while it is written), y, u, v, samples. A CPU that
    reorders stores cannot fool the reader about a fresh slot: a system call lies between.
    """

    def __init__(self, fd: int, video: VideoFormat, audio: AudioFormat | None, *, writable: bool) -> None:
        width, height = video.width_px, video.height_px
        chroma = ((height + 1) // 2, (width + 1) // 2)
        self.channels = audio.channels if audio else 0
        self.sound_samples = int(audio.rate_hz * SLOT_SOUND_S) if audio else 0
        self.planes = ((height, width), chroma, chroma)
        self.picture_bytes = width * height + 2 * chroma[0] * chroma[1]
        # Sound is aligned: an int16 view over an odd address is slow, on some machines impossible.
        self.sound_at = 64 + -(-self.picture_bytes // 64) * 64
        self.stride = self.sound_at + -(-self.sound_samples * self.channels * 2 // 64) * 64
        if writable:
            os.ftruncate(fd, self.stride * max(4, min(RING_SLOTS, RING_BYTES // self.stride)))
        self.slots = os.fstat(fd).st_size // self.stride
        if self.slots < 1:
            raise RigError("the HDMI link offers a ring that is too small for its mode")
        access = mmap.ACCESS_WRITE if writable else mmap.ACCESS_READ
        self._bytes = np.frombuffer(mmap.mmap(fd, 0, access=access), np.uint8)

    def write(
        self, serial: int, picture: tuple[Plane, Plane, Plane], samples: NDArray[np.int16] | None
    ) -> None:
        """Put one frame and its sound into the slot of `serial`; raises ValueError for a wrong shape."""
        base, stamp = self._slot(serial)
        stamp[0] = 0
        at = base + 64
        for plane, shape in zip(picture, self.planes, strict=True):
            size = shape[0] * shape[1]
            self._bytes[at : at + size].reshape(shape)[...] = plane
            at += size
        if samples is not None and len(samples):
            self._sound(base, len(samples))[...] = samples
        stamp[0] = serial + 1

    def read(self, serial: int, samples: int) -> tuple[NDArray[np.uint8], NDArray[np.int16]] | None:
        """Return copies of picture (flat) and sound of a slot, or None if it was overwritten."""
        base, stamp = self._slot(serial)
        if stamp[0] != serial + 1 or samples > self.sound_samples:
            return None
        picture = self._bytes[base + 64 : base + 64 + self.picture_bytes].copy()
        sound = self._sound(base, samples).copy()
        return (picture, sound) if stamp[0] == serial + 1 else None

    def split(self, picture: NDArray[np.uint8]) -> tuple[Plane, Plane, Plane]:
        """Return views of the planes of a flat picture."""
        y_size, c_size = (shape[0] * shape[1] for shape in self.planes[:2])
        y, u, v = np.split(picture, (y_size, y_size + c_size))
        return y.reshape(self.planes[0]), u.reshape(self.planes[1]), v.reshape(self.planes[2])

    def _slot(self, serial: int) -> tuple[int, NDArray[np.uint64]]:
        base = serial % self.slots * self.stride
        return base, self._bytes[base : base + 8].view(np.uint64)

    def _sound(self, base: int, samples: int) -> NDArray[np.int16]:
        if samples > self.sound_samples:
            raise ValueError(f"{samples} samples beside one frame; at most {self.sound_samples} fit")
        at = base + self.sound_at
        view = self._bytes[at : at + samples * self.channels * 2].view(np.int16)
        return view.reshape(samples, self.channels)

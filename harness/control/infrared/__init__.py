"""Infrared codes to timings and back: NEC, RC5, RC6, SIRC; `PROTOCOLS` is the explicit list."""

from harness.control.infrared.burst import Burst, Code, split_frames
from harness.control.infrared.codec import PROTOCOLS, decode, decode_all, encode

__all__ = ["PROTOCOLS", "Burst", "Code", "decode", "decode_all", "encode", "split_frames"]

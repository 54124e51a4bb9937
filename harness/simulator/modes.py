"""The modes of the HDMI output."""

from fractions import Fraction

from harness.media import VideoFormat

MODES: dict[str, VideoFormat] = {
    **{f"720p{fps}": VideoFormat(1280, 720, Fraction(fps)) for fps in (25, 30, 50, 60)},
    "1080p60": VideoFormat(1920, 1080, Fraction(60)),
}

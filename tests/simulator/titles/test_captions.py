"""Captions are read as players read them."""

import pytest

from harness.errors import InputError
from harness.simulator.titles.captions import Cue, read_captions


def test_webvtt(tmp_path):
    path = tmp_path / "a.vtt"
    path.write_text(
        "WEBVTT - a title\n\nNOTE not a cue\n\n1\n00:01.000 --> 00:02.500 align:start\n<i>One</i>\ntwo\n\n"
        "01:00:03.250 --> 01:00:04.000\nThree"
    )
    assert read_captions(path) == (Cue(1.0, 2.5, "One\ntwo"), Cue(3603.25, 3604.0, "Three"))


def test_subrip_with_windows_lines(tmp_path):
    path = tmp_path / "a.srt"
    path.write_bytes(b"\xef\xbb\xbf1\r\n00:00:01,000 --> 00:00:02,000\r\n{\\an8}Up\r\n\r\n")
    assert read_captions(path) == (Cue(1.0, 2.0, "Up"),)


@pytest.mark.parametrize("content", [b"", b"WEBVTT\n\nhello", b"\xff\xfe\x00"])
def test_a_file_without_captions_is_told(tmp_path, content):
    path = tmp_path / "a.vtt"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"a\.vtt"):
        read_captions(path)

"""A file is written whole or not at all, and what is no file is never replaced by one."""

import os
import stat
import threading

import pytest

from harness.writing import write_whole


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "out.json"
    path.write_text("before")
    write_whole(path, "after")
    assert path.read_text() == "after"
    assert [file.name for file in tmp_path.iterdir()] == ["out.json"]


def test_what_cannot_be_written_leaves_what_was_there(tmp_path):
    path = tmp_path / "out.json"
    path.write_text("before")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "half \ud800")
    assert path.read_text() == "before"
    assert [file.name for file in tmp_path.iterdir()] == ["out.json"]


def test_a_pipe_is_written_into_and_stays_one(tmp_path):
    path, heard = tmp_path / "pipe", []
    os.mkfifo(path)
    reader = threading.Thread(target=lambda: heard.append(path.read_text()))
    reader.start()
    write_whole(path, "text")
    reader.join()
    assert heard == ["text"]
    assert stat.S_ISFIFO(path.stat().st_mode)


def test_a_link_stays_one(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("before")
    link.symlink_to(target)
    write_whole(link, "after")
    assert link.is_symlink()
    assert target.read_text() == "after"

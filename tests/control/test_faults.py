"""What a line breaks with is told in one sentence that says what to do."""

import errno
import grp
import os
import socket
import termios

import pytest
import serial

from harness.control.faults import Refused, reason, told
from harness.errors import ControlLost


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (FileNotFoundError(errno.ENOENT, "x"), "no such port; plug it in, or correct the URI"),
        (serial.SerialException(errno.EBUSY, "x"), "another program has it open"),
        (BlockingIOError(errno.EAGAIN, "x"), "another program has it open"),
        (termios.error(errno.EIO, "x"), "it went away; was it unplugged"),
        (OSError(errno.ENODEV, "x"), "it went away; was it unplugged"),
        (OSError(errno.ENOTTY, "x"), "not such a port; correct the URI"),
        (serial.SerialException("Could not configure port: (25, 'x')"), "not a serial port; correct the URI"),
        (
            ConnectionRefusedError(errno.ECONNREFUSED, "x"),
            "refuses the connection; is this the right address",
        ),
        (ConnectionResetError("gone"), "closed the connection; does another program hold it"),
        (EOFError(), "closed the connection"),
        (TimeoutError("timed out"), "does not answer; is it on, and in this network"),
        (OSError(errno.ENONET, "x"), "no place on the HDMI cable; is the cable plugged in"),
        (OSError(errno.EHOSTUNREACH, "x"), "no way to this host; is it on"),
        (OSError(errno.ENETUNREACH, "x"), "no way to this host; is this machine in its network"),
        (socket.gaierror(-2, "x"), "no host of this name is known; correct the URI"),
        (Refused("it is an egg"), "it is an egg"),
        (OSError("a thing\nof two lines"), "a thing of two lines"),
        (OSError(), "it went away"),
    ],
)
def test_each_way_of_breaking_has_its_sentence(error, words):
    assert words in reason(error)
    assert "\n" not in reason(error)


def test_who_may_not_use_it_is_told_which_group_to_join(tmp_path):
    device = tmp_path / "ttyUSB0"
    device.touch()
    group = grp.getgrgid(os.stat(device).st_gid).gr_name
    if os.geteuid() == 0:
        os.chown(device, 0, grp.getgrnam("dialout").gr_gid)
        group = "dialout"
    words = reason(PermissionError(errno.EACCES, "x"), str(device))
    assert f"join the group `{group}` (sudo usermod -aG {group} $USER)" in words
    assert "`dialout`" in reason(PermissionError(errno.EACCES, "x"), None)


def test_what_only_root_may_use_needs_a_rule():
    assert "udev rule" in reason(PermissionError(errno.EPERM, "x"), "/etc/passwd")


def test_a_broken_line_is_let_go_of():
    closed = []
    with (
        pytest.raises(ControlLost, match=r"^egg /dev/egg: it went away"),
        told("egg /dev/egg", lambda: closed.append(1)),
    ):
        raise OSError(errno.EIO, "x")
    assert closed == [1]
    with pytest.raises(ZeroDivisionError), told("egg", lambda: closed.append(2)):
        raise ZeroDivisionError
    assert closed == [1]

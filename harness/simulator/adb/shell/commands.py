"""Every command of the device's shell, by name."""

from harness.simulator.adb.shell.activity import am
from harness.simulator.adb.shell.builtins import (
    cd,
    echo,
    end,
    export,
    false,
    identify,
    pwd,
    true,
    uname,
)
from harness.simulator.adb.shell.context import Command
from harness.simulator.adb.shell.dumpsys import dumpsys
from harness.simulator.adb.shell.fault import fault
from harness.simulator.adb.shell.filesystem import cat, ls, mkdir, rm
from harness.simulator.adb.shell.input import input_event
from harness.simulator.adb.shell.logcat import logcat
from harness.simulator.adb.shell.packages import pm
from harness.simulator.adb.shell.screen import screencap, wm
from harness.simulator.adb.shell.system import getprop, reboot, settings

COMMANDS: dict[str, Command] = {
    "am": am,
    "cat": cat,
    "cd": cd,
    "dumpsys": dumpsys,
    "echo": echo,
    "exit": end,
    "export": export,
    "false": false,
    "fault": fault,
    "getprop": getprop,
    "id": identify,
    "input": input_event,
    "logcat": logcat,
    "ls": ls,
    "mkdir": mkdir,
    "pm": pm,
    "pwd": pwd,
    "reboot": reboot,
    "rm": rm,
    "screencap": screencap,
    "settings": settings,
    "true": true,
    "uname": uname,
    "wm": wm,
}

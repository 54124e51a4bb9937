"""A capture card behind video4linux2: the kernel's test card `vivid`, with each fault that it can show."""

import os
import subprocess
import time
from pathlib import Path

import numpy as np

from harness.capture import open_source
from harness.capture.v4l2.card import GONE
from harness.capture.v4l2.finding import v4l2_ports
from harness.capture.v4l2.link import MARKED
from harness.errors import HarnessError
from harness.media import Frame, Gap, RigEvent, SignalEvent
from tests.rig_vm.inside import run_steps, sh, until

SIGNAL, NO_SIGNAL, NO_LOCK, OUT_OF_RANGE = 4, 1, 2, 3
HD_READY_24, HD_READY_60, FULL_HD_30, FIELDS = 5, 9, 12, 13
"""What `vivid` numbers its signals and its modes. The guest follows 24 pictures a second."""


def load():
    """Plug in: an HDMI card, its HDMI source, a camera like those on USB, a card with planes apart."""
    sh(
        *("modprobe", "vivid", "n_devs=3", "num_inputs=1,1,1", "input_types=3,0,0", "num_outputs=1,0,0"),
        *("output_types=1", "node_types=0x101,0x1,0x1", "multiplanar=1,1,2", "no_error_inj=0"),
        *("ccs_cap_mode=0,-1,-1", "ccs_out_mode=0,-1,-1"),
    )
    return {name: str(node(name)) for name in ("vivid-000-vid-cap", "vivid-001-vid-cap", "vivid-002-vid-cap")}


def node(name="vivid-000-vid-cap"):
    return next(
        Path("/dev", path.parent.name)
        for path in Path("/sys/class/video4linux").glob("*/name")
        if path.read_text().strip() == name
    )


def control(**values):
    for name, value in values.items():
        sh("v4l2-ctl", "-d", str(node()), "-c", f"{name}={value}")


def show(mode=HD_READY_24):
    control(dv_timings=mode, dv_timings_signal_mode=SIGNAL)


def told(item):
    """Return an item as JSON takes it."""
    if isinstance(item, Frame):
        late_ns = time.monotonic_ns() - item.t_ns
        return {
            "frame": item.index,
            "t_ns": item.t_ns,
            "shape": [*item.y.shape, *item.u.shape],
            "late_ns": late_ns,
        }
    if isinstance(item, Gap):
        return {"gap": item.reason, "start_ns": item.start_ns, "end_ns": item.end_ns, "medium": item.medium}
    if isinstance(item, SignalEvent):
        return {"signal": item.kind, "t_ns": item.t_ns, "format": shape(item.format)}
    if isinstance(item, RigEvent):
        return {"rig": item.kind, "t_ns": item.t_ns, "detail": item.detail}
    return item


def shape(stream):
    return stream and [stream.video.width_px, stream.video.height_px, str(stream.video.fps)]


class Capture:
    """A source that is read here, and what it gave."""

    def __init__(self, options="", path=None):
        self.source = open_source(f"v4l2:{path or node()}{options}")
        self.items = []

    def __enter__(self):
        self.format = shape(self.source.open())
        return self

    def __exit__(self, *_):
        self.source.close()

    def read(self, timeout_s=0.3):
        item = self.source.read(timeout_s)
        if item is not None:
            self.items.append(told(item))
        return item

    def frames(self, count):
        """Read so many frames more, and what comes between them."""
        wanted = count + sum("frame" in item for item in self.items)
        until(lambda: self.read() is not None and sum("frame" in item for item in self.items) >= wanted, 40)

    def event(self, words):
        """Read until an event or a gap of these words has come after what was read before."""
        start = len(self.items)
        until(lambda: self.read() and any(words in item.values() for item in self.items[start:]), 40)

    def result(self, **more):
        return {"format": self.format, "items": self.items, **more}


def capture():
    show()
    with Capture() as card:
        card.frames(48)
        return card.result()


def fast():
    """What the guest cannot follow is lost, and told."""
    show(HD_READY_60)
    with Capture() as card:
        card.frames(20)
        return card.result()


def colours():
    """Return the mean planes of the first colour bars, read in each format."""
    show()
    found = {}
    for name in ("NV12", "YUYV", "UYVY", "YU12"):
        with Capture(f"?format={name}") as card:
            frame = until(lambda: next((i for i in [card.source.read(0.3)] if isinstance(i, Frame)), None))
            width = frame.y.shape[1]
            bars = [slice(width * (2 * k + 1) // 16 - 8, width * (2 * k + 1) // 16 + 8) for k in range(8)]
            rows = slice(frame.y.shape[0] // 2, frame.y.shape[0] // 2 + 40)
            half = slice(rows.start // 2, rows.stop // 2)
            found[name] = [
                [
                    float(np.median(frame.y[rows, bar])),
                    *(float(np.median(c[half, bar.start // 2 : bar.stop // 2])) for c in (frame.u, frame.v)),
                ]
                for bar in bars
            ]
    return found


def dropped():
    show()
    with Capture() as card:
        card.frames(5)
        control(percentage_of_dropped_buffers=20)
        until(lambda: card.read() is not None and sum("gap" in item for item in card.items) >= 5, 40)
        control(percentage_of_dropped_buffers=0)
        card.frames(5)
        return card.result()


def wrapped():
    """The driver's count runs over its 32 bits."""
    show()
    control(wrap_sequence_number=1)
    try:
        with Capture() as card:
            until(lambda: card.read() and card.items[-1].get("frame", 0) > 140, 40)
            return card.result()
    finally:
        control(wrap_sequence_number=0)


def damaged():
    show()
    with Capture() as card:
        card.frames(5)
        control(inject_v4l2_buf_flag_error=1)
        card.event(MARKED)
        card.frames(5)
        return card.result()


def lost_and_back():
    show()
    with Capture() as card:
        card.frames(5)
        control(dv_timings_signal_mode=NO_SIGNAL)
        card.event("signal_lost")
        quiet = [told(card.source.read(0.3)) for _ in range(4)]
        show()
        card.event("signal_back")
        card.frames(5)
        return card.result(quiet=quiet)


def no_signal_at_start():
    control(dv_timings_signal_mode=NO_SIGNAL)
    with Capture() as card:
        quiet = [told(card.source.read(0.3)) for _ in range(3)]
        show()
        card.event("signal_back")
        card.frames(3)
        return card.result(quiet=quiet)


def unusable_signals():
    found = {}
    for name, mode in (("no_lock", NO_LOCK), ("out_of_range", OUT_OF_RANGE)):
        control(dv_timings_signal_mode=mode)
        with Capture() as card:
            for _ in range(3):
                card.read()
            found[name] = card.result()
    show()
    return found


def modes():
    show()
    with Capture() as card:
        card.frames(5)
        show(FULL_HD_30)
        card.event("format_changed")
        card.frames(3)
        show()
        card.event("format_changed")
        card.frames(5)
        return card.result()


def disconnected():
    """`vivid` says that it has gone until everybody has let go of it."""
    show()
    with Capture() as card:
        card.frames(5)
        control(disconnect=1)
        card.event("plugged_in")
        card.frames(5)
        return card.result()


def unplugged():
    """The node goes away for some seconds, while it is open."""
    show()
    driver = Path("/sys/bus/platform/drivers/vivid")
    with Capture() as card:
        card.frames(5)
        (driver / "unbind").write_text("vivid.0")
        card.event("unplugged")
        card.event(GONE)
        (driver / "bind").write_text("vivid.0")
        card.event("plugged_in")
        card.frames(5)
        return card.result()


def broken_stream():
    show()
    with Capture() as card:
        card.frames(5)
        control(inject_fatal_streaming_error=1)
        card.event("restarted")
        card.frames(5)
        return card.result()


def refused_restart():
    """The stream breaks, and the first attempts to start it anew fail too."""
    show()
    with Capture() as card:
        card.frames(5)
        control(inject_vidioc_streamon_error=1, inject_fatal_streaming_error=1)
        card.event("restarted")
        card.frames(5)
        return card.result()


def refused_start():
    show()
    found = {}
    for name in ("inject_vidioc_reqbufs_error", "inject_vidioc_qbuf_error", "inject_vidioc_streamon_error"):
        control(**{name: 1})
        found[name] = sentence("")
        with Capture() as card:
            card.frames(1)
    return found


def camera():
    """A card that tells no timings of its input, such as one on USB."""
    found = {}
    for options in ("", "?size=640x360&fps=15", "?format=YUYV&size=1280x720"):
        with Capture(options, node("vivid-001-vid-cap")) as card:
            card.frames(10)
            found[options] = card.result()
    return found


def sentence(options, path=None):
    """Return what is said of a source that cannot be opened."""
    source = open_source(f"v4l2:{path or node()}{options}")
    try:
        source.open()
    except HarnessError as error:
        return f"{type(error).__name__}: {error}"
    finally:
        source.close()
    return None


def refusals():
    show()
    usb = node("vivid-001-vid-cap")
    found = {
        "absent": sentence("", "/dev/video77"),
        "no video": sentence("", "/dev/null"),
        "output": sentence("", node("vivid-000-vid-out")),
        "planes": sentence("", node("vivid-002-vid-cap")),
        "format": sentence("?format=MJPG"),
        "signal": sentence("?size=640x480"),
        "size": sentence("?size=1234x567", usb),
        "fps": sentence("?size=640x360&fps=59", usb),
        "input": sentence("?input=7"),
    }
    show(FIELDS)
    found["fields"] = sentence("")
    show()
    found["permission"] = _as_nobody()
    with subprocess.Popen(["v4l2-ctl", "-d", str(node()), "--stream-mmap"], stderr=subprocess.PIPE) as other:
        other.stderr.read(4)
        found["busy"] = sentence("")
        found["other"] = other.pid
        other.kill()
    return found


def _as_nobody():
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.setgroups([])
        os.setuid(65534)
        os.write(writing, str(sentence("")).encode())
        os._exit(0)
    os.waitpid(child, 0)
    return os.read(reading, 1000).decode()


def ports():
    show()
    there = [vars_of(port) for port in v4l2_ports()]
    control(dv_timings_signal_mode=NO_SIGNAL)
    gone = [vars_of(port) for port in v4l2_ports()]
    show()
    return {"signal": there, "no signal": gone}


def vars_of(port):
    return {"kind": port.kind, "uri": port.uri, "name": port.name, "note": port.note}


if __name__ == "__main__":
    run_steps(
        "v4l2",
        [
            *(
                load,
                ports,
                capture,
                fast,
                colours,
                dropped,
                wrapped,
                damaged,
                lost_and_back,
                no_signal_at_start,
            ),
            *(
                unusable_signals,
                modes,
                disconnected,
                unplugged,
                broken_stream,
                refused_restart,
                refused_start,
            ),
            *(camera, refusals),
        ],
    )

"""A USB capture card behind the kernel's driver `uvcvideo`: compressed pictures, losses, unplugging."""

import io
import itertools
import threading
import time
from contextlib import contextmanager

import av
import numpy as np

from harness.capture.v4l2.finding import v4l2_ports
from harness.media import Frame
from tests.rig_vm.inside import run_steps, sh, until
from tests.rig_vm.jobs.v4l2 import Capture, vars_of
from tests.rig_vm.usb_card import ERROR, UsbCard, node, paced

CARD = UsbCard()
EVERY_S = 0.2
WIDTH, HEIGHT = 320, 240
LOST, HALF = "lost by the card or its driver", "a JPEG picture without its end"


def jpeg(level, width=WIDTH, height=HEIGHT):
    """Return a picture of one grey, in full range, as a card compresses it."""
    file = io.BytesIO()
    with av.open(file, "w", format="mjpeg") as out:
        stream = out.add_stream("mjpeg", rate=25, options={"qmin": "2", "qmax": "2"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuvj422p"
        picture = av.VideoFrame(width, height, "yuvj422p")
        for plane, value in zip(picture.planes, (level, 128, 128), strict=True):
            plane.update(np.full(plane.buffer_size, value, np.uint8))
        for packet in (*stream.encode(picture), *stream.encode(None)):
            out.mux(packet)
    return file.getvalue()


def yuyv(level):
    return np.full((HEIGHT, WIDTH, 2), (level, 128), np.uint8).tobytes()


GREYS = [jpeg(level) for level in (0, 64, 128, 192, 255)]


@contextmanager
def sending(pictures):
    """Send pictures, each as (bytes, flags) or None for a pause, while a program captures."""
    stop = threading.Event()
    sender = threading.Thread(target=paced, args=(CARD, pictures, EVERY_S, stop), daemon=True)
    sender.start()
    try:
        yield
    finally:
        stop.set()
        sender.join(10)


def steadily(*pictures):
    return ((picture, 0) for picture in itertools.cycle(pictures or GREYS))


def card(options="?format=MJPG&size=320x240&fps=5"):
    return Capture(options, node())


def grey(frame):
    """Return the level of a frame that is of one grey."""
    return int(frame.y[9, 9])


def load():
    sh("modprobe", "uvcvideo")
    CARD.plug()
    return {"node": str(node()), "ports": [vars_of(port) for port in v4l2_ports()]}


def compressed():
    """Return every grey of the pictures as they were captured."""
    with sending(steadily()), card() as capture:
        greys = set()
        until(lambda: isinstance(f := capture.read(), Frame) and (greys.add(grey(f)) or len(greys) >= 5), 40)
        return capture.result(greys=sorted(greys))


def uncompressed():
    with sending(steadily(yuyv(50), yuyv(60))), card("?format=YUYV&size=320x240&fps=5") as capture:
        frame = until(lambda: isinstance(f := capture.read(), Frame) and f, 40)
        capture.frames(4)
        return capture.result(grey=grey(frame))


def by_itself():
    """What is chosen when nothing is asked for."""
    big = jpeg(128, 1280, 720)
    with sending(steadily(big)), card("") as capture:
        capture.frames(2)
        return capture.result(asked=[CARD.asked[2], CARD.asked[3]])


def torn():
    """Some transfers fail, some pictures end in the middle: those have greys of their own."""
    good, failed, half = (GREYS[1], 0), (GREYS[3], ERROR), (GREYS[4][: len(GREYS[4]) // 2], 0)
    greys = set()
    with sending(itertools.cycle([good] * 3 + [failed] * 2 + [good] * 3 + [half])), card() as capture:

        def seen():
            item = capture.read()
            if isinstance(item, Frame):
                greys.add(grey(item))
            return {LOST, HALF} <= {
                word for i in capture.items for word in (LOST, HALF) if word in i.get("gap", "")
            }

        until(seen, 60)
        capture.frames(3)
        return capture.result(greys=sorted(greys))


def slower():
    """The card has promised 30 frames a second and gives far fewer, as for a device in another mode."""
    with sending(steadily()), card("?format=MJPG&size=320x240&fps=30") as capture:
        capture.frames(25)
        return capture.result()


def paused():
    with sending(itertools.cycle([(GREYS[2], 0)] * 6 + [None] * 12)), card() as capture:
        capture.frames(2)
        capture.event("signal_lost")
        capture.event("signal_back")
        capture.frames(3)
        return capture.result()


def silent_at_start():
    with card() as capture:
        quiet = [capture.source.read(0.3) for _ in range(2)]
        with sending(steadily()):
            capture.event("signal_back")
            capture.frames(3)
        return capture.result(quiet=quiet)


def pulled():
    with card() as capture:
        return _pulled(capture)


def _pulled(capture):
    with sending(steadily()):
        capture.event("signal_back")
        capture.frames(5)
    CARD.unplug()
    capture.event("unplugged")
    time.sleep(0.5)
    nothing = capture.read(0.5)
    CARD.plug()
    node()
    with sending(steadily()):
        capture.event("plugged_in")
        capture.frames(5)
    return capture.result(nothing=nothing is None or "gap" in capture.items[-1])


if __name__ == "__main__":
    run_steps(
        "v4l2_usb",
        [load, compressed, uncompressed, by_itself, torn, slower, paused, silent_at_start, pulled],
    )

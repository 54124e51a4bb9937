"""What a `v4l2:` URI says, and which of a card's modes it means."""

from fractions import Fraction
from pathlib import Path

import pytest

from harness.capture import open_source
from harness.capture.v4l2 import kernel
from harness.capture.v4l2.card import V4l2Card
from harness.capture.v4l2.modes import Mode, choose, require_format
from harness.capture.v4l2.options import Wish, parse
from harness.errors import CaptureLost, InputError

URI = "v4l2:/dev/video0"
USB_CARD = [
    Mode("MJPG", 1920, 1080, Fraction(60)),
    Mode("MJPG", 1920, 1080, Fraction(30)),
    Mode("MJPG", 1280, 720, Fraction(60000, 1001)),
    Mode("YUYV", 1920, 1080, Fraction(5)),
    Mode("YUYV", 1280, 720, Fraction(10)),
    Mode("YUYV", 640, 480, Fraction(60)),
    Mode("NV12", 640, 480, Fraction(60)),
    Mode("NV12", 3840, 2160, Fraction(30)),
    Mode("MJPG", 640, 480, Fraction(120)),
]


def test_every_option_is_taken():
    wish = Wish((1280, 720), Fraction(60000, 1001), "NV12", 1)
    assert parse(f"{URI}?size=1280x720&fps=60000/1001&format=NV12&input=1") == (Path("/dev/video0"), wish)
    assert parse(f"{URI}?fps=59.94")[1].fps == Fraction("59.94")
    assert parse("v4l2:/dev/v4l/by-id/usb-A_B:C-video-index0") == (
        Path("/dev/v4l/by-id/usb-A_B:C-video-index0"),
        Wish(),
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("?sise=1280x720", "unknown option 'sise' (did you mean 'size'?)"),
        ("?size=1280", "size=1280 is no size; write it like size=1280x720"),
        ("?size=0x720", "no size"),
        ("?size=99999x1", "no size"),
        ("?fps=0", "fps=0 is no rate"),
        ("?fps=1e9", "no rate"),
        ("?fps=60/0", "no rate"),
        ("?format=yuyv", "format=yuyv cannot be read (did you mean 'YUYV'?)"),
        ("?format=RGB3", "one of NV12, YUYV, UYVY, YU12, MJPG"),
        ("?input=hdmi", "no number of an input"),
        ("?size=", "the option size needs one value"),
        ("?fps=60&fps=30", "the option fps needs one value"),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence(options, words):
    with pytest.raises(InputError) as error:
        parse(URI + options)
    assert words in str(error.value)
    assert str(error.value).startswith(f"capture source '{URI}")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("uri", ["v4l2:video0", "v4l2:../dev/video0", "v4l2:?size=1x1", "v4l2:/dev/video0\n"])
def test_a_card_is_named_by_its_path(uri):
    with pytest.raises(InputError, match=r"path|missing"):
        parse(uri)


def test_a_card_is_chosen_by_uri_and_a_closed_one_says_so():
    source = open_source(f"{URI}?fps=60")
    assert isinstance(source, V4l2Card)
    assert source.uri == f"{URI}?fps=60"
    with pytest.raises(CaptureLost, match="open it first"):
        source.read(0)
    source.close()


def test_a_card_that_is_not_there_is_told_with_those_that_are(tmp_path):
    with pytest.raises(CaptureLost, match=r"there is no such device; plug the card in \(there are: "):
        open_source(f"v4l2:{tmp_path}/video9").open()


def test_what_is_no_video_device_is_told(tmp_path):
    with pytest.raises(InputError, match="is not a video device"):
        open_source("v4l2:/dev/null").open()


@pytest.mark.parametrize(
    ("wish", "mode"),
    [
        (Wish(), USB_CARD[0]),
        (Wish(format="YUYV"), USB_CARD[5]),
        (Wish(format="YUYV", size_px=(1920, 1080)), USB_CARD[3]),
        (Wish(size_px=(640, 480)), USB_CARD[6]),
        (Wish(size_px=(640, 480), format="YUYV"), USB_CARD[5]),
        (Wish(size_px=(640, 480), fps=Fraction(120)), USB_CARD[8]),
        (Wish(fps=Fraction("59.94")), USB_CARD[2]),
        (Wish(size_px=(3840, 2160)), USB_CARD[7]),
        (Wish(fps=Fraction(10)), USB_CARD[4]),
    ],
)
def test_the_best_mode_of_a_wish_is_chosen(wish, mode):
    assert choose(USB_CARD, wish, URI) == mode
    assert choose(USB_CARD[::-1], wish, URI) == mode


def test_a_mode_that_is_not_offered_is_told_with_the_nearest():
    with pytest.raises(InputError) as error:
        choose(USB_CARD, Wish((1280, 720), Fraction(50)), URI)
    assert str(error.value).startswith(
        f"{URI}: the card does not offer 1280x720 at 50; nearest: MJPG 1280x720 at 59.94, YUYV 1280x720 at 10"
    )
    with pytest.raises(InputError, match="no mode that can be read"):
        choose([], Wish(), URI)


def test_the_lightest_format_is_used_of_those_that_are_offered():
    assert require_format(["RGB3", "YUYV", "NV12"], Wish(), URI) == "NV12"
    assert require_format(["YUYV", "NV12"], Wish(format="YUYV"), URI) == "YUYV"
    with pytest.raises(InputError, match="does not offer MJPG; it offers RGB3, YUYV"):
        require_format(["RGB3", "YUYV"], Wish(format="MJPG"), URI)
    with pytest.raises(InputError, match=r"does not offer any of NV12, .*; it offers RGB3"):
        require_format(["RGB3"], Wish(), URI)


def test_the_requests_to_a_driver_have_the_numbers_of_linux():
    """The number of a request holds the size of its structure."""
    assert [*(0x80685600, 0xC0D05605, 0xC0145608, 0xC0585611, 0x40045612, 0xC0CC5616)] == [
        kernel.QUERYCAP,
        kernel.S_FMT,
        kernel.REQBUFS,
        kernel.DQBUF,
        kernel.STREAMON,
        kernel.S_PARM,
    ]
    assert [*(0xC0405602, 0xC02C564A, 0xC034564B, 0xC050561A)] == [
        kernel.ENUM_FMT,
        kernel.ENUM_FRAMESIZES,
        kernel.ENUM_FRAMEINTERVALS,
        kernel.ENUMINPUT,
    ]
    assert [*(0x80845663, 0xC0845657, 0x80885659, 0x4020565A)] == [
        kernel.QUERY_DV_TIMINGS,
        kernel.S_DV_TIMINGS,
        kernel.DQEVENT,
        kernel.SUBSCRIBE_EVENT,
    ]
    assert (kernel.Buffer.sequence.offset, kernel.Buffer.m.offset) == (56, 64)
    assert (kernel.Event.timestamp.offset, kernel.Input.status.offset) == (80, 56)
    assert kernel.name_of(kernel.fourcc("NV12")) == "NV12"

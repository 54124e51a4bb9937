"""Known screens are read as frames have them, and a file that is none is named."""

import numpy as np
import pytest
from PIL import Image

from harness.errors import InputError
from harness.run.registry import default_folders, find_profile
from harness.run.screens import load_screens
from harness.simulator.screen.canvas import to_picture


def test_white_black_and_colours_become_narrow_range_luma(tmp_path):
    pixels = np.zeros((4, 4, 3), np.uint8)
    pixels[0], pixels[1], pixels[2] = (255, 255, 255), (255, 0, 0), (0, 255, 0)
    Image.fromarray(pixels).save(tmp_path / "colours.png")
    luma = load_screens({"colours": tmp_path / "colours.png"})["colours"]
    assert luma.dtype == np.uint8
    assert luma[:, 0].tolist() == [235, 63, 173, 16]


@pytest.mark.parametrize("mode", ["P", "L", "RGBA"])
def test_any_kind_of_png_is_read(tmp_path, mode):
    Image.new("RGB", (32, 18), (255, 255, 255)).convert(mode).save(tmp_path / "white.png")
    assert (load_screens({"white": tmp_path / "white.png"})["white"] == 235).all()


def test_the_virtual_device_brings_its_screens():
    screens = load_screens(find_profile("virtual-stb", default_folders()).screens())
    assert set(screens) == {"home", "error"}
    assert all(luma.ndim == 2 for luma in screens.values())


def test_luma_is_that_of_the_virtual_device(tmp_path):
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (18, 32, 3), dtype=np.uint8))
    image.save(tmp_path / "noise.png")
    luma = load_screens({"noise": tmp_path / "noise.png"})["noise"]
    assert np.abs(luma.astype(int) - to_picture(image)[0]).max() <= 2


@pytest.mark.parametrize("content", [None, b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + bytes(20)])
def test_a_file_that_is_no_picture_is_named_in_one_line(tmp_path, content):
    path = tmp_path / "home.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"home\.png: the screen 'home'") as caught:
        load_screens({"home": path})
    assert "\n" not in str(caught.value)


def test_half_a_file_is_named(tmp_path):
    path = tmp_path / "home.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (90, 160, 3), dtype=np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(InputError, match="cannot be read"):
        load_screens({"home": path})

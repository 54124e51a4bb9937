"""The page in a real browser: choose the virtual device, see its picture, press a key, save."""

import itertools
import threading

import pytest

from harness.enrol.found import Found
from harness.enrol.web.server import Server
from harness.enrol.web.session import Session
from harness.run.registry import load_profile
from tests.support.browser import CONTRAST, Browser, find_chromium

pytestmark = pytest.mark.fuller

IDLE = "new Promise((done) => setTimeout(() => last.then(done), 0))"
"""Resolves when the page has sent what it was told to, and shown the answer."""

SEEN = """
(async () => {
  const picture = document.getElementById("picture");
  const draw = () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [64, 36];
    const pen = canvas.getContext("2d");
    pen.drawImage(picture, 0, 0, 64, 36);
    return [...pen.getImageData(0, 0, 64, 36).data];
  };
  const next = () => new Promise((done) => picture.addEventListener("load", done, { once: true }));
  while (picture.naturalWidth < 100) await next();
  await next();
  await next();
  return [picture.naturalWidth, draw()];
})()
"""
"""Waits for a new picture; returns its width and a small copy of it."""


@pytest.fixture
def page(tmp_path):
    if not find_chromium():
        pytest.skip("no Chromium is installed")
    session = Session(tmp_path / "devices", finder=Found)
    with Server(session) as server:
        session.start()
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        with Browser() as browser:
            yield browser.open(server.url, width=390, height=844)
        server.shutdown()
        thread.join()


def fill(page, field, text):
    page.js(
        f"(() => {{ const field = document.getElementById({field!r}); field.focus(); field.value = {text!r};"
        " field.dispatchEvent(new Event('change', { bubbles: true })); })()"
    )
    page.js(IDLE)


def click(page, selector):
    page.js(f"document.querySelector({selector!r}).click()")
    page.js(IDLE)


def text(page, selector):
    return page.js(f"document.querySelector({selector!r})?.textContent ?? ''")


def difference(one, other):
    return sum(abs(a - b) for a, b in zip(one, other, strict=True))


def test_a_virtual_device_is_registered_on_the_page(page, tmp_path):
    assert page.js("location.href").endswith("/")
    fill(page, "id", "Living Room")
    assert "did you mean 'living-room'?" in text(page, "#wrong-id")
    assert page.js("document.querySelector('button.main').disabled")
    fill(page, "id", "living-room")
    assert page.js("document.activeElement.id") == "id"
    click(page, "button[aria-label='Use Virtual set-top box']")
    assert "1280x720 at 50 fps" in text(page, "[data-part=preview]")
    width, home = page.js(SEEN)
    assert width == 960
    click(page, "form.remote button[value=RIGHT]")
    assert "RIGHT was sent by adb" in text(page, "[data-part=reaction]")
    assert difference(page.js(SEEN)[1], home) > 10_000
    keys = itertools.cycle(["LEFT", "RIGHT"])
    while "the device reacted: " not in text(page, "[data-part=reaction]"):
        click(page, f"form.remote button[value={next(keys)}]")
    assert not (tmp_path / "devices").exists()
    click(page, "button.main")
    assert "Saved: " in text(page, "[data-part=save] .notice.good")
    assert load_profile(tmp_path / "devices/living-room.yaml").profile.virtual is not None
    assert page.js("document.documentElement.scrollWidth") <= 390
    assert page.complaints() == []
    assert all(url.startswith(("http://127.0.0.1:", "data:")) for url in page.requests())


def test_the_keyboard_alone_is_enough(page):
    page.js("document.getElementById('id').focus()")
    page.press(*"box", "Tab")
    page.js(IDLE)
    assert page.js("document.activeElement.id") == "name"
    for _ in range(12):
        if page.js("document.activeElement.ariaLabel") == "Use Virtual set-top box":
            break
        page.press("Tab")
    assert page.js("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.press("Enter")
    page.js(IDLE)
    assert "1280x720 at 50 fps" in text(page, "[data-part=preview]")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_keeps_its_contrast(page, theme):
    page.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
    fill(page, "id", "Living Room")
    click(page, "button[aria-label='Use Virtual set-top box']")
    worst = page.js(CONTRAST)
    assert worst["ratio"] >= 4.5, worst


def test_what_an_action_came_to_is_read_out(page):
    fill(page, "id", "Living Room")
    assert "did you mean 'living-room'?" in text(page, "#told[aria-live]")
    fill(page, "model", "Box")
    assert text(page, "#told") == ""


def test_what_is_typed_while_an_answer_comes_is_not_lost(page):
    page.js("document.getElementById('id').focus()")
    page.press(*"box", "Tab", *"my")
    page.js(IDLE)
    page.press(*"tv")
    assert page.js("document.getElementById('name').value") == "mytv"

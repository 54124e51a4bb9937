"""The page as a real browser shows it."""

import functools
import http.server
import threading

import pytest

from harness.report.page import MOST_INLINE, write_page
from tests.support import records, sample
from tests.support.browser import CONTRAST

pytestmark = pytest.mark.fuller

STRICT = "sandbox allow-same-origin; default-src 'none'; img-src 'self'; style-src 'self';"
"""What the strictest artifact stores send: no script at all, no inline style."""


@pytest.fixture
def store():
    """Serve a folder as an artifact store with a strict content policy does."""
    servers = []

    def serve(folder):
        class Handler(http.server.SimpleHTTPRequestHandler):
            def end_headers(self):
                self.send_header("Content-Security-Policy", STRICT)
                super().end_headers()

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Handler, directory=folder)
        )
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join()


def box(page, selector):
    return page.js(
        f"(({{top, bottom, left, right}}) => ({{top, bottom, left, right}}))"
        f"(document.querySelector({selector!r}).getBoundingClientRect())"
    )


def active(page, what="id"):
    return page.js(f"document.activeElement.{what}")


def test_the_page_opens_from_disk_without_a_complaint_or_the_network(visit, varied):
    page = visit(varied)
    assert page.complaints() == []
    assert all(url.startswith(("file:", "data:")) for url in page.requests())
    assert page.js("document.title").startswith("DO NOT SHIP")


def test_the_decision_and_what_was_not_measured_are_seen_without_scrolling(visit, varied):
    page = visit(varied, width=1280, height=720)
    for selector in ("h1", ".why", ".counts", ".facts", ".omitted"):
        place = box(page, selector)
        assert 0 <= place["top"] < place["bottom"] <= 720, selector
    assert box(page, ".grid tbody tr.device")["bottom"] <= 720


@pytest.mark.parametrize("width", [320, 390, 768, 1280, 1920])
def test_the_page_never_scrolls_sideways(visit, varied, width):
    page = visit(varied, width=width, height=800)
    assert page.js("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_follows_the_system_until_it_is_told_otherwise(visit, varied, theme):
    page = visit(varied, media=[("prefers-color-scheme", theme)])
    first = page.js("getComputedStyle(document.body).backgroundColor")
    assert first == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 23, 27)"}[theme]
    page.press("t")
    assert page.js("getComputedStyle(document.body).backgroundColor") != first
    assert page.js("localStorage.getItem('harness-theme')") == {"light": "dark", "dark": "light"}[theme]
    page.js("localStorage.clear()")


def test_the_keyboard_leads_through_the_page(visit, varied):
    page = visit(varied)
    page.press("Tab")
    assert active(page, "className") == "skip"
    page.press("Enter")
    assert active(page) == "main"
    page.press("j")
    assert active(page, "parentElement.id") == "case-2"
    page.press("j", "j", "k")
    assert active(page, "parentElement.id") == "case-8"
    page.press("Enter")
    assert page.js("document.getElementById('case-8').open") is False
    page.press("?")
    assert page.js("document.getElementById('help').open") is True
    page.press("Escape")
    assert page.js("document.getElementById('help').open") is False
    page.press("g", "n")
    assert active(page) == "case-2-finding-1"


def test_whatever_has_the_focus_shows_it(visit, varied):
    page = visit(varied)
    page.press("Tab", "Tab", "Tab", "Tab")
    assert page.js("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_the_filter_narrows_the_tests(visit, varied):
    page = visit(varied)
    page.press("/", *"freeze")
    shown = (
        "[...document.querySelectorAll('.case')].filter((one) => one.checkVisibility()).map(({ id }) => id)"
    )
    assert page.js(shown) == ["case-2", "case-5"]
    assert page.js("document.getElementById('filter-count').textContent") == "2 shown"
    page.press("Escape")
    assert len(page.js(shown)) == 9


def test_a_deep_link_unfolds_its_test_and_shows_the_finding(visit, varied):
    page = visit(f"{varied.as_uri()}#case-3-finding-1")
    assert page.js("document.getElementById('case-3').open") is True
    assert active(page) == "case-3-finding-1"
    assert 0 <= box(page, "#case-3-finding-1")["top"] < 300


def test_a_deep_link_finds_its_way_to_the_tests_own_page(visit, tmp_path, browser):
    number = MOST_INLINE + 1
    path = write_page(records.write(records.many(number, number), tmp_path))
    page = visit(path)
    browser.events.clear()
    page.js(f"location.hash = 'case-{number}-finding-2'")
    page.loaded()
    assert page.js("location.pathname").endswith(f"/cases/case-{number}.html")
    assert active(page) == f"case-{number}-finding-2"
    assert page.complaints() == []


def test_hostile_text_runs_nothing(visit, tmp_path):
    bad = records.freeze(metric=records.HOSTILE, explained_by=records.HOSTILE)
    cases = [
        records.case(
            records.HOSTILE,
            "failed",
            message=records.HOSTILE,
            device=records.HOSTILE,
            playbacks=[records.playback("fail", label=records.HOSTILE, findings=[bad])],
        )
    ]
    page = visit(write_page(records.write(records.run(cases, reasons=[records.HOSTILE]), tmp_path)))
    assert page.js("document.querySelectorAll('script').length") == 1
    assert page.js("document.querySelectorAll('img[onerror]').length") == 0
    assert page.complaints() == []


def test_a_clip_plays_from_disk(visit):
    page = visit(sample.SAMPLE / "index.html")
    playing = """
    (async () => {
      const video = document.querySelector("video");
      video.muted = true;
      await video.play();
      while (!video.currentTime) await new Promise((done) => video.addEventListener("timeupdate", done));
      return [video.videoWidth, video.videoHeight];
    })()
    """
    assert page.js(playing) == [320, 180]
    assert page.complaints() == []


def test_a_store_that_forbids_scripts_shows_the_same_first_screen(visit, varied, store):
    page = visit(f"{store(varied.parent)}/index.html")
    assert all(url.startswith(("http://127.0.0.1:", "data:")) for url in page.requests())
    assert box(page, ".omitted")["bottom"] <= 720
    assert page.color(".decision") == "rgb(252, 236, 234)"


def test_paper_is_light_and_shows_what_is_folded(visit, varied, tmp_path):
    page = visit(varied, media=[("prefers-color-scheme", "dark")])
    page.ask("Emulation.setEmulatedMedia", media="print")
    assert page.color("body") == "rgb(255, 255, 255)"
    assert page.js("getComputedStyle(document.querySelector('.tools')).display") == "none"
    page.js("dispatchEvent(new Event('beforeprint'))")
    assert page.js("document.querySelectorAll('.fold:not([open])').length") == 0
    page.pdf(tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.fuller
def test_four_thousand_tests_are_few_elements_to_lay_out(visit, crowd):
    page = visit(crowd)
    assert page.js("document.querySelectorAll('.case').length") == 4000
    assert page.js("document.querySelectorAll('*').length") < 80_000
    shown = "[...document.querySelectorAll('.case')].filter((test) => test.checkVisibility()).length"
    assert page.js(shown) < 300
    assert page.complaints() == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_keeps_its_contrast(visit, varied, theme):
    page = visit(varied, media=[("prefers-color-scheme", theme)])
    worst = page.js(CONTRAST)
    assert worst["ratio"] >= 4.5, worst

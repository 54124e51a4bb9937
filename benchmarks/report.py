"""How long the release page of 4,000 tests takes to write, and to open in headless Chromium.

    python benchmarks/report.py [TESTS] [FAILED]

Opening counts from the request to the `load` event and to the first contentful paint, each the median of
five cold pages in one browser.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from harness.report.page import write_page  # noqa: E402
from tests.support import records  # noqa: E402
from tests.support.browser import Browser  # noqa: E402

PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"
SETTLED = "new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))"
REPEATS = 5


def main(tests=4000, failed=200):
    with tempfile.TemporaryDirectory() as scratch:
        folder = records.write(records.many(tests, failed), Path(scratch))
        began = time.monotonic()
        page = write_page(folder)
        print(f"tests {tests}, failed {failed}: written in {time.monotonic() - began:.2f} s", end=", ")
        print(f"index.html {page.stat().st_size / 1e6:.2f} MB", end=", ")
        with Browser() as browser:
            times = [open_once(browser, page.as_uri()) for _ in range(REPEATS)]
        painted, loaded, settled, elements = (
            statistics.median(column) for column in zip(*times, strict=True)
        )
        print(f"{elements:.0f} elements")
        print(
            f"first paint {painted / 1000:.2f} s, load {loaded / 1000:.2f} s, settled {settled / 1000:.2f} s"
        )


def open_once(browser, url):
    page = browser.open(url)
    settled = page.js(SETTLED)
    taken = page.js(PAINT), page.js(LOADED), settled, page.js("document.querySelectorAll('*').length")
    page.close()
    return taken


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))

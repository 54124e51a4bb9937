"""A browser for all tests of the page, and a run with every outcome rendered once."""

import pytest

from harness.report.page import write_page
from tests.support import records
from tests.support.browser import Browser, find_chromium


@pytest.fixture(scope="session")
def browser():
    if not find_chromium():
        pytest.skip("no Chromium is installed")
    with Browser() as running:
        yield running


@pytest.fixture(scope="session")
def varied(tmp_path_factory):
    """Return the page of a run with every outcome."""
    return write_page(records.write(records.varied(), tmp_path_factory.mktemp("varied")))


@pytest.fixture(scope="session")
def crowd(tmp_path_factory):
    """Return the page of 4,000 tests, 200 of which failed."""
    return write_page(records.write(records.many(4000, 200), tmp_path_factory.mktemp("crowd")))


@pytest.fixture
def visit(browser):
    """Open pages that are closed after the test."""
    pages = []

    def open_page(path, **how):
        url = path if isinstance(path, str) else path.as_uri()
        pages.append(browser.open(url, **how))
        return pages[-1]

    yield open_page
    for page in pages:
        page.close()

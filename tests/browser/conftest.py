"""A real browser, headless, that looks at the pages of a real daemon.

The browser is the system's chromium, driven by playwright, which is told where it lies and
downloads nothing. Where there is none, these tests say so and are skipped.
"""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

from tests.acceptance.conftest import first_folder, make_daemon
from tests.browser.visits import DESKTOP, Visit

__all__ = ["first_folder", "make_daemon"]

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def chromium():
    """The browser."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("no chromium is installed here")
    with sync_playwright() as playwright:  # per module: its event loop ends with it
        browser = playwright.chromium.launch(
            executable_path=path, chromium_sandbox=os.getuid() != 0, args=["--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def served(chromium, make_daemon, tmp_path_factory):
    """A running daemon, one for all tests of a module."""
    daemon = make_daemon(tmp_path_factory.mktemp("served") / "server").start()
    yield daemon
    daemon.close()


@pytest.fixture
def visit(chromium, served):
    """Let somebody come: ``visit(color_scheme="dark", viewport=PHONE, java_script_enabled=False)``.

    Nobody's browser may have met a script that failed, or a request to another server.
    """
    origin = f"http://127.0.0.1:{served.port}"
    visits = []

    def come(**options):
        context = chromium.new_context(**{"viewport": DESKTOP, **options})
        visits.append(Visit(context, origin))
        return visits[-1]

    yield come
    for one in visits:
        one.context.close()
    assert [one.strangers + one.failures for one in visits] == [[]] * len(visits)

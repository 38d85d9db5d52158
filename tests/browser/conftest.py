from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from web import releases

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a portal with one edition of Concordia, served as `eirene serve` serves it."""
    home = tmp_path_factory.mktemp("home")
    releases.concordia(home / "releases" / "concordia" / "2016")
    releases.compiled(home / "releases" / "nato" / "compiled-2025")
    log = open(home / "serve.log", "w+")  # noqa: SIM115  open as long as the server writes to it
    command = [sys.executable, "-c", "from eirene.cli import main; main()", "serve", "--no-build", "--port", "8700"]
    environment = {**os.environ, "EIRENE_HOME": str(home)}
    server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        yield _address(server, home / "serve.log")
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
        log.close()


def _address(server: subprocess.Popen[bytes], log: Path) -> str:
    for _ in range(120):
        found = re.search(r"Serving at (http://\S+?)/ ", log.read_text())
        if found:
            try:
                with urlopen(f"{found.group(1)}/healthz") as answer:
                    assert answer.status == 200
                return found.group(1)
            except OSError:
                pass
        assert server.poll() is None, log.read_text()
        time.sleep(0.5)
    raise AssertionError(log.read_text())


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    launched = playwright.chromium.launch(
        executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
    )
    yield launched
    launched.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1280, "height": 900})
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()

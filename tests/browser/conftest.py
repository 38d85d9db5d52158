from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from browser.serving import serving
from web import releases

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a portal with one edition of Concordia."""
    home = tmp_path_factory.mktemp("home")
    releases.concordia(home / "releases" / "concordia" / "2016")
    releases.compiled(home / "releases" / "nato" / "compiled-2025")
    with serving(home) as address:
        yield address


@pytest.fixture(scope="session")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the demonstration office, as it is when nobody has been there yet: to be copied."""
    home = tmp_path_factory.mktemp("demo")
    with serving(home, "--demo", "--workers", "0"):
        return home


@pytest.fixture(scope="module")
def office_home(laid_out: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(laid_out, tmp_path_factory.mktemp("office") / "home"))


@pytest.fixture(scope="module")
def office(office_home: Path) -> Iterator[str]:
    """The address of a demonstration office of the module's own. Nothing is at work in the background: its editions
    would be built each time."""
    with serving(office_home, "--demo", "--workers", "0") as address:
        yield address


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

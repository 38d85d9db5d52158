"""An edition in Chromium: written with a live preview, sent out, read by a nation; by axe; without scripts."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from browser.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CHILD = Path(__file__).parents[1] / "web" / "editions" / "child.py"
BASE = "/harbour/work/editions/"


def child(home: Path, *words: str) -> str:
    environment = {**{k: v for k, v in os.environ.items() if k != "DATABASE_URL"}, "EIRENE_HOME": str(home)}
    done = subprocess.run([sys.executable, str(CHILD), *words], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The Harbour Compact’s office with a draft, served as `eirene serve` serves it, its worker with it."""
    home = tmp_path_factory.mktemp("editions")
    child(home, "begin")
    with serving(home) as address:
        yield address, home


def sign_in(context: BrowserContext, house: tuple[str, Path], who: str) -> None:
    context.add_cookies([{"name": "eirene_session", "value": child(house[1], "session", who), "url": house[0]}])


COORDINATOR, OFFICER = "coordinator@office.example", "alf.officer@alf.example"


def chapter_of(page: Page, base: str) -> str:
    page.goto(f"{base}{BASE}2022/")
    return str(page.locator(".ed-contents a").first.get_attribute("href"))


def test_a_text_is_typed_looked_at_while_typing_and_saved_with_a_figure(
    house: tuple[str, Path], context: BrowserContext, page: Page
) -> None:
    sign_in(context, house, COORDINATOR)
    address = house[0] + chapter_of(page, house[0])
    page.goto(address)
    block = page.locator(".ed-block").filter(has_text="The Compact asks two questions").first
    block.get_by_text("Edit", exact=False).first.click()
    field = block.locator("textarea").first
    field.fill("The Compact asks 2 questions.")
    expect(block.locator("[role=alert]")).to_contain_text("[lit:2]")
    field.fill("With a charter: ")
    expect(block.locator(".ed-pair").first).to_contain_text("With a charter:")
    block.get_by_role("link", name="Insert a figure").click()
    block.get_by_role("button", name="Ports with a charter").first.click()
    expect(field).to_have_value("With a charter: {charter_share}")
    expect(block.locator(".ed-pair").first).to_contain_text("With a charter: 67")
    block.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").first).to_contain_text("Saved")
    expect(page.locator("main")).to_contain_text("With a charter: 67")


def test_without_scripts_a_button_shows_how_it_would_read(house: tuple[str, Path], browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, house, COORDINATOR)
    page = context.new_page()
    page.goto(house[0] + chapter_of(page, house[0]))
    block = page.locator(".ed-block").filter(has_text="Edit").nth(1)
    block.locator("summary").first.click()
    block.locator("textarea").first.fill("By hand: {charter_share}.")
    block.get_by_role("button", name="Preview").click()
    expect(page.locator("main")).to_contain_text("By hand: 67")
    expect(page.locator("textarea").filter(has_text="By hand").first).to_be_visible()
    context.close()


@pytest.mark.parametrize(
    ("scheme", "width", "language"),
    [
        ("light", 1280, ""), ("dark", 360, "/fr"),
        *(pytest.param(*way, marks=pytest.mark.soak) for way in [("light", 1280, "/fr"), ("dark", 360, "")]),
    ],
)  # fmt: skip
def test_axe_finds_nothing_and_nothing_runs_over(
    house: tuple[str, Path], browser: Browser, scheme: str, width: int, language: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    sign_in(context, house, COORDINATOR)
    page = context.new_page()
    chapter = chapter_of(page, house[0])
    found = look(page, house[0], language, [
        BASE, f"{BASE}2022/", chapter, f"{BASE}2022/write/edition/", f"{BASE}2022/talk/", f"{BASE}2022/silence/",
        f"{BASE}2022/publish/", f"{BASE}2022/figures/",
    ])  # fmt: skip
    context.clear_cookies()
    sign_in(context, house, OFFICER)
    found += look(page, house[0], language, [BASE, f"{BASE}2022/part/ALF/"])
    context.close()
    assert found == []


def look(page: Page, base: str, language: str, addresses: list[str]) -> list[object]:
    found: list[object] = []
    for address in addresses:
        page.goto(base + language + address)
        found += [(address, v["id"], v["nodes"][0]["target"]) for v in Axe().run(page).response["violations"]]
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if over > 0:
            found.append((address, "overflow", over))
    return found


def test_a_draft_goes_out_and_a_nation_reads_it(house: tuple[str, Path], context: BrowserContext, page: Page) -> None:
    sign_in(context, house, COORDINATOR)
    page.goto(f"{house[0]}{BASE}2022/silence/")
    until = (dt.datetime.now(dt.UTC) + dt.timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    page.get_by_label("Silence ends").fill(until)
    page.get_by_role("button", name="Send out under silence").click()
    for _ in range(30):
        if page.get_by_role("link", name="as it went out").count():
            break
        time.sleep(1)
        page.reload()
    context.clear_cookies()
    sign_in(context, house, OFFICER)
    page.goto(f"{house[0]}{BASE}2022/part/ALF/")
    expect(page.locator("main")).to_contain_text("Draft 1 went out under silence")
    page.get_by_role("link", name="Read the draft").click()
    expect(page.locator("main")).to_contain_text("A draft under silence")

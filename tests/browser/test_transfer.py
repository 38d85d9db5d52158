"""Files in Chromium: a workbook out, filled in, handed in, looked at, taken over; without scripts too; axe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from browser.serving import be, serving
from typed import typed

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FILES = "/concordia/work/2017/BMA/files/"


@pytest.fixture(scope="module")
def office(office_home: Path) -> Iterator[str]:
    """The address of a demonstration office whose worker reads what is handed in."""
    with serving(office_home, "--demo") as address:
        yield address


def downloaded(page: Page) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the workbook").click()
    return Path(download.value.path()).read_bytes()


def hand_in(page: Page, file: Path) -> None:
    page.locator('input[type="file"]').set_input_files(file)
    page.get_by_role("button", name="Read it and show").click()


def test_out_filled_in_handed_in_and_taken_over(office: str, context: BrowserContext, tmp_path: Path) -> None:
    page = context.new_page()
    be(page, office, "bma.rapporteur")
    page.goto(office + FILES)
    data = downloaded(page)
    (tmp_path / "one.xlsx").write_bytes(typed(data, {"personnel|service=army": {"1": 1901}}))
    (tmp_path / "two.xlsx").write_bytes(typed(data, {"personnel|service=army": {"1": 1902, "2": 9902}}))
    hand_in(page, tmp_path / "one.xlsx")
    expect(page.get_by_role("heading", level=1)).to_have_text("What the file would change", timeout=15_000)
    expect(page.locator("table.diff")).to_contain_text("1,901")
    page.get_by_role("button", name="Take over what is ticked").click()
    expect(page.locator(".told").first).to_contain_text("1 change was taken over")
    # The same export again, filled in by somebody else: what both changed is for choosing.
    page.goto(office + FILES)
    hand_in(page, tmp_path / "two.xlsx")
    expect(page.locator("tr.clash")).to_have_count(1, timeout=15_000)
    page.get_by_role("button", name="Take over what is ticked").click()
    expect(page.locator(".errs")).to_contain_text("not decided")
    page.locator("tr.clash").get_by_label("what stands now").check()
    page.get_by_role("button", name="Take over what is ticked").click()
    expect(page.locator(".told").first).to_contain_text("1 change was taken over")


def test_it_works_without_scripts(office: str, browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    be(page, office, "bma.rapporteur")
    page.goto(office + FILES)
    data = downloaded(page)
    (tmp_path / "one.xlsx").write_bytes(typed(data, {"personnel|service=navy": {"1": 77}}))
    hand_in(page, tmp_path / "one.xlsx")
    expect(page.locator("table.diff")).to_contain_text("77", timeout=20_000)  # the page looks again by itself
    page.get_by_role("button", name="Drop the file").click()
    expect(page.locator(".told").first).to_contain_text("dropped")
    context.close()


@pytest.mark.parametrize(
    ("width", "language"),
    [(1280, ""), (360, "/fr"), *(pytest.param(*way, marks=pytest.mark.soak) for way in [(1280, "/fr"), (360, "")])],
)
def test_axe_finds_nothing_and_nothing_runs_over(
    office: str, browser: Browser, tmp_path: Path, language: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    be(page, office, "bma.rapporteur")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(office + FILES)
    data = downloaded(page)
    boxes = {
        "personnel|service=navy": {"1": 5000 + width},
        "all_positions_open|comment@en": {"1": f"{language} {width}"},
    }
    (tmp_path / "good.xlsx").write_bytes(typed(data, boxes))
    (tmp_path / "bad.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    found = []
    addresses = [FILES, f"{FILES}key/"]
    for name in ("good.xlsx", "bad.xlsx"):
        page.goto(office + FILES)
        hand_in(page, tmp_path / name)
        page.locator("table.diff, .errs").first.wait_for(timeout=15_000)
        addresses.append(re.sub(r"^https?://[^/]+", "", page.url))
    for address in addresses:
        page.goto(office + language + address)
        found += [(address, v["id"], v["nodes"][0]["target"]) for v in Axe().run(page).response["violations"]]
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if over > 0:
            found.append((address, "overflow", over))
    context.close()
    assert found == []
    assert complaints == []

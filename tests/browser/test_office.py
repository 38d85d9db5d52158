"""The office and a nation’s officers in Chromium: board, clearance, review; by keyboard, without scripts, for all."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from browser.serving import be

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WORK = "/concordia/work/"


def opened(browser: Browser, office: str, who: str, **more: object) -> BrowserContext:
    context = browser.new_context(**more)  # type: ignore[arg-type]
    be(context.new_page(), office, who)
    return context


PAGES = {
    "coordinator": [
        "", "cycles/", "cycles/2017/", "cycles/2017/reports/", "cycles/2017/of/KST/", "cycles/2017/remind/",
        "cycles/2017/timeliness/", "cycles/2017/burden/", "cycles/2017/review/", "cycles/2017/corrections/",
        "cycles/2017/change/", "cycles/2017/close/", "cycles/2017/add/", "cycles/2017/extend/KST/", "2017/CAS/review/",
        "2017/CAS/review/section/1/", "2017/CAS/review/talk/", "2017/CAS/review/ask/?question=personnel",
        "2017/CAS/review/accept/", "2017/CAS/review/return/", "2017/CAS/review/assign/", "2017/CAS/submission/1/",
        "receipts/",
    ],
    "BMA.rapporteur": ["", "cycles/2017/", "2017/BMA/clearance/", "2017/BMA/read/", "2017/BMA/time/",
                       "2016/BMA/corrections/", "2016/BMA/corrections/ask/personnel/"],
    "CLV.officer": ["2017/CLV/clearance/", "2017/CLV/clearance/read/"],
    "BMA.officer": ["2017/BMA/submit/"],
}  # fmt: skip


@pytest.mark.parametrize(("width", "scheme", "language"), [(1280, "light", ""), (360, "dark", "/fr")])
@pytest.mark.parametrize("who", PAGES)
def test_axe_finds_nothing_and_nothing_runs_over(
    office: str, browser: Browser, who: str, width: int, scheme: str, language: str
) -> None:
    context = opened(browser, office, who, viewport={"width": width, "height": 900}, color_scheme=scheme)
    page, wrong = context.pages[0], []
    page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    for path in PAGES[who]:
        answer = page.goto(f"{office}{language}{WORK}{path}")
        assert answer is not None
        assert answer.status == 200, path
        violations = Axe().run(page).response["violations"]
        wrong += [f"{path} {found['id']}: {found['nodes'][0]['html'][:120]}" for found in violations]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append(f"{path} is too wide at {width}")
    context.close()
    assert wrong == []


def test_the_board_says_the_state_and_leads_to_what_is_next(office: str, browser: Browser) -> None:
    context = opened(browser, office, "coordinator", viewport={"width": 1280, "height": 900})
    page = context.pages[0]
    page.goto(f"{office}{WORK}cycles/2017/")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^\d+ of \d+ reports are in; \d+ are stuck$"))
    expect(page.locator(".board section")).to_have_count(7)
    expect(page.locator(".as-table")).to_be_hidden()
    page.get_by_text("Table", exact=True).click()
    expect(page.locator(".as-table table")).to_be_visible()
    page.get_by_role("link", name="Decide on a correction of Halvia").click()
    expect(page.locator("main")).to_contain_text("27")
    page.goto(f"{office}{WORK}cycles/2017/reports/")
    page.get_by_label("State").select_option("returned")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("state=returned"))
    with page.expect_download() as file:
        page.get_by_role("link", name="CSV").click()
    text = file.value.path().read_text(encoding="utf-8-sig")
    assert text.count("\n") == 1 + page.locator("main tbody tr").count()
    context.close()


def test_a_nation_goes_its_way_with_scripts_off_and_the_office_accepts_by_keyboard(
    office: str, browser: Browser
) -> None:
    plain = {"java_script_enabled": False}
    rapporteur = opened(browser, office, "PLR.rapporteur", **plain)
    page = rapporteur.pages[0]
    page.goto(f"{office}{WORK}2017/PLR/clearance/")
    page.get_by_label("Step of Head of Gender Policy").select_option("1")
    page.get_by_label("Step of Deputy Chief of Defence").select_option("2")
    page.get_by_role("button", name="Send it on its way").click()
    expect(page.locator("main")).to_contain_text("in clearance")
    for who in ("PLR.head", "PLR.officer"):
        context = opened(browser, office, who, **plain)
        page = context.pages[0]
        page.goto(f"{office}{WORK}2017/PLR/clearance/read/")
        page.get_by_role("button", name="Clear the report").click()
        expect(page.get_by_role("status")).to_contain_text("You have cleared the report.")
        context.close()
    page = rapporteur.pages[0]
    page.goto(f"{office}{WORK}2017/PLR/submit/")
    page.get_by_label("Hours").fill("3")
    page.get_by_text("I submit this report on behalf").click()
    page.get_by_role("button", name="Submit the report").click()
    receipt = page.get_by_role("heading", level=1).inner_text()
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){2}", receipt)
    rapporteur.close()

    desk = opened(browser, office, "desk-a", viewport={"width": 1280, "height": 900})
    page = desk.pages[0]
    page.goto(f"{office}{WORK}2017/PLR/review/")
    _press_to(page, "^Accept the report$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Accept the report")
    _press_to(page, "^Accept the report$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The report is accepted.")
    desk.close()


def _press_to(page: Page, name: str) -> None:
    """Tabs until what is called so has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        said = page.evaluate("(document.activeElement.textContent || '').trim()")
        if re.search(name, said):
            return
    raise AssertionError(f"{name} cannot be reached with the keyboard on {page.url}")

"""The portal in Chromium: read, click, download, change the language, by keyboard; for everybody, on every width."""

from __future__ import annotations

import re
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FIGURE = "/concordia/2016/figures/policies_or_laws.2016.members.share_of_bodies/"
RATE = "/concordia/2016/figures/women_share.2016.members.pooled/"
PAGES = [
    "/", "/concordia/", "/concordia/2016/", "/concordia/2016/integration_of_gender/",
    "/concordia/2016/services_and_ranks/",
    "/concordia/2016/figures/", FIGURE, RATE, "/concordia/2016/nations/", "/concordia/2016/nations/ALM/",
    "/concordia/2016/data/", "/concordia/indicators/", "/concordia/indicators/women_share/", "/concordia/framework/",
    "/concordia/method/", "/concordia/glossary/", "/concordia/search/?q=women", "/nowhere/",
    "/nato/", "/nato/compiled-2025/", "/nato/compiled-2025/figures/",
    "/embed/concordia/2016/policies_or_laws.2016.members.share_of_bodies/",
]  # fmt: skip


def press_to(page: Page, name: str, limit: int = 200) -> None:
    """Tabs until the link of that name has the focus."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        said = page.evaluate(
            "(document.activeElement.getAttribute('aria-label') || document.activeElement.textContent || '').trim()"
        )
        if re.search(name, said):
            return
    raise AssertionError(f"{name} cannot be reached with the keyboard on {page.url}")


def test_from_the_summary_to_the_answers_behind_41_per_cent_by_keyboard_alone(portal: str, page: Page) -> None:
    page.goto(f"{portal}/concordia/")
    press_to(page, "^Read the Summary$")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("2016")
    link = page.locator(f'a[href="{FIGURE}"]').first
    for _ in range(200):
        page.keyboard.press("Tab")
        if link.evaluate("one => one === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(re.escape(FIGURE)))
    main = page.locator("main")
    expect(main).to_contain_text("11 of 27")
    expect(main).to_contain_text("Yes, 11")
    expect(main).to_contain_text("No, 16")
    press_to(page, "^FR, ")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(re.escape(f"/fr{FIGURE}")))
    expect(page.locator("main")).to_contain_text("11 sur 27")
    press_to(page, "^JSON")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".json")


def test_a_click_on_the_large_41_opens_its_figure(portal: str, page: Page) -> None:
    page.goto(f"{portal}/concordia/2016/")
    statement = page.locator(".stmt").filter(has=page.locator(f'a[href="{FIGURE}"]')).first
    box = statement.locator(".v").bounding_box()
    assert box is not None
    page.evaluate("y => window.scrollTo(0, y - 300)", box["y"])
    box = statement.locator(".v").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 20, box["y"] + 20)
    expect(page).to_have_url(re.compile(re.escape(FIGURE)))


#: Crosswise; the other six ways in `make soak`.
WAYS = [("light", 1280, ""), ("dark", 320, "/fr")]
OTHERS = [way for way in product(("light", "dark"), (1280, 320), ("", "/fr")) if way not in WAYS]


@pytest.mark.parametrize(
    ("scheme", "width", "language"), [*WAYS, *(pytest.param(*one, marks=pytest.mark.soak) for one in OTHERS)]
)
def test_axe_finds_nothing_and_nothing_runs_over(
    portal: str, browser: Browser, scheme: str, width: int, language: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if "404" not in message.text else None)
    found = []
    for address in PAGES:
        page.goto(portal + language + address)
        result = Axe().run(page)
        found += [(address, v["id"], v["nodes"][0]["target"]) for v in result.response["violations"]]
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if over > 0:
            found.append((address, "overflow", over))
    context.close()
    assert found == []
    assert complaints == []


def test_everything_can_be_read_and_filtered_without_scripts(portal: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(portal + FIGURE)
    expect(page.locator("main")).to_contain_text("11 of 27")
    expect(page.locator(".theme")).to_be_hidden()
    page.goto(f"{portal}/concordia/2016/figures/")
    page.get_by_label("Text").fill("harassment")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("q=harassment"))
    expect(page.locator("main table")).to_contain_text("harassment")
    context.close()


def test_the_theme_button_changes_the_theme_and_it_stays_on_the_next_page(portal: str, page: Page) -> None:
    page.goto(f"{portal}/concordia/")
    page.get_by_role("button", name="Light or dark").click()
    first = page.evaluate("document.documentElement.dataset.theme")
    page.goto(portal + FIGURE)
    assert page.evaluate("document.documentElement.dataset.theme") == first


def test_the_chart_has_its_table(portal: str, page: Page) -> None:
    page.goto(portal + FIGURE)
    page.locator("#series .toggle label").nth(1).click()
    expect(page.locator("#series .as-table table")).to_be_visible()
    expect(page.locator("#series .as-table")).to_contain_text("2014")


def test_a_first_visit_loads_at_most_100_kilobytes(portal: str, page: Page) -> None:
    loaded: list[int] = []
    page.on("requestfinished", lambda request: loaded.append(request.sizes()["responseBodySize"]))
    page.goto(f"{portal}{FIGURE}", wait_until="networkidle")
    assert sum(loaded) <= 100_000, sum(loaded)

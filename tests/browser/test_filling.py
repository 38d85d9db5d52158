"""What a rapporteur does with a section in the browser: types, pastes, undoes, clashes, loses the line, signs out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from browser.serving import be

pytestmark = pytest.mark.browser

BMA = "/concordia/work/2017/BMA"


def cell(page: Page, question: str, key: str):  # type: ignore[no-untyped-def]
    return page.locator(f'[name="a:{question}:cells.{key}"]')


def saved(page: Page) -> None:
    expect(page.locator("[data-save-text]")).to_contain_text(
        re.compile(r"All changes saved at \d\d:\d\d"), timeout=15_000
    )


def kept(page: Page, question: str, key: str) -> str:
    """What the server holds, by a fresh look."""
    other = page.context.new_page()
    other.goto(page.url)
    value = cell(other, question, key).input_value()
    other.close()
    return value


@pytest.fixture
def section(page: Page, office: str) -> Page:
    """Section 4 of Belmara, signed in as its rapporteur."""
    page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
    be(page, office, "BMA.rapporteur")
    page.goto(f"{office}{BMA}/section/4/")
    return page


def test_a_cell_is_saved_by_itself_and_its_sums_follow(section: Page) -> None:
    box = cell(section, "other_ranks_by_rank", "OR-7|women")
    box.click()
    section.keyboard.type("11")
    section.keyboard.press("ArrowRight")
    section.keyboard.type("30")
    section.keyboard.press("Enter")
    saved(section)
    expect(cell(section, "other_ranks_by_rank", "OR-7|_T")).to_have_attribute("placeholder", "41")
    assert kept(section, "other_ranks_by_rank", "OR-7|women") == "11"
    expect(section.locator("[data-save-more]")).to_contain_text("on the server, version")


def test_keys_are_those_of_a_spreadsheet(section: Page) -> None:
    def here() -> str:
        return str(section.evaluate("document.activeElement.name"))

    cell(section, "other_ranks_by_rank", "OR-4|women").focus()
    moves = (
        ("ArrowDown", "OR-3|women"), ("ArrowRight", "OR-3|men"), ("Tab", "OR-3|_T"), ("Shift+Tab", "OR-3|men"),
        ("Enter", "OR-2|men"), ("Shift+Enter", "OR-3|men"), ("Home", "OR-3|women"), ("End", "OR-3|_T"),
        ("ArrowUp", "OR-4|_T"), ("Control+Home", "WO|women"), ("Control+End", "_T|_T"),
    )  # fmt: skip
    for key, name in moves:
        section.keyboard.press(key)
        assert here() == f"a:other_ranks_by_rank:cells.{name}", key


def test_escape_takes_back_and_undo_and_redo_go_step_by_step(section: Page) -> None:
    box = cell(section, "other_ranks_by_rank", "OR-4|women")
    box.click()
    section.keyboard.type("5")
    section.keyboard.press("Escape")
    expect(box).to_have_value("")
    section.keyboard.type("6")
    section.keyboard.press("ArrowDown")
    section.keyboard.type("7")
    section.keyboard.press("Control+z")
    expect(cell(section, "other_ranks_by_rank", "OR-3|women")).to_have_value("")
    section.keyboard.press("Control+z")
    expect(box).to_have_value("")
    section.keyboard.press("Control+y")
    expect(box).to_have_value("6")
    saved(section)
    assert kept(section, "other_ranks_by_rank", "OR-4|women") == "6"


def paste(page: Page, text: str) -> None:
    page.evaluate(
        """text => { const data = new DataTransfer(); data.setData('text/plain', text);
        const event = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
        document.activeElement.dispatchEvent(event); }""",
        text,
    )


def test_a_block_from_a_spreadsheet_lands_in_its_cells_and_what_is_doubtful_is_asked(section: Page) -> None:
    cell(section, "other_ranks_by_rank", "OR-6|women").focus()
    paste(section, "1 229\t2000\r\nnd\t1,234\r\n")
    expect(cell(section, "other_ranks_by_rank", "OR-6|women")).to_have_value("1229")  # as the server read it
    expect(cell(section, "other_ranks_by_rank", "OR-6|men")).to_have_value("2000")
    expect(cell(section, "other_ranks_by_rank", "OR-5|women")).to_have_value("nd")
    trouble = section.locator('[data-q="other_ranks_by_rank"] [data-trouble]')
    expect(trouble).to_contain_text("two readings")
    expect(section.locator("[data-save-text]")).to_have_text("Not saved: look at the marked boxes")
    trouble.get_by_role("button", name="I mean 1234").click()
    expect(trouble).to_be_hidden()
    saved(section)
    assert kept(section, "other_ranks_by_rank", "OR-5|men") == "1234"
    section.keyboard.press("Control+z")
    section.keyboard.press("Control+z")
    saved(section)


def test_a_block_is_selected_copied_and_emptied(section: Page) -> None:
    a, b, c, d = (
        cell(section, "officers_by_rank", f"OF-{n}|{sex}").input_value() for n in "21" for sex in ("women", "men")
    )
    cell(section, "officers_by_rank", "OF-2|women").focus()
    section.keyboard.press("Shift+ArrowRight")
    section.keyboard.press("Shift+ArrowDown")
    copied = section.evaluate(
        """() => { const data = new DataTransfer();
        const event = new ClipboardEvent('copy', {clipboardData: data, bubbles: true, cancelable: true});
        document.activeElement.dispatchEvent(event);
        return data.getData('text/plain'); }"""
    )
    assert copied == f"{a}\t{b}\n{c}\t{d}"
    total = f"{int(a) + int(b) + int(c) + int(d):,}"
    expect(section.locator('[data-q="officers_by_rank"] [data-bar-where]')).to_have_text(f"4 cells, sum {total}")


def test_why_there_is_no_number_by_key_and_by_menu(section: Page) -> None:
    box = cell(section, "other_ranks_by_rank", "WO-5|women")
    box.focus()
    section.keyboard.press("Control+.")
    expect(section.get_by_role("menu")).to_be_visible()
    section.keyboard.press("ArrowDown")
    section.keyboard.press("Enter")
    expect(box).to_have_value("na")
    expect(box).to_be_focused()
    section.keyboard.press("ArrowDown")
    section.keyboard.type("wh")
    section.keyboard.press("Enter")
    saved(section)
    assert kept(section, "other_ranks_by_rank", "WO-4|women") == "wh"


def test_an_entered_total_that_differs_is_marked_at_once(section: Page) -> None:
    cell(section, "other_ranks_by_rank", "OR-2|women").click()
    section.keyboard.type("5")
    section.keyboard.press("Tab")
    section.keyboard.type("6")
    section.keyboard.press("Tab")
    section.keyboard.type("12")
    section.keyboard.press("Tab")
    total = section.locator('td[id="c-other_ranks_by_rank-OR-2._T"]')
    expect(total).to_have_class(re.compile("differs"))
    saved(section)
    expect(section.locator('[data-q="other_ranks_by_rank"] [data-findings]')).to_contain_text("its parts add up to 11")
    expect(section.locator("[data-rail]")).to_contain_text("error")


def test_two_browsers_and_the_same_cell_is_a_choice(section: Page, browser: Browser, office: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    other = context.new_page()
    be(other, office, "BMA.personnel")
    other.goto(f"{office}{BMA}/section/4/")
    cell(other, "officers_by_rank", "OF-9|women").fill("2")
    saved(other)
    cell(section, "officers_by_rank", "OF-9|women").fill("1")
    trouble = section.locator('[data-q="officers_by_rank"] [data-trouble]')
    expect(trouble).to_contain_text("You wrote: 1")
    expect(trouble).to_contain_text("Gaspard Beaugency-Roux wrote at")
    expect(section.locator("[data-save-text]")).to_have_text("Not saved: somebody else changed the same")
    assert kept(section, "officers_by_rank", "OF-9|women") == "2"
    trouble.get_by_role("button", name="Keep mine").click()
    saved(section)
    assert kept(section, "officers_by_rank", "OF-9|women") == "1"
    cell(other, "officers_by_rank", "OF-9|women").fill("3")
    clash = other.locator('[data-q="officers_by_rank"] [data-trouble]')
    clash.get_by_role("button", name="Take theirs").click()
    expect(cell(other, "officers_by_rank", "OF-9|women")).to_have_value("1")
    saved(other)
    context.close()


def test_others_changes_appear_by_themselves_and_who_types_is_told(
    section: Page, browser: Browser, office: str
) -> None:
    context = browser.new_context()
    other = context.new_page()
    be(other, office, "BMA.personnel")
    other.goto(f"{office}{BMA}/section/4/")
    cell(other, "officers_by_rank", "OF-7|women").fill("4")
    saved(other)
    section.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # sooner than the next look
    expect(cell(section, "officers_by_rank", "OF-7|women")).to_have_value("4")
    expect(section.locator('[data-q="officers_by_rank"] [data-typing]')).to_contain_text(
        "Personnel Directorate is typing here now"
    )
    context.close()


def test_without_a_line_everything_is_kept_in_the_page_and_sent_when_it_is_back(
    section: Page, context: BrowserContext
) -> None:
    context.set_offline(True)
    cell(section, "other_ranks_by_rank", "OR-1|women").fill("17")
    expect(section.locator("[data-save-text]")).to_have_text("Not saved: no connection")
    expect(section.locator("[data-save-more]")).to_contain_text("kept in this page and will be sent")
    context.set_offline(False)
    saved(section)
    assert kept(section, "other_ranks_by_rank", "OR-1|women") == "17"


def test_what_was_not_sent_outlives_a_reload(section: Page) -> None:
    section.route("**/save", lambda route: route.abort())
    cell(section, "other_ranks_by_rank", "OR-1|men").fill("18")
    expect(section.locator("[data-save-text]")).to_have_text("Not saved: no connection")
    section.unroute("**/save")
    section.on("dialog", lambda dialog: dialog.accept())
    section.reload()
    expect(cell(section, "other_ranks_by_rank", "OR-1|men")).to_have_value("18")
    section.wait_for_function("window.Fill.idle()")
    assert kept(section, "other_ranks_by_rank", "OR-1|men") == "18"


def test_signed_out_in_the_middle_nothing_is_lost(section: Page, context: BrowserContext, office: str) -> None:
    context.clear_cookies(name="eirene_session")
    cell(section, "other_ranks_by_rank", "OR-3|women").fill("21")
    expect(section.locator("[data-save-text]")).to_have_text("Not saved: you are signed out")
    expect(section.get_by_role("link", name="Sign in in another tab")).to_be_visible()
    be(context.new_page(), office, "BMA.rapporteur")
    section.bring_to_front()
    section.get_by_role("button", name="Try again now").click()
    saved(section)
    assert kept(section, "other_ranks_by_rank", "OR-3|women") == "21"


def test_everything_by_keyboard_alone(page: Page, office: str) -> None:
    """A choice, a reason, a text, lines, a tick: reached and changed without a mouse."""
    be(page, office, "BMA.rapporteur")
    page.goto(f"{office}{BMA}/section/6/")
    box = page.locator('[name="a:gender_education:rows.0.course"]')
    box.focus()
    page.keyboard.type("Gender in operations")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Add a line").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Law of armed conflict")
    saved(page)
    page.locator('[data-lines="rows"] tr').nth(1).get_by_role("button", name="Move down").focus()
    page.keyboard.press("Enter")
    saved(page)
    page.goto(f"{office}{BMA}/section/5/")
    page.locator('[name="a:nap_1325:choice"][value="yes"]').focus()
    page.keyboard.press("Space")
    saved(page)
    expect(page.locator('[data-q="nap_covers_forces"] [data-fold]')).to_have_attribute("open", "")
    page.keyboard.press("ArrowDown")  # to no: the question after it falls away again
    expect(page.locator('[data-q="nap_covers_forces"] [data-fold]')).not_to_have_attribute("open", "")
    page.locator('[name="a:nap_1325:choice"][value="!withheld"]').focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    reason = page.locator('[name="a:nap_1325:reason.en"]')
    expect(reason).to_be_visible()
    reason.focus()
    page.keyboard.type("Not before the parliament has it.")
    saved(page)
    page.reload()
    expect(reason).to_have_value("Not before the parliament has it.")


def test_without_a_script_a_section_is_filled_in_all_the_same(browser: Browser, office: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    be(page, office, "BMA.rapporteur")
    page.goto(f"{office}{BMA}/section/5/")
    page.locator('[name="a:crsv_provisions:choice"][value="yes"]').check()
    page.locator('[data-q="crsv_provisions"] details.comment > summary').click()
    page.locator('[name="a:crsv_provisions:comment.en"]').fill("Standing order 4.")
    page.locator('[data-q="gender_adviser_posts"] td input').first.fill("1,500")
    page.locator('[data-q="crsv_provisions"]').get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#t-gender_adviser_posts")).to_contain_text("two readings")
    page.get_by_label("I mean 1500").check()
    page.get_by_role("button", name="Save the section").click()
    expect(page.locator(".told--success")).to_contain_text("saved, version")
    expect(page.locator('[name="a:crsv_provisions:choice"][value="yes"]')).to_be_checked()
    expect(page.locator('[name="a:crsv_provisions:comment.en"]')).to_have_value("Standing order 4.")
    page.locator('[data-q="sea_provisions"]').get_by_role("button", name="Take over last year’s answer").click()
    expect(page.locator('[data-q="sea_provisions"]')).to_contain_text("Taken over from 2016")
    context.close()


def test_evidence_is_attached_and_a_drawing_that_could_run_something_is_refused(section: Page, tmp_path: Path) -> None:
    place = section.locator('[data-q="officers_by_rank"]')
    for name, content, told in (
        ("a.svg", b"<svg onload='alert(1)'/>", "are not taken"),
        ("a.txt", b"Order 5", "a.txt"),
    ):
        (tmp_path / name).write_bytes(content)
        place.get_by_text("Add a file").click()
        place.locator('input[type="file"]').set_input_files(tmp_path / name)
        place.get_by_role("button", name="Attach").click()
        expect(place).to_contain_text(told)
    with section.expect_download() as download:
        place.get_by_role("link", name="a.txt").click()
    assert download.value.suggested_filename == "a.txt"


@pytest.mark.parametrize(
    "path",
    ["/", "/section/1/", "/section/4/", "/section/5/", "/section/6/", "/checks/", "/compare/", "/look/", "/history/",
     "/assign/", "/rules/", "/changes/"],
)  # fmt: skip
def test_pages_are_clean_for_axe_and_fit(page: Page, office: str, path: str) -> None:
    be(page, office, "BMA.rapporteur")
    for width, scheme, prefix in ((1280, "light", ""), (1280, "dark", "/fr"), (360, "light", "/fr"), (360, "dark", "")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(f"{office}{prefix}{BMA}{path}")
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == []
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0

"""Three nations fill their reports in: on the web (one of them without scripts), in Excel, on a closed network."""

from __future__ import annotations

import re
import zipfile
from typing import Any

from playwright.sync_api import expect

from browser.people import Somebody
from browser.whole_cycle.story import CYCLE, Story, file_of, hands_in, in_memory
from typed import typed

HELD = {"conscripts": "included", "cadets": "excluded", "basis": "headcount"}


def staff(*rows: tuple[int, int], total: int | None = None) -> dict[str, Any]:
    """Women and men of army, navy and air force, as boxes of a workbook; the definition with them."""
    lines = {
        f"staff|service={service}": {"1": women, "2": men, "3": women + men}
        for service, (women, men) in zip(("army", "navy", "air_force"), rows, strict=True)
    }
    women, men = (sum(row[n] for row in rows) for n in (0, 1))
    lines["staff|service=_T"] = {"1": women, "2": men, "3": total or women + men}
    definition = {f"staff|definition {k}": {"1": HELD[k]} for k in ("conscripts", "cadets")}
    return lines | definition | {"staff|field basis": {"1": "head-count"}}


def policy(nation: str, *, law: str, title: str = "", weeks: float, pay: int = 100) -> dict[str, Any]:
    """The other answers, as boxes of a workbook."""
    ranks = {f"{nation}/{CYCLE}/ranks": {"status": "no data"}}
    kind = {"law|particular 1": {"1": title}, f"{nation}/{CYCLE}/law_kind": {"1": "law"}} if law == "yes" else {}
    return ranks | kind | {
        f"{nation}/{CYCLE}/law": {"1": law}, "measures|choice flexible": {"1": "x"},
        f"{nation}/{CYCLE}/leave_weeks": {"1": weeks}, f"{nation}/{CYCLE}/leave_pay": {"1": pay},
    }  # fmt: skip


# --- Aland, on the web ---------------------------------------------------------------------------------------------


def aland_shares_its_report_out(story: Story) -> None:
    rapporteur, drafter = story["AAA.rapporteur"], story["AAA.drafter"]
    drafter.at(f"{CYCLE}/AAA/section/2/", status=404)
    rapporteur.at(f"{CYCLE}/AAA/assign/")
    rapporteur.fill(section="2", note="By Friday, please.")
    rapporteur.page.get_by_label("Post").select_option(label="AAA.drafter (The AAA.drafter)")
    rapporteur.press("Assign")
    drafter.at(f"{CYCLE}/AAA/section/2/")
    drafter.at(f"{CYCLE}/AAA/section/1/", status=404)


def aland_types_its_numbers(story: Story) -> None:
    """As into a spreadsheet: by keys alone; each cell is saved by itself."""
    rapporteur = story["AAA.rapporteur"]
    page = rapporteur.at(f"{CYCLE}/AAA/section/1/")
    page.locator('[name="a:staff:cells.army|women"]').focus()
    for women, men in ((100, 400), (50, 150), (30, 70)):
        page.keyboard.type(str(women))
        page.keyboard.press("ArrowRight")
        page.keyboard.type(str(men))
        page.keyboard.press("Enter")
        page.keyboard.press("Home")
    total = page.locator('[name="a:staff:cells._T|_T"]')
    expect(total).to_have_attribute("placeholder", "800")  # a grey figure that the page adds up
    total.fill("801")
    page.keyboard.press("Tab")
    rapporteur.fill(**{f"a:staff:definition.categories.{k}": HELD[k] for k in ("conscripts", "cadets")})
    rapporteur.fill(**{"a:staff:definition.fields.basis": HELD["basis"], "a:ranks:status": "!no_data"})
    expect(page.locator("[data-save-text]")).to_contain_text(re.compile(r"All changes saved at \d\d:\d\d"))


def a_drafter_of_aland_fills_in_without_scripts(story: Story) -> None:
    drafter = story["AAA.drafter"]
    drafter.at(f"{CYCLE}/AAA/section/2/")
    drafter.fill(**{
        "a:law:choice": "yes", "a:law:particulars.0.title": "Defence Equality Act", "a:law:naming": True,
        "a:measures:many": ["flexible", "childcare"], "a:leave_weeks:value": "twenty", "a:leave_pay:value": "100",
        "a:remarks:value.fr": "Un plan est en préparation.", "a:remarks:value.en": "A plan is being prepared.",
    })  # fmt: skip
    drafter.page.get_by_role("button", name="Save the section").click()
    drafter.reads("twenty")  # what could not be read is asked for again, and nothing else is lost
    drafter.fill(**{"a:leave_weeks:value": "20"})
    drafter.press("Save the section")
    drafter.fill(**{"a:law_kind:choice": "law"})  # asked now, since there is a law
    drafter.press("Save the section")
    for name, value in (("law:particulars.0.title", "Defence Equality Act"), ("leave_weeks:value", "20")):
        expect(drafter.page.locator(f'[name="a:{name}"]')).to_have_value(value)
    drafter.press("Our part is done")


def aland_explains_what_the_checks_find(story: Story) -> None:
    rapporteur = story["AAA.rapporteur"]
    rapporteur.at(f"{CYCLE}/AAA/checks/")
    rapporteur.reads("801", "800")
    words = {"en": "One person serves in two services.", "fr": "Une personne sert dans deux armées."}
    rapporteur.fill(**{f"a:staff:justification.{lang}": text for lang, text in words.items()})
    rapporteur.press("Save the explanations")
    rapporteur.reads("The explanation becomes a footnote")


# --- Bland, in Excel -----------------------------------------------------------------------------------------------


def bland_fills_in_in_excel(story: Story) -> None:
    """A workbook goes out and comes back; meanwhile somebody changes the same answer on the web."""
    rapporteur = story["BBB.rapporteur"]
    rapporteur.at(f"{CYCLE}/BBB/files/")
    handed = file_of(rapporteur, "Download the workbook")
    boxes = staff((200, 300), (10, 90), (40, 160)) | policy("BBB", law="yes", title="Service Act", weeks=16)
    filled = typed(handed, boxes)
    rapporteur.at(f"{CYCLE}/BBB/section/2/")
    rapporteur.fill(**{"a:leave_weeks:value": "14"})
    rapporteur.page.keyboard.press("Tab")
    expect(rapporteur.page.locator("[data-save-text]")).to_contain_text("All changes saved")
    hands_in(rapporteur, "BBB", "bland.xlsx", filled)
    expect(rapporteur.page.locator("tr.clash")).to_have_count(1)
    rapporteur.page.get_by_role("button", name="Take over what is ticked").click()
    rapporteur.reads("Nothing was taken over yet.")  # nobody's value is overwritten unasked
    clash = rapporteur.page.locator("tr.clash")
    expect(clash).to_contain_text("14")
    clash.get_by_label("what the file says").check()
    rapporteur.press("Take over what is ticked")
    expect(rapporteur.page.locator(".told").first).to_contain_text("were taken over")
    rapporteur.at(f"{CYCLE}/BBB/section/2/")
    expect(rapporteur.page.locator('[name="a:leave_weeks:value"]')).to_have_value("16")


# --- Cland, on a closed network ------------------------------------------------------------------------------------


def cland_fills_in_on_a_closed_network(story: Story) -> None:
    """One signed file out, one back; between the two nothing but the command line and a spreadsheet."""
    rapporteur, away = story["CCC.rapporteur"], story.tmp / "closed network"
    away.mkdir()
    rapporteur.at(f"{CYCLE}/CCC/files/key/")
    paper = rapporteur.page.locator(".print-key").inner_text()
    rapporteur.at(f"{CYCLE}/CCC/files/")
    (away / "package.zip").write_bytes(file_of(rapporteur, "Download the package"))
    words = ("package", "verify", away / "package.zip", "--fingerprint")
    story.house.eirene(*words, "0" * 64, fails=1)
    assert "whole" in story.house.eirene(*words, paper.replace(" ", ""))
    story.house.eirene("package", "open", away / "package.zip", "-o", away / "report")
    (book,) = (away / "report" / "workbooks").glob("*.xlsx")
    boxes = staff((5, 45), (6, 24), (9, 11)) | policy("CCC", law="no", weeks=26)
    book.write_bytes(typed(book.read_bytes(), boxes))
    charter = away / "report" / "evidence" / "2.4" / "leave.pdf"
    charter.parent.mkdir(parents=True, exist_ok=True)
    charter.write_bytes(b"%PDF-1.4 the order on leave")
    story.house.eirene("package", "close", away / "report", "-o", away / "back.zip")
    back = (away / "back.zip").read_bytes()
    spoilt = rewritten(back)
    refused(rapporteur, "back.zip", spoilt)
    hands_in(rapporteur, "CCC", "back.zip", back)
    rapporteur.reads("leave.pdf")
    rapporteur.press("Take over what is ticked")
    rapporteur.at(f"{CYCLE}/CCC/section/2/")
    rapporteur.reads("leave.pdf")
    expect(rapporteur.page.locator('[name="a:leave_weeks:value"]')).to_have_value("26")


def rewritten(data: bytes) -> bytes:
    """The same archive with one value changed on the way."""
    buffer = in_memory(b"")
    with zipfile.ZipFile(in_memory(data)) as before, zipfile.ZipFile(buffer, "w") as after:
        for part in before.namelist():
            after.writestr(part, before.read(part).replace(b"26", b"52"))
    return buffer.getvalue()


def refused(who: Somebody, name: str, data: bytes) -> None:
    who.at(f"{CYCLE}/CCC/files/")
    who.page.locator('input[type="file"]').set_input_files({"name": name, "mimeType": "", "buffer": data})
    who.page.get_by_role("button", name="Read it and show what it would change").click()
    who.reads("The file was not taken in; nothing was changed.")

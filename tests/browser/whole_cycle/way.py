"""Reports on their way: cleared in the capital, submitted with a receipt, reviewed, returned, accepted by two."""

from __future__ import annotations

import json

from playwright.sync_api import expect

from browser.people import Somebody
from browser.whole_cycle.story import CYCLE, Story, file_of

# --- clearance ------------------------------------------------------------------------------------------------------


def aland_is_sent_back_once_and_cleared(story: Story) -> None:
    rapporteur, officer = story["AAA.rapporteur"], story["AAA.officer"]
    starts_clearance(rapporteur, "AAA", "AAA.officer")
    rapporteur.at(f"{CYCLE}/AAA/section/1/")
    expect(rapporteur.page.locator('[name="a:staff:cells.army|women"]')).to_be_disabled()
    officer.at(f"{CYCLE}/AAA/clearance/read/")
    officer.fill(remarks="Release the law by name to the members only.")
    officer.press("Send it back to the drafters")
    rapporteur.at(f"{CYCLE}/AAA/clearance/")
    rapporteur.reads("Release the law by name to the members only.")
    rapporteur.at(f"{CYCLE}/AAA/section/2/")
    rapporteur.fill(**{"a:law:releasability": "members"})
    expect(rapporteur.page.locator("[data-save-text]")).to_contain_text("All changes saved")
    starts_clearance(rapporteur, "AAA", "AAA.officer")
    officer.at(f"{CYCLE}/AAA/clearance/read/")
    officer.fill(remarks="Thank you.")
    officer.press("Clear the report")


def starts_clearance(rapporteur: Somebody, nation: str, post: str) -> None:
    rapporteur.at(f"{CYCLE}/{nation}/clearance/")
    rapporteur.page.get_by_label(f"Step of {post}").select_option("1")
    rapporteur.press("Send it on its way")


def bland_and_cland_are_cleared(story: Story) -> None:
    """Bland by its own officer; Cland on paper, as closed networks have it, with the scan."""
    bland, cland = story["BBB.rapporteur"], story["CCC.rapporteur"]
    starts_clearance(bland, "BBB", "BBB.rapporteur")
    bland.at(f"{CYCLE}/BBB/clearance/read/")
    bland.press("Clear the report")
    starts_clearance(cland, "CCC", "CCC.rapporteur")
    cland.at(f"{CYCLE}/CCC/clearance/paper/")
    cland.fill(office="Chief of Staff", reference="CoS/22/417", date=f"{story.here:%Y-%m-%d}")
    cland.page.locator('[name="post"]').select_option(label="CCC.rapporteur")
    cland.page.locator('[name="scan"]').set_input_files(
        {"name": "../../cos.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 a signature"}
    )
    cland.press("Record it")
    cland.reads("CoS/22/417", "cos.pdf")


# --- submission ------------------------------------------------------------------------------------------------------


def all_three_are_submitted_with_a_receipt(story: Story) -> None:
    for key in ("AAA.officer", "BBB.rapporteur", "CCC.rapporteur"):
        submits(story[key], key[:3])
        the_receipt_is_kept_and_checked(story, story[key], key[:3])


def the_receipt_is_kept_and_checked(story: Story, officer: Somebody, nation: str) -> None:
    receipt = officer.page.get_by_role("heading", level=1).inner_text()
    assert file_of(officer, "Receipt as PDF").startswith(b"%PDF")
    document = story.tmp / f"{nation}.json"
    document.write_bytes(file_of(officer, "The report as it was frozen (JSON, eirene.report/1)"))
    story.house.eirene("report", "check", document, "--pack", story.tmp / "pack")
    checks_the_receipt(story["coordinator"], nation, receipt, document.read_bytes())


def submits(officer: Somebody, nation: str) -> None:
    officer.at(f"{CYCLE}/{nation}/submit/")
    if officer.page.locator('[name="hours"]').count():
        officer.fill(hours="6")
    officer.fill(behalf=True)
    officer.press("Submit the report")


def checks_the_receipt(who: Somebody, nation: str, receipt: str, document: bytes) -> None:
    """With the file that was submitted, and with one that is nearly it."""
    assert json.loads(document)["body"] == nation
    for data, says in ((document, "is exactly what was submitted"), (document + b" ", "its checksum is another")):
        who.at("receipts/")
        who.fill(code=receipt.lower().replace("-", " "))
        file = {"name": "report.json", "mimeType": "application/json", "buffer": data}
        who.page.locator('[name="file"]').set_input_files(file)
        who.page.get_by_role("button", name="Check", exact=True).click()
        who.reads("is one of ours", says)


# --- review ---------------------------------------------------------------------------------------------------------


def the_office_asks_aland(story: Story) -> None:
    """A clarification with a flag, a note that stays within the office, an answer."""
    coordinator, desk, rapporteur = story["coordinator"], story["desk-a"], story["AAA.rapporteur"]
    coordinator.at(f"{CYCLE}/AAA/review/assign/")
    coordinator.page.get_by_label("desk-a").check()
    coordinator.press("Assign")
    desk.at(f"cycles/{CYCLE}/review/")
    desk.reads("Aland", "Bland", "Cland")
    for kind, text, flag in (
        ("ask", "Why 801 and not 800?", True), ("note", "They counted the same person twice.", False),
    ):  # fmt: skip
        desk.at(f"{CYCLE}/AAA/review/ask/?question=staff")
        desk.fill(kind=kind, text=text, flag=flag)
        desk.press("Send")
    rapporteur.at(f"{CYCLE}/AAA/section/1/")
    rapporteur.reads("Why 801 and not 800?")
    expect(rapporteur.page.locator("body")).not_to_contain_text("twice")
    rapporteur.page.locator('[name^="reply:"]').fill("One person was counted in two services: 800 is right.")
    with rapporteur.page.expect_navigation():
        rapporteur.page.locator('button[value^="reply:"]').click()
    desk.at(f"{CYCLE}/AAA/review/section/1/")
    desk.reads("800 is right.", "They counted the same person twice.")


def aland_is_returned_and_comes_back(story: Story) -> None:
    """Only what the office asked about is open again; it is cleared and submitted once more."""
    desk, rapporteur, officer = story["desk-a"], story["AAA.rapporteur"], story["AAA.officer"]
    desk.at(f"{CYCLE}/AAA/review/")
    desk.page.get_by_label("Accept section 1").check()
    desk.page.get_by_role("button", name="Accept the sections chosen").click()
    desk.reads("flagged")  # what is flagged is not accepted
    desk.at(f"{CYCLE}/AAA/review/return/")
    expect(desk.page.locator('[name="questions"]:checked')).to_have_count(1)  # the one with the open clarification
    desk.fill(why="One number, please.")
    desk.press("Return the report")
    rapporteur.at(f"{CYCLE}/AAA/section/1/")
    rapporteur.reads("One number, please.")
    total = rapporteur.page.locator('[name="a:staff:cells._T|_T"]')
    total.fill("800")
    rapporteur.page.keyboard.press("Tab")
    expect(rapporteur.page.locator("[data-save-text]")).to_contain_text("All changes saved")
    rapporteur.at(f"{CYCLE}/AAA/section/2/")
    expect(rapporteur.page.locator('[name="a:leave_weeks:value"]')).to_be_disabled()
    starts_clearance(rapporteur, "AAA", "AAA.officer")
    officer.at(f"{CYCLE}/AAA/clearance/read/")
    officer.press("Clear the report")
    submits(officer, "AAA")
    officer.reads("number 2")


def two_pairs_of_eyes_accept_all_three(story: Story) -> None:
    first, second = story["desk-a"], story["desk-b"]
    first.at(f"{CYCLE}/AAA/review/section/1/")
    first.reads("changed since it was returned")
    first.press("Settled")
    for nation in ("AAA", "BBB", "CCC"):
        accepts(first, nation, "What you chose is accepted.")
        first.at(f"{CYCLE}/{nation}/review/accept/")
        first.reads("Nothing is left for you to accept")
        accepts(second, nation, "The report is accepted.")
    story["AAA.rapporteur"].at(f"{CYCLE}/AAA/section/1/")
    story["AAA.rapporteur"].reads("accepted")


def accepts(desk: Somebody, nation: str, told: str) -> None:
    desk.at(f"{CYCLE}/{nation}/review/accept/")
    desk.press("Accept the report")
    desk.reads(told)


def the_deadline_passes_and_dland_has_not_reported(story: Story) -> None:
    coordinator = story["coordinator"]
    story.house.move_clock_to(story.deadline)
    coordinator.at(f"cycles/{CYCLE}/reports/?state=not_started")
    coordinator.reads("Dland")
    coordinator.at(f"cycles/{CYCLE}/close/")
    coordinator.fill(why="The day has come.")
    coordinator.press("Close the cycle")
    coordinator.at(f"cycles/{CYCLE}/")
    coordinator.reads("3 of 4 reports are in")

"""The edition: written, looked at by nations, agreed under silence at the second try, frozen, held, published."""

from __future__ import annotations

import datetime as dt
import re
import time

from playwright.sync_api import Locator, expect

from browser.people import Somebody
from browser.whole_cycle.story import CYCLE, EDITION, SLUG, Story, in_form

SENTENCE = {"en": "Among all who serve, {women} are women.", "fr": "De tous ceux qui servent, {women} sont des femmes."}
BETTER = {"en": "Of those who serve, {women} are women.", "fr": "De ceux qui servent, {women} sont des femmes."}


def waits_for(who: Somebody, path: str, *words: str, seconds: float = 40) -> None:
    """Looks at a page again and again until what was begun in the background is done."""
    end = time.monotonic() + seconds
    while True:
        text = " ".join(who.at(path).inner_text("body").split())
        if all(word in text for word in words):
            return
        assert time.monotonic() < end, f"{path} does not say {words}: {text[:3000]}\n{who.house.log()[-3000:]}"
        time.sleep(0.2)


# --- written ----------------------------------------------------------------------------------------------------------


def the_edition_is_begun(story: Story) -> None:
    """The figures are computed in the background, from what was accepted."""
    coordinator = story["coordinator"]
    coordinator.at("editions/")
    coordinator.press(f"Begin {CYCLE}")
    waits_for(coordinator, EDITION, "3 of 4 reports")
    coordinator.page.get_by_role("link", name="People", exact=True).click()
    coordinator.reads("450 of 1,700", "450 sur 1 700", "2 of 3 that answered; 1 did not report")


def a_sentence_is_written_with_its_figure(story: Story) -> None:
    """A number that no figure answers for is not taken; how it reads is seen while it is typed, in both languages."""
    coordinator = story["coordinator"]
    after = coordinator.page.locator(".ed-block").nth(1)
    after.get_by_text("Add after this").click()
    after.locator('[name="kind"]').select_option("text")
    with coordinator.page.expect_navigation():
        after.get_by_role("button", name="Add", exact=True).click()
    block = open_block(coordinator)
    block.locator('textarea[lang="en"]').fill("Among all who serve, 26.5% are women.")
    expect(block.get_by_role("alert").first).to_contain_text("26.5")
    for lang, text in SENTENCE.items():
        block.locator(f'textarea[lang="{lang}"]').fill(text)
    expect(block.locator(".ed-pair").first).to_contain_text("Among all who serve, 26.5 % are women.")
    expect(block.locator(".ed-pair").first).to_contain_text("De tous ceux qui servent, 26,5")
    with coordinator.page.expect_navigation():
        block.get_by_role("button", name="Save").click()
    coordinator.reads("Saved")


def open_block(who: Somebody) -> Locator:
    """The paragraph that was added."""
    return who.page.locator(".ed-block").nth(2)


def a_nation_sees_its_own_part_and_nobody_elses(story: Story) -> None:
    aland, bland = story["AAA.rapporteur"], story["BBB.rapporteur"]
    aland.at(f"{EDITION}part/AAA/")
    aland.reads("The office is still writing", "counted")
    expect(aland.page.locator("main")).not_to_contain_text("26.5")  # a value of the edition would tell of others
    for path in ("part/BBB/", "silence/", "publish/", "write/edition/", "figures/"):
        aland.at(f"{EDITION}{path}", status=404)
    aland.at(EDITION)
    expect(aland.page).to_have_url(re.compile("/part/AAA/$"))
    bland.at(f"{EDITION}part/BBB/")
    bland.reads("Bland")


# --- agreed -----------------------------------------------------------------------------------------------------------


def a_draft_goes_out_under_silence(story: Story, number: int = 1) -> None:
    coordinator = story["coordinator"]
    story.silence_ends = story.here + dt.timedelta(hours=2)
    coordinator.at(f"{EDITION}silence/")
    coordinator.fill(expires=in_form(story.silence_ends))
    coordinator.press("Send out under silence")
    waits_for(coordinator, f"{EDITION}silence/", f"Draft {number} is out", "as it went out")


def aland_breaks_silence(story: Story) -> None:
    """An officer names a statement, a reason, a wording. Nobody but the office learns who it was."""
    officer, other, coordinator = story["AAA.officer"], story["BBB.rapporteur"], story["coordinator"]
    officer.at(f"{EDITION}out/1/?chapter=people")
    officer.reads("Among all who serve")
    officer.at(f"{EDITION}part/AAA/")
    officer.page.get_by_text("Break silence", exact=True).first.click()
    officer.fill(reason="It excludes the reserve.", **{f"wording.{k}": v for k, v in BETTER.items()})
    officer.press("Break silence")
    for page in (f"{EDITION}part/BBB/", "", "notices/", f"{EDITION}out/1/"):
        text = other.at(page).inner_text("body")
        assert not re.search("Aland|reserve", text), page
    coordinator.at(f"{EDITION}silence/")
    coordinator.reads("Aland broke silence", "It excludes the reserve.", "Of those who serve")


def the_draft_is_changed_and_agreed(story: Story) -> None:
    """A changed draft goes out under new silence; whoever does not speak until it ends agrees."""
    coordinator, officer = story["coordinator"], story["AAA.officer"]
    coordinator.page.get_by_label("Or change the draft and send it out again: why").fill("As Aland asks.")
    coordinator.press("Open for writing")
    coordinator.page.get_by_role("link", name="People", exact=True).click()
    block = open_block(coordinator)
    block.get_by_text("Edit").first.click()
    for lang, text in BETTER.items():
        block.locator(f'textarea[lang="{lang}"]').fill(text)
    with coordinator.page.expect_navigation():
        block.get_by_role("button", name="Save").click()
    a_draft_goes_out_under_silence(story, number=2)
    officer.at(f"{EDITION}out/2/?chapter=people")
    officer.reads("Of those who serve")
    silence_ends(story)


def silence_ends(story: Story) -> None:
    story.house.move_clock_to(story.silence_ends)
    # Of an earlier draft the page says “agreed” too.
    waits_for(story["coordinator"], f"{EDITION}silence/", "Change the agreed draft")


# --- published --------------------------------------------------------------------------------------------------------


def it_is_signed_off_frozen_and_held(story: Story) -> None:
    """The decision to disclose has its authority and its day; until the embargo ends nobody finds anything."""
    coordinator, outsider = story["coordinator"], story.outsider()
    story.embargo = story.here + dt.timedelta(hours=1)
    coordinator.at(f"{EDITION}publish/")
    coordinator.fill(disclosed_by="Council decision 22/14", disclosed_on=f"{story.here:%Y-%m-%d}")
    coordinator.press("Record the decision")
    coordinator.fill(audience=["members", "public"], release_list="Members\nThe public", embargo=in_form(story.embargo))
    coordinator.press("Save")
    waits_for(coordinator, f"{EDITION}protection/", "examined as it stands; nothing exposed")
    coordinator.at(f"{EDITION}publish/")
    coordinator.press("Sign off the agreed draft")
    coordinator.press("Freeze release 1.0")
    waits_for(coordinator, f"{EDITION}publish/", "held until", "verified")
    outsider.open(f"/{SLUG}/{CYCLE}/", status=404)
    outsider.open(f"/{SLUG}/for/members/{CYCLE}/")
    expect(outsider.page).to_have_url(re.compile("/account/login/"))
    story["BBB.rapporteur"].open(f"/{SLUG}/for/members/{CYCLE}/", status=404)
    outsider.leave()


def at_the_instant_it_is_there_for_each_audience(story: Story) -> None:
    story.house.move_clock_to(story.embargo)
    waits_for(story["coordinator"], "editions/", "1.0 members", "1.0 the public", "1.0 the office")
    outsider, bland = story.outsider(), story["BBB.rapporteur"]
    outsider.open(f"/{SLUG}/{CYCLE}/people/")
    outsider.reads("Of those who serve, 26.5 % are women.")
    outsider.open(f"/fr/{SLUG}/{CYCLE}/people/")
    outsider.reads("De ceux qui servent, 26,5")
    # Aland released its law to members alone, with its name: they read it, and the public does not.
    bland.open(f"/{SLUG}/for/members/{CYCLE}/nations/AAA/")
    bland.reads("Defence Equality Act")
    for page in ("nations/AAA/", "nations/", "figures/law_share.2022.members.share_of_bodies/", ""):
        text = outsider.open(f"/{SLUG}/{CYCLE}/{page}").inner_text("body")
        assert "Defence Equality Act" not in text, page
    outsider.open(f"/{SLUG}/for/members/{CYCLE}/")
    expect(outsider.page).to_have_url(re.compile("/account/login/"))
    bland.open(f"/{SLUG}/for/office/{CYCLE}/", status=404)
    outsider.leave()


# --- corrected --------------------------------------------------------------------------------------------------------


def bland_asks_for_a_correction(story: Story) -> None:
    """Old and new are both kept, with the reason; the edition learns that it needs a new release."""
    bland, coordinator = story["BBB.rapporteur"], story["coordinator"]
    bland.at(f"{CYCLE}/BBB/corrections/ask/staff/")
    bland.fill(**{
        "p:cells.army|women": 210, "p:cells.army|_T": 510, "p:cells._T|women": 260, "p:cells._T|_T": 810,
        "why": "Ten women were counted nowhere.",
    })  # fmt: skip
    bland.press("Ask for the correction")
    bland.reads("The old one stands until it decides.")
    coordinator.at(f"cycles/{CYCLE}/corrections/")
    coordinator.page.get_by_role("link", name="Bland").click()
    coordinator.reads("+10", "Ten women were counted nowhere.")
    coordinator.press("Accept the correction")
    coordinator.at(EDITION)
    coordinator.reads("This edition needs a new release", "Bland")


def a_new_release_says_what_changed(story: Story) -> None:
    coordinator, outsider = story["coordinator"], story.outsider()
    coordinator.fill(why="A correction by Bland.")
    coordinator.press("Begin the next release")
    waits_for(coordinator, EDITION, "release 1.1")
    waits_for(coordinator, f"{EDITION}write/edition/", "Figures as of")
    a_draft_goes_out_under_silence(story, number=3)
    silence_ends(story)
    coordinator.at(f"{EDITION}publish/")
    coordinator.fill(embargo="")
    coordinator.press("Save")
    waits_for(coordinator, f"{EDITION}protection/", "examined as it stands; nothing exposed")
    coordinator.at(f"{EDITION}publish/")
    coordinator.press("Sign off the agreed draft")
    coordinator.press("Freeze release 1.1")
    waits_for(coordinator, "editions/", "1.1 members", "1.1 the public", "1.1 the office")
    coordinator.at(f"{EDITION}publish/")
    coordinator.page.get_by_text("What is different to the last release, The public").click()
    coordinator.reads("26.9")
    outsider.open(f"/{SLUG}/{CYCLE}/people/")
    outsider.reads("Of those who serve, 26.9 % are women.")
    outsider.open(f"/{SLUG}/{CYCLE}+1.0/people/")
    outsider.reads("Of those who serve, 26.5 % are women.")
    outsider.leave()

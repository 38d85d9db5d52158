"""An alliance is founded, everybody takes their post, the cycle is opened: for a test nation, then for all."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

from browser.people import Somebody, link_in_mail
from browser.whole_cycle.story import CYCLE, KIRITIMATI, NATIONS, SLUG, Story, in_form
from cast import PACKS


def small_pack(folder: Path) -> Path:
    """The sampler, with four nations."""
    shutil.copytree(PACKS / "sampler", folder)
    for name in ("bodies.csv", "memberships.csv"):
        file = folder / name
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        file.write_text("".join(one for one in lines if one[:3] in ("cod", "bod", *NATIONS)), encoding="utf-8")
    return folder


def the_alliance_is_founded(story: Story) -> None:
    pack = small_pack(story.tmp / "pack")
    assert "4 nations" in story.house.eirene("alliance", pack, "--time-zone", "Europe/Brussels")
    clerk = story.people["clerk"] = story.somebody("clerk")
    link = story.house.eirene("administrator", clerk.email, "--alliance", SLUG).strip()
    story.house.start()
    clerk.take_post(link)
    clerk.reads("Set up a second factor")
    clerk.at("bodies/_office/posts/add/", status=403)  # led to set it up, and can decide nothing before
    clerk.set_up_app()


def everybody_takes_their_post(story: Story) -> None:
    clerk = story["clerk"]
    for key, roles in (
        ("coordinator", ["coordinator"]), ("desk-a", ["reviewer"]), ("desk-b", ["reviewer"]),
        ("AAA.rapporteur", ["rapporteur", "administrator"]), ("BBB.rapporteur", ["rapporteur", "authorised_officer"]),
        ("CCC.rapporteur", ["rapporteur", "authorised_officer"]),
    ):  # fmt: skip
        is_invited(story, key, by=clerk, roles=roles)
    clerk.at("bodies/AAA/time-zone/")
    clerk.fill(time_zone="Pacific/Kiritimati")
    clerk.press("Save")
    for key in list(story.people)[1:]:
        answers_the_mail(story, key)
    rapporteur = story["AAA.rapporteur"]
    is_invited(story, "AAA.drafter", by=rapporteur, roles=["contributor"])
    is_invited(story, "AAA.officer", by=rapporteur, roles=["authorised_officer"])
    answers_the_mail(story, "AAA.drafter", app=False)
    answers_the_mail(story, "AAA.officer")
    story["coordinator"].sign_out()
    story["coordinator"].sign_in_by_passkey()


def is_invited(story: Story, key: str, *, by: Somebody, roles: list[str]) -> None:
    """A post is made for them, and a mail goes out."""
    body = key.partition(".")[0] if "." in key else "_office"
    by.at(f"bodies/{body}/posts/add/")
    by.fill(name_en=key, name_fr=f"{key} (fr)", contact="rapporteur" in roles, **{f"role_{r}": True for r in roles})
    by.press("Add the post")
    by.page.get_by_role("link", name="Invite by mail").click()
    somebody = story.people[key] = story.somebody(key)
    by.fill(email=somebody.email, name=somebody.name)
    by.press("Send the invitation")


def answers_the_mail(story: Story, key: str, *, app: bool = True) -> None:
    """With a passkey, with an app, or, where nothing is decided, with a password alone; the drafter without scripts."""
    somebody = story[key]
    somebody.scripts = key != "AAA.drafter"
    somebody.take_post(link_in_mail(story.mails, somebody.email))
    if key == "coordinator":
        somebody.add_passkey()
    elif app:
        somebody.set_up_app()


def the_cycle_is_opened_for_a_test_then_for_all(story: Story) -> None:
    coordinator = story["coordinator"]
    story.deadline = story.here + dt.timedelta(hours=3)
    coordinator.at(f"cycles/{CYCLE}/set-up/")
    coordinator.fill(
        opens=in_form(story.here), deadline=in_form(story.deadline), embargo="", remind_days="", four_eyes=True
    )
    coordinator.press("Continue")
    # The deadline by the clock of each capital, before anything is decided.
    far = story.deadline.astimezone(KIRITIMATI)
    coordinator.reads(f"{story.deadline:%H:%M}", f"{far:%H:%M}", f"{far:%-d %B %Y}")
    coordinator.press("Set up the cycle")
    story["AAA.rapporteur"].at(f"{CYCLE}/AAA/", status=404)
    coordinator.at(f"cycles/{CYCLE}/open/")
    coordinator.fill(how="test", bodies="AAA")
    coordinator.press("Open the cycle")
    story["AAA.rapporteur"].at(f"{CYCLE}/AAA/")
    story["BBB.rapporteur"].at(f"{CYCLE}/BBB/", status=404)
    coordinator.at(f"cycles/{CYCLE}/open/")
    coordinator.fill(how="all")
    coordinator.press("Open the cycle")
    story["BBB.rapporteur"].at(f"{CYCLE}/BBB/")
    story["BBB.rapporteur"].at(f"{CYCLE}/AAA/", status=404)
    link_in_mail(story.mails, story["CCC.rapporteur"].email)

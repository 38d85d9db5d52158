"""A cycle from its opening to the published edition and its first correction: everybody at their own browser, server and
worker in processes of their own, nobody in demonstration mode, every step by the page (or file, or command) that people
use. Three nations: Aland on the web, Bland in Excel, Cland on a closed network. Dland does not report.
"""

from __future__ import annotations

import datetime as dt
import shutil
import zoneinfo
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from browser.installation import Installation
from browser.people import Somebody, link_in_mail
from cast import PACKS
from web.notices.smtp import Server, server

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BRUSSELS = zoneinfo.ZoneInfo("Europe/Brussels")
SLUG, CYCLE = "sampler", "2022"
NATIONS = ("AAA", "BBB", "CCC", "DDD")


@pytest.fixture
def mails() -> Iterator[Server]:
    with server() as running:
        yield running


@pytest.fixture
def house(tmp_path: Path, mails: Server) -> Iterator[Installation]:
    made = Installation(tmp_path / "home", mails)
    try:
        yield made
    finally:
        made.stop()


def small_pack(folder: Path) -> Path:
    """The sampler, with four nations."""
    shutil.copytree(PACKS / "sampler", folder)
    for name in ("bodies.csv", "memberships.csv"):
        file = folder / name
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        file.write_text("".join(one for one in lines if one[:3] in ("cod", "bod", *NATIONS)), encoding="utf-8")
    return folder


def test_a_whole_cycle(house: Installation, mails: Server, browser: Browser, tmp_path: Path) -> None:
    story = Story(house, mails, browser, tmp_path)
    story.the_alliance_is_founded()
    story.everybody_takes_their_post()
    story.the_cycle_is_opened_for_a_test_then_for_all()


class Story:
    """Everybody of it, and what they do one after the other."""

    def __init__(self, house: Installation, mails: Server, browser: Browser, tmp: Path) -> None:
        self.house, self.mails, self.browser, self.tmp = house, mails, browser, tmp
        self.people: dict[str, Somebody] = {}

    def __getitem__(self, key: str) -> Somebody:
        return self.people[key]

    # --- founded, everybody in their posts --------------------------------------------------------------------------

    def the_alliance_is_founded(self) -> None:
        pack = small_pack(self.tmp / "pack")
        assert "4 nations" in self.house.eirene("alliance", pack, "--time-zone", "Europe/Brussels")
        clerk = self.people["clerk"] = self.somebody("clerk")
        link = self.house.eirene("administrator", clerk.email, "--alliance", SLUG).strip()
        self.house.start()
        clerk.take_post(link)
        clerk.reads("Set up a second factor")
        clerk.at("bodies/_office/posts/add/", status=403)  # led to set it up, and can decide nothing before
        clerk.set_up_app()

    def everybody_takes_their_post(self) -> None:
        clerk = self["clerk"]
        for key, roles in (
            ("coordinator", ["coordinator"]), ("desk-a", ["reviewer"]), ("desk-b", ["reviewer"]),
            ("AAA.rapporteur", ["rapporteur", "administrator"]), ("BBB.rapporteur", ["rapporteur", "authorised_officer"]),
            ("CCC.rapporteur", ["rapporteur", "authorised_officer"]),
        ):  # fmt: skip
            self.is_invited(key, by=clerk, roles=roles)
        clerk.at("bodies/AAA/time-zone/")
        clerk.fill(time_zone="Pacific/Kiritimati")
        clerk.press("Save")
        for key in list(self.people)[1:]:
            self.answers_the_mail(key)
        rapporteur = self["AAA.rapporteur"]
        self.is_invited("AAA.drafter", by=rapporteur, roles=["contributor"])
        self.is_invited("AAA.officer", by=rapporteur, roles=["authorised_officer"])
        self.answers_the_mail("AAA.drafter", app=False)
        self.answers_the_mail("AAA.officer")
        self["coordinator"].sign_out()
        self["coordinator"].sign_in_by_passkey()

    def somebody(self, key: str) -> Somebody:
        nation = key.partition(".")[0].lower() if "." in key else "office"
        return Somebody(self.house, self.browser, f"{key.lower()}@{nation}.example", f"The {key}", SLUG)

    def is_invited(self, key: str, *, by: Somebody, roles: list[str]) -> None:
        """A post is made for them, and a mail goes out."""
        body = key.partition(".")[0] if "." in key else "_office"
        by.at(f"bodies/{body}/posts/add/")
        by.fill(name_en=key, name_fr=f"{key} (fr)", contact="rapporteur" in roles, **{f"role_{r}": True for r in roles})
        by.press("Add the post")
        by.page.get_by_role("link", name="Invite by mail").click()
        somebody = self.people[key] = self.somebody(key)
        by.fill(email=somebody.email, name=somebody.name)
        by.press("Send the invitation")

    def answers_the_mail(self, key: str, *, app: bool = True) -> None:
        somebody = self[key]
        somebody.scripts = key != "AAA.drafter"
        somebody.take_post(link_in_mail(self.mails, somebody.email))
        if key == "coordinator":
            somebody.add_passkey()
        elif app:
            somebody.set_up_app()

    # --- the cycle --------------------------------------------------------------------------------------------------

    def the_cycle_is_opened_for_a_test_then_for_all(self) -> None:
        coordinator, here = self["coordinator"], self.house.now.astimezone(BRUSSELS)
        self.deadline = (here + dt.timedelta(hours=3)).replace(second=0, microsecond=0)
        coordinator.at(f"cycles/{CYCLE}/set-up/")
        coordinator.fill(
            opens=f"{here:%Y-%m-%dT%H:%M}", deadline=f"{self.deadline:%Y-%m-%dT%H:%M}", embargo="", remind_days="",
            four_eyes=True,
        )  # fmt: skip
        coordinator.press("Continue")
        # The deadline by the clock of each capital, before anything is decided.
        kiritimati = self.deadline.astimezone(zoneinfo.ZoneInfo("Pacific/Kiritimati"))
        coordinator.reads(f"{self.deadline:%H:%M}", f"{kiritimati:%H:%M}", f"{kiritimati:%-d %B %Y}")
        coordinator.press("Set up the cycle")
        self["AAA.rapporteur"].at(f"{CYCLE}/AAA/", status=404)
        coordinator.at(f"cycles/{CYCLE}/open/")
        coordinator.fill(how="test", bodies="AAA")
        coordinator.press("Open the cycle")
        self["AAA.rapporteur"].at(f"{CYCLE}/AAA/")
        self["BBB.rapporteur"].at(f"{CYCLE}/BBB/", status=404)
        coordinator.at(f"cycles/{CYCLE}/open/")
        coordinator.fill(how="all")
        coordinator.press("Open the cycle")
        self["BBB.rapporteur"].at(f"{CYCLE}/BBB/")
        self["BBB.rapporteur"].at(f"{CYCLE}/AAA/", status=404)
        link_in_mail(self.mails, self["CCC.rapporteur"].email)

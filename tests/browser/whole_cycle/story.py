"""Everybody in the story of a whole cycle, and where they are; what they do stands in the modules beside."""

from __future__ import annotations

import datetime as dt
import io
import zoneinfo
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, expect

from browser.installation import Installation
from browser.people import Somebody
from web.notices.smtp import Server

BRUSSELS = zoneinfo.ZoneInfo("Europe/Brussels")
KIRITIMATI = zoneinfo.ZoneInfo("Pacific/Kiritimati")
SLUG, CYCLE = "sampler", "2022"
NATIONS = ("AAA", "BBB", "CCC", "DDD")
EDITION = f"editions/{CYCLE}/"


@dataclass
class Story:
    """`story["AAA.rapporteur"]` is somebody at a browser of their own."""

    house: Installation
    mails: Server
    browser: Browser
    tmp: Path
    people: dict[str, Somebody] = field(default_factory=dict)
    releases: dict[str, Path] = field(default_factory=dict)
    deadline: dt.datetime = field(init=False)
    silence_ends: dt.datetime = field(init=False)
    embargo: dt.datetime = field(init=False)

    def __getitem__(self, key: str) -> Somebody:
        return self.people[key]

    def somebody(self, key: str) -> Somebody:
        nation = key.partition(".")[0].lower() if "." in key else "office"
        return Somebody(self.house, self.browser, f"{key.lower()}@{nation}.example", f"The {key}", SLUG)

    def outsider(self) -> Somebody:
        """Somebody who has no account."""
        return Somebody(self.house, self.browser, "reader@elsewhere.example", "A reader", SLUG)

    @property
    def here(self) -> dt.datetime:
        """Now, by the clock of the alliance, to the minute."""
        return self.house.now.astimezone(BRUSSELS).replace(second=0, microsecond=0)


def in_form(instant: dt.datetime) -> str:
    """An instant as a form takes it, by the clock of the alliance."""
    return f"{instant.astimezone(BRUSSELS):%Y-%m-%dT%H:%M}"


def file_of(who: Somebody, button: str) -> bytes:
    """What a button or a link hands out."""
    found = who.page.get_by_role("button", name=button).or_(who.page.get_by_role("link", name=button, exact=True))
    with who.page.expect_download() as handed:
        found.first.click()
    return Path(handed.value.path()).read_bytes()


def hands_in(who: Somebody, nation: str, name: str, data: bytes) -> None:
    """Hands a file in and waits until it was read in the background."""
    who.at(f"{CYCLE}/{nation}/files/")
    who.page.locator('input[type="file"]').set_input_files({"name": name, "mimeType": "", "buffer": data})
    who.press("Read it and show what it would change")
    expect(who.page.get_by_role("heading", level=1)).to_have_text("What the file would change", timeout=30_000)


def in_memory(data: bytes) -> io.BytesIO:
    return io.BytesIO(data)

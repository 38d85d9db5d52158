"""What anybody can check afterwards, and what is left when the house burns down: verified, audited, brought back."""

from __future__ import annotations

import zipfile

from browser.installation import Installation
from browser.whole_cycle.edition import waits_for
from browser.whole_cycle.story import CYCLE, SLUG, Story, in_memory


def releases_verify_on_anybodys_machine(story: Story) -> None:
    """As a reader downloads them; with one byte changed they do not."""
    coordinator, house = story["coordinator"], story.house
    for audience, number in (("the office", "1.1"), ("the public", "1.1"), ("the public", "1.0")):
        coordinator.at("editions/")
        with coordinator.page.expect_download() as handed:
            coordinator.page.get_by_role("link", name=f"ZIP {CYCLE} {number}, {audience}", exact=True).click()
        folder = story.tmp / "read" / f"{audience} {number}"
        with zipfile.ZipFile(in_memory(handed.value.path().read_bytes())) as archive:
            archive.extractall(folder)
        (release,) = [one.parent for one in folder.rglob("manifest.json")]
        told = house.eirene("release", "verify", release)
        assert "recomputed" in told
        story.releases[f"{audience} {number}"] = release
    older, newer = story.releases["the public 1.0"], story.releases["the public 1.1"]
    differs = house.eirene("release", "diff", older, newer, fails=1)
    assert "26.5" in differs
    assert "26.9" in differs
    page = older / "summary.en.html"
    page.write_text(page.read_text(encoding="utf-8").replace("26.5", "62.5"), encoding="utf-8")
    house.eirene("release", "verify", older, fails=1)


def history_is_whole(story: Story) -> None:
    assert "no differences" in story.house.eirene("audit", "verify")


def the_house_is_brought_back_elsewhere(story: Story) -> None:
    """A backup taken while people work, brought back into a new home: it serves the same, and people sign in there."""
    house, outsider = story.house, story.outsider()
    pages = (f"/{SLUG}/{CYCLE}/people/", f"/{SLUG}/{CYCLE}/nations/", f"/{SLUG}/{CYCLE}+1.0/people/")
    before = [outsider.open(page).inner_text("main") for page in pages]
    house.eirene("backup", "-o", story.tmp / "backup.zip", "--with-key")
    house.stop()
    other = Installation(story.tmp / "elsewhere", story.mails)
    other.move_clock_to(house.now)
    other.eirene("restore", story.tmp / "backup.zip")
    assert "no differences" in other.eirene("audit", "verify")
    try:
        other.start()
        outsider.house = other
        assert [outsider.open(page).inner_text("main") for page in pages] == before
        rapporteur = story["AAA.rapporteur"]
        rapporteur.leave()
        rapporteur.house = other
        rapporteur.sign_in()
        rapporteur.at(f"{CYCLE}/AAA/submission/2/")
        rapporteur.reads("number 2", "accepted")
        waits_for(rapporteur, f"{CYCLE}/AAA/section/1/", "800")
    finally:
        other.stop()

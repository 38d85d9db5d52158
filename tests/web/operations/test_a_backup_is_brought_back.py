"""Backed up while people work, brought back elsewhere, checked; purged again of what was purged since."""

from __future__ import annotations

import datetime as dt
import json
import os
import stat
from pathlib import Path

import pytest

from web.operations.house import BASE, NAME, House, new_database

pytestmark = [pytest.mark.slow, pytest.mark.soak_on_postgresql]

PURGE = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "eirene_web.config.settings"
django.setup()
from eirene_web import clock
from eirene_web.custody import drill
from eirene_web.custody.models import Concern
from eirene_web.organisations.models import Alliance
from eirene_web.organisations.queries import actor_for
from eirene_web.accounts.models import Person
from eirene_web.reports.models import Report, Message, EvidenceFile
alliance = Alliance.objects.get()
def actor(who): return actor_for(Person.objects.get(name=who), alliance, strong=True)
report = Report.objects.get(body__code="ALF")
message, file = Message.objects.get().pk, EvidenceFile.objects.get().pk
for ref in (f"cell:{report.pk}/crew", f"message:{message}", f"evidence:{file}"):
    concern = drill.raise_concern(actor=actor("ALF.rapporteur"), alliance="harbour", ref=ref)
    drill.purge(actor=actor("ALF.officer" if concern.nation else "coordinator"), concern=concern.pk)
"""


def with_name(folder: Path) -> list[str]:
    """Files in which the name is to be found, byte by byte."""
    return sorted(
        str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file() and NAME.encode() in p.read_bytes()
    )


def elsewhere(house: House, tmp_path: Path) -> House:
    """An empty place to bring something back into."""
    return House(tmp_path / "new", new_database() if BASE else "")


def test_a_backup_is_written_brought_back_and_checked(house: House, tmp_path: Path) -> None:
    said = house.eirene("backup", "-o", str(tmp_path / "b.tar.gz")).stdout
    assert "Brought back and checked" in said
    assert "The key of the installation is not in it" in said
    assert stat.S_IMODE((tmp_path / "b.tar.gz").stat().st_mode) == 0o600
    assert not list(tmp_path.glob(".eirene*"))
    new = elsewhere(house, tmp_path)
    told = new.eirene("restore", str(tmp_path / "b.tar.gz"))
    assert "no difference" in told.stdout
    assert "There is no secret_key" in told.stderr
    assert new.eirene("audit", "verify").stdout.endswith("s)\n")
    for table in ("reports_cell", "journal_change", "accounts_person", "organisations_holding"):
        assert new.sql(f"SELECT count(*) FROM {table}") == house.sql(f"SELECT count(*) FROM {table}")
    assert sorted(p.name for p in (new.home / "files").rglob("*")) == sorted(
        p.name for p in (house.home / "files").rglob("*")
    )
    [(path,)] = new.sql("SELECT path FROM editions_release")
    assert path == str(new.home / "releases" / "harbour" / "2022")
    assert Path(str(path), "manifest.json").is_file()


@pytest.mark.soak
def test_it_can_be_worked_in_afterwards(house: House, tmp_path: Path) -> None:
    """Numbers of new rows do not run into old ones; the triggers stand."""
    house.eirene("backup", "-o", str(tmp_path / "b.tar.gz"), "--no-check")
    new = elsewhere(house, tmp_path)
    new.eirene("restore", str(tmp_path / "b.tar.gz"))
    new.python("-c", PURGE)
    assert new.eirene("audit", "verify", ok=False).returncode == 0
    assert "guards: the database refuses to change history" in new.eirene("doctor", ok=False).stdout


@pytest.mark.soak
@pytest.mark.one_engine
def test_the_key_is_put_in_only_when_asked_for(house: House, tmp_path: Path) -> None:
    done = house.eirene("backup", "-o", str(tmp_path / "b.tar.gz"), "--with-key", "--no-check")
    assert "The key is in it" in done.stderr
    new = elsewhere(house, tmp_path)
    assert new.eirene("restore", str(tmp_path / "b.tar.gz")).stderr == ""
    key = new.home / "secret_key"
    assert key.read_text() == (house.home / "secret_key").read_text()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


@pytest.mark.soak
@pytest.mark.one_engine
def test_the_key_of_packages_is_in_every_backup_and_readable_to_its_owner_alone(house: House, tmp_path: Path) -> None:
    house.eirene("backup", "-o", str(tmp_path / "before.tar.gz"), "--no-check")
    key = house.home / "package_key"
    key.write_text("ab" * 32)
    key.chmod(0o600)
    house.eirene("backup", "-o", str(tmp_path / "b.tar.gz"), "--no-check")
    new = elsewhere(house, tmp_path)
    new.eirene("restore", str(tmp_path / "b.tar.gz"))
    brought = new.home / "package_key"
    assert brought.read_text() == key.read_text()
    assert stat.S_IMODE(brought.stat().st_mode) == 0o600
    # A backup from before there was one does not take it away from packages that are out.
    house.eirene("restore", str(tmp_path / "before.tar.gz"), "--replace")
    assert key.read_text() == brought.read_text()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


@pytest.mark.one_engine
@pytest.mark.parametrize("harm", ["cut", "byte", "other"])
def test_a_backup_that_is_not_what_was_written_is_refused(house: House, tmp_path: Path, harm: str) -> None:
    file = tmp_path / "b.tar.gz"
    house.eirene("backup", "-o", str(file), "--no-check")
    data = bytearray(file.read_bytes())
    if harm == "cut":
        data = data[: len(data) // 2]
    elif harm == "byte":
        data[len(data) // 2] ^= 0xFF
    else:
        data = bytearray(b"This is no backup.")
    file.write_bytes(data)
    new = elsewhere(house, tmp_path)
    done = new.eirene("restore", str(file), ok=False)
    assert done.returncode == 2
    assert not (new.home / "eirene.sqlite3").exists()


@pytest.mark.one_engine
def test_a_home_that_is_not_empty_is_left_alone(house: House, tmp_path: Path) -> None:
    house.eirene("backup", "-o", str(tmp_path / "b.tar.gz"), "--no-check")
    done = house.eirene("restore", str(tmp_path / "b.tar.gz"), ok=False)
    assert done.returncode == 64
    assert "--replace" in done.stderr
    assert house.eirene("audit", "verify").returncode == 0


@pytest.mark.soak
def test_what_was_there_is_moved_aside_with_its_log(house: House, tmp_path: Path) -> None:
    house.eirene("backup", "-o", str(tmp_path / "b.tar.gz"), "--no-check")
    (house.home / "eirene.sqlite3-wal").write_bytes(b"of another database")
    (house.home / "eirene.sqlite3").write_bytes(b"damaged" * 1000) if not BASE else None
    said = house.eirene("restore", str(tmp_path / "b.tar.gz"), "--replace").stdout
    assert "What was there is in" in said
    [aside] = house.home.glob("replaced-*")
    assert (aside / "files").is_dir()
    assert not (house.home / "eirene.sqlite3-wal").exists()
    assert house.eirene("audit", "verify").returncode == 0


@pytest.mark.one_engine
def test_a_house_at_work_is_not_replaced(house: House, tmp_path: Path) -> None:
    import sqlite3

    house.eirene("backup", "-o", str(tmp_path / "b.tar.gz"), "--no-check")
    with sqlite3.connect(house.home / "eirene.sqlite3") as other:
        other.execute("SELECT count(*) FROM journal_entry").fetchall()
        done = house.eirene("restore", str(tmp_path / "b.tar.gz"), "--replace", ok=False)
    other.close()
    assert done.returncode == 64
    assert "at work" in done.stderr


def test_what_was_purged_since_is_purged_again(house: House, tmp_path: Path) -> None:
    """The whole drill: the name stands in a cell, a message, a file, the journal, a submission, and in a backup."""
    backup = tmp_path / "backups" / "b.tar.gz"
    house.eirene("backup", "-o", str(backup))
    assert with_name(house.home)
    house.python("-c", PURGE)
    house.eirene("scrub")
    assert with_name(house.home) == []
    assert house.eirene("audit", "verify").returncode == 0
    later = tmp_path / "later.tar.gz"
    house.eirene("backup", "-o", str(later), "--no-check")
    # The backup of before comes back: its ledger knows nothing, that of the house does.
    said = house.eirene("restore", str(backup), "--replace").stdout
    assert "3 purged again" in said
    [aside] = house.home.glob("replaced-*")
    import shutil

    shutil.rmtree(aside)
    assert with_name(house.home) == []
    assert house.eirene("audit", "verify").returncode == 0
    if BASE:
        rows = house.sql("SELECT count(*) FROM reports_cell WHERE value::text LIKE '%" + NAME + "%'")
        assert rows == [(0,)]


@pytest.mark.soak
@pytest.mark.one_engine
def test_every_night_one_is_made_checked_and_the_old_ones_go(house: House, tmp_path: Path) -> None:
    folder = Path(house.environment["EIRENE_BACKUPS"])
    folder.mkdir(parents=True)
    now = dt.datetime.now(dt.UTC)
    for days in (3, 13, 15, 40):
        (folder / f"eirene-{now - dt.timedelta(days=days):%Y%m%dT%H%M%S}Z.tar.gz").write_bytes(b"")
    house.eirene("backup")
    ages = sorted((now - _made(p)).days for p in folder.glob("*.tar.gz"))
    assert [age for age in ages if age > 0] == [3, 13]
    told = json.loads((folder / "last.json").read_text())
    assert told["checked"] is True
    assert "backup: " in house.eirene("doctor", ok=False).stdout
    assert "kept for 14 days" in house.eirene("backup", "--list").stdout


def _made(path: Path) -> dt.datetime:
    return dt.datetime.strptime(path.name[7:22], "%Y%m%dT%H%M%S").replace(tzinfo=dt.UTC)


@pytest.mark.one_engine
def test_a_place_that_cannot_be_written_to_is_told(house: House, tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("")
    done = house.eirene("backup", "-o", str(place / "b.tar.gz"), ok=False)
    assert done.returncode == 1
    assert "could not be written" in done.stderr
    assert os.listdir(tmp_path)

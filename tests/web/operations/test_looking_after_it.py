"""The doctor, health, logs, settings, the daily attestation."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import OperationalError, connection
from django.test import Client, override_settings

from eirene_web import clock
from eirene_web.config import environment
from eirene_web.config.logs import JsonLines, PlainLines
from eirene_web.custody import drill, tasks
from eirene_web.files.services import keep
from eirene_web.journal import attestation
from eirene_web.operations import doctor, health
from web.operations.house import ROOT
from web.world import IN_CYCLE, World

pytestmark = pytest.mark.slow

SECRET = "Captain Zerlindaquux"


def line(code: str) -> doctor.Line:
    return next(one for one in doctor.examine() if one.code == code)


@pytest.mark.django_db
def test_the_doctor_says_what_is_wrong_and_what_to_do(harbour_world: World, home: Path) -> None:
    lines = doctor.examine()
    assert all(one.remedy for one in lines if one.state != "ok")
    assert line("guards").state == line("migrations").state == line("time zones").state == line("policy").state == "ok"
    assert line("backup").state == "warn"
    keep(b"known")
    orphan = home / "files" / "ab" / ("ab" * 32)
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"of nobody")
    assert "1 that nothing speaks of" in line("files").what


@pytest.mark.django_db
def test_the_doctor_misses_the_guards(harbour_world: World) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER journal_entry_stays")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE journal_entry DISABLE TRIGGER journal_entry_stays")
    assert (line("guards").state, doctor.worst(doctor.examine())) == ("fail", "fail")


@pytest.mark.django_db
def test_a_key_that_others_may_read_is_told(home: Path) -> None:
    key = home / "secret_key"
    key.write_text("x" * 60)
    key.chmod(0o644)
    assert line("key").state == "fail"
    key.chmod(0o600)
    assert line("key").state == "ok"


@pytest.mark.django_db
def test_a_key_of_packages_that_others_may_read_is_told(home: Path) -> None:
    assert line("package key").state == "ok"
    key = home / "package_key"
    key.write_text("ab" * 32)
    key.chmod(0o640)
    assert line("package key").state == "fail"
    key.chmod(0o600)
    assert line("package key").state == "ok"


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "state"), [("nfs4", "fail"), ("cifs", "fail"), ("ext4", "ok")])
def test_a_network_disk_is_told(monkeypatch: pytest.MonkeyPatch, kind: str, state: str) -> None:
    monkeypatch.setattr(doctor, "_file_system", lambda path: kind)
    expected = "warn" if state == "fail" and connection.vendor == "postgresql" else state
    assert line("file system").state == expected


@pytest.mark.django_db
def test_a_worker_is_known_by_its_lock(home: Path) -> None:
    import fcntl

    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(17)")
            assert doctor.workers_alive()
            cursor.execute("SELECT pg_advisory_unlock(17)")
        return
    assert not doctor.workers_alive()
    (home / "locks").mkdir()
    with open(home / "locks" / ("a" * 32), "wb") as held:
        assert not doctor.workers_alive()
        fcntl.flock(held, fcntl.LOCK_EX)
        assert doctor.workers_alive()
    assert not doctor.workers_alive()


@pytest.mark.django_db
def test_health_tells_parts_and_nothing_unpublished(client: Client, harbour_world: World) -> None:
    told = client.get("/healthz")
    assert told.status_code == 200
    body = told.json()
    assert (body["status"], body["database"], body["disk"]) == ("ok", "ok", "ok")
    assert set(body) == {"status", "database", "disk", "worker", "version", "editions", "building"}
    assert "2022" not in told.content.decode()  # the cycle that is being worked on


def test_health_without_a_database_is_a_503(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_database", lambda: "not reached")
    told = client.get("/healthz")
    assert (told.status_code, told.json()["status"]) == (503, "down")


@pytest.mark.django_db
def test_a_full_disk_is_told_and_nothing_was_changed(
    client: Client, harbour_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr("eirene_web.reports.queries.find_report", full)
    client.force_login(harbour_world.people["ALF.rapporteur"])
    told = client.get("/harbour/work/2022/ALF/")
    assert told.status_code == 507
    assert "The disk of the server is full" in told.content.decode()
    assert "Nothing was changed" in told.content.decode()


# --- logs -----------------------------------------------------------------------------------------------------------


def record(error: BaseException | None = None, **facts: Any) -> logging.LogRecord:
    found = logging.LogRecord("eirene", logging.ERROR, __file__, 1, "Internal Server Error: %s", ("/x/",), None)
    if error is not None:
        found.exc_info = (type(error), error, error.__traceback__)
    found.__dict__.update(facts)
    return found


@pytest.mark.parametrize("form", [PlainLines, JsonLines])
def test_what_somebody_typed_is_not_in_the_log(form: type[logging.Formatter]) -> None:
    try:
        try:
            int(SECRET)
        except ValueError as first:
            raise KeyError(SECRET) from first
    except KeyError as error:
        line = form().format(record(error))
    assert "Zerlindaquux" not in line
    assert "KeyError" in line
    assert "ValueError" in line
    assert "test_looking_after_it.py" in line


def test_a_fault_of_the_program_speaks() -> None:
    with pytest.raises(AttributeError) as told:
        None.nothing  # type: ignore[attr-defined]  # noqa: B018
    assert "'nothing'" in JsonLines().format(record(told.value))


@pytest.mark.django_db
def test_a_request_is_a_line_without_its_address(
    client: Client, harbour_world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("eirene.request"), "level", logging.INFO)
    person = harbour_world.people["ALF.rapporteur"]
    client.force_login(person)
    with caplog.at_level(logging.INFO, "eirene.request"):
        client.get(f"/harbour/work/2022/ALF/?q={SECRET}")
        client.get(f"/harbour/{SECRET}/")
    known, other = [r.request_facts for r in caplog.records if r.name == "eirene.request"]
    assert (known["method"], known["route"], known["status"], known["person"]) == ("GET", "report", 200, person.pk)
    told = json.loads(JsonLines().format(caplog.records[0]))
    assert set(told) == {"at", "level", "logger", "method", "route", "status", "ms", "person"}
    assert "Zerlindaquux" not in caplog.text + json.dumps(other)
    assert "ALF" not in json.dumps(told)


# --- settings -------------------------------------------------------------------------------------------------------


@pytest.mark.one_engine
def test_django_finds_nothing_to_say_of_a_deployment(tmp_path: Path) -> None:
    more = {"EIRENE_HTTPS": "1", "EIRENE_HOME": str(tmp_path), "EIRENE_URL": "https://wps.example.int",
            "EIRENE_HOSTS": "wps.example.int", "DJANGO_SETTINGS_MODULE": "eirene_web.config.settings",
            "PYTHONPATH": str(ROOT / "src")}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "INFO"], env={**os.environ, **more},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no issues" in done.stdout


@pytest.mark.one_engine
def test_every_setting_stands_in_the_guide() -> None:
    guide = (ROOT / "docs" / "administration.md").read_text(encoding="utf-8")
    assert [name for name in environment.SETTINGS if f"`{name}`" not in guide] == []


@pytest.mark.one_engine
def test_every_command_stands_in_the_guide() -> None:
    guide = (ROOT / "docs" / "administration.md").read_text(encoding="utf-8")
    commands = ("backup", "restore", "doctor", "scrub", "audit verify", "audit attest", "serve")
    assert [name for name in commands if f"eirene {name}" not in guide] == []


# --- where the chains end -------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_where_the_chains_end_is_mailed_once_a_day_to_two_posts(harbour_world: World, home: Path) -> None:
    world = harbour_world
    drill.designate(
        actor=world.actor("coordinator"), alliance="harbour", nation="", duty="heads",
        posts=[world.posts["observer"].pk, world.posts["BRA.reader"].pk],
    )  # fmt: skip
    with clock.at(IN_CYCLE):
        tasks.mail_heads.func()
        tasks.mail_heads.func()
    assert sorted(m.to[0] for m in mail.outbox) == ["bra.reader@bra.example", "observer@office.example"]
    name, data, _kind = mail.outbox[0].attachments[0]
    kept = home / name
    kept.write_text(str(data))
    assert attestation.read(kept).heads == attestation.heads_of("harbour")
    assert [one.alliance for one in attestation.known()] == ["harbour"]
    assert "charter" not in mail.outbox[0].body


@pytest.mark.django_db
def test_a_mail_that_fails_goes_out_the_next_time(harbour_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    drill.designate(
        actor=harbour_world.actor("coordinator"), alliance="harbour", nation="", duty="heads",
        posts=[harbour_world.posts["observer"].pk],
    )  # fmt: skip
    with (
        override_settings(EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_PORT=1),
        pytest.raises(OSError, match="refused"),
    ):
        tasks.mail_heads.func()
    tasks.mail_heads.func()
    assert len(mail.outbox) == 1

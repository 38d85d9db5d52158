"""Somebody with the database in their hands changes something: it is found, and said where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from eirene.errors import Unreadable
from eirene_web import clock
from eirene_web.files.services import keep, path_of
from eirene_web.journal import attestation
from eirene_web.journal.chain import entry_facts, entry_hash
from eirene_web.journal.models import Chain, Change, Entry
from eirene_web.reports.models import Cell, Submission
from eirene_web.reports.services import filling, submitting
from eirene_web.reports.services.filling import Edit
from web.audits import found
from web.reports.test_a_report_goes_its_way import fill
from web.world import IN_CYCLE, World

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CHAIN = "harbour/ALF"


def sql(statement: str, *given: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)


def unguarded() -> None:
    """What an administrator would do first."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        return
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    for table in ("journal_entry", "journal_change", "reports_submission"):
        sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")


@pytest.fixture
def world(harbour_world: World) -> World:
    """Filled in, changed once more, and submitted."""
    with clock.at(IN_CYCLE):
        fill(harbour_world)
        rapporteur, report = harbour_world.actor("ALF.rapporteur"), harbour_world.report("ALF").pk
        filling.save_answers(actor=rapporteur, report=report, edits=[Edit("crew", "cells.women", 13, base=1)])
        filling.save_answers(actor=rapporteur, report=report, edits=[Edit("crew", "cells._T", 43, base=1)])
        submitting.submit(actor=harbour_world.actor("ALF.officer"), report=report, version=3)
    assert found() == []
    return harbour_world


def entries(chain: str = CHAIN) -> list[Entry]:
    return list(Entry.objects.filter(chain=chain).order_by("sequence"))


def told(kind: str, *, times: int = 1) -> str:
    """What is said of differences of this kind; there are so many."""
    said = [str(one) for one in found() if one.kind == kind]
    assert len(said) == times, found()
    return "\n".join(said)


def test_a_cell_changed_by_sql(world: World) -> None:
    cell = Cell.objects.get(question="crew", part="cells.women", report=world.report("ALF"))
    sql("UPDATE reports_cell SET value = %s WHERE id = %s", "99", cell.pk)
    [difference] = found()
    assert difference.kind == "value"
    assert str(difference).startswith("the answer ALF 2022, crew, cells.women, value: It is not what the journal says")


def test_a_row_put_in_and_a_row_taken_out_by_sql(world: World) -> None:
    report = world.report("ALF").pk
    sql("UPDATE reports_cell SET part = 'comment.en' WHERE report_id = %s AND part = 'cells.men'", report)
    said = told("row", times=2)
    assert "ALF 2022, crew, comment.en: It is there, and the journal knows nothing of it." in said
    assert "ALF 2022, crew, cells.men: The journal says that it is there" in said


def test_a_state_and_a_role_changed_by_sql(world: World) -> None:
    sql("UPDATE reports_report SET state = 'in_review' WHERE id = %s", world.report("ALF").pk)
    sql("UPDATE organisations_postrole SET role = 'coordinator' WHERE post_id = %s", world.posts["observer"].pk)
    said = told("value", times=2)
    assert "the report ALF 2022, state" in said
    assert f"the post {world.posts['observer'].pk}, roles" in said


def test_an_entry_deleted(world: World) -> None:
    unguarded()
    middle = entries()[-2]
    Change.objects.filter(entry=middle).delete()
    middle.delete()
    assert f"Entry {middle.sequence} is missing." in told("gap")
    assert "cells._T" in told("value")


def test_the_last_entry_deleted(world: World) -> None:
    unguarded()
    last = entries()[-1]
    Change.objects.filter(entry=last).delete()
    last.delete()
    assert f"It should end with entry {last.sequence} and ends with entry {last.sequence - 1}" in told("head")


def test_two_entries_swapped(world: World) -> None:
    unguarded()
    one, other = entries()[-2:]
    numbers = one.sequence, other.sequence
    Entry.objects.filter(pk=one.pk).update(sequence=10_000)
    Entry.objects.filter(pk=other.pk).update(sequence=numbers[0])
    Entry.objects.filter(pk=one.pk).update(sequence=numbers[1])
    kinds = {d.kind for d in found()}
    assert {"order", "changed", "head"} <= kinds


@pytest.mark.parametrize("column", ["at", "verb", "person", "post", "subject"])
def test_the_facts_of_an_entry_changed(world: World, column: str) -> None:
    unguarded()
    entry = entries()[-2]
    value = {"at": clock.now(), "verb": "answer.see", "person": 1, "post": 1, "subject": "report:0"}[column]
    Entry.objects.filter(pk=entry.pk).update(**{column: value})
    assert f"entry {entry.sequence}" in told("changed")


@pytest.mark.parametrize("column", ["before", "after", "salt", "thing", "field"])
def test_the_content_of_an_entry_changed(world: World, column: str) -> None:
    unguarded()
    change = Change.objects.get(entry=entries()[-3], thing__endswith="women")
    Change.objects.filter(pk=change.pk).update(**{column: "1"})
    assert "is not what was written" in told("content")


def test_a_content_emptied_without_a_purge(world: World) -> None:
    change = Change.objects.get(entry=entries()[-2], thing__endswith="_T")
    Change.objects.filter(pk=change.pk).update(before=None, after=None, salt=None)  # the database lets a purge do this
    assert "no purge accounts for it" in told("emptied")


def test_the_bytes_of_a_submission_changed(world: World) -> None:
    unguarded()
    submission = Submission.objects.get()
    Submission.objects.update(document=bytes(submission.document).replace(b'"no"', b'"yes"'))
    assert "ALF 2022, number 1: Its bytes are not those of its hash" in told("bytes")


def test_bytes_and_hash_of_a_submission_changed(world: World) -> None:
    import hashlib

    unguarded()
    document = bytes(Submission.objects.get().document).replace(b'"no"', b'"yes"')
    Submission.objects.update(document=document, sha256=hashlib.sha256(document).hexdigest())
    assert "ALF 2022, number 1, sha256" in told("value")


def test_a_forged_entry_put_at_the_end(world: World) -> None:
    """One that nothing gives away but where the chain says that it ends."""
    last = entries()[-1]
    forged = Entry(
        chain=CHAIN, sequence=last.sequence + 1, at=last.at, verb="review.accept", person=last.person,
        subject=last.subject, previous=last.hash,
    )  # fmt: skip
    forged.hash = entry_hash(last.hash, entry_facts(forged), [])
    forged.save()
    assert "was not written by the house" in told("head")


def rewrite(*, without: int) -> None:
    """The most that can be done: leaves an entry out and computes everything after it anew."""
    unguarded()
    head, number = "", 0
    for entry in entries():
        if entry.sequence == without:
            Change.objects.filter(entry=entry).delete()
            entry.delete()
            continue
        number += 1
        hashes = list(entry.changes.order_by("position").values_list("hash", flat=True))
        entry.sequence, entry.previous = number, head
        entry.hash = head = entry_hash(head, entry_facts(entry), hashes)
        entry.save()
    Chain.objects.filter(key=CHAIN).update(length=number, head=head)


def test_history_rewritten_is_told_by_an_attestation(world: World, tmp_path: Path) -> None:
    attestation.write(tmp_path, "harbour")
    kept = attestation.read(tmp_path)
    assert found([kept]) == []
    rewrite(without=entries()[-1].sequence)
    # Nothing in the chain itself gives it away; the tables do, and the attestation does.
    assert {d.kind for d in found()} == {"row", "value"}
    [difference] = [d for d in found([kept]) if d.kind == "attested"]
    assert "What came after is gone" in difference.what


def test_an_old_state_brought_back_is_told_by_an_attestation(world: World, tmp_path: Path) -> None:
    """As a backup of before would be: whole in itself, and shorter than it was."""
    with transaction.atomic():
        with clock.at(IN_CYCLE):
            rapporteur, report = world.actor("BRA.rapporteur"), world.report("BRA").pk
            filling.save_answers(actor=rapporteur, report=report, edits=[Edit("charter", "value", "yes")])
        attestation.write(tmp_path, "harbour")
        transaction.set_rollback(True)
    assert found() == []
    [difference] = found([attestation.read(tmp_path)])
    assert difference.kind == "attested"
    assert "harbour/BRA" in str(difference)


def test_an_attestation_that_was_altered_is_refused(world: World, tmp_path: Path) -> None:
    attestation.write(tmp_path, "harbour")
    file = tmp_path / attestation.NAME
    changed = json.loads(file.read_text())
    changed["chains"][CHAIN]["entries"] -= 1
    file.write_text(json.dumps(changed))
    with pytest.raises(Unreadable, match="altered"):
        attestation.read(tmp_path)


def test_what_is_attested_holds_no_content(world: World) -> None:
    text = attestation.attest("harbour").decode()
    assert set(json.loads(text)) == {"format", "at", "alliance", "installation", "root", "chains"}
    assert "charter" not in text


def test_a_file_changed_and_a_file_gone(world: World) -> None:
    one, other = keep(b"one"), keep(b"other")
    assert found() == []
    path_of(one.sha256).write_bytes(b"two")
    path_of(other.sha256).unlink()
    said = told("bytes", times=2)
    assert "Its content is not what was taken in." in said
    assert "Its content is not there." in said


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET verb = 'x'",
        "DELETE FROM journal_entry",
        "UPDATE journal_change SET after = '1'",
        "UPDATE journal_change SET before = NULL",
        "DELETE FROM journal_change",
        "UPDATE reports_submission SET sha256 = 'x'",
        "UPDATE reports_submission SET number = 7",
        "DELETE FROM reports_submission",
    ],
)
def test_the_database_refuses_it_as_long_as_its_triggers_stand(world: World, statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        sql(statement)
    assert found() == []

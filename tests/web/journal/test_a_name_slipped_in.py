"""The drill: a name slips into everything that can hold one, and is gone from all of it afterwards."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import connection, transaction

from cast import toy_report
from eirene.errors import EireneError
from eirene_web import clock
from eirene_web.custody import drill
from eirene_web.custody.models import Concern, Held
from eirene_web.custody.quarantine import PURGED, QUARANTINED
from eirene_web.files.services import keep, read
from eirene_web.journal.models import Change
from eirene_web.notices.models import Notice
from eirene_web.organisations.packs import opened
from eirene_web.policy import NotAllowed, NotThere, SecondFactorNeeded
from eirene_web.reports.models import Cell, EvidenceFile, Import, Message, Submission
from eirene_web.reports.services import discussing, evidence, filling, reviewing, submitting
from eirene_web.reports.services.filling import Edit
from eirene_web.reports.working import opened_submission
from web.audits import found
from web.reports.test_a_report_goes_its_way import fill
from web.reports.transferring import handed_in
from web.world import IN_CYCLE, World

NAME = "Zerlindaquux"
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for the end of the transaction is done at once: the test's own never ends."""
    monkeypatch.setattr(transaction, "on_commit", lambda function: function())


@pytest.fixture
def world(harbour_world: World) -> World:
    """The name stands in a comment, in what was submitted, in a message, a file and its name, an import."""
    with clock.at(IN_CYCLE):
        fill(harbour_world)
        rapporteur, report = harbour_world.actor("ALF.rapporteur"), harbour_world.report("ALF")
        edits = [Edit("crew", "comment.en", f"Captain {NAME} was not promoted.")]
        assert filling.save_answers(actor=rapporteur, report=report.pk, edits=edits).saved
        filling.save_answers(
            actor=rapporteur, report=report.pk, edits=[Edit("crew", "comment.en", f"Ask {NAME}.", base=1)]
        )
        discussing.open_thread(
            actor=rapporteur, report=report.pk, kind="question", question="crew", text=f"It is about {NAME}."
        )
        evidence.add_evidence(
            actor=rapporteur, report=report.pk, question="crew", name=f"{NAME}.txt",
            content=f"The file on {NAME}".encode(),
        )  # fmt: skip
        data = toy_report("ALF", 12, 30, "no")
        data["answers"]["crew"]["comment"] = {"en": NAME}
        assert handed_in(harbour_world, "ALF.rapporteur", "ALF", json.dumps(data).encode(), "report.json").changes
        submitting.submit(actor=harbour_world.actor("ALF.officer"), report=report.pk, version=3)
        reviewing.return_report(
            actor=harbour_world.actor("reviewer"), report=report.pk, reason=f"Who is {NAME}?",
            questions={"crew": f"Leave {NAME} out."},
        )  # fmt: skip
    return harbour_world


def refs(world: World) -> list[str]:
    report = world.report("ALF")
    return [
        f"cell:{report.pk}/crew", f"message:{Message.objects.get().pk}", f"evidence:{EvidenceFile.objects.get().pk}",
        f"return:{report.returns.get().pk}",
    ]  # fmt: skip


def everywhere(home: Path) -> list[str]:
    """Where the name is to be found, in the database and in files."""
    places: list[str] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                for value in row:
                    text = (
                        bytes(value).decode(errors="replace") if isinstance(value, bytes | memoryview) else str(value)
                    )
                    if NAME in text:
                        places.append(table)
    places += [str(p.relative_to(home)) for p in home.rglob("*") if p.is_file() and NAME.encode() in p.read_bytes()]
    return sorted(set(places))


def raise_all(world: World, who: str = "reviewer") -> list[Concern]:
    with clock.at(IN_CYCLE):
        return [drill.raise_concern(actor=world.actor(who), alliance="harbour", ref=ref) for ref in refs(world)]


def test_raised_it_is_out_of_sight_at_once_and_one_post_is_told(world: World, home: Path) -> None:
    Notice.objects.all().delete()
    raise_all(world)
    assert found() == []
    # All that is left of it is in the keeping of the concerns, where nobody's page looks.
    assert everywhere(home) == ["custody_held", *everywhere_aside(home)]
    report = world.report("ALF")
    assert Cell.objects.get(report=report, part="comment.en").value == QUARANTINED
    assert Message.objects.get().text == QUARANTINED
    assert Import.objects.get().state == Import.State.DROPPED
    sent = opened_submission(Submission.objects.get().pk, opened(report.cycle.pack_id))
    assert sent.answers["crew"].comment == {"en": QUARANTINED}
    assert sent.answers["crew"].cells  # what was counted stays
    with pytest.raises(EireneError):
        read(EvidenceFile.objects.get().blob_id)
    told = Notice.objects.values_list("person__name", "kind").distinct()
    assert set(told) == {("ALF.officer", "text_raised"), ("coordinator", "text_raised")} or set(told) == {
        ("ALF.officer", "text_raised")
    }


def everywhere_aside(home: Path) -> list[str]:
    return sorted(str(p.relative_to(home)) for p in (home / "quarantine").iterdir())


def test_released_everything_is_where_it_was(world: World, home: Path) -> None:
    before, documents = everywhere(home), [bytes(s.document) for s in Submission.objects.all()]
    hidden = Import.objects.get().changes
    for concern in raise_all(world):
        with clock.at(IN_CYCLE):
            drill.release(actor=world.actor("ALF.officer" if concern.nation else "coordinator"), concern=concern.pk)
    assert found() == []
    assert everywhere(home) == before
    assert [bytes(s.document) for s in Submission.objects.all()] == documents
    assert Import.objects.get().changes == hidden
    assert read(EvidenceFile.objects.get().blob_id) == f"The file on {NAME}".encode()
    assert not Held.objects.exists()


def test_purged_it_is_nowhere(world: World, home: Path) -> None:
    for concern in raise_all(world, "ALF.rapporteur"):
        with clock.at(IN_CYCLE):
            drill.purge(actor=world.actor("ALF.officer" if concern.nation else "coordinator"), concern=concern.pk)
    assert found() == []
    assert everywhere(home) == []
    assert Cell.objects.get(part="comment.en").value == PURGED
    submission = Submission.objects.get()
    assert submission.redacted_sha256 not in (None, submission.sha256)
    assert Message.objects.get().purged is not None
    stubs = (home / drill.LEDGER).read_text()
    assert len(stubs.splitlines()) == 4
    assert NAME not in stubs
    with pytest.raises(EireneError, match="purged"), transaction.atomic():
        keep(f"The file on {NAME}".encode())


def test_what_was_written_in_its_place_meanwhile_stays(world: World) -> None:
    report = world.report("ALF")
    [concern] = [
        drill.raise_concern(actor=world.actor("reviewer"), alliance="harbour", ref=f"cell:{report.pk}/crew/comment.en")
    ]
    with clock.at(IN_CYCLE):
        version = Cell.objects.get(part="comment.en").version
        saved = filling.save_answers(
            actor=world.actor("ALF.rapporteur"), report=report.pk,
            edits=[Edit("crew", "comment.en", "Nobody in particular.", base=version)],
        )  # fmt: skip
        assert saved.saved
        drill.purge(actor=world.actor("ALF.officer"), concern=concern.pk)
    assert Cell.objects.get(part="comment.en").value == "Nobody in particular."
    assert found() == []


def test_raised_twice_it_is_one_concern(world: World) -> None:
    assert [c.pk for c in raise_all(world)] == [c.pk for c in raise_all(world, "coordinator")]


def test_whoever_may_not_read_it_cannot_raise_it(world: World) -> None:
    for who in ("BRA.rapporteur", "observer", "clerk"):
        with pytest.raises(NotThere):
            drill.raise_concern(actor=world.actor(who), alliance="harbour", ref=refs(world)[0])
    with pytest.raises(NotThere):
        drill.raise_concern(actor=world.actor("reviewer"), alliance="harbour", ref="cell:999/crew")
    with pytest.raises(NotThere):
        drill.raise_concern(actor=world.actor("reviewer"), alliance="harbour", ref="nothing:1")


def test_only_the_designated_post_decides_with_a_second_factor(world: World) -> None:
    concern = raise_all(world)[0]
    for who in ("coordinator", "reviewer", "ALF.rapporteur", "BRA.officer", "ALF.admin"):
        with pytest.raises((NotThere, NotAllowed)):
            drill.purge(actor=world.actor(who), concern=concern.pk)
    with pytest.raises(SecondFactorNeeded):
        drill.purge(actor=world.actor("ALF.officer", strong=False), concern=concern.pk)
    drill.designate(
        actor=world.actor("ALF.admin"), alliance="harbour", nation="ALF", duty="quarantine",
        posts=[world.posts["ALF.reader"].pk],
    )  # fmt: skip
    with pytest.raises((NotThere, NotAllowed)):
        drill.purge(actor=world.actor("ALF.officer"), concern=concern.pk)
    drill.purge(actor=world.actor("ALF.reader"), concern=concern.pk)
    assert found() == []


def test_a_change_of_a_held_content_is_found(world: World) -> None:
    raise_all(world)
    held = Held.objects.filter(place__startswith="change:").first()
    assert held is not None
    Held.objects.filter(pk=held.pk).update(
        content=bytes(held.content).replace(b"Ask", b"Tell").replace(b"ptain", b"pt")
    )
    assert "emptied" in {d.kind for d in found()}


def test_a_purge_is_done_again_in_a_state_of_before(world: World, home: Path) -> None:
    """As after a backup was brought back: the ledger outside the database knows more than the database."""
    with clock.at(IN_CYCLE):
        before = [Change.objects.count(), Concern.objects.count()]
        stub = drill.Stub("harbour", "ALF", refs(world)[0], "2030-01-01T00:00:00+00:00", "person")
        drill.note(stub)
        for one in drill.noted(home / drill.LEDGER):
            assert drill.purge_again(stub=one)
    assert before[1] + 1 == Concern.objects.count()
    assert Cell.objects.get(part="comment.en").value == PURGED
    assert found() == []

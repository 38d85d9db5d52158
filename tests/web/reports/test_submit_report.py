"""Submission: once, with one receipt; frozen bytes that the command line reads; what stands in the way is told."""

from __future__ import annotations

import hashlib
import json

import pytest
from django.db import DatabaseError, transaction

from cast import toy
from eirene.errors import UsageError
from eirene.questionnaires import load_report
from eirene_web import clock
from eirene_web.journal.models import Entry
from eirene_web.policy import NotAllowed, NotThere, SecondFactorNeeded
from eirene_web.reports import queries
from eirene_web.reports.models import Report, Submission
from eirene_web.reports.services import clearance, submitting
from web import world as worlds
from web.reports.lives import fill, give_back, send, start
from web.together import together
from web.world import IN_CYCLE, World


@pytest.mark.django_db
def test_what_is_frozen_is_what_was_answered_and_has_its_hash(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        fill(world)
        sent = send(world)
    document = bytes(sent.document)
    assert hashlib.sha256(document).hexdigest() == sent.sha256
    assert json.loads(document)["format"] == "eirene.report/1"
    assert load_report(document, world.pack).answers["charter"].value == "no"
    assert sent.post == world.posts["ALF.officer"]
    assert sent.findings["error"] == 0


@pytest.mark.django_db
def test_a_submission_cannot_be_changed_even_in_the_database(harbour_world: World) -> None:
    with clock.at(IN_CYCLE):
        fill(harbour_world)
        sent = send(harbour_world)
    with pytest.raises(DatabaseError), transaction.atomic():
        Submission.objects.filter(pk=sent.pk).update(sha256="0" * 64)
    with pytest.raises(DatabaseError), transaction.atomic():
        Submission.objects.filter(pk=sent.pk).delete()


@pytest.mark.django_db
def test_a_page_that_grew_old_is_told_and_submits_nothing(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        fill(world)
        seen = world.report("ALF").version
        fill(world, women=13)
        with pytest.raises(UsageError, match="version 1, now 2"):
            submitting.submit(actor=world.actor("ALF.officer"), report=world.report("ALF").pk, version=seen)
    assert not Submission.objects.exists()


@pytest.mark.django_db
def test_the_rapporteur_submits_only_what_everybody_has_cleared(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        fill(world)
        rapporteur, report = world.actor("ALF.rapporteur"), world.report("ALF")
        with pytest.raises(NotAllowed):
            submitting.submit(actor=rapporteur, report=report.pk, version=1)
        start(world)
        clearance.clear(actor=world.actor("ALF.head"), report=report.pk)
        clearance.clear(actor=world.actor("ALF.officer"), report=report.pk)
        with pytest.raises(SecondFactorNeeded):
            submitting.submit(actor=world.actor("ALF.rapporteur", strong=False), report=report.pk, version=1)
        sent = submitting.submit(actor=rapporteur, report=report.pk, version=1)
    assert sent.post == world.posts["ALF.rapporteur"]


@pytest.mark.django_db
def test_after_a_return_it_is_a_second_submission_and_the_first_is_kept(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        fill(world)
        first = send(world)
        give_back(world)
        second = send(world)
    assert (first.number, second.number) == (1, 2)
    assert first.receipt != second.receipt
    assert not world.report("ALF").notes.filter(open=True).exists()
    entry = Entry.objects.filter(verb="report.submit").latest("id")
    assert entry.changes.filter(field="open", before="true", after=None).count() == 1
    assert world.report("ALF").submitted == IN_CYCLE  # the first day counts for timeliness


@pytest.mark.django_db
def test_how_many_answers_changed_since_last_year_is_kept_with_it(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        fill(world)
        assert send(world).findings["changed"] == 0  # there is no year before


@pytest.mark.django_db
def test_the_time_is_declared_by_the_nation_and_must_be_likely(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        report, rapporteur = world.report("ALF"), world.actor("ALF.rapporteur")
        submitting.declare_minutes(actor=rapporteur, report=report.pk, minutes=220)
        for wrong in (-1, 60_001):
            with pytest.raises(UsageError):
                submitting.declare_minutes(actor=rapporteur, report=report.pk, minutes=wrong)
        with pytest.raises(NotAllowed):
            submitting.declare_minutes(actor=world.actor("coordinator"), report=report.pk, minutes=1)
        with pytest.raises(NotThere):
            submitting.declare_minutes(actor=world.actor("BRA.rapporteur"), report=report.pk, minutes=1)
    assert world.report("ALF").minutes == 220


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "seen"),
    [("coordinator", True), ("reviewer", True), ("observer", False), ("clerk", False), ("ALF.rapporteur", True),
     ("ALF.reader", True), ("ALF.drafter", False), ("ALF.admin", False), ("BRA.rapporteur", False)],
)  # fmt: skip
def test_a_receipt_is_found_by_those_who_may_read_what_it_is_for(harbour_world: World, who: str, seen: bool) -> None:
    with clock.at(IN_CYCLE):
        fill(harbour_world)
        sent = send(harbour_world)
    actor = harbour_world.actor(who)
    found = queries.submission_of_receipt(actor, harbour_world.alliance, sent.receipt)
    assert (found is not None) is seen


@pytest.mark.usefixtures("committing")
def test_pressed_twice_at_once_it_is_one_submission_and_one_receipt() -> None:
    world = worlds.build(toy(), "2022", ("ALF",))
    with clock.at(IN_CYCLE):
        fill(world)
        actor, report = world.actor("ALF.officer"), world.report("ALF").pk
        results = together(*[lambda: submitting.submit(actor=actor, report=report, version=1)] * 4)
    assert Submission.objects.count() == 1
    assert {getattr(r, "receipt", r) for r in results} == {Submission.objects.get().receipt}
    assert Entry.objects.filter(verb="report.submit").count() == 1
    assert Report.objects.get(pk=report).state == Report.State.SUBMITTED

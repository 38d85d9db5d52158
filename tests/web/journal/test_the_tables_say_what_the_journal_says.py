"""After everything that can be done to a report, the tables hold what the journal says, to the last field."""

from __future__ import annotations

import datetime as dt

import pytest
from django.apps import apps

from eirene_web import clock
from eirene_web.journal.audit import apart, audited
from eirene_web.organisations import services as organisation
from eirene_web.reports.models import AnswerNote
from eirene_web.reports.services import clearance, cycles, filling, reviewing, submitting
from eirene_web.reports.services.filling import Edit
from web.audits import found
from web.reports.test_a_report_goes_its_way import fill
from web.world import IN_CYCLE, World


def test_every_field_of_every_model_is_answered_for() -> None:
    """A new field stands in `audited.py` of its app: compared with the journal, or set apart with a reason."""
    covered = {
        f"{model._meta.label}.{name}"
        for one in audited().values()
        for model, names in one.covers.items()
        for name in names
    }
    missing = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("eirene_web.") and model._meta.label not in apart()
        for field in model._meta.concrete_fields
        if f"{model._meta.label}.{field.name}" not in {*covered, *apart()}
    ]
    assert not missing, "say in audited.py how the journal answers for: " + ", ".join(missing)


def test_what_is_set_apart_exists() -> None:
    known = {m._meta.label for m in apps.get_models()} | {
        f"{m._meta.label}.{f.name}" for m in apps.get_models() for f in m._meta.concrete_fields
    }
    assert set(apart()) <= known


@pytest.mark.django_db
def test_a_world_laid_out_is_whole(harbour_world: World) -> None:
    assert found() == []


@pytest.mark.django_db
def test_a_report_on_its_whole_way_is_whole(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        fill(world)
        report = world.report("ALF").pk
        rapporteur, head, officer = (world.actor(f"ALF.{who}") for who in ("rapporteur", "head", "officer"))
        posts = {who: world.posts[f"ALF.{who}"].pk for who in ("head", "officer")}
        clearance.choose_chain(actor=rapporteur, report=report, steps=[[posts["head"]]])
        clearance.start_clearance(actor=rapporteur, report=report)
        clearance.choose_chain(
            actor=rapporteur, report=report, steps=[[posts["head"]], [posts["officer"]]], why="The deputy asked."
        )
        clearance.clear(actor=head, report=report, remarks="Seen.")
        clearance.send_back(actor=officer, report=report, why="The charter?")
        filling.save_answers(actor=rapporteur, report=report, edits=[Edit("charter", "value", "yes", base=1)])
        clearance.start_clearance(actor=rapporteur, report=report)
        clearance.withdraw(actor=rapporteur, report=report, why="Once more.")
        clearance.start_clearance(actor=rapporteur, report=report, steps=[[posts["head"]], [posts["officer"]]])
        paper = clearance.Paper("Staff", "12/3", dt.date(2023, 1, 31))
        clearance.record_paper(actor=rapporteur, report=report, post=posts["head"], paper=paper)
        clearance.clear(actor=officer, report=report)
        submitting.submit(actor=officer, report=report, version=world.report("ALF").version)
        coordinator, reviewer = world.actor("coordinator"), world.actor("reviewer")
        reviewing.assign_review(
            actor=coordinator, report=report, post=world.posts["reviewer"].pk, due=dt.date(2023, 3, 1)
        )
        reviewing.return_report(
            actor=reviewer, report=report, reason="Look.", questions={"charter": "Which?"}, due=dt.date(2023, 3, 9)
        )
        assert AnswerNote.objects.filter(open=True).count() == 1
        filling.save_answers(actor=rapporteur, report=report, edits=[Edit("charter", "value", "no", base=2)])
        submitting.submit(actor=officer, report=report, version=world.report("ALF").version)
        reviewing.accept_report(actor=reviewer, report=report)
        fill(world, "BRA")
        cycles.extend_deadline(
            actor=coordinator, report=world.report("CHA").pk, deadline=IN_CYCLE + dt.timedelta(days=90), why="Storm."
        )
        cycles.close_cycle(actor=coordinator, cycle=world.cycle.pk, why="The year is over.")
        cycles.reopen_report(
            actor=coordinator, report=world.report("BRA").pk, deadline=IN_CYCLE + dt.timedelta(days=91), why="Late."
        )
        cycles.reopen_cycle(
            actor=coordinator, cycle=world.cycle.pk, why="Again.", deadline=IN_CYCLE + dt.timedelta(days=99)
        )
    assert found() == []


@pytest.mark.django_db
def test_changes_of_the_organisation_are_whole(harbour_world: World) -> None:
    world, admin, slug = harbour_world, harbour_world.installer, harbour_world.alliance.slug
    day = dt.date(2023, 1, 1)
    with clock.at(IN_CYCLE):
        body = organisation.add_body(
            actor=admin, alliance=slug, parent="ALF", kind="ministry", name={"en": "Harbour Office"}, since=day
        )
        organisation.move_body(
            actor=admin, alliance=slug, code=body.code, name={"en": "Port Office"}, since=dt.date(2023, 2, 1)
        )
        organisation.set_time_zone(actor=admin, alliance=slug, code="ALF", time_zone="Europe/Oslo")
        post = organisation.add_post(
            actor=admin, alliance=slug, body=body.code, title={"en": "Clerk"}, roles={"contributor": ["1"]},
            mailbox="clerk@alf.example", above=world.posts["ALF.head"].pk, since=day,
        )  # fmt: skip
        organisation.change_post(
            actor=admin, post=post.pk, title={"en": "Chief clerk"}, roles={"reader": []}, contact=True, above=None,
            until=dt.date(2030, 1, 1),
        )  # fmt: skip
        holding = organisation.fill_post(
            actor=admin, post=post.pk, person=world.people["outsider"].pk, since=day, until=dt.date(2029, 1, 1)
        )
        organisation.leave_post(actor=admin, holding=holding.pk, until=dt.date(2028, 1, 1))
    assert found() == []


@pytest.mark.django_db
def test_emptied_contents_are_passed_over_only_where_a_purge_accounts_for_them(harbour_world: World) -> None:
    from eirene_web.journal.models import Change
    from eirene_web.journal.services import Field, purge, record

    with clock.at(IN_CYCLE):
        fill(harbour_world)
    change = Change.objects.get(thing__endswith="/charter/value")
    assert found() == []
    purge([change.pk])
    assert [d.kind for d in found()] == ["emptied"]
    record(
        None,
        "text.purge",
        chain="harbour/ALF",
        subject="purge:1",
        fields=[Field("purge:1", "changes", None, [change.hash])],
    )
    assert found() == []

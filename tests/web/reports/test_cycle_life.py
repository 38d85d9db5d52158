"""A cycle from its dates to its closing: opened for a test, for all, changed, one body extended, closed, reopened."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from cast import PACKS, spoil, toy, toy_report
from eirene.errors import UsageError
from eirene.framework import load
from eirene.questionnaires import parse_report
from eirene_web import clock
from eirene_web.journal.models import Change, Entry
from eirene_web.organisations import services as organisations
from eirene_web.organisations.models import Body
from eirene_web.policy import NotAllowed, SecondFactorNeeded
from eirene_web.reports.models import AnswerNote, ClearanceStep, Cycle, Report
from eirene_web.reports.services import cycles, filling, history
from eirene_web.reports.services.filling import Edit
from eirene_web.reports.working import Working, previous_submission
from web import world as worlds
from web.reports.lives import accept, fill, give_back, send, start
from web.world import DEADLINE, IN_CYCLE, OPENS, World

LATER = DEADLINE + dt.timedelta(days=20)
AFTER = DEADLINE + dt.timedelta(days=1)


@pytest.fixture
def planned(db: None) -> World:
    return worlds.build(toy(), "2022", ("ALF", "BRA", "CHA"), opened=False)


def test_a_test_nation_begins_first_and_the_others_wait(planned: World) -> None:
    with clock.at(IN_CYCLE):
        cycles.open_cycle(actor=planned.actor("coordinator"), cycle=planned.cycle.pk, bodies=["BRA"])
        assert planned.cycle.state == Cycle.State.TEST
        assert planned.report("BRA").state == Report.State.NOT_STARTED
        assert planned.report("ALF").state == Report.State.WAITING
        fill(planned, "BRA")
        cycles.open_cycle(actor=planned.actor("coordinator"), cycle=planned.cycle.pk)
    assert planned.cycle.state == Cycle.State.OPEN
    assert planned.report("ALF").state == Report.State.NOT_STARTED
    assert planned.report("BRA").state == Report.State.DRAFTING  # what the test nation entered stays


def test_only_the_coordinator_with_a_second_factor_opens_it(planned: World) -> None:
    with clock.at(IN_CYCLE):
        for who in ("reviewer", "observer", "clerk"):
            with pytest.raises(NotAllowed):
                cycles.open_cycle(actor=planned.actor(who), cycle=planned.cycle.pk)
        with pytest.raises(SecondFactorNeeded):
            cycles.open_cycle(actor=planned.actor("coordinator", strong=False), cycle=planned.cycle.pk)


def test_an_open_cycle_is_changed_with_a_reason_and_its_opening_stays(harbour_world: World) -> None:
    world, coordinator = harbour_world, harbour_world.actor("coordinator")
    with clock.at(IN_CYCLE):
        with pytest.raises(UsageError, match="say why"):
            cycles.change_cycle(actor=coordinator, cycle=world.cycle.pk, deadline=LATER)
        with pytest.raises(UsageError, match="opening stays"):
            cycles.change_cycle(actor=coordinator, cycle=world.cycle.pk, why="x", opens=OPENS + dt.timedelta(days=1))
        with pytest.raises(UsageError, match="in the past"):
            cycles.change_cycle(
                actor=coordinator, cycle=world.cycle.pk, why="x", deadline=IN_CYCLE - dt.timedelta(days=1)
            )
        cycles.change_cycle(actor=coordinator, cycle=world.cycle.pk, why="A holiday.", deadline=LATER)
    assert world.cycle.deadline == LATER
    told = Change.objects.filter(entry__verb="cycle.change", thing=f"cycle:{world.cycle.pk}")
    assert {c.field for c in told} == {"deadline", "reason"}


def test_more_time_for_one_is_later_and_has_a_reason(harbour_world: World) -> None:
    world, report = harbour_world, harbour_world.report("ALF")
    with clock.at(IN_CYCLE):
        with pytest.raises(UsageError, match="not later"):
            cycles.extend_deadline(actor=world.actor("coordinator"), report=report.pk, deadline=DEADLINE, why="x")
        with pytest.raises(UsageError, match="reason"):
            cycles.extend_deadline(actor=world.actor("coordinator"), report=report.pk, deadline=LATER, why=" ")
        cycles.extend_deadline(actor=world.actor("coordinator"), report=report.pk, deadline=LATER, why="A flood.")
    assert (world.report("ALF").deadline, world.report("BRA").deadline) == (LATER, None)
    assert Entry.objects.filter(chain="harbour/ALF", verb="report.extend").count() == 1


def test_nobody_has_less_time_for_having_been_given_more(harbour_world: World) -> None:
    world, coordinator = harbour_world, harbour_world.actor("coordinator")
    moved = LATER + dt.timedelta(days=9)
    with clock.at(IN_CYCLE):
        cycles.extend_deadline(actor=coordinator, report=world.report("ALF").pk, deadline=LATER, why="A flood.")
        cycles.change_cycle(actor=coordinator, cycle=world.cycle.pk, why="For all.", deadline=moved)
    assert world.report("ALF").due == world.report("BRA").due == moved
    told = world.people["ALF.rapporteur"].notices.filter(kind="deadline_changed")
    assert told.count() == 1


def test_what_was_returned_is_returned_again_when_the_cycle_reopens(harbour_world: World) -> None:
    world, coordinator = harbour_world, harbour_world.actor("coordinator")
    with clock.at(IN_CYCLE):
        fill(world, "ALF"), send(world, "ALF"), give_back(world, "ALF")
        fill(world, "BRA"), start(world, "BRA")
    with clock.at(AFTER):
        cycles.close_cycle(actor=coordinator, cycle=world.cycle.pk, why="The Summary is due.")
        assert {world.report(n).state for n in world.nations} == {Report.State.NOT_SUBMITTED}
        assert not ClearanceStep.objects.filter(state__in=["pending", "waiting"]).exists()
        with pytest.raises(UsageError, match="in the past"):
            cycles.reopen_cycle(actor=coordinator, cycle=world.cycle.pk, why="Three are missing.")
        cycles.reopen_cycle(actor=coordinator, cycle=world.cycle.pk, why="Three are missing.", deadline=LATER)
        assert world.report("ALF").state == Report.State.RETURNED
        assert world.report("BRA").state == Report.State.DRAFTING
        assert world.report("CHA").state == Report.State.NOT_STARTED
        assert AnswerNote.objects.get(report=world.report("ALF"), open=True).question == "charter"
        with pytest.raises(NotAllowed):
            filling.save_answers(
                actor=world.actor("ALF.rapporteur"), report=world.report("ALF").pk,
                edits=[Edit("crew", "cells.women", 1, base=1)],
            )  # fmt: skip


def test_one_report_is_opened_again_after_the_end(harbour_world: World) -> None:
    world, coordinator = harbour_world, harbour_world.actor("coordinator")
    with clock.at(AFTER):
        cycles.close_cycle(actor=coordinator, cycle=world.cycle.pk, why="Over.")
        cycles.reopen_report(actor=coordinator, report=world.report("BRA").pk, deadline=LATER, why="The mail was down.")
        assert world.report("BRA").state == Report.State.NOT_STARTED
        assert world.report("ALF").state == Report.State.NOT_SUBMITTED
        fill(world, "BRA"), send(world, "BRA")
    assert world.report("BRA").state == Report.State.SUBMITTED


def joining(tmp_path: Path) -> World:
    """The Compact into which Charlhaven comes in the middle of the cycle, out of Bravmouth."""
    folder = shutil.copytree(PACKS / "toy", tmp_path / "toy")
    spoil(folder / "memberships.csv", "CHA,ports,2000-01-01,", "CHA,ports,2023-02-01,")
    world = worlds.build(load(folder), "2022", ("ALF", "BRA"))
    for who, role in worlds.NATION.items():
        world.add_post(f"CHA.{who}", "CHA", role)
    return world


def let_in(world: World, tmp_path: Path) -> None:
    """A new version of the pack says that Charlhaven belongs since the reference date."""
    spoil(tmp_path / "toy" / "memberships.csv", "CHA,ports,2023-02-01,", "CHA,ports,2022-12-31,")
    organisations.found_alliance(pack=load(tmp_path / "toy"))


@pytest.mark.django_db
def test_a_nation_that_joins_in_mid_cycle_reports_with_the_others(tmp_path: Path) -> None:
    world, pack = joining(tmp_path), lambda: world.cycle.pack_id
    with clock.at(IN_CYCLE):
        coordinator, cycle, before = world.actor("coordinator"), world.cycle.pk, pack()
        fill(world, "ALF"), send(world, "ALF")
        with pytest.raises(UsageError, match="By its membership"):
            cycles.add_body(actor=coordinator, cycle=cycle, body="CHA", why="Joined today.")
        let_in(world, tmp_path)
        with pytest.raises(UsageError, match="reason"):
            cycles.add_body(actor=coordinator, cycle=cycle, body="CHA", why="")
        cycles.add_body(actor=coordinator, cycle=cycle, body="CHA", why="Joined today.")
        with pytest.raises(UsageError, match="already"):
            cycles.add_body(actor=coordinator, cycle=cycle, body="CHA", why="Again.")
        with pytest.raises(UsageError, match="By its membership"):
            cycles.add_body(actor=coordinator, cycle=cycle, body="XXX", why="Who?")
        assert world.report("CHA").state == Report.State.NOT_STARTED
        fill(world, "CHA"), send(world, "CHA"), accept(world, "CHA"), accept(world, "ALF")
    assert world.report("CHA").state == Report.State.ACCEPTED
    assert pack() != before
    told = Entry.objects.filter(verb="cycle.change")
    assert set(told.values_list("chain", flat=True)) == {"harbour/", "harbour/CHA"}
    assert told[0].changes.get(field="pack").after == f'"{pack()}"'


@pytest.mark.django_db
def test_a_successor_finds_its_predecessors_last_report_beside_its_own(tmp_path: Path) -> None:
    world = joining(tmp_path)
    let_in(world, tmp_path)
    old = parse_report(toy_report("BRA", 7, 20, cycle="2021"), world.pack)
    with clock.at(IN_CYCLE):
        history.take_in_cycle(actor=world.actor("coordinator"), alliance="harbour", code="2021", reports=[old])
        Body.objects.filter(code="CHA").update(succeeds=Body.objects.get(code="BRA"))
        cycles.add_body(actor=world.actor("coordinator"), cycle=world.cycle.pk, body="CHA", why="Came out of BRA.")
        found = previous_submission(world.report("CHA"))
        assert found is not None
        assert found.report.body.code == "BRA"
        fill(world, "CHA", women=70, men=20)
        working = Working(world.report("CHA"))
        assert working.previous is not None
        assert working.previous.body == "CHA"
        assert [f.code for f in working.findings if f.code == "T-01"] == ["T-01"]  # compared with BRA's last report


def test_a_reminder_goes_to_the_contact_point_alone_and_only_to_those_who_owe(harbour_world: World) -> None:
    world, coordinator = harbour_world, harbour_world.actor("coordinator")
    with clock.at(IN_CYCLE):
        fill(world, "BRA"), send(world, "BRA")
        with pytest.raises(UsageError, match="BRA owes nothing"):
            cycles.remind(actor=coordinator, cycle=world.cycle.pk, bodies=["ALF", "BRA"])
        with pytest.raises(UsageError, match="Nobody is chosen"):
            cycles.remind(actor=coordinator, cycle=world.cycle.pk, bodies=[])
        told = cycles.remind(actor=coordinator, cycle=world.cycle.pk, bodies=["ALF", "CHA"])
    assert {r.body.code for r in told} == {"ALF", "CHA"}
    for report, posts in cycles.contacts_of(told):
        assert [p.pk for p in posts] == [world.posts[f"{report.body.code}.rapporteur"].pk]
    entry = Entry.objects.get(verb="cycle.remind")
    assert str(world.posts["ALF.rapporteur"].pk) in (entry.changes.get(field="reminded").after or "")
    assert str(world.posts["ALF.officer"].pk) not in (entry.changes.get(field="reminded").after or "")

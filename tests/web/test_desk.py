"""The first page after signing in: what do I owe, by when, what came back, what changed; seven things at most."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from eirene_web import clock
from eirene_web.organisations.models import Holding
from eirene_web.reports.models import Assignment, Thread
from eirene_web.reports.services import clearance, cycles, discussing, reviewing
from eirene_web.work.models import Job
from web.reports.lives import accept, fill, give_back, send, start
from web.visiting import at, client_of
from web.world import DEADLINE, IN_CYCLE, World

pytestmark = [pytest.mark.django_db, pytest.mark.soak_on_postgresql]


def desk(world: World, who: str, when: dt.datetime = IN_CYCLE) -> str:
    with clock.at(when):
        answer = client_of(world, who).get(at(world))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_rapporteur_reads_what_is_owed_and_by_when(harbour_world: World) -> None:
    assert "Begin the national report 2022" in desk(harbour_world, "ALF.rapporteur")
    with clock.at(IN_CYCLE):
        fill(harbour_world)
    text = desk(harbour_world, "ALF.rapporteur", DEADLINE - dt.timedelta(days=16))
    assert "Fill in the national report 2022" in text
    assert "in 16 days" in text
    late = desk(harbour_world, "ALF.rapporteur", DEADLINE + dt.timedelta(days=3))
    assert "1 thing cannot wait" in late
    assert "3 days ago" in late


def test_what_came_back_and_what_the_office_asks(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        fill(world), send(world)
        discussing.open_thread(
            actor=world.actor("reviewer"), report=world.report("ALF").pk, kind="clarification", question="crew",
            text="A secret word: Marzipan.", due=(IN_CYCLE + dt.timedelta(days=1)).date(),
        )  # fmt: skip
        give_back(world)
    text = desk(world, "ALF.rapporteur")
    assert "1 answer came back" in text
    assert "The office asks about 1 answer" in text
    assert "Marzipan" not in text
    assert "came back" not in desk(world, "BRA.rapporteur")


def test_the_clearing_officer_then_the_authorised_one(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        fill(world), start(world)
    assert "Read and clear the national report 2022" in desk(world, "ALF.head")
    assert "Nothing waits for you" in desk(world, "ALF.officer")
    assert "is on its way" in desk(world, "ALF.rapporteur")
    with clock.at(IN_CYCLE):
        clearance.clear(actor=world.actor("ALF.head"), report=world.report("ALF").pk)
        clearance.clear(actor=world.actor("ALF.officer"), report=world.report("ALF").pk)
    assert "Submit the national report 2022" in desk(world, "ALF.officer")
    assert "Nothing waits for you" in desk(world, "ALF.head")


def test_a_contributor_reads_the_own_sections_and_the_rapporteur_which_are_late(harbour_world: World) -> None:
    world = harbour_world
    section = world.pack.questionnaires["one"].sections[0].id
    Assignment.objects.create(
        report=world.report("ALF"), section=section, post=world.posts["ALF.drafter"],
        due=(IN_CYCLE - dt.timedelta(days=2)).date(),
    )  # fmt: skip
    assert f"Section {section}" in desk(world, "ALF.drafter")
    assert "2 days ago" in desk(world, "ALF.drafter")
    assert "1 section given to others is late" in desk(world, "ALF.rapporteur")
    assert "Section" not in desk(world, "BRA.drafter")


def test_the_office_has_its_next_actions_and_the_reviewer_a_queue(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        fill(world, "ALF"), send(world, "ALF")
    assert "Assign 1 report to a desk" in desk(world, "coordinator")
    assert "Assign" not in desk(world, "reviewer")
    with clock.at(IN_CYCLE):
        reviewing.assign_review(
            actor=world.actor("coordinator"), report=world.report("ALF").pk, post=world.posts["reviewer"].pk,
            due=(IN_CYCLE + dt.timedelta(days=1)).date(),
        )  # fmt: skip
        Thread.objects.create(report=world.report("BRA"), kind="question", question="crew", opened=IN_CYCLE)
    assert "Review the report of Alfport" in desk(world, "reviewer")
    assert "Review the report" not in desk(world, "second")
    assert "Answer a question of Bravmouth" in desk(world, "second")
    assert "Close the cycle 2022, or give more time" in desk(world, "coordinator", DEADLINE + dt.timedelta(days=1))


def test_the_observer_and_the_reader_owe_nothing(harbour_world: World) -> None:
    with clock.at(IN_CYCLE):
        fill(harbour_world), send(harbour_world), accept(harbour_world)
    for who in ("observer", "ALF.reader"):
        assert "Nothing waits for you" in desk(harbour_world, who)


def test_administrators_read_of_vacancies_invitations_and_failed_work(harbour_world: World) -> None:
    world = harbour_world
    Holding.objects.filter(post=world.posts["ALF.head"]).update(until=dt.date(2023, 1, 1))
    Job.objects.create(kind="import", alliance="harbour", nation="ALF", state="failed", created=IN_CYCLE,
                       finished=IN_CYCLE)  # fmt: skip
    for who, posts in (("clerk", "1 post is vacant"), ("ALF.admin", "1 post is vacant")):
        text = desk(world, who)
        assert posts in text
        assert "never signed in" in text
        assert "1 piece of work failed" in text
    assert "vacant" not in desk(world, "BRA.admin")
    assert "failed" not in desk(world, "BRA.admin")


def test_never_more_than_seven_things(harbour_world: World) -> None:
    world = harbour_world
    for n in range(9):
        Assignment.objects.create(report=world.report("ALF"), section=f"s{n}", post=world.posts["ALF.drafter"])
    text = desk(world, "ALF.drafter")
    assert text.count('<li><span class="st') == 7
    assert "and 2 more" in text


def test_an_account_that_was_suspended_leaves_its_task_with_the_post(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        fill(world), start(world)
        world.people["ALF.head"].is_active = False
        world.people["ALF.head"].save()
        world.add_post("ALF.deputy", "ALF", "reader")
        Holding.objects.create(
            post=world.posts["ALF.head"], person=world.people["ALF.deputy"], via="acting", since=IN_CYCLE.date()
        )
    assert "Read and clear" in desk(world, "ALF.deputy")


def test_what_closed_long_ago_is_not_on_the_desk(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(DEADLINE):
        cycles.close_cycle(actor=world.actor("coordinator"), cycle=world.cycle.pk, why="Over.")
    assert "was not submitted in time" in desk(world, "ALF.rapporteur", DEADLINE + dt.timedelta(days=1))
    assert "Nothing waits for you" in desk(world, "ALF.rapporteur", DEADLINE + dt.timedelta(days=200))


def test_what_is_new_stands_there_in_words_and_is_read_by_going_there(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        fill(world), start(world)
        clearance.send_back(actor=world.actor("ALF.head"), report=world.report("ALF").pk, why="Look again.")
    text = desk(world, "ALF.rapporteur")
    assert "The report of Alfport was sent back to its drafters" in text
    assert "sent_back" not in text
    assert f'href="{at(world, "notices/")}"' in text
    with clock.at(IN_CYCLE):
        go = re.search(r'action="([^"]+/notices/\d+/)"', text)
        assert go is not None
        assert client_of(world, "ALF.rapporteur").post(go[1]).status_code == 302
    assert "The report of Alfport was sent back to its drafters" not in desk(world, "ALF.rapporteur")


def test_what_is_new_is_told_in_words_and_opened_from_the_desk(harbour_world: World) -> None:
    text = desk(harbour_world, "ALF.rapporteur")
    told = text.split('id="new"')[1]
    assert "for 2022 is asked for" in told
    assert "cycle_opened" not in text
    assert "/work/notices/" in told

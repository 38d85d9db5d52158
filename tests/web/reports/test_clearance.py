"""Through the capital: in steps and side by side, acting and delegated, on paper, changed on the way, taken back."""

from __future__ import annotations

import datetime as dt

import pytest

from eirene.errors import Blocked, UsageError
from eirene_web import clock
from eirene_web.files import services as files
from eirene_web.journal.models import Change
from eirene_web.organisations import services as organisations
from eirene_web.organisations.models import Holding
from eirene_web.policy import NotAllowed, NotThere
from eirene_web.reports.models import ClearanceStep, Report
from eirene_web.reports.services import clearance, filling
from eirene_web.reports.services.filling import Edit
from eirene_web.reports.way import steps_of
from web.reports.lives import chain, fill, give_back, send, start
from web.visiting import at, client_of
from web.world import IN_CYCLE, World

pytestmark = [pytest.mark.django_db, pytest.mark.soak_on_postgresql]


def steps(world: World, nation: str = "ALF") -> list[tuple[int, str, str]]:
    names = {post.pk: who for who, post in world.posts.items()}
    return [(s.position, names[s.post.pk], s.state) for s in steps_of(world.report(nation), "en")]


def test_two_posts_side_by_side_and_then_one(harbour_world: World) -> None:
    world = harbour_world
    world.add_post("ALF.legal", "ALF", "clearing_officer")
    side = [[world.posts["ALF.head"].pk, world.posts["ALF.legal"].pk], [world.posts["ALF.officer"].pk]]
    with clock.at(IN_CYCLE):
        fill(world), start(world, steps=side)
        clearance.clear(actor=world.actor("ALF.legal"), report=world.report("ALF").pk, remarks="Footnote 3.")
        assert steps(world) == [
            (1, "ALF.head", "pending"), (1, "ALF.legal", "remarks"), (2, "ALF.officer", "waiting")
        ]  # fmt: skip
        with pytest.raises(NotAllowed):
            clearance.clear(actor=world.actor("ALF.legal"), report=world.report("ALF").pk)
        clearance.clear(actor=world.actor("ALF.head"), report=world.report("ALF").pk)
        assert steps(world)[2] == (2, "ALF.officer", "pending")
        clearance.clear(actor=world.actor("ALF.officer"), report=world.report("ALF").pk)
    assert world.report("ALF").state == Report.State.CLEARED


def test_answers_are_locked_while_it_is_on_its_way(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        fill(world), start(world)
        with pytest.raises(NotAllowed, match="in clearance"):
            filling.save_answers(
                actor=world.actor("ALF.rapporteur"), report=world.report("ALF").pk,
                edits=[Edit("charter", "value", "yes", 1)],
            )  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "said"),
    [([], "No chain"), ([[]], "No chain"), ([["ALF.rapporteur"]], "may not clear"), ([["BRA.head"]], "may not clear"),
     ([["ALF.head", "ALF.head"]], "twice"), ([["ALF.head"], ["ALF.head"]], "twice"), ([["ALF.head"]] * 7, "six steps")],
)  # fmt: skip
def test_a_chain_is_one_to_six_steps_of_own_posts_that_clear(
    harbour_world: World, wanted: list[list[str]], said: str
) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        fill(world)
        with pytest.raises(UsageError, match=said):
            clearance.start_clearance(
                actor=world.actor("ALF.rapporteur"), report=world.report("ALF").pk,
                steps=[[world.posts[who].pk for who in step] for step in wanted],
            )  # fmt: skip


def test_a_blocker_stops_it_and_nothing_else_does(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        filling.save_answers(
            actor=world.actor("ALF.rapporteur"), report=world.report("ALF").pk,
            edits=[Edit("crew", "cells.women", -1)],
        )  # fmt: skip
        with pytest.raises(Blocked) as blocked:
            start(world)
        assert blocked.value.problems[0].where == "crew"


def test_sent_back_with_reasons_and_sent_again_is_a_new_round(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        fill(world), start(world)
        report = world.report("ALF").pk
        with pytest.raises(UsageError, match="why"):
            clearance.send_back(actor=world.actor("ALF.head"), report=report, why=" ")
        clearance.send_back(actor=world.actor("ALF.head"), report=report, why="The total is last year's.")
        assert world.report("ALF").state == Report.State.DRAFTING
        fill(world, women=13), start(world)
    assert world.report("ALF").round == 2
    assert ClearanceStep.objects.get(round=1, state="sent_back").remarks == "The total is last year's."
    assert Change.objects.filter(field="state", after='"sent_back"').exists()


def test_why_it_was_sent_back_is_read_at_once_where_it_is_put_right_and_by_the_nation_alone(
    harbour_world: World,
) -> None:
    world = harbour_world
    pages = ("2022/ALF/", "2022/ALF/clearance/", f"2022/ALF/section/{world.pack.questionnaires['one'].sections[0].id}/")
    why = "Another word for Marzipan."

    def reads(who: str) -> list[bool]:
        return [why in client_of(world, who).get(at(world, page)).content.decode() for page in pages]

    with clock.at(IN_CYCLE):
        fill(world), start(world)
        clearance.send_back(actor=world.actor("ALF.head"), report=world.report("ALF").pk, why=why)
        assert reads("ALF.rapporteur") == [True, True, True]
        assert reads("coordinator") == [False, False, False]
        start(world)
        assert reads("ALF.rapporteur") == [False, True, False]


def test_a_returned_report_that_is_sent_back_stays_returned(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        fill(world), send(world), give_back(world), start(world)
        clearance.send_back(actor=world.actor("ALF.head"), report=world.report("ALF").pk, why="Not this.")
    assert world.report("ALF").state == Report.State.RETURNED


def test_the_chain_changes_on_the_way_with_a_reason_and_what_was_decided_stays(harbour_world: World) -> None:
    world = harbour_world
    world.add_post("ALF.legal", "ALF", "clearing_officer")
    posts = {who: world.posts[f"ALF.{who}"].pk for who in ("head", "legal", "officer")}
    with clock.at(IN_CYCLE):
        fill(world), start(world)
        rapporteur, report = world.actor("ALF.rapporteur"), world.report("ALF").pk
        clearance.clear(actor=world.actor("ALF.head"), report=report)
        new = [[posts["head"]], [posts["legal"]], [posts["officer"]]]
        with pytest.raises(UsageError, match="say why"):
            clearance.choose_chain(actor=rapporteur, report=report, steps=new)
        clearance.choose_chain(actor=rapporteur, report=report, steps=new, why="Legal asked for it.")
        assert [(who, state) for _n, who, state in steps(world)] == [
            ("ALF.head", "cleared"), ("ALF.legal", "pending"), ("ALF.officer", "waiting")
        ]  # fmt: skip
        # Only posts that have cleared already are left: the report is cleared, and the journal says so.
        clearance.choose_chain(actor=rapporteur, report=report, steps=[[posts["head"]]], why="Enough.")
    assert world.report("ALF").state == Report.State.CLEARED
    assert Change.objects.filter(thing=f"report:{report}", field="state", after='"cleared"').count() == 1


@pytest.mark.parametrize("via", [Holding.Via.ACTING, Holding.Via.DELEGATE])
def test_a_vacant_post_is_cleared_by_somebody_acting_and_that_is_seen(harbour_world: World, via: str) -> None:
    world = harbour_world
    holding = Holding.objects.get(post=world.posts["ALF.head"])
    with clock.at(IN_CYCLE):
        fill(world), start(world)
        organisations.leave_post(
            actor=world.installer, holding=holding.pk, until=IN_CYCLE.date() - dt.timedelta(days=1)
        )
        assert steps_of(world.report("ALF"), "en")[0].vacant
        with pytest.raises(NotAllowed):
            clearance.clear(actor=world.actor("ALF.drafter"), report=world.report("ALF").pk)
        organisations.fill_post(
            actor=world.installer, post=world.posts["ALF.head"].pk, person=world.people["ALF.drafter"].pk, via=via,
            since=IN_CYCLE.date(),
        )  # fmt: skip
        clearance.clear(actor=world.actor("ALF.drafter"), report=world.report("ALF").pk)
    assert ClearanceStep.objects.get(post=world.posts["ALF.head"]).via == via


def test_one_person_in_two_posts_says_for_which_and_is_seen_twice(harbour_world: World) -> None:
    world = harbour_world
    world.add_post("ALF.legal", "ALF", "clearing_officer")
    organisations.fill_post(
        actor=world.installer, post=world.posts["ALF.legal"].pk, person=world.people["ALF.head"].pk,
        via=Holding.Via.ACTING, since=dt.date(2022, 1, 1),
    )  # fmt: skip
    side = [[world.posts["ALF.head"].pk, world.posts["ALF.legal"].pk]]
    with clock.at(IN_CYCLE):
        fill(world), start(world, steps=side)
        report, head = world.report("ALF").pk, world.actor("ALF.head")
        with pytest.raises(UsageError, match="several posts"):
            clearance.clear(actor=head, report=report)
        clearance.clear(actor=head, report=report, post=world.posts["ALF.head"].pk)
        clearance.clear(actor=head, report=report)  # one is left
        shown = steps_of(world.report("ALF"), "en")
    assert [s.also for s in shown] == [("ALF.legal",), ("ALF.head",)]
    assert [s.step.via for s in shown if s.step] == ["holder", "acting"]


def test_a_clearance_on_paper_is_recorded_with_its_scan(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        fill(world), start(world)
        report, head = world.report("ALF").pk, world.posts["ALF.head"].pk
        scan = files.keep(b"%PDF-1.7 scan")
        paper = clearance.Paper("Chief of Staff", "CS/12", IN_CYCLE.date(), scan, "cs12.pdf", "application/pdf")
        with pytest.raises(UsageError, match="future"):
            clearance.record_paper(
                actor=world.actor("ALF.rapporteur"), report=report, post=head,
                paper=clearance.Paper("CS", "12", IN_CYCLE.date() + dt.timedelta(days=1)),
            )  # fmt: skip
        with pytest.raises(NotAllowed):
            clearance.record_paper(actor=world.actor("ALF.drafter"), report=report, post=head, paper=paper)
        clearance.record_paper(actor=world.actor("ALF.rapporteur"), report=report, post=head, paper=paper)
    step = ClearanceStep.objects.get(post=head)
    assert (step.state, step.via, step.paper_reference, step.scan_name) == ("cleared", "paper", "CS/12", "cs12.pdf")
    assert step.person == world.people["ALF.rapporteur"]


def test_taken_back_with_a_reason_answers_are_open_again(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        fill(world), start(world)
        clearance.withdraw(actor=world.actor("ALF.rapporteur"), report=world.report("ALF").pk, why="A mistake in 1.")
        assert world.report("ALF").state == Report.State.DRAFTING
        fill(world, women=14)
        with pytest.raises(NotThere):
            clearance.withdraw(actor=world.actor("BRA.rapporteur"), report=world.report("ALF").pk, why="x")


def test_the_chain_that_a_nation_uses_is_used_again(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        fill(world)
        report, rapporteur = world.report("ALF").pk, world.actor("ALF.rapporteur")
        clearance.choose_chain(actor=rapporteur, report=report, steps=chain(world))
        clearance.start_clearance(actor=rapporteur, report=report)
    assert [who for _n, who, _s in steps(world)] == ["ALF.head", "ALF.officer"]

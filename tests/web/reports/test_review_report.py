"""Review: to a desk, questions and flags, accepted by section with four eyes, returned with what is open again."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError

from cast import toy
from eirene.errors import Blocked, UsageError
from eirene.questionnaires.model import Finding, Place
from eirene_web import clock
from eirene_web.journal.models import Change, Entry
from eirene_web.policy import NotAllowed, NotThere
from eirene_web.reports import queries
from eirene_web.reports.models import AnswerNote, Report, Return, SectionReview, Thread
from eirene_web.reports.services import cycles, discussing, reviewing
from web import world as worlds
from web.reports.lives import accept, fill, give_back, send
from web.together import together
from web.world import IN_CYCLE, World

TOMORROW = (IN_CYCLE + dt.timedelta(days=1)).date()
YESTERDAY = (IN_CYCLE - dt.timedelta(days=1)).date()


@pytest.fixture
def sent(harbour_world: World) -> World:
    with clock.at(IN_CYCLE):
        for nation in harbour_world.nations:
            fill(harbour_world, nation)
            send(harbour_world, nation)
    return harbour_world


def sections(world: World) -> list[str]:
    return [s.id for s in queries.Working(world.report("ALF")).sheet.sections]


def test_a_report_is_given_to_a_desk_of_the_office_with_a_day_to_come(sent: World) -> None:
    report, coordinator = sent.report("ALF").pk, sent.actor("coordinator")
    with clock.at(IN_CYCLE):
        with pytest.raises(UsageError, match="does not review"):
            reviewing.assign_review(actor=coordinator, report=report, post=sent.posts["observer"].pk)
        with pytest.raises(UsageError, match="in the past"):
            reviewing.assign_review(actor=coordinator, report=report, post=sent.posts["reviewer"].pk, due=YESTERDAY)
        with pytest.raises(NotAllowed):
            reviewing.assign_review(actor=sent.actor("reviewer"), report=report, post=sent.posts["reviewer"].pk)
        reviewing.assign_review(actor=coordinator, report=report, post=sent.posts["reviewer"].pk, due=TOMORROW)
    row = sent.report("ALF")
    assert (row.state, row.reviewer, row.review_due) == ("in_review", sent.posts["reviewer"], TOMORROW)


def test_a_flag_stands_in_the_way_until_it_is_taken_away(sent: World) -> None:
    report, reviewer = sent.report("ALF").pk, sent.actor("reviewer")
    with clock.at(IN_CYCLE):
        thread = discussing.open_thread(
            actor=reviewer, report=report, kind="clarification", question="charter", text="Which charter?",
            due=TOMORROW, flag=True,
        )  # fmt: skip
        with pytest.raises(Blocked) as blocked:
            reviewing.accept_report(actor=reviewer, report=report)
        assert [p.where for p in blocked.value.problems] == ["charter"]
        assert sent.report("ALF").state == Report.State.SUBMITTED
        discussing.set_flag(actor=reviewer, thread=thread.pk, flag=False)
        discussing.set_flag(actor=reviewer, thread=thread.pk, flag=True)
        discussing.close_thread(actor=reviewer, thread=thread.pk)
        assert accept(sent).state == Report.State.ACCEPTED
    row = Thread.objects.get(pk=thread.pk)
    assert row.state == "closed"


def test_a_blocker_in_what_was_sent_stands_in_the_way(sent: World, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Finding("X-1", "blocker", Place("crew"), {"en": "Impossible."}, {"en": "Correct it."})
    monkeypatch.setattr(reviewing, "check", lambda *args, **named: [wrong])
    with clock.at(IN_CYCLE), pytest.raises(Blocked, match="Impossible"):
        reviewing.accept_report(actor=sent.actor("reviewer"), report=sent.report("ALF").pk)


def test_four_eyes_are_two_pairs(sent: World) -> None:
    with clock.at(IN_CYCLE):
        cycles.change_cycle(actor=sent.actor("coordinator"), cycle=sent.cycle.pk, why="Safer.", four_eyes=True)
        assert accept(sent).state == Report.State.IN_REVIEW
        with pytest.raises(NotAllowed, match="four eyes"):
            accept(sent)
        assert accept(sent, who="second").state == Report.State.ACCEPTED
    for one in SectionReview.objects.all():
        assert {one.person, one.second} == {sent.people["reviewer"], sent.people["second"]}
    with pytest.raises(IntegrityError):
        SectionReview.objects.filter(pk=SectionReview.objects.first().pk).update(second=sent.people["reviewer"])  # type: ignore[union-attr]


def test_what_was_returned_says_which_and_why_and_the_journal_too(sent: World) -> None:
    report, reviewer = sent.report("ALF").pk, sent.actor("reviewer")
    with clock.at(IN_CYCLE):
        for wrong, said in (
            ({"questions": {}}, "No answer"), ({"questions": {"nothing": ""}}, "No answer"),
            ({"reason": " "}, "Say why"), ({"due": YESTERDAY}, "in the past"),
        ):  # fmt: skip
            given = {"reason": "Look.", "questions": {"charter": "Which?"}, **wrong}
            with pytest.raises(UsageError, match=said):
                reviewing.return_report(actor=reviewer, report=report, **given)
        reviewing.return_report(
            actor=reviewer, report=report, reason="Look.", questions={"charter": "Which?"}, due=TOMORROW
        )
    assert sent.report("ALF").state == Report.State.RETURNED
    assert Return.objects.get().due == TOMORROW
    assert AnswerNote.objects.get(open=True).open_because == "Which?"
    told = Change.objects.filter(entry__verb="review.return", thing=f"note:{report}/charter")
    assert {(c.field, c.after) for c in told} == {("open", "true"), ("open_because", '"Which?"')}


def test_a_stale_page_does_not_accept_what_its_reader_has_not_read(sent: World) -> None:
    with clock.at(IN_CYCLE):
        give_back(sent)
        send(sent)
        with pytest.raises(UsageError, match="newer submission"):
            reviewing.accept_report(actor=sent.actor("reviewer"), report=sent.report("ALF").pk, number=1)
        reviewing.accept_report(actor=sent.actor("reviewer"), report=sent.report("ALF").pk, number=2)
    assert sent.report("ALF").state == Report.State.ACCEPTED


@pytest.mark.parametrize("who", ["observer", "clerk", "ALF.rapporteur", "BRA.rapporteur", "outsider"])
def test_nobody_else_reads_a_submission_as_the_office_does(sent: World, who: str) -> None:
    with pytest.raises(NotThere):
        queries.review_of(sent.actor(who), sent.alliance, "2022", "ALF", "en")


def test_the_office_reads_it_beside_the_others(sent: World) -> None:
    review = queries.review_of(sent.actor("reviewer"), sent.alliance, "2022", "ALF", "en")
    assert [p.body for p in review.peers] == ["BRA", "CHA"]
    assert review.previous is None
    assert {line.section.id for line in review.sections} == set(sections(sent))
    assert review.left(sent.people["reviewer"].pk) == list(review.sheet.sections)


@pytest.mark.usefixtures("committing")
def test_two_reviewers_who_accept_at_once_accept_it_once() -> None:
    world = worlds.build(toy(), "2022", ("ALF",))
    with clock.at(IN_CYCLE):
        fill(world), send(world)
        report = world.report("ALF").pk
        first, second = world.actor("reviewer"), world.actor("second")
        results = together(
            lambda: reviewing.accept_report(actor=first, report=report),
            lambda: reviewing.accept_report(actor=second, report=report),
        )
    assert Report.objects.get(pk=report).state == Report.State.ACCEPTED
    assert [isinstance(r, Report) for r in results].count(True) == 1
    assert [isinstance(r, NotAllowed) for r in results].count(True) == 1
    assert Entry.objects.filter(verb="review.accept").count() == 1


@pytest.mark.usefixtures("committing")
def test_accepted_by_one_and_returned_by_another_at_once_is_one_of_both() -> None:
    world = worlds.build(toy(), "2022", ("ALF",))
    with clock.at(IN_CYCLE):
        fill(world), send(world)
        report = world.report("ALF").pk
        first, second = world.actor("reviewer"), world.actor("second")
        results = together(
            lambda: reviewing.accept_report(actor=first, report=report),
            lambda: reviewing.return_report(
                actor=second, report=report, reason="Look.", questions={"charter": "Which?"}
            ),
        )
    state = Report.objects.get(pk=report).state
    assert state in (Report.State.ACCEPTED, Report.State.RETURNED)
    assert [isinstance(r, NotAllowed) for r in results].count(True) == 1, results
    assert Return.objects.exists() is (state == Report.State.RETURNED)

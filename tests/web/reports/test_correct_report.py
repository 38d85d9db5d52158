"""Corrections after acceptance: asked with a reason, decided by the office, old and new kept."""

from __future__ import annotations

import datetime as dt

import pytest

from cast import toy_report
from eirene.errors import Blocked, Unreadable, UsageError
from eirene.questionnaires import load_report, parse_report
from eirene_web import clock
from eirene_web.policy import NotAllowed, NotThere
from eirene_web.reports import queries
from eirene_web.reports.models import Cell, Correction, Report, Submission
from eirene_web.reports.services import corrections, history
from web.audits import found
from web.reports.lives import accept, fill, send
from web.security.signing_in import client_of
from web.world import IN_CYCLE, World

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.soak_on_postgresql]


@pytest.fixture
def accepted(harbour_world: World) -> World:
    with clock.at(IN_CYCLE):
        for nation in ("ALF", "BRA"):
            fill(harbour_world, nation)
            send(harbour_world, nation)
            accept(harbour_world, nation)
    return harbour_world


def ask(world: World, who: str = "ALF.rapporteur", **given: object) -> Correction:
    wanted = {"question": "crew", "changes": {"cells.women": 14, "cells._T": 44}, "reason": "Two were on leave."}
    with clock.at(IN_CYCLE + dt.timedelta(days=40)):
        return corrections.request_correction(
            actor=world.actor(who), report=world.report("ALF").pk, **{**wanted, **given}
        )


def decide(world: World, one: Correction, *, accept: bool = True, who: str = "coordinator", words: str = "") -> None:
    with clock.at(IN_CYCLE + dt.timedelta(days=41)):
        corrections.decide_correction(actor=world.actor(who), correction=one.pk, accept=accept, decision=words)


def test_accepted_it_is_a_submission_beside_the_old_one_and_the_report_stays_accepted(accepted: World) -> None:
    one = ask(accepted)
    assert accepted.report("ALF").submissions.count() == 1  # nothing is changed before the office decides
    decide(accepted, one)
    first, second = accepted.report("ALF").submissions.all()
    assert accepted.report("ALF").state == Report.State.ACCEPTED
    assert second.origin == Submission.Origin.CORRECTION
    assert second.accepted is not None
    old, new = (load_report(bytes(s.document), accepted.pack).answers["crew"] for s in (first, second))
    assert (old.cells["women",].value, new.cells["women",].value) == (12, 14)
    assert old.cells["men",] == new.cells["men",]
    assert Cell.objects.get(report=accepted.report("ALF"), question="crew", part="cells.women").value == 14
    one.refresh_from_db()
    assert one.result == second


def test_the_journal_answers_for_what_a_correction_made(accepted: World) -> None:
    decide(accepted, ask(accepted))
    assert found() == []


def test_the_history_tells_what_is_to_be_corrected_in_words(accepted: World) -> None:
    with clock.at(IN_CYCLE):
        ask(accepted)
        page = client_of(accepted, "ALF.rapporteur").get(f"/{accepted.alliance.slug}/work/2022/ALF/history/")
    text = page.content.decode()
    assert "why it is wanted" in text
    assert "{&#x27;" not in text
    assert "cells." not in text


def test_an_edition_made_before_learns_that_it_needs_a_new_release(accepted: World) -> None:
    made = IN_CYCLE + dt.timedelta(days=30)
    assert queries.corrected_since(accepted.cycle, made) == []
    decide(accepted, ask(accepted))
    assert [s.report.body.code for s in queries.corrected_since(accepted.cycle, made)] == ["ALF"]
    assert queries.corrected_since(accepted.cycle, IN_CYCLE + dt.timedelta(days=50)) == []


def test_refused_with_a_reason_nothing_changes(accepted: World) -> None:
    one = ask(accepted)
    with pytest.raises(UsageError, match="Say why"):
        decide(accepted, one, accept=False)
    decide(accepted, one, accept=False, words="The list says otherwise.")
    assert accepted.report("ALF").submissions.count() == 1
    with pytest.raises(UsageError, match="decided already"):
        decide(accepted, one)


def test_one_correction_of_an_answer_waits_at_a_time_and_may_be_withdrawn(accepted: World) -> None:
    one = ask(accepted)
    with pytest.raises(UsageError, match="waits for the office already"):
        ask(accepted)
    with pytest.raises(NotThere):
        corrections.withdraw_correction(actor=accepted.actor("BRA.rapporteur"), correction=one.pk)
    corrections.withdraw_correction(actor=accepted.actor("ALF.rapporteur"), correction=one.pk)
    assert ask(accepted).state == Correction.State.REQUESTED


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [({"reason": " "}, UsageError, "reason"), ({"question": "nothing"}, UsageError, "not asked"),
     ({"changes": {"cells.women": 12}}, UsageError, "Nothing is different"),
     ({"changes": {"cells.women": "many"}}, Unreadable, "many"), ({"changes": {"nothing": 1}}, Unreadable, "no part")],
)  # fmt: skip
def test_what_cannot_be_asked_is_told(accepted: World, given: dict[str, object], error: type, said: str) -> None:
    with pytest.raises(error, match=said):
        ask(accepted, **given)


def test_a_correction_that_would_hold_a_blocker_is_not_accepted(accepted: World) -> None:
    one = ask(accepted, changes={"cells.women": -3})
    with pytest.raises(Blocked):
        decide(accepted, one)
    assert accepted.report("ALF").submissions.count() == 1


def test_two_corrections_of_different_answers_both_stand_in_the_end(accepted: World) -> None:
    one, two = ask(accepted), ask(accepted, question="charter", changes={"status": "no_data"})
    decide(accepted, one)
    decide(accepted, two)
    last = accepted.report("ALF").submissions.last()
    assert last is not None
    answers = load_report(bytes(last.document), accepted.pack).answers
    assert answers["crew"].cells["women",].value == 14
    assert answers["charter"].status == "no_data"


def test_a_report_of_an_earlier_cycle_is_corrected_too(accepted: World) -> None:
    old = parse_report(toy_report("ALF", 7, 20, cycle="2021"), accepted.pack)
    with clock.at(IN_CYCLE):
        history.take_in_cycle(actor=accepted.actor("coordinator"), alliance="harbour", code="2021", reports=[old])
        report = Report.objects.get(cycle__code="2021", body__code="ALF")
        assert report.submitted is None  # the day is not known, and nobody pretends that it is
        one = corrections.request_correction(
            actor=accepted.actor("ALF.officer"), report=report.pk, question="crew",
            changes={"cells.women": 8, "cells._T": 28}, reason="Misprint.",
        )  # fmt: skip
        corrections.decide_correction(actor=accepted.actor("coordinator"), correction=one.pk, accept=True)
    assert report.submissions.count() == 2


@pytest.mark.parametrize("who", ["ALF.drafter", "ALF.reader", "coordinator"])
def test_only_those_who_answer_for_the_nation_ask(accepted: World, who: str) -> None:
    with pytest.raises(NotAllowed):
        ask(accepted, who)


@pytest.mark.parametrize("who", ["reviewer", "ALF.officer", "observer"])
def test_only_the_coordinator_decides(accepted: World, who: str) -> None:
    one = ask(accepted)
    with pytest.raises(NotAllowed):
        decide(accepted, one, who=who)


def test_nobody_sees_the_corrections_of_another_nation(accepted: World) -> None:
    ask(accepted)
    seen = {
        who: queries.corrections(accepted.actor(who), accepted.alliance).count()
        for who in ("coordinator", "reviewer", "ALF.reader", "BRA.rapporteur", "observer", "ALF.drafter", "outsider")
    }
    assert seen == {
        "coordinator": 1, "reviewer": 1, "ALF.reader": 1, "BRA.rapporteur": 0, "observer": 0, "ALF.drafter": 0,
        "outsider": 0,
    }  # fmt: skip

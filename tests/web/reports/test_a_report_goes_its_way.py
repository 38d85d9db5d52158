"""From an empty form to an accepted report, each step by the one whose step it is."""

from __future__ import annotations

import pytest

from eirene_web import clock
from eirene_web.journal.models import Entry
from eirene_web.policy import NotAllowed, NotThere
from eirene_web.reports.models import Report
from eirene_web.reports.services import clearance, filling, reviewing, submitting
from eirene_web.reports.services.filling import Edit
from web.world import IN_CYCLE, World


def fill(world: World, nation: str = "ALF") -> None:
    edits = [
        Edit("crew", "cells.women", 12), Edit("crew", "cells.men", 30), Edit("crew", "cells._T", 42),
        Edit("charter", "value", "no"),
    ]  # fmt: skip
    outcome = filling.save_answers(
        actor=world.actor(f"{nation}.rapporteur"), report=world.report(nation).pk, edits=edits
    )
    assert not outcome.conflicts
    assert not outcome.refused
    assert len(outcome.saved) == 4


@pytest.mark.django_db
def test_a_report_is_filled_cleared_submitted_and_accepted(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        fill(world)
        report = world.report("ALF")
        assert (report.state, report.version) == (Report.State.DRAFTING, 1)
        steps = [[world.posts["ALF.head"].pk], [world.posts["ALF.officer"].pk]]
        clearance.start_clearance(actor=world.actor("ALF.rapporteur"), report=report.pk, steps=steps)
        with pytest.raises(NotAllowed):
            clearance.clear(actor=world.actor("ALF.officer"), report=report.pk)
        clearance.clear(actor=world.actor("ALF.head"), report=report.pk, remarks="Seen.")
        clearance.clear(actor=world.actor("ALF.officer"), report=report.pk)
        assert world.report("ALF").state == Report.State.CLEARED
        sent = submitting.submit(actor=world.actor("ALF.officer"), report=report.pk, version=1)
        again = submitting.submit(actor=world.actor("ALF.officer"), report=report.pk, version=1)
        assert again == sent
        assert again.receipt == sent.receipt
        reviewing.assign_review(actor=world.actor("coordinator"), report=report.pk, post=world.posts["reviewer"].pk)
        reviewing.accept_report(actor=world.actor("reviewer"), report=report.pk)
    report = world.report("ALF")
    assert report.state == Report.State.ACCEPTED
    assert report.submissions.get().accepted is not None
    verbs = list(
        Entry.objects.filter(chain="harbour/ALF", subject=f"report:{report.pk}").values_list("verb", flat=True)
    )
    assert verbs == [
        "answer.fill", "report.start_clearance", "report.clear", "report.clear", "report.submit", "review.assign",
        "review.accept",
    ]  # fmt: skip


@pytest.mark.django_db
def test_another_nations_report_is_not_there(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE), pytest.raises(NotThere):
        filling.save_answers(
            actor=world.actor("BRA.rapporteur"), report=world.report("ALF").pk, edits=[Edit("charter", "value", "yes")]
        )


@pytest.mark.django_db
def test_the_same_cell_changed_by_both_is_a_choice(harbour_world: World) -> None:
    world, report = harbour_world, harbour_world.report("ALF").pk
    with clock.at(IN_CYCLE):
        first = filling.save_answers(
            actor=world.actor("ALF.rapporteur"), report=report, edits=[Edit("crew", "cells.women", 12)]
        )
        second = filling.save_answers(
            actor=world.actor("ALF.rapporteur"),
            report=report,
            edits=[Edit("crew", "cells.women", 13), Edit("crew", "cells.men", 30)],
        )
        assert first.saved[0].version == 1
        assert [(c.mine, c.theirs, c.version) for c in second.conflicts] == [(13, 12, 1)]
        assert [s.part for s in second.saved] == ["cells.men"]
        mine = filling.save_answers(
            actor=world.actor("ALF.rapporteur"), report=report, edits=[Edit("crew", "cells.women", 13, base=1)]
        )
    assert mine.saved[0].version == 2


@pytest.mark.django_db
def test_only_what_was_returned_is_open_again(harbour_world: World) -> None:
    world = harbour_world
    with clock.at(IN_CYCLE):
        fill(world)
        report = world.report("ALF")
        submitting.submit(actor=world.actor("ALF.officer"), report=report.pk, version=1)
        reviewing.return_report(
            actor=world.actor("reviewer"),
            report=report.pk,
            reason="Please look again.",
            questions={"charter": "Which?"},
        )
        rapporteur = world.actor("ALF.rapporteur")
        with pytest.raises(NotAllowed, match="not open again"):
            filling.save_answers(actor=rapporteur, report=report.pk, edits=[Edit("crew", "cells.women", 1, base=1)])
        filling.save_answers(actor=rapporteur, report=report.pk, edits=[Edit("charter", "value", "yes", base=1)])
        second = submitting.submit(actor=world.actor("ALF.officer"), report=report.pk, version=2)
    assert second.number == 2

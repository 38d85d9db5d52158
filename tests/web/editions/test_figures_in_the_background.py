"""Figures follow what was accepted, in the background, once, and say how far they are."""

from __future__ import annotations

import pytest

from eirene_web import clock
from eirene_web.editions import figures as f
from eirene_web.editions.models import Draft, FigureSet
from eirene_web.editions.services import drafting, positions
from eirene_web.editions.services.figuring import KIND, compute_now, is_stale, want_figures
from eirene_web.editions.tasks import do_due
from eirene_web.reports.services import filling, reviewing, submitting
from eirene_web.reports.services.filling import Edit
from eirene_web.work.models import Job
from web.editions.stage import WRITING, Stage, accept, signed_in, work_off
from web.world import IN_CYCLE, World

pytestmark = pytest.mark.slow


@pytest.mark.django_db
def test_an_acceptance_starts_the_computing_in_its_own_transaction(harbour_world: World) -> None:
    world = harbour_world
    drafting.begin(actor=world.actor("coordinator"), cycle=world.cycle.pk)
    edits = [
        Edit("crew", "cells.women", 12), Edit("crew", "cells.men", 30), Edit("crew", "cells._T", 42),
        Edit("charter", "value", "no"),
    ]  # fmt: skip
    with clock.at(IN_CYCLE):
        report = world.report("ALF")
        filling.save_answers(actor=world.actor("ALF.rapporteur"), report=report.pk, edits=edits)
        submitting.submit(actor=world.actor("ALF.officer"), report=report.pk, version=1)
        assert not Job.objects.filter(kind=KIND).exists()
        reviewing.accept_report(actor=world.actor("reviewer"), report=report.pk)
        assert Job.objects.filter(kind=KIND).count() == 1
        work_off()
    draft = Draft.objects.get()
    assert draft.figures is not None
    assert (draft.figures.reported, draft.figures.asked) == (1, 3)


@pytest.mark.django_db
def test_the_page_says_how_far_the_figures_are(stage: Stage) -> None:
    stage.begin()
    desk = signed_in(stage.world, "coordinator")
    page = desk.get("/harbour/work/editions/2022/figure-state/").content.decode()
    assert "3 of 3 reports" in page
    assert "3 April 2023, 09:00" in page
    assert "hx-trigger" not in page
    accept(stage.world, "CHA", 10, 90, "yes")
    assert "behind" in desk.get("/harbour/work/editions/2022/figure-state/").content.decode()
    assert do_due()["figures"] == [stage.draft.pk]
    assert do_due()["figures"] == []
    assert "being computed again" in desk.get("/harbour/work/editions/2022/figure-state/").content.decode()
    work_off()
    page = desk.get("/harbour/work/editions/2022/").content.decode()
    assert "being computed" not in page
    assert "Statements that changed" in page
    assert "100\xa0% (3 of 3)" in page


@pytest.mark.django_db
def test_the_same_inputs_are_computed_once_and_what_is_undone_is_found_again(stage: Stage) -> None:
    stage.begin()
    first = stage.draft.figures
    assert first is not None
    assert compute_now(stage.draft.pk).pk == first.pk
    officer = stage.world.actor("CHA.officer")
    made = positions.withhold(
        actor=officer, draft=stage.draft.pk, nation="CHA", question="charter", reason={"en": "Review."}
    )
    work_off()
    assert stage.draft.figures_id != first.pk
    positions.withdraw(actor=officer, draft=stage.draft.pk, nation="CHA", position=made.pk)
    work_off()
    assert stage.draft.figures_id == first.pk
    assert FigureSet.objects.count() == 2


@pytest.mark.django_db
def test_figures_come_back_from_the_database_as_they_were_computed(stage: Stage) -> None:
    draft = stage.begin()
    made = f.compute_set(draft, f.sources_of(draft), f.edition_of(draft))
    kept = f.unpacked(made.content)
    inputs = f.current_inputs(draft, f.sources_of(draft), f.edition_of(draft), "secretariat")
    from eirene.release.build import all_figures, check_reports

    assert list(kept) == all_figures(inputs, check_reports(inputs))


@pytest.mark.django_db
def test_two_acceptances_in_a_row_are_one_piece_of_work(stage: Stage) -> None:
    stage.begin()
    accept(stage.world, "CHA", 10, 90, "yes")
    assert want_figures(stage.draft) is not None
    assert want_figures(stage.draft) is None
    work_off()
    assert not is_stale(stage.draft)


@pytest.mark.django_db
def test_a_report_that_cannot_be_computed_with_is_told_and_not_tried_every_minute(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    from eirene.errors import Blocked

    stage.begin()
    accept(stage.world, "CHA", 10, 90, "yes")

    def blocked(*_a: object) -> None:
        raise Blocked("T-99: The crew is larger than the port.", where="CHA, crew")

    monkeypatch.setattr(f, "check_reports", blocked)
    want_figures(stage.draft)
    work_off()
    assert do_due()["figures"] == []
    page = signed_in(stage.world, "coordinator").get("/harbour/work/editions/2022/").content.decode()
    assert "The crew is larger than the port" in page
    with clock.at(WRITING.replace(hour=12)):
        assert do_due()["figures"] == [stage.draft.pk]

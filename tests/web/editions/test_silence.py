"""Silence: the instant counts, who broke it stays with the office, a changed draft goes out again."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest

from eirene.errors import UsageError
from eirene_web import clock
from eirene_web.editions.forms import instant
from eirene_web.editions.models import CirculatedDocument, Circulation, Draft
from eirene_web.editions.services import drafting, positions, publishing, silence
from eirene_web.journal.models import Entry
from eirene_web.notices.models import Notice
from eirene_web.policy import NotAllowed, NotThere
from web.editions.stage import EXPIRES, Stage, accept, work_off

SECOND = dt.timedelta(seconds=1)


def broken_by(stage: Stage, nation: str, on: str = "charter_share") -> None:
    silence.break_silence(
        actor=stage.world.actor(f"{nation}.officer"), draft=stage.draft.pk, circulation=stage.circulation.pk,
        nation=nation, on=on, reason="It reads as if none had one.", wording={"en": "Two ports have a charter."},
    )  # fmt: skip


@pytest.mark.django_db
def test_one_second_before_the_end_silence_can_be_broken_and_one_after_it_cannot(stage: Stage) -> None:
    stage.begin()
    stage.circulate()
    with clock.at(EXPIRES + SECOND), pytest.raises(UsageError, match="can no longer be broken"):
        broken_by(stage, "ALF")
    with clock.at(EXPIRES), pytest.raises(UsageError, match="Silence ended on 20 April 2023, 10:00"):
        broken_by(stage, "ALF")
    with clock.at(EXPIRES - SECOND):
        broken_by(stage, "ALF")
    assert stage.draft.state == Draft.State.BROKEN
    with clock.at(EXPIRES + SECOND):
        assert silence.end_due() == []
    assert stage.draft.state == Draft.State.BROKEN


@pytest.mark.django_db
def test_a_worker_that_was_down_at_the_instant_ends_silence_once_when_it_is_back(stage: Stage) -> None:
    stage.begin()
    stage.circulate()
    with clock.at(EXPIRES + dt.timedelta(days=3)):
        work_off()
        assert silence.end_due() == []
    assert stage.circulation.ended == EXPIRES
    ended = Entry.objects.filter(verb="silence.end")
    assert ended.count() == 1
    assert Notice.objects.filter(kind="edition.agreed").count() == 1


@pytest.mark.django_db
def test_pressed_twice_a_draft_goes_out_once(stage: Stage) -> None:
    draft = stage.begin()
    one = stage.circulate()
    two = silence.circulate(
        actor=stage.world.actor("coordinator"), draft=draft.pk, expires=EXPIRES, version=draft.version
    )
    assert one.pk == two.pk
    assert Circulation.objects.count() == 1
    audiences = set(CirculatedDocument.objects.values_list("audience", flat=True))
    assert audiences == {"secretariat", "everyone"}


@pytest.mark.django_db
def test_a_stale_page_sends_nothing_out(stage: Stage) -> None:
    draft = stage.begin()
    uid = next(one["uid"] for one in draft.content["chapters"][0]["blocks"])
    drafting.hide(actor=stage.world.actor("coordinator"), draft=draft.pk, uid=uid, on=True)
    with pytest.raises(UsageError, match="changed since"):
        silence.circulate(
            actor=stage.world.actor("coordinator"), draft=draft.pk, expires=EXPIRES, version=draft.version
        )


@pytest.mark.django_db
def test_figures_that_are_behind_do_not_go_out(stage: Stage) -> None:
    stage.begin()
    accept(stage.world, "CHA", 11, 89, "yes")
    with pytest.raises(UsageError, match="computed again"):
        stage.circulate()


@pytest.mark.django_db
def test_only_one_draft_is_out_and_it_is_not_written_in(stage: Stage) -> None:
    stage.begin()
    stage.circulate()
    uid = stage.draft.content["chapters"][0]["uid"]
    with pytest.raises(NotAllowed, match="under silence"):
        drafting.hide(actor=stage.world.actor("coordinator"), draft=stage.draft.pk, uid=uid, on=True)


@pytest.mark.django_db
def test_more_time_is_asked_for_with_a_reason_and_granted_for_all(stage: Stage) -> None:
    stage.begin()
    stage.circulate()
    later = EXPIRES + dt.timedelta(days=5)
    asked = silence.ask_time(
        actor=stage.world.actor("BRA.rapporteur"), draft=stage.draft.pk, circulation=stage.circulation.pk,
        nation="BRA", until=later, reason="The ministry is closed over Easter.",
    )  # fmt: skip
    silence.decide_extension(
        actor=stage.world.actor("coordinator"), draft=stage.draft.pk, extension=asked.pk, grant=True
    )
    with clock.at(EXPIRES + SECOND):
        work_off()
        assert stage.circulation.state == Circulation.State.OPEN
        broken_by(stage, "CHA")
    assert stage.draft.state == Draft.State.BROKEN


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["ALF.rapporteur", "ALF.reader", "ALF.drafter", "coordinator"])
def test_only_an_authorised_officer_breaks_silence(stage: Stage, who: str) -> None:
    stage.begin()
    stage.circulate()
    with pytest.raises((NotAllowed, NotThere)):
        silence.break_silence(
            actor=stage.world.actor(who), draft=stage.draft.pk, circulation=stage.circulation.pk, nation="ALF",
            on="charter_share", reason="r", wording={"en": "w"},
        )  # fmt: skip
    with pytest.raises(NotThere):
        silence.break_silence(
            actor=stage.world.actor("BRA.officer"), draft=stage.draft.pk, circulation=stage.circulation.pk,
            nation="ALF", on="charter_share", reason="r", wording={"en": "w"},
        )  # fmt: skip


@pytest.mark.django_db
def test_a_broken_silence_ends_with_the_reservation_of_who_broke_it(stage: Stage) -> None:
    stage.begin()
    stage.circulate()
    broken_by(stage, "CHA")
    coordinator, draft = stage.world.actor("coordinator"), stage.draft.pk
    with pytest.raises(UsageError, match="Not everybody"):
        silence.decide(
            actor=coordinator, draft=draft, circulation=stage.circulation.pk, outcome="reservation", why="agreed"
        )
    positions.reserve(
        actor=stage.world.actor("CHA.officer"), draft=draft, nation="CHA", on="charter_share",
        text={"en": "Charlhaven adopts its charter in 2023."},
    )  # fmt: skip
    silence.decide(
        actor=coordinator, draft=draft, circulation=stage.circulation.pk, outcome="reservation", why="agreed"
    )
    assert stage.draft.state == Draft.State.AGREED
    publishing.sign_off(actor=coordinator, draft=draft)
    assert stage.draft.state == Draft.State.SIGNED


@pytest.mark.django_db
def test_a_statement_that_is_deleted_goes_out_again_without_it(stage: Stage) -> None:
    stage.begin()
    stage.circulate()
    broken_by(stage, "CHA")
    coordinator, draft = stage.world.actor("coordinator"), stage.draft.pk
    silence.decide(actor=coordinator, draft=draft, circulation=stage.circulation.pk, outcome="deleted", why="struck")
    assert stage.draft.state == Draft.State.DRAFTING
    second = stage.circulate()
    assert second.number == 2
    assert [one["ref"] for one in second.statements] == ["women_on_board"]


@pytest.mark.django_db
def test_noted_only_and_not_published(stage: Stage) -> None:
    stage.begin()
    stage.circulate()
    broken_by(stage, "CHA")
    coordinator, draft = stage.world.actor("coordinator"), stage.draft.pk
    silence.decide(actor=coordinator, draft=draft, circulation=stage.circulation.pk, outcome="not_published", why="no")
    assert stage.draft.state == Draft.State.STOPPED
    with pytest.raises(NotAllowed):
        publishing.sign_off(actor=coordinator, draft=draft)


@pytest.mark.django_db
def test_an_answer_withheld_after_agreement_asks_for_new_silence(stage: Stage) -> None:
    stage.begin()
    stage.agree()
    positions.withhold(
        actor=stage.world.actor("BRA.officer"), draft=stage.draft.pk, nation="BRA", question="charter",
        reason={"en": "Under review."},
    )  # fmt: skip
    work_off()
    with pytest.raises(UsageError, match="not those that were agreed"):
        publishing.sign_off(actor=stage.world.actor("coordinator"), draft=stage.draft.pk)
    drafting.revise(actor=stage.world.actor("coordinator"), draft=stage.draft.pk, why="withheld")
    stage.circulate()
    with clock.at(EXPIRES):
        silence.end_due()
        publishing.sign_off(actor=stage.world.actor("coordinator"), draft=stage.draft.pk)
    assert stage.draft.state == Draft.State.SIGNED


@pytest.mark.django_db
def test_a_draft_that_could_not_be_prepared_in_time_is_not_under_silence(stage: Stage) -> None:
    draft = stage.begin()
    made = silence.circulate(
        actor=stage.world.actor("coordinator"), draft=draft.pk, expires=EXPIRES, version=draft.version
    )
    with clock.at(EXPIRES + SECOND):
        work_off()
    assert Circulation.objects.get(pk=made.pk).state == Circulation.State.RECALLED
    assert stage.draft.state == Draft.State.DRAFTING


def test_an_hour_that_a_clock_skips_is_refused_and_one_that_comes_twice_is_the_first() -> None:
    brussels, kiritimati = zoneinfo.ZoneInfo("Europe/Brussels"), zoneinfo.ZoneInfo("Pacific/Kiritimati")
    with pytest.raises(UsageError, match="clocks go forward"):
        instant("2027-03-28T02:30", brussels)
    assert instant("2027-10-31T02:30", brussels) == dt.datetime(2027, 10, 31, 0, 30, tzinfo=dt.UTC)
    assert instant("2027-03-28T03:00", brussels) == dt.datetime(2027, 3, 28, 1, 0, tzinfo=dt.UTC)
    assert instant("2027-01-01T00:00", kiritimati) == dt.datetime(2026, 12, 31, 10, 0, tzinfo=dt.UTC)
    with pytest.raises(UsageError, match="no date"):
        instant("tomorrow", brussels)

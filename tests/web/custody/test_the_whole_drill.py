"""A name slipped into everything that can hold one: whatever the history tells of it can be raised, and once all of it
is purged it is found nowhere."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from django.test import Client

from eirene_web import clock
from eirene_web.custody import drill
from eirene_web.custody.models import Concern
from eirene_web.custody.quarantine import ref_of
from eirene_web.editions import figures as f
from eirene_web.editions.services import publishing
from eirene_web.journal.models import Change
from eirene_web.policy import NotThere
from eirene_web.reports.models import Submission
from web.audits import found
from web.custody.stage import NAME, everywhere, values
from web.editions.stage import Stage, client_of, work_off
from web.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WHEN = dt.datetime(2023, 6, 1, 9, tzinfo=dt.UTC)
RAISING = ("coordinator", "reviewer", "ALF.rapporteur", "ALF.officer", "CHA.rapporteur", "clerk")


def told() -> list[Change]:
    """Everything in the history that has the name."""
    return [c for c in Change.objects.order_by("pk") if NAME in (c.before or "") or NAME in (c.after or "")]


def refs() -> list[str]:
    return sorted({ref_of(c.entry_id, c.thing, c.field) for c in told()})


def raised(world: World, ref: str) -> Concern | None:
    """By the first who may."""
    for who in RAISING:
        try:
            return drill.raise_concern(actor=world.actor(who), alliance="harbour", ref=ref)
        except NotThere:
            continue
    return None


def raise_all(world: World) -> list[Concern]:
    made = []
    for ref in refs():
        one = raised(world, ref)
        assert one is not None, f"nobody could raise {ref}"
        made.append(one)
    return made


def decide(world: World, concern: Concern, what: str) -> None:
    who = f"{concern.nation}.officer" if concern.nation else "coordinator"
    getattr(drill, what)(actor=world.actor(who), concern=concern.pk)


def test_whatever_the_history_tells_of_it_can_be_raised(named: World) -> None:
    assert found() == []
    nowhere = [f"{c.thing} {c.field}: {c.after}" for c in told() if not ref_of(c.entry_id, c.thing, c.field)]
    assert not nowhere, "no holder knows these:\n" + "\n".join(nowhere)
    kinds = {ref.partition(":")[0] for ref in refs()}
    assert kinds >= {
        "cell", "message", "evidence", "import", "step", "return", "correction", "assignment", "report", "cycle",
        "reason", "edition_text", "edition_comment", "suggestion", "position", "break", "extension", "edition",
    }  # fmt: skip


def test_in_quarantine_it_is_with_the_concerns_alone(named: World, home: Path) -> None:
    with clock.at(WHEN):
        raise_all(named)
    assert everywhere(home) == ["custody_held.content", "quarantine/", "releases/"]
    assert found() == []


def test_released_everything_is_where_it_was(named: World, home: Path) -> None:
    before, exact = everywhere(home), sorted(values())
    with clock.at(WHEN):
        for concern in raise_all(named):
            decide(named, concern, "release")
    assert everywhere(home) == before
    now = sorted(values())
    # The history says besides that it is there again.
    assert [one for one in now if one not in exact and not one[0].startswith("journal_change")] == []
    assert [one for one in exact if one not in now] == []
    assert found() == []


def test_purged_it_is_found_nowhere(named: World, home: Path) -> None:
    with clock.at(WHEN):
        for concern in raise_all(named):
            decide(named, concern, "purge")
    assert everywhere(home) == ["releases/"]
    assert found() == []
    assert NAME not in (home / drill.LEDGER).read_text()


def test_two_concerns_of_one_submission_do_not_stand_in_each_others_way(named: World) -> None:
    """Decided in any order, each takes and gives back its own words alone, and the hash that was receipted returns."""
    report = named.report("ALF").pk
    with clock.at(WHEN):
        crew, charter = (raised(named, f"cell:{report}/{question}") for question in ("crew", "charter"))
        assert crew is not None
        assert charter is not None
        assert not [s for s in Submission.objects.filter(report=report) if NAME.encode() in bytes(s.document)]
        decide(named, crew, "release")
        told = [json.loads(bytes(s.document))["answers"] for s in Submission.objects.filter(report=report)]
        assert all(NAME in answers["crew"]["comment"]["en"] for answers in told)
        assert all(NAME not in str(answers["charter"]) for answers in told)
        assert found() == []
        decide(named, charter, "release")
    assert set(Submission.objects.filter(report=report).values_list("redacted_sha256", flat=True)) == {None}
    assert found() == []


def test_releases_that_carry_it_are_told_to_the_post_that_decides(named: World, client: Client) -> None:
    with clock.at(WHEN):
        carried, quiet = raised(named, f"cell:{named.report('ALF').pk}/charter"), raised(named, quiet_ref())
        assert carried is not None
        assert quiet is not None
        # What the public reads never had the comment: it is not releasable.
        assert {Path(one["where"]).name for one in carried.carriers} == {"secretariat"}
        assert quiet.carriers == []
        page = client_of(named.people["ALF.officer"]).get(f"/harbour/work/quarantine/{carried.pk}/").content.decode()
        assert all(one["what"] in page and one["where"] in page for one in carried.carriers)
        decide(named, carried, "purge")
        page = client_of(named.people["ALF.officer"]).get(f"/harbour/work/quarantine/{carried.pk}/").content.decode()
        assert all(one["where"] in page for one in carried.carriers)
        assert NAME not in page


def quiet_ref() -> str:
    """A note of the office on the report: no release has it."""
    return next(ref for ref in refs() if ref.startswith("assignment:"))


def test_after_a_purge_figures_are_computed_from_what_is_left(named: World) -> None:
    """A text that had to go is in no release that is made from now on, whatever a process remembers of before."""
    stage = Stage(named)
    with clock.at(WHEN):
        edition = f.edition_of(stage.draft)
        before = f.current_inputs(stage.draft, f.sources_of(stage.draft), edition, "secretariat")
        assert NAME in str(before.reports)
        old = stage.draft.figures
        concern = raised(named, f"cell:{named.report('ALF').pk}/crew")
        other = raised(named, f"cell:{named.report('ALF').pk}/charter")
        assert concern is not None
        assert other is not None
        work_off()
        assert stage.draft.figures != old
        after = f.current_inputs(stage.draft, f.sources_of(stage.draft), edition, "secretariat")
        assert NAME not in str(after.reports)
        frozen = stage.draft.freezes.get()
        again = f.inputs_of(f.from_json(stage.draft, "2023-04-03", frozen.inputs), edition, "secretariat")
        assert NAME not in str(again.reports)
        assert [one["why"] for one in publishing.why_new(stage.draft)] == ["redacted"]

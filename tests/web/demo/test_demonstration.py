"""The demonstration is a living office, laid out by the services that people use, and laid out once."""

from __future__ import annotations

import datetime as dt
import io
from collections import Counter

import pytest
from pypdf import PdfReader

from eirene_web.accounts.models import Person
from eirene_web.demo import people, plan
from eirene_web.demo.names import SPOKEN, TONGUES, Names
from eirene_web.demo.paper import sheet
from eirene_web.demo.seed import seed
from eirene_web.journal.models import Entry
from eirene_web.journal.verify import Audit
from eirene_web.notices.models import Notice
from eirene_web.organisations.models import Alliance, Holding, Invitation
from eirene_web.organisations.queries import actor_for
from eirene_web.policy import Actor
from eirene_web.reports import oversight
from eirene_web.reports.models import ClearanceStep, Correction, Cycle, EvidenceFile, Report, Thread
from eirene_web.work.models import Job

pytestmark = pytest.mark.soak_on_postgresql

#: The demonstration is made around the day on which it is made.
NOW = dt.datetime.now(dt.UTC)


def coordinator(alliance: Alliance) -> Actor:
    return actor_for(Person.objects.get(email="coordinator@demo.invalid"), alliance, strong=True)


@pytest.mark.slow
@pytest.mark.django_db
def test_an_office_in_the_middle_of_its_cycle() -> None:
    """One test for all of it: laying it out takes ten seconds."""
    seed()
    alliance = Alliance.objects.get(slug="concordia")
    cycle = Cycle.objects.get(alliance=alliance, code="2017")
    states = Counter(Report.objects.filter(cycle=cycle).values_list("state", flat=True))
    assert states == {state: len(bodies) for state, bodies in plan.LAYOUT.items()}
    assert cycle.deadline.date() - NOW.date() == dt.timedelta(days=16)
    assert cycle.milestones

    # somebody in every role, one click each; a vacant post, one that nobody has taken up, two acted for
    assert [one.role for one in people.first(people.everybody("en"))] == list(plan.SHOWN)
    of_quarnia = Holding.objects.filter(post__body__nation="QRN", post__roles__role="rapporteur")
    assert not of_quarnia.filter(until__isnull=True).exists()
    assert Invitation.objects.get(used__isnull=True).post.body.nation == "VDN"
    assert Holding.objects.filter(via__in=["acting", "delegate"]).count() == 2

    # on the way through capitals: on paper with its scan, side by side in the middle, sent back
    paper = ClearanceStep.objects.get(via="paper")
    assert paper.report.body.code == "SMK"
    assert paper.scan is not None
    side = ClearanceStep.objects.filter(report__body__code="GDV", position=2).values_list("state", flat=True)
    assert sorted(side) == ["pending", "remarks"]
    assert ClearanceStep.objects.filter(state="sent_back").exists()

    # talked about, marked, corrected, extended, late, stuck
    asked = set(Thread.objects.filter(kind="clarification").values_list("state", flat=True))
    assert asked == {"open", "answered", "closed"}
    assert Thread.objects.filter(kind="office").exists()
    assert EvidenceFile.objects.exclude(releasability="").exists()
    assert Correction.objects.get(state="requested").report.body.code == "HLV"
    assert Report.objects.get(cycle=cycle, body__code="TVN").extended_because
    board = oversight.board(coordinator(alliance), alliance, cycle, "en")
    assert {line.report.body.code for line in board.lines if line.overdue} == {"CAS", "JRL"}
    assert {"QRN", "JRL", "KST", "CLV"} <= {line.report.body.code for line in board.stuck}

    # what is older has been read; the editions wait for a worker
    unread = Notice.objects.filter(at__lt=NOW - dt.timedelta(days=3), read__isnull=True)
    assert not unread.filter(person__email="coordinator@demo.invalid").exists()
    assert Job.objects.filter(kind="demo.editions", state="waiting").count() == 1
    assert list(Audit("concordia", ()).differences()) == []

    # a second start changes nothing
    before = counted()
    seed(now=NOW + dt.timedelta(days=1))
    assert counted() == before


def counted() -> list[int]:
    return [kind.objects.count() for kind in (Entry, Person, Notice, Job, Report, Thread)]  # type: ignore[attr-defined]


def test_nobody_has_a_name_twice_and_every_nation_has_a_tongue() -> None:
    names = Names()
    given = [names.next(nation) for nation in ("BMA", "NVL") for _n in range(80)] + [names.next("") for _n in range(9)]
    assert len(set(given)) == len(given)
    assert {code for bodies in plan.LAYOUT.values() for code in bodies} == set(SPOKEN)
    for tongue in TONGUES.values():
        assert len(set(tongue.given)) == len(tongue.given)
        assert len(set(tongue.family)) == len(tongue.family)


def test_a_sheet_of_paper_opens_and_says_what_is_written_on_it() -> None:
    read = PdfReader(io.BytesIO(sheet("Ordre 31 (2017)", ["Première ligne", "seconde"])), strict=True)
    assert len(read.pages) == 1
    assert "Ordre 31 (2017)" in read.pages[0].extract_text()

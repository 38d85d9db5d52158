"""What the API reads costs as many queries for much as for little: none of its lists asks for each of its lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from eirene_web import clock
from eirene_web.api import auth
from eirene_web.api import urls as _urls  # noqa: F401  registers the operations
from eirene_web.api.frame import OPERATIONS
from eirene_web.editions.models import Comment, Suggestion
from eirene_web.files.services import keep
from eirene_web.notices.models import Notice
from eirene_web.organisations import services as organisations
from eirene_web.reports.models import (
    Assignment,
    Cell,
    ClearanceStep,
    Correction,
    EvidenceFile,
    Import,
    Message,
    SectionReview,
    Submission,
    Thread,
)
from eirene_web.work.models import Job
from web.calling import caller
from web.security import stage
from web.security.addresses import api_path
from web.security.stage import NATION, QUESTION, Stage
from web.world import IN_CYCLE

pytestmark = pytest.mark.soak_on_postgresql

READS = sorted(name for name, one in OPERATIONS.items() if one.method == "GET")
WHO = ("coordinator", "AAA.rapporteur")


@pytest.fixture
def staged(db: None) -> Iterator[Stage]:
    auth.forget_draws()
    with clock.at(IN_CYCLE):
        yield stage.build()


def more(staged: Stage, times: int = 6) -> None:
    """As much again of everything, and more, each from another person."""
    made, report, moment = staged.world, staged.report, IN_CYCLE
    sent = Submission.objects.get(report=report)
    for n in range(times):
        made.add_post(f"{NATION}.extra{n}", NATION, "contributor")
        person, post = made.people[f"{NATION}.extra{n}"], made.posts[f"{NATION}.extra{n}"]
        Cell.objects.create(report=report, question="staff", part=f"comment.l{n}", value="Words.", person=person,
                            changed=moment)  # fmt: skip
        Assignment.objects.create(report=report, section=f"{n + 3}", post=post)
        ClearanceStep.objects.create(
            report=report, round=1, position=2 + n, post=post, state="cleared", person=person, decided=moment
        )
        for thread in Thread.objects.filter(report=report):
            Message.objects.create(thread=thread, person=person, nation=NATION, text="Words.", at=moment)
        thread = Thread.objects.create(report=report, question=QUESTION, kind="question", opened=moment)
        Message.objects.create(thread=thread, person=person, nation=NATION, text="Words.", at=moment)
        EvidenceFile.objects.create(report=report, question=QUESTION, blob=keep(b"%PDF" + bytes([n])), name="a.pdf",
                                    media_type="application/pdf", added=moment, person=person)  # fmt: skip
        Import.objects.create(report=report, blob=keep(b"PK" + bytes([n])), name="in.xlsx", state="dropped", at=moment,
                              person=person)  # fmt: skip
        Correction.objects.create(report=report, question=QUESTION, submission=sent, before={}, after={}, reason="Why.",
                                  requested=moment, person=person, state="refused", decided=moment,
                                  decider=made.people["reviewer"])  # fmt: skip
        SectionReview.objects.create(submission=sent, section=f"x{n}", person=person, at=moment)
        Comment.objects.create(draft=staged.draft, place="c1", text="Words.", at=moment, person=person)
        Suggestion.objects.create(draft=staged.draft, place="c1.text", lang="en", base=0, text=f"Words {n}.", at=moment,
                                  person=person)  # fmt: skip
        Job.objects.create(kind="import", state="done", alliance=made.alliance.pk, nation=NATION, person=person,
                           created=moment, finished=moment)  # fmt: skip
        for who in WHO:
            Notice.objects.create(person=made.people[who], alliance=made.alliance.pk, kind="cycle.opened",
                                  key=f"more{n}", at=moment, mail="sent")  # fmt: skip
    organisations.add_body(
        actor=made.installer, alliance=made.alliance.pk, kind="unit", name={"en": "Unit"}, parent=NATION, code="unit-x",
        since=dt.date(2020, 1, 1),
    )  # fmt: skip


def counted(staged: Stage, who: str) -> dict[str, int]:
    program, found = caller(staged.world, who), {}
    for name in READS:
        path = api_path(staged, OPERATIONS[name])
        program("GET", path)  # what is remembered is remembered
        with CaptureQueriesContext(connection) as queries:
            status = program("GET", path).status_code
        found[name] = len(queries) if status == 200 else 0
    return found


@pytest.mark.slow
@pytest.mark.parametrize("who", WHO)
def test_reading_costs_as_many_queries_for_much_as_for_little(staged: Stage, who: str) -> None:
    few = counted(staged, who)
    more(staged)
    much = counted(staged, who)
    assert sum(1 for n in few.values() if n) > 25
    assert {name: (few[name], much[name]) for name in READS if much[name] > few[name] + 1} == {}

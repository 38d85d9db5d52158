"""An edition of the Harbour Compact on its way, step by step, each by the one whose step it is."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from allauth.account.internal.flows import login
from django.test import Client
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from cast import toy_report
from eirene.questionnaires import parse_report, report_bytes
from eirene_web import clock
from eirene_web.accounts.models import Person
from eirene_web.editions.models import Circulation, Draft, Freeze
from eirene_web.editions.services import drafting, publishing, silence
from eirene_web.reports.models import Submission
from eirene_web.reports.services.submitting import new_receipt
from web.world import World

WRITING = dt.datetime(2023, 4, 3, 9, tzinfo=dt.UTC)
EXPIRES = dt.datetime(2023, 4, 20, 10, tzinfo=dt.UTC)
AFTER = EXPIRES + dt.timedelta(hours=1)
EMBARGO = dt.datetime(2023, 5, 4, 8, 30, tzinfo=dt.UTC)
CAST = {"ALF": (40, 60, "yes"), "BRA": (20, 80, "yes"), "CHA": (10, 90, "no")}


def accept(world: World, nation: str, women: int, men: int, charter: str, **answer: Any) -> Submission:
    """The nation's report as it would stand after its way: an accepted submission."""
    report, comments = world.report(nation), answer.pop("comments", {})
    data = toy_report(nation, women, men, charter, "2022", **answer)
    for question, text in comments.items():
        data["answers"][question]["comment"] = {"en": text}
    answers = parse_report(data, world.pack)
    document = report_bytes(answers, world.pack)
    number = report.submissions.count() + 1
    moment = clock.now()
    made = Submission.objects.create(
        report=report, number=number, document=document, sha256=hashlib.sha256(document).hexdigest(), version=1,
        at=moment, receipt=new_receipt(), accepted=moment,
        origin=Submission.Origin.SUBMITTED if number == 1 else Submission.Origin.CORRECTION,
    )  # fmt: skip
    report.state, report.accepted, report.submitted = "accepted", moment, moment
    report.save()
    return made


def accept_all(world: World, naming: Iterable[str] = ("ALF",)) -> None:
    for nation, (women, men, charter) in CAST.items():
        accept(world, nation, women, men, charter, **({"naming": True} if nation in naming else {}))


def work_off(*, limit: int = 20) -> int:
    """Does what is queued and due, as the worker would; how many pieces of work."""
    done = 0
    for _round in range(limit):
        row = DBTaskResult.objects.filter(status="READY", run_after__lte=clock.now()).order_by("enqueued_at").first()
        row = row or DBTaskResult.objects.filter(status="READY", run_after__year=9999).order_by("enqueued_at").first()
        if row is None:
            return done
        DBTaskResult.objects.filter(pk=row.pk).update(status="RUNNING")
        if ".editions." not in row.task_path:  # mail and the like have suites of their own
            DBTaskResult.objects.filter(pk=row.pk).update(status="SUCCESSFUL")
            continue
        task = import_string(row.task_path)
        task.func(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])
        DBTaskResult.objects.filter(pk=row.pk).update(status="SUCCESSFUL")
        done += 1
    raise AssertionError("the queue does not end")


@dataclass
class Stage:
    """One edition; every method brings it one step further."""

    world: World

    @property
    def draft(self) -> Draft:
        return Draft.objects.select_related("cycle", "alliance", "figures").get(cycle=self.world.cycle)

    @property
    def circulation(self) -> Circulation:
        return self.draft.circulations.order_by("-number")[0]

    def begin(self) -> Draft:
        drafting.begin(actor=self.world.actor("coordinator"), cycle=self.world.cycle.pk)
        self.compute()
        return self.draft

    def compute(self) -> None:
        from eirene_web.editions.services.figuring import want_figures

        want_figures(self.draft)
        work_off()

    def circulate(self, expires: dt.datetime = EXPIRES) -> Circulation:
        draft = self.draft
        made = silence.circulate(
            actor=self.world.actor("coordinator"), draft=draft.pk, expires=expires, version=draft.version
        )
        work_off()
        return Circulation.objects.get(pk=made.pk)

    def agree(self) -> Draft:
        self.circulate()
        with clock.at(AFTER):
            silence.end_due()
            work_off()
        return self.draft

    def prepare(self, *, embargo: dt.datetime | None = None, public: bool = True) -> Draft:
        coordinator, draft = self.world.actor("coordinator"), self.draft
        if public:
            publishing.disclose(actor=coordinator, draft=draft.pk, authority="Council of Ports", on=clock.now().date())
        audiences = ["secretariat", "everyone"] if public else ["secretariat"]
        publishing.prepare(
            actor=coordinator, draft=draft.pk, audiences=audiences, release_list=["All ports"], as_of=draft.as_of,
            embargo=embargo,
        )  # fmt: skip
        work_off()
        return self.draft

    def freeze(self, *, embargo: dt.datetime | None = None, public: bool = True) -> Freeze:
        """From agreed to held, or to published where there is no embargo."""
        with clock.at(AFTER):
            self.prepare(embargo=embargo, public=public)
            publishing.sign_off(actor=self.world.actor("coordinator"), draft=self.draft.pk)
            made = publishing.freeze(actor=self.world.actor("coordinator"), draft=self.draft.pk)
            work_off()
        return Freeze.objects.get(pk=made.pk)


def signed_in(world: World, who: str, *, strong: bool = True) -> Client:
    """A browser in which somebody has signed in, with a second factor."""
    return client_of(world.people[who], strong=strong)


def client_of(person: Person, *, strong: bool = True) -> Client:
    client = Client()
    client.force_login(person)
    session = client.session
    methods = ["password", "mfa"] if strong else ["password"]
    session["account_authentication_methods"] = [{"method": method, "at": time.time()} for method in methods]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(person.pk)
    session.save()
    return client

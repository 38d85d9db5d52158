"""Reads of a report that is being filled in, always for an actor: conversations, files, history, what is new."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _

from eirene.text import pick
from eirene_web.accounts.models import Person
from eirene_web.clock import now
from eirene_web.journal.queries import Line, history
from eirene_web.organisations.models import Post
from eirene_web.organisations.succession import line_of
from eirene_web.policy import Actor, NotThere, ask, can
from eirene_web.reports.models import Cell, EvidenceFile, Message, Report, Submission, Thread, Visit
from eirene_web.reports.queries import sections_read
from eirene_web.reports.services.common import chain_of
from eirene_web.reports.targets import answer_target, report_target, submission_target
from eirene_web.reports.working import Working

_Kind = Thread.Kind
#: How long after a change somebody still counts as typing.
TYPING = dt.timedelta(seconds=75)


# --- conversations --------------------------------------------------------------------------------------------------


def kinds_seen(actor: Actor, report: Report) -> tuple[str, ...]:
    """Kinds of conversation of a report that the actor may read, whatever the section."""
    if report.body.nation in actor.nations:
        return (_Kind.QUESTION, _Kind.CLARIFICATION, _Kind.NATIONAL)
    if not can(actor, "report.see", report_target(report)) or not actor.holds("coordinator", "reviewer", "reader"):
        return ()
    return (_Kind.QUESTION, _Kind.CLARIFICATION, _Kind.OFFICE)


def threads(actor: Actor, report: Report, questions: Iterable[str] | None = None) -> list[Thread]:
    """Conversations of a report, oldest first, each with its messages as `said`. Two queries.

    questions   only about these (`""`: the report itself); None: all whose section the actor may read
    """
    kinds = kinds_seen(actor, report)
    if not kinds:
        return []
    wanted = Q(report=report, kind__in=kinds)
    if questions is not None:
        wanted &= Q(question__in=list(questions))
    found = Thread.objects.filter(wanted).order_by("opened", "pk")
    said = Message.objects.select_related("person", "post").order_by("at", "pk")
    listed = list(found.prefetch_related(Prefetch("messages", said, to_attr="said")))
    if questions is not None or report.body.nation not in actor.nations:
        return listed
    working = Working(report)
    readable = sections_read(actor, report, working)
    readable |= _whole(actor, report)
    return [one for one in listed if _section(working, one.question) in readable]


def _section(working: Working, question: str) -> str:
    asked = working.sheet.questions.get(question)
    return asked.section if asked else ""


def _whole(actor: Actor, report: Report) -> frozenset[str]:
    """What is said about the report as a whole is for those who read all of it."""
    return frozenset({""}) if can(actor, "answer.read", answer_target(report, "")) else frozenset()


def find_thread(actor: Actor, report: Report, pk: int) -> Thread:
    """A conversation of this report that the actor may read. Raises NotThere."""
    found = next((one for one in threads(actor, report) if one.pk == pk), None)
    if found is None:
        raise NotThere(_("There is no such page, or it is not for you."))
    return found


def earlier_threads(report: Report, questions: Iterable[str]) -> list[Thread]:
    """What was said about these questions in the body’s earlier reports: with the office, and within the nation.

    The caller has asked whether the actor may read the sections that the questions stand in. Two queries.
    """
    bodies = line_of(report.body)
    kinds = (_Kind.QUESTION, _Kind.CLARIFICATION, _Kind.NATIONAL)
    found = Thread.objects.filter(report__body__in=bodies, question__in=list(questions), kind__in=kinds)
    found = found.filter(report__cycle__alliance=report.cycle.alliance_id, report__cycle__opens__lt=report.cycle.opens)
    said = Message.objects.select_related("person", "post").order_by("at", "pk")
    return list(
        found.select_related("report__cycle").prefetch_related(Prefetch("messages", said, to_attr="said"))
        .order_by("-opened")[:60]
    )  # fmt: skip


# --- files ----------------------------------------------------------------------------------------------------------


def evidence(report: Report, questions: Iterable[str]) -> dict[str, list[EvidenceFile]]:
    """Files beside the answers of a section that the actor may read. One query."""
    found: dict[str, list[EvidenceFile]] = {}
    listed = EvidenceFile.objects.filter(report=report, question__in=list(questions), removed__isnull=True)
    for one in listed.select_related("blob").order_by("added", "pk"):
        found.setdefault(one.question, []).append(one)
    return found


def find_evidence(actor: Actor, report: Report, pk: int) -> EvidenceFile:
    """A file that the actor may read: the nation by section; the office what was there when the report was sent.

    Raises NotThere.
    """
    one = EvidenceFile.objects.filter(report=report, pk=pk, removed__isnull=True).select_related("blob").first()
    working = Working(report)
    asked = working.sheet.questions.get(one.question) if one else None
    if one is None or asked is None:
        raise NotThere(_("There is no such page, or it is not for you."))
    if can(actor, "answer.read", answer_target(report, asked.section, working.posts_of(asked.section))):
        return one
    last: Submission | None = report.submissions.order_by("-number").defer("document").first()
    if last is not None and one.added <= last.at:
        last.report = report
        if actor.in_office:
            ask(actor, "submission.read", submission_target(last))
            return one
    raise NotThere(_("There is no such page, or it is not for you."))


# --- who is here, what is new ---------------------------------------------------------------------------------------


def typing(actor: Actor, report: Report, questions: Iterable[str]) -> dict[str, int]:
    """Question → somebody else who changed it a moment ago. One query."""
    recent = Cell.objects.filter(report=report, question__in=list(questions), changed__gt=now() - TYPING)
    recent = recent.exclude(person=actor.person).order_by("changed").values_list("question", "person")
    return {question: person for question, person in recent if person is not None}


def posts_held(people: Iterable[int | None], nation: str) -> dict[int, Post]:
    """Person → the post inside the nation that they hold or last held. One query."""
    from eirene_web.organisations.models import Holding

    wanted = {person for person in people if person is not None}
    if not wanted:
        return {}
    held = Holding.objects.filter(person__in=wanted, post__body__nation=nation).select_related("post")
    return {one.person_id: one.post for one in held.order_by("until", "pk")}


def last_visit(actor: Actor, report: Report) -> dt.datetime | None:
    return Visit.objects.filter(report=report, person=actor.person).values_list("at", flat=True).first()


# --- history --------------------------------------------------------------------------------------------------------


def report_history(
    actor: Actor,
    report: Report,
    *,
    question: str = "",
    before: int | None = None,
    most: int = 200,
    of_each: int | None = None,
) -> list[Line]:
    """Who changed what in a report, newest first. Raises NotThere or NotAllowed."""
    ask(actor, "report.history", report_target(report))
    return history(
        chain=chain_of(report),
        subject=f"report:{report.pk}",
        things=_things(report, question) if question else (),
        before=before,
        most=most,
        of_each=of_each,
    )


def _things(report: Report, question: str) -> tuple[str, ...]:
    kinds = ("cell", "evidence", "thread")
    return (*(f"{kind}:{report.pk}/{question}/" for kind in kinds), f"answer:{report.pk}/{question}/")


def news(actor: Actor, report: Report, since: dt.datetime, *, most: int = 40) -> list[Line]:
    """What others did to the report since; the caller leaves out sections that the actor may not read. Two queries."""
    return history(chain=chain_of(report), subject=f"report:{report.pk}", since=since, not_by=actor.person, most=most)


def people(ids: Iterable[int | None]) -> dict[int, Person]:
    """One query."""
    return {p.pk: p for p in Person.objects.filter(pk__in={i for i in ids if i is not None})}


def post_titles(ids: Iterable[Any], lang: str) -> dict[int, str]:
    """One query, none where nothing is asked for."""
    wanted = {i for i in ids if isinstance(i, int)}
    return {p.pk: pick(p.title, lang) for p in Post.objects.filter(pk__in=wanted)} if wanted else {}

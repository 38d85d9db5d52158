"""What lies on somebody’s desk: what they owe, by when, what came back, what changed. At most seven things.

Above every other app: it asks each what it has for this person, and shows the most urgent first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eirene.framework import asked
from eirene.text import pick
from eirene_web.clock import now
from eirene_web.organisations.models import Holding, Post
from eirene_web.organisations.packs import opened
from eirene_web.organisations.visit import Visit
from eirene_web.policy import can
from eirene_web.reports import instants, oversight
from eirene_web.reports import queries as reports
from eirene_web.reports.actions import MOST, actions
from eirene_web.reports.models import Assignment, ClearanceStep, Cycle, Report, Return, Thread
from eirene_web.reports.targets import cycle_target, report_target
from eirene_web.work.models import Job

State = Report.State
_WRITING = (State.NOT_STARTED, State.DRAFTING, State.RETURNED)


@dataclass(frozen=True)
class Item:
    """One thing on a desk. `kind`: ok, info, risk or late, with its glyph: never by colour alone."""

    text: str
    href: str
    detail: str = ""
    when: str = ""
    glyph: str = "none"
    kind: str = "info"
    rank: int = 50


@dataclass
class Desk:
    title: str
    items: list[Item]
    #: Further things that did not fit, by number.
    more: int = 0
    #: What the person's cycles and reports are, one line each.
    facts: list[tuple[str, str, str]] = field(default_factory=list)


def desk(visit: Visit) -> Desk:
    """A constant number of queries for each cycle that is open."""
    found: list[Item] = []
    for part in (_office, _nation, _keeper):
        found += part(visit)
    found.sort(key=lambda item: item.rank)
    return Desk(_title(found), found[:MOST], max(0, len(found) - MOST), list(_facts(visit)))


def _title(items: Sequence[Item]) -> str:
    urgent = sum(item.kind == "late" for item in items)
    if urgent:
        return ngettext("%(n)d thing cannot wait", "%(n)d things cannot wait", urgent) % {"n": urgent}
    if items:
        n = len(items)
        return ngettext("%(n)d thing waits for you", "%(n)d things wait for you", n) % {"n": n}
    return _("Nothing waits for you")


# --- the office -----------------------------------------------------------------------------------------------------


def _office(visit: Visit) -> Iterator[Item]:
    """Coordinator and reviewers: the next actions of every cycle that is not over."""
    if not visit.actor.holds("coordinator", "reviewer") or not visit.actor.in_office:
        return
    for cycle in reports.cycles(visit.actor, visit.alliance):
        if not can(visit.actor, "cycle.oversee", cycle_target(cycle)) or _is_over(cycle):
            continue
        board = oversight.board(visit.actor, visit.alliance, cycle, visit.lang)
        for one in actions(visit, board, most=3 * MOST):
            yield Item(
                one.text, one.href, one.detail, one.when, "late" if one.rank <= 12 else "none",
                "late" if one.rank <= 12 else "info", one.rank,
            )  # fmt: skip


def _is_over(cycle: Cycle) -> bool:
    """Closed for half a year: what is still to do there is found on its page."""
    return cycle.closed is not None and cycle.closed < now() - dt.timedelta(days=183)


# --- a nation -------------------------------------------------------------------------------------------------------


def _nation(visit: Visit) -> list[Item]:
    """Rapporteur, contributor, clearing and authorised officer: by report."""
    if not visit.actor.nations:
        return []
    mine = reports.reports(visit.actor, visit.alliance).filter(body__nation__in=visit.actor.nations)
    live = [r for r in mine.order_by("-cycle__opens") if not _is_over(r.cycle)]
    ids = [r.pk for r in live]
    steps = _by_report(ClearanceStep.objects.filter(report__in=ids, state=ClearanceStep.State.PENDING))
    threads = _by_report(
        Thread.objects.filter(
            Q(kind=Thread.Kind.CLARIFICATION, state=Thread.State.OPEN)
            | Q(kind=Thread.Kind.QUESTION, state=Thread.State.ANSWERED),
            report__in=ids,
        )
    )
    returns: dict[int, Return] = {r.report_id: r for r in Return.objects.filter(report__in=ids).order_by("at")}
    sections = _by_report(Assignment.objects.filter(report__in=ids, done__isnull=True).select_related("post"))
    found: list[Item] = []
    for report in live:
        found += _to_clear(visit, report, steps.get(report.pk, []))
        found += _to_submit(visit, report)
        found += _to_answer(visit, report, threads.get(report.pk, []))
        found += _to_write(visit, report, returns.get(report.pk))
        found += _sections(visit, report, sections.get(report.pk, []))
    return found


def _by_report(rows: Iterable[object]) -> dict[int, list]:  # type: ignore[type-arg]
    found: dict[int, list] = {}  # type: ignore[type-arg]
    for one in rows:
        found.setdefault(one.report_id, []).append(one)  # type: ignore[attr-defined]
    return found


def _at(visit: Visit, name: str, report: Report, *more: object) -> str:
    return reverse(name, args=[visit.alliance.slug, report.cycle.code, report.body.code, *more])


def _name(visit: Visit, report: Report) -> str:
    """The report in words; with the nation where somebody answers for several."""
    words = _("national report %(cycle)s") % {"cycle": report.cycle.code}
    return f"{words}, {visit.names.body(report.body)}" if len(visit.actor.nations) > 1 else words


def _to_clear(visit: Visit, report: Report, steps: Sequence[ClearanceStep]) -> Iterator[Item]:
    posts = {step.post_id for step in steps}
    if not posts & set(visit.actor.posts) or not can(visit.actor, "report.clear", report_target(report, posts)):
        return
    days = (now().date() - report.moved.date()).days
    yield Item(
        _("Read and clear the %(report)s") % {"report": _name(visit, report)}, _at(visit, "clear", report),
        _("It waits for your post."), instants.days_word(-days), "half", "late" if days > 5 else "info", 10,
    )  # fmt: skip


def _to_submit(visit: Visit, report: Report) -> Iterator[Item]:
    if report.state == State.CLEARED and can(visit.actor, "report.submit", report_target(report)):
        yield Item(
            _("Submit the %(report)s") % {"report": _name(visit, report)}, _at(visit, "submit", report),
            _("Everybody has cleared it."), *_due(visit, report), 8,
        )  # fmt: skip


def _to_answer(visit: Visit, report: Report, threads: Sequence[Thread]) -> Iterator[Item]:
    if not visit.actor.holds("rapporteur", "authorised_officer"):
        return
    asked_by_office = [t for t in threads if t.kind == Thread.Kind.CLARIFICATION]
    if asked_by_office:
        n, dues = len(asked_by_office), [t.due for t in asked_by_office if t.due]
        first = min(dues) if dues else None
        days = (first - now().date()).days if first else None
        yield Item(
            ngettext("The office asks about %(n)d answer", "The office asks about %(n)d answers", n) % {"n": n},
            _at(visit, "report", report), _name(visit, report).capitalize(),
            instants.days_word(days) if days is not None else "", "eye",
            "late" if days is not None and days <= 2 else "risk", 12,
        )  # fmt: skip
    replied = [t for t in threads if t.kind == Thread.Kind.QUESTION]
    if replied:
        n = len(replied)
        yield Item(
            ngettext("The office answered %(n)d question", "The office answered %(n)d questions", n) % {"n": n},
            _at(visit, "report", report), _name(visit, report).capitalize(), "", "send", "info", 40,
        )  # fmt: skip


def _to_write(visit: Visit, report: Report, returned: Return | None) -> Iterator[Item]:
    if not visit.actor.holds("rapporteur"):
        return
    if report.state == State.RETURNED and returned is not None:
        n = len(returned.questions)
        when = instants.days_word((returned.due - now().date()).days) if returned.due else ""
        late = returned.due is not None and (returned.due - now().date()).days <= 2
        text = ngettext(
            "%(n)d answer came back: %(report)s", "%(n)d answers came back: %(report)s", n
        ) % {"n": n, "report": _name(visit, report)}  # fmt: skip
        yield Item(text, _at(visit, "report", report), returned.reason, when, "back", "late" if late else "risk", 9)
    elif report.state in _WRITING:
        text = _("Begin the %(report)s") if report.state == State.NOT_STARTED else _("Fill in the %(report)s")
        due = instants.written(report.due, visit.time_zone(report.body), visit.lang)
        detail = _("Due %(when)s") % {"when": due}
        if report.extended_because:
            detail = f"{detail}. " + _("Extended: %(why)s") % {"why": report.extended_because}
        yield Item(
            text % {"report": _name(visit, report)}, _at(visit, "report", report), detail,
            *_due(visit, report), 20,
        )  # fmt: skip
    elif report.state == State.NOT_SUBMITTED:
        text = _("The %(report)s was not submitted in time") % {"report": _name(visit, report)}
        yield Item(
            text, _at(visit, "report", report), _("The office can open it again."), "", "stop", "late", 30
        )  # fmt: skip
    elif report.state == State.IN_CLEARANCE:
        text = _("The %(report)s is on its way") % {"report": _name(visit, report)}
        days = (now().date() - report.moved.date()).days
        yield Item(
            text, _at(visit, "clearance", report), _("See whom it waits for."), instants.days_word(-days), "wait",
            "info", 45,
        )  # fmt: skip


def _due(visit: Visit, report: Report) -> tuple[str, str, str]:
    """When it is due by the reader’s calendar, with shape and colour."""
    due = report.due
    zone = visit.time_zone(report.body)
    days = instants.days_to(due, zone)
    kind = "late" if due < now() or days <= 2 else "risk" if days <= 14 else "info"
    return instants.until(due, zone), "late" if kind == "late" else "half", kind


def _sections(visit: Visit, report: Report, assigned: Sequence[Assignment]) -> Iterator[Item]:
    """Sections of one’s own; for the rapporteur those of others that are late."""
    if report.state not in _WRITING:
        return
    titles = {s.id: pick(s.title, visit.lang) for s in asked(opened(report.cycle.pack_id), report.cycle.code).sections}
    today = now().date()
    for one in assigned:
        days = (one.due - today).days if one.due else None
        if one.post_id in visit.actor.posts:
            late = days is not None and days <= 1
            yield Item(
                _("Section %(id)s: %(title)s") % {"id": one.section, "title": titles.get(one.section, "")},
                _at(visit, "section", report, one.section), one.note or _name(visit, report).capitalize(),
                instants.days_word(days) if days is not None else "", "late" if late else "half",
                "late" if late else "info", 15 if late else 22,
            )  # fmt: skip
    if visit.actor.holds("rapporteur"):
        late_ones = [a for a in assigned if a.due and a.due < today and a.post_id not in visit.actor.posts]
        if late_ones:
            n = len(late_ones)
            posts = ", ".join(dict.fromkeys(pick(a.post.title, visit.lang) for a in late_ones))
            yield Item(
                ngettext("%(n)d section given to others is late", "%(n)d sections given to others are late", n)
                % {"n": n},
                _at(visit, "report", report), posts, "", "late", "risk", 18,
            )  # fmt: skip


# --- who keeps the posts --------------------------------------------------------------------------------------------


def _keeper(visit: Visit) -> Iterator[Item]:
    """Administrators: posts that nobody holds, invitations not answered, work that failed."""
    if not visit.actor.holds("administrator"):
        return
    nations = None if visit.actor.in_office else list(visit.actor.nations)
    today = now().date()
    posts = Post.objects.filter(Q(until__isnull=True) | Q(until__gte=today), body__alliance=visit.alliance)
    if nations is not None:
        posts = posts.filter(body__nation__in=nations)
    held = Holding.objects.filter(Q(until__isnull=True) | Q(until__gte=today), since__lte=today)
    vacant = list(
        posts.exclude(pk__in=held.filter(person__is_active=True).values("post")).select_related("body").order_by("pk")
    )
    if vacant:
        n = len(vacant)
        yield Item(
            ngettext("%(n)d post is vacant", "%(n)d posts are vacant", n) % {"n": n},
            reverse("bodies", args=[visit.alliance.slug]), _posts(visit, vacant), "", "risk", "risk", 20,
        )  # fmt: skip
    asleep = held.filter(post__in=posts, person__is_active=True, person__last_login__isnull=True, person__demo=False)
    n = asleep.values("person").distinct().count()
    if n:
        yield Item(
            ngettext("%(n)d person has never signed in", "%(n)d people have never signed in", n) % {"n": n},
            reverse("bodies", args=[visit.alliance.slug]), _("Their invitation may not have arrived."), "", "none",
            "info", 35,
        )  # fmt: skip
    failed = Job.objects.filter(state=Job.State.FAILED, finished__gte=now() - dt.timedelta(days=14))
    failed = failed.filter(Q(alliance=visit.alliance.slug) | Q(alliance=""))
    if nations is not None:
        failed = failed.filter(nation__in=nations)
    n = failed.count()
    if n:
        yield Item(
            ngettext("%(n)d piece of work failed", "%(n)d pieces of work failed", n) % {"n": n},
            reverse("desk-of", args=[visit.alliance.slug]), _("In the last two weeks."), "", "stop", "late", 12,
        )  # fmt: skip


def _posts(visit: Visit, vacant: Sequence[Post]) -> str:
    shown = [f"{pick(p.title, visit.lang)} ({visit.names.nation(p.body.nation)})" for p in vacant[:2]]
    rest = len(vacant) - len(shown)
    return _("%(posts)s and %(n)d more") % {"posts": ", ".join(shown), "n": rest} if rest else ", ".join(shown)


# --- what there is --------------------------------------------------------------------------------------------------


def _facts(visit: Visit) -> Iterator[tuple[str, str, str]]:
    """(what, address, words): the cycles that are open, and the own reports in them."""
    own = {r.cycle_id: r for r in reports.reports(visit.actor, visit.alliance).filter(
        body__nation__in=visit.actor.nations)} if visit.actor.nations else {}  # fmt: skip
    for cycle in reports.cycles(visit.actor, visit.alliance):
        if cycle.state == Cycle.State.CLOSED:
            continue
        body = own[cycle.pk].body if cycle.pk in own else None
        zone = visit.time_zone(body)
        due = own[cycle.pk].due if cycle.pk in own else cycle.deadline
        yield (
            _("Cycle %(code)s") % {"code": cycle.code},
            reverse("cycle", args=[visit.alliance.slug, cycle.code]),
            _("%(state)s; due %(when)s, %(until)s") % {
                "state": cycle.get_state_display(), "when": instants.written(due, zone, visit.lang),
                "until": instants.until(due, zone),
            },
        )  # fmt: skip
        if cycle.pk in own:
            report = own[cycle.pk]
            yield (
                _("Your report"), reverse("report", args=[visit.alliance.slug, cycle.code, report.body.code]),
                str(report.get_state_display()),
            )  # fmt: skip

"""What somebody of the office does next in a cycle: at most seven things, the most urgent first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eirene_web.clock import now
from eirene_web.organisations.visit import Visit
from eirene_web.policy import can
from eirene_web.reports import instants
from eirene_web.reports.models import Cycle, Thread
from eirene_web.reports.oversight import Board, Line
from eirene_web.reports.targets import cycle_target, report_target

#: At most so many on a desk (design-language).
MOST = 7
#: Names that one line lists before it says "and n more".
_NAMED = 3


@dataclass(frozen=True)
class Action:
    """Something to do. `rank`: the lower, the sooner."""

    text: str
    href: str
    detail: str = ""
    when: str = ""
    rank: int = 50


def names_of(lines: list[Line]) -> str:
    """Peloria, Istrande and 3 more"""
    shown = [line.name for line in lines[:_NAMED]]
    rest = len(lines) - len(shown)
    text = ", ".join(shown)
    return _("%(names)s and %(n)d more") % {"names": text, "n": rest} if rest else text


def actions(visit: Visit, board: Board, *, most: int = MOST) -> list[Action]:
    """One query beside those of the board."""
    found = [*_cycle(visit, board), *_review(visit, board), *_nations(visit, board)]
    return sorted(found, key=lambda a: a.rank)[:most]


def _at(visit: Visit, name: str, board: Board, *more: object) -> str:
    return reverse(name, args=[visit.alliance.slug, board.cycle.code, *more])


def _cycle(visit: Visit, board: Board) -> Iterator[Action]:
    cycle, target = board.cycle, cycle_target(board.cycle)
    if cycle.state in (Cycle.State.PLANNED, Cycle.State.TEST) and can(visit.actor, "cycle.open", target):
        zone = visit.time_zone()
        yield Action(
            _("Open the cycle %(code)s") % {"code": cycle.code}
            if cycle.state == Cycle.State.PLANNED
            else _("Open the cycle %(code)s for all") % {"code": cycle.code},
            _at(visit, "cycle-open", board),
            instants.written(cycle.opens, zone, visit.lang), instants.until(cycle.opens, zone), 5,
        )  # fmt: skip
    if cycle.state == Cycle.State.OPEN and cycle.deadline < now() and can(visit.actor, "cycle.close", target):
        owing = [line for line in board.lines if line.owes and not line.is_in]
        yield Action(
            _("Close the cycle %(code)s, or give more time") % {"code": cycle.code}, _at(visit, "cycle-close", board),
            ngettext("%(n)d report is not in.", "%(n)d reports are not in.", len(owing)) % {"n": len(owing)},
            instants.until(cycle.deadline, visit.time_zone()), 20,
        )  # fmt: skip


def _review(visit: Visit, board: Board) -> Iterator[Action]:
    today = now().date()
    for one in board.corrections:
        if can(visit.actor, "review.decide_correction", report_target(one.report)):
            yield Action(
                _("Decide on a correction of %(body)s") % {"body": visit.names.body(one.report.body)},
                reverse("correction", args=[visit.alliance.slug, board.cycle.code, one.report.body.code, one.pk]),
                "", instants.days_word((one.requested.date() - today).days), 10,
            )  # fmt: skip
    fresh = [line for line in board.queue if line.report.reviewer_id is None]
    if fresh and can(visit.actor, "review.assign", report_target(fresh[0].report)):
        text = ngettext("Assign %(n)d report to a desk", "Assign %(n)d reports to a desk", len(fresh))
        yield Action(text % {"n": len(fresh)}, _at(visit, "review-queue", board), names_of(fresh), _("today"), 15)
    mine = [line for line in board.queue if line.report.reviewer_id in visit.actor.posts]
    for line in mine[:MOST]:
        due = line.report.review_due
        days = (due - today).days if due else 99
        yield Action(
            _("Review the report of %(body)s") % {"body": line.name},
            _at(visit, "review", board, line.report.body.code),
            _("changed: %(n)d") % {"n": line.submission.findings.get("changed", 0)} if line.submission else "",
            instants.days_word(days) if due else "", 12 if days <= 1 else 30,
        )  # fmt: skip
    if visit.actor.holds("coordinator", "reviewer"):
        yield from _talk(visit, board)


def _talk(visit: Visit, board: Board) -> Iterator[Action]:
    """Questions of nations, and clarifications that were answered."""
    waiting: dict[int, int] = {}
    rows = Thread.objects.filter(report__cycle=board.cycle).filter(
        kind=Thread.Kind.CLARIFICATION, state=Thread.State.ANSWERED
    )
    for report in rows.values_list("report", flat=True):
        waiting[report] = waiting.get(report, 0) + 1
    asked = [line for line in board.lines if line.waiting_threads]
    for line in asked[:_NAMED]:
        text = ngettext("Answer a question of %(body)s", "Answer %(n)d questions of %(body)s", line.waiting_threads)
        yield Action(
            text % {"n": line.waiting_threads, "body": line.name},
            _at(visit, "review-talk", board, line.report.body.code), "", "", 18,
        )  # fmt: skip
    told = [line for line in board.lines if line.report.pk in waiting]
    if told:
        yield Action(
            ngettext("Read %(n)d clarification", "Read %(n)d clarifications", sum(waiting.values()))
            % {"n": sum(waiting.values())},
            _at(visit, "review-talk", board, told[0].report.body.code), names_of(told), "", 25,
        )  # fmt: skip


def _nations(visit: Visit, board: Board) -> Iterator[Action]:
    if not can(visit.actor, "cycle.remind", cycle_target(board.cycle)):
        return
    silent = [line for line in board.stuck if line.owes]
    if silent:
        text = ngettext("Remind %(n)d nation that is stuck", "Remind %(n)d nations that are stuck", len(silent))
        yield Action(
            text % {"n": len(silent)}, _at(visit, "cycle-remind", board) + "?which=stuck", names_of(silent),
            _("today"), 28,
        )  # fmt: skip
    vacant = [line for line in board.lines if line.owes and (line.vacant or not line.contacts)]
    if vacant:
        text = ngettext("%(n)d nation has nobody to write to", "%(n)d nations have nobody to write to", len(vacant))
        yield Action(text % {"n": len(vacant)}, _at(visit, "cycle-remind", board), names_of(vacant), "", 27)
    due = _next_reminder(board)
    owing = [line for line in board.lines if line.owes and not line.is_in]
    if due is not None and owing:
        day, before = due
        text = ngettext("%(d)d-day notice goes to %(n)d nation", "%(d)d-day notice goes to %(n)d nations", len(owing))
        yield Action(
            text % {"d": before, "n": len(owing)}, _at(visit, "cycle-remind", board),
            _("Goes by itself; each names what is missing."), instants.days_word((day - now().date()).days), 60,
        )  # fmt: skip


def _next_reminder(board: Board) -> tuple[dt.date, int] | None:
    """The day of the next notice that goes by itself, and how many days before the deadline that is."""
    days = sorted(((board.cycle.deadline - dt.timedelta(days=n)).date(), n) for n in board.cycle.remind_days)
    return next(((day, n) for day, n in days if day >= now().date()), None)

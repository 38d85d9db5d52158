"""The office’s page of a cycle and its lists: where all reports are, what is stuck, reminders, years, burden."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from eirene.errors import Problem
from eirene.framework import asked
from eirene.text import pick
from eirene_web.clock import now
from eirene_web.organisations.packs import opened
from eirene_web.organisations.visit import Visit, page
from eirene_web.policy import NotThere, can, reach
from eirene_web.reports import drawings, instants, oversight, queries
from eirene_web.reports.actions import actions
from eirene_web.reports.asking import Reading, attempt
from eirene_web.reports.models import Cycle, Report
from eirene_web.reports.oversight import Board, Line
from eirene_web.reports.services import cycles as services
from eirene_web.reports.tables import ENDINGS, Column, Filter, Table
from eirene_web.reports.targets import cycle_target, report_target, submission_target
from eirene_web.reports.templatetags.reports import shortdate, signed
from eirene_web.reports.views.common import at_cycle, at_report, done
from eirene_web.ui.templatetags.work import status

#: Rows that the page of a cycle shows of what is stuck, and of its review queue.
SHOWN = 7


@require_safe
@page("cycle.see", "cycle.oversee")
def cycle(visit: Visit, cycle: str) -> HttpResponse:
    """For the office the board; for everybody else the dates, and the way to their own report."""
    found = queries.find_cycle(visit.actor, visit.alliance, cycle)
    moments, today = oversight.moments(found, visit.lang)
    context: dict[str, Any] = {
        "cycle": found,
        "moments": moments,
        "line": drawings.time_line(moments, today, visit.lang),
        "kicker": pick(opened(found.pack_id).cycles[found.code].title, visit.lang),
    }
    if not can(visit.actor, "cycle.oversee", cycle_target(found)):
        mine = list(queries.reports(visit.actor, visit.alliance).filter(cycle=found))
        return visit.render("reports/cycle_dates.html", {**context, "reports": mine})
    board = oversight.board(visit.actor, visit.alliance, found, visit.lang)
    pace = oversight.pace(visit.actor, visit.alliance, found, board.lines)
    target = cycle_target(found)
    return visit.render(
        "reports/cycle.html",
        {
            **context,
            "board": board,
            "columns": [(key, _word(key), lines) for key, lines in board.columns],
            "pace": pace,
            "wide": drawings.steps(pace, visit.lang, found.deadline),
            "narrow": drawings.steps(pace, visit.lang, found.deadline, 328),
            "reads": reads_content(visit),
            "queue": [queue_row(visit, line) for line in board.queue[:SHOWN]],
            "stuck": board.stuck[:SHOWN],
            "next": actions(visit, board),
            "may": {verb: can(visit.actor, f"cycle.{verb}", target) for verb in ("open", "change", "close", "remind")},
        },
    )


def reads_content(visit: Visit) -> bool:
    """Whether the actor reads submissions at all: an observer sees the board and nothing of what it is about."""
    return bool(reach(visit.actor, "submission.read").everything)


def _word(column: str) -> str:
    return str(dict(Report.State.choices)[column]).capitalize()


def queue_row(visit: Visit, line: Line) -> dict[str, Any]:
    """A line of the review queue, as values."""
    report, sent = line.report, line.submission
    assert sent is not None
    found = sent.findings
    return {
        "href": at_report(visit, "review", report),
        "name": line.name, "letter": line.letter, "state": report.state, "submitted": sent.at.date(),
        "errors": found.get("error", 0), "justified": found.get("warning_justified", found.get("justified", 0)),
        "open": found.get("warning_open", 0), "changed": found.get("changed"),
        "reviewer": pick(report.reviewer.title, visit.lang) if report.reviewer else "",
        "due": report.review_due, "number": sent.number, "code": report.body.code,
        "population": line.population, "report": report,
        "pressing": report.review_due is not None and (report.review_due - now().date()).days <= 1,
    }  # fmt: skip


# --- the list of reports --------------------------------------------------------------------------------------------


def _reports_table(visit: Visit, board: Board) -> Table:
    zone = instants.zone_of(visit.alliance)
    rows = [
        {
            "href": at_cycle(visit, "report-status", board.cycle, line.report.body.code),
            "name": line.name, "code": line.report.body.code,
            "population": next((n for _l, n, _c in board.populations if _l == line.letter), ""),
            "population_code": line.population,
            "state": line.report.get_state_display(), "state_code": line.state,
            "answered": line.per_cent if line.asked else None, "days": line.days,
            "stuck": line.stuck, "overdue": line.overdue, "what": line.what,
            "with": line.with_ if reads_content(visit) else "",
            "due": line.asked_back or line.deadline.astimezone(zone).date(),
            "extended": line.report.deadline is not None,
            "submitted": line.report.submitted, "minutes": line.report.minutes,
            "reviewer": pick(line.report.reviewer.title, visit.lang) if line.report.reviewer else "",
        }
        for line in board.lines
    ]  # fmt: skip
    columns = [
        Column("name", _("Nation")),
        Column("population", _("Population")),
        Column("state", _("State"), show=lambda r: status(r["state_code"], r["state"])),
        Column("answered", _("Answered, %"), number=True),
        Column("days", _("Days since the last movement"), number=True, show=lambda r: _days_shown(r)),
        Column("what", _("What it waits for"), words=True),
        Column("with", _("With")),
        Column("due", _("Due"), show=_due_shown, whole=True),
        Column("submitted", _("First submitted"), show=lambda r: shortdate(r["submitted"]) or "–", whole=True),
        Column("reviewer", _("Reviewer")),
        Column("minutes", _("Minutes declared"), number=True),
    ]  # fmt: skip
    if not reads_content(visit):
        columns = [c for c in columns if c.key not in ("with", "reviewer", "minutes")]
    states = {line.state: line.report.get_state_display() for line in board.lines}
    populations = {r["population_code"]: r["population"] for r in rows}
    filters = [
        Filter("state", _("State"), sorted(states.items(), key=lambda s: list(Report.State.values).index(s[0])),
               lambda r, v: r["state_code"] == v),
        Filter("population", _("Population"), sorted(populations.items()), lambda r, v: r["population_code"] == v),
        Filter("only", _("Only"), [("overdue", _("late")), ("stuck", _("stuck")),
                                    ("extended", _("with a deadline of their own"))],
               lambda r, v: bool(r[v])),
    ]  # fmt: skip
    return Table(columns, rows, filters, "name", visit.request.GET)


def _due_shown(row: dict[str, Any]) -> Any:
    day = shortdate(row["due"])
    if row["overdue"]:
        return format_html('<b class="late-t">{} {}</b>', day, _("late"))
    if row["extended"]:
        return format_html("{} <small>{}</small>", day, _("own"))
    return day


def _days_shown(row: dict[str, Any]) -> Any:
    if row["stuck"]:
        return format_html('<b class="late-t">{} {}</b>', row["days"], _("stuck"))
    return row["days"]


@require_safe
@page("cycle.oversee", "cycle.see")
def reports(visit: Visit, cycle: str, ending: str = "") -> HttpResponse:
    found = _overseen(visit, cycle)
    board = oversight.board(visit.actor, visit.alliance, found, visit.lang)
    table = _reports_table(visit, board)
    if ending:
        return _file(table, ending, f"{visit.alliance.slug}-{cycle}-reports")
    return listed(visit, table, found, _("All reports of the cycle %(code)s") % {"code": cycle}, "cycle-reports-file")


def listed(visit: Visit, table: Table, cycle: Cycle, title: str, files: str, **more: Any) -> HttpResponse:
    """A list on a page of its own, with its filters and its files."""
    return visit.render(
        "reports/list.html",
        {
            "table": table,
            "title": title,
            "cycle": cycle,
            "files": [(ending, at_cycle(visit, files, cycle, ending)) for ending in ENDINGS],
            "back": at_cycle(visit, "cycle", cycle),
            **more,
        },
    )


def _file(table: Table, ending: str, name: str) -> HttpResponse:
    if ending not in ENDINGS:
        raise NotThere(_("There is no such page, or it is not for you."))
    return table.file(ending, name)


def _overseen(visit: Visit, cycle: str) -> Cycle:
    """A cycle whose reports the actor oversees. Raises NotThere or NotAllowed."""
    found = queries.find_cycle(visit.actor, visit.alliance, cycle)
    visit.ask("cycle.oversee", cycle_target(found))
    return found


@require_safe
@page("cycle.oversee", "report.see")
def report_status(visit: Visit, cycle: str, body: str) -> HttpResponse:
    """One report as the office sees it: where it is, since when, with whom, and what can be done. No content."""
    found = _overseen(visit, cycle)
    board = oversight.board(visit.actor, visit.alliance, found, visit.lang)
    line = next((one for one in board.lines if one.report.body.code == body), None)
    if line is None:
        raise NotThere(_("There is no such page, or it is not for you."))
    report = line.report
    sent = queries.submissions(visit.actor, report)
    target = report_target(report)
    return visit.render(
        "reports/status.html",
        {
            "cycle": found,
            "report": report,
            "line": line,
            "submissions": sent,
            "reads": bool(sent) and can(visit.actor, "submission.read", submission_target(sent[-1])),
            "knows_who": reads_content(visit),
            "may_extend": can(visit.actor, "report.extend", target) or can(visit.actor, "report.reopen", target),
            "may_remind": line.owes and can(visit.actor, "cycle.remind", cycle_target(found)),
            "corrections": [c for c in board.corrections if c.report_id == report.pk],
        },
    )


# --- reminders ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@page("cycle.remind", "cycle.see")
def remind(visit: Visit, cycle: str) -> HttpResponse:
    """Whom a reminder would reach, chosen one by one; then it goes."""
    found = queries.find_cycle(visit.actor, visit.alliance, cycle)
    visit.ask("cycle.remind", cycle_target(found))
    board = oversight.board(visit.actor, visit.alliance, found, visit.lang)
    owing = [line for line in board.lines if line.owes]
    problems: Iterable[Problem] = ()
    chosen: set[str] = set()
    if visit.request.method == "POST":
        reading = Reading(visit.request)
        chosen = set(reading.all("bodies"))
        if reading.text("step") == "send":
            tried = attempt(lambda: services.remind(actor=visit.actor, cycle=found.pk, bodies=sorted(chosen)))
            if tried.done:
                n = len(tried.result or [])
                told = ngettext("%(n)d nation is reminded.", "%(n)d nations are reminded.", n) % {"n": n}
                return done(visit, told, at_cycle(visit, "cycle", found))
            problems = tried.problems
        elif not chosen:
            problems = [Problem(_("Nobody is chosen."), "bodies", _("Choose among those whose report is not in."))]
        preview = [line for line in owing if line.report.body.code in chosen]
        if not problems:
            return visit.render("reports/remind_check.html", {"cycle": found, "lines": preview})
    else:
        which, body = visit.request.GET.get("which", ""), visit.request.GET.get("body", "")
        chosen = {
            line.report.body.code
            for line in owing
            if which == "all" or (which == "stuck" and line.stuck) or line.report.body.code == body
        }
    return visit.render(
        "reports/remind.html",
        {"cycle": found, "lines": owing, "chosen": chosen, "problems": list(problems), "places": ["bodies"]},
        status=400 if problems else 200,
    )


# --- years and burden -----------------------------------------------------------------------------------------------


@require_safe
@page("cycle.oversee", "cycle.see")
def timeliness(visit: Visit, cycle: str, ending: str = "") -> HttpResponse:
    found = _overseen(visit, cycle)
    years = oversight.years(visit.actor, visit.alliance, visit.lang)
    columns = [
        Column("name", _("Nation")),
        *(Column(f"c{c.code}", c.code, number=True, show=_shown_days(f"c{c.code}")) for c in years.cycles),
        Column("late", _("Times late"), number=True),
    ]
    rows = []
    for code, kept in years.kept.items():
        row: dict[str, Any] = {"name": years.names[code], "code": code}
        for one in years.cycles:
            row[f"c{one.code}"] = kept[one.code].days if one.code in kept else None
            row[f"s{one.code}"] = kept.get(one.code)
        row["late"] = sum(k.in_time is False for k in kept.values())
        rows.append(row)
    only = Filter("only", _("Only"), [("late", _("late at least once"))], lambda r, v: bool(r["late"]))
    table = Table(columns, rows, [only], "name", visit.request.GET)
    if ending:
        return _file(table, ending, f"{visit.alliance.slug}-timeliness")
    return listed(
        visit, table, found, _("Timeliness over the years"), "cycle-timeliness-file", sums=years.sums(),
        lead=_("Days from the deadline to the first submission: − before it, + after it. Each nation’s own deadline "
               "where it was extended. For the office alone; lateness is never published."),
        before="reports/_years.html",
    )  # fmt: skip


#: A report that never came in; what is still to come says nothing.
_NO_DAY = {Report.State.NOT_SUBMITTED: gettext_lazy("none")}


def _shown_days(key: str) -> Any:
    def show(row: dict[str, Any]) -> Any:
        kept = row[f"s{key[1:]}"]
        if kept is None:
            return "–"
        if kept.days is None:
            return _NO_DAY.get(kept.state) or (_("day not known") if kept.state in oversight.IN else "–")
        if kept.days > 0:
            return format_html('<b class="late-t">{}</b>', signed(kept.days))
        return signed(kept.days)

    return show


@require_safe
@page("cycle.oversee", "cycle.see")
def burden(visit: Visit, cycle: str, ending: str = "") -> HttpResponse:
    found = _overseen(visit, cycle)
    if not reads_content(visit):
        raise NotThere(_("There is no such page, or it is not for you."))
    cost = oversight.burden(visit.actor, visit.alliance, found, visit.lang)
    rows = [
        {"name": name, "minutes": report.minutes, "answered": answered or None, "taken": taken or None}
        for name, report, taken, answered in cost.lines
    ]
    columns = [
        Column("name", _("Nation")), Column("minutes", _("Minutes declared"), number=True),
        Column("answered", _("Questions answered"), number=True),
        Column("taken", _("Of these taken over from last year"), number=True),
    ]  # fmt: skip
    only = Filter("only", _("Only"), [("said", _("who said how long it took"))], lambda r, v: r["minutes"] is not None)
    table = Table(columns, rows, [only], "name", visit.request.GET)
    if ending:
        return _file(table, ending, f"{visit.alliance.slug}-{cycle}-burden")
    sheet = asked(opened(found.pack_id), found.code)
    sections = [(s, [q for q in cost.unused if q.section == s.id]) for s in sheet.sections]
    return listed(
        visit, table, found, _("What the cycle %(code)s costs") % {"code": cycle}, "cycle-burden-file", burden=cost,
        unused=[(s, questions) for s, questions in sections if questions], before="reports/_burden.html",
    )  # fmt: skip


urlpatterns = [
    path("cycles/<code:cycle>/reports/", reports, name="cycle-reports"),
    path("cycles/<code:cycle>/reports/list.<code:ending>", reports, name="cycle-reports-file"),
    path("cycles/<code:cycle>/of/<code:body>/", report_status, name="report-status"),
    path("cycles/<code:cycle>/remind/", remind, name="cycle-remind"),
    path("cycles/<code:cycle>/timeliness/", timeliness, name="cycle-timeliness"),
    path("cycles/<code:cycle>/timeliness/list.<code:ending>", timeliness, name="cycle-timeliness-file"),
    path("cycles/<code:cycle>/burden/", burden, name="cycle-burden"),
    path("cycles/<code:cycle>/burden/list.<code:ending>", burden, name="cycle-burden-file"),
    path("cycles/<code:cycle>/", cycle, name="cycle"),
    path("<code:cycle>/", cycle),
]

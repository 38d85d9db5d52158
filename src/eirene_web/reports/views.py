"""Pages of cycles and reports: look up, call, render."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from eirene_web.organisations.visit import Visit, page
from eirene_web.reports import queries
from eirene_web.reports.working import Working, progress


@require_safe
@page("cycle.see")
def cycles(visit: Visit) -> HttpResponse:
    return visit.render("reports/cycles.html", {"cycles": queries.cycles(visit.actor, visit.alliance)})


@require_safe
@page("cycle.see")
def cycle(visit: Visit, cycle: str) -> HttpResponse:
    found = queries.find_cycle(visit.actor, visit.alliance, cycle)
    shown = queries.reports(visit.actor, visit.alliance).filter(cycle=found)
    return visit.render("reports/cycle.html", {"cycle": found, "reports": shown})


@require_safe
@page("report.see")
def report(visit: Visit, cycle: str, body: str) -> HttpResponse:
    found = queries.find_report(visit.actor, visit.alliance, cycle, body)
    working = Working(found)
    return visit.render("reports/report.html", {"report": found, "working": working, "progress": progress(working)})


@require_safe
@page("answer.read")
def section(visit: Visit, cycle: str, body: str, section: str) -> HttpResponse:
    found = queries.find_report(visit.actor, visit.alliance, cycle, body)
    working = queries.working(visit.actor, found, section)
    return visit.render("reports/section.html", {"report": found, "working": working, "section": section})

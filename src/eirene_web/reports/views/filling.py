"""Filling in: the task list of a report, its sections."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from eirene_web.organisations.visit import Visit, page
from eirene_web.reports import queries
from eirene_web.reports.working import Working, progress


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


urlpatterns = [
    path("<code:cycle>/<code:body>/", report, name="report"),
    path("<code:cycle>/<code:body>/section/<code:section>/", section, name="section"),
]

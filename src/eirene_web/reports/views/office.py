"""Running a cycle: where all reports are, and what the office does next."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from eirene_web.organisations.visit import Visit, page
from eirene_web.reports import queries


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


urlpatterns = [
    path("cycles/", cycles, name="cycles"),
    path("<code:cycle>/", cycle, name="cycle"),
]

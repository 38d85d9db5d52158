"""The first page after signing in."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from eirene_web.desk import queries
from eirene_web.notices import queries as notices
from eirene_web.organisations.visit import Visit, page


@require_safe
@page("desk.see")
def desk(visit: Visit) -> HttpResponse:
    visit.ask("desk.see")
    unread = notices.for_desk(visit.actor, lang=visit.lang, alliance=visit.alliance)
    return visit.render("desk/desk.html", {"desk": queries.desk(visit), "notices": unread})

"""Where one begins: to the desk of the one alliance, or to choose."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from eirene_web.accounts.models import Person
from eirene_web.organisations import queries
from eirene_web.organisations.packs import pack_of
from eirene_web.organisations.visit import Visit, page


@login_required
@require_safe
def first(request: HttpRequest) -> HttpResponse:
    """To the desk of the one alliance in which somebody holds a post; to choose, where there are several."""
    assert isinstance(request.user, Person)
    found = queries.alliances_of(request.user)
    if len(found) == 1:
        return HttpResponseRedirect(reverse("desk-of", args=[found[0].slug]))
    titled = [{"slug": one.slug, "title": pack_of(one).header.title} for one in found]
    return render(request, "organisations/choose.html", {"alliances": titled})


@require_safe
@page("desk.see")
def desk(visit: Visit) -> HttpResponse:
    visit.ask("desk.see")
    return visit.render("organisations/desk.html")


urlpatterns = [path("", desk, name="desk-of")]

"""Pages of the organisation: where one begins, who may do what, bodies and posts."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from eirene_web.accounts.models import Person
from eirene_web.organisations import queries
from eirene_web.organisations.visit import Visit, page
from eirene_web.policy import ROLES, table


@login_required
@require_safe
def first(request: HttpRequest) -> HttpResponse:
    """To the desk of the one alliance in which somebody holds a post; to choose, where there are several."""
    assert isinstance(request.user, Person)
    found = queries.alliances_of(request.user)
    if len(found) == 1:
        return HttpResponseRedirect(reverse("desk-of", args=[found[0].slug]))
    return render(request, "organisations/choose.html", {"alliances": found})


@require_safe
@page("policy.see")
def who_may(visit: Visit) -> HttpResponse:
    """The table, as it is asked."""
    visit.ask("policy.see")
    rules = table()
    return visit.render("organisations/who_may.html", {"rules": rules, "roles": ROLES})


@require_safe
@page("bodies.see")
def bodies(visit: Visit) -> HttpResponse:
    nation = "" if visit.actor.in_office else visit.actor.nations[0]
    return visit.render("organisations/bodies.html", {"posts": queries.posts_of(visit.alliance, nation)})

"""Who may do what, as the policy table is asked."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from eirene_web.organisations.visit import Visit, page
from eirene_web.policy import ROLES
from eirene_web.policy.guide import guide


@require_safe
@page("policy.see")
def who_may(visit: Visit) -> HttpResponse:
    """The whole table, or what one role may do; `?role=mine`: what the roles that one holds here may do."""
    visit.ask("policy.see")
    chosen = visit.request.GET.get("role", "")
    mine = frozenset(grant.role for grant in visit.actor.grants)
    roles = mine if chosen == "mine" else frozenset([chosen]) if chosen in ROLES else None
    every = list(ROLES.values())
    return visit.render(
        "organisations/who_may.html",
        {
            "kinds": guide(roles), "roles": every, "shown": [r for r in every if roles is None or r.code in roles],
            "chosen": chosen if roles else "", "mine": mine,
        },
    )  # fmt: skip


urlpatterns = [path("who-may/", who_may, name="who-may")]

"""Who holds posts here; suspending and reinstating."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from eirene_web.accounts.queries import sign_ins_of
from eirene_web.clock import now
from eirene_web.organisations import forms, queries, services
from eirene_web.organisations.visit import Visit, page

#: Sign-ins shown to whoever keeps people.
SHOWN = 30


@require_safe
@page("people.see")
def people(visit: Visit) -> HttpResponse:
    found = queries.people(visit.actor, visit.alliance)
    if not found:
        visit.ask("people.see", queries.person_target(visit.alliance, visit.person))
    return visit.render("organisations/people.html", {"people": found, "names": visit.names})


@require_safe
@page("people.see")
def person(visit: Visit, person: int) -> HttpResponse:
    found, target = queries.find_person(visit.actor, visit.alliance, person)
    holdings, today = queries.holdings_by(found, visit.alliance), now().date()
    return visit.render(
        "organisations/person.html",
        {
            "person": found, "names": visit.names, "today": today, "sign_ins": sign_ins_of(found, SHOWN),
            "held": [h for h in holdings if h.until is None or h.until >= today],
            "past": [h for h in holdings if h.until is not None and h.until < today],
            "may_suspend": visit.could("people.suspend", target) and found.pk != visit.person.pk,
        },
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@page("people.suspend")
def suspend(visit: Visit, person: int) -> HttpResponse:
    """Suspends, or reinstates whoever is suspended, with a reason."""
    found, target = queries.find_person(visit.actor, visit.alliance, person)
    visit.ask("people.suspend", target)
    form = forms.Why(visit.request.POST or None)
    if form.is_valid():
        given = {"actor": visit.actor, "alliance": visit.alliance.slug, "person": found.pk, **form.cleaned_data}
        if found.is_active:
            services.suspend_person(**given)
            messages.success(visit.request, _("Suspended. Sessions and tokens have ended; duties stay with the posts."))
        else:
            services.reinstate_person(**given)
            messages.success(visit.request, _("Reinstated. They may sign in again."))
        return HttpResponseRedirect(reverse("person", args=[visit.alliance.slug, found.pk]))
    context = {"form": form, "person": found}
    return visit.render("organisations/suspend.html", context, status=422 if form.errors else 200)


urlpatterns = [
    path("bodies/people/", people, name="people"),
    path("bodies/people/<int:person>/", person, name="person"),
    path("bodies/people/<int:person>/suspend/", suspend, name="suspend-person"),
]

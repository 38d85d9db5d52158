"""Who holds posts here; suspending and reinstating."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from eirene.text import pick
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
    words = visit.request.GET.get("q", "").strip()[:80]
    body = visit.request.GET.get("body", "")[:40]
    shown = [one for one in found if _fits(visit, one, words, body)]
    nations = sorted(
        {post.body.nation for one in found for post in one.posts}, key=lambda n: (n != "", visit.names.nation(n))
    )
    return visit.render(
        "organisations/people.html",
        {"people": shown, "total": len(found), "names": visit.names, "q": words, "body": body,
         "nations": [(nation or OFFICE, visit.names.nation(nation)) for nation in nations]},
    )  # fmt: skip


#: Stands for the office among the choices, where '' is everybody.
OFFICE = "_office"


def _fits(visit: Visit, known: queries.Known, words: str, body: str) -> bool:
    """Whether somebody is among those asked for: by words of their name or post, and by nation."""
    if body and not any((post.body.nation or OFFICE) == body for post in known.posts):
        return False
    text = " ".join([known.person.name, *(pick(post.title, visit.lang) for post in known.posts)]).casefold()
    return all(word in text for word in words.casefold().split())


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

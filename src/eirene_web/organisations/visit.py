"""A visit: one request by somebody signed in, to one alliance. What every page of the platform begins with."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from eirene.framework import Pack
from eirene.framework.model import Audience
from eirene_web.accounts.models import Person
from eirene_web.accounts.strength import has_second_factor, is_strong
from eirene_web.clock import now
from eirene_web.organisations import queries
from eirene_web.organisations.models import Alliance, Body
from eirene_web.organisations.packs import pack_of
from eirene_web.organisations.signing_in import deciding_roles
from eirene_web.policy import Actor, NotThere, Target, ask, can

P = ParamSpec("P")


class Visit:
    """Who is here, in which alliance, in which language."""

    def __init__(self, request: HttpRequest, alliance: Alliance, person: Person) -> None:
        self.request, self.alliance, self.person = request, alliance, person
        self.actor: Actor
        self.actor, self._own_zone = queries.here(person, alliance, strong=is_strong(request))
        self.lang = translation.get_language() or "en"

    @cached_property
    def pack(self) -> Pack:
        return pack_of(self.alliance)

    @cached_property
    def names(self) -> queries.Names:
        return queries.Names(self.alliance, self.lang, now().date())

    @property
    def audience(self) -> Audience:
        """Whose marking the pages bear."""
        found = self.pack.header.audiences
        return next((a for a in found if a.code == self.actor.audience), found[-1])

    @property
    def channel(self) -> str:
        """Where persons and cases belong instead of here: the pack’s words, else the installation’s."""
        own = (self.pack.phrases.get(lang, {}).get("confidential_channel") for lang in (self.lang, "en"))
        return (
            next((words for words in own if words), "")
            or settings.EIRENE_CONFIDENTIAL_CHANNEL
            or _("Ask the administrator of your nation for its confidential channel; it is kept outside Eirene.")
        )

    def can(self, verb: str, target: Target | None = None) -> bool:
        return can(self.actor, verb, target or Target(verb_kind(verb), self.alliance.slug))

    def ask(self, verb: str, target: Target | None = None) -> None:
        ask(self.actor, verb, target or Target(verb_kind(verb), self.alliance.slug))

    def could(self, verb: str, target: Target | None = None) -> bool:
        """Whether it could be done with a second factor: a page offers it then, and asks for that."""
        return queries.could(self.actor, verb, target or Target(verb_kind(verb), self.alliance.slug))

    @cached_property
    def owes_second_factor(self) -> bool:
        """Whether this person decides here, signed in without a second factor, and has none: every page says so."""
        return not self.actor.strong and self.actor.holds(*deciding_roles()) and not has_second_factor(self.person)

    def time_zone(self, body: Body | None = None) -> zoneinfo.ZoneInfo:
        """The clock that this person reads: their own, else that of the body, of its nation, of the alliance.

        `body` None: that in which they hold their first post.
        """
        name = self.person.time_zone or (body.time_zone if body else self._own_zone)
        if not name and body is not None and body.nation:
            name = self._zones.get(body.nation, "")
        return zoneinfo.ZoneInfo(name or self.alliance.time_zone)

    @cached_property
    def _zones(self) -> dict[str, str]:
        """Clocks of nations (and partners) that have one of their own. One query, asked only when a body is meant."""
        own = Body.objects.filter(alliance=self.alliance, code=F("nation")).exclude(time_zone="")
        return dict(own.values_list("code", "time_zone"))

    def render(self, template: str, context: dict[str, Any] | None = None, *, status: int = 200) -> HttpResponse:
        self.request.visit = self  # type: ignore[attr-defined]
        response = render(self.request, template, {"visit": self, **(context or {})}, status=status)
        response.headers["Cache-Control"] = "private, no-store"
        return response


def verb_kind(verb: str) -> str:
    from eirene_web.policy import table

    return table().verbs[verb].kind


View = Callable[Concatenate[Visit, P], HttpResponse]


def page(*verbs: str) -> Callable[[View[P]], Callable[..., HttpResponse]]:
    """A page of an alliance for people signed in. `verbs`: those of the policy table that it serves, the first one to
    see it; the queries and services behind it ask. Somebody who holds no post in the alliance finds nothing."""

    def decorate(view: View[P]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def serve(request: HttpRequest, slug: str, *args: P.args, **names: P.kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return signed_out(request)
            assert isinstance(request.user, Person)
            visit = Visit(request, queries.alliance_of(slug), request.user)
            request.visit = visit  # type: ignore[attr-defined]
            if not visit.actor.grants:
                raise NotThere(_("There is no such page, or it is not for you."))
            return view(visit, *args, **names)

        serve.verbs = verbs  # type: ignore[attr-defined]
        return serve

    return decorate


def signed_out(request: HttpRequest) -> HttpResponse:
    """What somebody gets who is not, or not any more, signed in. What a form brought along is not lost."""
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"problems": [{"what": _("You are signed out."), "remedy": ""}]}, status=401)
    return carried(request, status=401) if request.method == "POST" else to_sign_in(request)


def not_there(request: HttpRequest) -> HttpResponse | None:
    """What somebody at work gets for an address that is not there for them; None: a page for readers tells it."""
    visit = getattr(request, "visit", None)
    if visit is None and not (request.user.is_authenticated and "/work/" in request.path_info):
        return None
    response = render(request, "ui/not_there.html", {"visit": visit}, status=404)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def carried(request: HttpRequest, *, status: int) -> HttpResponse:
    """A form that could not be taken now, with everything in it, to be sent again by a deliberate press."""
    fields = [(name, text) for name, texts in request.POST.lists() for text in texts if name != "csrfmiddlewaretoken"]
    context = {"fields": fields, "files": [f.name for fs in request.FILES.lists() for f in fs[1]], "visit": None}
    response = render(request, "ui/carried.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back."""
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}")

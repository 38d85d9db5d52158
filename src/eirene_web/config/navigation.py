"""What the frame of every page needs: where one can go, in which language, under which marking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from eirene_web.organisations.visit import Visit
from eirene_web.policy import reach


@dataclass(frozen=True)
class Item:
    """A way to somewhere: shown to those whose roles reach the verb anywhere."""

    label: str
    href: str
    current: bool


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of pages for people signed in; the portal's pages bring their own."""
    visit = getattr(request, "visit", None)
    if not isinstance(visit, Visit):
        return {"demo": settings.EIRENE_DEMO, "demo_first": made_up, "switch_here": switch(request)}
    return {
        "demo": settings.EIRENE_DEMO and visit.alliance.demo,
        "navigation": navigation(visit),
        "switch_here": switch(request),
    }


def made_up() -> list[Any]:
    """One account for each role, for the page on which one signs in to a demonstration. Asked by that page alone."""
    from eirene_web.demo import people

    if not settings.EIRENE_DEMO:
        return []
    return people.first(people.everybody(translation.get_language() or settings.LANGUAGE_CODE))


def switch(request: HttpRequest) -> list[dict[str, Any]]:
    """The same page in each language."""
    path = request.path_info
    bare = path.removeprefix("/fr") if path == "/fr" or path.startswith("/fr/") else path
    here = translation.get_language() or settings.LANGUAGE_CODE
    query = f"?{request.GET.urlencode()}" if request.method == "GET" and request.GET else ""
    return [
        {
            "code": code,
            "name": get_language_info(code)["name_local"],
            "href": ("" if code == settings.LANGUAGE_CODE else f"/{code}") + bare + query,
            "current": code == here,
        }
        for code, _name in settings.LANGUAGES
    ]


def navigation(visit: Visit) -> list[Item]:
    """At most seven ways, those first that one’s role is about."""
    slug, here = visit.alliance.slug, visit.request.path_info
    cycles, oversees = reverse("cycles", args=[slug]), not reach(visit.actor, "cycle.oversee").nowhere
    ways = [
        (_("My desk"), reverse("desk-of", args=[slug]), "desk.see"),
        (_("Cycles") if oversees else _("Our reports"), cycles, "cycle.see"),
        (_("Bodies and posts"), reverse("bodies", args=[slug]), "bodies.see"),
        (_("Editions"), reverse("editions", args=[slug]), "release.list"),
        (_("History"), reverse("histories", args=[slug]), "journal.read"),
        (_("Published"), published(visit), "desk.see"),
    ]
    shown = [(label, href) for label, href, verb in ways if not reach(visit.actor, verb).nowhere]
    found = visit.request.resolver_match
    at_report = found is not None and "cycle" in found.kwargs and "body" in found.kwargs
    best = cycles if at_report else max((href for _label, href in shown if here.startswith(href)), key=len, default="")
    return [Item(label, href, href == best) for label, href in shown]


def published(visit: Visit) -> str:
    """Where one reads what is published: the releases for the own audience, where there are any; else the public’s."""
    from eirene_web.editions.queries import audience_read

    audience = audience_read(visit.actor, visit.alliance)
    slug = visit.alliance.slug
    return reverse("alliance", args=[f"{slug}/for/{audience}" if audience else slug])

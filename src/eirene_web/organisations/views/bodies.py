"""The tree of bodies on a day, a body, its names and places."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from eirene.framework import naming_footnote
from eirene_web.clock import now
from eirene_web.organisations import forms, queries, services
from eirene_web.organisations.models import Body
from eirene_web.organisations.queries import body_target
from eirene_web.organisations.services.bodies import ADDED
from eirene_web.organisations.visit import Visit, page
from eirene_web.policy import Target

FORM = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@page("bodies.see")
def bodies(visit: Visit) -> HttpResponse:
    """All that one sees, as it lay on the day asked for."""
    on = forms.day_of(visit.request.GET.get("on"), now().date())
    names = queries.Names(visit.alliance, visit.lang, on)
    nodes = queries.tree(visit.actor, visit.alliance, names, on)
    if not nodes:
        visit.ask("bodies.see", queries.nation_target(visit.alliance, next(iter(visit.actor.nations), "")))
    return visit.render(
        "organisations/bodies.html",
        {"nodes": nodes, "on": on, "today": now().date(), "people": visit.could("people.see", _own(visit)),
         "vacant": sum(node.vacant for node in nodes), "posts": sum(node.posts for node in nodes)},
    )  # fmt: skip


def _own(visit: Visit) -> Target:
    """Somebody of one's own body, for asking whether one may see people there."""
    nation = "" if visit.actor.in_office else next(iter(visit.actor.nations), "")
    return Target("person", visit.alliance.slug, state="active", nation=nation)


@require_safe
@page("bodies.see")
def body(visit: Visit, code: str) -> HttpResponse:
    """One body on a day: its posts with their roles and holders, what lies below it, what it was called when."""
    on = forms.day_of(visit.request.GET.get("on"), now().date())
    found = queries.find_body(visit.actor, visit.alliance, code)
    names = queries.Names(visit.alliance, visit.lang, on)
    nodes = queries.tree(visit.actor, visit.alliance, names, on)
    spans = list(found.spans.select_related("parent"))
    parent = next((s.parent for s in spans if (s.since or on) <= on <= (s.until or on)), None)
    place = next((i for i, node in enumerate(nodes) if node.body.pk == found.pk), None)
    target = body_target(found)
    return visit.render(
        "organisations/body.html",
        {
            "body": found, "name": names.body(found), "names": names, "on": on, "today": now().date(), "spans": spans,
            "parent": parent, "below": _below(nodes, place), "posts": queries.posts_in(found, on),
            "footnote": naming_footnote(visit.pack, found.code, visit.lang, on),
            "may_change": visit.could("bodies.change", target), "may_post": visit.could("posts.change", target),
            "closable": found.kind in ADDED,
        },
    )  # fmt: skip


def _below(nodes: list[queries.Node], place: int | None) -> list[queries.Node]:
    if place is None:
        return []
    depth, found = nodes[place].depth, []
    for node in nodes[place + 1 :]:
        if node.depth <= depth:
            break
        if node.depth == depth + 1:
            found.append(node)
    return found


def back(visit: Visit, body: Body) -> HttpResponse:
    return HttpResponseRedirect(reverse("body", args=[visit.alliance.slug, body.code]))


def form_page(visit: Visit, form: object, title: str, button: str, body: Body, **more: object) -> HttpResponse:
    status = 422 if getattr(form, "errors", None) else 200
    context = {"form": form, "title": title, "button": button, "body": body, "name": visit.names.body(body), **more}
    return visit.render("organisations/form.html", context, status=status)


@FORM
@page("bodies.change")
def add(visit: Visit, code: str) -> HttpResponse:
    parent = queries.find_body(visit.actor, visit.alliance, code)
    visit.ask("bodies.change", body_target(parent))
    form = forms.NewBody(visit.request.POST or None, parent=parent)
    if form.is_valid():
        given = form.cleaned_data
        made = services.add_body(
            actor=visit.actor, alliance=visit.alliance.slug, kind=given["kind"], name=form.words, parent=parent.code,
            time_zone=given["time_zone"], since=given["since"],
        )  # fmt: skip
        messages.success(visit.request, _("The body is added."))
        return back(visit, made)
    return form_page(visit, form, _("Add a body below"), _("Add the body"), parent)


@FORM
@page("bodies.change")
def change(visit: Visit, code: str) -> HttpResponse:
    """Another name or place from a day on."""
    found = queries.find_body(visit.actor, visit.alliance, code)
    visit.ask("bodies.change", body_target(found))
    span = found.spans.filter(until__isnull=True).select_related("parent").first()
    today = now().date()
    nodes = queries.tree(visit.actor, visit.alliance, visit.names, today)
    own = {node.body.pk for node in nodes if node.body.pk == found.pk}
    parents = [
        (node.body.code, f"{'– ' * node.depth}{node.name}")
        for node in nodes
        if node.body.nation == found.nation and node.body.pk not in own and found.kind in ADDED
        and found.kind != Body.Kind.PARTNER
    ]  # fmt: skip
    form = forms.ChangeBody(
        visit.request.POST or None, words=span.name if span else {}, parents=parents,
        initial={"parent": span.parent.code if span and span.parent else "", "since": today},
    )  # fmt: skip
    if form.is_valid():
        given = form.cleaned_data
        services.move_body(
            actor=visit.actor, alliance=visit.alliance.slug, code=code, name=form.words,
            parent=given.get("parent") or None, since=given["since"],
        )  # fmt: skip
        messages.success(visit.request, _("Saved. What it was before stays on record."))
        return back(visit, found)
    return form_page(visit, form, _("Rename or move"), _("Save"), found)


@FORM
@page("bodies.change")
def close(visit: Visit, code: str) -> HttpResponse:
    found = queries.find_body(visit.actor, visit.alliance, code)
    visit.ask("bodies.change", body_target(found))
    form = forms.CloseBody(visit.request.POST or None, initial={"until": now().date()})
    if form.is_valid():
        services.close_body(actor=visit.actor, alliance=visit.alliance.slug, code=code, **form.cleaned_data)
        messages.success(visit.request, _("The body is closed from the day after."))
        return back(visit, found)
    return form_page(visit, form, _("Close the body"), _("Close the body"), found)


@FORM
@page("bodies.change")
def clock(visit: Visit, code: str) -> HttpResponse:
    found = queries.find_body(visit.actor, visit.alliance, code)
    visit.ask("bodies.change", body_target(found))
    form = forms.Clock(visit.request.POST or None, initial={"time_zone": found.time_zone})
    if visit.request.method == "POST" and form.is_valid():
        services.set_time_zone(actor=visit.actor, alliance=visit.alliance.slug, code=code, **form.cleaned_data)
        messages.success(visit.request, _("Saved. Deadlines are shown by this clock."))
        return back(visit, found)
    return form_page(visit, form, _("Time zone"), _("Save"), found)


urlpatterns = [
    path("bodies/", bodies, name="bodies"),
    path("bodies/<bodycode:code>/", body, name="body"),
    path("bodies/<bodycode:code>/add/", add, name="add-body"),
    path("bodies/<bodycode:code>/change/", change, name="change-body"),
    path("bodies/<bodycode:code>/close/", close, name="close-body"),
    path("bodies/<bodycode:code>/time-zone/", clock, name="time-zone-of-body"),
]

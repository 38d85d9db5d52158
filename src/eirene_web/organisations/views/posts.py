"""A post, its roles, who holds it; filling it, handing it over, inviting into it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eirene.framework import asked
from eirene.text import pick
from eirene_web.clock import now
from eirene_web.organisations import forms, queries, services
from eirene_web.organisations.models import Body, Invitation, Post
from eirene_web.organisations.queries import body_target
from eirene_web.organisations.views.bodies import form_page
from eirene_web.organisations.visit import Visit, page
from eirene_web.policy import ROLES, NotThere

FORM = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@page("bodies.see")
def post(visit: Visit, post: int) -> HttpResponse:
    """What the post is, who holds it, and who held it when."""
    found = queries.find_post(visit.actor, visit.alliance, post)
    today, every = now().date(), queries.holdings_of(found)
    held = [h for h in every if h.since <= today and (h.until is None or h.until >= today)]
    target = body_target(found.body)
    return visit.render(
        "organisations/post.html",
        {
            "post": found, "title": visit.names.post(found), "held": held, "every": every, "today": today,
            "coming": [h for h in every if h.since > today], "roles": described(found),
            "above": visit.names.post(found.above) if found.above else "", "name": visit.names.body(found.body),
            "invitations": queries.invitations_to(visit.actor, found), "now": now(),
            "may_fill": visit.could("posts.fill", target), "may_change": visit.could("posts.change", target),
        },
    )  # fmt: skip


def described(post: Post) -> list[tuple[Any, list[str]]]:
    """The roles of a post in words, each with its sections."""
    return [(ROLES[role.role], role.sections) for role in post.roles.all() if role.role in ROLES]


def _sections(visit: Visit) -> dict[str, str]:
    """The sections of the newest questionnaire: code → title."""
    newest = max((cycle.id for cycle in visit.pack.cycles.values() if cycle.questionnaire), default=None)
    sheet = asked(visit.pack, newest) if newest else None
    return {section.id: pick(section.title, visit.lang) for section in sheet.sections} if sheet else {}


def _others(visit: Visit, body: Body, but: int | None = None) -> list[tuple[int, str]]:
    """Posts of the same nation, for the one above."""
    posts = queries.posts_of(visit.alliance, body.nation)
    return [(p.pk, f"{visit.names.post(p)}, {visit.names.body(p.body)}") for p in posts if p.pk != but]


def _known(visit: Visit) -> list[tuple[int, str]]:
    """People whom the one who asks may put into a post: those they see. Anybody else is invited by address."""
    return [(known.person.pk, known.person.name) for known in queries.people(visit.actor, visit.alliance)]


def _back(visit: Visit, post: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("post", args=[visit.alliance.slug, post]))


@FORM
@page("posts.change")
def add(visit: Visit, code: str) -> HttpResponse:
    body = queries.find_body(visit.actor, visit.alliance, code)
    visit.ask("posts.change", body_target(body))
    form = forms.PostForm(visit.request.POST or None, body=body, posts=_others(visit, body), sections=_sections(visit))
    if form.is_valid():
        given = form.cleaned_data
        made = services.add_post(
            actor=visit.actor, alliance=visit.alliance.slug, body=body.code, title=form.words, roles=form.roles,
            mailbox=given["mailbox"], above=given["above"], contact=given["contact"], since=given["since"],
        )  # fmt: skip
        messages.success(visit.request, _("The post is added. Nobody holds it yet."))
        return _back(visit, made.pk)
    return form_page(visit, form, _("Add a post"), _("Add the post"), body, role_form=True)


@FORM
@page("posts.change")
def change(visit: Visit, post: int) -> HttpResponse:
    found = queries.find_post(visit.actor, visit.alliance, post)
    visit.ask("posts.change", body_target(found.body))
    form = forms.PostForm(
        visit.request.POST or None, body=found.body, posts=_others(visit, found.body, found.pk),
        sections=_sections(visit), post=found, words=found.title,
        initial={"mailbox": found.mailbox, "above": found.above_id, "contact": found.contact, "until": found.until},
    )  # fmt: skip
    if form.is_valid():
        given = form.cleaned_data
        services.change_post(
            actor=visit.actor, post=found.pk, title=form.words, roles=form.roles, mailbox=given["mailbox"],
            above=given["above"], contact=given["contact"], until=given["until"],
        )  # fmt: skip
        messages.success(visit.request, _("The post is changed."))
        return _back(visit, found.pk)
    return form_page(visit, form, _("Change the post"), _("Save"), found.body, role_form=True)


@FORM
@page("posts.fill")
def fill(visit: Visit, post: int) -> HttpResponse:
    """Somebody known takes the post."""
    found = queries.find_post(visit.actor, visit.alliance, post)
    visit.ask("posts.fill", body_target(found.body))
    form = forms.Fill(visit.request.POST or None, people=_known(visit), initial={"since": now().date()})
    if form.is_valid():
        services.fill_post(actor=visit.actor, post=found.pk, **form.cleaned_data)
        messages.success(visit.request, _("The post is filled."))
        return _back(visit, found.pk)
    return form_page(visit, form, _("Fill the post"), _("Fill the post"), found.body)


@FORM
@page("posts.fill")
def invite(visit: Visit, post: int) -> HttpResponse:
    """Somebody is asked by mail."""
    found = queries.find_post(visit.actor, visit.alliance, post)
    visit.ask("posts.fill", body_target(found.body))
    form = forms.Invite(visit.request.POST or None, initial={"language": visit.lang})
    if form.is_valid():
        services.invite(actor=visit.actor, post=found.pk, **form.cleaned_data)
        messages.success(visit.request, _("The invitation goes out by mail."))
        return _back(visit, found.pk)
    return form_page(visit, form, _("Invite somebody into the post"), _("Send the invitation"), found.body)


@FORM
@page("posts.fill")
def hand_over(visit: Visit, holding: int) -> HttpResponse:
    """To a successor, in one step."""
    found = queries.find_holding(visit.actor, visit.alliance, holding)
    visit.ask("posts.fill", body_target(found.post.body))
    people = [one for one in _known(visit) if one[0] != found.person_id]
    form = forms.HandOver(visit.request.POST or None, people=people, initial={"on": now().date()})
    if form.is_valid():
        services.hand_over(actor=visit.actor, holding=found.pk, **form.cleaned_data)
        messages.success(visit.request, _("Handed over. Duties and history stay with the post."))
        return _back(visit, found.post_id)
    title = _("Hand over what %(name)s holds") % {"name": found.person.name}
    return form_page(visit, form, title, _("Hand over"), found.post.body, hand_over=True, post=found.post)


@FORM
@page("posts.fill")
def leave(visit: Visit, holding: int) -> HttpResponse:
    """Somebody's time in the post ends, with nobody after them yet."""
    found = queries.find_holding(visit.actor, visit.alliance, holding)
    visit.ask("posts.fill", body_target(found.post.body))
    form = forms.Leave(visit.request.POST or None, initial={"until": now().date()})
    if form.is_valid():
        services.leave_post(actor=visit.actor, holding=found.pk, **form.cleaned_data)
        messages.success(visit.request, _("Saved. Duties and history stay with the post."))
        return _back(visit, found.post_id)
    title = _("End the time of %(name)s in the post") % {"name": found.person.name}
    return form_page(visit, form, title, _("End"), found.post.body)


def _invitation(visit: Visit, pk: int) -> Invitation:
    found = Invitation.objects.select_related("post__body").filter(pk=pk, post__body__alliance=visit.alliance).first()
    if found is None:
        raise NotThere(_("There is no such page, or it is not for you."))
    visit.ask("posts.fill", body_target(found.post.body))
    return found


@require_POST
@page("posts.fill")
def resend(visit: Visit, invitation: int) -> HttpResponse:
    found = _invitation(visit, invitation)
    services.resend_invitation(actor=visit.actor, invitation=found.pk)
    messages.success(visit.request, _("A new link goes out by mail; the one before lets nobody in any more."))
    return _back(visit, found.post_id)


@require_POST
@page("posts.fill")
def withdraw(visit: Visit, invitation: int) -> HttpResponse:
    found = _invitation(visit, invitation)
    services.withdraw_invitation(actor=visit.actor, invitation=found.pk)
    messages.success(visit.request, _("The invitation is withdrawn."))
    return _back(visit, found.post_id)


urlpatterns = [
    path("bodies/<bodycode:code>/posts/add/", add, name="add-post"),
    path("bodies/posts/<int:post>/", post, name="post"),
    path("bodies/posts/<int:post>/change/", change, name="change-post"),
    path("bodies/posts/<int:post>/fill/", fill, name="fill-post"),
    path("bodies/posts/<int:post>/invite/", invite, name="invite"),
    path("bodies/holdings/<int:holding>/hand-over/", hand_over, name="hand-over"),
    path("bodies/holdings/<int:holding>/end/", leave, name="leave-post"),
    path("bodies/invitations/<int:invitation>/send-again/", resend, name="resend-invitation"),
    path("bodies/invitations/<int:invitation>/withdraw/", withdraw, name="withdraw-invitation"),
]

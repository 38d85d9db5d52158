"""The page to which an invitation leads: an account is made, or the one there is takes the post."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse, translate_url
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from eirene.text import pick
from eirene_web.accounts.leaving import by_page
from eirene_web.accounts.models import Person
from eirene_web.organisations import forms, queries, services
from eirene_web.organisations.models import Invitation
from eirene_web.organisations.services.invitations import Found, find_invitation, may_begin

#: How a link can be no good, in HTTP: gone for good, or never there.
_STATUS = {"foreign": 404, "replaced": 410, "expired": 410, "used": 410, "withdrawn": 410}


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    found = find_invitation(token)
    if found.state != "good" or found.invitation is None:
        return render(request, "organisations/invitation_over.html", {"found": found}, status=_STATUS[found.state])
    account = Person.objects.filter(email__iexact=found.invitation.email).first()
    if isinstance(request.user, Person):
        return _signed_in(request, token, found, account)
    if account is not None and not may_begin(account):
        context = {**_words(request, found.invitation), "next": request.get_full_path()}
        return render(request, "organisations/invitation_known.html", context)
    return _new(request, token, found.invitation)


def _words(request: HttpRequest, row: Invitation) -> dict[str, Any]:
    lang = request.LANGUAGE_CODE or "en"
    body = row.post.body
    names = queries.Names(body.alliance, lang, row.made.date())
    return {
        "invitation": row, "title": pick(row.post.title, lang), "place": names.body(body), "hide_sign_in": True,
        "alliance_name": pick(names.pack.header.title, lang), "roles": [role.role for role in row.post.roles.all()],
    }  # fmt: skip


def _signed_in(request: HttpRequest, token: str, found: Found, account: Person | None) -> HttpResponse:
    """Whoever is signed in takes the post with one press, if the address is theirs."""
    assert found.invitation is not None
    if account is None or account.pk != request.user.pk:
        context = {"found": Found("other", found.invitation)}
        return render(request, "organisations/invitation_over.html", context, status=403)
    if request.method == "POST":
        services.accept_invitation(token=token, person=account)
        return HttpResponseRedirect(reverse("desk"))
    return render(request, "organisations/invitation_take.html", _words(request, found.invitation))


def _new(request: HttpRequest, token: str, row: Invitation) -> HttpResponseBase:
    """Name, language and password; or the account of a sign-on provider instead of a password."""
    providers = get_social_adapter().list_providers(request)
    initial = {"name": row.name, "language": row.language}
    form = forms.Answer(request.POST or None, initial=initial)
    by = next((p for p in providers if p.app.provider_id == request.POST.get("by")), None)
    if form.is_valid() and not form.cleaned_data["password"] and by is None:
        form.add_error("password", forms.Answer.base_fields["password"].error_messages["required"])
    if form.is_valid():
        given = form.cleaned_data
        person = services.accept_invitation(
            token=token, name=given["name"], language=given["language"], password="" if by else given["password"]
        )
        record_authentication(request, person, "invitation", reauthenticated=True)
        home = translate_url(reverse("desk"), person.language)
        if by is None:
            return perform_login(request, person, email_verification="none", redirect_url=home)
        perform_login(request, person, email_verification="none", redirect_url=home)
        return by_page(request, by.redirect(request, "connect", next_url=home))
    context = {**_words(request, row), "form": form, "providers": providers}
    return render(request, "organisations/invitation.html", context, status=422 if form.errors else 200)

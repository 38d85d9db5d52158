"""Pages of one’s own account, and the way in through sign-on providers.

Those that depend on the posts that somebody holds are in `organisations.views.own`.
"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.decorators import login_not_required
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse, translate_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eirene_web.accounts import forms, queries, services, strength
from eirene_web.accounts.leaving import leaving
from eirene_web.accounts.models import Person
from eirene_web.accounts.providers import OidcAdapter
from eirene_web.policy import Actor

#: Lines of the history of sign-ins: on the account's page, and on its own.
FEW, MANY = 5, 200


def me(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user


def actor_of(request: HttpRequest) -> Actor:
    return queries.owner(me(request), strong=strength.is_strong(request))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """What is known of oneself, and the ways to change it."""
    person = me(request)
    form = forms.Profile(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        services.change_profile(actor=actor_of(request), person=person.pk, **form.cleaned_data)
        messages.success(request, _("Saved."))
        here = translate_url(request.get_full_path(), form.cleaned_data["language"])
        return HttpResponseRedirect(here)
    factors = list(Authenticator.objects.filter(user=person))
    context = {
        "form": form,
        "totp": any(f.type == Authenticator.Type.TOTP for f in factors),
        "keys": sum(f.type == Authenticator.Type.WEBAUTHN for f in factors),
        "codes": any(f.type == Authenticator.Type.RECOVERY_CODES for f in factors),
        "sessions": UserSession.objects.filter(user=person).count(),
        "tokens": sum(t.revoked is None for t in queries.tokens_of(person)),
        "elsewhere": SocialAccount.objects.filter(user=person).count(),
        "providers": get_social_adapter().list_apps(request),
        "sign_ins": queries.sign_ins_of(person, FEW),
        "strong": strength.is_strong(request),
    }
    return render(request, "accounts/account.html", context, status=200 if request.method != "POST" else 422)


@login_required
@never_cache
@require_safe
def sign_ins(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/sign_ins.html", {"sign_ins": queries.sign_ins_of(me(request), MANY)})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in; sent: everywhere else it ends."""
    person = me(request)
    found = queries.sessions_of(request)
    if request.method == "POST":
        for session in found:
            if not session.is_current():
                services.end_session(actor=actor_of(request), person=person.pk, session=session.pk)
        messages.success(request, _("You are signed out everywhere else."))
        return HttpResponseRedirect(reverse("usersessions_list"))
    return render(request, "accounts/sessions.html", {"sessions": found})


@login_required
@require_POST
def end_session(request: HttpRequest, session: int) -> HttpResponse:
    services.end_session(actor=actor_of(request), person=me(request).pk, session=session)
    messages.success(request, _("That session has ended."))
    return HttpResponseRedirect(reverse("usersessions_list"))


@login_required
@require_POST
def revoke_token(request: HttpRequest, token: int) -> HttpResponse:
    services.revoke_token(actor=actor_of(request), person=me(request).pk, token=token)
    messages.success(request, _("The token opens nothing any more."))
    return HttpResponseRedirect(reverse("tokens"))


class RemoveKey(RemoveWebAuthnView):  # type: ignore[misc]
    """allauth asks whether an app may go, and forgets to ask it of a key."""

    def form_valid(self, form: Any) -> HttpResponse:
        adapter = get_mfa_adapter()
        if not adapter.can_delete_authenticator(self.get_object()):
            messages.error(self.request, str(adapter.error_messages["cannot_delete_authenticator"]))
            return HttpResponseRedirect(self.get_success_url())
        return super().form_valid(form)


remove_key = RemoveKey.as_view()


def closed(request: HttpRequest, **_given: Any) -> HttpResponse:
    """allauth asks for the address of such a page; there is none here."""
    raise Http404


def _oidc(view: type[Any]) -> Any:
    @login_not_required
    def serve(request: HttpRequest, provider_id: str) -> HttpResponseBase:
        try:
            return view.adapter_view(OidcAdapter(request, provider_id))(request)
        except SocialApp.DoesNotExist:
            raise Http404 from None

    return serve


oidc_login, oidc_callback = leaving(_oidc(OAuth2LoginView)), _oidc(OAuth2CallbackView)

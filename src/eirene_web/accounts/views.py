"""Pages of one’s own account, the way in through sign-on providers, and the one-click accounts of a demonstration."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.decorators import login_not_required
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse, translate_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eirene.text import pick
from eirene_web.accounts import forms, queries, services, strength
from eirene_web.accounts.leaving import leaving
from eirene_web.accounts.models import Person
from eirene_web.accounts.providers import OidcAdapter
from eirene_web.organisations import queries as organisations
from eirene_web.organisations.packs import pack_of
from eirene_web.policy import Actor

#: Lines of the history of sign-ins: on the account's page, and on its own.
FEW, MANY = 5, 200


def _me(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user


def _actor(request: HttpRequest) -> Actor:
    return queries.owner(_me(request), strong=strength.is_strong(request))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """What is known of oneself, and the ways to change it."""
    person = _me(request)
    form = forms.Profile(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        services.change_profile(actor=_actor(request), person=person.pk, **form.cleaned_data)
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
    return render(request, "accounts/sign_ins.html", {"sign_ins": queries.sign_ins_of(_me(request), MANY)})


@login_required
@never_cache
@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """Where whoever decides is led: set one up, show the one that is there, or go on reading."""
    person = _me(request)
    wanted = request.GET.get("next", "")
    on_site = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    context = {
        "has": strength.has_second_factor(person),
        "decides": strength.decides(person),
        "strong": strength.is_strong(request),
        "next": wanted if on_site else reverse("desk"),
    }
    return render(request, "accounts/second_factor.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in; sent: everywhere else it ends."""
    person = _me(request)
    found = queries.sessions_of(request)
    if request.method == "POST":
        for session in found:
            if not session.is_current():
                services.end_session(actor=_actor(request), person=person.pk, session=session.pk)
        messages.success(request, _("You are signed out everywhere else."))
        return HttpResponseRedirect(reverse("usersessions_list"))
    return render(request, "accounts/sessions.html", {"sessions": found})


@login_required
@require_POST
def end_session(request: HttpRequest, session: int) -> HttpResponse:
    services.end_session(actor=_actor(request), person=_me(request).pk, session=session)
    messages.success(request, _("That session has ended."))
    return HttpResponseRedirect(reverse("usersessions_list"))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """One's tokens; a new one is shown this once."""
    person = _me(request)
    alliances = [(one.slug, pick(pack_of(one).header.title, request.LANGUAGE_CODE or "en"))
                 for one in organisations.alliances_of(person)]  # fmt: skip
    form = forms.NewToken(request.POST or None, alliances=alliances)
    made = ""
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        _row, made = services.make_token(
            actor=_actor(request), person=person.pk, alliance=given["alliance"], name=given["name"],
            write=given["scopes"] == "write", expires=form.expires,
        )  # fmt: skip
        form = forms.NewToken(alliances=alliances)
    context = {
        "form": form, "made": made, "tokens": queries.tokens_of(person), "strong": strength.is_strong(request),
        "titles": dict(alliances),
    }  # fmt: skip
    return render(request, "accounts/tokens.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def revoke_token(request: HttpRequest, token: int) -> HttpResponse:
    services.revoke_token(actor=_actor(request), person=_me(request).pk, token=token)
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


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def demo(request: HttpRequest) -> HttpResponse:
    """Signs in as somebody made up. There is no such page outside a demonstration."""
    if not settings.EIRENE_DEMO:
        raise Http404
    if request.method == "POST":
        chosen = request.POST.get("person", "")
        person = (
            Person.objects.filter(pk=int(chosen), demo=True, is_active=True).first() if chosen.isdecimal() else None
        )
        if person is None:
            raise Http404
        login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
        record_authentication(request, person, "demo")
        UserSession.objects.create_from_request(request)
        services.note_sign_in(person=person, method="demo", success=True, address=request.META["REMOTE_ADDR"])
        return HttpResponseRedirect(reverse("desk"))
    from eirene_web.demo.seed import SHOWN

    groups = organisations.demo_groups(request.LANGUAGE_CODE or "en")
    by_short = {holding.person.short: holding for group in groups for holding in group.holdings}
    first = [by_short[short.lower()] for short in SHOWN if short.lower() in by_short]
    return render(request, "accounts/demo.html", {"first": first, "groups": groups, "hide_sign_in": True})

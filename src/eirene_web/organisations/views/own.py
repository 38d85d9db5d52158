"""Pages of one’s own account that depend on the posts that one holds: the second factor, tokens."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from eirene.text import pick
from eirene_web.accounts import forms, services, strength
from eirene_web.accounts import queries as accounts
from eirene_web.accounts.views import actor_of, me
from eirene_web.organisations import queries
from eirene_web.organisations.packs import pack_of
from eirene_web.organisations.signing_in import decides


@login_required
@never_cache
@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """Where whoever decides is led: set one up, show the one that is there, or go on reading."""
    person = me(request)
    wanted = request.GET.get("next", "")
    on_site = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    context = {
        "has": strength.has_second_factor(person),
        "decides": decides(person),
        "strong": strength.is_strong(request),
        "next": wanted if on_site else reverse("desk"),
    }
    return render(request, "accounts/second_factor.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """One's tokens; a new one is shown this once."""
    person = me(request)
    alliances = [(one.slug, pick(pack_of(one).header.title, request.LANGUAGE_CODE or "en"))
                 for one in queries.alliances_of(person)]  # fmt: skip
    form = forms.NewToken(request.POST or None, alliances=alliances)
    made = ""
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        _row, made = services.make_token(
            actor=actor_of(request), person=person.pk, alliance=given["alliance"], name=given["name"],
            write=given["scopes"] == "write", expires=form.expires,
        )  # fmt: skip
        form = forms.NewToken(alliances=alliances)
    context = {
        "form": form, "made": made, "tokens": accounts.tokens_of(person), "strong": strength.is_strong(request),
        "titles": dict(alliances),
    }  # fmt: skip
    return render(request, "accounts/tokens.html", context, status=422 if form.errors else 200)


urlpatterns = [
    path("second-factor/", second_factor, name="second-factor"),
    path("tokens/", tokens, name="tokens"),
]

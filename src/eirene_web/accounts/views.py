"""Pages of one’s own account, and the one-click accounts of a demonstration."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from eirene_web.accounts import queries
from eirene_web.accounts.models import Person


@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/account.html")


@require_http_methods(["GET", "HEAD", "POST"])
def demo(request: HttpRequest) -> HttpResponse:
    """Signs in as somebody made up. There is no such page outside a demonstration."""
    if not settings.EIRENE_DEMO:
        raise Http404
    if request.method == "POST":
        person = Person.objects.filter(pk=request.POST.get("person") or 0, demo=True, is_active=True).first()
        if person is None:
            raise Http404
        login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
        record_authentication(request, person, "demo")
        return HttpResponseRedirect(reverse("desk"))
    return render(request, "accounts/demo.html", {"groups": queries.demo_people(), "hide_sign_in": True})

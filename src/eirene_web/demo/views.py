"""The page on which one click signs in as somebody made up."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from eirene_web.accounts import services
from eirene_web.accounts.models import Person
from eirene_web.demo import people


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
    groups = people.everybody(request.LANGUAGE_CODE or "en")
    context = {"first": people.first(groups), "groups": groups, "hide_sign_in": True}
    return render(request, "accounts/demo.html", context)

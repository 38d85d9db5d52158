"""A browser that is signed in with a second factor, without going through the pages of it."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.test import Client, RequestFactory

from web.world import World


def client_of(world: World, who: str) -> Client:
    client = Client(raise_request_exception=False)
    person = world.people[who]
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    request = RequestFactory().get("/")
    request.session, request.user = client.session, person
    record_authentication(request, person, "mfa", type="totp")
    request.session.save()
    return client

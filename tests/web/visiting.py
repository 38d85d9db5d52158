"""Pages asked for as somebody of the world: signed in, with a second factor unless said otherwise."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from django.test import Client, RequestFactory

from web.world import World


def client_of(world: World, who: str, *, strong: bool = True) -> Client:
    """A browser in which `who` has signed in."""
    client = Client()
    client.force_login(world.people[who])
    request = RequestFactory().get("/")
    request.session, request.user = client.session, world.people[who]
    record_authentication(request, world.people[who], "mfa" if strong else "password")
    request.session.save()
    return client


def at(world: World, path: str = "") -> str:
    """An address of the alliance's work pages."""
    return f"/{world.alliance.slug}/work/{path}"

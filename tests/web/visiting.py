"""Pages asked for as somebody of the world: signed in, with a second factor unless said otherwise."""

from __future__ import annotations

import time

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client

from web.world import World


def client_of(world: World, who: str, *, strong: bool = True) -> Client:
    """A browser in which `who` has signed in."""
    client = Client()
    client.force_login(world.people[who])
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa" if strong else "password", "at": time.time()}]
    session.save()
    return client


def at(world: World, path: str = "") -> str:
    """An address of the alliance's work pages."""
    return f"/{world.alliance.slug}/work/{path}"

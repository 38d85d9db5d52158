"""Helpers of the tests of accounts: people with passwords, codes of an authenticator app, signing in."""

from __future__ import annotations

import html
import re

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.http import HttpResponse
from django.test import Client

from eirene_web.accounts.models import Person

PASSWORD = "a heron by the grey lake"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def with_password(person: Person) -> Person:
    person.set_password(PASSWORD)
    person.save()
    return person


def with_app(person: Person) -> Authenticator:
    """An authenticator app that is set up, with the secret known to the test."""
    return auth.TOTP.activate(person, SECRET).instance


def code(secret: str = SECRET) -> str:
    """What the app shows."""
    return auth.format_hotp_value(auth.hotp_value(secret, next(auth.yield_hotp_counters_from_time())))


def sign_in(
    client: Client, person: Person, *, password: str = PASSWORD, follow: bool = False, **more: object
) -> HttpResponse:
    data = {"login": person.email, "password": password, **more}
    return client.post("/account/login/", data, follow=follow)


def led_to(response: HttpResponse) -> str:
    """Where the page leads that goes to a sign-on provider by itself."""
    page = response.content.decode()
    assert response.status_code == 200
    (where,) = re.findall(r'id="leave" href="([^"]+)"', page)
    assert f'http-equiv="refresh" content="0;url={where}"' in page
    return html.unescape(where)


def secret_is_sealed(authenticator: Authenticator) -> bool:
    kept = authenticator.data["secret"]
    return SECRET not in kept and get_adapter().decrypt(kept) == SECRET

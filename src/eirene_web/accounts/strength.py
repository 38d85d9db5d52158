"""How somebody signed in, and whether that is enough to decide.

A session is strong if a second factor was shown in it: a code of an authenticator app, a security key, a passkey (which
is two in one), a recovery code, or the word of a sign-on provider that it had asked for one.
"""

from __future__ import annotations

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from eirene_web.accounts.models import Person


def is_strong(request: HttpRequest) -> bool:
    """Whether the session was opened with a second factor, or by one click in a demonstration."""
    methods = {record.get("method") for record in get_authentication_records(request, request.user)}
    return "mfa" in methods or (settings.EIRENE_DEMO and "demo" in methods)


def method_of(request: HttpRequest, person: Person | None = None) -> str:
    """The steps of this sign-in, joined: password+totp. `person`: who is signing in and is not signed in yet."""
    records = get_authentication_records(request, person or request.user)
    names = {"socialaccount": "sso"}
    steps = [
        str(r.get("type") or "mfa") if r["method"] == "mfa" else names.get(r["method"], r["method"]) for r in records
    ]
    return "+".join(dict.fromkeys(steps))[:60] or "password"


def has_second_factor(person: Person) -> bool:
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return bool(Authenticator.objects.filter(user_id=person.pk, type__in=kinds).exists())

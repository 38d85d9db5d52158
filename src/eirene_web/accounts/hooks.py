"""The one place where signals are listened to: allauth's, for what it tells in no other way (decision record 12).

authentication_failed   a wrong code: noted in the history of sign-ins
authenticator_added     a second factor just shown is a second factor shown: the session is strong from then on
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from eirene_web.accounts import services
from eirene_web.accounts.models import Person


def _wrong_code(request: HttpRequest, user: Person, authenticator: Authenticator | None = None, **_more: Any) -> None:
    kind = getattr(authenticator, "type", None) or Authenticator.Type.TOTP
    address = str(get_adapter().get_client_ip(request))[:64]
    services.note_sign_in(person=user, method=str(kind), success=False, address=address)


def _factor_added(request: HttpRequest, user: Person, authenticator: Authenticator, **_more: Any) -> None:
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(
            request, user, "mfa", type=str(authenticator.type), id=authenticator.pk, reauthenticated=True
        )
    services.note_factor(person=user, kind=str(authenticator.type), added=True)


def _factor_removed(request: HttpRequest, user: Person, authenticator: Authenticator, **_more: Any) -> None:
    services.note_factor(person=user, kind=str(authenticator.type), added=False)


def connect() -> None:
    """Once, when the app is loaded."""
    signals.authentication_failed.connect(_wrong_code, dispatch_uid="eirene.wrong_code")
    signals.authenticator_added.connect(_factor_added, dispatch_uid="eirene.factor_added")
    signals.authenticator_reset.connect(_factor_added, dispatch_uid="eirene.factor_reset")
    signals.authenticator_removed.connect(_factor_removed, dispatch_uid="eirene.factor_removed")

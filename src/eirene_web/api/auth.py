"""Whose program this is: a personal token in the Authorization header, and nothing else. Cookies open nothing here."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from ninja.security import HttpBearer
from ninja.throttling import BaseThrottle

from eirene_web.accounts import limits, tokens
from eirene_web.accounts.models import Person, Token

#: A process draws so many requests at once from the measure that all share, so that not every read is a write too.
DRAW = 10
SECONDS = 60
_left: dict[int, int] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Holder:
    """Who a token stands for."""

    person: Person
    token: Token

    @property
    def scopes(self) -> frozenset[str]:
        return tokens.scopes_of(self.token)

    @property
    def strong(self) -> bool:
        return tokens.is_strong(self.token)


class PersonalToken(HttpBearer):
    """`Authorization: Bearer eirene_…`"""

    openapi_description = "A personal token, made on the account’s page: Authorization: Bearer eirene_…"

    def __call__(self, request: HttpRequest) -> Holder | None:
        found = tokens.person_of(request.headers.get("Authorization", ""))
        return Holder(*found) if found else None

    def authenticate(self, request: HttpRequest, token: str) -> Holder | None:
        raise AssertionError("the whole header is looked at")


class PerToken(BaseThrottle):
    """So many requests a minute for each token, over all processes together."""

    def allow_request(self, request: HttpRequest) -> bool:
        holder: Holder = request.auth  # type: ignore[attr-defined]
        return drawn(holder.token.pk, settings.EIRENE_API_PER_MINUTE)

    def wait(self) -> float | None:
        return float(max(1, SECONDS * DRAW // max(DRAW, settings.EIRENE_API_PER_MINUTE)))


def drawn(token: int, amount: int) -> bool:
    """Whether one more request of this token is within its measure."""
    with _lock:
        if _left.get(token, 0) > 0:
            _left[token] -= 1
            return True
    portion = max(1, min(DRAW, amount // DRAW))
    if not limits.take(f"api:{token}", max(1, amount // portion), SECONDS):
        return False
    with _lock:
        if len(_left) > 10_000:
            _left.clear()
        _left[token] = _left.get(token, 0) + portion - 1
    return True


def forget_draws() -> None:
    """What this process has drawn is gone; a test begins anew."""
    with _lock:
        _left.clear()

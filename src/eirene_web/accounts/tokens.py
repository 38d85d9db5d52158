"""Personal tokens: making one, finding whose it is, noting that it was used.

A token reads eirene_<8 characters>_<40 characters>. The first part finds the row, the whole is compared by its hash in
constant time; a prefix that nobody has is compared too, with the hash of nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
import string

from django.conf import settings
from django.db.models import Q

from eirene_web.accounts.models import Person, Token
from eirene_web.clock import now

START = "eirene"
#: Longest life of a token.
LONGEST = dt.timedelta(days=366)
#: That a token was used is written at most so often.
NOTED_EVERY = dt.timedelta(minutes=1)
_LETTERS = string.ascii_letters + string.digits
_NOTHING = hashlib.sha256(b"").hexdigest()


def new() -> tuple[str, str, str]:
    """A token, the part of it that is shown, and its hash."""
    prefix = "".join(secrets.choice(_LETTERS) for _ in range(8))
    token = f"{START}_{prefix}_{''.join(secrets.choice(_LETTERS) for _ in range(40))}"
    return token, prefix, hashed(token)


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def person_of(header: str) -> tuple[Person, Token] | None:
    """Whose token the header `Authorization: Bearer …` brings, and the token; None if it is not good (any more).

    Not good: unknown, expired, revoked, or its person is suspended. One query, and one write a minute at most.
    """
    kind, _, given = header.partition(" ")
    given = given.strip()
    parts = given.split("_")
    well_formed = kind.lower() == "bearer" and len(parts) == 3 and parts[0] == START and given.isascii()
    row = Token.objects.select_related("person").filter(prefix=parts[1]).first() if well_formed else None
    same = hmac.compare_digest(hashed(given), row.hash if row else _NOTHING)
    if row is None or not same or not is_good(row):
        return None
    _note_use(row)
    return row.person, row


def is_good(token: Token) -> bool:
    return token.revoked is None and token.expires > now() and token.person.is_active


def is_strong(token: Token) -> bool:
    """Whether it may decide: made with a second factor, and not by a made-up person outside a demonstration."""
    return token.strong and (settings.EIRENE_DEMO or not token.person.demo)


def scopes_of(token: Token) -> frozenset[str]:
    return frozenset(token.scopes.split())


def _note_use(token: Token) -> None:
    moment = now()
    due = Q(last_used__isnull=True) | Q(last_used__lte=moment - NOTED_EVERY)
    if token.last_used is None or token.last_used <= moment - NOTED_EVERY:
        Token.objects.filter(due, pk=token.pk).update(last_used=moment)

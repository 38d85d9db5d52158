"""How often something may be tried: one row per key, changed in one statement, so that any number of processes and
threads together never let more through."""

from __future__ import annotations

import time

from django.db import connection

# The level sinks evenly and rises by one with each try; what would run over changes nothing and gives no row back.
_NOW = "CASE WHEN b.level > (%(at)s - b.at) * %(rate)s THEN b.level - (%(at)s - b.at) * %(rate)s ELSE 0 END"
_TAKE = f"""
INSERT INTO accounts_bucket AS b (key, level, at) VALUES (%(key)s, 1, %(at)s)
ON CONFLICT (key) DO UPDATE SET level = {_NOW} + 1, at = %(at)s WHERE {_NOW} + 1 <= %(amount)s
RETURNING level
"""  # noqa: S608  two constants of this file; what is given comes as parameters


def take(key: str, amount: int, seconds: float, *, at: float | None = None) -> bool:
    """Whether this try is within `amount` at once and, later, one more every `seconds` ÷ `amount`. Counts it if so."""
    given = {"key": key[:160], "at": time.time() if at is None else at, "rate": amount / seconds, "amount": amount}
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, given)
        return cursor.fetchone() is not None

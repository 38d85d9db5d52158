"""A cache that all processes share, in the database: what allauth's rate limits need is that `add` is atomic.

Django's own database cache looks first and writes then: two processes may both believe that they added a key, and its
`incr` loses counts. Here each operation is one statement. Values are JSON; anything else is refused.
"""

from __future__ import annotations

import json
import secrets
import time
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection

_INSERT = "INSERT INTO accounts_kept AS k (key, value, until) VALUES (%s, %s, %s) ON CONFLICT (key) DO UPDATE SET "
_OVER = "value = excluded.value, until = excluded.until"
_FOR_EVER = 32_503_680_000.0  # the year 3000
#: One write in so many also throws away what is over.
_SWEEP = 200


class SharedCache(BaseCache):
    """`BACKEND` of settings.CACHES; LOCATION is not used."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def _until(self, timeout: Any) -> float:
        if timeout is DEFAULT_TIMEOUT:
            timeout = self.default_timeout
        return _FOR_EVER if timeout is None else time.time() + timeout

    def _run(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall()) if cursor.description else []

    def _full(self, key: str, version: int | None) -> str:
        return str(self.make_and_validate_key(key, version=version))[:250]

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Whether the key was free: not there, or over."""
        values = (self._full(key, version), json.dumps(value), self._until(timeout), time.time())
        return bool(self._run(f"{_INSERT}{_OVER} WHERE k.until <= %s RETURNING key", *values))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        found = self._run(
            "SELECT value FROM accounts_kept WHERE key = %s AND until > %s", self._full(key, version), time.time()
        )
        return json.loads(found[0][0]) if found else default

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._run(f"{_INSERT}{_OVER}", self._full(key, version), json.dumps(value), self._until(timeout))
        if secrets.randbelow(_SWEEP) == 0:
            self._run("DELETE FROM accounts_kept WHERE until <= %s", time.time())

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        statement = "UPDATE accounts_kept SET until = %s WHERE key = %s AND until > %s RETURNING key"
        return bool(self._run(statement, self._until(timeout), self._full(key, version), time.time()))

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(self._run("DELETE FROM accounts_kept WHERE key = %s RETURNING key", self._full(key, version)))

    def has_key(self, key: str, version: int | None = None) -> bool:
        return self.get(key, default=self, version=version) is not self

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Raises ValueError if the key is not there."""
        statement = (
            "UPDATE accounts_kept SET value = CAST(CAST(value AS INTEGER) + %s AS TEXT) "
            "WHERE key = %s AND until > %s RETURNING value"
        )
        found = self._run(statement, delta, self._full(key, version), time.time())
        if not found:
            raise ValueError(f"Key {key!r} not found")
        return int(found[0][0])

    def clear(self) -> None:
        self._run("DELETE FROM accounts_kept")

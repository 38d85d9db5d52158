"""The arithmetic of the chain: what is hashed, and in which form. Nothing here touches the database.

change   SHA-256 over salt, thing, field, before, after
entry    SHA-256 over the hash before it, its own facts, and the hashes of its changes in order
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Iterable
from typing import Any

#: What stands before the first entry of every chain.
GENESIS = "0" * 64


def canonical(value: Any) -> str:
    """One text for one value: sorted keys, no spaces; numbers as they are, everything else as it prints."""
    return _encode(value)


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return instant(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, tuple):
        return list(value)
    return str(value)


#: Made once: making one costs more than most values do.
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain).encode


def instant(value: dt.datetime) -> str:
    """UTC, to the microsecond, so that every database gives back the same text."""
    return value.astimezone(dt.UTC).isoformat(timespec="microseconds")


def new_salt() -> str:
    return secrets.token_hex(16)


def change_hash(salt: str, thing: str, field: str, before: str | None, after: str | None) -> str:
    return _sha256(canonical([salt, thing, field, before, after]))


def entry_hash(previous: str, facts: Iterable[Any], changes: Iterable[str]) -> str:
    return _sha256(canonical([previous or GENESIS, list(facts), list(changes)]))


def entry_facts(entry: Any) -> tuple[Any, ...]:
    """What of an entry its hash covers, in order."""
    return (
        entry.chain, entry.sequence, instant(entry.at), entry.verb, entry.person, entry.post, entry.subject,
    )  # fmt: skip


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

"""Telling people something: once each, in the transaction of what happened; mail follows on its own time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from eirene_web.clock import now
from eirene_web.notices.models import Notice


def tell(
    kind: str,
    *,
    people: Iterable[tuple[int, str]],
    alliance: str,
    key: str,
    facts: Mapping[str, Any] | None = None,
    where: str = "",
) -> int:
    """Puts a notice on the desk of each person (id, address or ''), and into the outbox. How many are new.

    kind    one of `notices.kinds.KINDS`
    key     what it is about, with the occasion: the same key is told to a person once
    facts   what the words need; never content of a report
    """
    made = [
        Notice(
            person_id=person, address=address, alliance=alliance, kind=kind, key=f"{alliance}:{kind}:{key}"[:200],
            facts=dict(facts or {}), where=where, at=now(),
        )
        for person, address in dict(people).items()
    ]  # fmt: skip
    before = Notice.objects.filter(key__in={one.key for one in made}).count()
    Notice.objects.bulk_create(made, ignore_conflicts=True)
    return Notice.objects.filter(key__in={one.key for one in made}).count() - before

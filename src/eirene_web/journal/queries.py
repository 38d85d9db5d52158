"""Reading the journal. Whose chain may be read is the caller's to ask; here it is only found and opened."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Prefetch, Q, Value, When

from eirene_web.journal.models import Change, Entry


@dataclass(frozen=True, slots=True)
class Line:
    """One field that was changed, with the entry it belongs to. `purged`: what stood there had to go."""

    entry: int
    at: dt.datetime
    verb: str
    person: int | None
    post: int | None
    thing: str
    field: str
    before: Any
    after: Any
    purged: bool
    #: How many fields the entry changed, of those that were asked for.
    of: int = 0


def history(
    *,
    chain: str,
    subject: str,
    things: Iterable[str] = (),
    since: dt.datetime | None = None,
    before: int | None = None,
    not_by: int | None = None,
    most: int = 200,
    of_each: int | None = None,
) -> list[Line]:
    """What was changed about a subject, newest first. Two queries.

    things   only of things that begin with one of these; empty: all
    before   number of an entry: only entries older than it
    most     entries looked at
    of_each  of each entry only so many changes; `of` says how many there are
    """
    entries = Entry.objects.filter(subject=subject, chain=chain)
    wanted = Q()
    for start in things:
        wanted |= Q(thing__startswith=start)
    if wanted:
        entries = entries.filter(pk__in=Change.objects.filter(wanted, entry__subject=subject).values("entry"))
    if since is not None:
        entries = entries.filter(at__gt=since)
    if before is not None:
        entries = entries.filter(pk__lt=before)
    if not_by is not None:
        entries = entries.exclude(person=not_by)
    # The reason comes first, so that it is there however few changes are asked for.
    reason_first = Case(When(field="reason", then=Value(0)), default=Value(1))
    changes = Change.objects.filter(wanted).order_by(reason_first, "position")
    counted = Count("changes", filter=_inside(wanted)) if wanted else Count("changes")
    found = entries.annotate(of=counted).order_by("-pk")
    found = found.prefetch_related(Prefetch("changes", changes[:of_each], to_attr="shown"))[:most]
    return [_line(entry, one) for entry in found for one in entry.shown]  # type: ignore[attr-defined]


def _inside(wanted: Q) -> Q:
    """The same conditions, seen from the entry."""
    found = Q()
    for name, value in wanted.children:  # type: ignore[misc]
        found |= Q(**{f"changes__{name}": value})
    return found


def _line(entry: Entry, one: Change) -> Line:
    return Line(
        entry.pk, entry.at, entry.verb, entry.person, entry.post, one.thing, one.field, _value(one.before),
        _value(one.after), one.salt is None, entry.of,  # type: ignore[attr-defined]
    )  # fmt: skip


def _value(text: str | None) -> Any:
    return None if text is None else json.loads(text)

"""Writing the journal: `change` makes a function a service, `record` writes its one entry, `purge` empties contents."""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction

from eirene_web.clock import now
from eirene_web.journal.chain import canonical, change_hash, entry_facts, entry_hash, new_salt
from eirene_web.journal.models import Chain, Change, Entry
from eirene_web.policy import Actor

P = ParamSpec("P")
R = TypeVar("R")

#: Tries of a whole service when the database could not serve it, with a short random wait between.
TRIES = 4
#: Every service there is, by its full name; tests walk them.
SERVICES: dict[str, Callable[..., Any]] = {}

_TRANSIENT = ("locked", "deadlock", "could not serialize", "busy")


def change(function: Callable[P, R]) -> Callable[P, R]:
    """A change of state: keyword-only, in one transaction, tried again when the database was only busy.

    The function asks the policy, changes, and records one entry. A refusal or a fault leaves nothing behind.
    """

    @functools.wraps(function)
    def run(*args: P.args, **arguments: P.kwargs) -> R:
        if args:
            raise TypeError(f"{function.__name__} takes named arguments only")
        if connection.in_atomic_block:
            return function(**arguments)
        for attempt in range(TRIES):
            try:
                with transaction.atomic():
                    return function(**arguments)
            except OperationalError as error:
                if attempt == TRIES - 1 or not any(word in str(error).lower() for word in _TRANSIENT):
                    raise
                time.sleep((attempt + 1) * random.uniform(0.05, 0.2))  # noqa: S311  no secret
        raise AssertionError("the loop returns or raises")

    SERVICES[f"{function.__module__}.{function.__qualname__}"] = run
    return run


@dataclass(frozen=True, slots=True)
class Field:
    """One field of one thing, before and after; any value that JSON can hold. None: it did not, does not exist."""

    thing: str
    field: str
    before: Any
    after: Any


def record(
    actor: Actor | None, verb: str, *, chain: str, subject: str, fields: Iterable[Field] = (), why: str = ""
) -> Entry:
    """Writes one entry at the end of a chain, inside the caller's transaction.

    actor   None: the system itself (a schedule, an installation)
    why     the reason given, kept as a field of the subject; fields that did not change are left out
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A change and its journal entry belong in one transaction.")
    Chain.objects.bulk_create([Chain(key=chain)], ignore_conflicts=True)
    end = Chain.objects.select_for_update().get(key=chain)
    entry = Entry(
        chain=chain,
        sequence=end.length + 1,
        at=now(),
        verb=verb,
        person=actor.person if actor else None,
        post=_post_of(actor, chain),
        subject=subject,
        previous=end.head,
    )
    changes = _changes([*fields, *([Field(subject, "reason", None, why)] if why else [])])
    entry.hash = entry_hash(end.head, entry_facts(entry), [c.hash for c in changes])
    entry.save(force_insert=True)
    for one in changes:
        one.entry = entry
    Change.objects.bulk_create(changes)
    Chain.objects.filter(key=chain).update(length=entry.sequence, head=entry.hash)
    return entry


def _post_of(actor: Actor | None, chain: str) -> int | None:
    """The post for which the actor acts: the first that they hold in the body of the chain, else at the office."""
    if actor is None:
        return None
    nation = chain.partition("/")[2]
    there = (g.post for where in (nation, "") for g in actor.grants if g.post and g.nation == where)
    return next(there, None)


def _changes(fields: Iterable[Field]) -> list[Change]:
    made: list[Change] = []
    for one in fields:
        before = None if one.before is None else canonical(one.before)
        after = None if one.after is None else canonical(one.after)
        if before == after:
            continue
        salt = new_salt()
        made.append(
            Change(
                position=len(made),
                thing=one.thing,
                field=one.field,
                before=before,
                after=after,
                salt=salt,
                hash=change_hash(salt, one.thing, one.field, before, after),
            )
        )
    return made


def purge(changes: Iterable[int]) -> int:
    """Empties the content of changes for good, inside the caller's transaction; hashes stay. How many it emptied.

    The caller asks the policy and records who had it purged and why: this is the drill's last step, not a verb.
    """
    return Change.objects.filter(pk__in=list(changes)).update(before=None, after=None, salt=None)

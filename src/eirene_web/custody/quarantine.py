"""Where a name can slip in. Each app that keeps free text says in `quarantine.py` how its texts are found and replaced.

HOLDERS   one for each kind of thing that can be raised; `covers` names the columns that it answers for
MADE      column → what replaces words in it that were taken over from elsewhere: figures, drafts that went out, jobs
CARRIERS  (alliance, texts) → what was handed out for good and carries one of them, each as {"what", "where"}
REASONS   kind of a thing → (model, columns) in which the reason of an entry about it stands once more
PLAIN     columns (or whole models) in which nobody writes what they like, each with the reason

A test asks that every column with text, JSON, bytes or a file stands in one of them.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

from django.conf import settings
from django.db.models import Model, QuerySet

from eirene_web.journal.models import Change
from eirene_web.policy import Actor

#: What stands in the place of a text, in every language: it is content, not a page's word.
QUARANTINED = "[quarantined – en quarantaine]"
PURGED = "[removed – retiré]"
MARKERS = (QUARANTINED, PURGED)

#: Keys and places in lists that lead to a value inside JSON.
Spot = tuple[str | int, ...]


def same(value: Any) -> Any:
    return value


def at(value: Any, spot: Spot) -> Any:
    """What stands at a spot; None where there is no such spot any more."""
    for key in spot:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def written(value: Any, changes: Iterable[tuple[Spot, Any]]) -> Any:
    """A copy with other values at some spots; None takes the key away."""
    made = copy.deepcopy(value)
    for spot, new in changes:
        if not spot:
            made = new
            continue
        *way, last = spot
        there = at(made, tuple(way))
        if isinstance(there, dict) and new is None:
            there.pop(last, None)
        elif isinstance(there, dict) or (isinstance(there, list) and isinstance(last, int) and last < len(there)):
            there[last] = new
    return made


@dataclass(frozen=True)
class Text:
    """One column of one row with a text in it, or one spot inside of it.

    put            marker → the value that replaces it
    thing, name    what the journal calls it, and `told`: how it writes the value of the column
    also           further columns that change with it
    """

    row: Model
    column: str
    put: Callable[[str], Any]
    thing: str = ""
    name: str = ""
    told: Callable[[Any], Any] = same
    also: Mapping[str, Any] = field(default_factory=dict)
    spot: Spot = ()

    @property
    def place(self) -> str:
        where = f"{self.row._meta.label}:{self.row.pk}:{self.column}"
        return f"{where}:{json.dumps(self.spot, separators=(',', ':'))}" if self.spot else where

    @property
    def value(self) -> Any:
        return at(getattr(self.row, self.column), self.spot)


@dataclass(frozen=True)
class Document:
    """A submission of which some spots must not be read; True: it takes a marker, False: it is left out."""

    submission: int
    content: bytes
    spots: tuple[tuple[Spot, bool], ...]


@dataclass
class Found:
    """Everything that has to do with one thing that was raised."""

    nation: str
    #: Words for a page: cycle, body, question; never content.
    facts: dict[str, str]
    texts: list[Text] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    blobs: list[str] = field(default_factory=list)


class Holder(Protocol):
    kind: str
    #: app.Model.column of each text that it finds.
    covers: tuple[str, ...]

    def find(self, alliance: str, key: str) -> Found | None:
        """None if there is no such thing in the alliance."""
        ...

    def may_read(self, actor: Actor, alliance: str, key: str) -> bool: ...

    def changes(self, alliance: str, key: str) -> QuerySet[Change]:
        """What the journal holds of its content; the reasons of the same entries go with it anyway."""
        ...

    def of_change(self, thing: str, field: str) -> str:
        """Key of what holds a text that the journal tells of; '' if it is none of these."""
        ...

    def replace_document(self, submission: int, content: bytes) -> Iterable[Any]:
        """Puts bytes in the place of a submission's; gives the journal fields that say so."""
        ...

    def after_purge(self, alliance: str, key: str) -> None:
        """Whatever else goes with it for good."""
        ...


#: Every string in a value of JSON as it shall be read from now on.
Turn = Callable[[Any], Any]


@cache
def _modules() -> tuple[Any, ...]:
    found = [
        import_module(f"{app}.quarantine")
        for app in settings.INSTALLED_APPS
        if app.startswith("eirene_web.") and app != "eirene_web.custody" and find_spec(f"{app}.quarantine")
    ]
    return (import_module("eirene_web.custody.texts"), *found)


@cache
def holders() -> dict[str, Holder]:
    return {one.kind: one for module in _modules() for one in getattr(module, "HOLDERS", ())}


@cache
def made() -> dict[str, Callable[[str, Turn], None]]:
    """Columns with words from elsewhere, and what replaces them there."""
    return {column: turn for module in _modules() for column, turn in getattr(module, "MADE", {}).items()}


def carriers(alliance: str, texts: Iterable[str]) -> list[dict[str, str]]:
    """What was handed out for good and carries one of the texts."""
    wanted = list(texts)
    look_into = [look for module in _modules() for look in getattr(module, "CARRIERS", ())]
    return [found for look in look_into for found in look(alliance, wanted)]


@cache
def reasons() -> dict[str, tuple[str, tuple[str, ...]]]:
    return {kind: where for module in _modules() for kind, where in getattr(module, "REASONS", {}).items()}


@cache
def plain() -> dict[str, str]:
    """app.Model.column or app.Model → why nobody writes there what they like."""
    return {column: why for module in _modules() for column, why in getattr(module, "PLAIN", {}).items()}


@cache
def covered() -> frozenset[str]:
    found = {column for one in holders().values() for column in one.covers}
    with_reasons = {f"{model}.{column}" for model, columns in reasons().values() for column in columns}
    return frozenset(found | with_reasons | set(made()))


def holder_of(ref: str) -> tuple[Holder | None, str]:
    kind, _colon, key = ref.partition(":")
    return holders().get(kind), key


def ref_of(entry: int, thing: str, field: str) -> str:
    """What can be raised about one field of an entry of the journal; '' where it holds no words of anybody."""
    if field == "reason":
        return f"reason:{entry}"
    for one in holders().values():
        key = one.of_change(thing, field)
        if key:
            return f"{one.kind}:{key}"
    return ""

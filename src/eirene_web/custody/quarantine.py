"""Where a name can slip in. Each app that keeps free text says in `quarantine.py` how its texts are found and replaced.

HOLDERS   one for each kind of thing that can be raised
"""

from __future__ import annotations

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


def same(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Text:
    """One column of one row with a text in it.

    put            marker → the value that replaces it; None: there is nothing to replace
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

    @property
    def place(self) -> str:
        return f"{self.row._meta.label}:{self.row.pk}:{self.column}"

    @property
    def value(self) -> Any:
        return getattr(self.row, self.column)


@dataclass(frozen=True)
class Document:
    """Frozen bytes of which a part must not be read. `redact`: marker → the bytes without it."""

    submission: int
    content: bytes
    redact: Callable[[bytes, str], bytes]


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

    def find(self, alliance: str, key: str) -> Found | None:
        """None if there is no such thing in the alliance."""
        ...

    def may_read(self, actor: Actor, alliance: str, key: str) -> bool: ...

    def changes(self, alliance: str, key: str) -> QuerySet[Change]:
        """What the journal holds of its content."""
        ...

    def replace_document(self, submission: int, content: bytes, redacted: str | None) -> Iterable[Any]:
        """Puts bytes in the place of a submission's; `redacted`: their hash, None: the original. Journal fields."""
        ...

    def after_purge(self, alliance: str, key: str) -> None:
        """Whatever else goes with it for good."""
        ...


@cache
def holders() -> dict[str, Holder]:
    return {
        one.kind: one
        for app in settings.INSTALLED_APPS
        if app.startswith("eirene_web.") and app != "eirene_web.custody" and find_spec(f"{app}.quarantine")
        for one in import_module(f"{app}.quarantine").HOLDERS
    }


def holder_of(ref: str) -> tuple[Holder | None, str]:
    kind, _colon, key = ref.partition(":")
    return holders().get(kind), key

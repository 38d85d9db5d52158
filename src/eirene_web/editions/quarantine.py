"""Where a name can slip in, in editions: comments, suggestions, what a nation says of its own part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import Model, QuerySet

from eirene_web.custody.quarantine import Found, Text
from eirene_web.editions.models import Break, Comment, Extension, Position, Suggestion
from eirene_web.journal.models import Change
from eirene_web.policy import Actor


class Remarks:
    """<kind>:<id>: the texts of one row that a nation or the office wrote about an edition."""

    def __init__(self, kind: str, thing: str, model: type[Model], columns: tuple[str, ...], to_draft: str) -> None:
        self.kind, self.thing, self.model, self.columns, self.to_draft = kind, thing, model, columns, to_draft

    def _row(self, alliance: str, key: str) -> Any:
        rows = self.model._default_manager.filter(**{f"{self.to_draft}__alliance": alliance})
        return rows.filter(pk=key).first() if key.isdigit() else None

    def find(self, alliance: str, key: str) -> Found | None:
        row = self._row(alliance, key)
        if row is None:
            return None
        found = Found(row.nation, {"cycle": "", "body": row.nation, "question": ""})
        found.texts = [
            Text(row, c, _marking(getattr(row, c)), f"{self.thing}:{key}" if c == "text" else "", c)
            for c in self.columns
        ]
        return found

    def may_read(self, actor: Actor, alliance: str, key: str) -> bool:
        """The office, and the nation that wrote it."""
        row = self._row(alliance, key)
        if row is None:
            return False
        at_office = actor.in_office and actor.holds("coordinator", "reviewer", "reader")
        return at_office or (bool(row.nation) and row.nation in actor.nations)

    def changes(self, alliance: str, key: str) -> QuerySet[Change]:
        own = Change.objects.filter(thing=f"{self.thing}:{key}").exclude(
            field__in=["state", "settled", "withdrawn", "kind", "on", "until"]
        )
        entries = Change.objects.filter(thing=f"{self.thing}:{key}").values("entry")
        return own | Change.objects.filter(entry__in=entries, field="reason")

    def replace_document(self, submission: int, content: bytes, redacted: str | None) -> Iterable[Any]:
        return ()

    def after_purge(self, alliance: str, key: str) -> None:
        """Nothing further."""


def _marking(value: Any) -> Callable[[str], Any]:
    if isinstance(value, Mapping):
        return lambda marker: dict.fromkeys(value, marker)
    return str


HOLDERS = [
    Remarks("edition_comment", "edition_comment", Comment, ("text",), "draft"),
    Remarks("suggestion", "suggestion", Suggestion, ("before", "text", "reason", "answer"), "draft"),
    Remarks("position", "position", Position, ("text",), "draft"),
    Remarks("break", "break", Break, ("reason", "wording"), "circulation__draft"),
    Remarks("extension", "extension", Extension, ("reason", "answer"), "circulation__draft"),
]

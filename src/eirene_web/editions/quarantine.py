"""Where a name can slip in, in editions: texts, comments, suggestions, what a nation says of its own part.

What is taken over from there into drafts that went out, figures and frozen editions is replaced word by word. Releases
are never changed: that one carries a text is told, so that the office publishes a new one.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Model, QuerySet

from eirene_web.clock import now
from eirene_web.custody.quarantine import Found, Text, Turn
from eirene_web.editions.models import (
    Break,
    CirculatedDocument,
    Circulation,
    Comment,
    Draft,
    Extension,
    FigureSet,
    Freeze,
    Position,
    Release,
    Suggestion,
    TextVersion,
)
from eirene_web.editions.services.figuring import is_stale, want_figures
from eirene_web.editions.targets import edition_target, part_target
from eirene_web.journal.models import Change
from eirene_web.policy import Actor, can


class _OfEditions:
    """What all of them share: none is a submission's, and a purge ends with the texts."""

    kind = ""

    def of_change(self, thing: str, field: str) -> str:
        kind, _colon, key = thing.partition(":")
        return key if kind == self.kind else ""

    def replace_document(self, submission: int, content: bytes) -> Iterable[Any]:
        return ()

    def after_purge(self, alliance: str, key: str) -> None:
        """Nothing further."""


#: What the journal tells of them that is no words of anybody.
_NO_WORDS = ("state", "settled", "withdrawn", "kind", "on", "until", "number", "expires", "outcome", "place", "reason")


class Remarks(_OfEditions):
    """<kind>:<id>: the texts of one row that a nation or the office wrote about an edition."""

    def __init__(self, kind: str, model: type[Model], columns: tuple[str, ...], to_draft: str) -> None:
        self.kind, self.model, self.columns, self.to_draft = kind, model, columns, to_draft
        self.covers = tuple(f"{model._meta.label}.{column}" for column in columns)

    def _row(self, alliance: str, key: str) -> Any:
        rows = self.model._default_manager.filter(**{f"{self.to_draft}__alliance": alliance})
        return rows.filter(pk=key).first() if key.isdigit() else None

    def find(self, alliance: str, key: str) -> Found | None:
        row = self._row(alliance, key)
        if row is None:
            return None
        nation = getattr(row, "nation", "")
        found = Found(nation, {"cycle": "", "body": nation, "question": ""})
        for column in self.columns:
            thing = f"{self.kind}:{key}" if column == "text" and self.kind != "suggestion" else ""
            found.texts.append(Text(row, column, _marking(getattr(row, column)), thing, column))
        return found

    def may_read(self, actor: Actor, alliance: str, key: str) -> bool:
        """The office, and the nation that wrote it; what is circulated and printed, whoever it went to."""
        row = self._row(alliance, key)
        if row is None:
            return False
        nation = getattr(row, "nation", "")
        return _at_office(actor) or (bool(nation) and nation in actor.nations)

    def of_change(self, thing: str, field: str) -> str:
        return "" if field in _NO_WORDS or field == "text sha256" else super().of_change(thing, field)

    def changes(self, alliance: str, key: str) -> QuerySet[Change]:
        mine = Change.objects.filter(thing=f"{self.kind}:{key}")
        entries = list(mine.values_list("entry", flat=True))
        reasons = Change.objects.filter(entry__in=entries, field="reason")
        return mine.exclude(field__in=_NO_WORDS) | reasons


def _at_office(actor: Actor) -> bool:
    return actor.in_office and actor.holds("coordinator", "reviewer", "reader")


class Circulations(Remarks):
    """circulation:<id>: why a draft was recalled; nations read it."""

    def __init__(self) -> None:
        super().__init__("circulation", Circulation, ("reason",), "draft")

    def may_read(self, actor: Actor, alliance: str, key: str) -> bool:
        row = self._row(alliance, key)
        return row is not None and (_at_office(actor) or _was_sent(actor, row.draft))

    def of_change(self, thing: str, field: str) -> str:
        return ""

    def changes(self, alliance: str, key: str) -> QuerySet[Change]:
        entries = Change.objects.filter(thing=f"circulation:{key}", field="state").values("entry")
        return Change.objects.filter(entry__in=entries, field="reason")


def _was_sent(actor: Actor, draft: Draft) -> bool:
    """Whether a draft of the edition went to one of the actor's nations."""
    out = draft.circulations.filter(opened__isnull=False).exists()
    return out and any(can(actor, "part.see", part_target(draft, nation)) for nation in actor.nations)


class Texts(_OfEditions):
    """edition_text:<draft>/<place>/<lang>: one text of an edition, in all its versions, and where it was suggested."""

    kind = "edition_text"
    covers = ("editions.TextVersion.text", "editions.Draft.content", "editions.Circulation.content")

    def _draft(self, alliance: str, key: str) -> tuple[Draft | None, str, str]:
        pk, _slash, rest = key.partition("/")
        place, _slash, lang = rest.partition("/")
        row = Draft.objects.select_related("cycle").filter(pk=pk, alliance=alliance).first() if pk.isdigit() else None
        return row, place, lang

    def find(self, alliance: str, key: str) -> Found | None:
        row, place, lang = self._draft(alliance, key)
        versions = TextVersion.objects.filter(draft=row, place=place, lang=lang).order_by("number") if row else ()
        if row is None or not versions:
            return None
        found = Found("", {"cycle": row.cycle.code, "body": "", "question": ""})
        # What the pack said names nobody: it was read before anybody wrote here.
        found.texts = [Text(one, "text", str) for one in versions if one.how != TextVersion.How.PACK]
        for one in Suggestion.objects.filter(draft=row, place=place, lang=lang).order_by("pk"):
            found.texts += [Text(one, "before", str), Text(one, "text", str)]
        return found

    def may_read(self, actor: Actor, alliance: str, key: str) -> bool:
        row, _place, _lang = self._draft(alliance, key)
        return row is not None and (can(actor, "edition.see", edition_target(row)) or _was_sent(actor, row))

    def of_change(self, thing: str, field: str) -> str:
        kind, _colon, key = thing.partition(":")
        return f"{key}/{field.removeprefix('text ')}" if kind == "edition" and field.startswith("text ") else ""

    def changes(self, alliance: str, key: str) -> QuerySet[Change]:
        row, place, lang = self._draft(alliance, key)
        assert row is not None
        offered = Suggestion.objects.filter(draft=row, place=place, lang=lang).values_list("pk", flat=True)
        suggested = Change.objects.filter(thing__in=[f"suggestion:{pk}" for pk in offered], field=f"text {lang}")
        return Change.objects.filter(thing=f"edition:{row.pk}/{place}", field=f"text {lang}") | suggested

    def after_purge(self, alliance: str, key: str) -> None:
        row, place, lang = self._draft(alliance, key)
        written = TextVersion.objects.filter(draft=row, place=place, lang=lang).exclude(how=TextVersion.How.PACK)
        written.update(purged=now())


class Editions(_OfEditions):
    """edition:<id>: who decided to disclose it, and who may have it."""

    kind = "edition"
    covers = ("editions.Draft.disclosed_by", "editions.Draft.release_list")

    def find(self, alliance: str, key: str) -> Found | None:
        row = self._row(alliance, key)
        if row is None:
            return None
        found = Found("", {"cycle": row.cycle.code, "body": "", "question": ""})
        found.texts = [Text(row, "disclosed_by", str, f"edition:{key}", "disclosed_by")]
        found.texts += [
            Text(row, "release_list", str, f"edition:{key}", "release_list", spot=(n,))
            for n, _one in enumerate(row.release_list)
        ]
        return found

    def _row(self, alliance: str, key: str) -> Draft | None:
        return Draft.objects.filter(pk=key, alliance=alliance).first() if key.isdigit() else None

    def may_read(self, actor: Actor, alliance: str, key: str) -> bool:
        row = self._row(alliance, key)
        return row is not None and can(actor, "edition.see", edition_target(row))

    def changes(self, alliance: str, key: str) -> QuerySet[Change]:
        return Change.objects.filter(thing=f"edition:{key}", field__in=["disclosed_by", "release_list"])

    def of_change(self, thing: str, field: str) -> str:
        return super().of_change(thing, field) if field in ("disclosed_by", "release_list") else ""


def _marking(value: Any) -> Callable[[str], Any]:
    if isinstance(value, Mapping):
        return lambda marker: dict.fromkeys(value, marker)
    return str


HOLDERS = [
    Remarks("edition_comment", Comment, ("text",), "draft"),
    Remarks("suggestion", Suggestion, ("before", "text", "reason", "answer"), "draft"),
    Remarks("position", Position, ("text",), "draft"),
    Remarks("break", Break, ("reason", "wording"), "circulation__draft"),
    Remarks("extension", Extension, ("reason", "answer"), "circulation__draft"),
    Circulations(),
    Texts(),
    Editions(),
]
REASONS = {
    "circulation": ("editions.Circulation", ("reason",)),
    "suggestion": ("editions.Suggestion", ("reason", "answer")),
    "break": ("editions.Break", ("reason",)),
    "extension": ("editions.Extension", ("reason", "answer")),
}


# --- made from texts ------------------------------------------------------------------------------------------------


def _turn_json(model: type[Model], columns: tuple[str, ...], to_alliance: str, alliance: str, turn: Turn) -> None:
    rows = model._default_manager.filter(**{to_alliance: alliance}).only("pk", *columns)
    for row in rows.iterator(chunk_size=20):
        before = {column: getattr(row, column) for column in columns}
        after = {column: turn(value) for column, value in before.items()}
        if after != before:
            model._default_manager.filter(pk=row.pk).update(**after)


def _turn_packed(model: type[Model], to_alliance: str, alliance: str, turn: Turn) -> None:
    """Of what is kept as compressed JSON."""
    for pk, content in model._default_manager.filter(**{to_alliance: alliance}).values_list("pk", "content"):
        if not content:
            continue
        before = json.loads(zlib.decompress(bytes(content)))
        after = turn(before)
        if after != before:
            data = json.dumps(after, ensure_ascii=False, separators=(",", ":")).encode()
            # When a set was made is part of what its figures are remembered under.
            made = {"made": now()} if model is FigureSet else {}
            model._default_manager.filter(pk=pk).update(content=zlib.compress(data, 6), **made)


def _figures_again(alliance: str, turn: Turn) -> None:
    """What figures say of an answer is replaced; where an answer itself was, they are computed anew."""
    _turn_packed(FigureSet, "draft__alliance", alliance, turn)
    for draft in Draft.objects.filter(alliance=alliance).select_related("cycle", "figures"):
        if draft.figures is not None and is_stale(draft):
            want_figures(draft)


_DRAFTS = partial(_turn_json, Draft, ("content",), "alliance")
_CIRCULATIONS = partial(_turn_json, Circulation, ("content", "statements"), "draft__alliance")
_FREEZES = partial(_turn_json, Freeze, ("edition", "built", "error", "reasons"), "draft__alliance")
_RELEASES = partial(_turn_json, Release, ("changes", "verified"), "slug")
MADE = {
    "editions.Draft.content": _DRAFTS,
    "editions.Circulation.content": _CIRCULATIONS,
    "editions.Circulation.statements": _CIRCULATIONS,
    "editions.FigureSet.content": _figures_again,
    "editions.CirculatedDocument.content": partial(_turn_packed, CirculatedDocument, "circulation__draft__alliance"),
    **{f"editions.Freeze.{column}": _FREEZES for column in ("edition", "built", "error", "reasons")},
    "editions.Release.changes": _RELEASES,
    "editions.Release.verified": _RELEASES,
}


# --- handed out for good --------------------------------------------------------------------------------------------

_READ = {".json", ".csv", ".html", ".md", ".txt", ".yaml", ".svg"}
#: Signs that one of these forms writes in a way of its own.
_OWN_WAY = str.maketrans(dict.fromkeys("\"&<>\\'\n\r\t", "\0"))
_FEWEST = 4


def carrying(alliance: str, texts: Iterable[str]) -> Iterator[dict[str, str]]:
    """Releases, published or held, in whose files one of the texts stands."""
    wanted = [pieces for text in texts if (pieces := _pieces(text))]
    for name, folder in _folders(alliance):
        if any(_stands(file, wanted) for file in _files(folder)):
            yield {"what": name, "where": str(folder)}


def _pieces(text: str) -> tuple[bytes, ...]:
    """A text as runs of signs that every form writes alike."""
    runs = [run.strip() for run in text.translate(_OWN_WAY).split("\0")]
    return tuple(run.encode() for run in runs if len(run) >= _FEWEST)


def _folders(alliance: str) -> Iterator[tuple[str, Path]]:
    for row in Release.objects.filter(slug=alliance).order_by("cycle", "number", "audience"):
        yield f"{row.cycle} {row.number} ({row.audience})", row.folder
    held = Freeze.objects.filter(draft__alliance=alliance, state=Freeze.State.HELD)
    for frozen in held.select_related("draft__cycle"):
        for audience in frozen.audiences:
            folder = Path(settings.EIRENE_HOME) / "held" / frozen.folder / audience
            yield f"{frozen.draft.cycle.code} {frozen.number} ({audience})", folder


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in _READ)


def _stands(file: Path, wanted: list[tuple[bytes, ...]]) -> bool:
    content = file.read_bytes()
    return any(all(piece in content for piece in pieces) for pieces in wanted)


CARRIERS = [carrying]
_CODE = "a code of the pack or of the house"


def _plain(model: str, names: str, why: str = _CODE) -> dict[str, str]:
    return {f"editions.{model}.{name}": why for name in names.split()}


PLAIN = {
    **_plain("Draft", "number audiences protection"),
    **_plain("Examination", "audience fingerprint"),
    **_plain("Examination", "content", "codes of the pack, packed: no word of anybody"),
    **_plain("TextVersion", "place lang"),
    **_plain("Comment", "place nation"),
    **_plain("Suggestion", "place lang nation"),
    **_plain("Position", "nation on"),
    **_plain("FigureSet", "fingerprint inputs", "hashes and ids"),
    **_plain("Circulation", "content_sha256", "a hash"),
    **_plain("CirculatedDocument", "audience lang"),
    **_plain("Break", "nation on"),
    **_plain("Extension", "nation"),
    **_plain("Freeze", "number inputs audiences folder"),
    **_plain("Release", "slug cycle kind audience number path manifest_sha256 pack_sha256 languages"),
    **_plain("Release", "alliance title notice marking", "words of the pack"),
    **_plain("BuildStep", "key slug cycle title pack_sha256 phase", "words of the pack"),
    **_plain("BuildStep", "message", "what stopped a build of the demonstration"),
}

"""What the journal answers for of editions: how far each is, what was decided, what each text last said.

Releases are folders with hashes of their own (`eirene release verify`).
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from eirene_web.custody.quarantine import MARKERS
from eirene_web.editions.content import places, text_at
from eirene_web.editions.models import (
    Break,
    Circulation,
    Comment,
    Draft,
    Extension,
    Freeze,
    Position,
    Suggestion,
    TextVersion,
)
from eirene_web.journal.audit import Audited, Difference, Rows


def _drafts(alliance: str) -> Rows:
    for row in Draft.objects.filter(alliance=alliance).order_by("pk"):
        yield str(row.pk), {name: getattr(row, name) for name in _DRAFT}
        # Every text as it stands, under the place that an edit of it names.
        for place, _node in places(row.content):
            texts = text_at(row.content, place) or {}
            yield f"{row.pk}/{place}", {f"text {lang}": text for lang, text in texts.items()}


def _versions(alliance: str) -> Iterable[Difference]:
    """The newest version of each text is what stands; a text that was purged stands as the purge left it."""
    for row in Draft.objects.filter(alliance=alliance).order_by("pk"):
        newest = {
            (one.place, one.lang): one for one in TextVersion.objects.filter(draft=row).order_by("number").iterator()
        }
        for (place, lang), one in newest.items():
            stands = text_at(row.content, place)
            if stands is not None and stands.get(lang, "") != one.text and not _taken_out(one.text):
                yield Difference("value", f"the edition {row.pk}, {place}, {lang}",
                                 "The text that stands is not its newest version.")  # fmt: skip


def _taken_out(text: str) -> bool:
    return text in MARKERS


def _comments(alliance: str) -> Rows:
    for row in Comment.objects.filter(draft__alliance=alliance).order_by("pk").iterator(chunk_size=500):
        yield str(row.pk), {"text": row.text, "place": row.place, "settled": row.settled}


def _breaks(alliance: str) -> Rows:
    for row in Break.objects.filter(circulation__draft__alliance=alliance).order_by("pk"):
        yield str(row.pk), {"on": row.on, "wording": row.wording, "why": row.reason}


def _suggestions(alliance: str) -> Rows:
    for row in Suggestion.objects.filter(draft__alliance=alliance).order_by("pk").iterator(chunk_size=500):
        told = {"state": row.state, "place": row.place, "answer": row.answer}
        yield str(row.pk), {**told, f"text {row.lang}": row.text}


def _positions(alliance: str) -> Rows:
    for row in Position.objects.filter(draft__alliance=alliance).order_by("pk"):
        yield str(row.pk), {"kind": row.kind, "on": row.on, "text": row.text, "withdrawn": row.withdrawn}


def _circulations(alliance: str) -> Rows:
    for row in Circulation.objects.filter(draft__alliance=alliance).order_by("pk"):
        yield (
            str(row.pk),
            {"number": row.number, "state": row.state, "outcome": row.outcome, "text": row.content_sha256},
        )


def _extensions(alliance: str) -> Rows:
    for row in Extension.objects.filter(circulation__draft__alliance=alliance).order_by("pk"):
        yield str(row.pk), {"state": row.state, "until": row.until, "reason": row.reason, "answer": row.answer}


def _freezes(alliance: str) -> Rows:
    for row in Freeze.objects.filter(draft__alliance=alliance).order_by("pk"):
        yield str(row.pk), {"number": row.number, "state": row.state, "audiences": row.audiences}


_DRAFT = (
    "state",
    "number",
    "embargo",
    "audiences",
    "release_list",
    "protection",
    "as_of",
    "disclosed_by",
    "disclosed_on",
)
AUDITED = [
    Audited("edition", _("the edition"), (*_DRAFT, "text *"), _drafts,
            {Draft: ("id", "alliance", "cycle", "content", *_DRAFT),
             TextVersion: ("id", "draft", "place", "lang", "number", "text")}, partly=True),
    Audited("suggestion", _("the suggestion"), ("state", "place", "answer", "text *"), _suggestions,
            {Suggestion: ("id", "draft", "place", "lang", "text", "state", "answer")}),
    Audited("edition_comment", _("the comment"), ("text", "place", "settled"), _comments,
            {Comment: ("id", "draft", "place", "text", "settled")}),
    Audited("break", _("the breaking of silence"), ("on", "wording", "why"), _breaks,
            {Break: ("id", "circulation", "on", "wording", "reason")}),
    Audited("position", _("the position of a nation"), ("kind", "on", "text", "withdrawn"), _positions,
            {Position: ("id", "draft", "nation", "kind", "on", "text", "withdrawn")}),
    Audited("circulation", _("the circulated draft"), ("number", "state", "outcome", "text"), _circulations,
            {Circulation: ("id", "draft", "number", "state", "outcome", "content_sha256")}, partly=True),
    Audited("extension", _("the request for more time"), ("state", "until", "reason", "answer"), _extensions,
            {Extension: ("id", "circulation", "state", "until", "reason", "answer")}),
    Audited("freeze", _("the frozen edition"), ("number", "state", "audiences"), _freezes,
            {Freeze: ("id", "draft", "number", "state", "audiences")}, partly=True),
]  # fmt: skip
CHECKS = [_versions]
_WHEN = "when, by whom: the entry of the journal says it"
_BESIDE = "stands in the entry that wrote it"
_FROM = "follows from texts and submissions, whose hashes it names"


def _all(model: str, names: str, why: str) -> dict[str, str]:
    return {f"editions.{model}.{name}": why for name in names.split()}


APART = {
    "editions.Release": "a release is verified by its own manifest",
    "editions.BuildStep": "how far building is",
    "editions.FigureSet": _FROM,
    "editions.Examination": _FROM,
    "editions.CirculatedDocument": _FROM,
    **_all("TextVersion", "how at person purged", _WHEN),
    **_all("Comment", "nation at person settler purged", _WHEN),
    **_all("Break", "nation at person", _WHEN),
    **_all("Draft", "version figures", _FROM),
    **_all("Draft", "signed signer created moved", _WHEN),
    **_all("Suggestion", "base before reason nation", _BESIDE),
    **_all("Suggestion", "at person decided decider", _WHEN),
    **_all("Position", "at person withdrawer", _WHEN),
    **_all("Circulation", "content figures statements", _FROM),
    **_all("Circulation", "opened expires ended reason at person", _WHEN),
    **_all("Extension", "nation", _BESIDE),
    **_all("Extension", "at person decided decider", _WHEN),
    **_all("Freeze", "edition inputs as_of embargo folder built error reasons", _FROM),
    **_all("Freeze", "at person held published", _WHEN),
}

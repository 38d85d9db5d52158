"""What the journal answers for of editions: how far each is, what was decided, what each text last said.

Releases are folders with hashes of their own (`eirene release verify`).
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from eirene_web.editions.models import Circulation, Draft, Extension, Freeze, Position, Suggestion
from eirene_web.journal.audit import Audited, Rows


def _drafts(alliance: str) -> Rows:
    for row in Draft.objects.filter(alliance=alliance).order_by("pk"):
        yield str(row.pk), {"state": row.state, "number": row.number, "embargo": row.embargo}


def _suggestions(alliance: str) -> Rows:
    for row in Suggestion.objects.filter(draft__alliance=alliance).order_by("pk").iterator(chunk_size=500):
        yield str(row.pk), {"state": row.state}


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
        yield str(row.pk), {"state": row.state}


def _freezes(alliance: str) -> Rows:
    for row in Freeze.objects.filter(draft__alliance=alliance).order_by("pk"):
        yield str(row.pk), {"number": row.number, "state": row.state, "audiences": row.audiences}


AUDITED = [
    Audited("edition", _("the edition"), ("state", "number", "embargo"), _drafts,
            {Draft: ("id", "alliance", "cycle", "state", "number", "embargo")}, partly=True),
    Audited("suggestion", _("the suggestion"), ("state",), _suggestions, {Suggestion: ("id", "state")}, partly=True),
    Audited("position", _("the position of a nation"), ("kind", "on", "text", "withdrawn"), _positions,
            {Position: ("id", "draft", "nation", "kind", "on", "text", "withdrawn")}, partly=True),
    Audited("circulation", _("the circulated draft"), ("number", "state", "outcome", "text"), _circulations,
            {Circulation: ("id", "draft", "number", "state", "outcome", "content_sha256")}, partly=True),
    Audited("extension", _("the request for more time"), ("state",), _extensions, {Extension: ("id", "state")},
            partly=True),
    Audited("freeze", _("the frozen edition"), ("number", "state", "audiences"), _freezes,
            {Freeze: ("id", "draft", "number", "state", "audiences")}, partly=True),
]  # fmt: skip
_WHEN = "when, by whom: the entry of the journal says it"
_BESIDE = "stands in the entry that wrote it"
_FROM = "follows from texts and submissions, whose hashes it names"


def _all(model: str, names: str, why: str) -> dict[str, str]:
    return {f"editions.{model}.{name}": why for name in names.split()}


APART = {
    "editions.Release": "a release is verified by its own manifest",
    "editions.BuildStep": "how far building is",
    "editions.TextVersion": "each version stands in the entry that wrote it; none is ever changed",
    "editions.Comment": "each stands in the entry that wrote it",
    "editions.FigureSet": _FROM,
    "editions.CirculatedDocument": _FROM,
    "editions.Break": "each stands in the entry that wrote it",
    **_all("Draft", "content version as_of audiences release_list disclosed_by disclosed_on figures", _BESIDE),
    **_all("Draft", "signed signer created moved", _WHEN),
    **_all("Suggestion", "draft place lang base before text reason nation answer", _BESIDE),
    **_all("Suggestion", "at person decided decider", _WHEN),
    **_all("Position", "at person withdrawer", _WHEN),
    **_all("Circulation", "content figures statements", _FROM),
    **_all("Circulation", "opened expires ended reason at person", _WHEN),
    **_all("Extension", "circulation nation reason until answer", _BESIDE),
    **_all("Extension", "at person decided decider", _WHEN),
    **_all("Freeze", "edition inputs as_of embargo folder built error reasons", _FROM),
    **_all("Freeze", "at person held published", _WHEN),
}

"""The journal answers for itself, and for what was raised, decided and designated."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from eirene_web.journal.audit import Audited, Rows
from eirene_web.journal.models import Concern, Designated


def _concerns(alliance: str) -> Rows:
    for row in Concern.objects.filter(alliance=alliance).order_by("pk").iterator(chunk_size=500):
        yield str(row.pk), {"state": row.state, "ref": row.ref}


def _designated(alliance: str) -> Rows:
    found: dict[str, list[int]] = {}
    for row in Designated.objects.filter(alliance=alliance).order_by("post"):
        found.setdefault(f"{row.nation or '_office'}/{row.duty}", []).append(row.post)
    for key, posts in found.items():
        yield key, {"posts": posts}


AUDITED = [
    Audited("concern", _("the concern"), ("state", "ref"), _concerns,
            {Concern: ("id", "alliance", "nation", "ref", "state")}),
    Audited("designated", _("the designated posts"), ("posts",), _designated,
            {Designated: ("id", "alliance", "nation", "duty", "post")}),
]  # fmt: skip
_WHEN = "when, by whom: the entry of the journal says it"
APART = {
    "journal.Chain": "the journal itself",
    "journal.Entry": "the journal itself",
    "journal.Change": "the journal itself",
    "journal.Held": "what a concern keeps for a while: its contents must have the hashes of the changes they come from",
    "journal.Concern.why": "stands in the entry that raised it",
    "journal.Concern.raised": _WHEN,
    "journal.Concern.raised_by": _WHEN,
    "journal.Concern.decided": _WHEN,
    "journal.Concern.decided_by": _WHEN,
}

"""What was raised, decided and designated answers to the journal."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from eirene_web.custody.models import Concern, Designated, Held
from eirene_web.journal.audit import Audited, Kept, Rows


def _concerns(alliance: str) -> Rows:
    for row in Concern.objects.filter(alliance=alliance).order_by("pk").iterator(chunk_size=500):
        yield str(row.pk), {"state": row.state, "ref": row.ref}


def _designated(alliance: str) -> Rows:
    found: dict[str, list[int]] = {}
    for row in Designated.objects.filter(alliance=alliance).order_by("post"):
        found.setdefault(f"{row.nation or '_office'}/{row.duty}", []).append(row.post)
    for key, posts in found.items():
        yield key, {"posts": posts}


def _kept() -> Iterator[Kept]:
    for place, content in Held.objects.filter(place__startswith="change:").values_list("place", "content"):
        before, after, salt = json.loads(bytes(content))
        yield int(place.partition(":")[2]), before, after, salt


KEPT = [_kept]
AUDITED = [
    Audited("concern", _("the concern"), ("state", "ref"), _concerns,
            {Concern: ("id", "alliance", "nation", "ref", "state")}),
    Audited("designated", _("the designated posts"), ("posts",), _designated,
            {Designated: ("id", "alliance", "nation", "duty", "post")}),
]  # fmt: skip
_WHEN = "when, by whom: the entry of the journal says it"
APART = {
    "custody.Held": "what a concern keeps for a while: its contents must have the hashes of the changes they come from",
    "custody.Concern.why": "stands in the entry that raised it",
    "custody.Concern.carriers": "what was found in the folders of releases",
    "custody.Concern.raised": _WHEN,
    "custody.Concern.raised_by": _WHEN,
    "custody.Concern.decided": _WHEN,
    "custody.Concern.decided_by": _WHEN,
}

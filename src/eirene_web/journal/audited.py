"""The journal does not answer to itself: its chains are recomputed instead."""

from __future__ import annotations

from eirene_web.journal.audit import Audited

AUDITED: list[Audited] = []
APART = {
    "journal.Chain": "the journal itself",
    "journal.Entry": "the journal itself",
    "journal.Change": "the journal itself",
}

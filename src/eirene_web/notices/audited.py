"""Notices hold no content and change nothing."""

from __future__ import annotations

from eirene_web.journal.audit import Audited

AUDITED: list[Audited] = []
APART = {
    "notices.Notice": "tells of what the journal records",
    "notices.Preference": "how somebody likes to be told",
    "notices.Letter": "a mail that waits to be handed over",
}

"""Running the system keeps nothing in the database."""

from __future__ import annotations

from eirene_web.journal.audit import Audited

AUDITED: list[Audited] = []

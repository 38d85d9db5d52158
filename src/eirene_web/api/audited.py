"""What the journal answers for of the API: nothing of its own; what is done by it is recorded as whoever did it."""

from __future__ import annotations

from eirene_web.journal.audit import Audited

AUDITED: list[Audited] = []
APART = {"api.Answered": "what a program was answered, kept for a day so that it may ask again"}

"""Work in the background holds ids; what it does is recorded by the services that it calls."""

from __future__ import annotations

from eirene_web.journal.audit import Audited

AUDITED: list[Audited] = []
APART = {
    "work.Job": "how far a piece of work is; what it changed is recorded by services",
    "work.Effect": "that something was done once",
    "work.Schedule": "when something is due next",
}

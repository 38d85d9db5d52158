"""Releases are folders with hashes of their own (`eirene release verify`)."""

from __future__ import annotations

from eirene_web.journal.audit import Audited

AUDITED: list[Audited] = []
APART = {
    "editions.Release": "a release is verified by its own manifest",
    "editions.BuildStep": "how far building is",
}

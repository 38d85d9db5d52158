from __future__ import annotations

from django.apps import AppConfig


class CustodyConfig(AppConfig):
    """The keeping of what was done: its history on pages, attestations by mail, and the drill for a name in a text."""

    name = "eirene_web.custody"
    label = "custody"

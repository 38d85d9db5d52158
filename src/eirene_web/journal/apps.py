from __future__ import annotations

from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "eirene_web.journal"
    label = "journal"

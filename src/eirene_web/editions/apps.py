from __future__ import annotations

from django.apps import AppConfig


class EditionsConfig(AppConfig):
    """The catalogue of releases and the building of those that ship."""

    name = "eirene_web.editions"

from __future__ import annotations

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Reads releases and shows them; it never looks anywhere else."""

    name = "eirene_web.portal"

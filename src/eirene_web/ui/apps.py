from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    """The design system: style sheets, base templates, components."""

    name = "eirene_web.ui"

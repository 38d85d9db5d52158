"""Joins what the apps declare, once they are all there."""

from __future__ import annotations

from django.apps import AppConfig


class EireneConfig(AppConfig):
    name = "eirene_web.config"
    label = "eirene_config"

    def ready(self) -> None:
        from eirene_web.config.policy import joined
        from eirene_web.policy import install

        install(joined())

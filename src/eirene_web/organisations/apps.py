from __future__ import annotations

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "eirene_web.organisations"
    label = "organisations"

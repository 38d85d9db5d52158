from __future__ import annotations

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "eirene_web.files"
    label = "files"

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "eirene_web.accounts"
    label = "accounts"

    def ready(self) -> None:
        from eirene_web.accounts import hooks

        hooks.connect()

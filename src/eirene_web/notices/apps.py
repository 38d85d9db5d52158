from __future__ import annotations

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "eirene_web.notices"
    label = "notices"

    def ready(self) -> None:
        from eirene_web.notices.services import job_ended
        from eirene_web.work.services import ENDINGS

        if job_ended not in ENDINGS:
            ENDINGS.append(job_ended)

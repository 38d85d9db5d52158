from __future__ import annotations

from django.apps import AppConfig


class EditionsConfig(AppConfig):
    """Drafts, silence, freezing, the catalogue of releases, and the building of those that ship."""

    name = "eirene_web.editions"

    def ready(self) -> None:
        from eirene_web.editions.services.figuring import report_accepted
        from eirene_web.reports.services.common import ACCEPTED

        if report_accepted not in ACCEPTED:
            ACCEPTED.append(report_accepted)

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EditionsConfig(AppConfig):
    """Drafts, silence, freezing, the catalogue of releases, and the building of those that ship."""

    name = "eirene_web.editions"

    def ready(self) -> None:
        from eirene_web.editions.services.figuring import report_accepted
        from eirene_web.reports.services.common import ACCEPTED
        from eirene_web.work.kinds import KINDS

        if report_accepted not in ACCEPTED:
            ACCEPTED.append(report_accepted)
        KINDS.update({
            "edition.figures": _("Computing the figures of an edition"),
            "edition.circulate": _("Sending a draft out under silence"),
            "edition.freeze": _("Freezing an edition"),
            "release.verify": _("Checking a release"),
        })  # fmt: skip

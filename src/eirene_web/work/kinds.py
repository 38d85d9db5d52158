"""What kinds of work there are, in words. An app that starts another kind names it in its `apps.py`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

KINDS: dict[str, Any] = {
    "import": _("Reading a file"),
    "export": _("Making a file"),
    "workbook": _("Making a workbook"),
    "package": _("Making a package for a closed network"),
    "edition": _("Making an edition"),
    "release": _("Freezing a release"),
    "audit": _("Auditing what a release discloses"),
    "backup": _("Backing up"),
    # by the clock
    "send_waiting": _("Mailing"),
    "remind": _("Reminders"),
    "tidy": _("Tidying up"),
}


def title_of(kind: str) -> str:
    return str(KINDS.get(kind) or kind.replace("_", " ").capitalize())

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
    "mail_reset": _("Mailing a link for a new password"),
    "mail_invitation": _("Mailing an invitation"),
    "edition.figures": _("Computing the figures of an edition"),
    "edition.circulate": _("Making a draft ready to be circulated"),
    "edition.protection": _("Examining what readers of an edition could work out"),
    "edition.freeze": _("Freezing a release"),
    "edition.due": _("What is due for editions"),
    "release.verify": _("Verifying a release"),
    "demo.editions": _("Laying out the editions of the demonstration"),
    # by the clock: named after their function
    "send_waiting": _("Mailing"),
    "remind": _("Reminders"),
    "tidy": _("Tidying up"),
    "due": _("What is due for editions"),
    "nightly_backup": _("Backing up"),
    "mail_heads": _("Mailing where the history ends"),
}


def title_of(kind: str) -> str:
    return str(KINDS.get(kind) or kind.replace("_", " ").replace(".", ": ").capitalize())

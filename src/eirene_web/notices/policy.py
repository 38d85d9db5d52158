"""Who may do what with notices and the outbox."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from eirene_web.notices.models import Notice
from eirene_web.policy import Kind, Row, Verb, rows

KINDS = [
    Kind("notice", _("the notice"), {"": _("told")}),
    #: Kind, addressee and time of what is mailed; there is no content in it.
    Kind("outbox", _("the outbox"), dict(Notice.Mail.choices)),
]
VERBS = [
    Verb("notice.see", _("read the own notices"), "notice", "notice.see", scope="read"),
    Verb("notice.settings", _("choose how one is mailed"), "notice", "notice.see", scope=""),
    Verb("outbox.see", _("see what was mailed to whom, and what could not be"), "outbox", "outbox.see", scope="read"),
    Verb("outbox.send_again", _("have a notice mailed again that could not be mailed"), "outbox", "outbox.see"),
]
ROWS: list[Row] = [
    *rows("notice.see", "person", "self"),
    *rows("notice.settings", "person", "self"),
    *rows("outbox.see", "coordinator administrator", "office"),
    *rows("outbox.send_again", "coordinator administrator", "office", "failed"),
]

"""Who may read the journal, say that a name slipped in, and decide what becomes of it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from eirene_web.custody.models import Concern
from eirene_web.policy import Kind, Row, Verb, rows

KINDS = [
    Kind("journal", _("the history of a body"), {"": _("kept")}),
    Kind("text", _("a text, a file or an answer"), {"": _("there")}),
    Kind("concern", _("a text in quarantine"), dict(Concern.State.choices)),
]
VERBS = [
    Verb("journal.read", _("read and take out the history of a body"), "journal", "journal.read", scope="read"),
    Verb("text.raise", _("say that a text names a person or a case"), "text", "text.raise"),
    Verb("concern.see", _("see that a text is in quarantine"), "concern", "concern.see", scope=""),
    Verb("concern.decide", _("read a text in quarantine, release or purge it"), "concern", "concern.see", decides=True,
         scope=""),
    Verb("designate", _("name the posts that decide on quarantine and keep the attestation"), "body", "bodies.see",
         decides=True, scope=""),
]  # fmt: skip
ROWS: list[Row] = [
    *rows("journal.read", "rapporteur clearing_officer authorised_officer reader", "own"),
    *rows("journal.read", "coordinator reviewer reader", "office"),
    #: Whoever may read the text: what holds it is asked, too.
    *rows("text.raise", "person", "any"),
    #: The designated post, whatever its role.
    *rows("concern.see", "person", "assigned"),
    *rows("concern.see", "person", "self"),
    *rows("concern.decide", "person", "assigned", "quarantined"),
    *rows("designate", "administrator authorised_officer", "own"),
    *rows("designate", "administrator coordinator", "office"),
]

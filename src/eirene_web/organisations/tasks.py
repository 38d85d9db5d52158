"""Mails of the organisation, sent in the background. Arguments are ids; the link is made here, when the mail is."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from eirene.text import date, pick
from eirene_web.accounts.tasks import absolute, letter
from eirene_web.organisations.models import Invitation
from eirene_web.organisations.packs import pack_of
from eirene_web.organisations.services.invitations import link_for
from eirene_web.work.services import Running, background


@background
def mail_invitation(running: Running, *, invitation: int) -> dict[str, Any] | None:
    """The link by which an invitation is answered, in the language that was chosen for it."""
    row = (
        Invitation.objects.select_related("post__body__alliance")
        .filter(pk=invitation, used=None, withdrawn=None)
        .first()
    )
    if row is None:
        return None
    with translation.override(row.language):
        pack = pack_of(row.post.body.alliance)
        link = absolute(reverse("invitation", args=[link_for(row)]))
        alliance, until = pick(pack.header.title, row.language), date(row.expires.date(), row.language)
        asked = _(
            "you are asked to take a post in Eirene, where %(alliance)s keeps its work on Women, Peace and Security:"
        )
        once = _("The link works once, until %(until)s. It is for you alone: do not pass it on.")
        text = letter(
            _("Good day,"),
            asked % {"alliance": alliance},
            pick(row.post.title, row.language),
            _("Open this page to answer:"),
            link,
            once % {"until": until},
            _("If you know nothing of this, do nothing."),
        )
        subject = _("Your post in Eirene, %(alliance)s") % {"alliance": pick(pack.header.short_title, row.language)}
        send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [row.email])
    return {"invitation": row.pk}

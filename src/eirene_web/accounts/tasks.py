"""Mails of accounts, sent in the background. Arguments are ids; the link is made here, when the mail is."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from eirene_web.accounts import services
from eirene_web.accounts.models import Person
from eirene_web.work.services import Running, background


def absolute(path: str) -> str:
    """The full address of a page, for mails: what EIRENE_URL says."""
    return f"{settings.EIRENE_URL or 'http://localhost:8000'}{path}"


def letter(*paragraphs: str) -> str:
    """The text of a mail."""
    return "\n\n".join(paragraphs) + "\n"


@background
def mail_reset(running: Running, *, to: int) -> dict[str, Any] | None:
    """The link for a new password, in the person's language. Whoever is suspended gets none."""
    person = Person.objects.filter(pk=to, is_active=True).first()
    if person is None:
        return None
    with translation.override(person.language):
        key = f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
        uid, _dash, rest = key.partition("-")
        link = absolute(reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": rest}))
        text = letter(
            _("Good day,"),
            _("somebody, most likely you, has asked for a new password for Eirene. Open this page to choose one:"),
            link,
            _("The link works once. If you did not ask, do nothing: your password stays as it is."),
        )
        send_mail(_("A new password for Eirene"), text, settings.DEFAULT_FROM_EMAIL, [person.email])
    return {"person": person.pk}


@background
def forget_old_sign_ins(running: Running) -> dict[str, Any] | None:
    """What is older than is kept leaves the history of sign-ins; due every night."""
    return {"forgotten": services.forget_old_sign_ins()}

"""What Django and its parts mail (a link for a new password, an invitation) goes into the outbox like everything else:
no request waits for a mail server, and a mail server that is down loses nothing."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from eirene_web.notices.services import post_letter


class Outbox(BaseEmailBackend):
    """One letter for each recipient, with what is attached."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            for address in message.recipients():
                post_letter(address=address, subject=str(message.subject), content=message.message().as_bytes())
        return len(email_messages)

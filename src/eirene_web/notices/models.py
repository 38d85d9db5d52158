"""What people are told: on their desk at once, by mail at once or in a digest. Never with any content of a report."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """One thing that one person is told, once. `key` says what it is about, so that it is never told twice."""

    class Mail(models.TextChoices):
        #: Waits for its turn, or for the digest.
        WAITING = "waiting", _("to be mailed")
        SENT = "sent", _("mailed")
        FAILED = "failed", _("could not be mailed")
        #: There is no mail server here, or the person is made up.
        KEPT = "kept", _("kept, not mailed")
        NONE = "none", _("not by mail")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    #: Address to use where it is not the person's own: the mailbox of the post.
    address = models.EmailField(max_length=254, blank=True)
    alliance = models.CharField(max_length=64)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    #: What the words of its kind need: names of cycles and bodies, days, counts, addresses. No content.
    facts = models.JSONField(default=dict)
    #: Address of the page where it goes on.
    where = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()
    read = models.DateTimeField(null=True)
    mail = models.CharField(max_length=8, choices=Mail.choices, default=Mail.WAITING)
    tries = models.IntegerField(default=0)
    try_after = models.DateTimeField(null=True)
    mailed = models.DateTimeField(null=True)
    #: Why it could not be mailed, in the words of whoever refused it.
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "key"], name="notice_once")]
        indexes: ClassVar = [
            models.Index(fields=["person", "-at"], name="notice_desk"),
            models.Index(fields=["mail", "try_after"], condition=Q(mail="waiting"), name="notice_outbox"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.person_id}"


class Preference(models.Model):
    """How somebody wants to be mailed."""

    class Pace(models.TextChoices):
        AT_ONCE = "at_once", _("at once")
        DAILY = "daily", _("once a day")
        NEVER = "never", _("never; I look at my desk")

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preference")
    pace = models.CharField(max_length=8, choices=Pace.choices, default=Pace.AT_ONCE)

    def __str__(self) -> str:
        return f"{self.person_id}: {self.pace}"


class Letter(models.Model):
    """A mail to one address that is no notice: an invitation, a link for a new password. Its content goes with it."""

    Mail = Notice.Mail

    address = models.EmailField(max_length=254)
    subject = models.CharField(max_length=200)
    #: The whole mail with what is attached; empty as soon as it is sent or given up, for it may hold a link that lets
    #: somebody in.
    content = models.BinaryField(default=bytes)
    at = models.DateTimeField()
    mail = models.CharField(max_length=8, choices=Notice.Mail.choices, default=Notice.Mail.WAITING)
    tries = models.IntegerField(default=0)
    try_after = models.DateTimeField(null=True)
    mailed = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["mail", "try_after"], condition=Q(mail="waiting"), name="letter_outbox")
        ]

    def __str__(self) -> str:
        return f"letter {self.pk}"

"""Work in the background: what is being done for whom, how far it is, and what is done by the clock."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    """One piece of work, as people see it; the queue's own row is behind it. Holds ids, never content."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("at work")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    kind = models.CharField(max_length=40)
    alliance = models.CharField(max_length=64, blank=True)
    #: Nation whose business it is; '' the office's or the installation's own.
    nation = models.CharField(max_length=40, blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    #: What it is about, e.g. import:12.
    subject = models.CharField(max_length=120, blank=True)
    #: The queue's row: UUID of its task result.
    task = models.CharField(max_length=36, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    phase = models.CharField(max_length=80, blank=True)
    done = models.IntegerField(default=0)
    of = models.IntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    tries = models.IntegerField(default=0)
    #: What to tell when it failed: {"what", "where", "remedy"}; what it made when it is done: ids.
    error = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    #: Address of the page that shows what it made.
    where = models.CharField(max_length=400, blank=True)
    created = models.DateTimeField()
    started = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject", "id"], name="job_subject"),
            models.Index(fields=["state", "id"], name="job_state"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running"], finished__isnull=True)
                | Q(state__in=["done", "failed", "cancelled"], finished__isnull=False),
                name="job_finished",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Effect(models.Model):
    """That something has been done, under a key of its own, written in the transaction that does it: a task that is
    started twice does it once."""

    key = models.CharField(max_length=160, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class Schedule(models.Model):
    """Work that is due by the clock. Times that were missed count as one."""

    name = models.CharField(max_length=80, primary_key=True)
    #: Five fields, as cron has them, read in the time zone.
    cron = models.CharField(max_length=80)
    time_zone = models.CharField(max_length=64, default="UTC")
    task = models.CharField(max_length=200)
    next_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} {self.cron}"

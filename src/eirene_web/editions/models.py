"""The catalogue: which releases this installation has, and which it is still making."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Release(models.Model):
    """A release folder on the disk, as its manifest describes it. Its content stays in the folder, frozen."""

    slug = models.CharField(max_length=64)
    alliance = models.JSONField()
    cycle = models.CharField(max_length=40)
    data_year = models.IntegerField()
    kind = models.CharField(max_length=16)
    audience = models.CharField(max_length=64)
    #: Whether `audience` is the widest the pack knows: only then may the portal show it to everybody.
    public = models.BooleanField()
    number = models.CharField(max_length=32)
    path = models.CharField(max_length=1024)
    manifest_sha256 = models.CharField(max_length=64, unique=True)
    pack_sha256 = models.CharField(max_length=64)
    fictional = models.BooleanField()
    title = models.JSONField()
    notice = models.JSONField()
    marking = models.JSONField()
    languages = models.JSONField()
    published = models.DateField(null=True)
    registered = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["public", "slug", "cycle"], name="release_shown")]

    def __str__(self) -> str:
        return f"{self.slug}/{self.cycle} {self.number} ({self.audience})"

    @property
    def folder(self) -> Path:
        return Path(self.path)


class BuildStep(models.Model):
    """One thing that is being made in the background, and how far it has come."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("being built")
        DONE = "done", _("ready")
        FAILED = "failed", _("failed")

    #: alliance/cycle/audience
    key = models.CharField(max_length=200, unique=True)
    position = models.IntegerField()
    slug = models.CharField(max_length=64)
    cycle = models.CharField(max_length=40)
    title = models.JSONField()
    fictional = models.BooleanField(default=False)
    #: A page that readers will see, or answers of an earlier cycle that a later one compares itself with.
    shown = models.BooleanField(default=True)
    pack_sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    #: The builder's word for what it is doing, and how many of how many.
    phase = models.CharField(max_length=40, blank=True)
    done = models.IntegerField(default=0)
    of = models.IntegerField(default=0)
    message = models.TextField(blank=True)
    started = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "running", "done", "failed"]), name="build_step_state"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.state}"

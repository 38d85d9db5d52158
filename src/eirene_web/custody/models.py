"""A name that slipped in: who decides, what was raised, and what was taken out of its place meanwhile."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Designated(models.Model):
    """A post that an alliance's office ('' as nation) or a nation named for a duty that reaches nobody else."""

    class Duty(models.TextChoices):
        #: Decides what becomes of a text in which somebody was named.
        QUARANTINE = "quarantine", _("decides on texts in quarantine")
        #: Is mailed every day where the chains of the journal end.
        HEADS = "heads", _("keeps the daily attestation")

    alliance = models.CharField(max_length=64)
    nation = models.CharField(max_length=40, blank=True)
    duty = models.CharField(max_length=12, choices=Duty.choices)
    post = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["alliance", "nation", "duty", "post"], name="designated_once")
        ]

    def __str__(self) -> str:
        return f"{self.duty} of {self.alliance}/{self.nation}: {self.post}"


class Concern(models.Model):
    """Somebody said that a text, a file or an answer should not be there. Holds no word of it."""

    class Why(models.TextChoices):
        PERSON = "person", _("a person is named or can be told")
        CASE = "case", _("a case is described")
        OTHER = "other", _("it should not be here for another reason")

    class State(models.TextChoices):
        QUARANTINED = "quarantined", _("in quarantine")
        RELEASED = "released", _("released")
        PURGED = "purged", _("purged")

    alliance = models.CharField(max_length=64)
    #: Whose designated post decides: a nation's, or the office's ('').
    nation = models.CharField(max_length=40, blank=True)
    #: What was raised, e.g. cell:12/charter, message:4, evidence:7.
    ref = models.CharField(max_length=300)
    why = models.CharField(max_length=8, choices=Why.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUARANTINED)
    raised = models.DateTimeField()
    raised_by = models.BigIntegerField(null=True)
    decided = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    #: Releases that carry it and stay as they were handed out: [{"what", "where"}].
    carriers = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["alliance", "ref"], condition=models.Q(state="quarantined"), name="concern_open_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state="quarantined", decided__isnull=True)
                | models.Q(state__in=["released", "purged"], decided__isnull=False),
                name="concern_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"concern {self.pk}"


class Held(models.Model):
    """What was taken out of its place for as long as a concern is open; it goes back, or goes for good.

    place   change:<id>, document:<submission>/<concern>, blob:<sha256>, words:<concern>, or
            <app.Model>:<id>:<column>, with a spot in it where it is not the whole column
    """

    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="held")
    place = models.CharField(max_length=500)
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["place"], name="held_once")]

    def __str__(self) -> str:
        return self.place

"""The append-only history: one entry for each change of state, with every field that it changed.

Entries of one body form a chain: each holds the hash of the one before. What was written is hashed with a salt of its
own, so that a content that must go (a name that slipped in) can be purged with its salt, and the chain still holds.
Triggers of the database refuse every other update and every delete.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Chain(models.Model):
    """Where a chain ends: the row that writers of one body take their turn at."""

    #: alliance/BODY; the office's own is alliance/
    key = models.CharField(max_length=120, primary_key=True)
    length = models.BigIntegerField(default=0)
    head = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return f"{self.key} ({self.length})"


class Entry(models.Model):
    """One change of state: who, when, what, why."""

    chain = models.CharField(max_length=120)
    sequence = models.BigIntegerField()
    at = models.DateTimeField()
    verb = models.CharField(max_length=64)
    #: Who did it, and the post they did it for; their names are looked up, so that a name can be erased.
    #: Both empty: the system itself.
    person = models.BigIntegerField(null=True)
    post = models.BigIntegerField(null=True)
    #: What it is about, e.g. report:12; the changes name the fields.
    subject = models.CharField(max_length=160)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["chain", "sequence"], name="journal_order")]
        indexes: ClassVar = [
            models.Index(fields=["subject", "id"], name="journal_subject"),
            models.Index(fields=["chain", "at"], name="journal_time"),
        ]

    def __str__(self) -> str:
        return f"{self.chain} {self.sequence} {self.verb}"


class Change(models.Model):
    """One field of one thing, before and after, as canonical JSON. All three are empty once purged."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="changes")
    position = models.IntegerField()
    #: kind:key of the thing, e.g. cell:12/personnel/cells.army|women
    thing = models.CharField(max_length=300)
    field = models.CharField(max_length=64)
    before = models.TextField(null=True)
    after = models.TextField(null=True)
    salt = models.CharField(max_length=32, null=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["entry", "position"], name="journal_change_order")]
        indexes: ClassVar = [models.Index(fields=["thing", "field", "id"], name="journal_thing")]

    def __str__(self) -> str:
        return f"{self.thing}.{self.field}"


# --- a name slipped in ----------------------------------------------------------------------------------------------


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

    place   change:<id>, document:<submission>, blob:<sha256>, or <app.Model>:<id>:<column>
    """

    concern = models.ForeignKey(Concern, on_delete=models.CASCADE, related_name="held")
    place = models.CharField(max_length=200)
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["place"], name="held_once")]

    def __str__(self) -> str:
        return self.place

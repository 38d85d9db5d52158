"""The append-only history: one entry for each change of state, with every field that it changed.

Entries of one body form a chain: each holds the hash of the one before. What was written is hashed with a salt of its
own, so that a content that must go (a name that slipped in) can be purged with its salt, and the chain still holds.
Triggers of the database refuse every other update and every delete.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


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

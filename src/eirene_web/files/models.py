"""Files that people gave us, kept under the hash of their content; who refers to one says who may read it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Blob(models.Model):
    """The content of a file. `purged`: it had to go; the hash stays so that what refers to it can say so."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.BigIntegerField()
    added = models.DateTimeField(auto_now_add=True)
    purged = models.DateTimeField(null=True)
    #: Out of sight until it is decided whether it has to go.
    quarantined = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(size__gte=0), name="blob_size")]

    def __str__(self) -> str:
        return self.sha256[:12]

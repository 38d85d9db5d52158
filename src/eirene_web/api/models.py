"""What was answered under an idempotency key, for as long as a program may ask again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Answered(models.Model):
    """One answer given to one token under one key, written in the transaction of its effect.

    `asked` is the hash of the request, so that the key is not used for another one. Gone after a day.
    """

    token = models.BigIntegerField()
    key = models.CharField(max_length=200)
    asked = models.CharField(max_length=64)
    status = models.IntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["token", "key"], name="answered_once")]
        indexes: ClassVar = [models.Index(fields=["at"], name="answered_at")]

    def __str__(self) -> str:
        return f"{self.key} of token {self.token}"

"""People who sign in, how they did, and the tokens by which their programs do."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class People(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        """allauth makes accounts through this; `services.invite` is the way for everybody else."""
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email__iexact=username)


class Person(AbstractBaseUser):
    """Somebody who can sign in. What they may do follows from the posts they hold, from nothing kept here."""

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(_("language"), max_length=8, default="en")
    #: IANA name; empty: that of the person's body.
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    #: Off: suspended. Duties stay with the post; the person cannot sign in and sessions end.
    is_active = models.BooleanField(default=True)
    #: Made for a demonstration: may be signed into with one click, in demo mode only.
    demo = models.BooleanField(default=False)
    joined = models.DateTimeField(auto_now_add=True)
    suspended_because = models.CharField(max_length=400, blank=True)

    objects = People()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="person_email")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def short(self) -> str:
        """The first part of the address."""
        return self.email.partition("@")[0]

    @property
    def is_staff(self) -> bool:
        """There is no admin site; libraries ask."""
        return False

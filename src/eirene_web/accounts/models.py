"""People who sign in, how they did, and the tokens by which their programs do."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
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
    #: Goes into every session's signature: counting it up ends them all.
    sessions = models.PositiveIntegerField(default=0)

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

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's own, over the count of sessions too."""
        salt = f"eirene.accounts.Person.sessions.{self.sessions}"
        return salted_hmac(salt, self.password, secret=secret, algorithm="sha256").hexdigest()


class SignIn(models.Model):
    """That somebody signed in, or tried to. `person` empty: with an address that nobody has, which is not kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="sign_ins")
    at = models.DateTimeField()
    #: How, in steps joined by +: password, totp, recovery_codes, webauthn, sso, invitation, demo.
    method = models.CharField(max_length=60)
    success = models.BooleanField()
    address = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "-at"], name="sign_ins_of")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.method} {self.at:%Y-%m-%d %H:%M}"


class Token(models.Model):
    """What a person's program signs in with: only its hash is kept. It acts in one alliance, for a time."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    alliance = models.CharField(max_length=64)
    name = models.CharField(max_length=80)
    #: The part that is shown, and by which it is found.
    prefix = models.CharField(max_length=12, unique=True)
    hash = models.CharField(max_length=64)
    #: read, or read write.
    scopes = models.CharField(max_length=20)
    #: Made in a session with a second factor: only then may it decide.
    strong = models.BooleanField(default=False)
    created = models.DateTimeField()
    expires = models.DateTimeField()
    last_used = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(expires__gt=F("created")), name="token_time"),
            models.CheckConstraint(condition=Q(scopes__in=["read", "read write"]), name="token_scopes"),
        ]

    def __str__(self) -> str:
        return f"{self.prefix} of {self.person_id}"


class Bucket(models.Model):
    """How full somebody's measure of tries is: `limits.take` changes the row in one statement."""

    key = models.CharField(max_length=160, primary_key=True)
    level = models.FloatField()
    at = models.FloatField()

    def __str__(self) -> str:
        return self.key


class Kept(models.Model):
    """A row of the shared cache: value as JSON, good until (seconds since 1970)."""

    key = models.CharField(max_length=250, primary_key=True)
    value = models.TextField()
    until = models.FloatField()

    def __str__(self) -> str:
        return self.key

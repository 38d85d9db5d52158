"""Alliances, their bodies as a dated tree, the posts in them, the roles that posts hold and the people who hold posts.

The pack is the authority on which nations and partners there are and what they are called; the platform adds the office
and whatever lies inside a nation. Duties and rights belong to posts, so that a successor inherits them and a vacancy
shows.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class PackFile(models.Model):
    """The bytes of a pack that is or was in force somewhere here, under their hash. Never changed."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    pack = models.CharField(max_length=64)
    version = models.CharField(max_length=32)
    content = models.BinaryField()
    added = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.pack} {self.version} {self.sha256[:12]}"


class Alliance(models.Model):
    """An alliance that this installation serves; its slug begins every address."""

    slug = models.CharField(max_length=64, primary_key=True)
    #: The pack that names bodies and populations today; each cycle keeps the one it was opened with.
    pack = models.ForeignKey(PackFile, on_delete=models.PROTECT, related_name="+")
    time_zone = models.CharField(max_length=64, default="UTC")
    #: Shows the banner and the one-click accounts.
    demo = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.slug


class Body(models.Model):
    """The office, a nation, a partner, or a part of one: ministry, force, command, unit.

    What changes over time (name, place in the tree) stands in its spans; a body itself stays the same one.
    """

    class Kind(models.TextChoices):
        OFFICE = "office", _("office of the alliance")
        NATION = "nation", _("nation")
        PARTNER = "partner", _("partner organisation")
        MINISTRY = "ministry", _("ministry")
        FORCE = "force", _("force")
        COMMAND = "command", _("command")
        UNIT = "unit", _("unit")

    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="bodies")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    #: Of nations and partners: the pack's code. Of others: an own one, unique in the alliance.
    code = models.CharField(max_length=40)
    #: Code of the nation (or partner) that it is or lies in; '' for the office.
    nation = models.CharField(max_length=40, blank=True)
    #: Where its deadlines are read: IANA name; empty: the nation's, then the alliance's.
    time_zone = models.CharField(max_length=64, blank=True)
    #: The body that this one continues after a split, a merger or a change of code.
    succeeds = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="successors")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["alliance", "code"], name="body_code"),
            models.CheckConstraint(
                condition=Q(kind="office", nation="")
                | Q(kind__in=["nation", "partner"], nation=F("code"))
                | Q(kind__in=["ministry", "force", "command", "unit"]),
                name="body_nation",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["alliance", "nation"], name="body_of_nation")]

    def __str__(self) -> str:
        return self.code


class BodySpan(models.Model):
    """What a body is called and under which body it lies, from one day to another (inclusive; open if empty).

    Nations take their names from the pack and need none; the rows of one body never overlap.
    """

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="spans")
    name = models.JSONField()
    parent = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, related_name="+")
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    class Meta:
        ordering: ClassVar = [F("since").asc(nulls_first=True), "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=F("since")), name="body_span"
            ),
            models.UniqueConstraint(fields=["body"], condition=Q(until__isnull=True), name="body_one_open_span"),
        ]

    def __str__(self) -> str:
        return f"{self.body_id} {self.since or '…'} – {self.until or '…'}"


class Post(models.Model):
    """A post in a body: duties and rights are its own, whoever holds it."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="posts")
    title = models.JSONField()
    #: Functional mailbox, which outlives its readers; empty: the holder's address.
    mailbox = models.EmailField(max_length=254, blank=True)
    #: Who is told when the post is late or vacant: above it inside the same nation.
    above = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="below")
    #: The nation's contact point, or its delegation: the only post that notices reach across the border.
    contact = models.BooleanField(default=False)
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=F("since")), name="post_span"
            ),
            models.CheckConstraint(condition=~Q(above=F("pk")), name="post_not_above_itself"),
        ]

    def __str__(self) -> str:
        return f"post {self.pk}"


class PostRole(models.Model):
    """A role that a post holds in its alliance; `sections`: the only ones it reaches, empty: all."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=24)
    sections = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["post", "role"], name="post_role_once")]

    def __str__(self) -> str:
        return f"{self.role} of post {self.post_id}"


class Holding(models.Model):
    """A person in a post, for a time. Several may share one; `acting` and `delegate` say so wherever they decide."""

    class Via(models.TextChoices):
        HOLDER = "holder", _("holder")
        ACTING = "acting", _("acting")
        DELEGATE = "delegate", _("by delegation")

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="holdings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="holdings")
    via = models.CharField(max_length=8, choices=Via.choices, default=Via.HOLDER)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="holding_span"),
            models.UniqueConstraint(
                fields=["post", "person"],
                condition=Q(until__isnull=True),
                name="holding_once",
                violation_error_message="",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["person", "until"], name="holding_person")]

    def __str__(self) -> str:
        return f"{self.person_id} in post {self.post_id}"


class Invitation(models.Model):
    """That somebody is asked, by mail, to take a post. The link is made when the mail is; only its hash is kept."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=8, default="en")
    via = models.CharField(max_length=8, choices=Holding.Via.choices, default=Holding.Via.HOLDER)
    #: First day in the post; empty: the day on which it is answered.
    since = models.DateField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made = models.DateTimeField()
    expires = models.DateTimeField()
    hash = models.CharField(max_length=64, blank=True)
    mailed = models.DateTimeField(null=True)
    withdrawn = models.DateTimeField(null=True)
    used = models.DateTimeField(null=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(expires__gt=F("made")), name="invitation_time"),
            models.CheckConstraint(
                condition=Q(used__isnull=True, person__isnull=True)
                | Q(used__isnull=False, person__isnull=False, withdrawn__isnull=True),
                name="invitation_used",
            ),
            models.UniqueConstraint(
                Lower("email"),
                "post",
                condition=Q(used__isnull=True, withdrawn__isnull=True),
                name="invitation_once",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk} to post {self.post_id}"

"""An edition on its way from a draft to releases, and the catalogue of releases that this installation has.

A draft holds the edition file as it is worked on, its texts with every version of each. What goes out is copied and
never changed again: a circulation holds the draft that went out under silence, a freeze what was frozen. Figures are
computed in the background and kept in sets, each under the fingerprint of what it was made from.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from eirene_web.organisations.models import Alliance
from eirene_web.reports.models import Cycle

_PERSON = settings.AUTH_USER_MODEL


def _both(first: str, second: str) -> Q:
    """Both are set, or neither is: who and when belong together."""
    return Q(**{f"{first}__isnull": True, f"{second}__isnull": True}) | Q(
        **{f"{first}__isnull": False, f"{second}__isnull": False}
    )


# --- the draft ------------------------------------------------------------------------------------------------------


class Draft(models.Model):
    """The edition of a cycle: what is written, and how far it is on its way to a release.

    content       the edition file as JSON, its chapters, blocks and texts with a `uid` each, some `hidden`
    audiences     codes of those a release is built for
    disclosed     who decided to disclose it publicly, and when: apart from marking and release list (practice 10)
    protection    [{"audience", "what", "where"}]: what the coordinator chose to hide, before the audit adds to it
    """

    class State(models.TextChoices):
        DRAFTING = "drafting", _("being written")
        SILENCE = "silence", _("under silence")
        BROKEN = "broken", _("silence broken")
        AGREED = "agreed", _("agreed")
        SIGNED = "signed", _("signed off")
        FREEZING = "freezing", _("being frozen")
        HELD = "held", _("frozen, held until its embargo ends")
        PUBLISHED = "published", _("published")
        STOPPED = "stopped", _("not to be published")

    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="editions")
    cycle = models.OneToOneField(Cycle, on_delete=models.PROTECT, related_name="edition")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFTING)
    number = models.CharField(max_length=16, default="1.0")
    content = models.JSONField()
    version = models.IntegerField(default=1)
    as_of = models.DateField()
    audiences = models.JSONField(default=list)
    release_list = models.JSONField(default=list)
    protection = models.JSONField(default=list)
    disclosed_by = models.CharField(max_length=200, blank=True)
    disclosed_on = models.DateField(null=True)
    embargo = models.DateTimeField(null=True)
    signed = models.DateTimeField(null=True)
    signer = models.ForeignKey(_PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    figures = models.ForeignKey("FigureSet", on_delete=models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField()
    moved = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=_both("signed", "signer"), name="draft_signed_who_and_when"),
            models.CheckConstraint(
                condition=Q(disclosed_by="", disclosed_on__isnull=True)
                | (~Q(disclosed_by="") & Q(disclosed_on__isnull=False)),
                name="draft_disclosed_who_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["signed", "freezing", "held", "published"]) | Q(signed__isnull=False),
                name="draft_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"edition {self.cycle_id} {self.number}"


class TextVersion(models.Model):
    """One version of one text in one language (or the condition of a variant, under the language `when`).

    Number 0 is what the pack said. Nothing is ever changed; `purged`: what it said had to go.
    """

    class How(models.TextChoices):
        PACK = "pack", _("from the pack")
        WRITTEN = "written", _("written")
        RESTORED = "restored", _("restored")
        SUGGESTED = "suggested", _("a suggestion, taken over")

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="versions")
    #: uid.part, e.g. b12.text
    place = models.CharField(max_length=60)
    lang = models.CharField(max_length=8)
    number = models.IntegerField()
    text = models.TextField(blank=True)
    how = models.CharField(max_length=10, choices=How.choices)
    at = models.DateTimeField()
    person = models.ForeignKey(_PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    purged = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draft", "place", "lang", "number"], name="text_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.lang} {self.number}"


class Comment(models.Model):
    """A remark on a place of the draft. A nation's is seen by the office and by itself."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="comments")
    #: uid of a chapter or block, or the reference of a statement
    place = models.CharField(max_length=200)
    nation = models.CharField(max_length=40, blank=True)
    text = models.TextField()
    at = models.DateTimeField()
    person = models.ForeignKey(_PERSON, on_delete=models.PROTECT, related_name="+")
    settled = models.DateTimeField(null=True)
    settler = models.ForeignKey(_PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    purged = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=_both("settled", "settler"), name="comment_settled_who_and_when")
        ]
        indexes: ClassVar = [models.Index(fields=["draft", "nation"], name="edition_comment_of")]

    def __str__(self) -> str:
        return f"comment {self.pk} on {self.place}"


class Suggestion(models.Model):
    """Another wording of one text, offered; the office takes it over or declines it."""

    class State(models.TextChoices):
        OPEN = "open", _("to be decided")
        ACCEPTED = "accepted", _("taken over")
        DECLINED = "declined", _("declined")

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="suggestions")
    place = models.CharField(max_length=60)
    lang = models.CharField(max_length=8)
    #: The text that stood when it was made, and its version.
    base = models.IntegerField()
    before = models.TextField(blank=True)
    text = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    nation = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    person = models.ForeignKey(_PERSON, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    answer = models.TextField(blank=True)
    decided = models.DateTimeField(null=True)
    decider = models.ForeignKey(_PERSON, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=_both("decided", "decider"), name="suggestion_who_and_when"),
            models.CheckConstraint(
                condition=Q(state="open", decided__isnull=True)
                | Q(state__in=["accepted", "declined"], decided__isnull=False),
                name="suggestion_decided",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["draft", "state"], name="edition_suggestion")]

    def __str__(self) -> str:
        return f"suggestion {self.pk} for {self.place}"


class Position(models.Model):
    """What a nation says of its own part: an answer withheld, a footnote to its chapter, its position reserved."""

    class Kind(models.TextChoices):
        WITHHOLDING = "withholding", _("answer withheld")
        FOOTNOTE = "footnote", _("footnote")
        RESERVATION = "reservation", _("position reserved")

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="positions")
    nation = models.CharField(max_length=40)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    #: The question withheld; the statement or chapter that the position is reserved on; empty for a footnote.
    on = models.CharField(max_length=200, blank=True)
    #: {lang: text}: the reason, the footnote, the position, as the nation wrote it
    text = models.JSONField(default=dict)
    at = models.DateTimeField()
    person = models.ForeignKey(_PERSON, on_delete=models.PROTECT, related_name="+")
    withdrawn = models.DateTimeField(null=True)
    withdrawer = models.ForeignKey(_PERSON, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=_both("withdrawn", "withdrawer"), name="position_who_and_when"),
            models.UniqueConstraint(
                fields=["draft", "nation", "on"],
                condition=Q(kind="withholding", withdrawn__isnull=True),
                name="withheld_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["draft", "nation"], name="edition_position_of")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.nation}"


class FigureSet(models.Model):
    """All figures of an edition, computed for the office, and what they were computed from.

    fingerprint   of inputs, pack, date and withholdings: the same inputs are computed once
    inputs        {"submissions": {body: [pk, sha256]}, "history": [[cycle, sha256]], "withheld": [[body, question]]}
    content       the figures, compressed JSON
    """

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="figure_sets")
    fingerprint = models.CharField(max_length=64)
    inputs = models.JSONField()
    reported = models.IntegerField()
    asked = models.IntegerField()
    content = models.BinaryField()
    made = models.DateTimeField()
    milliseconds = models.IntegerField()
    previous = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["draft", "fingerprint"], name="figure_set_once")]

    def __str__(self) -> str:
        return f"figures {self.pk} of {self.draft_id}"


class Examination(models.Model):
    """What of the draft would be hidden from one audience, why, and whether anything could still be worked out.

    fingerprint   of everything that decides it: a draft that has moved on is known by it
    content       compressed JSON of codes, as `making.told_of` gives it; no value of anybody is in it
    checked       values that were attacked
    """

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="examinations")
    audience = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    clean = models.BooleanField()
    checked = models.IntegerField()
    content = models.BinaryField()
    made = models.DateTimeField()
    milliseconds = models.IntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["draft", "audience"], name="examined_once")]

    def __str__(self) -> str:
        return f"examination of {self.draft_id} for {self.audience}"


# --- silence --------------------------------------------------------------------------------------------------------


class Circulation(models.Model):
    """A numbered draft that went out under silence: text and figures as they stood (practice 11)."""

    class State(models.TextChoices):
        PREPARING = "preparing", _("being prepared")
        OPEN = "open", _("under silence")
        BROKEN = "broken", _("silence broken")
        KEPT = "kept", _("silence kept")
        RECALLED = "recalled", _("recalled")

    class Outcome(models.TextChoices):
        AGREED = "agreed", _("agreed")
        RESERVATION = "reservation", _("agreed, with a reservation or footnote")
        DELETED = "deleted", _("statement deleted")
        NOTED = "noted", _("noted only")
        NOT_PUBLISHED = "not_published", _("not published")

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="circulations")
    number = models.IntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PREPARING)
    outcome = models.CharField(max_length=14, choices=Outcome.choices, blank=True)
    content = models.JSONField()
    #: Of the text and of the figures that went out: an edition that differs goes out again.
    content_sha256 = models.CharField(max_length=64)
    figures = models.ForeignKey(FigureSet, on_delete=models.PROTECT, related_name="circulations")
    #: [{"ref", "key", "chapter": {lang: title}, "label": {lang: text}}]
    statements = models.JSONField(default=list)
    opened = models.DateTimeField(null=True)
    #: An instant, the same for everybody; pages show it by the clock of each capital.
    expires = models.DateTimeField()
    ended = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()
    person = models.ForeignKey(_PERSON, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draft", "number"], name="circulation_number"),
            models.UniqueConstraint(
                fields=["draft"], condition=Q(state__in=["preparing", "open"]), name="circulation_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["open", "broken", "kept"]) | Q(opened__isnull=False), name="circulation_opened"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["preparing", "open"], ended__isnull=True)
                | Q(state__in=["broken", "kept", "recalled"], ended__isnull=False),
                name="circulation_ended",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "expires"], name="edition_silence_due")]

    def __str__(self) -> str:
        return f"draft {self.number} of {self.draft_id}"


class CirculatedDocument(models.Model):
    """The Summary as an audience reads it in a circulated draft, compressed JSON of the document."""

    circulation = models.ForeignKey(Circulation, on_delete=models.CASCADE, related_name="documents")
    audience = models.CharField(max_length=64)
    lang = models.CharField(max_length=8)
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["circulation", "audience", "lang"], name="circulated_once")
        ]

    def __str__(self) -> str:
        return f"{self.circulation_id} {self.audience} {self.lang}"


class Break(models.Model):
    """A nation broke silence on one statement. Never shown to other nations, never public."""

    circulation = models.ForeignKey(Circulation, on_delete=models.CASCADE, related_name="breaks")
    nation = models.CharField(max_length=40)
    #: The statement's reference, or the id of a chapter.
    on = models.CharField(max_length=200)
    reason = models.TextField()
    #: {lang: the wording asked for}
    wording = models.JSONField(default=dict)
    at = models.DateTimeField()
    person = models.ForeignKey(_PERSON, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["circulation", "nation", "on"], name="broken_once")]

    def __str__(self) -> str:
        return f"break {self.pk} of {self.circulation_id}"


class Extension(models.Model):
    """A nation asks for more time."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("requested")
        GRANTED = "granted", _("granted")
        DECLINED = "declined", _("declined")

    circulation = models.ForeignKey(Circulation, on_delete=models.CASCADE, related_name="extensions")
    nation = models.CharField(max_length=40)
    reason = models.TextField()
    until = models.DateTimeField()
    at = models.DateTimeField()
    person = models.ForeignKey(_PERSON, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    answer = models.TextField(blank=True)
    decided = models.DateTimeField(null=True)
    decider = models.ForeignKey(_PERSON, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=_both("decided", "decider"), name="extension_who_and_when"),
            models.UniqueConstraint(
                fields=["circulation", "nation"], condition=Q(state="requested"), name="extension_one_pending"
            ),
        ]

    def __str__(self) -> str:
        return f"extension {self.pk} of {self.circulation_id}"


# --- frozen ---------------------------------------------------------------------------------------------------------


class Freeze(models.Model):
    """One press: everything that the releases of this number follow from, and where they lie.

    edition   the edition file as it goes into the releases
    inputs    as of a figure set
    folder    below the home folder; in `held` until the embargo ends, then in `releases`, moved there as a whole
    built     audience → {"sha256", "files", "bytes", "verified": {"ok", …}, "changes": {lang: [sentence]}}
    error     what to tell if building failed: {"what", "where", "remedy"}
    """

    class State(models.TextChoices):
        BUILDING = "building", _("being built")
        HELD = "held", _("held until its embargo ends")
        PUBLISHED = "published", _("published")
        FAILED = "failed", _("failed")
        RECALLED = "recalled", _("recalled before publication")

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="freezes")
    number = models.CharField(max_length=16)
    state = models.CharField(max_length=10, choices=State.choices, default=State.BUILDING)
    edition = models.JSONField()
    inputs = models.JSONField()
    audiences = models.JSONField()
    as_of = models.DateField()
    embargo = models.DateTimeField(null=True)
    folder = models.CharField(max_length=200)
    built = models.JSONField(default=dict)
    error = models.JSONField(default=dict)
    reasons = models.JSONField(default=list)
    at = models.DateTimeField()
    person = models.ForeignKey(_PERSON, on_delete=models.PROTECT, related_name="+")
    held = models.DateTimeField(null=True)
    published = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["draft", "number"],
                condition=Q(state__in=["building", "held", "published"]),
                name="frozen_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published__isnull=False), name="freeze_published"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "embargo"], name="edition_freeze_due")]

    def __str__(self) -> str:
        return f"freeze {self.number} of {self.draft_id}"


# --- the catalogue --------------------------------------------------------------------------------------------------


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
    freeze = models.ForeignKey(Freeze, on_delete=models.PROTECT, null=True, related_name="releases")
    #: What is different from the release before, for the same audience: {lang: [sentence]}
    changes = models.JSONField(default=dict)
    #: The last check against itself: {"ok", "summary", "at"}
    verified = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["public", "slug", "cycle"], name="release_shown"),
            models.Index(fields=["slug", "audience"], name="release_for"),
        ]

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

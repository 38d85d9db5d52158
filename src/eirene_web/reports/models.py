"""A cycle and the reports of the bodies asked in it.

What is being worked on are cells: one row for each part of an answer that can be saved by itself. What was sent is a
submission: the frozen bytes of `eirene.report/1` and their hash. Assignment, clearance, review, correction and transfer
are things of their own that point at a report or a submission.
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from eirene_web.files.models import Blob
from eirene_web.organisations.models import Alliance, Body, PackFile, Post

_PERSON = settings.AUTH_USER_MODEL


def _both(first: str, second: str) -> Q:
    """Both are set, or neither is: who and when belong together."""
    return Q(**{f"{first}__isnull": True, f"{second}__isnull": True}) | Q(
        **{f"{first}__isnull": False, f"{second}__isnull": False}
    )


# --- the cycle ------------------------------------------------------------------------------------------------------


class Cycle(models.Model):
    """A data year in which bodies report. The pack that it was opened with is in force to its end."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        TEST = "test", _("open for a test")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="cycles")
    #: Id of the cycle in the pack, and in addresses.
    code = models.CharField(max_length=40)
    pack = models.ForeignKey(PackFile, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.PLANNED)
    opens = models.DateTimeField()
    #: An instant, the same for everybody; pages show it by the clock of each capital.
    deadline = models.DateTimeField()
    #: Days before the deadline on which those who have not submitted are reminded.
    remind_days = models.JSONField(default=list)
    #: Audience code that answers are released to unless they say otherwise.
    releasability = models.CharField(max_length=64)
    #: Nothing of the cycle's edition is shown to others before.
    embargo = models.DateTimeField(null=True)
    #: Days after which a report that does not move counts as stuck, by state.
    patience = models.JSONField(default=dict)
    #: Further milestones of the office's plan: [{"what": {lang: text}, "on": date}].
    milestones = models.JSONField(default=list)
    four_eyes = models.BooleanField(default=False)
    opened = models.DateTimeField(null=True)
    closed = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["alliance", "code"], name="cycle_code"),
            models.CheckConstraint(condition=Q(deadline__gt=F("opens")), name="cycle_deadline"),
            models.CheckConstraint(
                condition=Q(state__in=["planned"], opened__isnull=True)
                | Q(state__in=["test", "open", "closed"], opened__isnull=False),
                name="cycle_opened",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed__isnull=False) | (~Q(state="closed") & Q(closed__isnull=True)),
                name="cycle_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.alliance_id}/{self.code}"


class Report(models.Model):
    """What one body owes in one cycle, and how far it is. `version` grows with every change of an answer."""

    class State(models.TextChoices):
        #: Asked, but the cycle is not yet open for this body.
        WAITING = "waiting", _("not yet open")
        NOT_STARTED = "not_started", _("not started")
        DRAFTING = "drafting", _("drafting")
        IN_CLEARANCE = "in_clearance", _("in clearance")
        #: Every step of the chain has cleared it; it waits to be sent.
        CLEARED = "cleared", _("cleared")
        SUBMITTED = "submitted", _("submitted")
        IN_REVIEW = "in_review", _("in review")
        RETURNED = "returned", _("returned")
        ACCEPTED = "accepted", _("accepted")
        #: The cycle was closed before the report was submitted.
        NOT_SUBMITTED = "not_submitted", _("not submitted")

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="reports")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="reports")
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    version = models.IntegerField(default=0)
    #: This body's own deadline where the office extended it, and why.
    deadline = models.DateTimeField(null=True)
    extended_because = models.CharField(max_length=400, blank=True)
    opened = models.DateTimeField(null=True)
    #: When the report last moved from one state to another, or was worked on.
    moved = models.DateTimeField()
    submitted = models.DateTimeField(null=True)
    accepted = models.DateTimeField(null=True)
    #: The desk of the office that reviews it.
    reviewer = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    review_due = models.DateField(null=True)
    #: Time that the body says the report took; never measured (practice 19).
    minutes = models.IntegerField(null=True)
    #: How long it has been in clearance: each time it is sent on its way is a round.
    round = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cycle", "body"], name="report_once"),
            models.CheckConstraint(condition=Q(minutes__isnull=True) | Q(minutes__gte=0), name="report_minutes"),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(opened__isnull=True), name="report_waiting_not_opened"
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", accepted__isnull=False) | ~Q(state="accepted"), name="report_accepted"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["cycle", "state"], name="report_state")]

    @property
    def due(self) -> dt.datetime:
        """The instant by which it is to be in: its own, where the office extended it, but never before the cycle's."""
        return max(self.deadline or self.cycle.deadline, self.cycle.deadline)

    def __str__(self) -> str:
        return f"{self.cycle_id}/{self.body_id}"


class Cell(models.Model):
    """One part of one answer, saved by itself. `value` null: emptied; the row stays, so that its version does.

    The parts and their values are those of `eirene.questionnaires.parts`.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="cells")
    question = models.CharField(max_length=64)
    part = models.CharField(max_length=200)
    value = models.JSONField(null=True)
    version = models.IntegerField(default=1)
    changed = models.DateTimeField()
    person = models.ForeignKey(_PERSON, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "question", "part"], name="cell_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="cell_version"),
        ]

    def __str__(self) -> str:
        return f"{self.report_id}/{self.question}/{self.part}"


class AnswerNote(models.Model):
    """What is known about an answer besides its content.

    taken_over   cycle whose answer was taken over; confirmed: somebody looked at it since
    open         in a returned report: this answer may be changed
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="notes")
    question = models.CharField(max_length=64)
    taken_over = models.CharField(max_length=40, blank=True)
    confirmed = models.BooleanField(default=False)
    open = models.BooleanField(default=False)
    open_because = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["report", "question"], name="answer_note_once")]

    def __str__(self) -> str:
        return f"{self.report_id}/{self.question}"


class Assignment(models.Model):
    """A section given to a post to fill in."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="assignments")
    section = models.CharField(max_length=40)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="assignments")
    due = models.DateField(null=True)
    note = models.CharField(max_length=400, blank=True)
    #: The post says that its part is done.
    done = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["report", "section", "post"], name="assigned_once")]

    def __str__(self) -> str:
        return f"{self.report_id} section {self.section} → {self.post_id}"


class EvidenceFile(models.Model):
    """A file that stands behind an answer, with a marking of its own."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="evidence")
    question = models.CharField(max_length=64)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    #: Audience code that the file is released to; empty: the answer's own.
    releasability = models.CharField(max_length=64, blank=True)
    added = models.DateTimeField()
    person = models.ForeignKey(_PERSON, on_delete=models.PROTECT, related_name="+")
    removed = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["report", "question"], name="evidence_of")]

    def __str__(self) -> str:
        return self.name


class Visit(models.Model):
    """When a person last looked at a report: what is new since is told to them."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="visits")
    person = models.ForeignKey(_PERSON, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["report", "person"], name="visit_once")]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.report_id}"


# --- talking about an answer ----------------------------------------------------------------------------------------


class Thread(models.Model):
    """A conversation about one answer, or about the report (`question` empty)."""

    class Kind(models.TextChoices):
        #: The nation asks the office.
        QUESTION = "question", _("question to the office")
        #: The office asks the nation.
        CLARIFICATION = "clarification", _("clarification")
        #: Inside the nation.
        NATIONAL = "national", _("note within the nation")
        #: Inside the office.
        OFFICE = "office", _("note within the office")

    class State(models.TextChoices):
        OPEN = "open", _("waits for an answer")
        ANSWERED = "answered", _("answered")
        CLOSED = "closed", _("closed")

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="threads")
    question = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    due = models.DateField(null=True)
    #: A flag: the office doubts this answer.
    flag = models.BooleanField(default=False)
    opened = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["report", "question"], name="thread_of")]

    def __str__(self) -> str:
        return f"{self.kind} {self.report_id}/{self.question}"


class Message(models.Model):
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="messages")
    person = models.ForeignKey(_PERSON, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    #: '' where an office speaks, else the nation.
    nation = models.CharField(max_length=40, blank=True)
    text = models.TextField()
    at = models.DateTimeField()
    #: Purged: what it said had to go.
    purged = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return f"message {self.pk}"


# --- clearance and submission ---------------------------------------------------------------------------------------


class ClearanceChain(models.Model):
    """The way that reports of a nation take through its capital: steps in order, the posts of one step side by side."""

    body = models.OneToOneField(Body, on_delete=models.CASCADE, related_name="clearance_chain")
    #: [[post, …], …], at most six steps.
    steps = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"chain of {self.body_id}"


class ClearanceStep(models.Model):
    """One post's part in one round of clearance."""

    class State(models.TextChoices):
        WAITING = "waiting", _("not yet its turn")
        PENDING = "pending", _("to clear")
        CLEARED = "cleared", _("cleared")
        REMARKS = "remarks", _("cleared with remarks")
        SENT_BACK = "sent_back", _("sent back")
        DROPPED = "dropped", _("taken out of the chain")

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="steps")
    round = models.IntegerField()
    position = models.IntegerField()
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    person = models.ForeignKey(_PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    via = models.CharField(max_length=8, blank=True)
    decided = models.DateTimeField(null=True)
    remarks = models.TextField(blank=True)
    #: Cleared on paper: which office, under which reference, on which day, and its scan.
    paper_office = models.CharField(max_length=200, blank=True)
    paper_reference = models.CharField(max_length=200, blank=True)
    paper_date = models.DateField(null=True)
    scan = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, related_name="+")
    scan_name = models.CharField(max_length=200, blank=True)
    scan_media_type = models.CharField(max_length=100, blank=True)
    #: Audience code that the scan is released to; empty: it stays within the nation.
    scan_marking = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering: ClassVar = ["round", "position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "round", "position", "post"], name="clearance_step_once"),
            models.CheckConstraint(condition=_both("person", "decided"), name="clearance_who_and_when"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "pending", "dropped"]) | Q(decided__isnull=False),
                name="clearance_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} round {self.round} step {self.position}"


class Submission(models.Model):
    """A report as a body sent it: frozen bytes and their hash. Nothing of it is ever changed, with one exception: where
    a name slipped in, its texts are replaced. Then `document` is the redacted report, with a hash of its own, and
    `sha256` still that of what was sent."""

    class Origin(models.TextChoices):
        SUBMITTED = "submitted", _("submitted")
        CORRECTION = "correction", _("corrected by request")
        #: Of a cycle before this platform: taken in from files.
        HISTORY = "history", _("taken in from an earlier cycle")

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="submissions")
    number = models.IntegerField()
    document = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    redacted_sha256 = models.CharField(max_length=64, null=True)
    #: Version of the report that was frozen.
    version = models.IntegerField()
    origin = models.CharField(max_length=12, choices=Origin.choices, default=Origin.SUBMITTED)
    at = models.DateTimeField()
    person = models.ForeignKey(_PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    #: How many findings of each severity it had, and how many were justified.
    findings = models.JSONField(default=dict)
    #: Printed on the receipt; with it anybody who has one can check it later.
    receipt = models.CharField(max_length=24, unique=True)
    accepted = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["report", "number"], name="submission_number")]

    def __str__(self) -> str:
        return f"{self.report_id} submission {self.number}"


# --- review ---------------------------------------------------------------------------------------------------------


class SectionReview(models.Model):
    """The office has accepted a section of a submission; `second`: the other pair of eyes, where the cycle asks it."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="sections")
    section = models.CharField(max_length=40)
    person = models.ForeignKey(_PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    second = models.ForeignKey(_PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    second_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["submission", "section"], name="section_review_once"),
            models.CheckConstraint(condition=_both("second", "second_at"), name="section_second_and_when"),
            models.CheckConstraint(condition=Q(second__isnull=True) | ~Q(second=F("person")), name="section_four_eyes"),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} section {self.section}"


class Return(models.Model):
    """The office gave the report back: which answers are open again, and why."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="returns")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    #: [{"question": id, "why": text}]
    questions = models.JSONField()
    due = models.DateField(null=True)
    at = models.DateTimeField()
    person = models.ForeignKey(_PERSON, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"return of {self.report_id}"


class Correction(models.Model):
    """A body asks to correct an answer of an accepted report; old and new stay side by side."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("requested")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="corrections")
    question = models.CharField(max_length=64)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+")
    #: {part: value}: what stood and what should stand.
    before = models.JSONField()
    after = models.JSONField()
    reason = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    requested = models.DateTimeField()
    person = models.ForeignKey(_PERSON, on_delete=models.PROTECT, related_name="+")
    decided = models.DateTimeField(null=True)
    decider = models.ForeignKey(_PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    decision = models.TextField(blank=True)
    result = models.ForeignKey(Submission, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=_both("decided", "decider"), name="correction_who_and_when"),
            models.UniqueConstraint(
                fields=["report", "question"],
                condition=Q(state="requested"),
                name="correction_one_pending",
            ),
        ]

    def __str__(self) -> str:
        return f"correction {self.report_id}/{self.question}"


# --- files in and out -----------------------------------------------------------------------------------------------


class Export(models.Model):
    """A workbook or package that was handed out, with the version of every cell in it, so that what comes back can be
    compared with what had been there."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="exports")
    #: Printed in the file, and found again in what comes back.
    token = models.CharField(max_length=32, unique=True)
    #: {question: {part: [version of the cell, short digest of its value]}}: what was handed out, not the values.
    versions = models.JSONField()
    at = models.DateTimeField()
    person = models.ForeignKey(_PERSON, on_delete=models.PROTECT, related_name="+")
    #: Key with which a package from a closed network is signed on its way back; empty for a plain workbook.
    key = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return self.token


class Import(models.Model):
    """A file that was handed in: read in the background, compared, shown, and only then taken over."""

    class State(models.TextChoices):
        READING = "reading", _("being read")
        READY = "ready", _("ready to look at")
        REFUSED = "refused", _("refused")
        APPLIED = "applied", _("taken over")
        DROPPED = "dropped", _("dropped")

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="imports")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=State.choices, default=State.READING)
    export = models.ForeignKey(Export, on_delete=models.PROTECT, null=True, related_name="+")
    #: While it waits: {"items": [{"question", "part", "before", "after", "version", "conflict", "who", "when"}],
    #: "same", "kept", "elsewhere": {section: number}, "evidence": [{"question", "name", "sha256", "size"}], "package"};
    #: afterwards how much of it was taken over: {"taken", "left", "attached"}.
    changes = models.JSONField(default=list)
    #: [{"what": {lang: text}, "where": …, "remedy": …}]
    problems = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    at = models.DateTimeField()
    person = models.ForeignKey(_PERSON, on_delete=models.PROTECT, related_name="+")
    applied = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"import {self.pk} of {self.report_id}"

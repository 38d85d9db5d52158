"""A submission as the office reviews it: beside last year's, among the alliance's, with findings and conversations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext as _

from eirene.framework import AskedQuestionnaire, AskedSection, Pack, asked
from eirene.questionnaires import Report as Answers
from eirene.questionnaires import check
from eirene.questionnaires.model import Answer, Finding
from eirene_web.organisations.packs import opened
from eirene_web.reports.models import Report, Return, SectionReview, Submission, Thread
from eirene_web.reports.sent import Reader, Shown, answers_of, before_of, changed_questions, without_body
from eirene_web.reports.working import previous_submission


@dataclass(frozen=True)
class SectionLine:
    """One section in the list of a review."""

    section: AskedSection
    answered: int
    changed: int
    errors: int
    warnings: int
    flags: int
    open_threads: int
    review: SectionReview | None


@dataclass
class Review:
    """What the office reads. Each part is looked up when it is first asked for, with one query or two."""

    report: Report
    submission: Submission
    lang: str
    _peers: dict[int, Answers] = field(default_factory=dict)

    @cached_property
    def pack(self) -> Pack:
        return opened(self.report.cycle.pack_id)

    @cached_property
    def sheet(self) -> AskedQuestionnaire:
        return asked(self.pack, self.report.cycle.code)

    @cached_property
    def answers(self) -> Answers:
        return answers_of([self.submission.pk], self.pack)[self.submission.pk]

    @cached_property
    def previous_submission(self) -> Submission | None:
        return previous_submission(self.report)

    @cached_property
    def previous(self) -> Answers | None:
        last = self.previous_submission
        found = answers_of([last.pk], self.pack)[last.pk] if last else None
        return without_body(found, self.report.body.code)

    @cached_property
    def before(self) -> dict[str, Answer]:
        return before_of(self.sheet, self.previous)

    @cached_property
    def peers(self) -> list[Answers]:
        """The newest submission of every other body in this cycle. Two queries."""
        rows = (
            Submission.objects.filter(report__cycle=self.report.cycle_id)
            .exclude(report=self.report)
            .order_by("report", "number")
            .values_list("report", "pk")
        )
        newest: dict[int, int] = dict(rows)  # of several, the last one stays
        found = answers_of(newest.values(), self.pack)
        return [found[pk] for pk in newest.values()]

    @cached_property
    def findings(self) -> list[Finding]:
        """What the one check says, with last year and with the others beside it."""
        found = check(self.answers, self.pack, previous=self.previous, peers=self.peers)
        return [finding for finding in found if finding.outcome == "found"]

    @cached_property
    def changed(self) -> frozenset[str]:
        return frozenset(changed_questions(self.sheet, self.answers, self.previous))

    @cached_property
    def changed_since_return(self) -> frozenset[str]:
        """Questions answered otherwise than in the submission before this one."""
        earlier = self.report.submissions.filter(number__lt=self.submission.number).order_by("-number")
        last = earlier.values_list("pk", flat=True).first()
        if last is None:
            return frozenset()
        return frozenset(changed_questions(self.sheet, self.answers, answers_of([last], self.pack)[last]))

    @cached_property
    def threads(self) -> list[Thread]:
        """Conversations with the nation, and notes within the office; never those within the nation."""
        return list(
            Thread.objects.filter(report=self.report)
            .exclude(kind=Thread.Kind.NATIONAL)
            .prefetch_related("messages__person", "messages__post")
            .order_by("opened", "pk")
        )

    def threads_on(self, question: str) -> list[Thread]:
        return [thread for thread in self.threads if thread.question == question]

    @cached_property
    def accepted(self) -> dict[str, SectionReview]:
        rows = SectionReview.objects.filter(submission=self.submission).select_related("person", "second")
        return {one.section: one for one in rows}

    @cached_property
    def returns(self) -> list[Return]:
        return list(Return.objects.filter(report=self.report).select_related("person", "submission").order_by("-at"))

    @cached_property
    def reader(self) -> Reader:
        return Reader(self.pack, self.sheet, self.lang, self.report.cycle.releasability)

    def section(self, id: str) -> list[Shown]:
        return self.reader.section(id, self.answers, self.before, self.peers, self.findings)

    @cached_property
    def sections(self) -> list[SectionLine]:
        return [self._line(section) for section in self.sheet.sections]

    def _line(self, section: AskedSection) -> SectionLine:
        ids = {q.id for q in section.questions}
        here = [f for f in self.findings if f.place.question in ids]
        threads = [t for t in self.threads if t.question in ids and t.kind != Thread.Kind.OFFICE]
        return SectionLine(
            section=section,
            answered=sum(id in self.answers.answers for id in ids),
            changed=len(self.changed & ids),
            errors=sum(f.severity in ("blocker", "error") for f in here),
            warnings=sum(f.severity == "warning" and not f.justified for f in here),
            flags=sum(t.flag and t.state != Thread.State.CLOSED for t in self.threads if t.question in ids),
            open_threads=sum(t.state != Thread.State.CLOSED for t in threads),
            review=self.accepted.get(section.id),
        )

    def left(self, person: int | None) -> list[AskedSection]:
        """Sections that somebody could still accept: not accepted, or waiting for a second pair of eyes."""
        four = self.report.cycle.four_eyes
        found = []
        for section in self.sheet.sections:
            done = self.accepted.get(section.id)
            if done is None or (four and done.second_id is None and done.person_id != person):
                found.append(section)
        return found

    def numbers(self, questions: Iterable[str]) -> str:
        wanted = set(questions)
        return ", ".join(q.number for q in self.sheet.questions.values() if q.id in wanted) or _("none")

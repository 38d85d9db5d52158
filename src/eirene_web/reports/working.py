"""A report as it is being worked on: its cells, put together for checks, previews and submission.

Reads only; nothing here asks the policy. It is called by services and queries, which do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from eirene.framework import AskedQuestion, AskedQuestionnaire, Pack, asked
from eirene.questionnaires import Report as Answers
from eirene.questionnaires import check, report_of_parts
from eirene.questionnaires.builtin import Standing
from eirene.questionnaires.model import Answer, Finding
from eirene.questionnaires.parts import Parts, is_answered
from eirene.questionnaires.rules import Context, applies
from eirene_web.accounts.models import Person
from eirene_web.organisations.packs import opened
from eirene_web.organisations.succession import line_of
from eirene_web.reports.models import AnswerNote, Assignment, Cell, Report, Submission
from eirene_web.reports.sent import answers_of


@dataclass
class Working:
    """The cells of a report and what follows from them; one query each, when first asked for.

    only    questions whose cells are read, for a change of just these: checks and sums then say nothing; None: all
    """

    report: Report
    only: frozenset[str] | None = None

    @cached_property
    def pack(self) -> Pack:
        return opened(self.report.cycle.pack_id)

    @cached_property
    def sheet(self) -> AskedQuestionnaire:
        return asked(self.pack, self.report.cycle.code)

    @cached_property
    def cells(self) -> dict[tuple[str, str], Cell]:
        found = Cell.objects.filter(report=self.report)
        if self.only is not None:
            found = found.filter(question__in=self.only)
        return {(c.question, c.part): c for c in found}

    @cached_property
    def people(self) -> dict[int, str]:
        """Names of those who changed a cell last."""
        return dict(Person.objects.filter(pk__in={c.person_id for c in self.cells.values()}).values_list("pk", "name"))

    @cached_property
    def notes(self) -> dict[str, AnswerNote]:
        return {note.question: note for note in AnswerNote.objects.filter(report=self.report)}

    @cached_property
    def assignments(self) -> dict[str, list[Assignment]]:
        found: dict[str, list[Assignment]] = {}
        for one in Assignment.objects.filter(report=self.report).select_related("post__body"):
            found.setdefault(one.section, []).append(one)
        return found

    @cached_property
    def parts(self) -> Parts:
        found: Parts = {}
        for (question, part), cell in self.cells.items():
            if cell.value is not None:
                found.setdefault(question, {})[part] = cell.value
        return found

    @cached_property
    def answers(self) -> Answers:
        """The report as the core knows it."""
        return report_of_parts(self.pack, self.report.cycle.code, self.report.body.code, self.parts)

    @cached_property
    def previous(self) -> Answers | None:
        """The body's last accepted report of an earlier cycle, or that of the body which it continues."""
        found = previous_submission(self.report)
        if found is None:
            return None
        return replace(opened_submission(found.pk, self.pack), body=self.report.body.code)

    @cached_property
    def previous_cycle(self) -> str:
        return self.previous.cycle if self.previous else ""

    @cached_property
    def findings(self) -> list[Finding]:
        """What the one check says; without peers, for another nation's answers are nobody's to compare with here."""
        return check(self.answers, self.pack, previous=self.previous)

    def posts_of(self, section: str) -> frozenset[int]:
        """Posts that the section is assigned to."""
        return frozenset(one.post_id for one in self.assignments.get(section, ()))

    def is_open(self, question: str) -> bool:
        note = self.notes.get(question)
        return bool(note and note.open)

    @cached_property
    def standing(self) -> Standing:
        """Which questions are put to the body, by what it answered so far."""
        return Standing(Context(self.pack, self.sheet, self.answers, self.report.body.code))

    def is_owed(self, question: AskedQuestion) -> bool:
        """Whether an answer is waited for: the question applies, and no earlier answer makes it fall away."""
        return self.standing.is_asked(question) is not False

    def is_put(self, question: AskedQuestion) -> bool:
        """Whether the question applies to the body at all (asked-if is for the page to fold, not to hide)."""
        return applies(self.pack, question.question, self.report.body.code)

    def is_answered(self, question: AskedQuestion) -> bool:
        return is_answered(question.question, self.parts.get(question.id, {}))


def previous_submission(report: Report) -> Submission | None:
    """The accepted submission of the latest earlier cycle, of the body or of one that it continues. One query, and one
    for each that it continues."""
    bodies = line_of(report.body)
    pack = opened(report.cycle.pack_id)
    year = pack.cycles[report.cycle.code].data_year
    found = (
        Submission.objects.filter(report__body__in=bodies, accepted__isnull=False)
        .exclude(report__cycle=report.cycle)
        .filter(report__cycle__alliance=report.cycle.alliance_id)
        .select_related("report__cycle")
        .defer("document")
    )
    dated = [
        (pack.cycles[one.report.cycle.code].data_year, one.number, one)
        for one in found
        if one.report.cycle.code in pack.cycles and pack.cycles[one.report.cycle.code].data_year < year
    ]
    return max(dated, key=lambda d: d[:2])[2] if dated else None


def opened_submission(pk: int, pack: Pack) -> Answers:
    """The answers of a submission, which never change unless a name in them is redacted: remembered by their hash."""
    return answers_of([pk], pack)[pk]


def frozen(answers: Answers, pack: Pack, releasability: str) -> Answers:
    """The report as it is sent: what says nothing but a comment is *no data*, and the default is written out where the
    cycle's own differs from the pack's."""
    sheet = asked(pack, answers.cycle)
    default = pack.cycles[answers.cycle].default_releasability
    made: dict[str, Answer] = {}
    for id, answer in answers.answers.items():
        told = answer
        if answer.status == "answered" and _is_empty(sheet.questions[id].question.type, answer):
            told = replace(told, status="no_data", value=None)
        if told.releasability is None and releasability != default:
            told = replace(told, releasability=releasability)
        made[id] = told
    return replace(answers, answers=made)


def _is_empty(kind: str, answer: Answer) -> bool:
    return answer.value is None and kind not in ("matrix", "rows")


@dataclass(frozen=True)
class Progress:
    """How far a report is, in counts of the questions of which an answer is waited for."""

    answered: int
    of: int
    sections: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def per_cent(self) -> int:
        return 100 * self.answered // self.of if self.of else 0


def progress(working: Working) -> Progress:
    sections: dict[str, tuple[int, int]] = {}
    for section in working.sheet.sections:
        owed = [q for q in section.questions if working.is_owed(q)]
        sections[section.id] = (sum(working.is_answered(q) for q in owed), len(owed))
    return Progress(sum(a for a, _ in sections.values()), sum(n for _, n in sections.values()), sections)

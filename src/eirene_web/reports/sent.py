"""Reports that were sent, as people read them: each answer in words, beside last year's and the alliance's spread.

A submission changes only when a name in it is redacted, and has another hash then: what was read is remembered by it.
Nothing here asks the policy; queries and pages do.
"""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eirene.framework import AskedQuestion, AskedQuestionnaire, Pack, codes, pack_hash
from eirene.framework.model import Column, Question
from eirene.questionnaires import Report as Answers
from eirene.questionnaires import load_report
from eirene.questionnaires.declared import quantile
from eirene.questionnaires.interchange import cell_order
from eirene.questionnaires.model import TOTAL, Answer, Cell, CellKey, Finding, Number
from eirene.questionnaires.parts import answer_parts
from eirene.questionnaires.values import shape
from eirene.text import date, listing, number, pick
from eirene_web.reports import wording
from eirene_web.reports.models import Submission

#: Submissions kept open in one process; one takes some hundred kilobytes.
_MOST = 400
#: By the hash of the document as it stands and that of the pack.
_open: OrderedDict[tuple[str, str], Answers] = OrderedDict()


def answers_of(submissions: Iterable[int], pack: Pack) -> dict[int, Answers]:
    """The answers of submissions, by primary key. Two queries at most: which documents, and those not read before."""
    by_pack = pack_hash(pack)
    told = Submission.objects.filter(pk__in=set(submissions)).values_list("pk", "sha256", "redacted_sha256")
    hashes = {pk: redacted or sha256 for pk, sha256, redacted in told}
    missing = {pk: sha256 for pk, sha256 in hashes.items() if (sha256, by_pack) not in _open}
    found = {pk: _open[sha256, by_pack] for pk, sha256 in hashes.items() if pk not in missing}
    if missing:
        for pk, document in Submission.objects.filter(pk__in=missing).values_list("pk", "document"):
            found[pk] = load_report(bytes(document), pack, place=f"submission {pk}")
            _open[missing[pk], by_pack] = found[pk]
    while len(_open) > _MOST:
        _open.popitem(last=False)
    return found


# --- what changed ---------------------------------------------------------------------------------------------------


def before_of(sheet: AskedQuestionnaire, previous: Answers | None) -> dict[str, Answer]:
    """Question of today → its answer in an earlier report, found under the name that the question had then."""
    if previous is None:
        return {}
    found: dict[str, Answer] = {}
    for id, question in sheet.questions.items():
        answer = next((previous.answers[n] for n in (id, *question.continues) if n in previous.answers), None)
        if answer is not None:
            found[id] = answer
    return found


def changed_questions(sheet: AskedQuestionnaire, now: Answers, previous: Answers | None) -> list[str]:
    """Questions answered in both reports whose answers differ in what was asked for: value, cells, lines or reason."""
    before = before_of(sheet, previous)
    return [
        id
        for id, answer in now.answers.items()
        if id in before and id in sheet.questions and differs(sheet.questions[id].question, answer, before[id])
    ]


def differs(question: Question, one: Answer | None, other: Answer | None) -> bool:
    return _substance(question, one) != _substance(question, other)


def _substance(question: Question, answer: Answer | None) -> dict[str, Any]:
    if answer is None:
        return {}
    aside = ("comment.", "justification.", "reason.")
    told = {p: v for p, v in answer_parts(question, answer).items() if not p.startswith(aside)}
    told.pop("releasability", None)
    told.pop("naming", None)
    told.pop("disclosure", None)
    return told


# --- an answer in words ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One value: what stands now, what stood before, by how much it moved, and what others said."""

    label: str
    now: str
    before: str = ""
    change: str = ""
    spread: str = ""
    differs: bool = False
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """One question with its answer, ready to print."""

    id: str
    number: str
    title: str
    lines: tuple[Line, ...]
    #: (what it is, text): reason, comment, particulars, definition, justification.
    more: tuple[tuple[str, str], ...] = ()
    changed: bool = False
    answered: bool = False
    released: str = ""
    findings: tuple[Finding, ...] = ()
    notes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Reader:
    """Puts answers of one questionnaire into one language."""

    pack: Pack
    sheet: AskedQuestionnaire
    lang: str
    #: What answers without a word of their own are released to.
    releasability: str = ""

    def section(
        self,
        section: str,
        now: Answers,
        before: Mapping[str, Answer],
        peers: Sequence[Answers] = (),
        findings: Iterable[Finding] = (),
        only: Iterable[str] | None = None,
    ) -> list[Shown]:
        """The questions of a section, in the order of the form. `only`: those of them that are shown."""
        placed: dict[str, list[Finding]] = {}
        for finding in findings:
            placed.setdefault(finding.place.question, []).append(finding)
        wanted = None if only is None else set(only)
        return [
            self.shown(q, now.answers.get(q.id), before.get(q.id), peers, placed.get(q.id, ()))
            for s in self.sheet.sections
            if s.id == section
            for q in s.questions
            if wanted is None or q.id in wanted
        ]

    def shown(
        self,
        asked: AskedQuestion,
        now: Answer | None,
        before: Answer | None,
        peers: Sequence[Answers] = (),
        findings: Iterable[Finding] = (),
    ) -> Shown:
        question = asked.question
        others = [p.answers[asked.id] for p in peers if asked.id in p.answers]
        matrix = question.type == "matrix" and any(a is not None and a.cells for a in (now, before))
        lines = self._cells(question, now, before, others) if matrix else [self._whole(question, now, before, others)]
        return Shown(
            id=asked.id,
            number=asked.number,
            title=pick(question.text, self.lang),
            lines=tuple(lines),
            more=tuple(self._more(question, now)) if now else (),
            changed=before is not None and differs(question, now, before),
            answered=now is not None,
            released=self.audience((now.releasability if now else None) or self.releasability),
            findings=tuple(f for f in findings if f.outcome == "found"),
        )

    def audience(self, code: str) -> str:
        return next((pick(a.label, self.lang) for a in self.pack.header.audiences if a.code == code), code)

    # one line for what is no matrix

    def _whole(self, question: Question, now: Answer | None, before: Answer | None, others: Sequence[Answer]) -> Line:
        moved = before is not None and differs(question, now, before)
        numbers = question.type in ("number", "percentage")
        change = _("changed") if moved else ""
        return Line(
            label=_("Answer"),
            now=self.answer(question, now),
            before=self.answer(question, before) if before is not None else "",
            change=self._difference(_number_of(now), _number_of(before)) if numbers else change,
            spread=self._spread(question, others),
            differs=moved,
            numeric=numbers,
        )

    def answer(self, question: Question, answer: Answer | None) -> str:
        """Value or reason in words; a dash where there is none."""
        if answer is None:
            return "–"
        if answer.status != "answered":
            return status_word(answer.status)
        value = answer.value
        match question.type:
            case "yes_no":
                return self._yes_no(value)
            case "single_choice" if value is not None:
                return self._code(question.choices, str(value))
            case "multiple_choice" if isinstance(value, tuple):
                return listing([self._code(question.choices, c) for c in value], self.lang) or _("none of them")
            case "text" if isinstance(value, Mapping):
                return pick(value, self.lang)
            case "date":
                return self._date(str(value))
            case "rows":
                return "; ".join(self._row(question.columns, row) for row in answer.rows) or _("no line")
            case "matrix":
                return "–"
        return self._with_unit(question, value)

    def _yes_no(self, value: object) -> str:
        return _("Yes") if value == "yes" else _("No") if value == "no" else "–"

    def _code(self, listed: str | None, code: str) -> str:
        tree = codes(self.pack, listed) if listed else None
        return tree.label(code, self.lang) if tree is not None and code in tree else code

    def _date(self, value: str) -> str:
        try:
            return date(dt.date.fromisoformat(value), self.lang)
        except ValueError:
            return value

    def _row(self, columns: Sequence[Column], row: Mapping[str, Any]) -> str:
        told = []
        for column in columns:
            value = row.get(column.id)
            if value in (None, ""):
                continue
            text = str(value)
            if column.type == "choice":
                text = self._code(column.list, text)
            elif column.type == "yes_no":
                text = f"{pick(column.label, self.lang)}: {self._yes_no(value)}"
            elif column.type == "date":
                text = self._date(text)
            elif isinstance(value, int | Decimal):
                text = number(value, self.lang)
            told.append(text)
        return ", ".join(told)

    def _with_unit(self, question: Question, value: object) -> str:
        if not isinstance(value, int | Decimal):
            return "–"
        unit = self.pack.units.get(question.unit or ("percent" if question.type == "percentage" else ""))
        symbol = pick(unit.symbol, self.lang) if unit else ""
        return f"{number(value, self.lang)}\u00a0{symbol}".strip("\u00a0 ")

    # a line for each cell of a matrix

    def _cells(
        self, question: Question, now: Answer | None, before: Answer | None, others: Sequence[Answer]
    ) -> list[Line]:
        form = shape(self.pack, question)
        given = [answer for answer in (now, before) if answer is not None]
        keys = {key for answer in given for key in answer.cells if len(key) == len(form.names)}
        lines = []
        if now is not None and now.status != "answered":
            lines.append(Line(_("Answer"), status_word(now.status), differs=before is not None))
        alike: dict[str, int] = {}
        for key in sorted(keys, key=lambda key: cell_order(form.asked, key)):
            one, then = _cell(now, key), _cell(before, key)
            if one is not None and one.status != "answered" and (before is None or one == then):
                alike[one.status] = alike.get(one.status, 0) + 1
                continue
            lines.append(
                Line(
                    label=self.cell_label(question, key),
                    now=self._cell_text(one) if now is None or now.status == "answered" else "",
                    before=self._cell_text(then) if before is not None else "",
                    change=self._difference(one.value if one else None, then.value if then else None),
                    spread=self._of_numbers([c.value for a in others if (c := _cell(a, key)) is not None]),
                    differs=before is not None and one != then,
                    numeric=True,
                )
            )
        # Cells without a value, and none the year before either, are told in one line.
        for status, n in alike.items():
            label = ngettext("%(n)d further cell", "%(n)d further cells", n) % {"n": n}
            word = status_word(status)
            lines.append(Line(label, word, word if before is not None else "", numeric=True))
        return lines or [Line(_("Answer"), self.answer(question, now))]

    def cell_label(self, question: Question, key: CellKey) -> str:
        names = list(question.dimensions)
        told = [
            self._code(question.dimensions[name].list, code)
            for name, code in zip(names, key, strict=True)
            if code != TOTAL
        ]
        return ", ".join(told) or _("Total")

    def _cell_text(self, cell: Cell | None) -> str:
        if cell is None:
            return "–"
        if cell.status != "answered" or cell.value is None:
            return status_word(cell.status)
        return number(cell.value, self.lang)

    def _difference(self, now: Number | None, before: Number | None) -> str:
        if now is None or before is None:
            return ""
        moved = now - before
        return "" if moved == 0 else ("+" if moved > 0 else "−") + number(abs(moved), self.lang)

    # the alliance

    def _spread(self, question: Question, others: Sequence[Answer]) -> str:
        if question.type in ("number", "percentage"):
            return self._of_numbers([_number_of(a) for a in others])
        if question.type in ("yes_no", "single_choice"):
            counts: dict[str, int] = {}
            for answer in others:
                if answer.status == "answered" and answer.value is not None:
                    counts[str(answer.value)] = counts.get(str(answer.value), 0) + 1
            ordered = sorted(counts.items(), key=lambda c: (-c[1], c[0]))
            word = self._yes_no if question.type == "yes_no" else lambda code: self._code(question.choices, code)
            return ", ".join(f"{word(code)} {n}" for code, n in ordered[:4])
        return ""

    def _of_numbers(self, values: Iterable[Number | None]) -> str:
        """Median and quartiles of what the others reported; nothing under three of them."""
        known = sorted(Fraction(v) for v in values if v is not None)
        if len(known) < 3:
            return ""
        low, middle, high = (self._plain(quantile(known, Fraction(n, 4))) for n in (1, 2, 3))
        return _("%(median)s (%(low)s to %(high)s), n = %(n)d") % {
            "median": middle, "low": low, "high": high, "n": len(known),
        }  # fmt: skip

    def _plain(self, value: Fraction | int) -> str:
        """Whole from a hundred on, else with one decimal: it is for comparing, not for printing."""
        exact = Fraction(value)
        if abs(exact) >= 100:
            return number(round(exact), self.lang)
        return number(round(Decimal(exact.numerator) / exact.denominator, 1), self.lang)

    # what goes with an answer

    def _more(self, question: Question, answer: Answer) -> Iterable[tuple[str, str]]:
        for label, text in (
            (_("Reason"), answer.reason),
            (_("Comment"), answer.comment),
            (_("Explanation of a warning"), answer.justification),
        ):
            if text:
                yield label, pick(text, self.lang)
        for line in answer.particulars:
            yield _("Particulars"), self._row(question.particulars, line)
        grid = self.pack.definitions.get(question.definition or "")
        if grid is not None and answer.definition is not None:
            options = {o.code: pick(o.label, self.lang) for o in grid.options}
            told = [
                f"{pick(c.label, self.lang)}: {options.get(answer.definition.categories[c.code], '')}"
                for c in grid.categories
                if c.code in answer.definition.categories
            ]
            if told:
                yield _("Definition"), "; ".join(told)


def _number_of(answer: Answer | None) -> Number | None:
    return answer.value if answer is not None and isinstance(answer.value, int | Decimal) else None


def _cell(answer: Answer | None, key: CellKey) -> Cell | None:
    return answer.cells.get(key) if answer is not None else None


def status_word(status: str) -> str:
    """As on the pages where it was entered."""
    return str(wording.STATUS.get(status, status))


def without_body(previous: Answers | None, body: str) -> Answers | None:
    """An earlier report as that of the body which continues the one that sent it."""
    return replace(previous, body=body) if previous is not None else None

"""Checks that every answer undergoes, whatever the pack declares: is it there, complete, and possible at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Literal

from eirene.framework import AskedQuestion, Pack, disclosure_class
from eirene.framework.model import Column
from eirene.questionnaires.messages import Words, in_all
from eirene.questionnaires.model import TOTAL, Answer, Finding, Number, Place
from eirene.questionnaires.rules import Context, applies, asked_if
from eirene.text import Text, pick

Severity = Literal["blocker", "error", "warning", "note"]

#: Code → severity of every built-in rule, in the order of the catalogue. Their words: check_<code>_text, _message,
#: _remedy in the phrases, with the point as an underscore.
BUILTIN: Mapping[str, Severity] = {
    "body.not_asked": "blocker",
    "answer.missing": "error",
    "answer.empty": "error",
    "answer.not_applicable": "error",
    "answer.not_asked": "warning",
    "answer.no_reason": "warning",
    "answer.milder_class": "error",
    "number.negative": "blocker",
    "number.over_100": "blocker",
    "number.below": "error",
    "number.above": "error",
    "number.not_whole": "error",
    "particulars.missing": "error",
    "rows.column_missing": "error",
    "definition.missing": "warning",
    "definition.incomplete": "warning",
    "cells.total_unknown": "warning",
    "cells.blank": "note",
}
Fill = Callable[[Words], Mapping[str, str]]


def phrase(pack: Pack, code: str, part: str, values: Fill) -> Text:
    """The words of a built-in rule in all languages."""
    name = f"{code.replace('.', '_')}_{part}"
    return in_all(pack, lambda say: say(name, **values(say)))


def finding(pack: Pack, code: str, place: Place, values: Fill, *, justified: bool = False) -> Finding:
    severity = BUILTIN[code]
    return Finding(
        code,
        severity,
        place,
        phrase(pack, code, "message", values),
        phrase(pack, code, "remedy", values),
        justified=justified and severity != "blocker",
    )


@dataclass(frozen=True, slots=True)
class _At:
    """One question and its answer, and where findings about it are made."""

    context: Context
    asked: AskedQuestion
    answer: Answer

    def tell(
        self,
        code: str,
        values: Fill = lambda say: {},
        *,
        cell: Mapping[str, str] | None = None,
        row: int | None = None,
        column: str = "",
    ) -> Finding:
        place = Place(self.asked.id, cell or {}, row, column)
        return finding(
            self.context.pack,
            code,
            place,
            lambda say: {"place": say.place(self.asked, place), **values(say)},
            justified=bool(self.answer.justification),
        )


@dataclass(slots=True)
class Standing:
    """Which questions are put to this body: True, False, or None where an earlier answer is missing."""

    context: Context
    _known: dict[str, bool | None] = field(default_factory=dict)

    def applies(self, asked: AskedQuestion) -> bool:
        return applies(self.context.pack, asked.question, self.context.body)

    def is_asked(self, asked: AskedQuestion) -> bool | None:
        if asked.id not in self._known:
            self._known[asked.id] = self._is_asked(asked)
        return self._known[asked.id]

    def _is_asked(self, asked: AskedQuestion) -> bool | None:
        if not self.applies(asked):
            return False
        sheet = self.context.asked
        if asked.question.asked_if is None or sheet is None:
            return True
        return asked_if(self.context.pack, sheet, asked.question.asked_if).evaluate(self.context)  # type: ignore[return-value]


def check_answers(context: Context, standing: Standing) -> Iterator[Finding]:
    """The built-in findings on every question of the questionnaire."""
    sheet, report = context.asked, context.report
    assert sheet is not None
    assert report is not None
    for asked in sheet.questions.values():
        answer = report.answers.get(asked.id)
        if answer is None:
            if asked.question.required and standing.is_asked(asked) is True:
                yield _At(context, asked, Answer(asked.id, "no_data")).tell("answer.missing")
            continue
        at = _At(context, asked, answer)
        yield from _class(at)
        if answer.status != "answered":
            yield from _reason(at, standing)
        else:
            yield from _answered(at, standing)


def _reason(at: _At, standing: Standing) -> Iterator[Finding]:
    owed = at.answer.status in ("no_data", "withheld") and standing.applies(at.asked)
    if owed and not at.answer.reason:
        yield at.tell("answer.no_reason", lambda say: {"status": say(f"status_{at.answer.status}")})


def _class(at: _At) -> Iterator[Finding]:
    """A class may be tighter than the question's, and never milder."""
    pack = at.context.pack
    own = disclosure_class(pack, at.asked.question.disclosure)
    chosen = disclosure_class(pack, at.answer.disclosure)
    if own is not None and chosen is not None and not chosen.at_least_as_tight_as(own):
        labels = {"own": own.label, "chosen": chosen.label}
        yield at.tell(
            "answer.milder_class", lambda say: {name: pick(label, say.lang) for name, label in labels.items()}
        )


def _answered(at: _At, standing: Standing) -> Iterator[Finding]:
    if not standing.applies(at.asked):
        yield at.tell("answer.not_applicable")
    elif standing.is_asked(at.asked) is False:
        yield at.tell("answer.not_asked")
    if is_empty(at.asked, at.answer):
        if at.asked.question.required:
            yield at.tell("answer.empty")
        return
    yield from _numbers(at)
    yield from _particulars(at)
    yield from _lines(at)
    yield from _definition(at)
    if at.asked.question.type == "matrix":
        yield from _completeness(at)


def is_empty(asked: AskedQuestion, answer: Answer) -> bool:
    """Whether an answer marked as answered holds nothing. No choice among several is an answer: none of them."""
    kind = asked.question.type
    if kind == "matrix":
        return not answer.cells
    if kind == "rows":
        return not any(answer.rows)
    return answer.value in (None, "", {})


# --- numbers --------------------------------------------------------------------------------------------------------


def _numbers(at: _At) -> Iterator[Finding]:
    question, answer = at.asked.question, at.answer
    if question.type == "matrix":
        for key, cell in answer.cells.items():
            if cell.value is not None:
                yield from _number(at, cell.value, dict(zip(question.dimensions, key, strict=True)))
    elif question.type in ("number", "percentage") and isinstance(answer.value, Number):
        yield from _number(at, answer.value, None)
    for index, line in enumerate(answer.rows, start=1):
        for column in question.columns:
            value = line.get(column.id)
            if column.type in ("number", "percentage") and isinstance(value, Number):
                yield from _in_line(at, column, value, index)


def _number(at: _At, value: Number, cell: Mapping[str, str] | None) -> Iterator[Finding]:
    question = at.asked.question
    low, high = question.minimum, question.maximum
    per_cent = question.type == "percentage" or question.unit == "percent"

    def told(code: str, limit: Number = 0) -> Finding:
        return at.tell(code, lambda say: {"value": say.value(value), "limit": say.value(limit)}, cell=cell)

    if value < 0 and low is not None and low >= 0:
        yield told("number.negative")
    elif low is not None and value < low:
        yield told("number.below", low)
    elif per_cent and value > 100 and (high is None or high <= 100):
        yield told("number.over_100")
    elif high is not None and value > high:
        yield told("number.above", high)
    if question.integer and not per_cent and not isinstance(value, int):
        yield told("number.not_whole")


def _in_line(at: _At, column: Column, value: Number, row: int) -> Iterator[Finding]:
    code = "number.negative" if value < 0 else ""
    if not code and column.type == "percentage" and value > 100:
        code = "number.over_100"
    if code:
        yield at.tell(code, lambda say: {"value": say.value(value)}, row=row, column=column.id)


# --- what goes with an answer ---------------------------------------------------------------------------------------


def _named(columns: Iterable[Column]) -> Fill:
    found = list(columns)
    return lambda say: {"columns": ", ".join(pick(c.label, say.lang) for c in found)}


def _particulars(at: _At) -> Iterator[Finding]:
    question, answer = at.asked.question, at.answer
    required = [column for column in question.particulars if column.required]
    if not required or answer.value == "no":
        return
    if not any(answer.particulars):
        yield at.tell("particulars.missing", _named(required))
    for index, given in enumerate(answer.particulars, start=1):
        missing = [column for column in required if column.id not in given]
        if given and missing:
            yield at.tell("particulars.missing", _named(missing), row=index, column=missing[0].id)


def _lines(at: _At) -> Iterator[Finding]:
    required = [column for column in at.asked.question.columns if column.required]
    for index, line in enumerate(at.answer.rows, start=1):
        missing = [column for column in required if column.id not in line]
        if line and missing:
            yield at.tell("rows.column_missing", _named(missing), row=index, column=missing[0].id)


def _definition(at: _At) -> Iterator[Finding]:
    question, given = at.asked.question, at.answer.definition
    if question.definition is None:
        return
    grid = at.context.pack.definitions[question.definition]
    if given is None or not (given.categories or given.fields):
        yield at.tell("definition.missing", lambda say: {"definition": pick(grid.title, say.lang)})
        return
    categories = [c for c in grid.categories if c.code not in given.categories]
    fields = [name for name in grid.fields if name not in given.fields]
    if categories or fields:
        yield at.tell(
            "definition.incomplete",
            lambda say: {"columns": ", ".join([*(pick(c.label, say.lang) for c in categories), *fields])},
        )


# --- tables ---------------------------------------------------------------------------------------------------------


def _completeness(at: _At) -> Iterator[Finding]:
    cells = at.context.cells(at.asked.id)
    if cells is None:
        return
    form = cells.shape
    grand = (TOTAL,) * len(form.names)
    if all(form.whole) and cells.given(grand) is None and cells.known(grand) is None:
        yield at.tell("cells.total_unknown")
    # Under a band that is given nobody owes its codes: the topmost codes and the totals are looked at.
    axes = [(*form.parts[place][TOTAL], *((TOTAL,) if form.whole[place] else ())) for place in range(len(form.names))]
    every = list(product(*axes))
    blank = sum(1 for key in every if cells.given(key) is None and cells.known(key) is None)
    if blank:
        yield at.tell("cells.blank", lambda say: {"n": say.value(blank), "N": say.value(len(every))})

"""An answer taken apart into what can be saved, compared and merged by itself, and put together again.

    part                           value, as JSON holds it
    status                         answered, no_data, not_applicable, withheld
    value                          code; list of codes; number; ISO date
    value.<lang>                   text (questions of type text)
    cells.<code>|<code>            number, or {"status": reason}; codes in the order of the dimensions
    rows                           list of lines
    reason.<lang>, comment.<lang>, justification.<lang>      text
    particulars                    list of lines
    definition.categories.<code>, definition.fields.<name>   code, date or text
    releasability                  audience code
    naming                         true
    disclosure                     code of a disclosure class

Numbers are JSON numbers where whole and decimal strings otherwise, as in `eirene.report/1`. An answer without a status
is answered; a status other than answered keeps what was entered aside: it is left out of the report, not forgotten.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from eirene.errors import Problem, Unreadable
from eirene.framework import AskedQuestion, Pack, asked
from eirene.framework.model import Question
from eirene.questionnaires.interchange import STATUSES, AnswerReader, cell_order, dumped, read_answer
from eirene.questionnaires.model import Answer, Cell, Definition, Report
from eirene.questionnaires.values import shape

#: question → part → value
Parts = dict[str, dict[str, Any]]

TEXTS = ("reason", "comment", "justification")
_SEPARATOR = "|"


def cell_part(codes: Iterable[str]) -> str:
    """The part of a cell of a matrix, from its codes in the order of the dimensions."""
    return "cells." + _SEPARATOR.join(codes)


def cell_codes(part: str) -> tuple[str, ...]:
    """The codes of a cell, from its part."""
    return tuple(part.removeprefix("cells.").split(_SEPARATOR))


def is_content(part: str) -> bool:
    """Whether the part says what was asked for, rather than something about it."""
    return part in ("value", "rows") or part.startswith(("value.", "cells."))


# --- apart ----------------------------------------------------------------------------------------------------------


def parts_of(report: Report, pack: Pack) -> Parts:
    """Every part of every answer of a report."""
    questions = asked(pack, report.questionnaire).questions
    return {
        id: answer_parts(questions[id].question, answer) for id, answer in report.answers.items() if id in questions
    }


def answer_parts(question: Question, answer: Answer) -> dict[str, Any]:
    """Every part of one answer. The status is told even where it is `answered`, so that two answers compare."""
    found: dict[str, Any] = {"status": answer.status}
    if answer.status == "answered":
        found.update(_content(question, answer))
    for name in TEXTS:
        found.update({f"{name}.{lang}": text for lang, text in getattr(answer, name).items()})
    if answer.particulars:
        found["particulars"] = [dict(line) for line in answer.particulars]
    if answer.definition is not None:
        found.update({f"definition.categories.{k}": v for k, v in answer.definition.categories.items()})
        found.update({f"definition.fields.{k}": v for k, v in answer.definition.fields.items()})
    if answer.releasability is not None:
        found["releasability"] = answer.releasability
    if answer.naming:
        found["naming"] = True
    if answer.disclosure is not None:
        found["disclosure"] = answer.disclosure
    return found


def _content(question: Question, answer: Answer) -> Iterable[tuple[str, Any]]:
    if question.type == "matrix":
        for key, cell in answer.cells.items():
            yield cell_part(key), dumped(cell.value) if cell.status == "answered" else {"status": cell.status}
    elif question.type == "rows":
        yield "rows", [{name: dumped(value) for name, value in row.items()} for row in answer.rows]
    elif question.type == "text":
        for lang, text in answer.value.items() if isinstance(answer.value, Mapping) else ():
            yield f"value.{lang}", text
    elif answer.value is not None:
        yield "value", dumped(answer.value)


# --- one part -------------------------------------------------------------------------------------------------------


def read_part(pack: Pack, asked_question: AskedQuestion, part: str, value: Any) -> Any:
    """The value of one part in its canonical form; None if it is empty.

    `value` is as JSON gives it. Raises Unreadable with what is wrong with it, or with the part's name.
    """
    question = asked_question.question
    if value is None or value == "" or value == [] or value is False:
        _known_part(pack, question, part)
        return None
    if part == "status":
        if value not in STATUSES:
            raise Unreadable(f"The status {str(value)[:60]!r} is not known.", remedy=f"Known: {', '.join(STATUSES)}.")
        return value
    reader = AnswerReader(pack, "")
    answer = read_answer(reader, "", question, _as_answer(pack, question, part, value))
    problems = [Problem(p.what, _tidy(p.where), p.remedy) for p in reader.problems]
    if problems:
        raise Unreadable(problems)
    return answer_parts(question, answer).get(part)


def _tidy(where: str) -> str:
    return where.lstrip(".")


def _as_answer(pack: Pack, question: Question, part: str, value: Any) -> dict[str, Any]:
    """The least answer that has this part, to be read by the one reader there is."""
    _known_part(pack, question, part)
    name, _, rest = part.partition(".")
    if name in TEXTS:
        return {"status": "no_data", name: {rest: value}}
    if name == "definition":
        group, _, key = rest.partition(".")
        return {"status": "no_data", "definition": {group: {key: value}}}
    if name == "cells":
        cell = shape(pack, question).cell(cell_codes(part))
        return {"status": "answered", "cells": [{**cell, **(value if isinstance(value, dict) else {"value": value})}]}
    if name == "value":
        return {"status": "answered", "value": {rest: value} if rest else value}
    if name == "rows":
        return {"status": "answered", "rows": value}
    return {"status": "no_data", part: value}


def _known_part(pack: Pack, question: Question, part: str) -> None:
    """Raises Unreadable unless the question has such a part."""
    name, _, rest = part.partition(".")
    fits = {
        "status": not rest,
        "releasability": not rest,
        "naming": not rest,
        "disclosure": not rest,
        "particulars": not rest and bool(question.particulars),
        "rows": not rest and question.type == "rows",
        "cells": question.type == "matrix" and len(cell_codes(part)) == len(question.dimensions),
        "value": bool(rest) == (question.type == "text") and question.type not in ("matrix", "rows"),
        "definition": question.definition is not None
        and rest.partition(".")[0] in ("categories", "fields")
        and bool(rest.partition(".")[2]),
        **dict.fromkeys(TEXTS, bool(rest)),
    }
    if not fits.get(name, False):
        raise Unreadable(f"The question {question.id!r} has no part {part[:80]!r}.")


# --- together -------------------------------------------------------------------------------------------------------


def report_of_parts(pack: Pack, cycle: str, body: str, parts: Mapping[str, Mapping[str, Any]]) -> Report:
    """The report that the parts make, in the order of the form. Parts must have come through `read_part`.

    Empty parts (None) count as absent; a question of which nothing is left is not in the report.
    """
    sheet = asked(pack, cycle)
    answers = {}
    for id, asked_question in sheet.questions.items():
        given = {part: value for part, value in parts.get(id, {}).items() if value is not None}
        if says_something(asked_question.question, given):
            answers[id] = answer_of_parts(pack, asked_question.question, given)
    return Report(pack.header.id, sheet.id, cycle, body, answers)


def says_something(question: Question, parts: Mapping[str, Any]) -> bool:
    """Whether there is an answer at all: a content, a reason, or words about it.

    *Answered* with nothing chosen, or without a line, is an answer too: none of them.
    """
    if set(parts) - {"status", "releasability", "naming", "disclosure"}:
        return True
    return parts.get("status", "answered") != "answered" or (
        "status" in parts and question.type in ("multiple_choice", "rows")
    )


def is_answered(question: Question, parts: Mapping[str, Any]) -> bool:
    """Whether a value or a reason was given."""
    if parts.get("status", "answered") != "answered":
        return True
    return any(is_content(part) and value is not None for part, value in parts.items()) or (
        parts.get("status") == "answered" and question.type in ("multiple_choice", "rows")
    )


#: Types of which *answered* with nothing is an answer: none of them.
_EMPTY_IS_AN_ANSWER = ("multiple_choice", "rows")


def stated(question: Question, parts: Mapping[str, Any]) -> dict[str, Any]:
    """The parts that say something, for two answers to be compared: content put aside by a reason does not, nor does
    *answered* beside content."""
    given = {part: value for part, value in parts.items() if value is not None and value != []}
    if given.get("status", "answered") != "answered":
        return {part: value for part, value in given.items() if not is_content(part)}
    if question.type not in _EMPTY_IS_AN_ANSWER or any(is_content(part) for part in given):
        given.pop("status", None)
    return given


def detail_parts(pack: Pack, asked_question: AskedQuestion, details: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of what stands beside an answer that was not given: comment, releasability …, as `eirene.report/1`
    has them. What cannot be read says nothing."""
    found: dict[str, Any] = {}
    for name, value in details.items():
        if name in TEXTS:
            found |= {f"{name}.{lang}": text for lang, text in value.items()}
        elif name == "definition":
            found |= {f"definition.{group}.{k}": v for group, inner in value.items() for k, v in inner.items()}
        else:
            found[name] = value
    read: dict[str, Any] = {}
    for part, value in found.items():
        with contextlib.suppress(Unreadable):
            read[part] = read_part(pack, asked_question, part, value)
    return read


def answer_of_parts(pack: Pack, question: Question, parts: Mapping[str, Any]) -> Answer:
    """One answer from its parts."""
    status = parts.get("status", "answered")
    answered = status == "answered"
    releasability = parts.get("releasability")
    return Answer(
        question=question.id,
        status=status,
        value=_value(question, parts) if answered else None,
        cells=_cells(pack, question, parts) if answered and question.type == "matrix" else {},
        rows=tuple(_line(question, row) for row in parts.get("rows", ())) if answered else (),
        reason=_texts(parts, "reason"),
        comment=_texts(parts, "comment"),
        particulars=tuple(dict(line) for line in parts.get("particulars", ())),
        definition=_definition(parts),
        justification=_texts(parts, "justification"),
        releasability=releasability,
        naming=bool(parts.get("naming")),
        disclosure=parts.get("disclosure"),
    )


def _texts(parts: Mapping[str, Any], name: str) -> dict[str, str]:
    start = f"{name}."
    return {key.removeprefix(start): parts[key] for key in sorted(parts) if key.startswith(start)}


def _value(question: Question, parts: Mapping[str, Any]) -> Any:
    if question.type == "text":
        return _texts(parts, "value") or None
    value = parts.get("value")
    if question.type in ("number", "percentage"):
        return _number(value)
    if question.type == "multiple_choice":
        return None if value is None and "status" not in parts else tuple(value or ())
    return value


def _number(value: Any) -> Any:
    return Decimal(value) if isinstance(value, str) else value


def _line(question: Question, row: Mapping[str, Any]) -> dict[str, Any]:
    numbers = {column.id for column in question.columns if column.type in ("number", "percentage")}
    return {name: _number(value) if name in numbers else value for name, value in row.items()}


def _cells(pack: Pack, question: Question, parts: Mapping[str, Any]) -> dict[tuple[str, ...], Cell]:
    form = shape(pack, question)
    found = {
        cell_codes(part): Cell(None, value["status"]) if isinstance(value, dict) else Cell(_number(value))
        for part, value in parts.items()
        if part.startswith("cells.")
    }
    return {key: found[key] for key in sorted(found, key=lambda key: cell_order(form.asked, key))}


def _definition(parts: Mapping[str, Any]) -> Definition | None:
    categories = {k.rpartition(".")[2]: v for k, v in parts.items() if k.startswith("definition.categories.")}
    fields = {k.rpartition(".")[2]: v for k, v in parts.items() if k.startswith("definition.fields.")}
    return Definition(categories, fields) if categories or fields else None

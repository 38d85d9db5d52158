"""Reports drawn as a table: one row for each body, one column for each answer.

    body | law      | staff[sex=women] | staff | measures
    AAA  | yes      | 10               | 100   | childcare+leave
    BBB  | withheld |                  | 80    | no_data
    CCC  | silent

A blank is not answered; withheld, no_data and not_applicable are statuses, of the cell where the column is one.
`silent`: the body did not report.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from eirene.framework import Pack, asked
from eirene.questionnaires import Answer, Cell, Report

STATUSES = ("withheld", "no_data", "not_applicable")


def rows(table: str) -> list[dict[str, str]]:
    lines = [[part.strip() for part in line.split("|")] for line in table.strip().splitlines()]
    return [dict(zip(lines[0], line, strict=False)) for line in lines[1:]]


def number(text: str) -> int | Decimal:
    return Decimal(text) if "." in text else int(text)


def reports(pack: Pack, cycle: str, table: str) -> list[Report]:
    sheet = asked(pack, cycle)
    found = []
    for row in rows(table):
        if "silent" in row.values():
            continue
        answers: dict[str, Answer] = {}
        for column, text in row.items():
            if column != "body" and text:
                question, cell = re.fullmatch(r"(\w+)(?:\[(.*)\])?", column).groups()
                answers[question] = answer(sheet.questions[question].question, answers.get(question), cell, text)
        found.append(Report(pack.header.id, sheet.id, cycle, row["body"], answers, f"{row['body']}.json"))
    return found


def answer(question, before: Answer | None, cell: str | None, text: str) -> Answer:
    if question.type == "matrix":
        if cell is None and text in STATUSES:
            return Answer(question.id, text)
        named: Mapping[str, str] = dict(part.strip().split("=") for part in cell.split(",")) if cell else {}
        key = tuple(named.get(name, "_T") for name in question.dimensions)
        one = Cell(None, text) if text in STATUSES else Cell(number(text))
        return Answer(question.id, "answered", cells={**(before.cells if before else {}), key: one})
    if text in STATUSES:
        return Answer(question.id, text)
    if question.type in ("number", "percentage"):
        return Answer(question.id, "answered", number(text))
    return Answer(question.id, "answered", tuple(text.split("+")) if question.type == "multiple_choice" else text)

"""What the rules find, drawn. Each case is a small table as a body fills it in, and what a check says to it.

Read with: pytest tests/spec/test_rules.py -s

Blank is not known, n/a does not apply, w is withheld. The table asks for total, women and men (1.1); what a pack
declares stands under `rule`.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent
from typing import Any

import pytest

from cast import sampler
from eirene.framework.model import Rule
from eirene.questionnaires import check, parse_report

PACK = sampler()
SEXES = {"total": "_T", "women": "women", "men": "men"}
LINES = {"total": "_T", "army": "army", "navy": "navy", "air force": "air_force"}
STATUS = {"n/a": "not_applicable", "w": "withheld"}
WORDS = {"message": "{place}: {left} > {right}", "remedy": "Look again."}


@dataclass(frozen=True)
class Case:
    """A case: its name, the table, and what is found (question and cell left out where the message says them)."""

    name: str
    table: str
    says: tuple[str, ...]
    rule: dict[str, Any] | None = None
    before: str = ""


CASES = [
    Case(
        "parts and totals agree",
        """
                    | total | women | men
        total       |   300 |   100 | 200
        army        |   150 |    50 | 100
        navy        |   150 |    50 | 100
        air force   |   n/a |   n/a | n/a
        """,
        (),
    ),
    Case(
        "a total may be given where its break-down is not known",
        """
                    | total | women | men
        total       |   300 |       |
        """,
        ("note cells.blank: Question 1.1: 11 of 12 cells are blank. They count as not known, not as zero.",),
    ),
    Case(
        "more women than there are persons",
        """
                    | total | women | men
        total       |   300 |   310 |
        army        |   300 |       |
        navy        |   n/a |   n/a | n/a
        air force   |   n/a |   n/a | n/a
        """,
        (
            "note cells.blank: Question 1.1: 3 of 12 cells are blank. They count as not known, not as zero.",
            "error parts.staff.sex: Question 1.1: women (310) is more than the total (300).",
        ),
    ),
    Case(
        "the parts do not add up",
        """
                    | total | women | men
        total       |   300 |   110 | 200
        army        |   300 |   110 | 190
        navy        |   n/a |   n/a | n/a
        air force   |   n/a |   n/a | n/a
        """,
        (
            "error parts.staff.service: Question 1.1, men: army + navy + air force (190) is less than the total (200).",
            "error parts.staff.sex: Question 1.1: women + men (310) is more than the total (300).",
        ),
    ),
    Case(
        "one service has more women than the whole has persons, though nothing else is known",
        """
                    | total | women | men
        total       |   300 |       |
        army        |       |   310 |
        """,
        (
            "note cells.blank: Question 1.1: 10 of 12 cells are blank. They count as not known, not as zero.",
            "error parts.staff.service: Question 1.1: army (310) is more than the total (300).",
            "error parts.staff.sex: Question 1.1: women (310) is more than the total (300).",
        ),
    ),
    Case(
        "a part that is withheld leaves the sum open",
        """
                    | total | women | men
        total       |   300 |   100 | w
        army        |   150 |    50 | w
        navy        |   150 |    50 | w
        air force   |   n/a |   n/a | n/a
        """,
        (),
    ),
    Case(
        "negative and broken numbers",
        """
                    | total | women | men
        total       |     7 |    -3 | 10
        army        |     7 |    -3 | 10
        navy        |   n/a |   n/a | n/a
        air force   |   0.5 |   n/a | 0.5
        """,
        (
            "blocker number.negative: Question 1.1, army, women: -3 is negative.",
            "error number.not_whole: Question 1.1, air force, men: 0.5 is not a whole number.",
            "error number.not_whole: Question 1.1, air force: 0.5 is not a whole number.",
            "blocker number.negative: Question 1.1, women: -3 is negative.",
            "error parts.staff.service: Question 1.1, men: army + navy + air force (10.5) is more than the total (10).",
            "error parts.staff.service: Question 1.1: army + navy + air force (7.5) is more than the total (7).",
        ),
    ),
    Case(
        "at most, for each service",
        """
                    | total | women | men
        total       |   300 |   160 | 140
        army        |   150 |   100 |  50
        navy        |   150 |    60 |  90
        air force   |   n/a |   n/a | n/a
        """,
        ("warning S-1: Question 1.1, army, women: 100 > 50",),
        rule={"kind": "at_most", "left": "staff[sex=women]", "right": "staff[sex=men]", "for_each": ["service"]},
    ),
    Case(
        "change, when a previous report is there",
        """
                    | total | women | men
        total       |   300 |   100 | 200
        army        |   300 |   100 | 200
        navy        |   n/a |   n/a | n/a
        air force   |   n/a |   n/a | n/a
        """,
        ("warning S-1: Question 1.1, women: 100 after 60 (+40)",),
        rule={
            "kind": "change",
            "value": "staff[sex=women]",
            "percent": 50,
            "absolute": 10,
            "message": "{place}: {value} after {previous} ({change})",
        },
        before="""
                    | total | women | men
        total       |   300 |    60 | 240
        """,
    ),
    Case(
        "change, when none is",
        """
                    | total | women | men
        total       |   300 |   100 | 200
        army        |   300 |   100 | 200
        navy        |   n/a |   n/a | n/a
        air force   |   n/a |   n/a | n/a
        """,
        ("not evaluated S-1: S-1: not evaluated; the report of the previous cycle is needed.",),
        rule={"kind": "change", "value": "staff", "percent": 50, "message": "{place}"},
    ),
]


def cells(drawn: str) -> list[dict[str, Any]]:
    """The cells of a drawn table; blank ones are left out."""
    head, *lines = [line for line in dedent(drawn).splitlines() if line.strip()]
    columns = [SEXES[name.strip()] for name in head.split("|")[1:]]
    found = []
    for line in lines:
        name, *entries = (part.strip() for part in line.split("|"))
        for sex, entry in zip(columns, entries, strict=True):
            if entry:
                what = {"status": STATUS[entry]} if entry in STATUS else {"value": entry}
                found.append({"service": LINES[name], "sex": sex, **what})
    return found


def report(pack: Any, drawn: str, cycle: str) -> Any:
    return parse_report(
        {
            "format": "eirene.report/1",
            "pack": "sampler",
            "questionnaire": "q2" if cycle == "2022" else "q1",
            "cycle": cycle,
            "body": "AAA",
            "answers": {"staff": {"status": "answered", "cells": cells(drawn)}},
        },
        pack,
    )


@pytest.mark.parametrize("case", CASES, ids=[case.name.replace(" ", "_") for case in CASES])
def test_what_a_check_says(case: Case) -> None:
    pack = PACK
    if case.rule is not None:
        rule = Rule.model_validate({"id": "S-1", "severity": "warning", "question": "staff", **WORDS, **case.rule})
        pack = PACK.model_copy(update={"rules": {"S-1": rule}})
    previous = report(pack, case.before, "2021") if case.before else None
    findings = [
        f
        for f in check(report(pack, case.table, "2022"), pack, previous=previous)
        if f.place.question == "staff" and f.code != "definition.missing"
    ]
    said = [f"{f.severity if f.outcome == 'found' else 'not evaluated'} {f.code}: {f.message['en']}" for f in findings]
    print(f"\n\n{case.name.upper()}\n{dedent(case.table).rstrip()}")
    if case.rule is not None:
        print("rule: " + ", ".join(f"{name} {value}" for name, value in case.rule.items() if name != "message"))
    for line in said or ["nothing"]:
        print(f"  → {line}")
    assert said == list(case.says)

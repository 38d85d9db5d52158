"""A national report as data: answers, each a value or a reason. The interchange form is `eirene.report/1` (docs/).

Numbers are `int` where whole and `Decimal` otherwise, never float: money and counts are exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from eirene.text import Text

FORMAT = "eirene.report/1"
TOTAL = "_T"

Status = Literal["answered", "no_data", "not_applicable", "withheld"]
Number = int | Decimal
#: yes_no and single_choice: a code; multiple_choice: codes; number, percentage: Number; date: ISO string; text: Text.
Value = str | tuple[str, ...] | Number | Text
#: Canonical key of a cell: codes in the order of the question's dimensions; `_T` is the total.
CellKey = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a matrix. `value` is None unless status is answered."""

    value: Number | None
    status: Status = "answered"


@dataclass(frozen=True, slots=True)
class Definition:
    """How a body counts: category → option, and the grid's further fields."""

    categories: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question.

    Exactly one of value, cells, rows is set when status is answered. `releasability` None: the cycle's default.
    `naming`: released for being named in public text, which is apart from being counted.
    `disclosure`: a disclosure class tighter than the question's that the body chose for it; None: the question's.
    """

    question: str
    status: Status
    value: Value | None = None
    cells: Mapping[CellKey, Cell] = field(default_factory=dict)
    rows: tuple[Mapping[str, str | Number], ...] = ()
    reason: Text = field(default_factory=dict)
    comment: Text = field(default_factory=dict)
    particulars: tuple[Mapping[str, str], ...] = ()
    definition: Definition | None = None
    justification: Text = field(default_factory=dict)
    releasability: str | None = None
    naming: bool = False
    disclosure: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What one body answered for one cycle. `place` says where it came from, for messages."""

    pack: str
    questionnaire: str
    cycle: str
    body: str
    answers: Mapping[str, Answer] = field(default_factory=dict)
    place: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding is: question, and cell (dimension → code), row number or column where it has one."""

    question: str = ""
    cell: Mapping[str, str] = field(default_factory=dict)
    row: int | None = None
    column: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a check. `message` and `remedy` are given in each of the pack's languages.

    outcome    found: the rule is broken; not_evaluated: it could not be evaluated, `message` says why
    justified  the answer carries a justification; it becomes a footnote
    """

    code: str
    severity: Literal["blocker", "error", "warning", "note"]
    place: Place
    message: Text
    remedy: Text
    outcome: Literal["found", "not_evaluated"] = "found"
    justified: bool = False

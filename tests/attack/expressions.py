"""The simple expressions of indicators: cells, sums of cells, plus and minus, times a number; an answer compared.

    question[dim=code, …]      sum(question where dim in (a, b) and dim == c)      a + b, a - b, 2 * a
    question == code           answered(question)       has(question, code)        count(question)
    one and other              where `other` is asked only after `one`

Anything else gives None: a figure that is not understood is not used, and told among the attacker's notes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

_CELL = r"([A-Za-z_][A-Za-z0-9_]*)\s*(?:\[([^\]]*)\])?"
_TERM = re.compile(
    rf"\s*(?P<sign>[-+]?)\s*(?:(?P<factor>[0-9.]+)\s*\*\s*)?"
    rf"(?:sum\((?P<sum>[^()]*(?:\([^()]*\)[^()]*)*)\)|count\(\s*(?P<rows>\w+)\s*\)|(?P<cell>{_CELL}))\s*"
)
_WHERE = re.compile(r"\s*(\w+)\s*(?:==\s*([\w+-]+)|in\s*\(([^)]*)\))\s*$")
_YES = re.compile(r"^\s*(\w+)\s*==\s*'?([\w+-]+)'?\s*$")
_HAS = re.compile(r"^\s*has\(\s*(\w+)\s*,\s*([\w+-]+)\s*\)\s*$")


@dataclass(frozen=True)
class Term:
    """factor × the sum of the cells that `codes` span; a dimension that is not in it is the line's, else the total."""

    factor: Fraction
    question: str
    codes: Mapping[str, tuple[str, ...]]
    #: `sum(…)`: of parts, whatever total is given.
    parts: bool = False
    rows: bool = False


@cache
def number(text: str) -> tuple[Term, ...] | None:
    """Terms of an expression that is a number; None if it is another kind than those above."""
    terms: list[Term] = []
    at = 0
    while at < len(text):
        match = _TERM.match(text, at)
        if match is None or (terms and not match["sign"]):
            return None
        term = _term(match)
        if term is None:
            return None
        terms.append(term)
        at = match.end()
    return tuple(terms) or None


def _term(match: re.Match[str]) -> Term | None:
    factor = Fraction(match["factor"] or 1) * (-1 if match["sign"] == "-" else 1)
    if match["rows"]:
        return Term(factor, match["rows"], {}, rows=True)
    if match["sum"] is not None:
        question, _, where = match["sum"].partition(" where ")
        codes: dict[str, tuple[str, ...]] = {}
        for condition in where.split(" and ") if where else ():
            found = _WHERE.match(condition)
            if found is None:
                return None
            codes[found[1]] = tuple(c.strip() for c in (found[2] or found[3]).split(","))
        return Term(factor, question.strip(), codes, parts=True)
    name, _, inner = match["cell"].partition("[")
    pairs = [p.split("=") for p in inner.rstrip("] ").split(",") if p.strip()]
    return Term(factor, name.strip(), {d.strip(): (c.strip().strip("'"),) for d, c in pairs})


@dataclass(frozen=True)
class Yes:
    """A body counts as yes where its answer to `question` is (or has) `code`; any answer, where the code is empty."""

    question: str
    code: str
    #: The question whose yes it is asked after, where the expression says so.
    gate: str = ""


@cache
def condition(text: str) -> Yes | None:
    parts = [part.strip() for part in text.split(" and ")]
    found = [m for m in map(_YES.match, parts) if m]
    if len(found) == len(parts) == 1:
        return Yes(found[0][1], found[0][2])
    if len(found) == len(parts) == 2:
        return Yes(found[1][1], found[1][2], gate=f"{found[0][1]} == {found[0][2]}")
    has = _HAS.match(text)
    return Yes(has[1], has[2]) if has else None

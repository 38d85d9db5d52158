"""Expressions of indicators as sums of cells, where they are such: what a published sum says about single answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

#: One term: a sign, then question, or question[dimension=code, …]
_TERM = re.compile(r"\s*([+-]?)\s*([a-z]\w*)\s*(?:\[([^\[\]()']*)\])?\s*")
_NAMED = re.compile(r"\s*(\w+)\s*=\s*([\w+-]+)\s*")


@dataclass(frozen=True, slots=True)
class CellTerm:
    """coefficient × the cell of a question; dimensions that are not named are totals."""

    coefficient: int
    question: str
    cell: Mapping[str, str]


def linear_terms(text: str, bound: Mapping[str, str], known: frozenset[str]) -> tuple[CellTerm, ...] | None:
    """The cells whose signed sum an expression is; None if it is something else (a product, a count of rows …).

    bound   codes that the dimensions mean which the expression does not name
    known   the questions that there are
    """
    parts = _parts(text)
    if parts is None or any(question not in known for _, question, _ in parts):
        return None
    return tuple(CellTerm(sign, question, {**bound, **named}) for sign, question, named in parts)


@lru_cache(maxsize=4096)
def _parts(text: str) -> tuple[tuple[int, str, Mapping[str, str]], ...] | None:
    """Sign, question and codes named, of each term."""
    found: list[tuple[int, str, Mapping[str, str]]] = []
    at = 0
    while at < len(text):
        match = _TERM.match(text, at)
        if match is None or match.end() == at or (found and not match[1]):
            return None
        named = _codes(match[3] or "")
        if named is None:
            return None
        found.append((-1 if match[1] == "-" else 1, match[2], named))
        at = match.end()
    return tuple(found) or None


def _codes(text: str) -> dict[str, str] | None:
    parts = [part for part in text.split(",") if part.strip()]
    matches = [_NAMED.fullmatch(part) for part in parts]
    if any(match is None for match in matches):
        return None
    return {match[1]: match[2] for match in matches if match is not None}

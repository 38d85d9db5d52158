"""Reading cells: what is given, what follows from it, and what stays unknown.

exact cell      given: its value, also where its parts would say otherwise (that is for the checks to say)
band            given, else the sum of its codes if all of them are known: bands join upward
total `_T`      given, else the sum over the dimension's topmost codes if all of them are known
not applicable  counts as nothing within a sum; asked for alone it is no value
anything else   unknown. Never zero, and a break-down never follows from a total.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Context as DecimalContext
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from eirene.framework import CodeTree, Pack, codes, dimension_codes
from eirene.framework.model import Question
from eirene.questionnaires.model import TOTAL, Answer, Cell, CellKey, Number

T = TypeVar("T")
#: Wide enough that no sum of numbers a report may hold is rounded; the ambient context is the caller's, not ours.
_WIDE = DecimalContext(prec=400)
#: Units whose values do not add up: the average age of women and men is no sum.
_NOT_ADDED = ("percent", "points", "years", "months", "weeks", "days")
_kept: dict[int, dict[Hashable, Any]] = {}


class _NotApplicable:
    """What a sum of cells is when none of them applies."""


NOT_APPLICABLE = _NotApplicable()
Known = Number | _NotApplicable | None


def kept(owner: object, key: Hashable, make: Callable[[], T]) -> T:
    """`make()`, once for each owner and key, as long as the owner lives. Owners never change (packs, questions)."""
    if id(owner) not in _kept:
        _kept[id(owner)] = {}
        weakref.finalize(owner, _kept.pop, id(owner), None)
    found = _kept[id(owner)]
    if key not in found:
        found[key] = make()
    return found[key]  # type: ignore[no-any-return]


def exact(value: Number | Fraction) -> int | Fraction:
    """The same number as int where whole, else as Fraction."""
    if type(value) is int:
        return value
    fraction = Fraction(value)
    return fraction.numerator if fraction.denominator == 1 else fraction


def add(numbers: list[Number]) -> Number:
    """Their exact sum; int if all are."""
    if all(type(n) is int for n in numbers):
        return sum(numbers)
    total = Decimal(0)
    for n in numbers:
        total = _WIDE.add(total, Decimal(n))
    return total


@dataclass(frozen=True, slots=True)
class Shape:
    """The dimensions of a matrix: names in order, codes asked of each, and of what each code is the sum."""

    names: tuple[str, ...]
    trees: tuple[CodeTree, ...]
    asked: tuple[tuple[str, ...], ...]
    #: By dimension: code → its parts; `_T` → the topmost codes asked. A code without parts is not in it.
    parts: tuple[Mapping[str, tuple[str, ...]], ...]
    #: By dimension: whether its codes are parts of a whole (a total is asked, and the unit adds up).
    whole: tuple[bool, ...]
    #: Whether the unit adds up at all.
    additive: bool

    def key(self, cell: Mapping[str, str]) -> CellKey:
        """The canonical key of a cell; a dimension that is not named is its total."""
        return tuple(cell.get(name, TOTAL) for name in self.names)

    def cell(self, key: CellKey) -> dict[str, str]:
        return dict(zip(self.names, key, strict=True))


def shape(pack: Pack, question: Question) -> Shape:
    """The shape of a matrix question (of no dimensions, if it is no matrix)."""
    # The question is kept beside its shape, so that its id is never used again.
    return kept(pack, ("shape", id(question)), lambda: (question, _shape(pack, question)))[1]


def _shape(pack: Pack, question: Question) -> Shape:
    names = tuple(question.dimensions)
    trees = tuple(codes(pack, question.dimensions[name].list) for name in names)
    asked = tuple(dimension_codes(pack, question, name) for name in names)
    return Shape(
        names,
        trees,
        asked,
        tuple(_parts(tree, among) for tree, among in zip(trees, asked, strict=True)),
        tuple(adds_up(question) and question.dimensions[name].total for name in names),
        adds_up(question),
    )


def adds_up(question: Question) -> bool:
    """Whether the cells of a matrix may be added: counts may; shares, ages and durations may not."""
    return question.unit not in _NOT_ADDED and (question.integer or question.unit == "persons")


def _parts(tree: CodeTree, asked: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    def ancestors(code: str) -> set[str]:
        found: set[str] = set()
        at = tree.parent(code)
        while at is not None:
            found.add(at)
            at = tree.parent(at)
        return found

    among = set(asked)
    parts = {code: tree.children(code) for code in tree.codes if tree.children(code)}
    parts[TOTAL] = tuple(code for code in asked if not ancestors(code) & among)
    return parts


class Cells:
    """The cells of one answer, with what follows from them. Results are kept: an answer does not change."""

    __slots__ = ("_found", "_given", "_least", "shape")

    def __init__(self, shape: Shape, given: Mapping[CellKey, Cell]) -> None:
        self.shape = shape
        self._given = given
        self._found: dict[CellKey, Known] = {}
        self._least: dict[CellKey, Number] = {}

    def value(self, key: CellKey) -> Number | None:
        """The value of one cell; None if it is unknown or does not apply."""
        known = self.known(key)
        return None if isinstance(known, _NotApplicable) else known

    def counted(self, key: CellKey) -> Number | None:
        """The value of one cell within a sum: 0 if it does not apply, None if it is unknown."""
        known = self.known(key)
        return 0 if isinstance(known, _NotApplicable) else known

    def given(self, key: CellKey) -> Cell | None:
        return self._given.get(key)

    def all(self) -> Iterable[tuple[CellKey, Cell]]:
        """The cells that are given."""
        return self._given.items()

    def known(self, key: CellKey) -> Known:
        if key not in self._found:
            self._found[key] = self._resolve(key)
        return self._found[key]

    def least(self, key: CellKey) -> Number:
        """What a cell is at least: its value if known, else what its known parts amount to. Counts are meant."""
        if key not in self._least:
            self._least[key] = self._at_least(key)
        return self._least[key]

    def _at_least(self, key: CellKey) -> Number:
        known = self.counted(key)
        if known is not None:
            return known
        if key in self._given:  # withheld, or no data: nothing may be concluded about it here
            return 0
        sums: list[Number] = [0]
        for place, code in enumerate(key):
            if self.shape.whole[place] if code == TOTAL else self.shape.additive:
                parts = self.shape.parts[place].get(code, ())
                sums.append(add([self.least((*key[:place], part, *key[place + 1 :])) for part in parts]))
        return max(sums)

    def _resolve(self, key: CellKey) -> Known:
        cell = self._given.get(key)
        if cell is not None:
            if cell.status == "not_applicable":
                return NOT_APPLICABLE
            return cell.value if cell.status == "answered" else None
        for place, code in enumerate(key):
            if not (self.shape.whole[place] if code == TOTAL else self.shape.additive):
                continue
            found = self.sum_of_parts(key, place, self.shape.parts[place].get(code, ()))
            if found is not None:
                return found
        return None

    def sum_of_parts(self, key: CellKey, place: int, parts: tuple[str, ...]) -> Known:
        """The sum of the cells with `parts` in one dimension, if all are known; not applicable if none applies."""
        numbers: list[Number] = []
        for part in parts:
            known = self.known((*key[:place], part, *key[place + 1 :]))
            if known is None:
                return None
            if not isinstance(known, _NotApplicable):
                numbers.append(known)
        if not parts:
            return None
        return add(numbers) if numbers else NOT_APPLICABLE


def cells_of(pack: Pack, question: Question, answer: Answer) -> Cells:
    """The cells of an answer to a matrix; none if it was not answered."""
    return Cells(shape(pack, question), answer.cells if answer.status == "answered" else {})


def cell_value(pack: Pack, question: Question, answer: Answer, cell: Mapping[str, str]) -> Number | None:
    """The value of a cell (dimension → code, those not named are totals), by the rules at the top of this module."""
    cells = cells_of(pack, question, answer)
    return cells.value(cells.shape.key(cell))

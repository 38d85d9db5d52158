"""What releases say, as constraints on numbers of single bodies, whether these are told by name or not.

Read once; what is told by name changes while a release is being protected (`state.Unknowns`), what the sums are sums
of does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from eirene.disclosure.naming import Named
from eirene.questionnaires.model import CellKey

Exact = int | Fraction
#: cycle, body, question, cell; a number has the cell ()
Spot = tuple[str, str, str, CellKey]
#: What was published that says something: ("figure", key, part), ("answer", cycle, body, question) or
#: ("rule", cycle, body)
Item = tuple[str, ...]


@dataclass(slots=True)
class Sum:
    """constant + Σ coefficient × quantity."""

    constant: Exact = 0
    terms: dict[int, Exact] = field(default_factory=dict)

    def add(self, other: Sum, times: Exact = 1) -> None:
        self.constant += other.constant * times
        for number, coefficient in other.terms.items():
            value = self.terms.get(number, 0) + coefficient * times
            if value:
                self.terms[number] = value
            else:
                self.terms.pop(number, None)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a quantity stands by name: in a release, under these answers; of a cell, unless it is left out."""

    source: int
    names: tuple[Named, ...]
    cell: CellKey | None


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of one body.

    kind      cell, rate (a body's own), other (an expression that is no sum of cells)
    true      its value; None where it is not at hand
    open_     its body released it for naming and it is not small: it is hidden only to hide others
    standing  every place where it stands by name unless it is hidden
    """

    spot: Spot
    kind: str
    low: float
    high: float
    true: Exact | None
    open_: bool
    integer: bool
    standing: list[Standing] = field(default_factory=list)


@dataclass(frozen=True, eq=False, slots=True)
class Statement:
    """low ≤ Σ coefficient × quantity ≤ high, said by `item` of the release `source`."""

    terms: Mapping[int, Exact]
    low: Fraction | None
    high: Fraction | None
    item: Item
    source: int


@dataclass(frozen=True, eq=False, slots=True)
class Quotient:
    """A body's own value: above ÷ below; its number among all. rate: the quantity that stands for it."""

    number: int
    above: Sum
    below: Sum
    rate: int


@dataclass(frozen=True, eq=False)
class Statistic:
    """A published mean or order statistic of bodies' own values.

    place   None: the mean; else (index, weight): its place among them in order, counted from 0, and how far on to the
            next
    """

    quotients: tuple[Quotient, ...]
    low: Fraction
    high: Fraction
    place: tuple[int, float] | None
    item: Item
    source: int


@dataclass(frozen=True, eq=False)
class Gap:
    """low ≤ Σ sign × above ÷ below ≤ high."""

    rates: tuple[tuple[int, Sum, Sum], ...]
    low: Fraction
    high: Fraction
    item: Item
    source: int


@dataclass
class Matter:
    """Everything that some releases say."""

    quantities: list[Quantity] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    statistics: list[Statistic] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    quotients: list[Quotient] = field(default_factory=list)
    _numbers: dict[object, int] = field(default_factory=dict)

    def find(self, identity: object) -> int | None:
        return self._numbers.get(identity)

    def add(self, identity: object, quantity: Quantity) -> int:
        """The quantity's number; the same for the same identity."""
        if identity not in self._numbers:
            self._numbers[identity] = len(self.quantities)
            self.quantities.append(quantity)
        return self._numbers[identity]

    def state(self, total: Sum, low: Exact | None, high: Exact | None, item: Item, source: int) -> None:
        """low ≤ total ≤ high; nothing, if there is no quantity in it."""
        if total.terms:
            ends = less(low, total.constant), less(high, total.constant)
            self.statements.append(Statement(dict(total.terms), *ends, item, source))


def less(end: Exact | None, constant: Exact) -> Fraction | None:
    """A side of a row, its constant brought over."""
    return None if end is None else Fraction(end) - Fraction(constant)


def index(groups: Sequence[Mapping[int, Exact]]) -> dict[int, list[int]]:
    """quantity → the numbers of the groups that it is in."""
    found: dict[int, list[int]] = {}
    for number, terms in enumerate(groups):
        for quantity in terms:
            found.setdefault(quantity, []).append(number)
    return found

"""What readers do not know of what releases say, at one moment: told numbers taken out, hidden figures left aside.

While a release is being protected more and more of it is hidden; only what that touches is done anew. What is told is
subtracted exactly before anything becomes a double.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from eirene.disclosure.constraints.components import Component, components
from eirene.disclosure.constraints.model import (
    Exact,
    Gap,
    Item,
    Matter,
    Quantity,
    Quotient,
    Spot,
    Statistic,
    Sum,
    index,
    less,
)
from eirene.disclosure.naming import Named
from eirene.disclosure.source import NOTHING, Source
from eirene.figures.model import Figure


@dataclass(frozen=True, eq=False, slots=True)
class Row:
    """low ≤ Σ coefficient × column ≤ high, over what is not known. Two are the same only if they are one object.

    because   what is known of others and makes it so, with the weight of each, where that is not in the sum itself: the
              values on the other side of a median
    """

    terms: Mapping[int, Exact]
    low: Fraction | None
    high: Fraction | None
    item: Item
    source: int
    because: Mapping[int, Exact] = field(default_factory=dict)

    def like(self, other: Row | None) -> bool:
        return other is not None and all(
            getattr(self, part) == getattr(other, part) for part in ("terms", "low", "high", "because")
        )


class Unknowns:
    """The numbers that readers of all these releases do not know, and the rows between them.

    columns   every quantity; those that are not known are `open`
    rows      by number; the number of a row stays the same as long as what says it does
    knows     bodies whose own answers the attacker has as well: he belongs to them
    """

    def __init__(self, matter: Matter, sources: Sequence[Source], knows: frozenset[str] = frozenset()) -> None:
        self.matter, self.sources, self.knows = matter, list(sources), knows
        self.columns: Sequence[Quantity] = matter.quantities
        self.open: set[int] = set()
        self.rows: dict[int, Row] = {}
        self._speaking = index([one.terms for one in matter.statements])
        self._under: dict[Named, list[int]] = {}
        self._of_figure: dict[str, list[int]] = {}
        self._in_quotients = index([{**q.above.terms, **q.below.terms, q.rate: 1} for q in matter.quotients])
        self._reduced: dict[int, tuple[Sum, Sum]] = {}
        self._further: dict[tuple[object, ...], int] = {}
        self._components: list[Component] | None = None
        #: Marks of components: what they consist of → a number.
        self._marks: dict[object, int] = {}
        self._telling = [True] * len(matter.statements)
        for number, quantity in enumerate(matter.quantities):
            for one in quantity.standing:
                if one.source == 0:
                    for name in one.names:
                        self._under.setdefault(name, []).append(number)
            if not self.known(number):
                self.open.add(number)
        for number, statement in enumerate(matter.statements):
            if statement.source == 0 and statement.item[0] == "figure":
                self._of_figure.setdefault(statement.item[1], []).append(number)
        self._redo({number for quantity in self.open for number in self._speaking.get(quantity, ())})

    # what is told

    def known(self, number: int) -> bool:
        """Whether a quantity is told by name, or the attacker's own."""
        quantity = self.columns[number]
        if quantity.true is None:
            return False
        return quantity.spot[1] in self.knows or any(
            _stands(self.sources[one.source], one.names, one.cell) for one in quantity.standing
        )

    def tells(self, item: Item, source: int) -> bool:
        """Whether an item is still told."""
        if item[0] != "figure":
            return True
        figure = self.sources[source].figures.get(item[1])
        return figure is not None and says(figure, item[2])

    def update(self, now: Source) -> None:
        """The release at hand, of which more is hidden than before (or less)."""
        before, self.sources[0] = self.sources[0], now
        touched = set()
        for named in _moved(before, now):
            for number in self._under.get(named, ()):
                if self.known(number) == (number in self.open):
                    self.open.symmetric_difference_update((number,))
                    touched.add(number)
        redo = {number for quantity in touched for number in self._speaking.get(quantity, ())}
        for quantity in touched:
            for quotient in self._in_quotients.get(quantity, ()):
                self._reduced.pop(quotient, None)
        for key, numbers in self._of_figure.items():
            if before.figures.get(key) is not now.figures.get(key):
                redo.update(n for n in numbers if self._telling[n] != self._tells(n))
        self._redo(redo)

    def beside(self, number: int) -> list[int]:
        """The numbers of the same answer that stand in the release at hand."""
        return self._under.get(self.columns[number].spot[:3], [])

    def could_be_left_out(self, number: int) -> dict[Spot, Exact]:
        """Numbers in a row that stand by name in the release at hand and nowhere else, with their coefficients."""
        statements = self.matter.statements
        told = statements[number].terms if number < len(statements) else self.rows[number].because
        found = {}
        for quantity, coefficient in told.items():
            one = self.columns[quantity]
            telling = [s for s in one.standing if _stands(self.sources[s.source], s.names, s.cell)]
            if len(telling) == 1 and telling[0].source == 0 and one.kind == "cell" and one.spot[1] not in self.knows:
                found[one.spot] = coefficient
        return found

    def components(self) -> list[Component]:
        """The rows of this moment taken apart where nothing connects them."""
        if self._components is None:
            self._components = components(self.rows)
            for part in self._components:
                same = tuple(part.columns), tuple(self.rows[number] for number in part.rows)
                part.mark = self._marks.setdefault(same, len(self._marks))
        return self._components

    # rows

    def _tells(self, number: int) -> bool:
        one = self.matter.statements[number]
        return self.tells(one.item, one.source)

    def _redo(self, numbers: Iterable[int]) -> None:
        self._components = None
        for number in numbers:
            one = self.matter.statements[number]
            self._telling[number] = self._tells(number)
            total = self.reduce(Sum(0, dict(one.terms))) if self._telling[number] else Sum()
            if total.terms:
                ends = less(one.low, total.constant), less(one.high, total.constant)
                self.rows[number] = Row(total.terms, *ends, one.item, one.source)
            else:
                self.rows.pop(number, None)

    def reduce(self, total: Sum) -> Sum:
        """The same sum with what is known added up."""
        constant, terms = total.constant, {}
        for number, coefficient in total.terms.items():
            if number in self.open:
                terms[number] = coefficient
            else:
                constant += coefficient * (self.columns[number].true or 0)
        return Sum(constant, terms)

    def quotient(self, one: Quotient) -> tuple[Sum, Sum]:
        """Above and below, with what is known added up."""
        if one.number not in self._reduced:
            self._reduced[one.number] = self.reduce(one.above), self.reduce(one.below)
        return self._reduced[one.number]

    def statistics(self) -> Iterator[Statistic]:
        """Those that are told and have somebody in them who is not known."""
        for one in self.matter.statistics:
            if self.tells(one.item, one.source) and any(
                a.terms or b.terms for a, b in map(self.quotient, one.quotients)
            ):
                yield one

    def gaps(self) -> Iterator[Gap]:
        yield from (one for one in self.matter.gaps if self.tells(one.item, one.source))

    def say(self, rows: Mapping[tuple[object, ...], Row]) -> bool:
        """Rows that follow from more than one sum, by what they are about; those of before that are not among them go.
        Whether anything changed."""
        changed = False
        for key in [key for key in self._further if key not in rows]:
            changed |= self.rows.pop(self._further[key], None) is not None
        for key, row in rows.items():
            number = self._further.setdefault(key, len(self.matter.statements) + len(self._further))
            if not row.like(self.rows.get(number)):
                self.rows[number] = row
                changed = True
        if changed:
            self._components = None
        return changed


def says(figure: Figure, part: str) -> bool:
    """Whether a figure still tells a part of it."""
    match part:
        case "coverage":
            return figure.coverage is not None and figure.coverage.personnel is not None
        case "change":
            return figure.value is not None and figure.change is not None and figure.change.panel_value is not None
        case "band":
            return figure.value is None and figure.band is not None
    return figure.value is not None


def _stands(source: Source, names: tuple[Named, ...], cell: tuple[str, ...] | None) -> bool:
    if cell is None:
        return all(name in source.shown and not source.left_out.get(name) for name in names)
    return names[0] in source.shown and cell not in source.left_out.get(names[0], NOTHING)


def _moved(before: Source, now: Source) -> set[Named]:
    """Answers that were shown and are not, or the other way round, or lack other cells."""
    cells = {name for name, found in now.left_out.items() if before.left_out.get(name) != found}
    return {*(before.shown ^ now.shown), *cells, *(before.left_out.keys() - now.left_out.keys())}

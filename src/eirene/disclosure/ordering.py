"""Means, medians, quartiles and extremes: between what they place the bodies that are not told.

Each of these grows with each of its values. So a body's own value x is possible just where the statistic is not above
the published interval with all others as low as they may be, and not below it with all others as high. How low and how
high that is, the attacker's own programmes say; what follows for x becomes rows of them, and so on until nothing
narrows any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from eirene.disclosure.constraints.components import Component
from eirene.disclosure.constraints.model import Exact, Gap, Quotient, Statistic, Sum
from eirene.disclosure.constraints.state import Row, Unknowns
from eirene.disclosure.intervals import Attack

_INFINITE = float("inf")
#: How often bounds and what follows from them are gone through.
ROUNDS = 4
#: By how much less a bound must be for it to count as narrower: a thousandth.
_NARROWER = 1e-3
#: Of how many that are not known a mean still narrows one.
_FEW = 6

_Key = tuple[object, ...]
#: What is narrowed, the bound, and the row that says so.
_Side = tuple[_Key, float, Row]


class Ordering:
    """Keeps what means, order statistics and gaps say among the rows of one attack."""

    def __init__(self, found: Unknowns) -> None:
        self.found = found
        #: Bounds of quotients by the components that they were sought in; those of what is gone stay unused.
        self._kept: dict[object, float] = {}
        #: Rows made before: the same row is the same object, so that nothing is attacked twice.
        self._rows: dict[object, Row] = {}
        self._true: dict[int, float] = {}

    def refresh(self, rounds: int = ROUNDS) -> None:
        """Brings these rows up to date with what is told now."""
        told = [(one, self._open(one)) for one in self.found.statistics()]
        made = {**_gaps(self.found), **_means(self.found, [one for one, _ in told])}
        fixed = {key: self._same(key, row) for key, row in made.items()}
        self.found.say(fixed)
        tight: dict[_Key, float] = {}
        rows: dict[_Key, Row] = {}
        for _ in range(rounds):
            ends = _Ends(self.found, self._kept, self._true)
            for key, bound, row in (side for one, open_ in told for side in _narrowed(one, open_, ends)):
                if key not in tight or abs(bound - tight[key]) > _NARROWER * abs(bound):
                    tight[key], rows[key] = bound, self._same(key, row)
            if not self.found.say({**fixed, **rows}):
                return

    def _open(self, one: Statistic) -> frozenset[int]:
        """Numbers of the quotients in it that are not known."""
        return frozenset(q.number for q in one.quotients if any(part.terms for part in self.found.quotient(q)))

    def _same(self, key: _Key, row: Row) -> Row:
        same = (key, row.low, row.high, tuple(row.terms.items()), tuple(row.because.items()))
        return self._rows.setdefault(same, row)


class _Ends:
    """The least and the most that each body's own value can be, by the programmes as they are now."""

    def __init__(self, found: Unknowns, kept: dict[object, float], true: dict[int, float]) -> None:
        self.found, self._kept, self._true = found, kept, true
        self._place = {column: part for part in found.components() for column in part.columns}
        self._attacks: dict[int, Attack] = {}
        self._now: dict[tuple[int, bool], float] = {}

    def of(self, one: Quotient, *, least: bool) -> float:
        if (one.number, least) not in self._now:
            self._now[one.number, least] = self._of(one, least)
        return self._now[one.number, least]

    def _of(self, one: Quotient, least: bool) -> float:
        above, below = self.found.quotient(one)
        columns = [*above.terms, *below.terms]
        if not columns:
            return self.true(one)
        for column in columns:  # nothing else is said of it
            self._place.setdefault(column, Component([column], []))
        parts = {id(self._place[column]): self._place[column] for column in columns}
        key = (one.number, least, *(part.mark for part in parts.values()))
        if key not in self._kept:
            self._kept[key] = _outwards(self._sought(above, below, least, list(parts.values())), least)
        return self._kept[key]

    def true(self, one: Quotient) -> float:
        if one.number not in self._true:
            above, below = (
                part.constant + sum(c * (self.found.columns[q].true or 0) for q, c in part.terms.items())
                for part in (one.above, one.below)
            )
            self._true[one.number] = float(above / Fraction(below)) if below else 0.0
        return self._true[one.number]

    def _sought(self, above: Sum, below: Sum, least: bool, parts: Sequence[Component]) -> float:
        """Of above ÷ below, which is not negative and whose `below` is positive."""
        for part in parts:
            if id(part) not in self._attacks:
                self._attacks[id(part)] = Attack(self.found, part)
        if len(parts) == 1 and below.terms:
            return self._attacks[id(parts[0])].quotient(above, below, least=least)
        over = self._end(above, least)
        under = self._end(below, not least) if below.terms else float(below.constant)
        if least:
            return over / under if 0 < under < _INFINITE else 0.0
        return over / under if under > 0 and over < _INFINITE else _INFINITE

    def _end(self, total: Sum, least: bool) -> float:
        """The least or the most of a sum; of what hangs together apart."""
        end = float(total.constant)
        groups: dict[int, dict[int, float]] = {}
        for column, coefficient in total.terms.items():
            groups.setdefault(id(self._place[column]), {})[column] = float(coefficient)
        for number, terms in groups.items():
            attack = self._attacks[number]
            end += attack.least(terms) if least else attack.most(terms)
        return end


def _outwards(end: float, least: bool) -> float:
    """Rounded to seven digits, away from the middle: what is no narrower than a hair counts as the same."""
    return float(f"{end:.7g}") + (-1 if least else 1) * abs(end) * 1e-6 if abs(end) != _INFINITE else end


# --- what a statistic says ------------------------------------------------------------------------------------------


def _narrowed(one: Statistic, open_: frozenset[int], ends: _Ends) -> Iterator[_Side]:
    if one.place is None and len(open_) > _FEW:
        return
    for least in (False, True):
        if not _bites(one, open_, ends, least):
            continue
        others = [ends.of(quotient, least=not least) for quotient in one.quotients]
        sure = _sure(one, open_, ends, least)
        for at, quotient in enumerate(one.quotients):
            if quotient.number in open_:
                rest = sorted(others[:at] + others[at + 1 :])
                bound = _least(one, rest) if least else _most(one, rest)
                if bound is not None and abs(bound) != _INFINITE:
                    key = (*one.item, one.source, quotient.number, least)
                    row = _side(one, *ends.found.quotient(quotient), bound, at_least=least)
                    yield key, bound, replace(row, because=sure)
    if one.place is None:
        for quotient in one.quotients:
            if quotient.number in open_ and ends.found.quotient(quotient)[1].terms:
                yield from _own_rate(one, quotient, ends)


def _sure(one: Statistic, open_: frozenset[int], ends: _Ends, least: bool) -> dict[int, Exact]:
    """The numbers of those that lie on the other side, weighed as they move their own value; of those of which it only
    follows that they do, all that is told of the same answers."""
    published = one.low if least else one.high
    found: dict[int, Exact] = {}
    for quotient in one.quotients:
        beyond = ends.true(quotient) < published if least else ends.true(quotient) > published
        if not beyond and one.place is not None:
            continue
        if quotient.number not in open_:
            found.update(quotient.above.terms)
            found.update({number: -published * weight for number, weight in quotient.below.terms.items()})
        else:
            for number in (*quotient.above.terms, *quotient.below.terms):
                found.update(dict.fromkeys(ends.found.beside(number), 1))
    return found


def _own_rate(one: Statistic, quotient: Quotient, ends: _Ends) -> Iterator[_Side]:
    """A body's rate in a mean is its above ÷ below, and lies where that lies."""
    for least in (True, False):
        bound = ends.of(quotient, least=least)
        if abs(bound) != _INFINITE:
            low, high = (Fraction(bound), None) if least else (None, Fraction(bound))
            key = (*one.item, one.source, quotient.number, "rate", least)
            yield key, bound, Row({quotient.rate: 1}, low, high, one.item, one.source)


def _bites(one: Statistic, open_: frozenset[int], ends: _Ends, least: bool) -> bool:
    """Whether enough values are surely on the other side of an order statistic for the rest to be bounded by it. Only
    one that is there in truth can be so surely; the first that is not settles it where none is to spare."""
    if one.place is None:
        return True
    index, weight = one.place
    n = len(one.quotients)
    # `most`: of the others, those from this place on lie above; `least`: those up to it lie below.
    needed = (n - 1 - index - (weight > 0)) if not least else index
    published = float(one.low if least else one.high)

    def beyond(value: float) -> bool:
        return value < published if least else value > published

    known = [q for q in one.quotients if q.number not in open_]
    sure = sum(beyond(ends.true(q)) for q in known)
    maybe = [q for q in one.quotients if q.number in open_ and beyond(ends.true(q))]
    spare = sure + len(maybe) - needed
    for quotient in maybe:
        if spare < 0:
            return False
        spare -= not beyond(ends.of(quotient, least=not least))
    return spare >= 0


def _side(one: Statistic, above: Sum, below: Sum, bound: float, *, at_least: bool) -> Row:
    """above ≤ bound × below, or not below that."""
    total = Sum()
    total.add(above)
    # Outwards by a hair: the bound was computed in doubles.
    total.add(below, -(Fraction(bound) + Fraction(-1 if at_least else 1, 10**9)))
    constant = -Fraction(total.constant)
    return Row(total.terms, constant if at_least else None, None if at_least else constant, one.item, one.source)


def _most(one: Statistic, others: Sequence[float]) -> float | None:
    """The largest x with which the statistic is within what is published, the others being these; None: any."""
    bound = float(one.high)
    if one.place is None:
        return bound * (len(others) + 1) - sum(others)
    index, weight = one.place
    here, after = _at(others, index), _at(others, index + 1)
    if (here if weight == 0 else (1 - weight) * here + weight * after) <= bound:
        return None
    if here <= bound:
        return (bound - (1 - weight) * here) / weight if weight else bound
    if weight == 0:
        return bound
    return (bound - weight * here) / (1 - weight)


def _least(one: Statistic, others: Sequence[float]) -> float | None:
    """The smallest x with which the statistic is at least what is published; None: any."""
    bound = float(one.low)
    if one.place is None:
        rest = sum(others)
        return None if rest == _INFINITE else bound * (len(others) + 1) - rest
    index, weight = one.place
    before, here = _at(others, index - 1), _at(others, index)
    if before != -_INFINITE and (before if weight == 0 else (1 - weight) * before + weight * here) >= bound:
        return None
    if here >= bound:
        if weight == 0:
            return bound
        return None if here == _INFINITE else (bound - weight * here) / (1 - weight)
    return (bound - (1 - weight) * here) / weight if weight else bound


def _at(values: Sequence[float], index: int) -> float:
    if index < 0:
        return -_INFINITE
    return values[index] if index < len(values) else _INFINITE


# --- means and gaps -------------------------------------------------------------------------------------------------


def _means(found: Unknowns, told: Sequence[Statistic]) -> dict[_Key, Row]:
    """Σ of the bodies' own rates: columns of their own, tied to their parts where the denominator is known."""
    rows: dict[_Key, Row] = {}
    for one in told:
        if one.place is None:
            total, known = Sum(), {}
            for quotient in one.quotients:
                above, below = found.quotient(quotient)
                if below.terms:
                    total.add(Sum(0, {quotient.rate: 1}))
                elif below.constant:
                    total.add(above, 1 / Fraction(below.constant))
                    known.update(quotient.above.terms)
            n = len(one.quotients)
            low, high = one.low * n - Fraction(total.constant), one.high * n - Fraction(total.constant)
            if total.terms:
                rows[(*one.item, one.source, "mean")] = Row(total.terms, low, high, one.item, one.source, known)
    return rows


def _gaps(found: Unknowns) -> dict[_Key, Row]:
    """Where all but one of its rates are known: then that one is a rate with a rounded value."""
    rows: dict[_Key, Row] = {}
    for one in found.gaps():
        open_, rest = None, Fraction(0)
        for sign, above, below in ((s, found.reduce(a), found.reduce(b)) for s, a, b in one.rates):
            if above.terms or below.terms:
                if open_ is not None:
                    break
                open_ = (sign, above, below)
            elif not below.constant:
                break
            else:
                rest += sign * Fraction(above.constant) / Fraction(below.constant)
        else:
            if open_ is not None:
                rows.update(_one_rate(one, *open_, rest))
    return rows


def _one_rate(one: Gap, sign: int, above: Sum, below: Sum, rest: Fraction) -> Iterator[tuple[_Key, Row]]:
    low, high = sorted((sign * (one.low - rest), sign * (one.high - rest)))
    for bound, at_least in ((low, True), (high, False)):
        total = Sum()
        total.add(above)
        total.add(below, -bound)
        constant = -Fraction(total.constant)
        low_, high_ = (constant, None) if at_least else (None, constant)
        yield (*one.item, one.source, at_least), Row(total.terms, low_, high_, one.item, one.source)

"""Medians, quartiles and extremes: between what they place the bodies that are not told.

An order statistic grows with each of its values. So a body's own value x is possible just where the statistic is not
above the published interval with all others as low as they may be, and not below it with all others as high. What that
says of x becomes rows of the attacker's programme; what is known of the others comes from its sums, by propagation of
bounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from eirene.disclosure.unknowns import Ordered, Row, Sum, Unknowns

_INFINITE = float("inf")
#: Rounds in which bounds of columns narrow each other.
_ROUNDS = 3


def add_order_rows(found: Unknowns) -> None:
    """Adds what order statistics say to the constraints."""
    if not found.ordered:
        return
    bounds = [(column.low, column.high) for column in found.columns]
    for _ in range(_ROUNDS):
        _narrow(found.rows, bounds)
    for one in found.ordered:
        for row in _rows(one, bounds):
            found.rows.append(row)


def _narrow(rows: Sequence[Row], bounds: list[tuple[float, float]]) -> None:
    """One round of bound propagation over all rows."""
    for row in rows:
        terms = [(column, float(value)) for column, value in row.terms.items()]
        ends = [_span(value, bounds[column]) for column, value in terms]
        least, most = sum(low for low, _ in ends), sum(high for _, high in ends)
        for (column, value), (low, high) in zip(terms, ends, strict=True):
            upper = None if row.high is None else float(row.high) - _less(least, low, ends, 0)
            lower = None if row.low is None else float(row.low) - _less(most, high, ends, 1)
            _cut(bounds, column, value, lower, upper)


def _span(value: float, bound: tuple[float, float]) -> tuple[float, float]:
    ends = (value * bound[0] if bound[0] else 0.0, value * bound[1])
    return (ends[0], ends[1]) if value > 0 else (ends[1], ends[0])


def _less(total: float, own: float, ends: Sequence[tuple[float, float]], side: int) -> float:
    """The sum of the others; where it is infinite, that is added up anew."""
    if abs(total) != _INFINITE:
        return total - own
    if abs(own) != _INFINITE:
        return total
    return (
        sum(one[side] for one in ends)
        if sum(abs(one[side]) == _INFINITE for one in ends) > 1
        else sum(one[side] for one in ends if abs(one[side]) != _INFINITE)
    )


def _cut(
    bounds: list[tuple[float, float]], column: int, value: float, lower: float | None, upper: float | None
) -> None:
    low, high = bounds[column]
    if value < 0:
        lower, upper = upper, lower
    if lower is not None and abs(lower) != _INFINITE:
        low = max(low, lower / value)
    if upper is not None and abs(upper) != _INFINITE:
        high = min(high, upper / value)
    if low <= high:
        bounds[column] = low, high


def _rows(one: Ordered, bounds: Sequence[tuple[float, float]]) -> Iterator[Row]:
    spans = [_own(above, below, bounds) for above, below in one.open_]
    for at, (above, below) in enumerate(one.open_):
        others = [span for n, span in enumerate(spans) if n != at]
        lows = sorted([*one.known, *(low for low, _ in others)])
        highs = sorted([*one.known, *(high for _, high in others)])
        most = _most(lows, one.index, one.weight, one.high)
        least = _least(highs, one.index, one.weight, one.low)
        if most is not None and most < spans[at][1]:
            yield _side(one, above, below, most, at_least=False)
        if least is not None and least > spans[at][0]:
            yield _side(one, above, below, least, at_least=True)


def _side(one: Ordered, above: Sum, below: Sum, bound: float, *, at_least: bool) -> Row:
    total = Sum()
    total.add(above)
    # Outwards by a hair: the bound was computed in doubles.
    exact = Fraction(bound) + Fraction(-1 if at_least else 1, 10**9)
    total.add(below, -exact)
    constant = -Fraction(total.constant)
    return Row(
        dict(total.terms),
        constant if at_least else None,
        None if at_least else constant,
        one.item,
        one.source,
        total.told,
    )


def _own(above: Sum, below: Sum, bounds: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Between what the quotient lies."""
    (a, b), (c, d) = _of(above, bounds), _of(below, bounds)
    low = a / d if d and d != _INFINITE else 0.0
    high = b / c if c > 0 and b != _INFINITE else _INFINITE
    return low, high


def _of(total: Sum, bounds: Sequence[tuple[float, float]]) -> tuple[float, float]:
    ends = [_span(float(value), bounds[column]) for column, value in total.terms.items()]
    constant = float(total.constant)
    return constant + sum(low for low, _ in ends), constant + sum(high for _, high in ends)


def _most(others: Sequence[float], index: int, weight: float, bound: float) -> float | None:
    """The largest x with which the statistic is at most `bound`, the others being these; None: any."""
    here, after = _at(others, index), _at(others, index + 1)
    if (here if weight == 0 else (1 - weight) * here + weight * after) <= bound:
        return None
    if here <= bound:
        return (bound - (1 - weight) * here) / weight if weight else bound
    if weight == 0:
        return bound
    return (bound - weight * here) / (1 - weight)


def _least(others: Sequence[float], index: int, weight: float, bound: float) -> float | None:
    """The smallest x with which the statistic is at least `bound`; None: any."""
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

"""What means and order statistics say: each body's own value, given how far the others can be apart.

Q, a mean or a quantile, rises with each value. So the values x of one body that fit a published Q in [low, high], the
others being anywhere in their intervals, are those with Q(x, others least) ≤ high and Q(x, others most) ≥ low; as Q is
continuous this is exact for a box. Quantiles are of type 7 (Hyndman and Fan 1996), as the product's documents say.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from attack.facts import Fact, Linear, Ordered
from attack.sheets import ZERO, Form, Unknown, plus

Bounds = Mapping[Unknown, tuple[Fraction, Fraction]]
_FRACTION = {"lower_quartile": 0.25, "median_of_bodies": 0.5, "upper_quartile": 0.75, "minimum": 0.0, "maximum": 1.0}


def statistic(kind: str, values: Sequence[float]) -> float:
    if kind == "mean_of_bodies":
        return math.fsum(values) / len(values)
    ordered = sorted(values)
    position = (len(ordered) - 1) * _FRACTION[kind]
    below = math.floor(position)
    rest = position - below
    return ordered[below] * (1 - rest) + (ordered[below + 1] * rest if rest else 0.0)


def linear_mean(fact: Ordered) -> Linear | None:
    """A mean of values whose denominators are known is linear."""
    if fact.kind != "mean_of_bodies" or any(set(d) - {None} or not d.get(None) for _, d in fact.ratios.values()):
        return None
    n = len(fact.ratios)
    total = plus(
        [p for p, _ in fact.ratios.values()], [Fraction(fact.scale) / d[None] / n for _, d in fact.ratios.values()]
    )
    return Linear(total, fact.low, fact.high, fact.source)


def span(form: Form, bounds: Bounds) -> tuple[Fraction, Fraction] | None:
    low = high = form.get(None, ZERO)
    for unknown, c in form.items():
        if unknown is not None:
            if unknown not in bounds:
                return None
            ends = bounds[unknown]
            low, high = low + c * ends[c < 0], high + c * ends[c > 0]
    return low, high


def _box(fact: Ordered, bounds: Bounds) -> dict[str, tuple[float, float]] | None:
    """Between what each body's own value lies."""
    found = {}
    for body, (numerator, denominator) in fact.ratios.items():
        over, under = span(numerator, bounds), span(denominator, bounds)
        if over is None or under is None or under[1] <= 0:
            return None
        low = over[0] / under[1]
        high = over[1] / under[0] if under[0] > 0 else None
        if _within(numerator, denominator) and (high is None or high > 1):
            high = Fraction(1)
        found[body] = (float(low * fact.scale), math.inf if high is None else float(high * fact.scale))
    return found


def _within(numerator: Form, denominator: Form) -> bool:
    """Whether both speak of one answer, so that the one is a part of the other."""
    return {u.question for u in numerator if u} == {u.question for u in denominator if u} != set()


def of_ordered(fact: Ordered, bounds: Bounds) -> Iterator[Fact]:
    """Linear facts, one body at a time."""
    box = _box(fact, bounds)
    if box is None:
        return
    for body, (least, most) in box.items():
        if most - least <= 1e-9:
            continue
        fits = _fitting(fact, body, box)
        numerator, denominator = fact.ratios[body]
        if fits[0] > least + 1e-6:
            low = Fraction(math.floor(fits[0] * 10**7 - 1), 10**7)
            yield Linear(plus((numerator, denominator), (fact.scale, -low)), ZERO, None, fact.source)
        if fits[1] < most - 1e-6:
            high = Fraction(math.ceil(fits[1] * 10**7 + 1), 10**7)
            yield Linear(plus((numerator, denominator), (-fact.scale, high)), ZERO, None, fact.source)


def _fitting(fact: Ordered, body: str, box: Mapping[str, tuple[float, float]]) -> tuple[float, float]:
    least = [ends[0] for b, ends in box.items() if b != body]
    most = [min(ends[1], 1e9) for b, ends in box.items() if b != body]
    lower, upper = box[body][0], min(box[body][1], 1e9)
    low, high = float(fact.low), float(fact.high)

    def at_least(x: float) -> bool:
        return statistic(fact.kind, [*most, x]) >= low - 1e-9

    def at_most(x: float) -> bool:
        return statistic(fact.kind, [*least, x]) <= high + 1e-9

    first = lower if at_least(lower) else _where(lambda x: at_least(x), lower, upper)
    last = upper if at_most(upper) else _where(lambda x: not at_most(x), lower, upper)
    return first, last


def _where(holds: object, low: float, high: float) -> float:
    """Where a condition that turns true does so, by bisection."""
    for _ in range(60):
        middle = (low + high) / 2
        if holds(middle):  # type: ignore[operator]
            high = middle
        else:
            low = middle
    return (low + high) / 2

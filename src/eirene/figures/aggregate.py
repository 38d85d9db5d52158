"""From what each body contributes to one line of one population: the values of every kind of figure.

What a body contributes to an indicator depends on its family:

    share_of_bodies, distribution   True or False
    rate                            Rate: numerator, denominator, its own rate (None if the denominator is zero)
    completeness                    Rate: persons whose break-down is known, all persons
    gap                             Gap: the terms of the difference, each a Rate, and its own gap
    count, measure                  Amount

Nothing here knows of packs, reports or rounding rules; everything is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any, NamedTuple

from eirene.figures.arithmetic import Exact, Pair, mean_rounded, number, pair, published, quantile, ratio, scaled


class Rate(NamedTuple):
    numerator: Exact
    denominator: Exact
    own: Pair | None
    #: Puts bodies in the order of their rates; -1 where there is none.
    key: int


class Gap(NamedTuple):
    terms: tuple[Rate, ...]
    own: Pair | None
    key: int


class Amount(NamedTuple):
    value: Exact
    own: Pair
    key: int


Contribution = bool | Rate | Gap | Amount


def rate(numerator: Exact, denominator: Exact) -> Rate:
    own = ratio(numerator, denominator)
    return Rate(numerator, denominator, own, -1 if own is None else scaled(own))


def gap(terms: tuple[Rate, ...], signs: Sequence[int]) -> Gap:
    """Difference of a body's own rates; None if one of them has no denominator."""
    if any(term.own is None for term in terms):
        return Gap(terms, None, -1)
    own = _combined([term.own for term in terms], signs)
    return Gap(terms, own, scaled(own))


def amount(value: Exact) -> Amount:
    own = pair(value)
    return Amount(value, own, scaled(own))


def _combined(values: Sequence[Pair | None], signs: Sequence[int]) -> Pair:
    """The signed sum of ratios, all of which are there."""
    numerator, denominator = 0, 1
    for value, sign in zip(values, signs, strict=True):
        assert value is not None
        numerator = numerator * value[1] + sign * value[0] * denominator
        denominator *= value[1]
    return numerator, denominator


class Form(NamedTuple):
    """How an indicator's values are written. signs: of the terms of a gap. scale: 100 for per cent."""

    family: str
    scale: int
    decimals: int
    signs: tuple[int, ...] = ()
    #: Quartiles across bodies as well as mean and median.
    quartiles: bool = False


class Result(NamedTuple):
    """One kind of figure. `bodies` are those in it; `left_out` those of the line's bodies that this kind leaves out."""

    kind: str
    value: Decimal | None
    numerator: int | Decimal | None
    denominator: int | Decimal | None
    bodies: tuple[str, ...]
    left_out: tuple[tuple[str, tuple[str, ...]], ...] = ()


Given = Mapping[str, Any]
Sizes = Mapping[str, int]


def aggregate(form: Form, bodies: tuple[str, ...], given: Given, sizes: Sizes) -> list[Result]:
    """The values of every kind for a family, over `bodies`, each of which has a contribution in `given`.

    sizes   persons, for the pooled rate without the largest; bodies of unknown size are not in it
    A value is None where nobody contributes or every denominator is zero.
    """
    return _FAMILIES[form.family](form, bodies, given, sizes)


def _share(kind: str, form: Form, bodies: tuple[str, ...], yes: int) -> Result:
    if not bodies:
        return Result(kind, None, None, None, bodies)
    value = published((yes, len(bodies)), form.scale, form.decimals)
    return Result(kind, value, yes, len(bodies), bodies)


def _shares(form: Form, bodies: tuple[str, ...], given: Given, sizes: Sizes) -> list[Result]:
    return [_share(form.family, form, bodies, sum(map(given.__getitem__, bodies)))]


def _pool(form: Form, rates: Sequence[Rate]) -> tuple[Decimal | None, Exact, Exact]:
    numerator: Exact = 0
    denominator: Exact = 0
    for one in rates:
        numerator += one[0]
        denominator += one[1]
    value = ratio(numerator, denominator)
    return None if value is None else published(value, form.scale, form.decimals), numerator, denominator


def _pooled(kind: str, form: Form, bodies: tuple[str, ...], given: Given) -> Result:
    if not bodies:
        return Result(kind, None, None, None, bodies)
    value, numerator, denominator = _pool(form, [given[b] for b in bodies])
    return Result(kind, value, number(numerator), number(denominator), bodies)


def _pooled_gap(kind: str, form: Form, bodies: tuple[str, ...], given: Given) -> Result:
    """Difference of pooled rates over the same bodies: those that gave the numbers of every term."""
    if not bodies:
        return Result(kind, None, None, None, bodies)
    values = []
    for place in range(len(form.signs)):
        terms = [given[b].terms[place] for b in bodies]
        values.append(ratio(sum(t.numerator for t in terms), sum(t.denominator for t in terms)))
    if any(value is None for value in values):
        return Result(kind, None, None, None, bodies)
    return Result(kind, published(_combined(values, form.signs), form.scale, form.decimals), None, None, bodies)


def _without_largest(bodies: tuple[str, ...], given: Given, sizes: Sizes) -> tuple[str, ...]:
    """All but the largest body, by size; where no size is known, by denominator. Ties: the first in order."""
    known = [b for b in bodies if b in sizes]
    largest = max(known, key=sizes.__getitem__) if known else max(bodies, key=lambda b: _denominator(given[b]))
    return tuple(b for b in bodies if b != largest)


def _denominator(one: Rate | Gap) -> Exact:
    return one.denominator if isinstance(one, Rate) else one.terms[0].denominator


_KEY = attrgetter("key")


def _of_bodies(form: Form, bodies: tuple[str, ...], given: Given, kinds: Sequence[str]) -> list[Result]:
    """Mean, median, quartiles … of the bodies' own values, over those that have one."""
    own = bodies
    left_out: tuple[tuple[str, tuple[str, ...]], ...] = ()
    values = [given[b] for b in bodies]
    if any(v.own is None for v in values):
        own = tuple(b for b, v in zip(bodies, values, strict=True) if v.own is not None)
        left_out = (("zero_denominator", tuple(b for b in bodies if b not in own)),)
        values = [given[b] for b in own]
    if not own:
        return [Result(kind, None, None, None, own, left_out) for kind in kinds]
    values.sort(key=_KEY)
    ordered = [v.own for v in values]
    found = []
    for kind in kinds:
        if kind == "mean_of_bodies":
            value = mean_rounded(ordered, [v.key for v in values], form.scale, form.decimals)
        else:
            value = published(_ORDER[kind](ordered), form.scale, form.decimals)
        found.append(Result(kind, value, None, None, own, left_out))
    return found


_ORDER: Mapping[str, Callable[[Sequence[Pair]], Pair]] = {
    "median_of_bodies": lambda ordered: quantile(ordered, 2),
    "lower_quartile": lambda ordered: quantile(ordered, 1),
    "upper_quartile": lambda ordered: quantile(ordered, 3),
    "minimum": lambda ordered: ordered[0],
    "maximum": lambda ordered: ordered[-1],
}
_QUARTILES = ("lower_quartile", "upper_quartile")
_CENTRE = ("mean_of_bodies", "median_of_bodies")


def _rates(form: Form, bodies: tuple[str, ...], given: Given, sizes: Sizes) -> list[Result]:
    pooled = _pooled_gap if form.family == "gap" else _pooled
    rest = _without_largest(bodies, given, sizes) if bodies else bodies
    left_out = tuple(b for b in bodies if b not in rest) if bodies else ()
    without = pooled("pooled_without_largest", form, rest, given)
    # The name of the largest goes nowhere: it is counted among those left out, without a code.
    without = without._replace(left_out=(("largest", left_out),) if left_out else ())
    kinds = (*_CENTRE, *_QUARTILES) if form.quartiles else _CENTRE
    return [pooled("pooled", form, bodies, given), without, *_of_bodies(form, bodies, given, kinds)]


def _completeness(form: Form, bodies: tuple[str, ...], given: Given, sizes: Sizes) -> list[Result]:
    complete = sum(given[b].numerator == given[b].denominator for b in bodies)
    return [_pooled("pooled", form, bodies, given), _share("share_of_bodies", form, bodies, complete)]


def _counts(form: Form, bodies: tuple[str, ...], given: Given, sizes: Sizes) -> list[Result]:
    if not bodies:
        return [Result(kind, None, None, None, bodies) for kind in ("count", "median_of_bodies")]
    total: Exact = sum(given[b].value for b in bodies)
    count = Result("count", published(pair(total), 1, form.decimals), number(total), None, bodies)
    return [count, *_of_bodies(form, bodies, given, ("median_of_bodies", *(_QUARTILES if form.quartiles else ())))]


def _measures(form: Form, bodies: tuple[str, ...], given: Given, sizes: Sizes) -> list[Result]:
    return _of_bodies(form, bodies, given, (*_CENTRE, *_QUARTILES, "minimum", "maximum"))


_FAMILIES: Mapping[str, Callable[[Form, tuple[str, ...], Given, Sizes], list[Result]]] = {
    "share_of_bodies": _shares,
    "distribution": _shares,
    "rate": _rates,
    "gap": _rates,
    "completeness": _completeness,
    "count": _counts,
    "measure": _measures,
}

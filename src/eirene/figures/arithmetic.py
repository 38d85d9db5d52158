"""Exact arithmetic of figures: ratios of integers, rounded once.

A value is a pair (numerator, denominator) of integers with denominator > 0, never a float. Rates of bodies are put in
order, and added up for the mean, as integers scaled by 10⁴⁰; where that could decide a rounding, exact fractions are
used instead. So what is published is always the exact value, rounded half to even, at a fraction of the cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal
from fractions import Fraction

Exact = int | Fraction
#: numerator, denominator; denominator > 0
Pair = tuple[int, int]

SCALE = 10**40
#: Large enough that nothing a report may hold is ever rounded; the ambient context is the caller's, not ours.
_CONTEXT = Context(prec=2000)
_DECIMALS = tuple(10**n for n in range(20))


def exact(value: int | Decimal | Fraction) -> Exact:
    """The same number as int where whole, else as Fraction."""
    if type(value) is int:
        return value
    fraction = Fraction(value)
    return fraction.numerator if fraction.denominator == 1 else fraction


def pair(value: Exact) -> Pair:
    return (value, 1) if type(value) is int else (value.numerator, value.denominator)


def ratio(numerator: Exact, denominator: Exact) -> Pair | None:
    """numerator ÷ denominator; None if the denominator is zero."""
    if not denominator:
        return None
    if type(numerator) is int and type(denominator) is int:
        return (numerator, denominator) if denominator > 0 else (-numerator, -denominator)
    fraction = Fraction(numerator) / Fraction(denominator)
    return fraction.numerator, fraction.denominator


def scaled(value: Pair) -> int:
    """⌊value × 10⁴⁰⌋: puts exact ratios in order. Ratios whose denominators are below 10²⁰ never tie wrongly."""
    return value[0] * SCALE // value[1]


def half_even(numerator: int, denominator: int) -> int:
    """numerator ÷ denominator (> 0) to the nearest integer, ties to even."""
    quotient, rest = divmod(numerator, denominator)
    twice = 2 * rest
    return quotient + 1 if twice > denominator or (twice == denominator and quotient & 1) else quotient


def published(value: Pair, scale: int, decimals: int) -> Decimal:
    """value × scale, rounded half to even, with exactly so many decimals."""
    return decimal(half_even(value[0] * scale * _DECIMALS[decimals], value[1]), decimals)


def decimal(unscaled: int, decimals: int) -> Decimal:
    """unscaled ÷ 10^decimals, written with exactly so many decimals."""
    return Decimal(unscaled).scaleb(-decimals, _CONTEXT) if decimals else Decimal(unscaled)


def number(value: Exact) -> int | Decimal:
    """A sum as it is published: int where whole, else an exact Decimal; a quotient that never ends, to 12 decimals."""
    if type(value) is int:
        return value
    numerator, denominator = value.numerator, value.denominator
    if denominator == 1:
        return numerator
    rest, decimals = denominator, 0
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest, power = rest // prime, power + 1
        decimals = max(decimals, power)
    if rest != 1:
        decimals = 12
    return decimal(half_even(numerator * 10**decimals, denominator), decimals).normalize(_CONTEXT)


def mean_rounded(values: Sequence[Pair], keys: Sequence[int], scale: int, decimals: int) -> Decimal:
    """Mean of ratios, rounded. `keys` are their `scaled` values; at least one.

    Every key is at most one unit of 10⁻⁴⁰ below its ratio, so the sum lies in [low, low + n]. Rounding is monotonic:
    if both ends round to the same number, so does the exact mean.
    """
    low, count, factor = sum(keys), len(keys), scale * _DECIMALS[decimals]
    below, above = half_even(low * factor, count * SCALE), half_even((low + count) * factor, count * SCALE)
    if below == above:
        return decimal(below, decimals)
    mean = sum((Fraction(n, d) for n, d in values), Fraction(0)) / count
    return published((mean.numerator, mean.denominator), scale, decimals)


def quantile(ordered: Sequence[Pair], quarter: int) -> Pair:
    """The first (1), second (2: the median) or third (3) quartile of values in ascending order; at least one.

    Linear interpolation between order statistics, type 7 in R. J. Hyndman and Y. Fan, "Sample quantiles in statistical
    packages", The American Statistician 50 (1996) 361-365: with n values, at position (n - 1) × p counted from 0.
    """
    position = (len(ordered) - 1) * quarter
    index, rest = divmod(position, 4)
    if not rest:
        return ordered[index]
    (low, of_low), (high, of_high) = ordered[index], ordered[index + 1]
    return (4 - rest) * low * of_high + rest * high * of_low, 4 * of_low * of_high

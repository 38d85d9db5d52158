"""Exact values, rounded once, half to even."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eirene.figures.arithmetic import exact, half_even, mean_rounded, number, published, quantile, ratio, scaled

pairs = st.tuples(st.integers(0, 10**6), st.integers(1, 10**6))


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"), [(5, 2, 2), (7, 2, 4), (-5, 2, -2), (-7, 2, -4), (1, 3, 0), (2, 3, 1)]
)
def test_ties_go_to_the_even_number(numerator: int, denominator: int, rounded: int) -> None:
    assert half_even(numerator, denominator) == rounded


def test_a_share_is_written_with_the_decimals_asked_for() -> None:
    assert str(published((11, 27), 100, 1)) == "40.7"
    assert str(published((1, 8), 100, 1)) == "12.5"
    assert str(published((1, 16), 100, 1)) == "6.2"
    assert str(published((3, 16), 100, 1)) == "18.8"
    assert str(published((1, 1), 100, 0)) == "100"


def test_numbers_of_any_length_stay_exact() -> None:
    assert published((10**60 + 1, 1), 1, 1) == Decimal(10**60 + 1)
    assert number(exact(Decimal("0.1")) + exact(Decimal("0.2"))) == Decimal("0.3")
    assert number(Fraction(1, 3)) == Decimal("0.333333333333")


def test_there_is_no_ratio_to_zero() -> None:
    assert ratio(1, 0) is None
    assert ratio(Fraction(1, 2), -1) == (-1, 2)


@given(st.lists(pairs, min_size=1, max_size=30), st.integers(0, 3))
def test_the_mean_is_the_exact_mean_rounded(values: list[tuple[int, int]], decimals: int) -> None:
    mean = sum((Fraction(*v) for v in values), Fraction(0)) / len(values)
    wanted = published((mean.numerator, mean.denominator), 100, decimals)
    assert mean_rounded(values, [scaled(v) for v in values], 100, decimals) == wanted


def test_a_mean_that_is_a_tie_is_decided_exactly() -> None:
    thirds = [(1, 3), (1, 3), (10, 12)]  # mean one half
    assert str(mean_rounded(thirds, [scaled(v) for v in thirds], 1, 0)) == "0"


@pytest.mark.parametrize(("quarter", "value"), [(1, Fraction(7, 4)), (2, Fraction(5, 2)), (3, Fraction(13, 4))])
def test_quartiles_are_of_type_7(quarter: int, value: Fraction) -> None:
    assert Fraction(*quantile([(1, 1), (2, 1), (3, 1), (4, 1)], quarter)) == value


@given(st.lists(pairs, min_size=1, max_size=9))
def test_quartiles_lie_between_smallest_and_largest(values: list[tuple[int, int]]) -> None:
    ordered = sorted(values, key=lambda v: Fraction(*v))
    quartiles = [Fraction(*quantile(ordered, q)) for q in (1, 2, 3)]
    assert Fraction(*ordered[0]) <= quartiles[0] <= quartiles[1] <= quartiles[2] <= Fraction(*ordered[-1])

"""Expressions that are sums of cells, and those that are not."""

from __future__ import annotations

import pytest

from eirene.disclosure.linear import CellTerm, linear_terms

KNOWN = frozenset({"crew", "guests"})


def test_a_cell_means_what_is_bound_and_what_is_named() -> None:
    assert linear_terms("crew[sex=women]", {"rank": "OF-6+"}, KNOWN) == (
        CellTerm(1, "crew", {"rank": "OF-6+", "sex": "women"}),
    )


def test_sums_and_differences_keep_their_signs() -> None:
    found = linear_terms("crew - guests[sex=men] + guests", {}, KNOWN)
    assert found is not None
    assert [(t.coefficient, t.question) for t in found] == [(1, "crew"), (-1, "guests"), (1, "guests")]


@pytest.mark.parametrize("text", ["crew / 2", "count(guests)", "crew * 2", "crew guests", "others", "", "crew[sex in]"])
def test_what_is_no_sum_of_cells_is_none(text: str) -> None:
    assert linear_terms(text, {}, KNOWN) is None

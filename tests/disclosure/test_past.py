"""A value that is kept back in its own cycle is not told as "before" by a later one."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from eirene.disclosure.past import without_hidden_past
from eirene.figures import Change, Figure

THEN = Figure("crew", "2021", "ports", "count", "persons", {"en": "Crew"}, Decimal(700), numerator=700)
NOW = replace(THEN, cycle="2022", value=Decimal(900), numerator=900, change=Change("2021", Decimal(700), 3, 1, 2, 0))


def hidden(figure: Figure) -> Figure:
    return replace(figure, value=None, numerator=None, suppressed="protected")


def test_a_change_goes_with_the_value_that_it_starts_from() -> None:
    then, now = without_hidden_past([hidden(THEN), NOW])
    assert now.change is None
    assert (now.value, then.value) == (Decimal(900), None)


def test_that_a_comparison_is_forbidden_is_still_said() -> None:
    forbidden = replace(NOW, change=replace(NOW.change or Change("", None), not_comparable={"en": "Recounted."}))
    change = without_hidden_past([hidden(THEN), forbidden])[1].change
    assert change == Change("2021", None, not_comparable={"en": "Recounted."})


def test_a_change_since_a_value_that_is_told_stays() -> None:
    assert without_hidden_past([THEN, NOW]) == (THEN, NOW)


def test_another_break_down_is_another_figure() -> None:
    other = replace(THEN, dimensions={"sex": "women"})
    assert without_hidden_past([hidden(other), THEN, NOW])[2] == NOW

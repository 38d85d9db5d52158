"""Reading cells: given, following from parts, or unknown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cast import sampler
from eirene.framework import asked
from eirene.questionnaires import Answer, Cell, cell_value

PACK = sampler()
QUESTIONS = asked(PACK, "2022").questions
NA, WITHHELD = Cell(None, "not_applicable"), Cell(None, "withheld")


def value(question: str, cells: dict[tuple[str, ...], Any], **cell: str) -> Any:
    given = {key: v if isinstance(v, Cell) else Cell(v) for key, v in cells.items()}
    return cell_value(PACK, QUESTIONS[question].question, Answer(question, "answered", cells=given), cell)


def test_a_cell_that_is_given_is_taken_even_where_its_parts_say_otherwise() -> None:
    cells = {("_T", "women"): 3, ("_T", "men"): 4, ("_T", "_T"): 9}
    assert value("staff", cells) == 9


def test_a_total_follows_from_its_parts_if_all_are_known() -> None:
    cells = {(s, x): n for s in ("army", "navy", "air_force") for x, n in (("women", 1), ("men", 2))}
    assert value("staff", cells) == 9
    assert value("staff", cells, sex="women") == 3
    assert value("staff", cells, service="army") == 3
    del cells[("navy", "men")]
    assert value("staff", cells) is None
    assert value("staff", cells, sex="women") == 3


def test_a_breakdown_never_follows_from_a_total() -> None:
    cells = {("_T", "_T"): 10, ("_T", "women"): 10}
    assert value("staff", cells, sex="men") is None
    assert value("staff", cells, service="army") is None


def test_bands_join_upward() -> None:
    cells = {("OF-6", "women"): 1, ("OF-7", "women"): 2, ("OF-3-5", "women"): 5}
    assert value("ranks", cells, rank="OF-6+", sex="women") == 3
    assert value("ranks", cells, sex="women") == 8
    assert value("ranks", cells, rank="OF-3", sex="women") is None
    del cells[("OF-7", "women")]
    assert value("ranks", cells, rank="OF-6+", sex="women") is None


def test_what_does_not_apply_counts_as_nothing_in_a_sum_and_is_no_value_by_itself() -> None:
    cells: dict[tuple[str, ...], Any] = {("OF-6", "women"): 1, ("OF-7", "women"): NA}
    assert value("ranks", cells, rank="OF-6+", sex="women") == 1
    assert value("ranks", cells, rank="OF-7", sex="women") is None
    assert value("ranks", {("OF-6", "women"): NA, ("OF-7", "women"): NA}, rank="OF-6+", sex="women") is None


def test_withheld_and_no_data_are_unknown_and_so_is_every_sum_with_them() -> None:
    cells: dict[tuple[str, ...], Any] = {("OF-6", "women"): 1, ("OF-7", "women"): WITHHELD}
    assert value("ranks", cells, rank="OF-6+", sex="women") is None
    assert value("ranks", {("_T", "_T"): WITHHELD, ("_T", "women"): 1, ("_T", "men"): 1}) is None


def test_shares_and_dimensions_without_a_total_are_never_added() -> None:
    share = QUESTIONS["staff"].question.model_copy(update={"unit": "percent", "integer": False})
    answer = Answer(
        "staff", "answered", cells={("_T", "women"): Cell(Decimal("9.5")), ("_T", "men"): Cell(Decimal("90.5"))}
    )
    assert cell_value(PACK, share, answer, {}) is None
    assert value("cube", {("army", "law", "_T"): 1, ("army", "order", "_T"): 2}, service="army") is None


def test_an_answer_that_was_not_given_has_no_cells() -> None:
    assert cell_value(PACK, QUESTIONS["staff"].question, Answer("staff", "withheld"), {}) is None


LINES = st.tuples(st.sampled_from(["army", "navy", "air_force"]), st.sampled_from(["women", "men"]))


@given(st.dictionaries(LINES, st.integers(0, 10**6)))
def test_a_sum_is_known_exactly_when_all_its_parts_are(cells: dict[tuple[str, str], int]) -> None:
    total = value("staff", dict(cells))
    assert total == (sum(cells.values()) if len(cells) == 6 else None)


@pytest.mark.parametrize("number", [Decimal("0.1"), Decimal("123456789012345.12345678901234567890")])
def test_decimals_are_added_exactly(number: Decimal) -> None:
    cells = {("OF-6", "women"): number, ("OF-7", "women"): number}
    found = value("ranks", cells, rank="OF-6+", sex="women")
    assert str(found) in {"0.2", "246913578024690.24691357802469135780"}

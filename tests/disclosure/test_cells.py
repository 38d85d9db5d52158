"""Small counts are not shown under a name, nor what would give them away (toy: fewer than three of a workforce)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cast import sampler, toy_report
from disclosure.test_audience import wide
from eirene.disclosure.cells import closed, small_cells
from eirene.questionnaires.model import Answer, Cell
from release.making import view_of


def matrix(values: dict[tuple[str, ...], int]) -> Answer:
    return Answer("staff", "answered", cells={key: Cell(value) for key, value in values.items()})


def table(*rows: tuple[int, int]) -> Answer:
    """Women and men of services 1, 2, …, with all totals."""
    found: dict[tuple[str, ...], int] = {}
    for number, (women, men) in enumerate(rows, start=1):
        found |= {(f"s{number}", "women"): women, (f"s{number}", "men"): men, (f"s{number}", "_T"): women + men}
    found |= {("_T", "women"): sum(w for w, _ in rows), ("_T", "men"): sum(m for _, m in rows)}
    return matrix(found | {("_T", "_T"): sum(w + m for w, m in rows)})


def test_a_small_count_goes_with_what_would_give_it_away() -> None:
    gone = small_cells(table((2, 50), (20, 80), (30, 90)), 3)
    assert gone == {("s1", "women"), ("s1", "men"), ("s2", "women"), ("s2", "men")}


def test_zero_is_a_finding_and_stays() -> None:
    assert small_cells(table((0, 50), (20, 80)), 3) == frozenset()


def test_without_a_sum_nothing_can_be_given_away() -> None:
    assert small_cells(matrix({("women",): 2, ("men",): 50}), 3) == {("women",)}


def test_a_class_without_threshold_hides_nothing() -> None:
    assert small_cells(table((1, 1), (1, 1)), 0) == frozenset()


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=5))
def test_no_line_with_its_sum_has_one_gap_alone(rows: list[tuple[int, int]]) -> None:
    answer = table(*rows)
    gone = small_cells(answer, 3)
    assert all(key in gone for key, cell in answer.cells.items() if cell.value in (1, 2))
    for key in gone:
        for place in (0, 1):
            line = [k for k in answer.cells if k[1 - place] == key[1 - place]]
            assert len([k for k in line if k in gone]) != 1
    assert closed(answer, gone) == gone


def small(naming: bool = True) -> list[dict[str, Any]]:
    sizes = [(2, 80), (30, 200), (40, 300), (50, 400), (60, 900)]
    return [
        toy_report(f"P{i:02}", w, m, "yes" if i % 2 else "no", naming=naming) for i, (w, m) in enumerate(sizes, start=1)
    ]


def test_an_answer_by_name_comes_without_its_small_cells() -> None:
    view = view_of(wide(5), "2022", "everyone", small())
    answer = view.answer("P01", "crew")
    assert answer is not None
    assert set(answer.cells) == {("_T",)}
    assert view.left_out("P01", "crew") == {("women",), ("men",)}


def test_the_sum_over_all_does_not_give_it_back() -> None:
    """All others are named: 180 women less theirs would be the 2. Two more hide their women: one alone could tell."""
    view = view_of(wide(5), "2022", "everyone", small())
    hidden = [b for b in sorted(view.pack.bodies) if ("women",) in view.left_out(b, "crew")]
    assert 3 <= len(hidden) < 5
    pooled = next(f for f in view.figures if f.key == "women_on_board.2022.ports.pooled")
    assert pooled.value is not None
    assert not set(hidden) & set(pooled.members)


def test_what_is_redacted_holds_nothing_else() -> None:
    view = view_of(wide(5), "2022", "everyone", small(naming=False))
    assert all(view.redact(report).answers == {} for report in view.reports)
    office = view_of(wide(5), "2022", "secretariat", small())
    assert all(office.redact(report).answers == report.answers for report in office.reports)


@pytest.mark.parametrize("audience", ["members", "public"])
def test_percentages_and_texts_have_no_small_counts(audience: str) -> None:
    pack = sampler()
    body = next(b for b, one in pack.bodies.items() if one.attr.get("armed_forces") == "yes")
    answers = {"leave_weeks": {"status": "answered", "value": 1, "naming": True}}
    report = {"format": "eirene.report/1", "pack": "sampler", "questionnaire": "q2", "cycle": "2022", "body": body}
    view = view_of(pack, "2022", audience, [{**report, "answers": answers}])
    assert not view.left_out(body, "leave_weeks")

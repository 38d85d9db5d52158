"""The attacker is itself put to the test: it finds what is planted, one hole of each kind, and nothing elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Collection
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from attack.attacker import Recovered, attack
from attack.expressions import Term, Yes, condition, number
from attack.facts import Linear
from attack.orders import statistic
from attack.sheets import Unknown
from attack.solving import System, components, narrow, propagated
from attack.stage import Figure, Names, Told, cut, office

CREWS = [(10, 90), (30, 120), (25, 300), (60, 140), (33, 77)]
TOLD = Told(CREWS, "ynyny")


def all_but(*bodies: str, n: int = 5) -> set[tuple[str, str]]:
    return {(f"P{i}", q) for i in range(1, n + 1) for q in ("crew", "charter") if f"P{i}" not in bodies}


def only(*ids: str, kinds: Collection[str] = ("pooled", "count"), cycles: Collection[str] = ("2022",)) -> Any:
    def keep(figure: Figure) -> bool:
        return figure["id"] in ids and figure["kind"] in kinds and figure["cycle"] in cycles

    return keep


def values(found: list[Recovered], body: str, question: str = "crew") -> dict[str, tuple[float, float]]:
    """cell → interval of what was recovered of a body."""
    return {
        r.cell[0]: r.interval
        for r in found
        if r.kind == "value" and r.body == body and r.question == question and r.interval is not None
    }


def answers(found: list[Recovered]) -> set[tuple[str, str, str, str]]:
    return {(r.kind, r.cycle, r.body, r.told) for r in found if r.kind != "value"}


def folder(
    tmp_path: Path,
    names: Names,
    keep: Callable[[Figure], bool],
    told: Told = TOLD,
    name: str = "a",
    **more: Any,
) -> Path:
    return cut(office(tmp_path / f"office-{name}", told), tmp_path / name, [told], names, keep, **more)


# --- values ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("truth", [TOLD.truth, None], ids=["knows who answered", "knows the release alone"])
def test_one_that_is_left_over_of_a_sum_is_found(tmp_path: Path, truth: Any) -> None:
    found = attack([folder(tmp_path, all_but("P3"), only("women_on_board"))], truth)
    assert values(found, "P3") | {"men": (300, 300)} == {"women": (25, 25), "men": (300, 300), "_T": (325, 325)}
    assert {r.body for r in found if r.kind == "value"} == {"P3"}


def test_two_that_are_left_over_hide_each_other(tmp_path: Path) -> None:
    assert not values(attack([folder(tmp_path, all_but("P2", "P3"), only("women_on_board"))], TOLD.truth), "P3")


def test_one_of_two_that_are_left_over_finds_the_other(tmp_path: Path) -> None:
    release = folder(tmp_path, all_but("P2", "P3"), only("women_on_board"))
    found = attack([release], TOLD.truth, knows=["P2"])
    assert values(found, "P3")["women"] == (25, 25)
    assert not values(found, "P2")


def test_the_sum_with_and_without_the_largest_tells_the_largest(tmp_path: Path) -> None:
    keep = only("women_on_board", kinds=("pooled", "pooled_without_largest"))
    found = attack([folder(tmp_path, set(), keep)], TOLD.truth)
    assert values(found, "P3") == {"women": (25, 25), "men": (300, 300), "_T": (325, 325)}
    assert {r.body for r in found if r.kind == "value"} == {"P3"}


def test_persons_covered_by_two_figures_tell_the_one_between_them(tmp_path: Path) -> None:
    """P3 withheld its crew's break-down: it is in the total, not in the rate; the covered persons differ by it."""

    def drop(figure: dict[str, Any]) -> None:
        covered = sum(map(sum, CREWS)) - (325 if figure["id"] == "women_on_board" else 0)
        gone = figure["id"] == "women_on_board"
        figure.update(value=None, numerator=None, denominator=None, n_answered=4 if gone else 5)
        figure["coverage"] = {"bodies": 5 - gone, "of_bodies": 5, "personnel": covered, "of_personnel": None}

    truth = {"2022": {b: dict(a) for b, a in TOLD.truth["2022"].items()}}
    truth["2022"]["P3"]["crew"] = {"status": "answered", "cells": [{"sex": "_T", "value": 325}]}
    release = folder(tmp_path, set(), only("women_on_board", "crew_total"), change=drop)
    assert values(attack([release], truth), "P3") == {"_T": (325, 325)}


def test_a_rounded_share_of_a_small_crew_tells_it_without_any_numerator(tmp_path: Path) -> None:
    def round_off(figure: dict[str, Any]) -> None:
        figure.update(numerator=None, coverage=None)

    release = folder(tmp_path, all_but("P1"), only("women_on_board"), change=round_off)
    assert values(attack([release], TOLD.truth), "P1")["women"] == (10, 10)


@pytest.mark.parametrize("kind", ["mean_of_bodies", "median_of_bodies", "lower_quartile"])
def test_a_statistic_of_bodies_tells_the_one_that_is_not_named(tmp_path: Path, kind: str) -> None:
    """P2's share of 20 per cent is the median of 10, 7.7, 20, 30 and 30: whoever it is, it is the one left over."""
    told = Told([(10, 90), (40, 160), (25, 300), (60, 140), (33, 77)], "ynyny")
    hidden = {"median_of_bodies": "P2", "lower_quartile": "P1", "mean_of_bodies": "P4"}[kind]
    release = folder(
        tmp_path, all_but(hidden), only("women_on_board", kinds=(kind,)), told,
        protected={}, change=lambda f: f.update(coverage=None),
    )  # fmt: skip
    # The total is known from elsewhere: the crew's total is public, its women are not.
    totals = folder(tmp_path, all_but(hidden), only("crew_total"), told, name="b")
    women = values(attack([release, totals], told.truth), hidden)["women"]
    assert women[0] <= {"P2": 40, "P1": 10, "P4": 60}[hidden] <= women[1]
    assert not values(attack([totals], told.truth), hidden).get("women")


def test_a_cell_that_its_margins_give_away_is_found(tmp_path: Path) -> None:
    release = folder(tmp_path, all_but(), only(), protected={("P1", "crew"): ["sex=women"]})
    assert values(attack([release], TOLD.truth), "P1") == {"women": (10, 10)}
    assert values(attack([release]), "P1") == {"women": (10, 10)}


def test_two_cells_that_hide_each_other_are_not_found(tmp_path: Path) -> None:
    release = folder(tmp_path, all_but(), only(), protected={("P1", "crew"): ["sex=women", "sex=men"]})
    assert not attack([release], TOLD.truth)


def test_a_sum_of_nothing_tells_of_everybody(tmp_path: Path) -> None:
    told = Told([(0, 90), (0, 120), (0, 300)], "yny")
    found = attack([folder(tmp_path, set(), only("women_on_board"), told)], told.truth)
    assert [values(found, b)["women"] for b in ("P1", "P2", "P3")] == [(0, 0)] * 3


# --- more than one release, more than one cycle ---------------------------------------------------------------------


def test_a_figure_hidden_from_one_audience_and_shown_to_another_is_found_by_both(tmp_path: Path) -> None:
    """One names P2, the other P3; each alone leaves two."""
    one = folder(tmp_path, all_but("P2", "P3"), only("women_on_board"))
    other = folder(tmp_path, all_but("P3", "P4"), only("crew_total"), name="b")
    assert not values(attack([one], TOLD.truth), "P3")
    assert not values(attack([other], TOLD.truth), "P3")
    assert values(attack([one, other], TOLD.truth), "P3")["women"] == (25, 25)


def test_an_answer_withheld_in_a_correction_is_the_difference(tmp_path: Path) -> None:
    after = Told(CREWS, "ynyny", withheld=[("P3", "crew")])
    first = folder(tmp_path, all_but("P2", "P3"), only("women_on_board"))
    second = folder(tmp_path, all_but("P2", "P3"), only("women_on_board"), after, name="b")
    found = attack([first, second], [TOLD.truth, after.truth])
    assert values(found, "P3")["women"] == (25, 25)


def test_a_corrected_answer_is_another_value(tmp_path: Path) -> None:
    """P3 corrected 25 to 29: two releases that each leave two over tell by how much, not from where."""
    after = Told([(10, 90), (30, 120), (29, 300), (60, 140), (33, 77)], "ynyny")
    first = folder(tmp_path, all_but("P2", "P3"), only("women_on_board"))
    second = folder(tmp_path, all_but("P2", "P3"), only("women_on_board"), after, name="b")
    assert not values(attack([first, second], [TOLD.truth, after.truth]), "P3")
    third = folder(tmp_path, all_but("P3"), only("women_on_board"), after, name="c")
    found = attack([first, third], [TOLD.truth, after.truth])
    # P2, named in the correction, is known; and so is P3, before and after.
    assert {r.truth for r in found if r.body == "P3" and r.cell == ("women",)} == {"25", "29"}


def over_two_years(tmp_path: Path, now: Told, names: Names, keep: Callable[[Figure], bool]) -> tuple[Path, Any]:
    before = Told([(8, 92), (28, 122), (0, 0), (55, 150), (30, 80)], "nn-ny", cycle="2021")
    earlier = office(tmp_path / "earlier", before)
    release = office(tmp_path / "now", now, [earlier])
    return cut(release, tmp_path / "a", [before, now], names, keep), {**before.truth, **now.truth}


@pytest.mark.parametrize(("id", "kinds"), [("women_on_board", ("pooled", "matched_panel")), ("crew_total", ("count",))])
def test_a_matched_panel_tells_who_is_new(tmp_path: Path, id: str, kinds: Collection[str]) -> None:
    """P3 reported for the first time: all, less those that are in both years."""
    release, truth = over_two_years(tmp_path, TOLD, set(), only(id, kinds=kinds))
    assert values(attack([release], truth), "P3")["_T"] == (325, 325)


def test_bodies_gained_and_lost_tell_answers_of_another_year(tmp_path: Path) -> None:
    """In 2022 all are named but P1 and P2; both said no before; one is gained among four named as they were."""
    names = {(b, "charter") for b in ("P3", "P4", "P5")}
    keep = only("charter_share", kinds=("share_of_bodies",), cycles=("2021", "2022"))
    release, truth = over_two_years(tmp_path, Told(CREWS, "yyyny"), names, keep)
    found = answers(attack([release], truth))
    assert {("answer", "2021", "P1", "no"), ("answer", "2021", "P2", "no")} <= found
    assert {("answer", "2022", "P1", "yes"), ("answer", "2022", "P2", "yes")} <= found


# --- answers and statuses -------------------------------------------------------------------------------------------


def test_of_one_that_is_left_over_the_count_is_the_answer(tmp_path: Path) -> None:
    release = folder(tmp_path, all_but("P2"), only())
    assert answers(attack([release])) == {("answer", "2022", "P2", "no")}


def test_those_left_over_who_said_the_same_are_known(tmp_path: Path) -> None:
    release = folder(tmp_path, all_but("P2", "P4"), only())
    assert answers(attack([release])) == {("answer", "2022", "P2", "no"), ("answer", "2022", "P4", "no")}


def test_those_left_over_of_two_minds_are_not(tmp_path: Path) -> None:
    release = folder(tmp_path, all_but("P1", "P2"), only())
    assert not answers(attack([release]))
    assert not answers(attack([release], TOLD.truth))


def test_of_two_minds_one_of_them_knows_the_other(tmp_path: Path) -> None:
    release = folder(tmp_path, all_but("P1", "P2"), only())
    assert answers(attack([release], TOLD.truth, knows=["P1"])) == {("answer", "2022", "P2", "no")}


def test_who_knows_that_one_withheld_knows_what_the_other_said(tmp_path: Path) -> None:
    """P1 withheld, P2 said no: by counts alone nobody knows who is which; who knows it knows the answer."""
    told = Told(CREWS, "wnyny")
    release = folder(tmp_path, all_but("P1", "P2"), only(), told)
    assert not answers(attack([release]))
    assert answers(attack([release], told.truth)) == {("answer", "2022", "P2", "no")}


@pytest.mark.parametrize(("letter", "status"), [("w", "withheld"), ("-", "no_report")])
def test_who_gave_no_answer_is_known_where_all_others_are_named(tmp_path: Path, letter: str, status: str) -> None:
    told = Told(CREWS, f"yn{letter}ny")
    release = folder(tmp_path, all_but("P3"), only(), told)
    assert ("status", "2022", "P3", status) in answers(attack([release]))


# --- its parts ------------------------------------------------------------------------------------------------------


def test_simple_expressions_are_read_and_others_left_alone() -> None:
    assert number("crew[sex=women, rank=OF-6+]") == (
        Term(Fraction(1), "crew", {"sex": ("women",), "rank": ("OF-6+",)}),
    )
    assert number("crew - 2 * crew[sex=men]") == (
        Term(Fraction(1), "crew", {}),
        Term(Fraction(-2), "crew", {"sex": ("men",)}),
    )
    assert number("sum(crew where sex in (women, men) and rank == OF-1)") == (
        Term(Fraction(1), "crew", {"sex": ("women", "men"), "rank": ("OF-1",)}, parts=True),
    )
    assert number("count(courses)") == (Term(Fraction(1), "courses", {}, rows=True),)
    assert number("previous(crew)") is None
    assert number("crew / 2") is None
    assert condition("charter == yes") == Yes("charter", "yes")
    assert condition("nap == yes and budget == yes") == Yes("budget", "yes", gate="nap == yes")
    assert condition("reported") is None


def test_quantiles_are_those_of_the_releases() -> None:
    assert statistic("lower_quartile", [4, 1, 3, 2]) == 1.75
    assert statistic("median_of_bodies", [4, 1, 3, 2]) == 2.5
    assert statistic("maximum", [4, 1, 3, 2]) == 4


def test_whole_numbers_tell_more_than_the_linear_programme() -> None:
    """6 x + 10 y + 15 z = 31 has one solution in whole numbers, which no bound of one alone shows."""
    unknowns = [Unknown("2022", f"P{i}", "crew", ("women",)) for i in range(3)]
    system = System()
    told = {u: Fraction(c) for u, c in zip(unknowns, (6, 10, 15), strict=True)}
    system.add(Linear(told, Fraction(31), Fraction(31), "made up"))
    (component,) = components(system, propagated(system, lambda u: True, {}))
    assert not narrow(component, lambda u: 1, lambda u: True)[0]
    for place in range(3):
        direction = np.eye(3)[place]
        ends = [component.whole_optimum(sign * direction, np.array([True] * 3), 5) for sign in (1, -1)]
        assert ends == pytest.approx([1, -1])

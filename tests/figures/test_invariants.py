"""What holds for every figure, whatever was answered."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from cast import sampler
from eirene.figures import Figure, compute, compute_series, figure_from_row, figure_row
from eirene.figures.arithmetic import half_even
from eirene.questionnaires import Answer, Cell, Report
from figures.drawn import reports

PACK = sampler()
DAY = dt.date(2023, 6, 30)
BODIES = ("AAA", "BBB", "CCC", "DDD", "EEE", "GGG")
MISSING = ("no_data", "withheld", "not_applicable")

counts = st.integers(0, 400)
cell = st.one_of(counts.map(Cell), st.sampled_from(MISSING).map(lambda status: Cell(None, status)))
places = st.tuples(st.sampled_from(("_T", "army", "navy", "air_force")), st.sampled_from(("_T", "women", "men")))
ranks = st.tuples(st.sampled_from(("_T", "OF-6+", "OF-6", "OF-7", "OF-3")), st.sampled_from(("_T", "women", "men")))


def question(id: str, values: st.SearchStrategy[object], name: str = "value") -> st.SearchStrategy[Answer]:
    given = values.map(lambda value: Answer(id, "answered", **{name: value}))
    return st.one_of(given, st.sampled_from(MISSING).map(lambda status: Answer(id, status)))


answers = st.fixed_dictionaries(
    {},
    optional={
        "staff": question("staff", st.dictionaries(places, cell, max_size=8), "cells"),
        "ranks": question("ranks", st.dictionaries(ranks, cell, max_size=8), "cells"),
        "law": question("law", st.sampled_from(("yes", "no"))),
        "leave_weeks": question("leave_weeks", st.decimals(0, 99, places=1)),
        "measures": question("measures", st.sampled_from((("leave",), ("leave", "childcare"), ()))),
    },
)


def cycle_reports(cycle: str) -> st.SearchStrategy[list[Report]]:
    sheet = PACK.cycles[cycle].questionnaire
    return st.dictionaries(st.sampled_from(BODIES), answers, max_size=len(BODIES)).map(
        lambda given: [Report("sampler", sheet, cycle, body, one) for body, one in given.items()]
    )


@settings(max_examples=40, deadline=None)
@given(cycle_reports("2022"), cycle_reports("2021"))
def test_parts_and_missing_make_the_population(now: list[Report], before: list[Report]) -> None:
    for figure in compute_series(PACK, "2022", now, [before], as_of=DAY):
        missing = sum(m.n for m in figure.missing)
        assert figure.n_answered + missing == figure.n_bodies
        assert figure.n_answered == len(figure.members)
        not_applicable = sum(m.n for m in figure.missing if m.reason == "not_applicable")
        assert figure.n_applicable == figure.n_bodies - not_applicable
        named = [b for m in figure.missing for b in m.bodies]
        assert len(named) == len(set(named))
        assert not set(named) & set(figure.members)
        assert (figure.value is None) == bool(figure.suppressed)


@settings(max_examples=40, deadline=None)
@given(cycle_reports("2022"), cycle_reports("2021"), st.randoms())
def test_the_order_of_reports_means_nothing(now: list[Report], before: list[Report], random: object) -> None:
    shuffled = list(now)
    random.shuffle(shuffled)
    assert compute(PACK, "2022", now, as_of=DAY, history=[before]) == compute(
        PACK, "2022", shuffled, as_of=DAY, history=[before]
    )


@settings(max_examples=40, deadline=None)
@given(cycle_reports("2022"), cycle_reports("2021"))
def test_a_row_is_the_figure_again(now: list[Report], before: list[Report]) -> None:
    for figure in compute(PACK, "2022", now, as_of=DAY, history=[before]):
        text = json.dumps(figure_row(figure))
        assert figure_from_row(json.loads(text)) == replace(figure, members={})
        assert figure_from_row(json.loads(text, parse_float=Decimal)) == replace(figure, members={})


@settings(max_examples=40, deadline=None)
@given(cycle_reports("2022"))
def test_values_are_their_numerator_and_denominator_rounded_once(now: list[Report]) -> None:
    for figure in compute(PACK, "2022", now, as_of=DAY):
        if figure.value is not None and figure.denominator is not None:
            exact = Fraction(figure.numerator) / Fraction(figure.denominator) * 1000
            assert figure.value * 10 == half_even(exact.numerator, exact.denominator)


@settings(max_examples=40, deadline=None)
@given(cycle_reports("2022"))
def test_pooled_mean_and_median_of_one_body_are_its_own_rate(now: list[Report]) -> None:
    by_key = {f.key: f for f in compute(PACK, "2022", now[:1], as_of=DAY, only=["women"])}
    for pooled in (f for f in by_key.values() if f.kind == "pooled" and f.value is not None and not f.dimensions):
        for kind in ("mean_of_bodies", "median_of_bodies"):
            assert by_key[pooled.key.replace(".pooled", f".{kind}")].value == pooled.value


@settings(max_examples=40, deadline=None)
@given(cycle_reports("2022"), cycle_reports("2021"))
def test_change_in_bodies_adds_up(now: list[Report], before: list[Report]) -> None:
    """yes now = yes before + gained - lost, but for those that entered or left."""
    series = {f.key: f for f in compute_series(PACK, "2022", now, [before], as_of=DAY, only=["law_share"])}
    for code in ("members", "guests"):
        figure, was = (series.get(f"law_share.{c}.{code}.share_of_bodies") for c in ("2022", "2021"))
        if figure is None or was is None or figure.change is None:
            continue
        new, gone = set(figure.members) - set(was.members), set(was.members) - set(figure.members)
        assert (figure.change.entered, figure.change.left) == (len(new), len(gone))
        yes_new, yes_gone = sum(figure.members[b] for b in new), sum(was.members[b] for b in gone)
        net = figure.change.gained - figure.change.lost
        assert yes(figure) == yes(was) + net + yes_new - yes_gone


def yes(figure: Figure) -> int:
    return sum(figure.members.values())


def test_the_series_says_what_each_cycle_said_itself() -> None:
    table = """
        body | law | staff[sex=women] | staff
        AAA  | yes | 10               | 100
        BBB  | no  | 30               | 100
    """
    now, before = reports(PACK, "2022", table), reports(PACK, "2021", table)
    series = {f.key: f for f in compute_series(PACK, "2022", now, [before], as_of=DAY)}
    for figure in compute(PACK, "2021", before, as_of=DAY):
        assert series[figure.key] == figure
    for figure in compute(PACK, "2022", now, as_of=DAY, history=[before]):
        assert series[figure.key] == figure

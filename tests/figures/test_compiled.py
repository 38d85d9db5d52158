"""Figures that others published: as they stand, side by side, never computed from."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest

from cast import sampler
from eirene.errors import UsageError
from eirene.figures import Figure, compiled, figure_from_row, figure_row
from eirene.framework import Pack
from eirene.framework.model import Cycle, Indicator, PublishedFigure, Source

DAY = dt.date(2026, 11, 23)
TEXT = {"en": "x", "fr": "x"}


def pack_with(*rows: dict[str, Any]) -> Pack:
    cycle = Cycle(id="compiled", kind="compiled", title=TEXT, data_year=2025, reference_date=DAY, publication_date=DAY)
    share = Indicator(id="share", family="rate", label=TEXT, compiled_only=True)
    published = [
        PublishedFigure.model_validate(
            {"indicator": "share", "unit": "percent", "confidence": "high", "source": "s1", "year": 2022, **row}
        )
        for row in rows
    ]
    return sampler().model_copy(
        update={
            "cycles": {"compiled": cycle},
            "indicators": {"share": share},
            "published": published,
            "sources": {s: Source(id=s, title=s) for s in ("s1", "s2")},
        }
    )


def figures(*rows: dict[str, Any]) -> dict[str, Figure]:
    return {f.key: f for f in compiled(pack_with(*rows), "compiled", as_of=DAY)}


def test_a_value_stands_as_it_was_published() -> None:
    (figure,) = figures({"population": "members", "value": "10.90", "qualifier": "about"}).values()
    assert figure.key == "share.compiled.members.published.year=2022"
    assert (str(figure.value), figure.decimals, figure.basis, figure.source) == ("10.90", 2, "published", "s1")
    assert (figure.numerator, figure.denominator) == (None, None)
    assert figure.extra["qualifier"] == "about"


def test_numerator_and_denominator_only_where_the_source_prints_them() -> None:
    (figure,) = figures({"population": "members", "value": "41", "numerator": "11", "denominator": "27"}).values()
    assert (figure.numerator, figure.denominator) == (11, 27)


def test_where_sources_clash_the_value_is_empty_and_all_are_listed() -> None:
    found = figures({"body": "AAA", "value": "9.3"}, {"body": "AAA", "value": "11", "source": "s2"})
    figure = found["share.compiled.members.compiled.body=AAA.year=2022"]
    assert (figure.value, figure.suppressed) == (None, "clash")
    assert [(a["value"], a["source"]) for a in figure.extra["alternatives"]] == [("9.3", "s1"), ("11", "s2")]


def test_a_value_and_the_same_rounded_do_not_clash() -> None:
    rounded = {"population": "members", "value": "96", "qualifier": "rounded", "source": "s2"}
    (figure,) = figures(rounded, {"population": "members", "value": "96.3"}).values()
    assert (figure.value, len(figure.extra["alternatives"])) == (Decimal("96.3"), 2)
    (figure,) = figures({**rounded, "value": "97"}, {"population": "members", "value": "96.3"}).values()
    assert figure.value is None


def test_different_things_counted_are_different_figures() -> None:
    found = figures(
        {"body": "AAA", "value": "9", "scope": "armed forces"},
        {"body": "AAA", "value": "11", "scope": "Career soldiers (élite)"},
    )
    assert [k for k in found if ".compiled.body" in k] == [
        "share.compiled.members.compiled.body=AAA.scope=armed-forces.year=2022",
        "share.compiled.members.compiled.body=AAA.scope=career-soldiers-elite.year=2022",
    ]


def test_an_undated_value_says_so_and_counts_for_no_year() -> None:
    found = figures({"body": "AAA", "value": "9", "year": None})
    assert list(found) == ["share.compiled.members.compiled.body=AAA.year=undated"]


def test_a_body_stands_with_the_population_that_it_belonged_to_that_year() -> None:
    found = figures({"body": "EEE", "value": "9", "year": 2021}, {"body": "EEE", "value": "9", "year": 2022})
    assert "share.compiled.guests.compiled.body=EEE.year=2021" in found
    assert "share.compiled.members.compiled.body=EEE.year=2022" in found


def test_coverage_is_of_the_members_of_that_year() -> None:
    found = figures(
        {"body": "AAA", "value": "9", "year": 2021},
        {"body": "EEE", "value": "7", "year": 2022},
        {"body": "BBB", "value": "9", "year": 2022},
        {"body": "BBB", "value": "8", "year": 2022},
    )
    then, now = (found[f"share.compiled.members.coverage.year={y}"] for y in (2021, 2022))
    assert (then.numerator, then.denominator) == (1, 4)
    assert (now.numerator, now.denominator) == (1, 5)
    assert [(m.reason, m.n) for m in now.missing] == [("clash", 1), ("not_published", 3)]


def test_no_figure_of_all_is_made_from_those_of_bodies() -> None:
    kinds = {f.kind for f in figures({"body": "AAA", "value": "9"}, {"body": "BBB", "value": "11"}).values()}
    assert kinds == {"compiled", "coverage"}


def test_the_order_of_rows_means_nothing_and_rows_come_back_whole() -> None:
    rows = [{"body": b, "value": v, "scope": s} for b in ("AAA", "BBB") for v in ("9", "9.1") for s in ("x", "y z")]
    found = figures(*rows)
    assert list(found.values()) == list(figures(*reversed(rows)).values())
    for figure in found.values():
        assert figure_from_row(json.loads(json.dumps(figure_row(figure)))).value == figure.value


def test_a_collected_cycle_is_not_compiled() -> None:
    with pytest.raises(UsageError):
        compiled(sampler(), "2022", as_of=DAY)

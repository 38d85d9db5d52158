"""What others published: every row that was collected is here, with its source, and nothing was worked out."""

from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from eirene.figures import Figure, compiled
from eirene.framework import Pack, load
from eirene.framework.model import PublishedFigure

REFERENCE = Path(__file__).parents[3] / "shared" / "reference"
#: A state that is neither a member nor a partner: its one row is left out.
LEFT_OUT = {"CYP"}


def nato() -> Pack:
    return load("nato")


def figures() -> list[Figure]:
    pack = nato()
    return compiled(pack, "compiled-2025", as_of=pack.cycles["compiled-2025"].publication_date)


def alliance() -> list[PublishedFigure]:
    return [row for row in nato().published if not row.body]


def test_as_many_rows_as_were_collected() -> None:
    assert (len(alliance()), len(nato().published) - len(alliance())) == (57, 208)


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="the reference data are not beside this repository")
def test_no_row_of_the_reference_was_lost() -> None:
    def rows(name: str) -> list[dict[str, str]]:
        with (REFERENCE / name).open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def key(year: str, body: str, value: str, confidence: str, note: str) -> tuple[str, str, Decimal, str, str]:
        return year, body, Decimal(value), confidence, note

    collected = Counter(
        key(r["year"], r.get("nation_iso3", ""), r["value"], r["confidence"], r["note"])
        for r in [*rows("ncgp_aggregate_figures.csv"), *rows("ncgp_national_figures.csv")]
        if r.get("nation_iso3") not in LEFT_OUT
    )
    shipped = Counter(
        key("" if f.year is None else str(f.year), f.body, str(f.value), f.confidence, f.note) for f in nato().published
    )
    assert shipped == collected


def test_every_row_names_its_source_and_states_no_method_that_the_source_does_not() -> None:
    pack = nato()
    assert all(row.source in pack.sources for row in pack.published)
    assert {row.method for row in pack.published} == {""}


def test_a_denominator_stands_only_beside_the_counts_that_the_same_source_prints() -> None:
    pack = nato()
    counts = {(r.body, r.year, r.source, r.value) for r in pack.published if r.unit == "persons"}
    given = [r for r in pack.published if r.numerator is not None or r.denominator is not None]
    assert len(given) == 9
    for row in given:
        assert row.numerator is not None
        assert row.denominator is not None
        assert {(row.body, row.year, row.source, n) for n in (row.numerator, row.denominator)} <= counts


def test_where_sources_clash_there_is_no_value_and_all_are_listed() -> None:
    clashing = {f.key: f for f in figures() if f.suppressed == "clash"}
    germany = clashing["women_share.compiled-2025.members.compiled.body=DEU.year=2016"]
    assert germany.value is None
    assert [a["value"] for a in germany.extra["alternatives"]] == ["11", "9.3"]


def test_a_rounded_quotation_does_not_clash_with_its_exact_value() -> None:
    (open_2016,) = [f for f in figures() if f.key.startswith("all_positions_open.") and f.key.endswith("year=2016")]
    assert open_2016.value == Decimal("96.3")


def test_no_alliance_figure_is_computed_from_compiled_values() -> None:
    assert {f.basis for f in figures()} == {"published", "compiled"}
    assert {f.kind for f in figures()} == {"published", "compiled", "coverage"}

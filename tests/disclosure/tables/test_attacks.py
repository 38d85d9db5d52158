"""Whatever the method and whoever attacks: what is handed out stands, also beside what was handed out before."""

from __future__ import annotations

import itertools
import random
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from disclosure.tables.making import TOTAL, OutsideAttacker, cube, grid, hidden_keys, needed, published
from eirene.disclosure.tables import Protected, Table, audit_protected, protect, protected_csv, read_before, remedies
from eirene.disclosure.tables.heuristic import Pattern
from eirene.disclosure.tables.protect import plan_for
from eirene.disclosure.tables.reading import Sheet

Key = tuple[str, ...]
QUIET = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
COUNTS = st.one_of(st.integers(0, 4), st.integers(0, 60), st.integers(0, 900))


def tables(*dimensions: tuple[str, ...]) -> st.SearchStrategy[dict[Key, int]]:
    keys = list(itertools.product(*dimensions))
    return st.lists(COUNTS, min_size=len(keys), max_size=len(keys)).map(lambda n: dict(zip(keys, n, strict=True)))


def assert_small_ones_are_open(protected: Protected, outside: OutsideAttacker) -> None:
    for key in needed(protected.table, 3):
        low, high = outside.interval(key)
        assert high >= 3, key
        assert high - low >= 2, key


@QUIET
@given(tables(("A", "B", "C"), ("F", "M"), ("OF", "OR")))
def test_bands_stand_an_attack_from_outside(values: dict[Key, int]) -> None:
    more = {"method": "band", "bands": ["0-9", "10-49", "50-199"]}
    protected = protect(*cube(values, ("nation", "sex", "rank"), **more))
    if not protected.exposed:
        assert not audit_protected(protected)
        assert_small_ones_are_open(protected, OutsideAttacker(published(protected)))


@QUIET
@given(tables(("A", "B", "C"), ("F", "M")), st.sampled_from([5, 10]))
def test_rounded_tables_are_handed_out_only_if_they_stand_an_attack(values: dict[Key, int], base: int) -> None:
    protected = protect(*cube(values, ("nation", "sex"), method="round", rounding=base))
    outside = OutsideAttacker(published(protected, 0))
    narrow = {key for key in needed(protected.table, 3) if np.diff(outside.interval(key))[0] < 2}
    assert {protected.table.keys[one.cell] for one in protected.exposed} == narrow


@settings(QUIET, max_examples=6)
@given(tables(("A", "B", "C", "D"), ("F", "M")))
def test_no_nation_works_out_another_with_what_it_knows(values: dict[Key, int]) -> None:
    table, loaded = cube(values, ("nation", "sex"), attackers=[{"own": "nation"}])
    protected = protect(table, loaded)
    if protected.exposed:
        return
    assert not audit_protected(protected)
    for nation in "ABCD":
        own = {k: v for k, v in zip(table.keys, table.values, strict=True) if k[0] == nation and v is not None}
        outside = OutsideAttacker({**published(protected), **own})
        for key in needed(table, 3):
            assert key[0] == nation or outside.interval(key)[1] >= 3, (nation, key)


# --- two versions ---------------------------------------------------------------------------------------------------


class BothVersions:
    """An attacker with both: each cell twice, the sums of both, and by how much a value hidden in both was corrected.
    scipy's `milp`; nothing of the product."""

    def __init__(self, first: Protected, second: Protected) -> None:
        seen = [published(version) for version in (first, second)]
        self.keys = sorted(seen[0])
        columns = [(version, key) for version in (0, 1) for key in self.keys]
        self.place = {column: number for number, column in enumerate(columns)}
        ends = [seen[version][key] for version, key in columns]
        # Of then, only the sums and what was shown: that a count hidden then was no zero is not looked at, for the
        # earlier file does not tell the product how large it was.
        pairs = [(end, end) if not isinstance(end, tuple) else (-1e6, 1e6) if version == 0 else end
                 for (version, _), end in zip(columns, ends, strict=True)]  # fmt: skip
        self.bounds = Bounds([low for low, _ in pairs], [min(high, 1e6) for _, high in pairs])
        rows, sides = [], []
        for version, key, place in itertools.product((0, 1), self.keys, range(len(self.keys[0]))):
            if key[place] == TOTAL:
                parts = [
                    k for k in self.keys if k != key and k[:place] + k[place + 1 :] == key[:place] + key[place + 1 :]
                ]
                rows.append(self._row({(version, key): -1.0, **{(version, k): 1.0 for k in parts}}))
                sides.append(0)
        values = [dict(zip(v.table.keys, v.table.values, strict=True)) for v in (first, second)]
        for key in hidden_keys(first) & hidden_keys(second):
            rows.append(self._row({(0, key): -1.0, (1, key): 1.0}))
            sides.append((values[1][key] or 0) - (values[0][key] or 0))
        self.sums = LinearConstraint(np.array(rows), sides, sides)

    def _row(self, of: Mapping[tuple[int, Key], float]) -> list[float]:
        row = [0.0] * len(self.place)
        for column, factor in of.items():
            row[self.place[column]] = factor
        return row

    def interval(self, version: int, key: Key) -> tuple[int, int]:
        ends = []
        for way in (1.0, -1.0):
            costs = np.asarray(self._row({(version, key): way}))
            found = milp(costs, constraints=self.sums, bounds=self.bounds, integrality=np.ones(len(costs)))
            assert found.status == 0, found.message
            ends.append(round(way * found.fun))
        return ends[0], ends[1]


def as_published(protected: Protected) -> str:
    table = protected.table
    columns = (*(d.column for d in table.dimensions), "n")
    lines = [(*key, str(value)) for key, value in zip(table.keys, table.values, strict=True)]
    return protected_csv(protected, Sheet("table.csv", columns, tuple(lines), table.lines)).decode()


def corrected_after(first: Protected, values: dict[Key, int]) -> tuple[Table, Protected]:
    table, loaded = cube(values, ("nation", "sex"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "first.csv"
        path.write_text(as_published(first), encoding="utf-8")
        return table, protect(table, loaded, [read_before(path, table, loaded)])


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    tables(("A", "B", "C", "D"), ("F", "M")),
    st.dictionaries(st.tuples(st.sampled_from("ABCD"), st.sampled_from("FM")), st.integers(0, 40), max_size=3),
)
def test_a_correction_gives_nothing_away_beside_the_version_before(
    values: dict[Key, int], corrections: dict[Key, int]
) -> None:
    first = protect(*cube(values, ("nation", "sex")))
    if first.exposed:
        return
    table, second = corrected_after(first, values | corrections)
    if second.exposed:
        return
    assert hidden_keys(first) - hidden_keys(second) <= {k for k in hidden_keys(first) if k not in needed(table, 3)}
    both = BothVersions(first, second)
    for key in needed(table, 3):
        assert both.interval(1, key)[1] >= 3, key


# --- larger tables, code by code ------------------------------------------------------------------------------------


def forces(nations: int) -> dict[Key, int]:
    """Made up; the smaller the force, the more small counts."""
    draw = random.Random(7)
    found = {}
    for nation, (rank, share) in itertools.product(range(nations), (("OF6", 0.0005), ("OF", 0.1), ("OR", 0.9))):
        for service, part in (("army", 0.6), ("navy", 0.3), ("cyber", 0.1)):
            men = 40_000 * 0.8**nation * share * part
            for sex, of_sex in (("F", 0.12), ("M", 0.88)):
                found[f"N{nation:02}", sex, rank, service] = round(men * of_sex * draw.uniform(0.8, 1.2))
    return found


def test_a_large_table_is_solved_code_by_code_and_stands_an_attack_from_outside() -> None:
    table, loaded = cube(forces(16), ("nation", "sex", "rank", "service"))
    protected = protect(table, loaded)
    assert len(table) > 600
    assert not protected.exposed
    assert not audit_protected(protected)
    small = needed(table, 3)
    assert len(small) > 20
    outside = OutsideAttacker(published(protected))
    for key in sorted(small)[::4]:
        low, high = outside.interval(key)
        assert high >= 3, key
        assert high - low >= 2, key


def test_a_large_table_loses_less_than_by_hiding_cell_after_cell() -> None:
    table, loaded = cube(forces(16), ("nation", "sex", "rank", "service"))
    plan = plan_for(table, loaded)
    one_by_one = Pattern(plan, {cell: one.need for cell, one in plan.primaries.items()})
    one_by_one.protect()
    protected = protect(table, loaded)
    assert sum(plan.costs[cell] for cell in protected.hidden) < one_by_one.cost


def test_the_same_large_table_gives_the_same_pattern() -> None:
    made = [protect(*cube(forces(12), ("nation", "sex", "rank", "service"))) for _ in range(2)]
    assert list(made[0].hidden) == list(made[1].hidden)


# --- examples of the literature -------------------------------------------------------------------------------------


def test_primary_suppression_alone_is_recovered_and_complementary_suppression_is_not() -> None:
    """The elementary case of the textbooks (Willenborg & de Waal 2001, 6.1; Hundepool et al. 2012, 4.3): one cell
    hidden in a row is the difference of the sum and the others; with a second one in its row and column and the one
    where they cross the sums tell a whole interval. Figures are our own; the interval is worked out by hand."""
    table, _ = grid([[2, 30, 9], [12, 40, 8], [9, 20, 7]])
    seen: dict[Key, int | tuple[int, float]] = {k: v or 0 for k, v in zip(table.keys, table.values, strict=True)}
    assert OutsideAttacker({**seen, ("r1", "c1"): (1, np.inf)}).interval(("r1", "c1")) == (2, 2)
    square = dict.fromkeys([("r1", "c1"), ("r1", "c3"), ("r3", "c1"), ("r3", "c3")], (1, np.inf))
    # Up: by 8, until the 9 on its right and the 9 below are 1; down: by 1, until it is 1 itself.
    assert OutsideAttacker({**seen, **square}).interval(("r1", "c1")) == (1, 10)


@pytest.mark.parametrize("base", [2, 3])
def test_a_protection_that_cannot_be_is_told_with_what_would_help(base: int) -> None:
    protected = protect(*grid([[1, 30], [12, 41]], method="round", rounding=base))
    assert protected.exposed
    assert all(problem.remedy for problem in remedies(protected))

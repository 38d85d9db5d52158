"""Tables for the tests: small ones written as rows, drawn ones, and an attacker who shares nothing with the product."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from eirene.disclosure.tables import Loaded, Protected, Sheet, Spec, Table, read_table, resolve

TOTAL = "_T"


def spec(columns: Sequence[str], **more: Any) -> Loaded:
    given = {"value": "n", "threshold": 3, **more}
    given.setdefault("dimensions", [{"column": column, "total": TOTAL} for column in columns])
    return resolve(Spec.model_validate(given))


def sheet(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Sheet:
    texts = tuple(tuple(str(cell) for cell in row) for row in rows)
    return Sheet("table.csv", tuple(columns), texts, tuple(range(2, len(rows) + 2)))


def grid(rows: Sequence[Sequence[int]], **more: Any) -> tuple[Table, Loaded]:
    """A table of two dimensions, from its inner cells: rows r1, r2, … and columns c1, c2, …"""
    cells = [(f"r{i}", f"c{j}", n) for i, row in enumerate(rows, 1) for j, n in enumerate(row, 1)]
    loaded = spec(("row", "col"), totals="made", **more)
    return read_table(sheet(("row", "col", "n"), cells), loaded), loaded


def cube(values: Mapping[tuple[str, ...], int], columns: Sequence[str], **more: Any) -> tuple[Table, Loaded]:
    """A table of any number of dimensions, from its inner cells."""
    loaded = spec(columns, totals="made", **more)
    return read_table(sheet((*columns, "n"), [(*key, n) for key, n in values.items()]), loaded), loaded


def hidden_keys(protected: Protected) -> set[tuple[str, ...]]:
    return {protected.table.keys[cell] for cell in protected.hidden}


class OutsideAttacker:
    """Works from what is published alone: every cell of the table is a column, shown ones are fixed, sums are made anew
    from the codes (a code that is no total is a part), and whole numbers are asked for. scipy's `milp`."""

    def __init__(self, published: Mapping[tuple[str, ...], int | tuple[int, float]]) -> None:
        self.keys = sorted(published)
        self.place = {key: place for place, key in enumerate(self.keys)}
        ends = [value if isinstance(value, tuple) else (value, value) for value in map(published.get, self.keys)]
        self.bounds = Bounds([low for low, _ in ends], [high for _, high in ends])
        self.sums = LinearConstraint(np.array(list(self._rows())), 0, 0)

    def _rows(self) -> list[list[float]]:
        found = []
        for place in range(len(self.keys[0])):
            codes = sorted({key[place] for key in self.keys} - {TOTAL})
            for before, after in sorted({(key[:place], key[place + 1 :]) for key in self.keys}):
                row = [0.0] * len(self.keys)
                row[self.place[(*before, TOTAL, *after)]] = -1.0
                for code in codes:
                    row[self.place[(*before, code, *after)]] = 1.0
                found.append(row)
        return found

    def interval(self, key: tuple[str, ...]) -> tuple[int, int]:
        """The least and the largest that the cell can be; at most 10^6."""
        ends = []
        for way in (1.0, -1.0):
            costs = np.zeros(len(self.keys))
            costs[self.place[key]] = way
            bounds = Bounds(self.bounds.lb, np.minimum(self.bounds.ub, 1e6))
            found = milp(costs, constraints=self.sums, bounds=bounds, integrality=np.ones(len(self.keys)))
            assert found.status == 0, found.message
            ends.append(round(way * found.fun))
        return ends[0], ends[1]


def published(protected: Protected, floor: int = 1) -> dict[tuple[str, ...], int | tuple[int, float]]:
    """What a reader sees; he knows that no zero is hidden if `floor` is 1."""
    table = protected.table
    seen: dict[tuple[str, ...], int | tuple[int, float]] = {}
    for cell, (key, value) in enumerate(zip(table.keys, table.values, strict=True)):
        assert value is not None
        veil = protected.hidden.get(cell)
        seen[key] = value if veil is None else (veil.low or floor, np.inf if veil.high is None else veil.high)
    return seen


def needed(table: Table, threshold: int) -> dict[tuple[str, ...], int]:
    """Small cells by their codes."""
    return {k: v for k, v in zip(table.keys, table.values, strict=True) if v is not None and 0 < v < threshold}


def subsets(cells: Sequence[Any]) -> Any:
    for size in range(len(cells) + 1):
        yield from itertools.combinations(cells, size)

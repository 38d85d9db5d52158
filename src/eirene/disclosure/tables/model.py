"""A table whose margins add up: cells, and the equations between them.

A cell is numbered by its row in the file. Values are whole numbers of the smallest unit in which the table is written
(12.50 is 1250 with two decimals), so that sums are exact at any size.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

Key = tuple[str, ...]


@dataclass(frozen=True)
class Dimension:
    """codes in the order of the file; parts: code of a sum (the total, a group) → the codes that it is the sum of."""

    column: str
    codes: tuple[str, ...]
    total: str | None = None
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def is_sum(self, code: str) -> bool:
        return code in self.parts


@dataclass(frozen=True)
class Equation:
    """cells[0] is the sum of the others."""

    cells: tuple[int, ...]
    column: str


@dataclass(frozen=True)
class Contributors:
    """Who stands behind a cell: how many units (None: not told), and the largest contributions, scaled as values."""

    units: int | None = None
    largest: tuple[int, ...] = ()


@dataclass(frozen=True)
class Table:
    """keys: the codes of each cell; values: in units of 10^-decimals, None where missing.

    contributors   as many as cells, or none
    origin         name of the file, and the line of each cell there (0: made here)
    """

    dimensions: tuple[Dimension, ...]
    keys: tuple[Key, ...]
    values: tuple[int | None, ...]
    decimals: int = 0
    contributors: tuple[Contributors, ...] = ()
    origin: str = "table"
    lines: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def number(self) -> Mapping[Key, int]:
        """Cell by its codes."""
        return {key: cell for cell, key in enumerate(self.keys)}

    @cached_property
    def equations(self) -> tuple[Equation, ...]:
        """Every sum with its parts, one dimension at a time; only those of which every cell has a row."""
        return tuple(self._equations())

    def _equations(self) -> Iterator[Equation]:
        for place, dimension in enumerate(self.dimensions):
            others = dict.fromkeys((k[:place], k[place + 1 :]) for k in self.keys)
            for (before, after), (total, parts) in itertools.product(others, dimension.parts.items()):
                keys = [(*before, code, *after) for code in (total, *parts)]
                if all(key in self.number for key in keys):
                    yield Equation(tuple(self.number[key] for key in keys), dimension.column)

    @cached_property
    def leaves(self) -> tuple[int, ...]:
        """Cells that are no sum in any dimension."""
        return tuple(
            cell
            for cell, key in enumerate(self.keys)
            if not any(d.is_sum(code) for d, code in zip(self.dimensions, key, strict=True))
        )

    def sums_in(self, cell: int) -> int:
        """In how many dimensions the cell is a sum."""
        return sum(d.is_sum(code) for d, code in zip(self.dimensions, self.keys[cell], strict=True))

    def name(self, cell: int) -> str:
        """nation BEL, sex F."""
        return ", ".join(f"{d.column} {code}" for d, code in zip(self.dimensions, self.keys[cell], strict=True))

    def where(self, cell: int) -> str:
        line = self.lines[cell] if cell < len(self.lines) else 0
        return f"{self.origin}:{line}" if line else self.origin

    def text(self, value: int) -> str:
        """A value as it is written."""
        return str(value) if not self.decimals else format(Decimal(value).scaleb(-self.decimals), "f")


@dataclass(frozen=True)
class Mismatch:
    """A sum that is not the sum of its parts."""

    total: int
    parts: tuple[int, ...]
    stated: int
    found: int


def inconsistencies(table: Table) -> list[Mismatch]:
    """Equations that do not hold. Those with a missing cell cannot be checked, and are not."""
    wrong = []
    for equation in table.equations:
        values = [table.values[cell] for cell in equation.cells]
        if any(value is None for value in values):
            continue
        known = [value for value in values if value is not None]
        if known[0] != sum(known[1:]):
            wrong.append(Mismatch(equation.cells[0], equation.cells[1:], known[0], sum(known[1:])))
    return wrong

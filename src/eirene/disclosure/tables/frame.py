"""Movements: how hidden values may differ from the true ones while everything that is shown stays as it is.

Attacks and protection are both told in movements e = x - true value. The equations of a table become Σ sign·e = 0: what
is shown does not move, and the right sides vanish, exactly and at any size of the counts, before anything becomes a
floating-point number. Two movements show that a cell is open between both; a bound of a linear programme that it is
not.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Row = tuple[tuple[int, ...], tuple[int, ...]]
#: Cells that move, and by how much.
Move = Mapping[int, int]
#: No cell moves further than this many times what is asked for: an interval that wide is open.
REACH = 1000
#: Denominators of the fractions that vertices of such programmes have.
_DENOMINATORS = range(1, 13)


@dataclass(frozen=True)
class Frame:
    """rows: (cells, signs), Σ sign × movement = 0."""

    cells: int
    rows: tuple[Row, ...]

    @cached_property
    def touching(self) -> Sequence[Sequence[int]]:
        """Rows that a cell stands in."""
        found: list[list[int]] = [[] for _ in range(self.cells)]
        for row, (cells, _) in enumerate(self.rows):
            for cell in cells:
                found[cell].append(row)
        return found

    def restricted(self, columns: Iterable[int]) -> list[Row]:
        """The rows of these cells alone, each once: all other cells do not move."""
        kept = set(columns)
        numbers = sorted({row for cell in kept for row in self.touching[cell]})
        found: dict[Row, None] = {}
        for number in numbers:
            pairs = sorted((c, s) for c, s in zip(*self.rows[number], strict=True) if c in kept)
            flip = pairs[0][1]
            found[tuple(c for c, _ in pairs), tuple(s * flip for _, s in pairs)] = None
        return list(found)

    def holds(self, move: Move) -> bool:
        """Whether a movement leaves every row as it is; exactly."""
        sums: dict[int, int] = {}
        for cell, amount in move.items():
            for row in self.touching[cell]:
                cells, signs = self.rows[row]
                sums[row] = sums.get(row, 0) + amount * signs[cells.index(cell)]
        return not any(sums.values())


@dataclass(frozen=True)
class Room:
    """How far a cell may move when it is hidden: down and up, both ≥ 0; None: as far as one likes."""

    down: int | None
    up: int | None

    def within(self, reach: int) -> tuple[int, int]:
        return (
            reach if self.down is None else min(self.down, reach),
            reach if self.up is None else min(self.up, reach),
        )

    def holds(self, amount: int) -> bool:
        return (self.down is None or -amount <= self.down) and (self.up is None or amount <= self.up)


def whole_of(values: Mapping[int, float]) -> Move | None:
    """`whole` of a movement told by cell."""
    return whole(np.fromiter(values.values(), np.float64, len(values)), list(values))


def whole(values: NDArray[np.float64], columns: Sequence[int]) -> Move | None:
    """The longest whole-numbered movement along the same direction that is no longer; None if there is none.

    Whatever lies between no movement and a movement is possible too, so shortening is allowed and lengthening is not.
    """
    places = np.flatnonzero(np.abs(values) > 1e-6)
    moving = values[places]
    for denominator in _DENOMINATORS:
        scaled = moving * denominator
        nearest = np.rint(scaled)
        if np.all(np.abs(scaled - nearest) < 1e-5):
            amounts = [int(n) for n in nearest]
            divisor = math.gcd(*amounts)
            times = math.floor(Fraction(divisor, denominator))
            if not divisor or not times:
                return None
            return {columns[int(p)]: a // divisor * times for p, a in zip(places, amounts, strict=True)}
    return None

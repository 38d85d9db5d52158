"""The cheapest hypercube through a cell: complementary suppression where the table is simple enough for it.

With one other code chosen in every dimension the corners between them can move by the same amount, up and down in turn,
and every sum stays as it is (Repsilber's hypercube method: Giessing & Repsilber, "Tools and strategies to protect
multiple tables with the GHQUAR cell suppression engine", 2002). All hypercubes of a cell are priced at once, so that
what is hidden already is used wherever in the table it is.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from eirene.disclosure.tables.frame import Move
from eirene.disclosure.tables.model import Dimension
from eirene.disclosure.tables.plan import Plan

Grid = NDArray[np.float64]
#: The codes of the one equation that a code stands in, and which of them move with it (the sum and its parts do).
Others = tuple[NDArray[np.intp], NDArray[np.bool_]]


class Cubes:
    """Prices hypercubes. One axis of a grid for each dimension, one place for each code.

    _cells    number of the cell, -1 where there is none
    prices    what hiding the cell would cost more; nothing where it is hidden already
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        table = plan.table
        codes = [{code: place for place, code in enumerate(d.codes)} for d in table.dimensions]
        self._at = [tuple(places[code] for places, code in zip(codes, key, strict=True)) for key in table.keys]
        shape = tuple(len(d.codes) for d in table.dimensions)
        self._cells = np.full(shape, -1, np.int64)
        self.prices = np.zeros(shape)
        self._down, self._up = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        for cell, at in enumerate(self._at):
            self._cells[at], self.prices[at] = cell, plan.costs[cell]
        for cell in plan.veils:
            self._down[self._at[cell]], self._up[self._at[cell]] = plan.room(cell).within(plan.reach)
        self._others = [_others(d) for d in table.dimensions]
        self._barred: dict[int, tuple[Grid, Grid]] = {}

    def price(self, cell: int, price: float) -> None:
        self.prices[self._at[cell]] = price

    def still(self, cells: Collection[int]) -> Grid:
        """A grid of weights for `move` that lets none of the cells move."""
        weights = np.zeros(self.prices.shape)
        for cell in cells:
            weights[self._at[cell]] = np.inf
        return weights

    def move(self, cell: int, amount: int, factor: Grid | None = None, still: Grid | None = None) -> Move:
        """The movement of the cell by `amount` (down if negative) along its cheapest hypercube; empty if there is none.

        factor   prices are taken times it
        still    from `still`: cells that may not move
        """
        key, at = self.plan.table.keys[cell], self._at[cell]
        choices: list[Others] = []
        for them, code in zip(self._others, key, strict=True):
            if code not in them:
                return {}
            choices.append(them[code])
        prices = self.prices if factor is None else self.prices * factor
        if still is not None:
            prices = prices + still
        down, up = self._bars(abs(amount))
        along, against = (prices + up, prices + down) if amount > 0 else (prices + down, prices + up)
        for axis, (places, same) in enumerate(choices):
            along, against = _folded(along, against, axis, at[axis], places, same)
        best = np.unravel_index(int(np.argmin(along)), along.shape)
        if not np.isfinite(along[best]):
            return {}
        return self._corners(at, amount, [int(place) for place in best], choices)

    def _bars(self, amount: int) -> tuple[Grid, Grid]:
        """Infinity where a cell cannot move down, and up, by so much."""
        if amount not in self._barred:
            self._barred[amount] = (
                np.where(self._down < amount, np.inf, 0.0), np.where(self._up < amount, np.inf, 0.0)
            )  # fmt: skip
        return self._barred[amount]

    def _corners(self, at: tuple[int, ...], amount: int, best: list[int], choices: list[Others]) -> Move:
        ways = [
            ((own, 1), (int(places[chosen]), 1 if same[chosen] else -1)) if len(places) else ((own, 1),)
            for own, chosen, (places, same) in zip(at, best, choices, strict=True)
        ]
        found = {}
        for corner in itertools.product(*ways):
            sign = amount
            for _, way in corner:
                sign *= way
            found[int(self._cells[tuple(place for place, _ in corner)])] = sign
        return found


def _folded(
    along: Grid, against: Grid, axis: int, own: int, places: NDArray[np.intp], same: NDArray[np.bool_]
) -> tuple[Grid, Grid]:
    """Prices of the cell's own code and one other together, for each other along the axis: those for moving as the cell
    does, and against it."""
    mine = [prices.take([own], axis) for prices in (along, against)]
    if not len(places):
        return mine[0], mine[1]
    theirs = [prices.take(places, axis) for prices in (along, against)]
    ways = same.reshape([-1 if place == axis else 1 for place in range(along.ndim)])
    return mine[0] + np.where(ways, theirs[0], theirs[1]), mine[1] + np.where(ways, theirs[1], theirs[0])


def _others(dimension: Dimension) -> dict[str, Others]:
    """Code → the codes of the one equation that it stands in, and whether they move with it.

    A code that is part of one sum and sum of others stands in two equations, and is left out. Along a dimension in
    which nothing adds up there are no others.
    """
    place = {code: number for number, code in enumerate(dimension.codes)}
    inner = {code for parts in dimension.parts.values() for code in parts if code in dimension.parts}
    none = (np.empty(0, np.intp), np.empty(0, np.bool_))
    found: dict[str, Others] = {code: none for code in dimension.codes if not dimension.parts}
    for total, parts in dimension.parts.items():
        for code in (total, *parts):
            them = [other for other in (total, *parts) if other not in inner and other != code]
            if code not in inner and them:
                same = [total in (code, other) for other in them]
                found[code] = (np.asarray([place[other] for other in them], np.intp), np.asarray(same))
    return found

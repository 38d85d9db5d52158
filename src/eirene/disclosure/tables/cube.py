"""The cheapest hypercube through a cell: complementary suppression where the table is simple enough for it.

With one other code chosen in every dimension the corners between them can move by the same amount, up and down in turn,
and every sum stays as it is (Repsilber's hypercube method: Giessing & Repsilber, "Tools and strategies to protect
multiple tables with the GHQUAR cell suppression engine", 2002). All hypercubes of a cell are priced at once, so that
what is hidden already is used wherever in the table it is.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from eirene.disclosure.tables.frame import Move
from eirene.disclosure.tables.model import Dimension
from eirene.disclosure.tables.plan import Plan


class Cubes:
    """Prices hypercubes.

    _cells        number of the cell for each code in each dimension, -1 where there is none
    _down, _up    how far each cell can move, none at all where it cannot be hidden; the last one stands for no cell
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        table = plan.table
        self._place = [{code: place for place, code in enumerate(d.codes)} for d in table.dimensions]
        self._cells = np.full([len(d.codes) for d in table.dimensions], -1, np.int64)
        for cell, key in enumerate(table.keys):
            self._cells[self._at(key)] = cell
        self._others = [_others(d) for d in table.dimensions]
        self._costs = np.asarray([*plan.costs, 0.0])
        self._down, self._up = np.zeros(len(table) + 1, np.int64), np.zeros(len(table) + 1, np.int64)
        for cell in plan.veils:
            self._down[cell], self._up[cell] = plan.room(cell).within(plan.reach)

    def _at(self, key: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(places[code] for places, code in zip(self._place, key, strict=True))

    def move(self, cell: int, amount: int, hidden: NDArray[np.bool_], still: NDArray[np.bool_]) -> Move:
        """The movement of the cell by `amount` along its cheapest hypercube; empty if there is none.

        hidden, still   of each cell and one more: is it hidden already, may it not move
        """
        key = self.plan.table.keys[cell]
        others = [them.get(code) for them, code in zip(self._others, key, strict=True)]
        if any(one is None for one in others):
            return {}
        choices = [one for one in others if one is not None]
        at = self._at(key)
        prices = self._prices(amount, hidden, still), self._prices(-amount, hidden, still)
        shape = [max(len(places), 1) for places, _ in choices]
        total = np.zeros(shape)
        corners = list(itertools.product(*((0, 1) if len(places) else (0,) for places, _ in choices)))
        for corner in corners:
            cells, signs = self._corner(at, choices, corner)
            total = total + np.where(signs > 0, prices[0][cells], prices[1][cells])
        best = np.unravel_index(int(np.argmin(total)), shape)
        if not np.isfinite(total[best]):
            return {}
        found = {}
        for corner in corners:
            cells, signs = self._corner(at, choices, corner)
            where = tuple(place if chosen else 0 for place, chosen in zip(best, corner, strict=True))
            found[int(cells[where])] = int(signs[where]) * amount
        return found

    def _prices(self, amount: int, hidden: NDArray[np.bool_], still: NDArray[np.bool_]) -> NDArray[np.float64]:
        room = self._up if amount > 0 else self._down
        prices = np.where(hidden, 0.0, self._costs)
        prices[(room < abs(amount)) | still] = np.inf
        return prices

    def _corner(
        self, at: tuple[int, ...], choices: list[tuple[NDArray[np.int64], NDArray[np.int64]]], corner: tuple[int, ...]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Cells and directions of one corner, for every choice of the other codes."""
        axes = [
            places if chosen else np.asarray([own])
            for own, (places, _), chosen in zip(at, choices, corner, strict=True)
        ]
        signs = np.ones([1] * len(at), np.int64)
        for axis, ((_, ways), chosen) in enumerate(zip(choices, corner, strict=True)):
            if chosen:
                signs = signs * ways.reshape([-1 if place == axis else 1 for place in range(len(at))])
        return self._cells[np.ix_(*axes)], signs


def _others(dimension: Dimension) -> dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Code → the codes of the one equation that it stands in, and whether they move against it (-1) or with it (1).

    A code that is part of one sum and sum of others stands in two equations, and is left out. Along a dimension in
    which nothing adds up there are no others.
    """
    place = {code: number for number, code in enumerate(dimension.codes)}
    inner = {code for parts in dimension.parts.values() for code in parts if code in dimension.parts}
    found = {code: (np.empty(0, np.int64), np.empty(0, np.int64)) for code in dimension.codes if not dimension.parts}
    for total, parts in dimension.parts.items():
        for code in (total, *parts):
            them = [other for other in (total, *parts) if other not in inner and other != code]
            if code not in inner and them:
                ways = [1 if total in (code, other) else -1 for other in them]
                found[code] = (np.asarray([place[other] for other in them]), np.asarray(ways))
    return found

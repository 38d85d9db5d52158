"""The cheapest pattern of suppression, proved, for small tables: cutting planes.

Fischetti & Salazar-González, "Models and algorithms for optimizing cell suppression in tabular data with linear
constraints", JASA 95 (2000). The master chooses cells y; for each cell that must be open an attacker's programme says
how far it is, and where that is too little its dual says of which cells more must be hidden:

    Σ min(level, α_j up_j + β_j down_j) y_j ≥ level        α_j, β_j ≥ 0 what a cell's movement up and down would give

A pattern that whole numbers do not open although fractions would is excluded itself: something more must be hidden.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eirene.disclosure.programme import INFINITY, Programme
from eirene.disclosure.tables.attack import EVERYBODY, Attack, Witnesses, exposed
from eirene.disclosure.tables.plan import Plan
from eirene.disclosure.tables.rules import Need

#: Branch-and-bound nodes of one master; rounds of cuts.
NODES = 2000
ROUNDS = 200


@dataclass(frozen=True)
class Cut:
    """Σ weight × y ≥ level over the cells that are not hidden anyway."""

    weights: Mapping[int, float]
    level: float


def cheapest_pattern(
    plan: Plan, needs: Mapping[int, Need], found: Collection[int], *, nodes: int = NODES, rounds: int = ROUNDS
) -> set[int] | None:
    """Cells to hide, the cheapest of all patterns; None if that is not proved within the limits. `found` is a pattern
    that protects: what would cost more is not looked at."""
    return _Search(plan, needs, found, nodes).run(rounds)


class _Search:
    """always: hidden in any pattern; free: cells that may be hidden, the master's columns."""

    def __init__(self, plan: Plan, needs: Mapping[int, Need], found: Collection[int], nodes: int) -> None:
        self.plan = plan
        self.nodes = nodes
        self.needs = needs
        self.found = set(found)
        self.columns = sorted(plan.veils)
        self.place = {cell: place for place, cell in enumerate(self.columns)}
        self.always = sorted(cell for cell in {*plan.primaries, *plan.carried} if cell in self.place)
        self.free = [cell for cell in self.columns if cell not in set(self.always)]
        self.rows = plan.frame.restricted(self.columns)
        ends = [plan.room(cell).within(plan.reach) for cell in self.columns]
        self.down, self.up = (np.asarray([float(end[side]) for end in ends]) for side in (0, 1))
        self.matrix = np.zeros((len(self.rows), len(self.columns)))
        for number, (cells, signs) in enumerate(self.rows):
            self.matrix[number, [self.place[cell] for cell in cells]] = signs
        self.master = self._master()
        self.attacker = self._attacker()

    def run(self, rounds: int) -> set[int] | None:
        least = sum(self.plan.costs[cell] for cell in self.found)
        fixed = sum(self.plan.costs[cell] for cell in {*self.plan.primaries, *self.plan.carried})
        for _ in range(rounds):
            found = self.master.minimise({place: self.plan.costs[cell] for place, cell in enumerate(self.free)})
            if found.status != "optimal":
                return None
            if fixed + found.objective > least - 1e-6:
                return self.found
            chosen = [cell for cell, value in zip(self.free, found.values, strict=True) if value > 0.5]
            hidden = {*self.always, *chosen}
            cuts = self._cuts(hidden)
            if not cuts and self._in_whole_numbers(hidden):
                return hidden | set(self.plan.primaries)
            for cut in cuts or [Cut({cell: 1.0 for cell in self.free if cell not in hidden}, 1.0)]:
                self._add(cut)
        return None

    def _master(self) -> Programme:
        master = Programme(nodes=self.nodes)
        for _ in self.free:
            master.column(0.0, 1.0, integer=True)
        number = {cell: place for place, cell in enumerate(self.free)}
        for cells, _ in self.rows:
            self._no_bridge(master, cells, number)
        return master

    def _no_bridge(self, master: Programme, cells: tuple[int, ...], number: Mapping[int, int]) -> None:
        """In no sum is one cell hidden alone: it could be worked out, and is shown at once."""
        kept = [cell for cell in cells if cell not in number]
        others = [number[cell] for cell in cells if cell in number]
        if len(kept) == 1 and others:
            if kept[0] in self.needs:
                master.row(others, [1.0] * len(others), 1.0, INFINITY)
        elif not kept:
            for one in others:
                master.row(others, [-1.0 if other == one else 1.0 for other in others], 0.0, INFINITY)

    def _attacker(self) -> Programme:
        attacker = Programme()
        for _ in self.columns:
            attacker.column(0.0, 0.0)
        for cells, signs in self.rows:
            attacker.row([self.place[cell] for cell in cells], [float(sign) for sign in signs], 0.0, 0.0)
        return attacker

    def _cuts(self, hidden: Collection[int]) -> list[Cut]:
        """What the pattern lacks, for each cell that is not open enough."""
        for place, cell in enumerate(self.columns):
            inside = cell in hidden
            self.attacker.bound(place, -self.down[place] if inside else 0.0, self.up[place] if inside else 0.0)
        found = []
        for cell, need in sorted(self.needs.items()):
            up, above = self._end(cell, 1.0)
            down, below = self._end(cell, -1.0)
            for reached, level, weights in (
                (up, need.upper, above), (down, need.lower, below), (up + down, need.width, above + below)
            ):  # fmt: skip
                if reached < level - 1e-6:
                    found.append(self._cut(weights, float(level)))
        return found

    def _end(self, cell: int, direction: float) -> tuple[float, NDArray[np.float64]]:
        """How far the cell moves at most, and what each cell would give to that if it were hidden."""
        found = self.attacker.maximise({self.place[cell]: direction})
        if found.status != "optimal":
            return 0.0, np.zeros(len(self.columns))
        reduced = -found.duals @ self.matrix
        reduced[self.place[cell]] += direction
        reduced[np.abs(reduced) < 1e-9] = 0.0
        return found.objective, np.where(reduced > 0, reduced * self.up, -reduced * self.down)

    def _cut(self, weights: NDArray[np.float64], level: float) -> Cut:
        """What the cells give that are hidden anyway is taken off the level."""
        level -= sum(float(weights[self.place[cell]]) for cell in self.always)
        given = {cell: float(weights[self.place[cell]]) for cell in self.free}
        return Cut({cell: min(level, weight) for cell, weight in given.items() if weight > 1e-9}, level)

    def _add(self, cut: Cut) -> None:
        number = {cell: place for place, cell in enumerate(self.free)}
        places = [number[cell] for cell in cut.weights]
        self.master.row(places, [weight / cut.level for weight in cut.weights.values()], 1.0, INFINITY)

    def _in_whole_numbers(self, hidden: Collection[int]) -> bool:
        attack = Attack(self.plan.frame, {cell: self.plan.room(cell) for cell in hidden}, self.plan.reach)
        return not any(exposed(attack, Witnesses(self.plan.frame, (EVERYBODY,)), self.needs))

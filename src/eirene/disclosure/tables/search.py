"""A cheaper pattern: parts of one are taken back and done anew (large neighbourhood search: Shaw, "Using constraint
programming and local search methods to solve vehicle routing problems", 1998), by chance from a fixed seed, so that the
same table has the same pattern."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import numpy as np

from eirene.disclosure.tables.blocks import code_by_code, falls_apart
from eirene.disclosure.tables.cube import Grid
from eirene.disclosure.tables.heuristic import Pattern
from eirene.disclosure.tables.ledger import Task

#: How often a pattern is gone through again for a cheaper one, code after code.
REWORKS = 6
#: How many parts of a pattern are done anew.
SEARCHES = 1500
#: Tables with more cells are solved code by code.
LARGE = 600
#: Tasks in one part at most.
PART = 40
#: Cells times programmes and attackers, above which no programmes are solved for what is done anew.
COSTLY = 40_000
#: How much dearer than the best a pattern may become on the way, at first, as a share of what is hidden for others.
LOOSE = 0.01


def improve(pattern: Pattern) -> None:
    """Protects, and makes the pattern cheaper while that helps."""
    pattern.protect()
    size = len(pattern.plan.table)
    pattern.programmes = size <= LARGE and size * (pattern.solved + len(pattern.plan.knowers)) <= COSTLY
    for _ in range(REWORKS):
        if not _rework(pattern):
            break
    if len(pattern.plan.table) > LARGE and falls_apart(pattern):
        code_by_code(pattern)
    else:
        _Search(pattern).run(max(SEARCHES // len(pattern.plan.knowers), 150))
    pattern.programmes = True


def _rework(pattern: Pattern) -> bool:
    """Does one code after the other anew, now that the rest is known. Whether that helped."""
    before, axis = pattern.cost, pattern.cheapest.axis
    for code in pattern.plan.table.dimensions[axis].codes:
        pattern.anew({task for task in pattern.ledger.of_task if pattern.plan.table.keys[task[0]][axis] == code})
    return pattern.cost < before - 1e-6


class _Search:
    def __init__(self, pattern: Pattern) -> None:
        self.pattern = pattern
        self.draw = random.Random(len(pattern.plan.table))  # noqa: S311  no secret
        self.ways: Sequence[Callable[[], set[Task]]] = (
            self._some, self._of_one_cell, self._of_some_codes, self._through_a_code
        )  # fmt: skip

    def run(self, times: int) -> None:
        """Becomes dearer now and then, ever less (threshold accepting: Dueck & Scheuer 1990); ends with the best."""
        pattern = self.pattern
        best, entries = pattern.cost, dict(pattern.ledger.entries)
        fixed = sum(pattern.plan.costs[cell] for cell in pattern.ledger.base)
        for number in range(times):
            if not pattern.ledger.of_task:
                return
            more = LOOSE * (best - fixed) * (1 - number / times)
            tasks = self.ways[number % len(self.ways)]()
            pattern.anew(tasks, self.draw, best + more - pattern.cost, self._factor(number))
            if pattern.cost < best - 1e-6:
                best, entries = pattern.cost, dict(pattern.ledger.entries)
        pattern.ledger.restore(entries)

    def _some(self) -> set[Task]:
        tasks = sorted(self.pattern.ledger.of_task)
        return set(self.draw.sample(tasks, min(len(tasks), self.draw.choice((3, 6, 12, 24)))))

    def _of_one_cell(self) -> set[Task]:
        cells = self.pattern.ledger.secondary() or sorted(self.pattern.hidden)
        return set(self.pattern.ledger.using(self.draw.choice(cells)))

    def _of_some_codes(self) -> set[Task]:
        """Cells of some codes of a dimension."""
        keys, place = self.pattern.plan.table.keys, self._dimension()
        tasks = sorted(self.pattern.ledger.of_task)
        codes = sorted({keys[task[0]][place] for task in tasks})
        chosen = set(self.draw.sample(codes, min(len(codes), 2)))
        return self._part([task for task in tasks if keys[task[0]][place] in chosen])

    def _through_a_code(self) -> set[Task]:
        """Whatever hides cells of one code of two dimensions."""
        keys, first, second = self.pattern.plan.table.keys, self._dimension(), self._dimension()
        one = self.draw.choice(self.pattern.ledger.secondary() or sorted(self.pattern.hidden))
        like = (keys[one][first], keys[one][second])
        cells = [c for c in self.pattern.ledger.secondary() if (keys[c][first], keys[c][second]) == like]
        return self._part(sorted({task for cell in cells for task in self.pattern.ledger.using(cell)}))

    def _dimension(self) -> int:
        return self.draw.randrange(len(self.pattern.plan.table.dimensions))

    def _part(self, tasks: Sequence[Task]) -> set[Task]:
        return set(tasks if len(tasks) <= PART else self.draw.sample(tasks, PART))

    def _factor(self, number: int) -> Grid | None:
        """Every other time the prices of some codes are changed."""
        if number % 2:
            return None
        grid = np.ones(self.pattern.cubes.prices.shape)
        for axis, dimension in enumerate(self.pattern.plan.table.dimensions):
            for place in range(len(dimension.codes)):
                if self.draw.random() < 0.2:
                    at = tuple(place if other == axis else slice(None) for other in range(grid.ndim))
                    grid[at] *= self.draw.choice((0.3, 0.6, 1.7, 3.0))
        return grid

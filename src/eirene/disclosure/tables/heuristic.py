"""Complementary suppression for tables of any size: the cheapest opening of cell after cell."""

from __future__ import annotations

import math
import random
from collections.abc import Collection, Iterable, Mapping

from eirene.disclosure.tables.attack import Attack, Exposed, Witnesses
from eirene.disclosure.tables.cheapest import Cheapest
from eirene.disclosure.tables.cube import Cubes, Grid
from eirene.disclosure.tables.frame import Move, whole_of
from eirene.disclosure.tables.ledger import Entry, Ledger, Task
from eirene.disclosure.tables.plan import HEADLINE, Plan
from eirene.disclosure.tables.rules import Need

#: Among up to so many cells a movement in whole numbers is sought by branch and bound.
WIDE = 1500


class Pattern:
    """Cells that are hidden, and the movements by which each cell that needs it is known to be open.

    programmes   whether linear programmes are solved where no hypercube will do
    """

    def __init__(self, plan: Plan, needs: Mapping[int, Need]) -> None:
        self.plan = plan
        self.needs = needs
        self.cheapest = Cheapest(plan)
        self.cubes = Cubes(plan)
        self.ledger = Ledger(plan, self.cubes, {*plan.primaries, *plan.carried}, needs)
        #: What nothing opens enough.
        self.hopeless: set[Task] = {(c, n) for c in needs if c not in plan.veils for n in range(len(plan.knowers))}
        self.programmes = True
        #: How many programmes were solved.
        self.solved = 0
        self._factor: Grid | None = None
        self._still = [self.cubes.still(knower.cells) if knower.cells else None for knower in plan.knowers]

    @property
    def hidden(self) -> set[int]:
        return self.ledger.hidden

    @property
    def cost(self) -> float:
        return self.ledger.cost

    def protect(self) -> None:
        """Hides what opens the cells that need it for every attacker, the cheapest first."""
        order = self._order()
        for number, knower in enumerate(self.plan.knowers):
            for cell in order:
                if cell not in knower.cells and (cell, number) not in self.hopeless:
                    self._open(cell, number)

    def _order(self) -> list[int]:
        """Code after code along the longest dimension, the one with most such cells first: they share partners."""
        table, axis = self.plan.table, self.cheapest.axis
        many: dict[str, int] = {}
        for cell in self.needs:
            code = table.keys[cell][axis]
            many[code] = many.get(code, 0) + 1
        return sorted(self.needs, key=lambda c: (-many[table.keys[c][axis]], table.keys[c][axis], c))

    def anew(
        self, tasks: Collection[Task], draw: random.Random | None = None, more: float = 0.0, factor: Grid | None = None
    ) -> bool:
        """Opens these once more, in an order that is drawn; keeps what costs no more than `more` above what it did
        (or leaves everything as it was). Whether it was kept.

        factor   prices are taken times it, so that something else is tried
        """
        cost, hopeless = self.cost, set(self.hopeless)
        removed: dict[int, Entry] = {}
        for task in sorted(tasks):
            for number in list(self.ledger.of_task.get(task, ())):
                removed[number] = self.ledger.take_out(number)
        again = sorted({*tasks, *self._uncovered(removed)} - hopeless)
        if draw is not None:
            draw.shuffle(again)
        last, self._factor = self.ledger.last, factor
        for cell, knower in again:
            self._open(cell, knower)
            if self.cost > cost + more or len(self.hopeless) > len(hopeless):
                break
        self._factor = None
        if self.cost > cost + more or len(self.hopeless) > len(hopeless):
            self.ledger.undo(range(last + 1, self.ledger.last + 1), removed)
            self.hopeless = hopeless
            return False
        return True

    def _uncovered(self, removed: Mapping[int, Entry]) -> set[Task]:
        """Tasks that lived by movements which are gone."""
        moved = {cell for entry in removed.values() for cell in entry.move if cell in self.needs}
        return {
            (cell, number)
            for cell in moved
            for number, knower in enumerate(self.plan.knowers)
            if cell not in knower.cells and not self.needs[cell].met(*self.ledger.open(cell, number))
        }

    def begin(self, hidden: Collection[int]) -> None:
        """Hides these and nothing else; no movement is known."""
        for cell, cost in enumerate(self.plan.costs):
            self.cubes.price(cell, cost)
        self.ledger = Ledger(self.plan, self.cubes, hidden, self.needs)

    def only(self, hidden: Collection[int]) -> Witnesses:
        """What simple movements of these cells alone tell of how open they are: cheap, and proof where it suffices."""
        self.begin(hidden)
        self.programmes = False
        for cell in range(len(self.plan.table)):
            if cell not in self.ledger.base:
                self.cubes.price(cell, math.inf)
        self.protect()
        return self.witnesses()

    def show(self, cells: Collection[int]) -> None:
        """Hides these no longer, as far as no movement uses them."""
        self.ledger.base -= set(cells)

    def again(self, exposed: Iterable[Exposed]) -> bool:
        """Protects exposed cells anew. Whether that hid more."""
        before = len(self.hidden)
        for one in exposed:
            if one.cell in self.plan.veils:
                self.hopeless -= {(one.cell, n) for n, k in enumerate(self.plan.knowers) if k.name == one.attacker}
        self.protect()
        return len(self.hidden) > before

    def witnesses(self) -> Witnesses:
        """Its movements, each checked."""
        found = Witnesses(self.plan.frame, self.plan.knowers)
        for entry in self.ledger.entries.values():
            if self.plan.frame.holds(entry.move):
                found.add(entry.move)
        return found

    def attack(self, hidden: Iterable[int]) -> Attack:
        room = {cell: self.plan.room(cell) for cell in hidden if cell in self.plan.veils}
        return Attack(self.plan.frame, room, self.plan.reach)

    def _open(self, cell: int, number: int) -> None:
        need = self.needs[cell]
        for direction in (1, -1):
            down, up = self.ledger.open(cell, number)
            if need.met(down, up):
                return
            amount = max(need.upper, need.width - down) if direction > 0 else max(need.lower, need.width - up)
            done = up if direction > 0 else down
            while amount > done and not self._push(cell, direction * amount, number):
                amount = amount - 1 if amount - done <= 4 else done + (amount - done) // 2
        if not need.met(*self.ledger.open(cell, number)):
            self.hopeless.add((cell, number))

    def _push(self, cell: int, amount: int, number: int) -> bool:
        """Hides the cheapest support of such a movement; False if there is none."""
        move = self._cube(cell, amount, number)
        if self.programmes and (not move or self.ledger.added_by(move) >= HEADLINE):
            other = self._programme(cell, amount, number)
            if other and (not move or self.ledger.added_by(other) < self.ledger.added_by(move)):
                move = other
        if move:
            self.ledger.add((cell, number), move)
        return bool(move)

    def _cube(self, cell: int, amount: int, number: int) -> Move:
        return self.cubes.move(cell, amount, self._factor, self._still[number])

    def _programme(self, cell: int, amount: int, number: int) -> Move | None:
        self.solved += 1
        hidden = self.hidden
        found = self.cheapest.move(cell, amount, hidden, self.plan.knowers[number].cells)
        move = whole_of(found) if found else None
        if found and (not move or move.get(cell) != amount or not self.plan.frame.holds(move)):
            wider = {*hidden, *found}
            return self._whole_within(wider if len(wider) <= WIDE else found, cell, amount, number)
        return move

    def _whole_within(self, hidden: Collection[int], cell: int, amount: int, number: int) -> Move | None:
        attack = self.attack(hidden)
        attack.known(self.plan.knowers[number].cells)
        return attack.in_whole_numbers(cell, 1 if amount > 0 else -1, abs(amount))

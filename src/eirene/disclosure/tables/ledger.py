"""Which cells are hidden for which movements: kept so that movements can be taken back and put in at little cost."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from eirene.disclosure.tables.cube import Cubes
from eirene.disclosure.tables.frame import Move
from eirene.disclosure.tables.plan import Plan
from eirene.disclosure.tables.rules import Need

#: A cell that must be open, and the number of the attacker for whom.
Task = tuple[int, int]


@dataclass(frozen=True)
class Entry:
    """A movement, the task for which it was sought, and the attackers who know a cell that it moves."""

    task: Task
    move: Move
    blind: frozenset[int]


class Ledger:
    """Movements by number; how many use a cell; what the hidden cells cost.

    base    cells that are hidden in any case
    needs   cells that must be open: of these it is known which movements move them
    """

    def __init__(self, plan: Plan, cubes: Cubes, base: Collection[int], needs: Mapping[int, Need]) -> None:
        self.plan = plan
        self.cubes = cubes
        self.base = set(base)
        self.cost = sum(plan.costs[cell] for cell in sorted(self.base))
        self.entries: dict[int, Entry] = {}
        self.of_task: dict[Task, list[int]] = {}
        self._uses: dict[int, set[int]] = {}
        self._opening: dict[int, set[int]] = {cell: set() for cell in needs}
        #: Number of the last movement that was added.
        self.last = 0
        self._knowing: dict[int, list[int]] = {}
        for number, knower in enumerate(plan.knowers):
            for cell in knower.cells:
                self._knowing.setdefault(cell, []).append(number)
        for cell in self.base:
            cubes.price(cell, 0.0)

    @property
    def hidden(self) -> set[int]:
        return self.base | self._uses.keys()

    def using(self, cell: int) -> list[Task]:
        """Tasks whose movements move the cell."""
        return [self.entries[number].task for number in self.numbers(cell)]

    def numbers(self, cell: int) -> list[int]:
        """Movements that move the cell."""
        return sorted(self._uses.get(cell, ()))

    def secondary(self) -> list[int]:
        """Cells that are hidden for movements only."""
        return sorted(cell for cell in self._uses if cell not in self.base)

    def add(self, task: Task, move: Move) -> int:
        blind = frozenset(number for cell in move for number in self._knowing.get(cell, ()))
        self.last += 1
        self._put(self.last, Entry(task, move, blind))
        return self.last

    def _put(self, number: int, entry: Entry) -> None:
        self.entries[number] = entry
        self.of_task.setdefault(entry.task, []).append(number)
        for cell in entry.move:
            users = self._uses.get(cell)
            if users is None:
                users = self._uses[cell] = set()
                if cell not in self.base:
                    self.cost += self.plan.costs[cell]
                    self.cubes.price(cell, 0.0)
            users.add(number)
            if cell in self._opening:
                self._opening[cell].add(number)

    def take_out(self, number: int) -> Entry:
        entry = self.entries.pop(number)
        mine = self.of_task[entry.task]
        mine.remove(number)
        if not mine:
            del self.of_task[entry.task]
        for cell in entry.move:
            users = self._uses[cell]
            users.discard(number)
            if not users:
                del self._uses[cell]
                if cell not in self.base:
                    self.cost -= self.plan.costs[cell]
                    self.cubes.price(cell, self.plan.costs[cell])
            if cell in self._opening:
                self._opening[cell].discard(number)
        return entry

    def restore(self, before: Mapping[int, Entry]) -> None:
        """The movements as they were."""
        for number in [n for n, entry in self.entries.items() if before.get(n) is not entry]:
            self.take_out(number)
        for number, entry in before.items():
            if number not in self.entries:
                self._put(number, entry)
        self.last = max(self.last, *before, 0)

    def undo(self, added: Iterable[int], removed: Mapping[int, Entry]) -> None:
        for number in added:
            self.take_out(number)
        for number, entry in removed.items():
            self._put(number, entry)

    def added_by(self, move: Move) -> float:
        """What the movement would cost more."""
        return sum(self.plan.costs[cell] for cell in move if cell not in self._uses and cell not in self.base)

    def open(self, cell: int, knower: int = 0) -> tuple[int, int]:
        """How far down and up a cell that needs it is known to be open to an attacker."""
        down = up = 0
        for number in self._opening[cell]:
            entry = self.entries[number]
            if knower not in entry.blind:
                amount = entry.move[cell]
                down, up = max(down, -amount), max(up, amount)
        return down, up

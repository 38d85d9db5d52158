"""Complementary suppression for tables of any size: the cheapest opening of cell after cell, then better ones."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from eirene.disclosure.tables.attack import Attack, Exposed, Witnesses
from eirene.disclosure.tables.cheapest import Cheapest
from eirene.disclosure.tables.cube import Cubes
from eirene.disclosure.tables.frame import Move, whole_of
from eirene.disclosure.tables.plan import HEADLINE, Plan
from eirene.disclosure.tables.rules import Need

#: A cell that must be open, and the number of the attacker for whom.
Task = tuple[int, int]
#: How many parts of a pattern are done anew.
SEARCHES = 500
#: Cells times programmes and attackers, above which nothing is done anew.
COSTLY = 120_000


class Pattern:
    """Cells that are hidden, and the movements by which each cell that needs it is known to be open."""

    def __init__(self, plan: Plan, needs: Mapping[int, Need]) -> None:
        self.plan = plan
        self.needs = needs
        self.cheapest = Cheapest(plan)
        self.cubes = Cubes(plan)
        #: Movements by the cell and attacker for which each was sought.
        self.moves: dict[Task, list[Move]] = {}
        #: What nothing opens enough.
        self.hopeless: set[Task] = {(c, n) for c in needs if c not in plan.veils for n in range(len(plan.knowers))}
        #: How many programmes were solved where no hypercube would do.
        self.solved = 0
        self._begin({})

    def _begin(self, moves: Mapping[Task, list[Move]]) -> None:
        """Hides what must be hidden and what these movements need; nothing else."""
        self.moves = {task: list(found) for task, found in moves.items()}
        self.hidden = {*self.plan.primaries, *self.plan.carried}
        self.witnesses = Witnesses(self.plan.frame, self.plan.knowers)
        for found in self.moves.values():
            for move in found:
                self.hidden.update(move)
                self.witnesses.add(move)

    @property
    def cost(self) -> float:
        return sum(self.plan.costs[cell] for cell in sorted(self.hidden))

    def protect(self, draw: random.Random | None = None) -> None:
        """Hides what opens the cells that need it for every attacker, the cheapest first."""
        for number, knower in enumerate(self.plan.knowers):
            order = self._order()
            if draw is not None:
                draw.shuffle(order)
            for cell in order:
                if cell not in knower.cells and (cell, number) not in self.hopeless:
                    self._open(cell, number)

    def rework(self) -> bool:
        """Takes back what was hidden for one code after the other and does it anew, now that the rest is known; keeps
        what costs less. Whether anything did."""
        better = False
        axis = self.cheapest.axis
        for code in self.plan.table.dimensions[axis].codes:
            mine = {task for task in self.moves if self.plan.table.keys[task[0]][axis] == code}
            better = self._anew(mine) or better
        return better

    def _anew(self, tasks: Collection[Task], draw: random.Random | None = None) -> bool:
        """Opens these once more, in an order that is drawn; keeps what costs no more. Whether it costs less."""
        if not tasks:
            return False
        before, cost, hopeless = self.moves, self.cost, set(self.hopeless)
        self._begin({task: found for task, found in before.items() if task not in tasks})
        self.protect(draw)
        if len(self.hopeless) > len(hopeless) or self.cost > cost + 1e-9:
            self._begin(before)
            self.hopeless = hopeless
        return self.cost < cost - 1e-6

    def search(self, times: int) -> None:
        """Takes parts of the pattern back and does them anew (large neighbourhood search: Shaw 1998), so many times;
        drawn from a fixed seed, so that the same table has the same pattern."""
        draw = random.Random(times)  # noqa: S311  no secret
        for number in range(times):
            tasks = sorted(self.moves)
            if tasks:
                self._anew(self._drawn(draw, tasks, number % 3), draw)

    def _drawn(self, draw: random.Random, tasks: Sequence[Task], way: int) -> set[Task]:
        """Some here and there; those that use one cell; or those of some codes."""
        if way == 0:
            return set(draw.sample(tasks, min(len(tasks), 2 + len(tasks) // 12)))
        if way == 1:
            others = sorted(self.hidden - set(self.plan.primaries)) or sorted(self.hidden)
            cell = draw.choice(others)
            return {task for task in tasks if any(cell in move for move in self.moves[task])}
        keys = self.plan.table.keys
        place = draw.randrange(len(self.plan.table.dimensions))
        codes = sorted({keys[task[0]][place] for task in tasks})
        chosen = set(draw.sample(codes, min(len(codes), 2)))
        mine = [task for task in tasks if keys[task[0]][place] in chosen]
        return set(draw.sample(mine, min(len(mine), 40)))

    def improve(self, times: int) -> None:
        """Protects, and goes through the pattern again until it becomes no cheaper, so many times at most."""
        self.protect()
        if len(self.plan.table) * (self.solved + len(self.plan.knowers)) > COSTLY:
            return  # it would take too long to do it again and again
        for _ in range(times):
            if not self.rework():
                break
        self.search(SEARCHES)

    def settle(self, hidden: Collection[int] | None) -> None:
        """Takes another pattern over, if there is one; the audit finds out how well it protects."""
        if hidden is not None:
            self._begin({})
            self.hidden = set(hidden)

    def again(self, exposed: Iterable[Exposed]) -> bool:
        """Protects exposed cells anew. Whether that hid more."""
        before = len(self.hidden)
        for one in exposed:
            if one.cell in self.plan.veils:
                self.hopeless -= {(one.cell, n) for n, k in enumerate(self.plan.knowers) if k.name == one.attacker}
        self.protect()
        return len(self.hidden) > before

    def _order(self) -> list[int]:
        """Code after code along the longest dimension, the one with most such cells first: they share partners."""
        table, axis = self.plan.table, self.cheapest.axis
        many: dict[str, int] = {}
        for cell in self.needs:
            code = table.keys[cell][axis]
            many[code] = many.get(code, 0) + 1
        return sorted(self.needs, key=lambda c: (-many[table.keys[c][axis]], table.keys[c][axis], c))

    def _open(self, cell: int, number: int) -> None:
        need = self.needs[cell]
        for direction in (1, -1):
            down, up = self.witnesses.open(cell, number)
            if need.met(down, up):
                return
            amount = max(need.upper, need.width - down) if direction > 0 else max(need.lower, need.width - up)
            done = up if direction > 0 else down
            while amount > done and not self._push(cell, direction * amount, number):
                amount = amount - 1 if amount - done <= 4 else done + (amount - done) // 2
        if not need.met(*self.witnesses.open(cell, number)):
            self.hopeless.add((cell, number))

    def _push(self, cell: int, amount: int, number: int) -> bool:
        """Hides the cheapest support of such a movement; False if there is none."""
        cube = self._cube(cell, amount, number)
        if cube and self._added(cube) < HEADLINE:
            self._take(cube, cell, number)
            return True
        self.solved += 1
        found = self.cheapest.move(cell, amount, self.hidden, self.plan.knowers[number].cells)
        move = whole_of(found) if found else None
        if found and (not move or move.get(cell) != amount or not self.plan.frame.holds(move)):
            move = self._whole_within({*self.hidden, *found}, cell, amount, number)
        if cube and (not move or self._added(cube) <= self._added(move)):
            move = cube
        if not move:
            return False
        self._take(move, cell, number)
        return True

    def _added(self, move: Move) -> float:
        return sum(self.plan.costs[cell] for cell in move if cell not in self.hidden)

    def _cube(self, cell: int, amount: int, number: int) -> Move:
        size = len(self.plan.table) + 1
        hidden, still = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
        hidden[list(self.hidden)] = True
        still[list(self.plan.knowers[number].cells)] = True
        move = self.cubes.move(cell, amount, hidden, still)
        return move if move and self.plan.frame.holds(move) else {}

    def _take(self, move: Move, cell: int, number: int) -> None:
        self.hidden.update(move)
        self.witnesses.add(move)
        self.moves.setdefault((cell, number), []).append(move)

    def _whole_within(self, hidden: Collection[int], cell: int, amount: int, number: int) -> Move | None:
        attack = self.attack(hidden)
        attack.known(self.plan.knowers[number].cells)
        return attack.in_whole_numbers(cell, 1 if amount > 0 else -1, abs(amount))

    def attack(self, hidden: Iterable[int]) -> Attack:
        room = {cell: self.plan.room(cell) for cell in hidden if cell in self.plan.veils}
        return Attack(self.plan.frame, room, self.plan.reach)

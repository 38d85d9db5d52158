"""Showing again what need not be hidden: one secondary cell after the other, if what must be open stays open."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from eirene.disclosure.tables.attack import Witnesses, exposed
from eirene.disclosure.tables.heuristic import Pattern
from eirene.disclosure.tables.ledger import Ledger

#: Programmes that may be solved.
SOLVES = 3000


def trimmed(pattern: Pattern, hidden: Collection[int], order: Callable[[Collection[int]], Sequence[int]]) -> None:
    """Makes a part of `hidden` the pattern, with more where that does not open what must be open; for one attacker.

    order   which of the hidden cells to try to show again, the first first
    """
    pattern.begin(hidden)
    witnesses = Witnesses(pattern.plan.frame, pattern.plan.knowers)
    attack = pattern.attack(hidden)
    left = list(exposed(attack, witnesses, {c: n for c, n in pattern.needs.items() if c in attack.place}))
    for move in witnesses.moves:
        pattern.ledger.add((min(cell for cell in move if cell in pattern.needs), 0), move)
    if left:
        pattern.protect()
    trim = _Trim(pattern)
    for cell in order(pattern.hidden):
        if trim.solved < SOLVES:
            trim.show(cell)
    entries = dict(pattern.ledger.entries)
    pattern.begin({*pattern.plan.primaries, *pattern.plan.carried})
    pattern.ledger.restore(entries)


class _Trim:
    """ledger: movements that open each cell that needs it; its base are all cells that are hidden still."""

    def __init__(self, pattern: Pattern) -> None:
        self.needs = pattern.needs
        self.ledger: Ledger = pattern.ledger
        self.ledger.base |= pattern.hidden
        self.attack = pattern.attack(pattern.hidden)
        self.solved = 0

    def show(self, cell: int) -> None:
        """Shows the cell if other movements do instead of those that it makes."""
        last = self.ledger.last
        removed = {number: self.ledger.take_out(number) for number in self.ledger.numbers(cell)}
        moved = sorted({other for entry in removed.values() for other in entry.move if other in self.needs})
        self.attack.allow(cell, to_move=False)
        if all(self._open(other) for other in moved):
            self.ledger.base.discard(cell)
            return
        self.ledger.undo(range(last + 1, self.ledger.last + 1), removed)
        self.attack.allow(cell, to_move=True)

    def _open(self, cell: int) -> bool:
        need = self.needs[cell]
        for direction in (1, -1):
            if need.met(*self.ledger.open(cell)):
                return True
            self.solved += 1
            _, move = self.attack.furthest(cell, direction)
            if move:
                self.ledger.add((cell, 0), move)
        return need.met(*self.ledger.open(cell))

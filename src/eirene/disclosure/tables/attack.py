"""What can be worked out of hidden cells: the feasibility interval of each, for each attacker.

The interval's ends are two linear programmes over all equations (Willenborg & de Waal, "Elements of Statistical
Disclosure Control", 2001, 6.3). They prove that a cell is exposed; that it is not is proved by whole-numbered movements
which were found on the way and checked exactly, because counts are whole numbers and the attacker knows. Each movement
says something of every cell that moves, so that most cells need no programme of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from eirene.disclosure.programme import Programme
from eirene.disclosure.tables.frame import REACH, Frame, Move, Room, whole
from eirene.disclosure.tables.rules import Need

#: Branch-and-bound nodes for one movement in whole numbers.
NODES = 500
#: Above so many cells that takes too long, and what is not shown to be open counts as exposed.
WIDE = 1500


@dataclass(frozen=True)
class Knower:
    """An attacker, and the cells that he knows of his own."""

    name: str
    cells: frozenset[int] = frozenset()


EVERYBODY = Knower("")


@dataclass
class Witnesses:
    """Movements found so far, and how far they open each cell for each attacker."""

    frame: Frame
    knowers: Sequence[Knower]
    moves: list[Move] = field(default_factory=list)
    _ends: list[dict[int, tuple[int, int]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._ends = [{} for _ in self.knowers]

    def add(self, move: Move) -> None:
        self.moves.append(move)
        for knower, ends in zip(self.knowers, self._ends, strict=True):
            if knower.cells.isdisjoint(move):
                for cell, amount in move.items():
                    down, up = ends.get(cell, (0, 0))
                    ends[cell] = (max(down, -amount), max(up, amount))

    def open(self, cell: int, knower: int = 0) -> tuple[int, int]:
        """How far down and up the cell is known to be open."""
        return self._ends[knower].get(cell, (0, 0))

    def without(self, gone: Collection[int]) -> Witnesses:
        """Those that move none of the cells."""
        left = Witnesses(self.frame, self.knowers)
        for move in self.moves:
            if not any(cell in move for cell in gone):
                left.add(move)
        return left


class Attack:
    """All movements that hidden cells can make: the programme that an attacker would solve.

    room    hidden cell → how far it may move
    reach   farther than this no cell is moved
    """

    def __init__(self, frame: Frame, room: Mapping[int, Room], reach: int) -> None:
        self.frame = frame
        self.columns = sorted(room)
        self.place = {cell: place for place, cell in enumerate(self.columns)}
        self.ends = [room[cell].within(reach) for cell in self.columns]
        self.rows = frame.restricted(self.columns)
        self._fixed: frozenset[int] = frozenset()
        self.programme = self._built()

    def _built(self, *, nodes: int | None = None) -> Programme:
        programme = Programme(nodes=nodes)
        for cell, (down, up) in zip(self.columns, self.ends, strict=True):
            still = cell in self._fixed
            programme.column(0.0 if still else -float(down), 0.0 if still else float(up), integer=nodes is not None)
        for cells, signs in self.rows:
            programme.row([self.place[c] for c in cells], [float(s) for s in signs], 0.0, 0.0)
        return programme

    def known(self, cells: Collection[int]) -> None:
        """These cells do not move from now on: the attacker knows them."""
        wanted = frozenset(c for c in cells if c in self.place)
        for cell in sorted(wanted ^ self._fixed):
            down, up = (0, 0) if cell in wanted else self.ends[self.place[cell]]
            self.programme.bound(self.place[cell], -float(down), float(up))
        self._fixed = wanted

    def allow(self, cell: int, *, to_move: bool) -> None:
        """Whether the cell may move from now on; one that may not is as good as shown."""
        down, up = self.ends[self.place[cell]] if to_move else (0, 0)
        self.programme.bound(self.place[cell], -float(down), float(up))

    def furthest(self, cell: int, direction: int) -> tuple[int, Move | None]:
        """How far the cell can move up (1) or down (-1) at most, rounded inwards; and a movement in whole numbers."""
        found = self.programme.maximise({self.place[cell]: float(direction)})
        if found.status != "optimal":
            return 0, None
        move = whole(found.values, self.columns)
        return int(found.objective + 1e-6), move if move and self.frame.holds(move) else None

    def in_whole_numbers(self, cell: int, direction: int, amount: int) -> Move | None:
        """A movement of the cell by at least so much, up or down, found by branch and bound; None if none was."""
        if len(self.columns) > WIDE:
            return None
        programme = self._built(nodes=NODES)
        down, up = self.ends[self.place[cell]]
        ends = (float(amount), float(up)) if direction > 0 else (-float(down), -float(amount))
        if ends[0] > ends[1]:
            return None
        programme.bound(self.place[cell], *ends)
        found = programme.minimise({})
        if found.status != "optimal":
            return None
        moved = {c: round(v) for c, v in zip(self.columns, found.values, strict=True) if round(v)}
        return moved if self.frame.holds(moved) else None


@dataclass(frozen=True)
class Exposed:
    """A hidden cell that is not open enough, from value - down to value + up; to whom ('' everybody)."""

    cell: int
    down: int
    up: int
    need: Need
    attacker: str = ""


def exposed(attack: Attack, witnesses: Witnesses, needs: Mapping[int, Need]) -> Iterator[Exposed]:
    """Hidden cells of `needs` that some attacker can work out too well, attacker by attacker in their order.

    Movements that are found are added to `witnesses`.
    """
    for number, knower in enumerate(witnesses.knowers):
        wanted = [cell for cell in sorted(needs) if cell in attack.place and cell not in knower.cells]
        if all(needs[cell].met(*witnesses.open(cell, number)) for cell in wanted):
            continue
        attack.known(knower.cells)
        for cell in wanted:
            ends = _open_enough(attack, witnesses, number, cell, needs[cell])
            if ends is not None:
                yield Exposed(cell, *ends, needs[cell], knower.name)
    attack.known(())


def _open_enough(attack: Attack, witnesses: Witnesses, number: int, cell: int, need: Need) -> tuple[int, int] | None:
    """None if the cell is open enough; else how far down and up it is."""
    if need.met(*witnesses.open(cell, number)):
        return None
    ends = {}
    for direction in (1, -1):
        ends[direction], move = attack.furthest(cell, direction)
        if move:
            witnesses.add(move)
        if need.met(*witnesses.open(cell, number)):
            return None
    if need.met(ends[-1], ends[1]):
        # The programme says yes, but with fractions: is there a movement in whole numbers?
        for direction in (1, -1):
            down, up = witnesses.open(cell, number)
            amount = max(need.upper, need.width - down) if direction > 0 else max(need.lower, need.width - up)
            move = attack.in_whole_numbers(cell, direction, min(amount, ends[direction])) if amount else None
            if move:
                witnesses.add(move)
            if need.met(*witnesses.open(cell, number)):
                return None
    down, up = witnesses.open(cell, number)
    return (down, up) if need.met(ends[-1], ends[1]) else (ends[-1], ends[1])


def reach_of(needs: Mapping[int, Need]) -> int:
    return REACH * max((max(n.width, n.upper, n.lower) for n in needs.values()), default=1)

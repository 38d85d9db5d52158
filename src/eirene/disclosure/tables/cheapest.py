"""Complementary suppression for tables of any size: for one cell after the other the cheapest movement that opens it.

A movement that leaves all that is shown as it is needs every cell of its support hidden. The cheapest one is a linear
programme; what is hidden already costs nothing (Robertson, "Cell suppression at Statistics Canada", 1993; Kelly, Golden
& Assad, "Cell suppression: disclosure protection for sensitive tabular data", Networks 22, 1992). This holds for any
linear constraints. The programme is first solved over a part of the table: the cell's own code along the longest
dimension and a few partners; it is widened only where that does not suffice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from eirene.disclosure.programme import INFINITY, Programme
from eirene.disclosure.tables.model import Key
from eirene.disclosure.tables.plan import Plan

Cells = tuple[int, ...]
#: Up to so many cells the programme is solved over all of them at once.
WHOLE = 400
#: What a unit of movement costs in a cell that is hidden already: little, so that few are moved.
HIDDEN = 1e-3
#: Rounds of slope scaling at most.
ROUNDS = 1


class Local:
    """The cheapest movements among some cells. Each cell has a column for its way up and one for its way down."""

    def __init__(self, plan: Plan, cells: Sequence[int]) -> None:
        self.plan = plan
        self.cells = list(cells)
        self.place = {cell: place for place, cell in enumerate(self.cells)}
        self.programme = Programme()
        self.ends = [plan.room(cell).within(plan.reach) for cell in self.cells]
        for down, up in self.ends:
            self.programme.column(0.0, float(up))
            self.programme.column(0.0, float(down))
        for cells_, signs in plan.frame.restricted(self.cells):
            columns = [2 * self.place[c] + side for c in cells_ for side in (0, 1)]
            self.programme.row(columns, [float(s * way) for s in signs for way in (1, -1)], 0.0, 0.0)

    def move(self, cell: int, amount: int, hidden: Collection[int], still: Collection[int] = ()) -> dict[int, float]:
        """The cheapest movement of the cell by `amount` (down if negative) that moves none of `still`; empty if there
        is none."""
        place = self.place[cell]
        down, up = self.ends[place]
        if amount > up or -amount > down:
            return {}
        self.programme.bound(2 * place, max(amount, 0), max(amount, 0))
        self.programme.bound(2 * place + 1, max(-amount, 0), max(-amount, 0))
        stopped = [c for c in still if c in self.place]
        for other in stopped:
            self._limit(other, 0, 0)
        found = self._solve(hidden, amount)
        for other in (cell, *stopped):
            self._limit(other, *self.ends[self.place[other]])
        return found

    def _limit(self, cell: int, down: int, up: int) -> None:
        self.programme.bound(2 * self.place[cell], 0.0, float(up))
        self.programme.bound(2 * self.place[cell] + 1, 0.0, float(down))

    def _solve(self, hidden: Collection[int], amount: int) -> dict[int, float]:
        """The least cost per cell, not per unit: a cell's cost is spread over what it moved the time before (slope
        scaling: Kim & Pardalos, "A solution approach to the fixed charge network flow problem", 1999)."""
        size = float(abs(amount))
        slopes = [HIDDEN if cell in hidden else self.plan.costs[cell] / size for cell in self.cells]
        best: dict[int, float] = {}
        least = INFINITY
        for _ in range(ROUNDS):
            moved = self._once(slopes)
            cost = sum(self.plan.costs[cell] for cell in moved if cell not in hidden)
            if not moved or cost >= least:
                break
            best, least = moved, cost
            for place, cell in enumerate(self.cells):
                if cell in moved and cell not in hidden:
                    slopes[place] = self.plan.costs[cell] / abs(moved[cell])
        return best

    def _once(self, slopes: Sequence[float]) -> dict[int, float]:
        found = self.programme.minimise({2 * p + side: slope for p, slope in enumerate(slopes) for side in (0, 1)})
        if found.status != "optimal":
            return {}
        ways = found.values[0::2] - found.values[1::2]
        return {cell: float(way) for cell, way in zip(self.cells, ways, strict=True) if abs(way) > 1e-6}


class Cheapest:
    """Cheapest movements in a table, over as small a part of it as suffices."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.free = sorted(plan.veils)
        sizes = [len(d.codes) if d.total is not None else 0 for d in plan.table.dimensions]
        self.axis = max(range(len(sizes)), key=lambda place: (sizes[place], -place))
        self._along: dict[str, list[int]] = {code: [] for code in plan.table.dimensions[self.axis].codes}
        for cell in self.free:
            self._along[plan.table.keys[cell][self.axis]].append(cell)
        self._locals: dict[Cells, Local] = {}

    def move(self, cell: int, amount: int, hidden: Collection[int], still: Collection[int] = ()) -> dict[int, float]:
        for cells in self._parts(cell, amount, hidden, still):
            found = self._local(cells).move(cell, amount, hidden, still)
            if found:
                return found
        return {}

    def _local(self, cells: Cells) -> Local:
        if cells not in self._locals:
            if len(self._locals) > 12:
                self._locals.pop(next(iter(self._locals)))
            self._locals[cells] = Local(self.plan, cells)
        return self._locals[cells]

    def _parts(self, cell: int, amount: int, hidden: Collection[int], still: Collection[int]) -> Iterator[Cells]:
        table = self.plan.table
        own = table.keys[cell][self.axis]
        dimension = table.dimensions[self.axis]
        if len(self.free) > WHOLE and dimension.total is not None:
            partners = self._partners(cell, amount, hidden, still)
            total = dimension.total
            for codes in ({own, *partners[:3]}, {own, *partners[:9]}, {own, total, *partners[:9]}):
                yield tuple(c for code in sorted(codes) for c in self._along[code])
        yield tuple(self.free)

    def _partners(self, cell: int, amount: int, hidden: Collection[int], still: Collection[int]) -> list[str]:
        """Other codes along the axis, the best first: of the same group; whose cell can move against this one; where
        what is hidden for this one's code costs least."""
        table, axis = self.plan.table, self.axis
        own = table.keys[cell][axis]
        rests = [table.keys[c] for c in hidden if table.keys[c][axis] == own]
        blocked = {table.keys[c][axis] for c in still}
        dimension = table.dimensions[axis]
        above = dimension.parts.get(own) or next((p for p in dimension.parts.values() if own in p), ())
        scored = []
        for code in dimension.codes:
            if code == own or dimension.is_sum(code) or code in blocked:
                continue
            against = self._of(table.keys[cell], code)
            opposed = against in self.plan.veils and self.plan.room(against).holds(
                amount if dimension.is_sum(own) else -amount
            )
            score = sum(self._price(self._of(key, code), hidden) for key in rests)
            scored.append((code not in above, not opposed, score, code))
        return [code for *_, code in sorted(scored)]

    def _of(self, key: Key, code: str) -> int:
        """The cell of another code along the axis; -1 if it has no row."""
        return self.plan.table.number.get((*key[: self.axis], code, *key[self.axis + 1 :]), -1)

    def _price(self, cell: int, hidden: Collection[int]) -> float:
        if cell in hidden:
            return 0.0
        return self.plan.costs[cell] if cell in self.plan.veils else 200.0

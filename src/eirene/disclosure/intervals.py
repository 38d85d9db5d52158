"""Between what an attacker can place each number that he is not told: the feasibility interval, by linear programmes.

Every component of the constraints is a programme of its own. Each solution is a possible world, so it shows for every
column at once how far apart worlds may lie; only columns that no world has yet shown to be protected are asked for by
themselves (Hundepool et al., Statistical Disclosure Control, 2012, 4.3: the intruder's feasibility problem).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor

import numpy as np

from eirene.disclosure.programme import INFINITY, Programme, Solution
from eirene.disclosure.unknowns import Row, Unknowns

#: Rounds in which many columns are moved at once before single ones are.
_SWEEPS = 12
_SLACK = 1e-6


#: row → dual price
Prices = tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Interval:
    """What is known of a column: low ≤ it ≤ high. above, below: the rows that say so, each with its dual price."""

    column: int
    low: float
    high: float
    above: Prices = ()
    below: Prices = ()

    @property
    def rows(self) -> tuple[int, ...]:
        """The numbers of these rows, the tightest first."""
        weights: dict[int, float] = {}
        for number, price in (*self.above, *self.below):
            weights[number] = max(weights.get(number, 0.0), abs(price))
        return tuple(sorted(weights, key=lambda n: (-weights[n], n)))


@dataclass
class Component:
    """Columns that hang together, and the rows between them."""

    columns: list[int]
    rows: list[int]


Enough = Callable[[int, float, float], bool]
Progress = Callable[[int, int], None]


def components(found: Unknowns) -> list[Component]:
    """The constraints taken apart where nothing connects them, in the order of their first columns."""
    parent = list(range(len(found.columns)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    for row in found.rows:
        first, *others = row.terms
        for other in others:
            a, b = root(first), root(other)
            if a != b:
                parent[max(a, b)] = min(a, b)
    made: dict[int, Component] = {}
    for column in range(len(found.columns)):
        made.setdefault(root(column), Component([], [])).columns.append(column)
    for number, row in enumerate(found.rows):
        made[root(next(iter(row.terms)))].rows.append(number)
    return [made[key] for key in sorted(made)]


class Attack:
    """The programme of one component."""

    def __init__(self, found: Unknowns, component: Component) -> None:
        self.found, self.component = found, component
        self.place = {column: at for at, column in enumerate(component.columns)}
        self.programme = Programme()
        for column in component.columns:
            self.programme.column(*self._bounds(column))
        for number in component.rows:
            row = found.rows[number]
            self.programme.row([self.place[c] for c in row.terms], [float(v) for v in row.terms.values()], *_sides(row))
        n = len(component.columns)
        self.low, self.high = np.full(n, np.inf), np.full(n, -np.inf)
        self.solved = 0
        #: Whether no world fits: what is told contradicts itself.
        self.impossible = False

    def _bounds(self, column: int) -> tuple[float, float]:
        one = self.found.columns[column]
        return one.low, min(one.high, INFINITY)

    def fix(self, values: Mapping[int, float]) -> None:
        """The attacker knows these columns. What was seen of other worlds is forgotten."""
        for column, value in values.items():
            self.programme.bound(self.place[column], value, value)
        self.low[:], self.high[:] = np.inf, -np.inf

    def free(self, columns: Iterable[int]) -> None:
        for column in columns:
            self.programme.bound(self.place[column], *self._bounds(column))

    def _seen(self, solution: Solution) -> bool:
        self.solved += 1
        if solution.status == "infeasible":
            self.impossible = True
        if solution.status != "optimal":
            return False
        np.minimum(self.low, solution.values, out=self.low)
        np.maximum(self.high, solution.values, out=self.high)
        return True

    def exposed(self, targets: Sequence[int], enough: Enough) -> list[Interval]:
        """Those of the targets that are known too closely, each with its interval."""
        if not self._seen(self.programme.minimise({})):
            return []
        self._sweep(targets, enough)
        found = []
        for column in targets:
            if not self._shown(column, enough):
                interval = self._ask(column, enough)
                if interval is not None:
                    found.append(interval)
        return found

    def _shown(self, column: int, enough: Enough) -> bool:
        """Whether worlds seen so far lie far enough apart."""
        at = self.place[column]
        return enough(column, float(self.low[at]), float(self.high[at]))

    def _sweep(self, targets: Sequence[int], enough: Enough) -> None:
        """Moves all columns that are not yet shown to be protected at once, each time in other directions."""
        for turn in range(_SWEEPS):
            open_ = [c for c in targets if not self._shown(c, enough)]
            if len(open_) < 4:
                return
            costs = {self.place[c]: _direction(at, turn) for at, c in enumerate(open_)}
            solution = self.programme.maximise(costs)
            if solution.status == "unbounded":
                # Whatever has no end is moved by its own programme.
                solution = self.programme.minimise({at: abs(v) for at, v in costs.items()})
            self._seen(solution)

    def _ask(self, column: int, enough: Enough) -> Interval | None:
        at = self.place[column]
        up = self.programme.maximise({at: 1.0})
        high = up.objective if self._seen(up) else float("inf") if up.status == "unbounded" else float(self.high[at])
        if self._integer(column, float(self.low[at]), high, enough):
            return None
        down = self.programme.minimise({at: 1.0})
        low = (
            down.objective if self._seen(down) else float("-inf") if down.status == "unbounded" else float(self.low[at])
        )
        if self._integer(column, low, high, enough):
            return None
        return Interval(column, low, high, self._binding(up), self._binding(down))

    def _integer(self, column: int, low: float, high: float, enough: Enough) -> bool:
        """Enough, also for one who knows that persons come whole."""
        if self.found.columns[column].integer and np.isfinite(low) and np.isfinite(high):
            low, high = ceil(low - _SLACK), floor(high + _SLACK)
        return enough(column, low, high)

    def _binding(self, solution: Solution) -> Prices:
        """Rows with a price, by number; the prices are multiples of the same few fractions, rounded to compare."""
        if not len(solution.duals):
            return ()
        tight = np.flatnonzero(np.abs(solution.duals) > 1e-7)
        return tuple((self.component.rows[int(at)], round(float(solution.duals[at]), 9)) for at in tight)


def _direction(at: int, turn: int) -> float:
    """All up, all down, then halves, quarters … of them against each other."""
    if turn < 2:
        return 1.0 if turn == 0 else -1.0
    sign = 1.0 if (at >> ((turn - 2) // 2)) & 1 else -1.0
    return sign if turn % 2 else -sign


def _sides(row: Row) -> tuple[float, float]:
    return _side(row.low, -INFINITY), _side(row.high, INFINITY)


def _side(value: Fraction | None, otherwise: float) -> float:
    return otherwise if value is None else float(value)


@dataclass
class Attacked:
    """exposed: what is known too closely; impossible: components whose constraints contradict each other."""

    exposed: list[Interval] = field(default_factory=list)
    impossible: list[Component] = field(default_factory=list)
    solved: int = 0


#: Components that were attacked before, as they were then: what was exposed, by place.
Memory = dict[object, tuple[tuple[Interval, ...], bool]]


def attack(
    found: Unknowns,
    targets: frozenset[int],
    enough: Enough,
    progress: Progress | None = None,
    memory: Memory | None = None,
) -> Attacked:
    """All components, one after the other. A column that nothing speaks of is not known at all.

    memory   what an earlier call found; components that are still the same are not attacked again
    """
    result = Attacked()
    parts = [part for part in components(found) if part.rows and not targets.isdisjoint(part.columns)]
    known: Memory = {} if memory is None else memory
    for done, part in enumerate(parts):
        if progress is not None:
            progress(done, len(parts))
        same = _fingerprint(found, part, targets)
        if same not in known:
            one = Attack(found, part)
            exposed = one.exposed([c for c in part.columns if c in targets], enough)
            result.solved += one.solved
            known[same] = (tuple(_by_place(part, i) for i in exposed), one.impossible)
        intervals, impossible = known[same]
        result.exposed += [_by_number(part, i) for i in intervals]
        if impossible:
            result.impossible.append(part)
    return result


def _fingerprint(found: Unknowns, part: Component, targets: frozenset[int]) -> object:
    place = {column: at for at, column in enumerate(part.columns)}
    columns = tuple((found.columns[c].spot, found.columns[c].true, c in targets) for c in part.columns)
    rows = tuple(
        (tuple((place[c], v) for c, v in row.terms.items()), row.low, row.high)
        for row in (found.rows[number] for number in part.rows)
    )
    return columns, rows


def _by_place(part: Component, one: Interval) -> Interval:
    column, row = part.columns.index(one.column), {number: at for at, number in enumerate(part.rows)}
    above, below = (tuple((row[number], price) for number, price in side) for side in (one.above, one.below))
    return Interval(column, one.low, one.high, above, below)


def _by_number(part: Component, one: Interval) -> Interval:
    above, below = (tuple((part.rows[at], price) for at, price in side) for side in (one.above, one.below))
    return Interval(part.columns[one.column], one.low, one.high, above, below)

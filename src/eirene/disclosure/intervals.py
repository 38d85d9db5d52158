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

from eirene.disclosure.constraints import Component, Row, Sum, Unknowns
from eirene.disclosure.programme import INFINITY, Programme, Solution

#: Rounds in which many columns are moved at once before single ones are.
_SWEEPS = 12
_SLACK = 1e-6
#: Programmes for the end of a quotient, at most.
_STEPS = 12


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


Enough = Callable[[int, float, float], bool]
Progress = Callable[[int, int], None]


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

    # least and most of sums and quotients

    def least(self, terms: Mapping[int, float]) -> float:
        """The least that a sum of columns can be; -inf if there is no end."""
        return self._end(terms, least=True)

    def most(self, terms: Mapping[int, float]) -> float:
        return self._end(terms, least=False)

    def _end(self, terms: Mapping[int, float], *, least: bool) -> float:
        costs = {self.place[column]: value for column, value in terms.items()}
        solution = self.programme.minimise(costs) if least else self.programme.maximise(costs)
        if not self._seen(solution):
            return float("-inf") if least else float("inf")
        return solution.objective

    def quotient(self, above: Sum, below: Sum, *, least: bool) -> float:
        """The least or the most of above ÷ below, by a few programmes (Dinkelbach, Management Science 13, 1967);
        0 or inf where `below` may be zero."""
        end = 0.0 if least else float("inf")
        tried = 0.0
        for _ in range(_STEPS):
            total = Sum()
            total.add(above)
            total.add(below, -Fraction(tried))
            costs = {self.place[column]: float(value) for column, value in total.terms.items()}
            solution = self.programme.minimise(costs) if least else self.programme.maximise(costs)
            if not self._seen(solution):
                return end
            over, under = self._value(above, solution), self._value(below, solution)
            if under <= _SLACK:
                return end
            value = over / under
            if abs(value - tried) <= _SLACK * max(1.0, abs(value)):
                break
            tried = value
        return tried

    def _value(self, total: Sum, solution: Solution) -> float:
        return float(total.constant) + sum(
            float(v) * float(solution.values[self.place[c]]) for c, v in total.terms.items()
        )

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


#: Components that were attacked before, as they were then: what was exposed, and whether no world fits.
Memory = dict[int, tuple[tuple[Interval, ...], bool]]


def attack(found: Unknowns, enough: Enough, progress: Progress | None = None, memory: Memory | None = None) -> Attacked:
    """All components, one after the other. A column that nothing speaks of is not known at all.

    memory   what an earlier call found; components that are still the same are not attacked again
    """
    result = Attacked()
    parts = found.components()
    known: Memory = {} if memory is None else memory
    for done, part in enumerate(parts):
        if progress is not None:
            progress(done, len(parts))
        if part.mark not in known:
            one = Attack(found, part)
            exposed = one.exposed(part.columns, enough)
            result.solved += one.solved
            known[part.mark] = tuple(exposed), one.impossible
        intervals, impossible = known[part.mark]
        result.exposed += intervals
        if impossible:
            result.impossible.append(part)
    return result

"""Feasibility intervals of unknowns under linear constraints, by scipy (HiGHS: interior point, dual simplex, milp).

The attacker's question is not the interval itself but whether it is narrow. So, one component at a time: bounds are
propagated in exact arithmetic; solutions in random directions are witnesses that an unknown can be far apart; only what
no witness clears is asked for its least and its largest value, and, where whole numbers could tell more, by milp.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array

from attack.facts import Linear
from attack.sheets import ZERO, Unknown

#: Larger than any count of persons: no unknown is unbounded.
CEILING = Fraction(10**7)
_SLACK = 1e-5
Interval = tuple[float, float]
Limit = Callable[[Unknown], float]
Whole = Callable[[Unknown], bool]


@dataclass
class System:
    """Linear facts, in the unknowns alone, without doubles: coefficients (up to scale) → [low, high] and sources."""

    rows: dict[tuple[tuple[Unknown, Fraction], ...], tuple[Fraction | None, Fraction | None]] = field(
        default_factory=dict
    )
    sources: dict[tuple[tuple[Unknown, Fraction], ...], dict[str, None]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def add(self, fact: Linear) -> None:
        terms = sorted((u, c) for u, c in fact.form.items() if u is not None and c)
        if not terms:
            return
        lead, shift = terms[0][1], fact.form.get(None, ZERO)
        low = None if fact.low is None else (fact.low - shift) / lead
        high = None if fact.high is None else (fact.high - shift) / lead
        if lead < 0:
            low, high = high, low
        key = tuple((u, c / lead) for u, c in terms)
        if len(self.sources[key]) < 12:
            self.sources[key][fact.source] = None
        known_low, known_high = self.rows.get(key, (None, None))
        self.rows[key] = (_tighter(known_low, low, max), _tighter(known_high, high, min))

    def around(self, unknown: Unknown) -> list[tuple[tuple[Unknown, Fraction], ...]]:
        """The constraints that hang together with an unknown."""
        touching: dict[Unknown, list[tuple[tuple[Unknown, Fraction], ...]]] = defaultdict(list)
        for key in self.rows:
            for one, _ in key:
                touching[one].append(key)
        found: dict[tuple[tuple[Unknown, Fraction], ...], None] = {}
        todo, seen = [unknown], {unknown}
        while todo:
            for key in touching[todo.pop()]:
                found[key] = None
                new = {u for u, _ in key} - seen
                seen |= new
                todo += new
        return list(found)


def _tighter(one: Fraction | None, other: Fraction | None, choose: Callable[..., Fraction]) -> Fraction | None:
    given = [x for x in (one, other) if x is not None]
    return choose(given) if given else None


class Inconsistent(Exception):
    """No values fit all constraints: something was misread."""


def propagated(
    system: System, whole: Whole, known: Mapping[Unknown, tuple[Fraction, Fraction]], rounds: int = 30
) -> dict[Unknown, tuple[Fraction, Fraction]]:
    """Bounds that follow from one constraint at a time (Savelsbergh's bound strengthening), exact; whole where whole.
    known: bounds that were found before."""
    bounds = {u: known.get(u, (ZERO, CEILING)) for key in system.rows for u, _ in key}
    touching: dict[Unknown, list[tuple[tuple[Unknown, Fraction], ...]]] = defaultdict(list)
    for key in system.rows:
        for unknown, _ in key:
            touching[unknown].append(key)
    todo = dict.fromkeys(system.rows)
    left = rounds * len(system.rows)
    while todo and left:
        left -= 1
        key = next(iter(todo))
        del todo[key]
        for unknown in _strengthen(key, system.rows[key], bounds, whole):
            todo.update(dict.fromkeys(touching[unknown]))
    return bounds


def _strengthen(
    key: Sequence[tuple[Unknown, Fraction]],
    told: tuple[Fraction | None, Fraction | None],
    bounds: dict[Unknown, tuple[Fraction, Fraction]],
    whole: Whole,
) -> Iterator[Unknown]:
    if all(bounds[u][0] == bounds[u][1] for u, _ in key):
        return
    least = sum((c * bounds[u][c < 0] for u, c in key), ZERO)
    most = sum((c * bounds[u][c > 0] for u, c in key), ZERO)
    for unknown, c in key:
        low, high = bounds[unknown]
        ends = []
        if told[1] is not None:
            ends.append(((told[1] - (least - c * bounds[unknown][c < 0])) / c, c > 0))
        if told[0] is not None:
            ends.append(((told[0] - (most - c * bounds[unknown][c > 0])) / c, c < 0))
        for end, is_upper in ends:
            if is_upper:
                high = min(high, Fraction(math.floor(end)) if whole(unknown) else end)
            else:
                low = max(low, Fraction(math.ceil(end)) if whole(unknown) else end)
        if low > high:
            raise Inconsistent(f"{unknown}: {low} > {high}")
        if _worth((low, high), bounds[unknown]):
            least += c * ((low, high)[c < 0] - bounds[unknown][c < 0])
            most += c * ((low, high)[c > 0] - bounds[unknown][c > 0])
            bounds[unknown] = (low, high)
            yield unknown


def _worth(new: tuple[Fraction, Fraction], old: tuple[Fraction, Fraction]) -> bool:
    """Steps that get ever smaller are left to the linear programme."""
    step = (new[0] - old[0]) + (old[1] - new[1])
    return step > 0 and (new[0] == new[1] or step >= max(Fraction(1, 2), (old[1] - old[0]) / 100))


@dataclass(frozen=True)
class Component:
    """Unknowns that hang together: low ≤ A x ≤ high, lower ≤ x ≤ upper."""

    unknowns: tuple[Unknown, ...]
    matrix: csr_array
    low: np.ndarray
    high: np.ndarray
    lower: np.ndarray
    upper: np.ndarray

    @cached_property
    def _parts(self) -> dict[str, Any]:
        """The constraints as linprog takes them."""
        equal = self.low == self.high
        above, below = np.isfinite(self.high) & ~equal, np.isfinite(self.low) & ~equal
        rows = [self.matrix[np.flatnonzero(above)], -self.matrix[np.flatnonzero(below)]]
        unequal = np.concatenate([self.high[above], -self.low[below]])
        places = np.flatnonzero(equal)
        return {
            "A_ub": _stack(rows) if len(unequal) else None,
            "b_ub": unequal if len(unequal) else None,
            "A_eq": self.matrix[places] if len(places) else None,
            "b_eq": self.low[places] if len(places) else None,
            "bounds": np.column_stack([self.lower, self.upper]),
        }

    def optimum(self, direction: np.ndarray, method: str = "highs-ds") -> np.ndarray | None:
        found = linprog(direction, method=method, **self._parts)
        return found.x if found.status == 0 else None

    def optimum_with_rows(self, direction: np.ndarray) -> tuple[float, list[int]]:
        """The least value, and the rows that hold it there (their dual values are not zero)."""
        rows = [*np.flatnonzero(np.isfinite(self.high)), *np.flatnonzero(np.isfinite(self.low))]
        n = int(np.isfinite(self.high).sum())
        matrix = _stack([self.matrix[np.array(rows[:n], int)], -self.matrix[np.array(rows[n:], int)]])
        right = np.concatenate([self.high[rows[:n]], -self.low[rows[n:]]])
        bounds = np.column_stack([self.lower, self.upper])
        found = linprog(direction, A_ub=matrix, b_ub=right, bounds=bounds, method="highs-ds")
        used = np.flatnonzero(np.abs(found.ineqlin.marginals) > 1e-9)
        return float(found.fun), sorted({int(rows[i]) for i in used})

    def whole_optimum(self, direction: np.ndarray, whole: np.ndarray, seconds: float) -> float | None:
        """The least value over whole numbers; None where it cannot be told in time."""
        found = milp(
            direction,
            constraints=LinearConstraint(self.matrix, self.low, self.high),
            bounds=Bounds(self.lower, self.upper),
            integrality=whole.astype(int),
            options={"time_limit": seconds},
        )
        return float(found.mip_dual_bound) if found.status in (0, 1) and found.mip_dual_bound is not None else None


def _stack(blocks: Sequence[csr_array]) -> csr_array:
    from scipy.sparse import vstack

    return csr_array(vstack([b for b in blocks if b.shape[0]]))


def components(system: System, bounds: Mapping[Unknown, tuple[Fraction, Fraction]]) -> list[Component]:
    """The constraints that are left once what is fixed is put in, apart where they share no unknown."""
    open_rows = []
    for key, (low, high) in system.rows.items():
        kept = [(u, c) for u, c in key if bounds[u][0] < bounds[u][1]]
        fixed = sum((c * bounds[u][0] for u, c in key if bounds[u][0] == bounds[u][1]), ZERO)
        if kept:
            open_rows.append((kept, None if low is None else low - fixed, None if high is None else high - fixed))
    parent: dict[Unknown, Unknown] = {}

    def root(u: Unknown) -> Unknown:
        while parent.setdefault(u, u) != u:
            parent[u] = parent[parent[u]]
            u = parent[u]
        return u

    for kept, _, _ in open_rows:
        for unknown, _ in kept[1:]:
            parent[root(unknown)] = root(kept[0][0])
    groups: dict[Unknown, list[tuple[list[tuple[Unknown, Fraction]], Fraction | None, Fraction | None]]] = {}
    for row in open_rows:
        groups.setdefault(root(row[0][0][0]), []).append(row)
    return [_component(rows, bounds) for rows in groups.values()]


def _component(
    rows: Sequence[tuple[list[tuple[Unknown, Fraction]], Fraction | None, Fraction | None]],
    bounds: Mapping[Unknown, tuple[Fraction, Fraction]],
) -> Component:
    unknowns = tuple(sorted({u for kept, _, _ in rows for u, _ in kept}))
    place = {u: i for i, u in enumerate(unknowns)}
    data, at, columns = [], [], []
    for number, (kept, _, _) in enumerate(rows):
        for unknown, coefficient in kept:
            data.append(float(coefficient))
            at.append(number)
            columns.append(place[unknown])
    matrix = csr_array((data, (at, columns)), shape=(len(rows), len(unknowns)))
    return Component(
        unknowns,
        matrix,
        np.array([-np.inf if low is None else float(low) for _, low, _ in rows]),
        np.array([np.inf if high is None else float(high) for _, _, high in rows]),
        np.array([float(bounds[u][0]) for u in unknowns]),
        np.array([float(bounds[u][1]) for u in unknowns]),
    )


def width(interval: Interval, whole: bool) -> float:
    """How far apart the values are that an unknown may have."""
    low, high = interval
    if whole:
        low, high = math.ceil(low - _SLACK), math.floor(high + _SLACK)
    return max(0.0, high - low)


def narrow(
    component: Component, limit: Limit, whole: Whole, directions: int = 24
) -> tuple[dict[Unknown, Interval], dict[Unknown, Interval]]:
    """The unknowns of a component whose interval is narrower than their limit, with it; and between which values the
    others were seen: an interval within theirs."""
    n = len(component.unknowns)
    limits = np.array([limit(u) for u in component.unknowns])
    are_whole = np.array([whole(u) for u in component.unknowns])
    least, most = np.full(n, np.inf), np.full(n, -np.inf)

    def see(x: np.ndarray | None) -> None:
        if x is not None:
            np.minimum(least, x, out=least)
            np.maximum(most, x, out=most)

    def unclear() -> np.ndarray:
        low = np.where(are_whole, np.ceil(least - _SLACK), least)
        high = np.where(are_whole, np.floor(most + _SLACK), most)
        return np.flatnonzero(~(high - low >= limits))

    random = np.random.default_rng(1325)
    if n > 2:
        see(component.optimum(np.zeros(n), "highs-ipm"))
        for _ in range(directions):
            wanted = unclear()
            if not len(wanted):
                break
            direction = np.zeros(n)
            direction[wanted] = random.choice([-1.0, 1.0], len(wanted)) * random.uniform(0.2, 1, len(wanted))
            see(component.optimum(direction))
            see(component.optimum(-direction))
    found: dict[Unknown, Interval] = {}
    while len(wanted := np.setdiff1d(unclear(), [component.unknowns.index(u) for u in found])):
        place = int(wanted[0])
        interval = _ends(component, place, see)
        if interval is None:
            raise Inconsistent(f"{component.unknowns[place]}: no solution")
        if width(interval, bool(are_whole[place])) < limits[place]:
            found[component.unknowns[place]] = interval
        else:
            least[place], most[place] = min(least[place], interval[0]), max(most[place], interval[1])
            if place in unclear():
                least[place], most[place] = -np.inf, np.inf
    seen = {u: (float(least[i]), float(most[i])) for i, u in enumerate(component.unknowns) if u not in found}
    return found, seen


def _ends(component: Component, place: int, see: Callable[[np.ndarray | None], None]) -> Interval | None:
    direction = np.zeros(len(component.unknowns))
    direction[place] = 1
    low, high = component.optimum(direction), component.optimum(-direction)
    see(low)
    see(high)
    return None if low is None or high is None else (float(low[place]), float(high[place]))


def ranges(component: Component, wanted: Iterable[Unknown]) -> dict[Unknown, Interval]:
    """The intervals of some unknowns of a component, whatever their width."""
    found = {}
    for unknown in wanted:
        interval = _ends(component, component.unknowns.index(unknown), lambda x: None)
        if interval is not None:
            found[unknown] = interval
    return found


def reasons(system: System, unknown: Unknown) -> tuple[Interval, list[str]]:
    """The interval of an unknown without any whole numbers, and the published items whose dual values are not zero: a
    certificate (Farkas) that the reader can follow."""
    rows = system.around(unknown)
    kept = [([*key], *system.rows[key]) for key in rows]
    component = _component(kept, {u: (ZERO, CEILING) for key in rows for u, _ in key})
    place = component.unknowns.index(unknown)
    told: dict[str, None] = {}
    ends = []
    for sign in (1, -1):
        direction = np.zeros(len(component.unknowns))
        direction[place] = sign
        x, used = component.optimum_with_rows(direction)
        ends.append(x)
        for row in used:
            told[next(iter(system.sources[rows[row]]))] = None
    return (ends[0], -ends[1]), list(told)

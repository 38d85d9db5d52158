"""A cheaper pattern for large tables: code by code along the longest dimension, each part solved for itself.

Within the cells of one code (a nation's own cube) the cheapest pattern is found by cutting planes, as if nothing were
summed over the codes. What moves there is made good in the cells of the sum over all codes, which are hidden for all
codes at once: their price is paid by the first code that needs them. Then as many of them are shown again as may be,
since codes also make each other's movements good. The sum of all parts is, with equal prices, a bound from below.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from eirene.disclosure.tables.attack import EVERYBODY
from eirene.disclosure.tables.frame import Frame
from eirene.disclosure.tables.heuristic import Pattern
from eirene.disclosure.tables.model import Dimension, Key, Table
from eirene.disclosure.tables.optimal import cheapest_pattern
from eirene.disclosure.tables.plan import Plan, rows_of
from eirene.disclosure.tables.trim import trimmed

#: Branch-and-bound nodes and rounds of cuts for one part.
NODES, ROUNDS = 60, 30
#: Cells of one part at most; parts that are worth the trouble.
PART, LEAST = 160, 4


def code_by_code(pattern: Pattern) -> None:
    """Takes another pattern over if it is cheaper."""
    cost, base, entries = pattern.cost, set(pattern.ledger.base), dict(pattern.ledger.entries)
    parts = _Parts(pattern)
    trimmed(pattern, parts.hidden(), parts.order)
    if pattern.hopeless or pattern.cost >= cost:
        pattern.hopeless.clear()
        pattern.begin(base)
        pattern.ledger.restore(entries)


def falls_apart(pattern: Pattern) -> bool:
    """Whether the table has many codes along one dimension, with few cells each, and one attacker only."""
    plan, dimension = pattern.plan, _axis(pattern)
    size = len(plan.table) / max(len(dimension.codes), 1)
    return (
        len(plan.knowers) == 1 and not pattern.hopeless and len(dimension.parts) == 1
        and len(dimension.codes) > LEAST and size <= PART
    )  # fmt: skip


def _axis(pattern: Pattern) -> Dimension:
    return pattern.plan.table.dimensions[pattern.cheapest.axis]


class _Parts:
    def __init__(self, pattern: Pattern) -> None:
        self.pattern = pattern
        self.plan = pattern.plan
        self.axis = pattern.cheapest.axis
        dimension = _axis(pattern)
        self.total = next(iter(dimension.parts))
        self.codes = [code for code in dimension.codes if code != self.total]
        self.cells: dict[str, list[int]] = {code: [] for code in dimension.codes}
        for cell, key in enumerate(self.plan.table.keys):
            self.cells[key[self.axis]].append(cell)
        self.before = pattern.hidden

    def hidden(self) -> set[int]:
        """What is hidden in all parts, and in the sums over them."""
        fixed = {*self.plan.primaries, *self.plan.carried}
        found = set(fixed)
        for code in sorted(self.codes, key=lambda c: (-sum(cell in fixed for cell in self.cells[c]), c)):
            mine = self._of(code, found)
            found |= mine | {above for cell in mine if (above := self._above(cell)) in self.plan.veils}
        return found

    def order(self, hidden: Collection[int]) -> Sequence[int]:
        """In which order to try to show them again: sums over the codes first, the dearest first."""
        fixed = {*self.plan.primaries, *self.plan.carried}
        sums = set(self.cells[self.total])
        return sorted(set(hidden) - fixed, key=lambda c: (c not in sums, -self.plan.costs[c], c))

    def _above(self, cell: int) -> int:
        key: Key = self.plan.table.keys[cell]
        return self.plan.table.number.get((*key[: self.axis], self.total, *key[self.axis + 1 :]), -1)

    def _of(self, code: str, hidden: Collection[int]) -> set[int]:
        cells = self.cells[code]
        place = {cell: number for number, cell in enumerate(cells)}
        part = self._plan(cells, place, hidden)
        if not part.primaries:
            return set()
        needs = {place[cell]: need for cell, need in self.pattern.needs.items() if cell in place}
        found = {place[cell] for cell in self.before if cell in place}
        best = cheapest_pattern(part, needs, found, nodes=NODES, rounds=ROUNDS)
        return {cells[number] for number in (found if best is None else best)}

    def _plan(self, cells: Sequence[int], place: dict[int, int], hidden: Collection[int]) -> Plan:
        """The part as a table of its own. Prices are whole: the search can then end sooner."""
        whole = self.plan.table
        table = Table(
            whole.dimensions, tuple(whole.keys[c] for c in cells), tuple(whole.values[c] for c in cells), whole.decimals
        )
        return replace(
            self.plan, table=table, frame=Frame(len(cells), rows_of(table)), knowers=(EVERYBODY,),
            primaries={place[c]: one for c, one in self.plan.primaries.items() if c in place},
            veils={place[c]: veil for c, veil in self.plan.veils.items() if c in place},
            costs=[self._price(cell, hidden) for cell in cells],
            carried=frozenset(place[c] for c in self.plan.carried if c in place),
        )  # fmt: skip

    def _price(self, cell: int, hidden: Collection[int]) -> float:
        above = self._above(cell)
        more = 0.0 if above < 0 or above in hidden else self.plan.costs[above]
        return float(max(1, round(self.plan.costs[cell] + more)))

"""Protection of a table, and the audit that attacks what it would publish: nothing is handed out that fails it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from eirene.disclosure.tables.attack import EVERYBODY, Attack, Exposed, exposed, reach_of
from eirene.disclosure.tables.earlier import Before, rows_before
from eirene.disclosure.tables.frame import Frame
from eirene.disclosure.tables.heuristic import Pattern
from eirene.disclosure.tables.joining import joined
from eirene.disclosure.tables.model import Table
from eirene.disclosure.tables.optimal import cheapest_pattern
from eirene.disclosure.tables.plan import Plan, Veil, costs, knowers, rounded, rows_of, veils
from eirene.disclosure.tables.rules import SECONDARY, Need, Primary, primary
from eirene.disclosure.tables.search import improve
from eirene.disclosure.tables.spec import Join, Loaded
from eirene.errors import Problem

#: How often exposed cells are protected anew.
REPEATS = 5


@dataclass(frozen=True)
class Loss:
    """What is lost: cells hidden and persons in hidden cells that are no sums, of how many; cells joined away."""

    hidden: int
    cells: int
    persons: int
    of_persons: int
    joined: int = 0


@dataclass(frozen=True)
class Protected:
    """A table as it may be published, or why it may not.

    hidden    cell → what stands for its value
    exposed   what an attacker could still work out; then it must not be published
    optimal   whether no pattern of suppression costs less (proved)
    joins     the codes that were joined
    """

    plan: Plan
    hidden: Mapping[int, Veil]
    exposed: tuple[Exposed, ...]
    loss: Loss
    optimal: bool = False
    joins: tuple[Join, ...] = ()

    @property
    def table(self) -> Table:
        return self.plan.table

    @property
    def primaries(self) -> Mapping[int, Primary]:
        return self.plan.primaries


def protect(table: Table, loaded: Loaded, earlier: Sequence[Before] = ()) -> Protected:
    """The table with as little hidden as suffices. Look at `exposed` before publishing it.

    Codes that may be joined if that is cheaper are joined one after the other, each only if fewer cells are lost.
    Deterministic. `table` must be consistent, as `read_table` makes sure.
    """
    joins = tuple(join for join in loaded.spec.join if join.when == "always")
    for join in joins:
        table = joined(table, join)
    best = _protected(table, loaded, earlier, joins, len(table))
    for join in loaded.spec.join:
        if join.when == "cheaper":
            tried = _protected(joined(best.table, join), loaded, earlier, (*best.joins, join), len(table))
            best = tried if _badness(tried) < _badness(best) else best
    return best


def _badness(protected: Protected) -> tuple[int, int, int]:
    loss = protected.loss
    return len(protected.exposed), loss.hidden + loss.joined, loss.persons


def plan_for(table: Table, loaded: Loaded, earlier: Sequence[Before] = ()) -> Plan:
    """Primary cells, and what may be hidden for their sake."""
    primaries = primary(table, loaded)
    round_all = loaded.spec.method == "round"
    found = rounded(table, loaded) if round_all else veils(table, loaded, primaries)
    known = frozenset(cell for before in earlier for cell in before.known)
    carried = frozenset(cell for before in earlier for cell in before.hidden) - known
    rows = (*rows_of(table), *(row for before in earlier for row in rows_before(table, before)))
    usable = {cell: veil for cell, veil in found.items() if cell not in known}
    return Plan(
        table, loaded, Frame(len(table), rows), primaries, usable, costs(table, loaded), knowers(table, loaded),
        frozenset(cell for cell in carried if cell in usable),
    )  # fmt: skip


def _protected(
    table: Table, loaded: Loaded, earlier: Sequence[Before], joins: tuple[Join, ...], cells: int
) -> Protected:
    plan = plan_for(table, loaded, earlier)
    needs = {cell: one.need for cell, one in plan.primaries.items()}
    if loaded.spec.method == "round":
        found = audit(plan, plan.veils, needs)
        return Protected(plan, plan.veils, found, _loss(table, (), cells - len(table)), joins=joins)
    pattern = Pattern(plan, needs)
    improve(pattern)
    proved: set[int] | None = None
    if len(plan.veils) <= loaded.spec.optimal_up_to and not pattern.hopeless and len(plan.knowers) == 1:
        proved = cheapest_pattern(plan, needs, pattern.hidden)
        if proved is not None:
            pattern.begin(proved)
    left = _attacked(pattern, needs)
    hidden = {cell: plan.veils.get(cell, Veil("c", None, None)) for cell in sorted(pattern.hidden)}
    optimal = proved is not None and set(hidden) <= proved
    return Protected(plan, hidden, left, _loss(table, hidden, cells - len(table)), optimal, joins)


def _attacked(pattern: Pattern, needs: Mapping[int, Need]) -> tuple[Exposed, ...]:
    """Attacks the pattern, shows what can be worked out anyhow, and protects anew, until nothing is exposed or nothing
    helps."""
    for _ in range(REPEATS):
        hidden = pattern.hidden
        wanted = {**dict.fromkeys(hidden, SECONDARY), **needs}
        found = list(exposed(pattern.attack(hidden), pattern.witnesses(), wanted))
        found += [_known(cell, needs[cell]) for cell in sorted(needs) if cell not in pattern.plan.veils]
        # A cell that is hidden for others only and can be worked out hides nothing.
        shown = {one.cell for one in found if one.cell not in needs and one.attacker == EVERYBODY.name}
        pattern.show(shown)
        left = [one for one in found if one.cell in needs]
        if not left or not pattern.again(left):
            return tuple(left)
    return tuple(left)


def _known(cell: int, need: Need) -> Exposed:
    """A small count that was published before."""
    return Exposed(cell, 0, 0, need)


def audit(plan: Plan, hidden: Mapping[int, Veil], needs: Mapping[int, Need]) -> tuple[Exposed, ...]:
    """What can be worked out if these cells are hidden and all others shown: an attack that trusts no pattern."""
    place = replace(plan, veils={**plan.veils, **hidden})
    room = {cell: place.room(cell) for cell in hidden if cell in plan.veils}
    attack = Attack(plan.frame, room, reach_of(needs))
    found = list(exposed(attack, Pattern(place, needs).only(room), needs))
    open_to_all = [cell for cell in sorted(needs) if cell not in attack.place]
    return (*found, *(_known(cell, needs[cell]) for cell in open_to_all))


def audit_protected(protected: Protected) -> tuple[Exposed, ...]:
    """Attacks a protected table from scratch: every hidden cell, for every attacker."""
    needs = {cell: one.need for cell, one in protected.primaries.items()}
    if protected.plan.loaded.spec.method != "round":
        others = {cell: SECONDARY for cell in protected.hidden if cell not in needs}
        everybody = replace(protected.plan, knowers=(EVERYBODY,))
        return (*audit(protected.plan, protected.hidden, needs), *audit(everybody, protected.hidden, others))
    return audit(protected.plan, protected.hidden, needs)


def _loss(table: Table, hidden: Collection[int], gone: int) -> Loss:
    def persons(cells: Iterable[int]) -> int:
        everybody: int = sum(abs(table.values[cell] or 0) for cell in cells)
        return everybody // int(10**table.decimals)

    leaves = table.leaves
    return Loss(len(hidden), len(table), persons(c for c in leaves if c in hidden), persons(leaves), gone)


def remedies(protected: Protected) -> list[Problem]:
    """Each exposed cell in words, with what would help; never with its value."""
    return [_told(protected, one) for one in protected.exposed]


def _told(protected: Protected, one: Exposed) -> Problem:
    table, plan = protected.table, protected.plan
    to = f" by {one.attacker}" if one.attacker else ""
    what = f"{table.name(one.cell)} can be worked out{to} ({plan.primaries[one.cell].rule})."
    where = table.where(one.cell)
    if one.cell not in plan.veils:
        return Problem(what, where, "It was published before: nothing that is hidden now takes it back.")
    if plan.loaded.spec.method == "round":
        return Problem(what, where, "Use a larger base for rounding, or the method suppress.")
    veil = protected.hidden[one.cell]
    if veil.low is not None and veil.high is not None and veil.high - veil.low < one.need.width:
        return Problem(what, where, f"The band {veil.text} is narrower than its protection: take a wider one.")
    for row in plan.frame.touching[one.cell]:
        cells = plan.frame.rows[row][0]
        if all(cell == one.cell or cell not in plan.veils for cell in cells):
            total = next((e for e in table.equations if e.cells == cells), None)
            if total is not None:
                return Problem(what, where, _alone(table, one.cell, total.cells, total.column))
    return Problem(what, where, "Join its code with another, or let a sum that must stay (keep) be hidden.")


def _alone(table: Table, cell: int, cells: Sequence[int], column: str) -> str:
    place = [d.column for d in table.dimensions].index(column)
    code = table.keys[cell][place]
    return (
        f"It stands alone: of the cells that add up to {table.name(cells[0])} no other may be hidden. "
        f"Join {column} {code} with another code, or withhold the sum (take it out of keep)."
    )

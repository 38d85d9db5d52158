"""What is to be protected, in the terms of movements: the frame, where cells may move, what each costs, who attacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from eirene.disclosure.tables.attack import EVERYBODY, Knower, reach_of
from eirene.disclosure.tables.frame import Frame, Room, Row
from eirene.disclosure.tables.model import Table
from eirene.disclosure.tables.rules import Primary
from eirene.disclosure.tables.spec import Loaded


@dataclass(frozen=True)
class Veil:
    """What stands for a value that is not shown: a text, and what it tells, low ≤ value ≤ high."""

    text: str
    low: int | None
    high: int | None


@dataclass(frozen=True)
class Plan:
    """veils: what each cell would be shown as if it is hidden; a cell without one cannot be hidden.

    costs     of hiding a cell
    carried   cells hidden in a table published earlier
    """

    table: Table
    loaded: Loaded
    frame: Frame
    primaries: Mapping[int, Primary]
    veils: Mapping[int, Veil]
    costs: Sequence[float]
    knowers: Sequence[Knower] = (EVERYBODY,)
    carried: frozenset[int] = field(default_factory=frozenset)

    def room(self, cell: int) -> Room:
        veil, value = self.veils[cell], self.table.values[cell]
        assert value is not None
        return Room(
            None if veil.low is None else max(value - veil.low, 0),
            None if veil.high is None else max(veil.high - value, 0),
        )

    @cached_property
    def reach(self) -> int:
        return reach_of({cell: one.need for cell, one in self.primaries.items()})


def rows_of(table: Table) -> tuple[Row, ...]:
    return tuple((e.cells, (-1, *(1 for _ in e.cells[1:]))) for e in table.equations)


def veils(table: Table, loaded: Loaded, primaries: Mapping[int, Primary]) -> dict[int, Veil]:
    """A veil for each cell that may be hidden.

    Where zeros are shown nobody need be told that a hidden count is no zero: the attacker is assumed to know it.
    """
    spec = loaded.spec
    floor = None if spec.negative == "allowed" else int(spec.zeros == "shown")
    found = {}
    for cell, value in enumerate(table.values):
        if value is None or (value == 0 and spec.zeros == "shown" and cell not in primaries):
            continue
        if cell not in primaries and _kept(table, loaded, cell):
            continue
        found[cell] = _band(table, loaded, value, floor) or Veil("c", floor, None)
    return found


def rounded(table: Table, loaded: Loaded) -> dict[int, Veil]:
    """Every cell rounded to the nearest multiple of the base, halves up; each by itself, so that sums need not fit."""
    base = (loaded.spec.rounding or 1) * 10**table.decimals
    floor = None if loaded.spec.negative == "allowed" else 0
    found = {}
    for cell, value in enumerate(table.values):
        if value is not None and not _kept(table, loaded, cell):
            near = (2 * value + base) // (2 * base) * base
            # The whole numbers that are rounded to `near`.
            low, high = near - base // 2, near + (base - 1) // 2
            found[cell] = Veil(table.text(near), low if floor is None else max(low, floor), high)
    return found


def _band(table: Table, loaded: Loaded, value: int, floor: int | None) -> Veil | None:
    """The band that holds the value. A band from 0 does not tell of a zero where zeros are shown."""
    if loaded.spec.method != "band":
        return None
    unit = 10**table.decimals
    for text in loaded.spec.bands:
        low, high = (int(end) * unit for end in text.replace("–", "-").split("-"))
        if low <= value <= high:
            return Veil(text, low if floor is None else max(low, floor), high)
    return None


def _kept(table: Table, loaded: Loaded, cell: int) -> bool:
    codes = {d.column: code for d, code in zip(table.dimensions, table.keys[cell], strict=True)}
    return any(all(codes[column] == code for column, code in kept.items()) for kept in loaded.spec.keep)


#: Hidden persons weigh so much beside hidden cells, share against share.
PERSONS = 2.5
#: What a sum costs more than its parts, for each dimension that it sums over; what a headline costs.
SUMS, HEADLINE = 1.25, 100.0


def costs(table: Table, loaded: Loaded) -> list[float]:
    """What is lost with a cell: cells, persons, or both; headline totals more than anything else.

    A headline is a sum in all dimensions but one, or in all. Persons are counted where they are counted once, in cells
    that are no sums.
    """
    sums = sum(d.total is not None for d in table.dimensions)
    everybody = sum(abs(table.values[cell] or 0) for cell in table.leaves) or 1
    weight = {"cells": 0.0, "persons": 100.0 * PERSONS, "both": PERSONS}[loaded.spec.least] * len(table)
    found = []
    for cell, value in enumerate(table.values):
        within = table.sums_in(cell)
        # A share of integers, exact at any size until it is a float.
        cost = (1.0 if within else 1.0 + weight * (abs(value or 0) / everybody)) * SUMS**within
        found.append(cost * (HEADLINE if sums > 1 and within >= sums - 1 else 1.0))
    return found


def knowers(table: Table, loaded: Loaded) -> tuple[Knower, ...]:
    """Everybody, and each attacker of the specification with the cells of its own."""
    found = [EVERYBODY]
    for attacker in loaded.spec.attackers:
        place = [d.column for d in table.dimensions].index(attacker.column)
        dimension = table.dimensions[place]
        codes = [c for c in dimension.codes if not dimension.is_sum(c) and (not attacker.codes or c in attacker.codes)]
        if attacker.largest is not None and codes:
            codes = [max(codes, key=lambda code: (_size(table, place, code), code))]
        found += [
            Knower(f"{attacker.column} {code}", frozenset(c for c, k in enumerate(table.keys) if k[place] == code))
            for code in codes
        ]
    return tuple(found)


def _size(table: Table, place: int, code: str) -> int:
    """Of a code in all: the largest value that it has anywhere, which is that of its total where it has one."""
    return max((v for k, v in zip(table.keys, table.values, strict=True) if k[place] == code and v is not None))

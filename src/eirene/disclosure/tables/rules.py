"""Primary suppression: which cells may not be shown, by which rule, and how well they have to be hidden.

Threshold rule, p%-rule and (n,k)-rule as in Hundepool et al., "Statistical Disclosure Control" (2012), chapter 4. All
amounts are whole numbers of the table's smallest unit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from eirene.disclosure.tables.model import Table
from eirene.disclosure.tables.spec import Loaded


@dataclass(frozen=True)
class Need:
    """What the feasibility interval of a hidden cell must hold, seen from its value.

    width   its ends are at least so far apart
    upper   its upper end is at least so far above the value (upper protection level)
    lower   its lower end is at least so far below (lower protection level)
    """

    width: int
    upper: int = 0
    lower: int = 0

    def met(self, down: int, up: int) -> bool:
        """Whether an interval from value - down to value + up suffices."""
        return up >= self.upper and down >= self.lower and up + down >= self.width


#: Percent of the value that must stay open where the threshold is on the number of contributors, if not said otherwise.
BY_UNITS = Decimal(10)

#: A cell that is hidden for the sake of others only must not be worked out exactly: else it may as well be shown.
SECONDARY = Need(1)


@dataclass(frozen=True)
class Primary:
    """A cell that may not be shown. rule: threshold, p% or (n,k)."""

    cell: int
    rule: str
    need: Need


def primary(table: Table, loaded: Loaded) -> Mapping[int, Primary]:
    """Cells that may not be shown, in the order of the table."""
    found = {}
    for cell, value in enumerate(table.values):
        if value is None:
            continue
        rule, upper = _rule(table, loaded, cell, value)
        if rule:
            found[cell] = Primary(cell, rule, _need(table, loaded, value, upper))
    return found


def _rule(table: Table, loaded: Loaded, cell: int, value: int) -> tuple[str, int]:
    """The first rule that the cell falls under, with the upper protection level that it asks for; '' for none."""
    behind = table.contributors[cell] if table.contributors else None
    by_units = behind is not None and behind.units is not None
    count = Fraction(behind.units) if behind is not None and behind.units is not None else _count(table, value)
    least = 0 if loaded.spec.zeros == "hidden" else Fraction(1, 10**30)
    if (by_units or loaded.spec.units is None) and least <= count < loaded.threshold:
        return "threshold", 0
    if behind is not None and behind.largest and loaded.spec.dominance is not None and value > 0:
        return _dominated(loaded, value, behind.largest)
    return "", 0


def _count(table: Table, value: int) -> Fraction:
    return Fraction(value, 10**table.decimals)


def _dominated(loaded: Loaded, value: int, largest: tuple[int, ...]) -> tuple[str, int]:
    rules = loaded.spec.dominance
    assert rules is not None
    if rules.p_percent is not None and len(largest) >= 2:
        # The second largest takes its own from the total: what is left beside the largest is less than p% of it.
        short = Fraction(rules.p_percent) * largest[0] / 100 - (value - largest[0] - largest[1])
        if short > 0:
            return "p%", math.ceil(short)
    if rules.n is not None and rules.k is not None:
        held = sum(largest[: rules.n])
        if held * 100 > Fraction(rules.k) * value:
            return "(n,k)", max(1, math.ceil(Fraction(held * 100) / Fraction(rules.k) - value))
    return "", 0


def _need(table: Table, loaded: Loaded, value: int, upper: int) -> Need:
    """Unless a width is given a small count must reach the threshold: nobody can then tell that it is small. Both ends
    of a dominated cell are held off by its protection level."""
    asked, unit = loaded.spec.protection, 10**table.decimals
    lower = min(upper, max(value - 1, 0))
    small = not upper and loaded.spec.units is None
    if small and asked.width is None and loaded.spec.method != "round":
        upper = max(loaded.threshold * unit - value, 0)
    width = _width(loaded, small) * unit if asked.width is None else Fraction(asked.width) * unit
    percent = asked.percent if small or upper or asked.percent else BY_UNITS
    return Need(max(math.ceil(width), math.ceil(Fraction(percent) * abs(value) / 100), 1), upper, lower)


def _width(loaded: Loaded, small: bool) -> Fraction:
    """From the least that a hidden count can be to the threshold: 1 to 3, or 0 to 3 where zeros are hidden too."""
    return Fraction(loaded.threshold - (loaded.spec.zeros == "shown") if small else 0)

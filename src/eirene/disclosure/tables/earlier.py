"""What was published before: the attacker has it too.

A value shown then and unchanged now is known, whatever is hidden now. What was hidden then stays hidden (the pattern is
carried forward), and the sums of then tie what was hidden then: of a value that is corrected now the attacker is
assumed to know by how much, unless it was shown then with another value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from eirene.disclosure.tables.frame import Row
from eirene.disclosure.tables.model import Table
from eirene.disclosure.tables.reading import Sheet, read_sheet
from eirene.disclosure.tables.spec import Loaded
from eirene.errors import EireneError


@dataclass(frozen=True)
class Before:
    """name of the file; cells that were hidden in it; cells that were shown as they are now, and otherwise."""

    name: str
    hidden: frozenset[int]
    known: frozenset[int]
    changed: frozenset[int]


def read_before(path: Path, table: Table, loaded: Loaded) -> Before:
    """A table published earlier, as `protect` wrote it, set beside `table`. Raises EireneError if it is none."""
    sheet = read_sheet(path)
    wanted = [*(d.column for d in table.dimensions), loaded.spec.value]
    missing = [name for name in wanted if name not in sheet.columns]
    if missing:
        raise EireneError(
            f"The earlier table has no column {missing[0]!r}.", where=f"{sheet.name}:1", remedy="Give the same columns."
        )
    return _beside(sheet, [sheet.columns.index(name) for name in wanted], table)


def _beside(sheet: Sheet, places: Sequence[int], table: Table) -> Before:
    hidden, known, changed = set(), set(), set()
    for row in sheet.rows:
        *key, text = (row[place].strip() for place in places)
        cell = table.number.get(tuple(key))
        if cell is None:
            continue
        shown = _shown(text, table.decimals)
        if shown is None:
            hidden.add(cell)
        elif shown == table.values[cell]:
            known.add(cell)
        else:
            changed.add(cell)
    return Before(sheet.name, frozenset(hidden), frozenset(known), frozenset(changed))


def _shown(text: str, decimals: int) -> int | None:
    """The value in the table's unit; None if it was hidden (c, a band, nothing)."""
    try:
        value = Decimal(text).scaleb(decimals)
    except InvalidOperation:
        return None
    return int(value) if value == value.to_integral_value() else None


def rows_before(table: Table, before: Before) -> list[Row]:
    """The sums of then: what was shown then did not move then, even where it has another value now."""
    found = []
    for equation in table.equations:
        if all(cell in before.hidden or cell in before.known for cell in equation.cells):
            continue  # the same as the sum of now, in which nothing known moves
        signs = (-1, *(1 for _ in equation.cells[1:]))
        pairs = [(cell, sign) for cell, sign in zip(equation.cells, signs, strict=True) if cell in before.hidden]
        if pairs:
            found.append((tuple(c for c, _ in pairs), tuple(s for _, s in pairs)))
    return found

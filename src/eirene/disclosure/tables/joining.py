"""Joining codes: fewer and larger cells instead of hidden ones."""

from __future__ import annotations

from dataclasses import replace

from eirene.disclosure.tables.model import Contributors, Dimension, Key, Table
from eirene.disclosure.tables.spec import Join
from eirene.errors import EireneError, Problem


def joined(table: Table, join: Join) -> Table:
    """The table with the codes of `join` added up into one, in the place of the first.

    Raises EireneError where the codes are not there, are sums, or are not parts of the same sum.
    """
    place = [d.column for d in table.dimensions].index(join.dimension)
    dimension = table.dimensions[place]
    _check(dimension, join)
    gone = set(join.codes)
    sums: dict[Key, list[int]] = {}
    for cell, key in enumerate(table.keys):
        code = join.into if key[place] in gone else key[place]
        sums.setdefault((*key[:place], code, *key[place + 1 :]), []).append(cell)
    return replace(
        table,
        dimensions=(*table.dimensions[:place], _narrowed(dimension, join), *table.dimensions[place + 1 :]),
        keys=tuple(sums),
        values=tuple(_total(table, cells) for cells in sums.values()),
        contributors=tuple(_behind(table, cells) for cells in sums.values()) if table.contributors else (),
        lines=tuple(table.lines[cells[0]] for cells in sums.values()) if table.lines else (),
    )


def _check(dimension: Dimension, join: Join) -> None:
    problems = [
        Problem(
            f"{dimension.column} has no code {code!r} that could be joined.", "join", "Name codes that are no sums."
        )
        for code in join.codes
        if code not in dimension.codes or dimension.is_sum(code)
    ]
    above = {total for total, parts in dimension.parts.items() for code in join.codes if code in parts}
    if not problems and len(above) > 1:
        what = f"{', '.join(join.codes)} are parts of different sums: {', '.join(sorted(above))}."
        problems.append(Problem(what, "join", "Join codes of one group."))
    if join.into in dimension.codes and join.into not in join.codes:
        problems.append(Problem(f"{dimension.column} has the code {join.into!r} already.", "join", "Choose another."))
    if problems:
        raise EireneError(problems)


def _narrowed(dimension: Dimension, join: Join) -> Dimension:
    def narrow(codes: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(join.into if code in join.codes else code for code in codes))

    parts = {total: narrow(codes) for total, codes in dimension.parts.items()}
    return replace(dimension, codes=narrow(dimension.codes), parts=parts)


def _total(table: Table, cells: list[int]) -> int | None:
    known = [value for cell in cells if (value := table.values[cell]) is not None]
    return sum(known) if len(known) == len(cells) else None


def _behind(table: Table, cells: list[int]) -> Contributors:
    """Contributors of joined cells are taken for different ones: an upper bound of how many, a lower of how large.

    A unit that stands in two of the cells would be larger; where that happens the joined table needs its own columns.
    """
    if len(cells) == 1:
        return table.contributors[cells[0]]
    units = [table.contributors[cell].units for cell in cells]
    known = [count for count in units if count is not None]
    largest = sorted((share for cell in cells for share in table.contributors[cell].largest), reverse=True)
    most = max((len(table.contributors[cell].largest) for cell in cells), default=0)
    return Contributors(sum(known) if len(known) == len(units) else None, tuple(largest[:most]))

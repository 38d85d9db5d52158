"""Rows taken apart where nothing connects them: each component is a programme of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


class HasTerms(Protocol):
    """Anything that lies between columns."""

    @property
    def terms(self) -> Mapping[int, object]: ...


@dataclass(eq=False)
class Component:
    """Columns that hang together, and the numbers of the rows between them. mark: the same number for the same rows and
    columns, at whatever moment."""

    columns: list[int]
    rows: list[int] = field(default_factory=list)
    mark: int = -1


def components(rows: Mapping[int, HasTerms]) -> list[Component]:
    """In the order of their first columns."""
    parent: dict[int, int] = {}
    for row in rows.values():
        first = None
        for column in row.terms:
            at = parent.setdefault(column, column)
            while parent[at] != at:
                parent[at] = at = parent[parent[at]]
            if first is None:
                first = at
            elif at != first:
                low, high = (first, at) if first < at else (at, first)
                parent[high] = first = low
    made: dict[int, Component] = {}
    place: dict[int, Component] = {}
    for column in sorted(parent):
        at = column
        while parent[at] != at:
            parent[at] = at = parent[parent[at]]
        place[column] = made.setdefault(at, Component([]))
        place[column].columns.append(column)
    for number in sorted(rows):
        place[next(iter(rows[number].terms))].rows.append(number)
    return list(made.values())

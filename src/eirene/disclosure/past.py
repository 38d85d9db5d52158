"""What a figure says of its own past goes with the past figure: a value that is kept back is not told as "before"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from eirene.figures.model import Change, Figure, figure_key


def without_hidden_past(figures: Iterable[Figure]) -> tuple[Figure, ...]:
    """The figures, less every change since one that is kept back. Of such a change only what forbids the comparison is
    left: what came, went, entered and left leads from the value of today to the one before."""
    found = tuple(figures)
    kept_back = {figure.key for figure in found if figure.confidential}
    return tuple(_less(figure, kept_back) for figure in found)


def _less(figure: Figure, kept_back: set[str]) -> Figure:
    change = figure.change
    if change is None:
        return figure
    before = figure_key(figure.id, change.since, figure.population, figure.kind, figure.dimensions)
    if before not in kept_back:
        return figure
    told = Change(change.since, None, not_comparable=change.not_comparable) if change.not_comparable else None
    return replace(figure, change=told)

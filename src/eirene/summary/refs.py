"""How texts, charts and tables name figures: a key, or an id with as much of the key as differs from the default."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from eirene.errors import Problem
from eirene.figures.model import Figure, figure_key
from eirene.framework.model import Indicator, Pack

_REF = re.compile(r"^([a-z][a-z0-9_]*)(?:\.([a-z_]+))?(?:\[([^\[\]]+)\])?$")

#: The kind that an id alone stands for.
DEFAULT_KIND = {
    "share_of_bodies": "share_of_bodies",
    "rate": "pooled",
    "count": "count",
    "measure": "median_of_bodies",
    "distribution": "distribution",
    "completeness": "pooled",
    "gap": "pooled",
}


@dataclass(frozen=True, slots=True)
class Ref:
    """What a reference says; None where the default is meant."""

    id: str
    kind: str | None = None
    dimensions: Mapping[str, str] | None = None
    key: str = ""


def parse_ref(text: str, pack: Pack) -> Ref | Problem:
    """`id`, `id.kind`, `id[dim=code]`, `id.kind[dim=code]` or a whole key."""
    parts = text.split(".")
    if len(parts) >= 4 and parts[1] in pack.cycles:
        ref = Ref(parts[0], key=text)
    else:
        match = _REF.match(text.strip())
        if match is None:
            return Problem(f"{text!r} does not name a figure.", remedy="Write an id, id.kind or id[dimension=code].")
        pairs = [pair.split("=", 1) for pair in (match[3] or "").split(",") if pair.strip()]
        if any(len(pair) != 2 for pair in pairs):
            return Problem(f"{text!r}: write dimension=code within the brackets.")
        dimensions = {name.strip(): code.strip() for name, code in pairs}
        ref = Ref(match[1], match[2], dimensions or None)
    if ref.id not in pack.indicators:
        near = difflib.get_close_matches(ref.id, pack.indicators, 1)
        return Problem(f"there is no figure {ref.id!r}.", remedy=f"Did you mean {near[0]!r}?" if near else "")
    return ref


def default_kind(indicator: Indicator) -> str:
    return DEFAULT_KIND[indicator.family]


class FigureIndex:
    """The figures of a release, found by key or by reference. `cycle` and `population` are the defaults of references.

    Figures of earlier cycles are in it too: a series is the same figure over the cycles.
    """

    def __init__(self, pack: Pack, figures: Iterable[Figure], cycle: str, population: str) -> None:
        self.pack = pack
        self.cycle = cycle
        self.population = population
        self.by_key = {figure.key: figure for figure in figures}

    def key(self, ref: str, *, population: str | None = None, cycle: str | None = None) -> str:
        """The whole key that a reference means. The reference must have been checked before (`parse_ref`)."""
        parsed = parse_ref(ref, self.pack)
        if isinstance(parsed, Problem):
            raise KeyError(str(parsed))
        if parsed.key:
            return parsed.key
        kind = parsed.kind or default_kind(self.pack.indicators[parsed.id])
        return figure_key(
            parsed.id, cycle or self.cycle, population or self.population, kind, dict(parsed.dimensions or {})
        )

    def means(self, ref: str, key: str, *, population: str | None = None) -> bool:
        """Whether a reference, which may name no figure at all, means the figure of this key."""
        return not isinstance(parse_ref(ref, self.pack), Problem) and self.key(ref, population=population) == key

    def find(self, ref: str, *, population: str | None = None, cycle: str | None = None) -> Figure | None:
        """The figure, or None where this edition has none of that key (its question was not asked, …)."""
        return self.by_key.get(self.key(ref, population=population, cycle=cycle))

    def series(self, figure: Figure) -> list[Figure]:
        """The same figure over the cycles compared, oldest first, this one last."""
        cycles = [*self.pack.cycles[figure.cycle].compares_with, figure.cycle]
        keys = [figure_key(figure.id, c, figure.population, figure.kind, figure.dimensions) for c in cycles]
        return [self.by_key[key] for key in keys if key in self.by_key]

    def previous(self, figure: Figure) -> Figure | None:
        """The same figure in the latest earlier cycle that has it."""
        earlier = [f for f in self.series(figure) if f.cycle != figure.cycle and f.value is not None]
        return earlier[-1] if earlier else None

    def breakdown(self, figure: Figure, dimension: str) -> list[Figure]:
        """The figures of the same id, cycle, population and kind, broken down by one dimension alone."""
        prefix = f"{figure.id}.{figure.cycle}.{figure.population}.{figure.kind}.{dimension}="
        return [f for key, f in self.by_key.items() if key.startswith(prefix) and len(f.dimensions) == 1]

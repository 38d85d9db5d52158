"""From what releases tell to linear constraints on what they do not tell.

`model`        quantities (single numbers of single bodies), and what is said of them
`numbers`      cells, expressions over cells, sizes, as sums of quantities
`figures`      what figures say
`structure`    what an answer keeps to by itself
`state`        what is not known at one moment, as rows of an attacker's programmes
"""

from __future__ import annotations

from collections.abc import Sequence

from eirene.disclosure.constraints.components import Component
from eirene.disclosure.constraints.figures import FigureReader
from eirene.disclosure.constraints.model import Exact, Matter, Quantity, Spot, Sum
from eirene.disclosure.constraints.numbers import Numbers, told_values
from eirene.disclosure.constraints.state import Row, Unknowns
from eirene.disclosure.constraints.structure import StructureReader
from eirene.disclosure.source import Source


def unknowns(sources: Sequence[Source], knows: frozenset[str] = frozenset(), *, made: Source | None = None) -> Unknowns:
    """What the readers of all these releases together do not know, and what they know about it.

    knows   bodies whose own answers the attacker has as well: he belongs to them
    made    the release at hand (the first) with everything that it could tell; what it tells may then change
            (`Unknowns.update`)
    """
    matter = Matter()
    said = told_values(sources)
    named = frozenset().union(*(source.shown for source in sources))
    for number, source in enumerate([made or sources[0], *sources[1:]]):
        numbers = Numbers(matter, source, number, said, named)
        FigureReader(matter, numbers).read()
        StructureReader(matter, numbers).read()
    return Unknowns(matter, sources, knows)


__all__ = ["Component", "Exact", "Matter", "Quantity", "Row", "Spot", "Sum", "Unknowns", "unknowns"]

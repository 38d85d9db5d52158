"""The dates of a cycle on one line."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from eirene.text import pick
from eirene_web.clock import now
from eirene_web.reports.models import (
    Cycle,
)


@dataclass(frozen=True)
class Moment:
    """A point of the time line. `place`: from 0 to 1 between the first and the last."""

    label: str
    at: dt.datetime
    place: float
    strong: bool = False
    #: Row of its words: a neighbour too close goes one down.
    row: int = 0
    anchor: str = "middle"


def moments(cycle: Cycle, lang: str) -> tuple[list[Moment], float]:
    """The points of the time line in order, and where today is."""
    known: list[tuple[str, dt.datetime, bool]] = [
        (_("Opened") if cycle.opened else _("Opens"), cycle.opened or cycle.opens, False),
        (_("Deadline"), cycle.deadline, True),
    ]
    for one in cycle.milestones:
        on = dt.date.fromisoformat(str(one["on"]))
        known.append((pick(one["what"], lang), dt.datetime.combine(on, dt.time(12), dt.UTC), False))
    if cycle.closed:
        known.append((_("Closed"), cycle.closed, False))
    if cycle.embargo:
        known.append((_("Embargo ends"), cycle.embargo, True))
    known.sort(key=lambda k: k[1])
    first, last = known[0][1], max(known[-1][1], min(now(), known[-1][1]))
    span = max((last - first).total_seconds(), 1.0)
    made: list[Moment] = []
    ends = [-1.0, -1.0, -1.0]
    for n, (label, at, strong) in enumerate(known):
        place = (at - first).total_seconds() / span
        row = next((r for r in range(3) if place - ends[r] > 0.085), 0)
        ends[row] = place
        anchor = "start" if n == 0 else "end" if place > 0.97 else "middle"
        made.append(Moment(label, at, place, strong, row, anchor))
    today = min(max((now() - first).total_seconds() / span, 0.0), 1.0)
    return made, today

"""Reports received by day, this cycle against the one before."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eirene_web.clock import now
from eirene_web.organisations.models import Alliance
from eirene_web.policy import Actor
from eirene_web.reports import queries
from eirene_web.reports.models import (
    Cycle,
    Report,
)
from eirene_web.reports.oversight.where import Line


@dataclass(frozen=True)
class Pace:
    """Reports received by day, this cycle and the one before, aligned at their deadlines.

    now, before    (days before (−) or after the deadline, how many were in)
    """

    cycle: str
    before_cycle: str
    total: int
    now: tuple[tuple[int, int], ...]
    before: tuple[tuple[int, int], ...]
    today: int
    start: int
    end: int

    @property
    def in_now(self) -> int:
        return self.now[-1][1] if self.now else 0

    @property
    def in_then(self) -> int:
        return _on_day(self.before, self.today)

    @property
    def in_the_end(self) -> int:
        return self.before[-1][1] if self.before else 0

    @property
    def at_deadline(self) -> int:
        return _on_day(self.before, 0)

    @property
    def title(self) -> str:
        """The finding."""
        if not self.before:
            return ngettext("%(n)d report received", "%(n)d reports received", self.in_now) % {"n": self.in_now}
        behind = self.in_then - self.in_now
        if behind > 0:
            return ngettext(
                "%(n)d report behind %(cycle)s on the same day",
                "%(n)d reports behind %(cycle)s on the same day",
                behind,
            ) % {"n": behind, "cycle": self.before_cycle}
        if behind < 0:
            return ngettext(
                "%(n)d report ahead of %(cycle)s on the same day",
                "%(n)d reports ahead of %(cycle)s on the same day",
                -behind,
            ) % {"n": -behind, "cycle": self.before_cycle}
        return _("As many reports as in %(cycle)s on the same day") % {"cycle": self.before_cycle}

    @property
    def outlook(self) -> str:
        """What last year's pace from here would give; '' once the deadline is past or nothing is known."""
        if not self.before or self.today >= 0:
            return ""
        n = self.in_now + self.at_deadline - self.in_then
        return _("At the pace of %(cycle)s from here %(n)d would be in by the deadline.") % {
            "n": min(n, self.total), "cycle": self.before_cycle,
        }  # fmt: skip

    def rows(self) -> list[tuple[int, int | None, int | None]]:
        """The table behind the chart: every day on which something changed."""
        days = sorted({d for d, _n in (*self.now, *self.before)})
        return [
            (day, _on_day(self.now, day) if day <= self.today else None,
             _on_day(self.before, day) if self.before else None)
            for day in days
        ]  # fmt: skip


def _on_day(series: Sequence[tuple[int, int]], day: int) -> int:
    return max((n for d, n in series if d <= day), default=0)


def pace(actor: Actor, alliance: Alliance, cycle: Cycle, lines: Sequence[Line]) -> Pace:
    """Two queries."""
    mine = [line.report.submitted for line in lines if line.report.submitted]
    last = _cycle_before(actor, alliance, cycle)
    before: list[dt.datetime] = []
    if last is not None:
        known = Report.objects.filter(cycle=last, submitted__isnull=False)
        before = list(known.values_list("submitted", flat=True))
    today = (min(now(), cycle.closed or now()).date() - cycle.deadline.date()).days
    series_now = _cumulated(mine, cycle.deadline)
    series_before = _cumulated(before, last.deadline) if last is not None and before else ()
    start = (cycle.opens.date() - cycle.deadline.date()).days
    days = [d for d, _n in (*series_now, *series_before)]
    return Pace(
        cycle.code, last.code if last is not None and before else "", len(lines), series_now, series_before,
        today, min([start, *days]), max([7, today, *days]),
    )  # fmt: skip


def _cycle_before(actor: Actor, alliance: Alliance, cycle: Cycle) -> Cycle | None:
    return next((c for c in queries.cycles(actor, alliance) if c.opens < cycle.opens), None)


def _cumulated(instants: Iterable[dt.datetime], deadline: dt.datetime) -> tuple[tuple[int, int], ...]:
    counts = Counter((at.date() - deadline.date()).days for at in instants)
    made, n = [], 0
    for day in sorted(counts):
        n += counts[day]
        made.append((day, n))
    return tuple(made)

"""How every body kept its deadlines over the years."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from eirene_web.clock import now
from eirene_web.organisations.models import Alliance
from eirene_web.organisations.queries import Names
from eirene_web.policy import Actor
from eirene_web.reports import queries
from eirene_web.reports.models import (
    Cycle,
)
from eirene_web.reports.oversight.where import IN
from eirene_web.reports.tables import folded


@dataclass(frozen=True)
class Kept:
    """How one report kept its deadline. `days`: after (+) or before (−) it; None where the day is not known."""

    state: str
    days: int | None
    extended: bool

    @property
    def in_time(self) -> bool | None:
        return None if self.days is None else self.days <= 0


@dataclass
class Years:
    """Timeliness of every body over the cycles, oldest first."""

    cycles: list[Cycle]
    names: dict[str, str]
    kept: dict[str, dict[str, Kept]]

    def sums(self) -> list[dict[str, object]]:
        found = []
        for cycle in self.cycles:
            rows = [by[cycle.code] for by in self.kept.values() if cycle.code in by]
            known = [r.days for r in rows if r.days is not None]
            found.append(
                {
                    "cycle": cycle, "asked": len(rows), "in_time": sum(r.in_time is True for r in rows),
                    "late": sum(r.in_time is False for r in rows),
                    "unknown": sum(r.days is None and r.state in IN for r in rows),
                    "missing": sum(r.state not in IN for r in rows),
                    "extended": sum(r.extended for r in rows),
                    "median": median(known) if known else None,
                }
            )  # fmt: skip
        return found


def years(actor: Actor, alliance: Alliance, lang: str) -> Years:
    """Two queries."""
    cycles = sorted(queries.cycles(actor, alliance), key=lambda c: c.opens)
    names = Names(alliance, lang, now().date())
    found: dict[str, dict[str, Kept]] = {}
    called: dict[str, str] = {}
    for report in queries.reports(actor, alliance):
        due = report.due
        days = None
        if report.submitted is not None:
            days = (report.submitted.date() - due.date()).days
            if days == 0 and report.submitted > due:
                days = 1
            elif days > 0 and report.submitted <= due:
                days = 0
        code = report.body.code
        called[code] = names.body(report.body)
        found.setdefault(code, {})[report.cycle.code] = Kept(report.state, days, report.deadline is not None)
    ordered = dict(sorted(found.items(), key=lambda f: folded(called[f[0]])))
    return Years([c for c in cycles if any(c.code in by for by in found.values())], called, ordered)

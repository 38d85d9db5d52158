"""What follows an acceptance: the edition's figures, all of them, for 41 reports and the cycles they are compared with.

    python benchmarks/recompute.py                            seconds and ratio; fails above five seconds
    tools/on_postgres python benchmarks/recompute.py          on PostgreSQL

*Bare* is the core alone: the same reports as Python objects, without a database, a journal or the keeping of the set.
The reports are Concordia's of 2017 and of the years before, taken in as the platform takes in closed cycles.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

from _measuring import in_new_home, timed

#: Seconds from the acceptance to figures that are kept.
GOAL = 5.0
CYCLES = ("2014", "2015", "2016", "2017")


def main() -> int:
    return in_new_home(_measure)


def _measure() -> int:
    from django.db import connection

    from eirene.figures import compute
    from eirene.framework import load
    from eirene.questionnaires import parse_report
    from eirene_web.editions.models import FigureSet
    from eirene_web.editions.services import drafting, figuring
    from eirene_web.organisations.services import found_alliance
    from eirene_web.policy import Actor, Grant
    from eirene_web.reports.models import Cycle
    from eirene_web.reports.services.history import take_in_cycle

    pack = load("concordia")
    alliance = found_alliance(pack=pack)
    office = Actor(
        alliance=alliance.slug, name="bench", strong=True, grants=(Grant("coordinator", "", None, 0),), person=None
    )
    reports: dict[str, dict[str, Any]] = {}
    for code in CYCLES:
        files = sorted((Path(pack.origin) / "reports" / code).glob("*.json"))
        read = [parse_report(json.loads(file.read_text(encoding="utf-8")), pack) for file in files]
        reports[code] = {one.body: one for one in read}
        take_in_cycle(actor=office, alliance=alliance.slug, code=code, reports=read)
    draft = drafting.begin(actor=office, cycle=Cycle.objects.get(code="2017").pk)

    def again() -> None:
        newest = FigureSet.objects.filter(draft=draft).order_by("pk").last()
        if newest is not None:
            FigureSet.objects.filter(pk=newest.pk).update(fingerprint=f"{newest.pk:064}")  # as if an answer had changed
        figuring.compute_now(draft.pk)

    again()
    kept = timed(again)
    earlier = [list(reports[code].values()) for code in CYCLES[:-1]]
    now = list(reports[CYCLES[-1]].values())
    bare = timed(lambda: compute(pack, CYCLES[-1], now, as_of=dt.date(2018, 6, 1), history=earlier))
    print(
        f"{connection.vendor}: {len(reports['2017'])} reports of 2017, {sum(map(len, reports.values()))} in all: "
        f"figures kept in {kept:.2f} s (goal {GOAL:g} s), bare {bare:.2f} s: {kept / bare:.1f} ×"
    )
    return 0 if kept <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())

"""The demonstration: Concordia's office in the middle of its cycle 2017, dates laid out around the day it is made.

Everybody and everything is made up. It is laid out by the same services that people use, each by the actor whose step
it is and on the day on which it would have been done. Editions take minutes and are laid out in the background.

    names, plan   who is called what; what is laid out
    cast          bodies, posts, people
    capitals      each report, as far as its nation takes it; `filling`: the one worth looking at
    office        review, returns, clarifications, corrections, more time, reminders
    editions      the Summaries of 2016 and 2017
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

from django.utils import timezone

from eirene.framework import Pack, load
from eirene.questionnaires import Report as Answers
from eirene.questionnaires import parse_report
from eirene_web import clock
from eirene_web.demo import capitals, office, plan
from eirene_web.demo.cast import Demo, cast
from eirene_web.demo.editions import want_editions
from eirene_web.organisations import services
from eirene_web.organisations.models import Alliance
from eirene_web.reports.models import Cycle, Report
from eirene_web.reports.services import cycles, history

#: Cycles before this one, taken in as they were.
EARLIER = ("2014", "2015", "2016")


def seed(*, now: dt.datetime | None = None, say: Callable[[str], None] = lambda text: None) -> None:
    """Lays the demonstration out; does nothing where it is laid out already."""
    if Alliance.objects.filter(slug="concordia").exists():
        return
    pack = load("concordia")
    today = (now or timezone.now()).replace(minute=0, second=0, microsecond=0)
    with clock.at(today - dt.timedelta(days=400)):
        demo = Demo(pack, services.found_alliance(pack=pack, time_zone="Europe/Brussels", demo=True), today)
        say("Demonstration: posts and people")
        cast(demo)
        say("Demonstration: earlier cycles")
        for code in EARLIER:
            _earlier(demo, code)
    say(f"Demonstration: the cycle {plan.CODE}")
    cycle = _opened(demo)
    _reports(demo, cycle)
    office.more_time(demo, cycle)
    office.told_so_far(demo, cycle)
    want_editions(demo)


# --- earlier cycles -------------------------------------------------------------------------------------------------


def _earlier(demo: Demo, code: str) -> None:
    reports = _shipped(demo.pack, code)
    history.take_in_cycle(
        actor=demo.actor("coordinator"), alliance=demo.alliance.slug, code=code, reports=reports,
        submitted=_days_of_submission(demo.pack, code, reports),
    )  # fmt: skip


def _days_of_submission(pack: Pack, code: str, reports: list[Answers]) -> dict[str, dt.datetime]:
    """Made-up days on which earlier reports came in: most in the weeks before the deadline, some after it."""
    opened, due = history.dates(pack, code)
    days = (due - opened).days
    found = {}
    for n, report in enumerate(reports):
        late = sum(map(ord, report.body + code)) % 9 == 0
        share = 1.02 + (n % 4) / 25 if late else 1 - ((n * 37 + int(code) * 11) % 97 / 97) ** 2 * 0.75
        found[report.body] = opened + dt.timedelta(days=round(days * share), hours=n % 8)
    return found


def _shipped(pack: Pack, code: str) -> list[Answers]:
    folder = Path(pack.origin) / "reports" / code
    return [
        parse_report(json.loads(file.read_text(encoding="utf-8")), pack, place=file.name)
        for file in sorted(folder.glob("*.json"))
    ]


# --- the cycle ------------------------------------------------------------------------------------------------------


def _opened(demo: Demo) -> Cycle:
    """Set up, opened for a test nation, a week later for all."""
    coordinator = demo.actor("coordinator")
    with clock.at(demo.ago(80)):
        cycle = cycles.set_up_cycle(
            actor=coordinator, alliance=demo.alliance.slug, code=plan.CODE, opens=demo.ago(65),
            deadline=demo.ago(-16).replace(hour=16), embargo=demo.ago(-114).replace(hour=10),
            milestones=[
                {"what": {"en": en, "fr": fr}, "on": demo.day(days).isoformat()} for days, en, fr in plan.MILESTONES
            ],
        )  # fmt: skip
    with clock.at(demo.ago(72)):
        cycles.open_cycle(actor=coordinator, cycle=cycle.pk, bodies=[plan.TEST_NATION])
    with clock.at(demo.ago(65)):
        return cycles.open_cycle(actor=coordinator, cycle=cycle.pk)


def _reports(demo: Demo, cycle: Cycle) -> None:
    made_up = {report.body: report for report in _shipped(demo.pack, plan.CODE)}
    reports = {r.body.code: r for r in Report.objects.select_related("body", "cycle").filter(cycle=cycle)}
    for state, bodies in plan.LAYOUT.items():
        for code, (share, days) in bodies.items():
            capitals.bring_to(demo, reports[code], made_up.get(code), state, share, days)
            office.review(demo, reports[code], state, days)

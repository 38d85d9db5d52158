"""The demonstration: Concordia's office in the middle of its cycle 2017, dates laid out around the day it is made.

Everybody and everything is made up. It is laid out by the same services that people use, each by the actor whose step
it is and on the day on which it would have been done.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.utils import timezone

from eirene.framework import Pack, asked, load, members_on
from eirene.questionnaires import Report as Answers
from eirene.questionnaires import parse_report, parts_of
from eirene_web import clock
from eirene_web.accounts.models import Person
from eirene_web.demo.filling import assign_sections, enliven
from eirene_web.organisations import queries, services
from eirene_web.organisations.models import Alliance, Post
from eirene_web.policy import Actor, Grant
from eirene_web.reports.models import Report
from eirene_web.reports.services import (
    clearance,
    corrections,
    cycles,
    discussing,
    filling,
    history,
    reviewing,
    submitting,
)
from eirene_web.reports.services.filling import Edit

CODE = "2017"
#: state → body → (share of the questions answered in per cent, days since the last movement)
LAYOUT: Mapping[str, Mapping[str, tuple[int, int]]] = {
    "not_started": {"QRN": (0, 41), "ILV": (0, 41), "VDN": (0, 41)},
    "drafting": {
        "PLR": (91, 1), "IST": (81, 2), "BNL": (72, 3), "VDR": (70, 1), "ETV": (65, 4), "TVR": (63, 2), "OSM": (60, 5),
        "BMA": (56, 0), "CRV": (50, 3), "ESK": (44, 6), "ELN": (40, 2), "KST": (33, 15), "KRN": (23, 8), "TVN": (12, 9),
    },
    "in_clearance": {"CLV": (100, 12), "FIO": (100, 3), "GDV": (100, 2), "MRZ": (100, 1), "MRD": (100, 5),
                     "SMK": (100, 1)},
    "submitted": {"ARV": (100, 0), "HST": (100, 0), "LTM": (100, 1), "WST": (100, 2)},
    "in_review": {"ABR": (100, 4), "ALM": (100, 1), "CAS": (100, 6), "ODR": (100, 3), "RVL": (100, 5)},
    "returned": {"JRL": (100, 19), "NVL": (100, 4), "SKR": (100, 6), "ULM": (100, 2)},
    "accepted": {"DOR": (100, 9), "DNM": (100, 11), "FKM": (100, 8), "HLV": (100, 14), "LRN": (100, 12)},
}  # fmt: skip
#: (days from today, name): what the office planned beyond the deadline.
MILESTONES = (
    (30, "Clarified", "Précisé"), (51, "Accepted", "Accepté"), (65, "Draft to nations", "Projet aux nations"),
    (86, "Objections close", "Fin des objections"), (100, "Cleared", "Validé"),
)  # fmt: skip
#: key → (title en, title fr, role, sections)
OFFICE_POSTS = {
    "coordinator": ("Coordinator, WPS Office", "Coordinatrice, bureau FPS", "coordinator"),
    "desk-a": ("Review desk A", "Pôle de relecture A", "reviewer"),
    "desk-b": ("Review desk B", "Pôle de relecture B", "reviewer"),
    "observer": ("Observer, Supervisory Committee", "Observatrice, comité de surveillance", "observer"),
    "administrator": ("System administrator", "Administration du système", "administrator"),
}
NATION_POSTS = {
    "rapporteur": ("Rapporteur, Ministry of Defence", "Rapporteuse, ministère de la Défense", "rapporteur"),
    "personnel": ("Personnel Directorate", "Direction du personnel", "contributor"),
    "training": ("Training Command", "Commandement de la formation", "contributor"),
    "legal": ("Legal Office", "Service juridique", "contributor"),
    "head": ("Head of Gender Policy", "Chef de la politique de genre", "clearing_officer"),
    "officer": ("Deputy Chief of Defence", "Chef d’état-major adjoint", "authorised_officer"),
    "reader": ("Reader, Permanent Delegation", "Lectrice, délégation permanente", "reader"),
}
#: Who fills in what, where sections are assigned.
SECTIONS = {"personnel": ("1", "2", "3", "3.1", "3.2", "3.3", "4"), "training": ("6",), "legal": ("5",)}
#: What the office asks about a report in review.
ASKED = {
    "CAS": ("personnel", "Does the total include officer cadets? Last year you counted them here."),
    "ODR": ("recruits", "The number is a third of last year’s. Is it the whole year?"),
}
#: What a nation asks to have corrected after acceptance: question, part, value, why.
CORRECTED = {"HLV": ("maternity_leave_weeks", {"value": 27}, "The law of 1 July 2017 gives 27 weeks.")}
#: The nation whose report is worth looking at.
SHOWN_NATION = "BMA"
#: People shown first on the page of one-click accounts.
SHOWN = ("coordinator", "desk-a", "observer", "administrator", "BMA.rapporteur", "BMA.personnel", "BMA.head",
         "BMA.officer", "BMA.reader", "CLV.officer", "JRL.rapporteur")  # fmt: skip


@dataclass
class Demo:
    """What is being laid out: posts and people by key, e.g. BMA.rapporteur."""

    pack: Pack
    alliance: Alliance
    today: dt.datetime
    posts: dict[str, Post] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def actor(self, who: str) -> Actor:
        return queries.actor_for(self.people[who], self.alliance, strong=True)

    def ago(self, days: float) -> dt.datetime:
        return self.today - dt.timedelta(days=days)

    @property
    def installer(self) -> Actor:
        office = Grant("administrator", "", None, 0)
        return Actor(alliance=self.alliance.slug, name="installation", grants=(office,), strong=True)


def seed(*, now: dt.datetime | None = None, say: Callable[[str], None] = lambda text: None) -> None:
    """Lays the demonstration out; does nothing where it is laid out already."""
    if Alliance.objects.filter(slug="concordia").exists():
        return
    pack = load("concordia")
    today = (now or timezone.now()).replace(minute=0, second=0, microsecond=0)
    with clock.at(today - dt.timedelta(days=400)):
        demo = Demo(pack, services.found_alliance(pack=pack, time_zone="Europe/Brussels", demo=True), today)
        say("Demonstration: posts and people")
        _office(demo)
        _nations(demo)
        say("Demonstration: earlier cycles")
        for code in ("2014", "2015", "2016"):
            reports = _shipped(pack, code)
            history.take_in_cycle(
                actor=demo.actor("coordinator"), alliance="concordia", code=code, reports=reports,
                submitted=_days_of_submission(pack, code, reports),
            )  # fmt: skip
    say("Demonstration: the cycle 2017")
    _cycle(demo)


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


def _office(demo: Demo) -> None:
    for key, (en, fr, role) in OFFICE_POSTS.items():
        _post(demo, key, "_office", {"en": en, "fr": fr}, role)


def _nations(demo: Demo) -> None:
    day = demo.pack.cycles[CODE].reference_date
    for population in demo.pack.cycles[CODE].asked:
        for code in members_on(demo.pack, population, day):
            for key, (en, fr, role) in NATION_POSTS.items():
                _post(demo, f"{code}.{key}", code, {"en": en, "fr": fr}, role, contact=key == "rapporteur")


def _post(demo: Demo, key: str, body: str, title: dict[str, str], role: str, *, contact: bool = False) -> None:
    post = services.add_post(
        actor=demo.installer, alliance=demo.alliance.slug, body=body, title=title, roles={role: ()}, contact=contact
    )
    nation = "" if body == "_office" else body
    name = title["en"] + (f", {queries.Names(demo.alliance, 'en', demo.today.date()).nation(nation)}" if nation else "")
    person = services.person_named(f"{key.lower()}@demo.invalid", name, demo=True)
    services.fill_post(actor=None, post=post.pk, person=person.pk, since=demo.ago(500).date())
    demo.posts[key], demo.people[key] = post, person


def _cycle(demo: Demo) -> None:
    coordinator = demo.actor("coordinator")
    with clock.at(demo.ago(65)):
        cycle = cycles.set_up_cycle(
            actor=coordinator,
            alliance="concordia",
            code=CODE,
            opens=demo.ago(65),
            deadline=(demo.today + dt.timedelta(days=16)).replace(hour=16),
            embargo=(demo.today + dt.timedelta(days=114)).replace(hour=10),
            milestones=[
                {"what": {"en": en, "fr": fr}, "on": (demo.today + dt.timedelta(days=days)).date().isoformat()}
                for days, en, fr in MILESTONES
            ],
        )
        cycles.open_cycle(actor=coordinator, cycle=cycle.pk)
    made_up = {r.body: r for r in _shipped(demo.pack, CODE)}
    reports = {r.body.code: r for r in Report.objects.select_related("body").filter(cycle=cycle)}
    for state, bodies in LAYOUT.items():
        for code, (share, days) in bodies.items():
            if code in reports:
                _lay_out(demo, reports[code], made_up.get(code), state, share, days)


def _lay_out(demo: Demo, report: Report, filled: Answers | None, state: str, share: int, days: int) -> None:
    """Brings one report to its state, the last movement so many days ago."""
    if state == "not_started" or filled is None:
        return
    code = report.body.code
    with clock.at(demo.ago(days + 9)):
        _fill(demo, report, filled, share)
    if state == "drafting":
        if code == SHOWN_NATION:
            with clock.at(demo.ago(days + 8)):
                assign_sections(demo, report, SECTIONS)
            enliven(demo, report)
        else:
            _touch(demo, report, days)
        return
    with clock.at(demo.ago(days + (0 if state == "in_clearance" else 6))):
        clearance.start_clearance(
            actor=demo.actor(f"{code}.rapporteur"),
            report=report.pk,
            steps=[[demo.posts[f"{code}.head"].pk], [demo.posts[f"{code}.officer"].pk]],
        )
        if state == "in_clearance":
            clearance.clear(actor=demo.actor(f"{code}.head"), report=report.pk)
            return
    with clock.at(demo.ago(days + (0 if state == "submitted" else 3))):
        clearance.clear(actor=demo.actor(f"{code}.head"), report=report.pk)
        clearance.clear(actor=demo.actor(f"{code}.officer"), report=report.pk)
        version = Report.objects.get(pk=report.pk).version
        submitting.submit(actor=demo.actor(f"{code}.officer"), report=report.pk, version=version)
        minutes = 180 + 20 * (report.pk % 17)
        submitting.declare_minutes(actor=demo.actor(f"{code}.rapporteur"), report=report.pk, minutes=minutes)
    if state == "submitted":
        return
    desk = "desk-a" if report.pk % 2 else "desk-b"
    with clock.at(demo.ago(days)):
        due = (demo.today + dt.timedelta(days=12 - days)).date()
        reviewing.assign_review(actor=demo.actor("coordinator"), report=report.pk, post=demo.posts[desk].pk, due=due)
        if code in ASKED:
            question, text = ASKED[code]
            discussing.open_thread(
                actor=demo.actor(desk), report=report.pk, kind="clarification", question=question, text=text, flag=True,
                due=(demo.today + dt.timedelta(days=5)).date(),
            )  # fmt: skip
        if state == "accepted":
            reviewing.accept_report(actor=demo.actor(desk), report=report.pk)
            if code in CORRECTED:
                question, changes, why = CORRECTED[code]
                corrections.request_correction(
                    actor=demo.actor(f"{code}.rapporteur"), report=report.pk, question=question, changes=changes,
                    reason=why,
                )  # fmt: skip
        elif state == "returned":
            reviewing.return_report(
                actor=demo.actor(desk), report=report.pk,
                reason="Three answers do not fit what you reported last year. Please look at them again.",
                questions={"recruits": "Please say whether reservists are included.",
                           "officers_by_rank": "The total differs from question 1.1.",
                           "harassment_prevention": "Which document is meant?"},
                due=(demo.today + dt.timedelta(days=10)).date(),
            )  # fmt: skip


def _fill(demo: Demo, report: Report, filled: Answers, share: int) -> None:
    """Fills in the first part of the questions, in the order of the form, and gives the rest to other posts."""
    sheet = asked(demo.pack, CODE)
    parts = parts_of(filled, demo.pack)
    wanted = list(sheet.questions)[: max(1, len(sheet.questions) * share // 100)]
    edits = [
        Edit(id, part, value)
        for id in wanted
        for part, value in parts.get(id, {}).items()
        if not (part == "status" and value == "answered")
    ]
    who = demo.actor(f"{report.body.code}.rapporteur")
    filling.save_answers(actor=who, report=report.pk, edits=edits)


def _touch(demo: Demo, report: Report, days: int) -> None:
    """The last thing that somebody did to it."""
    row = Report.objects.get(pk=report.pk)
    with clock.at(demo.ago(days)):
        filling.save_answers(
            actor=demo.actor(f"{report.body.code}.rapporteur"),
            report=row.pk,
            edits=[Edit("all_positions_open", "comment.en", "Under review by the ministry.", _version(row))],
        )


def _version(report: Report) -> int:
    cell = report.cells.filter(question="all_positions_open", part="comment.en").first()
    return cell.version if cell else 0

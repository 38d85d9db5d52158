"""A cycle’s life as pages: set up, changed, opened for a test and for all, closed, reopened; one body’s deadline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from eirene.errors import Problem
from eirene.framework import asked, asked_bodies, cycle_of
from eirene.text import pick
from eirene_web.clock import now
from eirene_web.organisations.models import Alliance, Body
from eirene_web.organisations.packs import opened
from eirene_web.organisations.queries import Names
from eirene_web.organisations.visit import Visit, page
from eirene_web.policy import NotThere, Target, can, reach
from eirene_web.reports import instants, queries
from eirene_web.reports.asking import Input, Option, Reading, attempt
from eirene_web.reports.models import Cycle, Report
from eirene_web.reports.services import cycles as services
from eirene_web.reports.tables import folded
from eirene_web.reports.targets import cycle_target, report_target
from eirene_web.reports.views.common import asking, at_cycle, at_report, done, reason

MILESTONES = 8
FORM = ["GET", "HEAD", "POST"]


@require_safe
@page("cycle.see", "cycle.set_up", "report.see")
def cycles(visit: Visit) -> HttpResponse:
    """The office's cycles; for a nation its own reports, year by year."""
    if reach(visit.actor, "cycle.oversee").nowhere and visit.actor.nations:
        return visit.render("reports/own_reports.html", {"rows": queries.own_reports(visit.actor, visit.alliance)})
    found = queries.cycles(visit.actor, visit.alliance)
    may = can(visit.actor, "cycle.set_up", Target("cycle", visit.alliance.slug, state=Cycle.State.PLANNED))
    known = {c.code for c in Cycle.objects.filter(alliance=visit.alliance)} if may else set()
    to_set_up = [c for c in visit.pack.cycles.values() if may and c.kind == "collected" and c.id not in known]
    return visit.render(
        "reports/cycles.html",
        {"cycles": found, "to_set_up": sorted(to_set_up, key=lambda c: -c.data_year), "pack": visit.pack},
    )


# --- setting up and changing ----------------------------------------------------------------------------------------


@require_http_methods(FORM)
@page("cycle.set_up")
def set_up(visit: Visit, cycle: str) -> HttpResponse:
    """First the dates and rules, then what follows from them, then it is set up."""
    visit.ask("cycle.set_up", Target("cycle", visit.alliance.slug, state=Cycle.State.PLANNED))
    if cycle not in visit.pack.cycles or visit.pack.cycles[cycle].kind != "collected":
        raise NotThere(_("There is no such page, or it is not for you."))
    planned = cycle_of(visit.pack, cycle)
    bodies = _named(visit, asked_bodies(visit.pack, cycle))
    step = visit.request.POST.get("step", "")
    problems: list[Problem] = []
    if visit.request.method == "POST":
        given, problems = _read(visit, visit.pack)
        if not problems and step == "confirmed":
            tried = attempt(
                lambda: services.set_up_cycle(actor=visit.actor, alliance=visit.alliance.slug, code=cycle, **given)
            )
            if tried.done:
                return done(
                    visit, _("The cycle %(code)s is set up.") % {"code": cycle}, at_cycle(visit, "cycle", cycle)
                )
            problems = list(tried.problems)
        elif not problems and step == "check":
            return _check(visit, cycle, given, [b for b, _name in bodies], back=_("Change the dates"))
    inputs = _inputs(visit, _defaults(visit.alliance, planned))
    sheet = asked(visit.pack, cycle)
    return asking(
        visit,
        title=_("Set up the cycle %(code)s") % {"code": cycle},
        kicker=pick(planned.title, visit.lang),
        back=reverse("cycles", args=[visit.alliance.slug]),
        action=_("Continue"),
        inputs=inputs,
        problems=problems,
        hidden=[("step", "check")],
        template="reports/cycle_form.html",
        sheet=sheet,
        planned=planned,
        bodies=[name for _body, name in bodies],
        zone=instants.city(instants.zone_of(visit.alliance), visit.lang),
        milestones=_milestone_rows(visit, []),
        languages=visit.pack.header.languages,
    )


@require_http_methods(FORM)
@page("cycle.change", "cycle.see")
def change(visit: Visit, cycle: str) -> HttpResponse:
    found = queries.find_cycle(visit.actor, visit.alliance, cycle)
    visit.ask("cycle.change", cycle_target(found))
    problems: list[Problem] = []
    if visit.request.method == "POST":
        given, problems = _read(visit, opened(found.pack_id))
        if found.state != Cycle.State.PLANNED:
            given["opens"] = found.opens
        why = visit.request.POST.get("why", "").strip()
        step = visit.request.POST.get("step", "")
        if not problems and step == "confirmed":
            tried = attempt(lambda: services.change_cycle(actor=visit.actor, cycle=found.pk, why=why, **given))
            if tried.done:
                return done(visit, _("The cycle is changed."), at_cycle(visit, "cycle", found))
            problems = list(tried.problems)
        elif not problems and step == "check":
            bodies = [r.body for r in Report.objects.filter(cycle=found).select_related("body")]
            return _check(visit, cycle, given, bodies, back=_("Change it again"), before=found, why=why)
    inputs = _inputs(visit, _values(found, visit.alliance), is_open=found.state != Cycle.State.PLANNED)
    return asking(
        visit,
        title=_("Change the cycle %(code)s") % {"code": cycle},
        kicker=pick(opened(found.pack_id).cycles[cycle].title, visit.lang),
        back=at_cycle(visit, "cycle", found),
        action=_("Continue"),
        inputs=inputs,
        problems=problems,
        hidden=[("step", "check")],
        template="reports/cycle_form.html",
        zone=instants.city(instants.zone_of(visit.alliance), visit.lang),
        milestones=_milestone_rows(visit, found.milestones),
        languages=opened(found.pack_id).header.languages,
    )


def _named(visit: Visit, codes: Iterable[str]) -> list[tuple[Body, str]]:
    """Bodies by name; one that the platform does not know yet will be made, and has no clock of its own."""
    known = {b.code: b for b in Body.objects.filter(alliance=visit.alliance, code__in=list(codes))}
    rows = [
        (known.get(code) or Body(alliance=visit.alliance, code=code, kind=Body.Kind.NATION, nation=code), code)
        for code in codes
    ]
    return sorted(((b, visit.names.nation(code)) for b, code in rows), key=lambda r: folded(r[1]))


def _defaults(alliance: Alliance, planned: Any) -> dict[str, str]:
    """What the form begins with: opening a week after the reference date, a deadline after eleven weeks."""
    first = planned.reference_date + dt.timedelta(days=8)
    end = first + dt.timedelta(weeks=11)
    return {
        "opens": f"{first}T09:00", "deadline": f"{end}T17:00", "embargo": f"{planned.publication_date}T10:00",
        "remind_days": ", ".join(map(str, services.REMIND_DAYS)), "releasability": planned.default_releasability,
        "four_eyes": "", **{f"patience_{state}": str(days) for state, days in services.PATIENCE.items()},
    }  # fmt: skip


def _values(cycle: Cycle, alliance: Alliance) -> dict[str, str]:
    zone = instants.zone_of(alliance)
    patience = {**services.PATIENCE, **cycle.patience}
    return {
        "opens": instants.field_of(cycle.opens, zone), "deadline": instants.field_of(cycle.deadline, zone),
        "embargo": instants.field_of(cycle.embargo, zone), "remind_days": ", ".join(map(str, cycle.remind_days)),
        "releasability": cycle.releasability, "four_eyes": "1" if cycle.four_eyes else "",
        **{f"patience_{state}": str(days) for state, days in patience.items()},
    }  # fmt: skip


def _inputs(visit: Visit, values: Mapping[str, str], *, is_open: bool = False) -> list[Input]:
    city = instants.city(instants.zone_of(visit.alliance), visit.lang)
    clock = _("By the clock of %(city)s. Each capital reads it by its own.") % {"city": city}
    states = dict(Report.State.choices)
    audiences = [
        Option(a.code, str(pick(a.label, visit.lang)), chosen=a.code == values["releasability"])
        for a in visit.pack.header.audiences
    ]
    inputs = [] if is_open else [Input("opens", _("Opening"), "datetime", values["opens"], clock, required=True)]
    inputs += [
        Input("deadline", _("Deadline"), "datetime", values["deadline"], clock, required=True),
        Input("remind_days", _("Reminders, days before the deadline"), "text", values["remind_days"],
              _("Whole numbers with commas. Only those whose report is not in are reminded.")),
        Input("releasability", _("Unless a nation says otherwise, its answers are released to"), "radios",
              values["releasability"], options=audiences),
        Input("embargo", _("Embargo until"), "datetime", values["embargo"],
              _("Before this instant nobody outside sees anything of the edition. %(clock)s") % {"clock": clock}),
        Input("four_eyes", _("Four eyes: a second reviewer accepts each section too"), "check", values["four_eyes"]),
    ]  # fmt: skip
    for state in services.PATIENCE:
        inputs.append(
            Input(f"patience_{state}", str(states[state]).capitalize(), "number", values.get(f"patience_{state}", ""))
        )
    if is_open:
        inputs.append(reason(_("Why it is changed"), help=_("Nations will read it.")))
    return inputs


def _milestone_rows(visit: Visit, milestones: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Eight lines, those that are filled first; as they were sent, if they were."""
    post, languages = visit.request.POST, visit.pack.header.languages
    known = list(milestones)
    rows = []
    for n in range(MILESTONES):
        here = known[n] if n < len(known) else {"what": {}, "on": ""}
        rows.append(
            {
                "n": n,
                "on": post.get(f"milestone_{n}_on", here["on"]),
                "what": [(code, post.get(f"milestone_{n}_{code}", here["what"].get(code, ""))) for code in languages],
            }
        )
    return rows


def _read(visit: Visit, pack: Any) -> tuple[dict[str, Any], list[Problem]]:
    """What the form says, ready for the service, and what is wrong with it."""
    reading, zone = Reading(visit.request), instants.zone_of(visit.alliance)
    given: dict[str, Any] = {
        "opens": reading.instant("opens", zone),
        "deadline": reading.instant("deadline", zone),
        "embargo": reading.instant("embargo", zone),
        "releasability": reading.text("releasability"),
        "four_eyes": reading.flag("four_eyes"),
        "patience": {state: reading.whole(f"patience_{state}") for state in services.PATIENCE},
        "remind_days": [],
        "milestones": [],
    }
    given["patience"] = {state: days for state, days in given["patience"].items() if days is not None}
    if "opens" in visit.request.POST:
        reading.need("opens", given["opens"], _("Say when it opens."))
    reading.need("deadline", given["deadline"], _("Say when it is due."))
    if given["releasability"] not in {a.code for a in pack.header.audiences}:
        reading.tell("releasability", _("Choose to whom answers are released by default."))
    for word in filter(None, (w.strip() for w in reading.text("remind_days").replace(";", ",").split(","))):
        if word.isdecimal() and 0 < int(word) < 366:
            given["remind_days"].append(int(word))
        else:
            reading.tell("remind_days", _("Reminders are days before the deadline: whole numbers, such as 30 and 7."))
    given["remind_days"] = sorted(set(given["remind_days"]), reverse=True)
    for n in range(MILESTONES):
        what = {code: text for code in pack.header.languages if (text := reading.text(f"milestone_{n}_{code}"))}
        on = reading.day(f"milestone_{n}_on")
        if what and on:
            given["milestones"].append({"what": what, "on": on.isoformat()})
        elif what or on:
            reading.tell(f"milestone_{n}_on", _("A milestone has a name and a day."))
    given["milestones"].sort(key=lambda one: one["on"])
    return given, reading.problems


def _check(
    visit: Visit,
    cycle: str,
    given: Mapping[str, Any],
    bodies: Iterable[Body],
    *,
    back: str,
    before: Cycle | None = None,
    why: str = "",
) -> HttpResponse:
    """What was entered, as everybody will read it; one press further it is done."""
    zone, asked_now = instants.zone_of(visit.alliance), list(bodies)
    audience = next((a for a in visit.pack.header.audiences if a.code == given["releasability"]), None)
    follows = [
        _("The deadline is one instant for everybody: %(when)s.") % {
            "when": instants.written(given["deadline"], zone, visit.lang)
        },
        ngettext("%(n)d body is asked.", "%(n)d bodies are asked.", len(asked_now)) % {"n": len(asked_now)},
        _("Unless a nation says otherwise, its answers are released to: %(audience)s.") % {
            "audience": pick(audience.label, visit.lang) if audience else given["releasability"]
        },
    ]  # fmt: skip
    if given["remind_days"]:
        days = ", ".join(map(str, given["remind_days"]))
        follows.append(_("Reminders go out %(days)s days before the deadline.") % {"days": days})
    if given["embargo"]:
        follows.append(
            _("The embargo ends on %(when)s.") % {"when": instants.written(given["embargo"], zone, visit.lang)}
        )
    if before is not None and given["deadline"] != before.deadline:
        own = Report.objects.filter(cycle=before, deadline__isnull=False).count()
        if own:
            follows.append(
                ngettext(
                    "%(n)d nation has a deadline of its own and keeps it.",
                    "%(n)d nations have deadlines of their own and keep them.",
                    own,
                ) % {"n": own}
            )  # fmt: skip
    sent = [(k, v) for k in visit.request.POST if k not in ("csrfmiddlewaretoken", "step", "why")
            for v in visit.request.POST.getlist(k)]  # fmt: skip
    return visit.render(
        "reports/cycle_check.html",
        {
            "title": _("Check before the cycle %(code)s is changed") % {"code": cycle}
            if before
            else _("Check before the cycle %(code)s is set up") % {"code": cycle},
            "follows": follows,
            "capitals": capitals(visit, given["deadline"], asked_now),
            "sent": [*sent, *([("why", why)] if before else [])],
            "action": _("Change the cycle") if before else _("Set up the cycle"),
            "back": back,
            "why": why,
        },
    )


def capitals(visit: Visit, instant: dt.datetime, bodies: Iterable[Body]) -> list[tuple[str, list[str]]]:
    """The instant by each clock, with the nations that read it so."""
    found: dict[str, list[tuple[dt.timedelta, str]]] = {}
    order: dict[str, dt.timedelta] = {}
    for body in bodies:
        zone = instants.zone_of(visit.alliance, body)
        text = instants.written(instant, zone, visit.lang)
        order[text] = instant.astimezone(zone).utcoffset() or dt.timedelta()
        found.setdefault(text, []).append((order[text], visit.names.nation(body.nation)))
    return [
        (text, sorted((name for _offset, name in found[text]), key=folded))
        for text in sorted(found, key=lambda text: (order[text], text))
    ]


# --- opening, closing -----------------------------------------------------------------------------------------------


@require_http_methods(FORM)
@page("cycle.open", "cycle.see")
def open_(visit: Visit, cycle: str) -> HttpResponse:
    """Opens the cycle for all, or first for some as a test."""
    found = queries.find_cycle(visit.actor, visit.alliance, cycle)
    visit.ask("cycle.open", cycle_target(found))
    waiting = [r.body for r in Report.objects.filter(cycle=found, state="waiting").select_related("body")]
    names = Names(visit.alliance, visit.lang, now().date())
    problems: tuple[Problem, ...] = ()
    if visit.request.method == "POST":
        reading = Reading(visit.request)
        chosen = reading.all("bodies") if reading.text("how") == "test" else []
        if reading.text("how") not in ("test", "all"):
            problems = (Problem(_("Say for whom it opens."), "how"),)
        elif reading.text("how") == "test" and not chosen:
            problems = (Problem(_("Choose at least one nation for the test."), "bodies"),)
        else:
            tried = attempt(lambda: services.open_cycle(actor=visit.actor, cycle=found.pk, bodies=chosen))
            if tried.done:
                told = _("The cycle is open for a test.") if chosen else _("The cycle is open for all.")
                return done(visit, told, at_cycle(visit, "cycle", found))
            problems = tried.problems
    n = len(waiting)
    options = [Option(b.code, names.body(b)) for b in sorted(waiting, key=lambda b: folded(names.body(b)))]
    due = instants.written(found.deadline, instants.zone_of(visit.alliance), visit.lang)
    return asking(
        visit,
        title=_("Open the cycle %(code)s") % {"code": cycle},
        back=at_cycle(visit, "cycle", found),
        action=_("Open the cycle"),
        follows=[
            ngettext(
                "For all: %(n)d nation can begin at once and is told so.",
                "For all: %(n)d nations can begin at once and are told so.",
                n,
            ) % {"n": n},
            _("For a test: only the nations you choose can begin. What they enter stays; the others see dates alone."),
            _("Reports are due on %(when)s.") % {"when": due},
            _("An open cycle cannot be made unopened; it can be closed."),
        ],
        inputs=[
            Input("how", _("For whom"), "radios", options=[
                Option("test", _("For a test, with the nations chosen below")),
                Option("all", _("For all"), chosen=found.state == Cycle.State.TEST),
            ], required=True),
            Input("bodies", _("Nations of the test"), "checks", options=options),
        ],
        problems=problems,
    )  # fmt: skip


@require_http_methods(FORM)
@page("cycle.close", "cycle.see")
def close(visit: Visit, cycle: str) -> HttpResponse:
    found = queries.find_cycle(visit.actor, visit.alliance, cycle)
    visit.ask("cycle.close", cycle_target(found))
    problems: tuple[Problem, ...] = ()
    if visit.request.method == "POST":
        why = Reading(visit.request).text("why")
        tried = attempt(lambda: services.close_cycle(actor=visit.actor, cycle=found.pk, why=why))
        if tried.done:
            return done(visit, _("The cycle is closed."), at_cycle(visit, "cycle", found))
        problems = _at("why", tried.problems)
    owing = Report.objects.filter(cycle=found, state__in=[*services.OWING, "waiting"]).count()
    here = Report.objects.filter(cycle=found, state__in=["submitted", "in_review"]).count()
    return asking(
        visit,
        title=_("Close the cycle %(code)s") % {"code": cycle},
        back=at_cycle(visit, "cycle", found),
        action=_("Close the cycle"),
        danger=True,
        follows=[
            ngettext(
                "%(n)d report that is not in is locked and counts as not submitted.",
                "%(n)d reports that are not in are locked and count as not submitted.",
                owing,
            ) % {"n": owing},
            ngettext(
                "%(n)d report in review can still be accepted or returned.",
                "%(n)d reports in review can still be accepted or returned.",
                here,
            ) % {"n": here},
            _("What was entered is kept. The cycle, or one report, can be opened again with a reason."),
        ],
        inputs=[reason()],
        problems=problems,
    )  # fmt: skip


@require_http_methods(FORM)
@page("cycle.close", "cycle.see")
def reopen(visit: Visit, cycle: str) -> HttpResponse:
    found = queries.find_cycle(visit.actor, visit.alliance, cycle)
    visit.ask("cycle.close", cycle_target(found))
    zone = instants.zone_of(visit.alliance)
    problems: tuple[Problem, ...] = ()
    if visit.request.method == "POST":
        reading = Reading(visit.request)
        why, deadline = reading.text("why"), reading.instant("deadline", zone)
        problems = tuple(reading.problems)
        if not problems:
            tried = attempt(
                lambda: services.reopen_cycle(actor=visit.actor, cycle=found.pk, why=why, deadline=deadline)
            )
            if tried.done:
                return done(visit, _("The cycle is open again."), at_cycle(visit, "cycle", found))
            problems = tried.problems
    n = Report.objects.filter(cycle=found, state="not_submitted").count()
    return asking(
        visit,
        title=_("Open the cycle %(code)s again") % {"code": cycle},
        back=at_cycle(visit, "cycle", found),
        action=_("Open it again"),
        follows=[
            ngettext(
                "%(n)d report that was not submitted goes on where it stood.",
                "%(n)d reports that were not submitted go on where they stood.",
                n,
            ) % {"n": n},
            _("What was accepted stays accepted."),
        ],
        inputs=[
            Input("deadline", _("New deadline"), "datetime", instants.field_of(found.deadline, zone),
                  _("By the clock of %(city)s.") % {"city": instants.city(zone, visit.lang)}),
            reason(),
        ],
        problems=problems,
    )  # fmt: skip


@require_http_methods(FORM)
@page("cycle.change", "cycle.see")
def add_body(visit: Visit, cycle: str) -> HttpResponse:
    """A nation that joins in the middle of a cycle."""
    found = queries.find_cycle(visit.actor, visit.alliance, cycle)
    visit.ask("cycle.change", cycle_target(found))
    zone = instants.zone_of(visit.alliance)
    there = set(Report.objects.filter(cycle=found).values_list("body__code", flat=True))
    known = Body.objects.filter(alliance=visit.alliance, kind__in=["nation", "partner"])
    options = sorted(
        (Option(b.code, visit.names.body(b)) for b in known if b.code not in there),
        key=lambda o: folded(o.label),
    )
    problems: tuple[Problem, ...] = ()
    if visit.request.method == "POST":
        reading = Reading(visit.request)
        deadline, body, why = reading.instant("deadline", zone), reading.text("body"), reading.text("why")
        problems = tuple(reading.problems)
        if not problems:
            tried = attempt(
                lambda: services.add_body(actor=visit.actor, cycle=found.pk, body=body, why=why, deadline=deadline)
            )
            if tried.done:
                told = _("%(body)s is asked as well.") % {"body": visit.names.nation(body)}
                return done(visit, told, at_cycle(visit, "cycle", found))
            problems = tried.problems
    return asking(
        visit,
        title=_("Ask one more nation in the cycle %(code)s") % {"code": cycle},
        back=at_cycle(visit, "cycle", found),
        action=_("Ask it too"),
        follows=[
            _("Its report is open at once if the cycle is."),
            _("Who is asked follows from the memberships on the reference date, in the pack that is in force."),
            _("One that continues another nation finds that nation’s last report beside its own."),
        ],
        inputs=[
            Input("body", _("Nation or partner"), "choice", options=options, required=True),
            Input("deadline", _("A deadline of its own"), "datetime",
                  help=_("By the clock of %(city)s. Leave it empty for the cycle’s.") % {
                      "city": instants.city(zone, visit.lang)}),
            reason(),
        ],
        problems=problems,
    )  # fmt: skip


# --- one body -------------------------------------------------------------------------------------------------------


@require_http_methods(FORM)
@page("report.extend", "report.reopen", "report.see")
def extend(visit: Visit, cycle: str, body: str) -> HttpResponse:
    """More time for one nation; or, after the cycle was closed, its report open again."""
    found = queries.find_report(visit.actor, visit.alliance, cycle, body)
    again = found.state == Report.State.NOT_SUBMITTED
    visit.ask("report.reopen" if again else "report.extend", report_target(found))
    zone, capital = instants.zone_of(visit.alliance), instants.zone_of(visit.alliance, found.body)
    problems: tuple[Problem, ...] = ()
    if visit.request.method == "POST":
        reading = Reading(visit.request)
        why, deadline = reading.text("why"), reading.instant("deadline", zone)
        reading.need("deadline", deadline, _("Say when it is due."))
        problems = tuple(reading.problems)
        if not problems and deadline is not None:
            service = services.reopen_report if again else services.extend_deadline
            tried = attempt(lambda: service(actor=visit.actor, report=found.pk, deadline=deadline, why=why))
            if tried.done:
                when = instants.written(deadline, capital, visit.lang)
                return done(visit, _("It is due on %(when)s now.") % {"when": when}, at_cycle(visit, "cycle", cycle))
            problems = tried.problems
    name = visit.names.body(found.body)
    due = instants.written(found.due, capital, visit.lang)
    return asking(
        visit,
        title=(_("Open the report of %(body)s again") if again else _("More time for %(body)s")) % {"body": name},
        back=at_report(visit, "report", found),
        action=_("Open it again") if again else _("Extend the deadline"),
        follows=[
            _("It was due on %(when)s.") % {"when": due},
            _("Only %(body)s is concerned; it reads the reason, and other nations see nothing of it.") % {"body": name},
        ],
        inputs=[
            Input("deadline", _("New deadline"), "datetime",
                  instants.field_of(found.due, zone),
                  _("By the clock of %(city)s. The capital reads it by its own: %(own)s.") % {
                      "city": instants.city(zone, visit.lang), "own": instants.city(capital, visit.lang)},
                  required=True),
            reason(),
        ],
        problems=problems,
    )  # fmt: skip


def _at(name: str, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems that a service told without a place, at an input."""
    return tuple(Problem(p.what, p.where or name, p.remedy) for p in problems)


urlpatterns = [
    path("cycles/", cycles, name="cycles"),
    path("cycles/<code:cycle>/set-up/", set_up, name="cycle-set-up"),
    path("cycles/<code:cycle>/change/", change, name="cycle-change"),
    path("cycles/<code:cycle>/open/", open_, name="cycle-open"),
    path("cycles/<code:cycle>/close/", close, name="cycle-close"),
    path("cycles/<code:cycle>/reopen/", reopen, name="cycle-reopen"),
    path("cycles/<code:cycle>/add/", add_body, name="cycle-add"),
    path("cycles/<code:cycle>/extend/<code:body>/", extend, name="report-extend"),
]

"""The way through a capital as pages: the chain, reading, clearing, sending back, paper, taking back."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from django.http import FileResponse, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from eirene.errors import Problem
from eirene.questionnaires.model import Finding
from eirene.text import pick
from eirene_web.clock import now
from eirene_web.files import services as files
from eirene_web.journal.models import Entry
from eirene_web.organisations.packs import name_in, opened
from eirene_web.organisations.queries import posts_of
from eirene_web.organisations.visit import Visit, page
from eirene_web.policy import NotAllowed, NotThere, can
from eirene_web.reports import queries
from eirene_web.reports.asking import Input, Option, Reading, attempt
from eirene_web.reports.findings import seen_by
from eirene_web.reports.models import Cell, ClearanceStep, Report
from eirene_web.reports.sent import Reader, answers_of, before_of, changed_questions
from eirene_web.reports.services import clearance as services
from eirene_web.reports.targets import report_target
from eirene_web.reports.views.common import asking, at_report, done
from eirene_web.reports.way import WRITING, steps_of
from eirene_web.reports.working import Working

FORM = ["GET", "HEAD", "POST"]
_State = ClearanceStep.State


@require_http_methods(FORM)
@page("report.see", "report.start_clearance", "report.change_chain", "report.withdraw")
def clearance(visit: Visit, cycle: str, body: str) -> HttpResponse:
    """Where the report is on its way, and what the actor can do about it."""
    report = queries.find_report(visit.actor, visit.alliance, cycle, body)
    _of_the_nation(visit, report)
    problems: list[Problem] = []
    if visit.request.method == "POST":
        answer, problems = _done(visit, report)
        if answer is not None:
            return answer
        report = queries.find_report(visit.actor, visit.alliance, cycle, body)
    target = report_target(report)
    steps = steps_of(report, visit.lang)
    may = {
        verb: can(visit.actor, f"report.{verb}", target)
        for verb in ("start_clearance", "change_chain", "withdraw", "record_paper")
    }
    pending = [s for s in steps if s.state == _State.PENDING]
    blockers: list[Problem] = []
    if may["start_clearance"]:
        blockers = services.blockers(Working(report))
    return visit.render(
        "reports/clearance.html",
        {
            "report": report,
            "steps": steps,
            "pending": pending,
            "may": may,
            "blockers": blockers,
            "posts": _choices(visit, report, {s.post.pk: s.position for s in steps}) if may["change_chain"] else [],
            "numbers": range(1, services.MOST_STEPS + 1),
            "writing": report.state in WRITING,
            "problems": problems,
            "places": ["why", "step"],
            "can_clear": can(visit.actor, "report.clear", report_target(report, {s.post.pk for s in pending})),
            "rounds": _rounds(report),
        },
        status=400 if problems else 200,
    )


def _of_the_nation(visit: Visit, report: Report) -> None:
    """How a nation clears its report is its own business: for the office there is no such page."""
    if report.body.nation not in visit.actor.nations:
        raise NotThere(_("There is no such page, or it is not for you."))


def _done(visit: Visit, report: Report) -> tuple[HttpResponse | None, list[Problem]]:
    """What was asked for, done; or what stands in the way."""
    reading = Reading(visit.request)
    what, why = reading.text("do"), reading.text("why")
    steps = _steps(visit, reading)
    here = at_report(visit, "clearance", report)
    if reading.problems:
        return None, reading.problems
    if what == "start":
        if steps:
            saved = attempt(lambda: services.choose_chain(actor=visit.actor, report=report.pk, steps=steps))
            if not saved.done:
                return None, list(saved.problems)
        tried = attempt(lambda: services.start_clearance(actor=visit.actor, report=report.pk, steps=steps))
        told = _("The report is on its way. Answers are locked until it comes back.")
    elif what == "chain":
        tried = attempt(lambda: services.choose_chain(actor=visit.actor, report=report.pk, steps=steps, why=why))
        told = _("The chain is changed.")
    elif what == "withdraw":
        tried = attempt(lambda: services.withdraw(actor=visit.actor, report=report.pk, why=why))
        told = _("The report is taken back. Answers are open again.")
    else:
        return None, [Problem(_("Nothing was chosen."))]
    return (done(visit, told, here), []) if tried.done else (None, list(tried.problems))


def _steps(visit: Visit, reading: Reading) -> list[list[int]]:
    """The chain from the form: each post has the number of its step, and those with the same stand side by side."""
    found: dict[int, list[int]] = {}
    for name, value in visit.request.POST.items():
        if name.startswith("step_") and value:
            post, number = name.removeprefix("step_"), value
            if not post.isdecimal() or not number.isdecimal() or not 1 <= int(number) <= services.MOST_STEPS:
                reading.tell("step", _("A step is a number from 1 to %(n)d.") % {"n": services.MOST_STEPS})
                continue
            found.setdefault(int(number), []).append(int(post))
    return [found[number] for number in sorted(found)]


def _choices(visit: Visit, report: Report, chosen: dict[int, int]) -> list[dict[str, Any]]:
    """Posts of the nation that may clear, with who holds them and their step."""
    sent = visit.request.POST
    rows = []
    for post in posts_of(visit.alliance, report.body.nation):
        if any(role.role in services.CLEARING for role in post.roles.all()):
            holders = [h.person.name for h in post.held]  # type: ignore[attr-defined]
            step = sent.get(f"step_{post.pk}", str(chosen.get(post.pk, "")))
            rows.append({"post": post, "title": pick(post.title, visit.lang), "holders": holders, "step": step})
    return rows


def _rounds(report: Report) -> list[ClearanceStep]:
    """What was decided in rounds that are over: who sent it back, and why."""
    over = report.round if report.state in WRITING else report.round - 1
    return list(
        ClearanceStep.objects.filter(report=report, decided__isnull=False, round__lte=over)
        .select_related("post", "person")
        .order_by("-round", "position")
    )


# --- reading --------------------------------------------------------------------------------------------------------


def whole_report(visit: Visit, report: Report) -> dict[str, Any]:
    """The report as the nation reads it before it goes: answers, findings, what changed since last year and since the
    last round. Only the sections that the actor may read. Raises NotThere where there are none."""
    working = Working(report)
    sections = queries.sections_read(visit.actor, report, working)
    if not sections:
        raise NotThere(_("There is no such page, or it is not for you."))
    answers = working.answers
    sent = report.submissions.order_by("-number").defer("document").first()
    if not working.cells and sent is not None:  # taken in from an earlier cycle: there is nothing but what was sent
        answers = answers_of([sent.pk], working.pack)[sent.pk]
    reader = Reader(working.pack, working.sheet, visit.lang, report.cycle.releasability)
    before = before_of(working.sheet, working.previous)
    findings = [f for f in seen_by(working, sections) if f.outcome == "found"]
    since, moved = _since_last_round(report)
    shown = [
        (section, reader.section(section.id, answers, before, findings=findings))
        for section in working.sheet.sections
        if section.id in sections
    ]
    return {
        "report": report,
        "sections": shown,
        "previous_cycle": working.previous_cycle,
        "changed": changed_questions(working.sheet, answers, working.previous),
        "since": since,
        "moved": moved,
        "counts": _counts(findings),
        "answered": sum(one.answered for _section, questions in shown for one in questions),
        "asked": sum(len(questions) for _section, questions in shown),
        "general": [f for f in findings if not f.place.question],
    }


def _counts(findings: Iterable[Finding]) -> dict[str, int]:
    found = {"blocker": 0, "error": 0, "warning": 0, "note": 0, "justified": 0}
    for one in findings:
        found[one.severity] += 1
        found["justified"] += one.severity == "warning" and one.justified
    return found


def _since_last_round(report: Report) -> tuple[Any, frozenset[str]]:
    """When the report was last on its way (or sent) before now, and which answers changed after that."""
    starts = list(
        Entry.objects.filter(subject=f"report:{report.pk}", verb__in=["report.start_clearance", "report.submit"])
        .order_by("-id")
        .values_list("at", flat=True)[:2]
    )
    on_its_way = report.state in (Report.State.IN_CLEARANCE, Report.State.CLEARED)
    at = starts[1] if on_its_way and len(starts) > 1 else starts[0] if starts and not on_its_way else None
    if at is None:
        return None, frozenset()
    changed = Cell.objects.filter(report=report, changed__gt=at).values_list("question", flat=True)
    return at, frozenset(changed)


@require_safe
@page("answer.read", "report.see")
def read_report(visit: Visit, cycle: str, body: str) -> HttpResponse:
    report = queries.find_report(visit.actor, visit.alliance, cycle, body)
    _of_the_nation(visit, report)
    return visit.render("reports/read.html", whole_report(visit, report))


# --- clearing -------------------------------------------------------------------------------------------------------


@require_http_methods(FORM)
@page("report.clear", "report.see")
def clear(visit: Visit, cycle: str, body: str) -> HttpResponse:
    """One page for the officer whose turn it is: the whole report, then clear, clear with remarks, or send back."""
    report = queries.find_report(visit.actor, visit.alliance, cycle, body)
    pending = {step.post_id: step for step in services.pending_steps(report)}
    visit.ask("report.clear", report_target(report, pending))
    mine = {g.post: g for g in visit.actor.grants if g.post in pending and g.role in services.CLEARING}
    if not mine:
        raise NotAllowed(_("It is not your post’s turn to clear this report."))
    problems: tuple[Problem, ...] = ()
    if visit.request.method == "POST":
        reading = Reading(visit.request)
        text, post = reading.text("remarks"), reading.whole("post") or next(iter(mine))
        back, stale = reading.text("do") == "back", reading.text("version") != str(report.version)
        problems = tuple(reading.problems)
        if stale:
            problems = (Problem(_("The report has changed since you opened this page."), "", _("Read it again.")),)
        if not problems:
            run = services.send_back if back else services.clear
            words = {"why": text} if back else {"remarks": text}
            tried = attempt(lambda: run(actor=visit.actor, report=report.pk, post=post, **words))
            if tried.done:
                told = _("The report went back to the drafters.") if back else _("You have cleared the report.")
                return done(visit, told, at_report(visit, "clearance", report))
            problems = tried.problems
    posts = {p.pk: p for p in posts_of(visit.alliance, report.body.nation)}
    return visit.render(
        "reports/clear.html",
        {
            **whole_report(visit, report),
            "mine": [(pk, pick(posts[pk].title, visit.lang), g.via) for pk, g in mine.items() if pk in posts],
            "problems": problems,
            "remarks": visit.request.POST.get("remarks", ""),
            "steps": steps_of(report, visit.lang),
        },
        status=400 if problems else 200,
    )


@require_http_methods(FORM)
@page("report.record_paper", "report.see")
def paper(visit: Visit, cycle: str, body: str) -> HttpResponse:
    """The rapporteur records a clearance that was given on paper."""
    report = queries.find_report(visit.actor, visit.alliance, cycle, body)
    visit.ask("report.record_paper", report_target(report))
    steps = [s for s in steps_of(report, visit.lang) if s.state == _State.PENDING]
    pack = opened(report.cycle.pack_id)
    problems: list[Problem] = []
    if visit.request.method == "POST":
        reading = Reading(visit.request)
        office, reference, remarks = reading.text("office"), reading.text("reference"), reading.text("remarks")
        day, post, scan = reading.day("date"), reading.whole("post"), reading.scan("scan")
        marking = reading.text("marking")
        reading.need("post", post, _("Say whose clearance it is."))
        reading.need("office", office, _("Say which office gave it."))
        reading.need("reference", reference, _("The reference stands on the paper."))
        reading.need("date", day, _("Say on which day it was given."))
        if marking and marking not in {a.code for a in pack.header.audiences}:
            reading.tell("marking", _("Choose a marking."))
        problems = reading.problems
        if not problems and day is not None and post is not None:
            tried = attempt(
                lambda: services.record_paper(
                    actor=visit.actor, report=report.pk, post=post, remarks=remarks,
                    paper=services.Paper(
                        office, reference, day, files.keep(scan[0]) if scan else None, scan[1] if scan else "",
                        scan[2] if scan else "", marking if scan else "",
                    ),
                )
            )  # fmt: skip
            if tried.done:
                return done(visit, _("The clearance on paper is recorded."), at_report(visit, "clearance", report))
            problems = list(tried.problems)
    only = str(steps[0].post.pk) if len(steps) == 1 else ""
    return asking(
        visit,
        title=_("Record a clearance given on paper"),
        kicker=f"{name_in(pack, report.body.code, visit.lang, now().date())} {cycle}",
        back=at_report(visit, "clearance", report),
        action=_("Record it"),
        follows=[
            _("The step counts as cleared by that post; your name stands beside it as the one who recorded it."),
            _("No persons, no cases: a scan with more than the clearance on it does not belong here."),
        ],
        inputs=[
            Input("post", _("Whose clearance"), "choice", only, required=True,
                  options=[Option(str(s.post.pk), s.title) for s in steps]),
            Input("office", _("Office that gave it"), required=True),
            Input("reference", _("Reference on the paper"), required=True),
            Input("date", _("Day on the paper"), "date", required=True),
            Input("remarks", _("Remarks on the paper"), "area"),
            Input("scan", _("Scan"), "file", help=_("PDF, PNG or JPEG.")),
            Input("marking", _("Who may open the scan"), "radios", options=[
                Option("", _("only our nation"), chosen=True),
                *(Option(a.code, str(pick(a.label, visit.lang))) for a in pack.header.audiences),
            ]),
        ],
        problems=problems,
    )  # fmt: skip


@require_safe
@page("report.history", "submission.read")
def scan(visit: Visit, step: int) -> HttpResponse:
    """The scan of a clearance on paper, as a download that runs nothing."""
    found = queries.find_scan(visit.actor, visit.alliance, step)
    assert found.scan is not None
    content = files.read(found.scan.sha256)
    response = FileResponse(
        io.BytesIO(content), as_attachment=True, filename=found.scan_name or "scan",
        content_type=found.scan_media_type or "application/octet-stream",
    )  # fmt: skip
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response


urlpatterns = [
    path("scans/<int:step>/", scan, name="clearance-scan"),
    path("<code:cycle>/<code:body>/clearance/", clearance, name="clearance"),
    path("<code:cycle>/<code:body>/clearance/read/", clear, name="clear"),
    path("<code:cycle>/<code:body>/clearance/paper/", paper, name="clearance-paper"),
    path("<code:cycle>/<code:body>/read/", read_report, name="read-report"),
]

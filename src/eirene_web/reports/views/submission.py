"""Check the answers, submit for the nation, and the receipt that can be checked ever after."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from eirene.errors import Problem
from eirene_web.organisations.visit import Visit, page
from eirene_web.policy import can
from eirene_web.reports import queries
from eirene_web.reports.asking import Reading, attempt, file_name
from eirene_web.reports.models import Report, Submission
from eirene_web.reports.services import submitting as services
from eirene_web.reports.targets import report_target
from eirene_web.reports.views.clearance import whole_report
from eirene_web.reports.views.common import at_report, done
from eirene_web.reports.way import steps_of

FORM = ["GET", "HEAD", "POST"]


@require_http_methods(FORM)
@page("report.submit", "report.declare_time", "report.see")
def submit(visit: Visit, cycle: str, body: str) -> HttpResponse:
    """Check-your-answers; then one press. Pressed twice it is one submission and one receipt."""
    report = queries.find_report(visit.actor, visit.alliance, cycle, body)
    problems: list[Problem] = []
    if visit.request.method == "POST":
        reading = Reading(visit.request)
        version, minutes = reading.whole("version"), _minutes(reading)
        if not reading.flag("behalf"):
            reading.tell("behalf", _("Confirm that you submit on behalf of your nation."))
        problems = reading.problems
        if not problems:
            tried = attempt(
                lambda: services.submit(actor=visit.actor, report=report.pk, version=-1 if version is None else version)
            )
            if tried.result is not None:
                _declare(visit, report, minutes)
                return HttpResponseRedirect(at_report(visit, "receipt", report, tried.result.number))
            problems = list(tried.problems)
            report = queries.find_report(visit.actor, visit.alliance, cycle, body)
    visit.ask("report.submit", report_target(report))
    context = whole_report(visit, report)
    blockers = [f for _s, qs in context["sections"] for q in qs for f in q.findings if f.severity == "blocker"]
    warnings = [
        f for _s, qs in context["sections"] for q in qs for f in q.findings
        if f.severity in ("warning", "error") and not f.justified
    ]  # fmt: skip
    sections = {q.id: section.id for section, qs in context["sections"] for q in qs}
    return visit.render(
        "reports/submit.html",
        {
            **context,
            "blockers": [(f, sections.get(f.place.question, "")) for f in blockers],
            "warnings": [(f, sections.get(f.place.question, "")) for f in warnings],
            "lines": [_line(section, questions) for section, questions in context["sections"]],
            "steps": steps_of(report, visit.lang),
            "problems": problems,
            "places": ["behalf", "hours", "minutes"],
            "may_declare": can(visit.actor, "report.declare_time", report_target(report)),
            "hours": visit.request.POST.get("hours", "" if report.minutes is None else str(report.minutes // 60)),
            "minutes": visit.request.POST.get("minutes", "" if report.minutes is None else str(report.minutes % 60)),
        },
        status=400 if problems else 200,
    )


def _minutes(reading: Reading) -> int | None:
    """Hours and minutes as declared; None if neither was."""
    hours, minutes = reading.whole("hours"), reading.whole("minutes")
    if hours is None and minutes is None:
        return None
    total = (hours or 0) * 60 + (minutes or 0)
    if total > services.MOST_MINUTES:
        reading.tell("hours", _("%(n)d minutes cannot be right.") % {"n": total})
    return total


def _declare(visit: Visit, report: Report, minutes: int | None) -> None:
    fresh = Report.objects.select_related("cycle", "body").get(pk=report.pk)
    if minutes is not None and can(visit.actor, "report.declare_time", report_target(fresh)):
        services.declare_minutes(actor=visit.actor, report=report.pk, minutes=minutes)


def _line(section: Any, questions: list[Any]) -> dict[str, Any]:
    found = [f for q in questions for f in q.findings]
    return {
        "section": section,
        "answered": sum(q.answered for q in questions),
        "of": len(questions),
        "blockers": sum(f.severity == "blocker" for f in found),
        "errors": sum(f.severity == "error" for f in found),
        "warnings": sum(f.severity == "warning" and not f.justified for f in found),
        "justified": sum(f.severity == "warning" and f.justified for f in found),
    }


@require_http_methods(FORM)
@page("report.declare_time", "report.see")
def declare_time(visit: Visit, cycle: str, body: str) -> HttpResponse:
    """How long the report took, as the nation says; also after it was sent."""
    report = queries.find_report(visit.actor, visit.alliance, cycle, body)
    visit.ask("report.declare_time", report_target(report))
    problems: list[Problem] = []
    if visit.request.method == "POST":
        reading = Reading(visit.request)
        minutes = _minutes(reading)
        problems = reading.problems
        if not problems:
            tried = attempt(lambda: services.declare_minutes(actor=visit.actor, report=report.pk, minutes=minutes))
            if tried.done:
                return done(visit, _("The time is noted."), at_report(visit, "report", report))
            problems = list(tried.problems)
    now_said = report.minutes
    return visit.render(
        "reports/time.html",
        {
            "report": report,
            "problems": problems,
            "places": ["hours", "minutes"],
            "hours": visit.request.POST.get("hours", "" if now_said is None else str(now_said // 60)),
            "minutes": visit.request.POST.get("minutes", "" if now_said is None else str(now_said % 60)),
        },
        status=400 if problems else 200,
    )


# --- the receipt ----------------------------------------------------------------------------------------------------


@require_safe
@page("submission.read")
def receipt(visit: Visit, cycle: str, body: str, number: int) -> HttpResponse:
    found = queries.find_submission(visit.actor, visit.alliance, cycle, body, number)
    report = found.report
    return visit.render(
        "reports/receipt.html",
        {
            "submission": found,
            "report": report,
            "size": len(bytes(found.document)),
            "newer": report.submissions.filter(number__gt=number).order_by("number").defer("document").first(),
            "may_declare": can(visit.actor, "report.declare_time", report_target(report)),
        },
    )


@require_safe
@page("submission.read")
def document(visit: Visit, cycle: str, body: str, number: int) -> HttpResponse:
    """The frozen bytes, as the command line reads them."""
    found = queries.find_submission(visit.actor, visit.alliance, cycle, body, number)
    response = HttpResponse(bytes(found.document), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{cycle}-{body}-{number}.report.json"'
    response.headers["ETag"] = f'"{found.sha256}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(FORM)
@page("submission.read")
def check_receipt(visit: Visit) -> HttpResponse:
    """Whether a receipt is one of ours, and whether a file is the one that it was given for."""
    request = visit.request
    said = request.POST.get("code", request.GET.get("code", ""))
    code = _code(said)
    context: dict[str, Any] = {"code": said.strip()[:40], "asked": bool(said.strip())}
    problems: list[Problem] = []
    found: Submission | None = None
    if said.strip():
        found = queries.submission_of_receipt(visit.actor, visit.alliance, code)
    upload = request.FILES.get("file")
    if upload is not None and (upload.size is None or upload.size > settings.EIRENE_UPLOAD_BYTES):
        problems.append(Problem(_("The file is too large."), "file"))
        upload = None
    if upload is not None:
        digest = hashlib.sha256()
        for chunk in upload.chunks():
            digest.update(chunk)
        context["file"] = file_name(upload.name or "")
        context["sha256"] = digest.hexdigest()
        context["same"] = found is not None and found.sha256 == context["sha256"]
    return visit.render(
        "reports/check_receipt.html",
        {**context, "submission": found, "problems": problems, "places": ["file"]},
        status=400 if problems else 200,
    )


def _code(text: str) -> str:
    """A receipt as it is printed, from how somebody typed it."""
    signs = re.sub(r"[^0-9A-Z]", "", text.upper())[:12]
    return "-".join(signs[i : i + 4] for i in range(0, len(signs), 4))


urlpatterns = [
    path("receipts/", check_receipt, name="check-receipt"),
    path("<code:cycle>/<code:body>/submit/", submit, name="submit"),
    path("<code:cycle>/<code:body>/time/", declare_time, name="declare-time"),
    path("<code:cycle>/<code:body>/submission/<int:number>/", receipt, name="receipt"),
    path("<code:cycle>/<code:body>/submission/<int:number>/report.json", document, name="submission-document"),
]

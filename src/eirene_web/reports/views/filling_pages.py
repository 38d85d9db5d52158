"""What a rapporteur needs beside the sections: history, files, assignment, time, the report as a whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eirene.errors import EireneError, UsageError
from eirene_web.files.services import read
from eirene_web.organisations.queries import posts_of
from eirene_web.organisations.visit import Visit, page
from eirene_web.policy import ask
from eirene_web.reports import chronicle, queries
from eirene_web.reports import filling_queries as reads
from eirene_web.reports.frame import Frame
from eirene_web.reports.models import Report, Thread
from eirene_web.reports.services import assigning, discussing, filling
from eirene_web.reports.targets import report_target

#: A file from outside, opened in the browser, runs nothing and loads nothing.
_FILE_POLICY = "sandbox; default-src 'none'"
#: Entries of the journal on one page.
ON_A_PAGE = 60


def _frame(visit: Visit, cycle: str, body: str) -> Frame:
    return Frame(visit, queries.find_report(visit.actor, visit.alliance, cycle, body))


# --- history --------------------------------------------------------------------------------------------------------


@require_safe
@page("report.history")
def history(visit: Visit, cycle: str, body: str) -> HttpResponse:
    """Who changed what, when and why; of one answer, or of the whole report."""
    frame = _frame(visit, cycle, body)
    question, before = visit.request.GET.get("question", ""), visit.request.GET.get("before", "")
    asked = frame.working.sheet.questions.get(question)
    lines = reads.report_history(
        visit.actor, frame.report, question=asked.id if asked else "",
        before=int(before) if before.isdigit() and len(before) < 16 else None, most=ON_A_PAGE,
        of_each=chronicle.OF_EACH,
    )  # fmt: skip
    told = chronicle.Telling(frame, lines).entries()
    entries = {line.entry for line in lines}
    context = {
        "frame": frame, "report": frame.report, "asked": asked, "told": told, "most": chronicle.SHOWN,
        "older": min(entries) if len(entries) == ON_A_PAGE else None,
    }  # fmt: skip
    return visit.render("reports/history.html", context)


@require_safe
@page("report.history")
def history_csv(visit: Visit, cycle: str, body: str) -> HttpResponse:
    frame = _frame(visit, cycle, body)
    asked = frame.working.sheet.questions.get(visit.request.GET.get("question", ""))
    lines = reads.report_history(visit.actor, frame.report, question=asked.id if asked else "", most=100_000)
    text = chronicle.as_csv(chronicle.Telling(frame, lines).told())
    name = f"history-{frame.cycle}-{frame.report.body.code}{f'-{asked.number}' if asked else ''}.csv"
    return _download(("\ufeff" + text).encode("utf-8"), "text/csv; charset=utf-8", name)


def _download(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response.content_policy = _FILE_POLICY  # type: ignore[attr-defined]
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_safe
@page("answer.read", "submission.read")
def evidence_file(visit: Visit, cycle: str, body: str, file: int) -> HttpResponse:
    """A file beside an answer, only ever as a download."""
    found = queries.find_report(visit.actor, visit.alliance, cycle, body)
    one = reads.find_evidence(visit.actor, found, file)
    return _download(read(one.blob_id), one.media_type, one.name)


# --- assignment, time, the report as a whole ------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@page("report.assign")
def assign(visit: Visit, cycle: str, body: str) -> HttpResponse:
    """Sections and the posts that fill them in."""
    frame = _frame(visit, cycle, body)
    ask(visit.actor, "report.assign", report_target(frame.report))
    error: EireneError | None = None
    if visit.request.method == "POST":
        try:
            messages.success(visit.request, _assigned(visit, frame.report))
            return HttpResponseRedirect(visit.request.path)
        except UsageError as refused:
            error = refused
            frame = _frame(visit, cycle, body)
    posts = [
        (post, visit.names.post(post), ", ".join(h.person.name for h in post.held) or _("vacant"))  # type: ignore[attr-defined]
        for post in posts_of(visit.alliance, frame.report.body.nation)
        if any(role.role in assigning.FILLING for role in post.roles.all())
    ]
    context = {
        "frame": frame, "report": frame.report, "posts": posts, "error": error,
        "typed": visit.request.POST if error else {},
    }  # fmt: skip
    return visit.render("reports/assign.html", context, status=422 if error else 200)


def _assigned(visit: Visit, report: Report) -> str:
    post = visit.request.POST
    action, _colon, argument = post.get("do", "assign").partition(":")
    if action == "assign":
        due = post.get("due", "").strip()
        assigning.assign_section(
            actor=visit.actor, report=report.pk, section=post.get("section", ""), post=_int(post.get("post", "")),
            due=_date(due) if due else None, note=post.get("note", ""),
        )  # fmt: skip
        return _("The section was assigned.")
    section, _colon, number = argument.rpartition(":")
    arguments = {"actor": visit.actor, "report": report.pk, "section": section, "post": _int(number)}
    act: dict[str, tuple[Callable[..., Any], str]] = {
        "remove": (assigning.unassign_section, _("The section was taken away; what was filled in stays.")),
        "remind": (assigning.remind, _("The post was reminded.")),
    }
    if action not in act:
        raise UsageError(_("This is not what the page sends."))
    act[action][0](**arguments)
    return act[action][1]


def _int(text: str) -> int:
    if not text.isdigit() or len(text) > 15:
        raise UsageError(_("No post was chosen."), remedy=_("Choose one from the list."))
    return int(text)


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            _("“%(text)s” is no date.") % {"text": text[:40]}, remedy=_("Write it like 2017-12-31.")
        ) from None


@require_POST
@page("report.declare_time")
def time(visit: Visit, cycle: str, body: str) -> HttpResponse:
    """How long the report took, as the nation says."""
    found = queries.find_report(visit.actor, visit.alliance, cycle, body)
    hours, minutes = (visit.request.POST.get(name, "").strip() or "0" for name in ("hours", "minutes"))
    if not (hours + minutes).isdigit() or len(hours + minutes) > 8:
        raise UsageError(_("Give whole hours and minutes."), remedy=_("Go back and write for example 3 and 40."))
    filling.declare_time(actor=visit.actor, report=found.pk, minutes=60 * int(hours) + int(minutes))
    messages.success(visit.request, _("The time was kept."))
    return HttpResponseRedirect(reverse("report", args=[visit.alliance.slug, cycle, body]) + "#time")


@require_POST
@page("answer.discuss")
def talk(visit: Visit, cycle: str, body: str) -> HttpResponse:
    """Conversations about the report as a whole."""
    found = queries.find_report(visit.actor, visit.alliance, cycle, body)
    post = visit.request.POST
    action, _colon, argument = post.get("do", "ask").partition(":")
    if action == "reply":
        discussing.write(
            actor=visit.actor, thread=_thread(visit, found, argument), text=post.get(f"reply:{argument}", "")
        )
    elif action == "close":
        discussing.close_thread(actor=visit.actor, thread=_thread(visit, found, argument))
    else:
        kind = Thread.Kind.NATIONAL if action == "note" else Thread.Kind.QUESTION
        text = post.get(f"{action}:", "") or post.get("text", "")
        discussing.open_thread(actor=visit.actor, report=found.pk, kind=kind, text=text)
    messages.success(visit.request, _("Sent."))
    return HttpResponseRedirect(reverse("report", args=[visit.alliance.slug, cycle, body]) + "#talk")


def _thread(visit: Visit, report: Report, argument: str) -> int:
    """The conversation named, if it is one of this report."""
    return reads.find_thread(visit.actor, report, _int(argument)).pk


urlpatterns = [
    path("<code:cycle>/<code:body>/history/", history, name="report-history"),
    path("<code:cycle>/<code:body>/history.csv", history_csv, name="report-history-csv"),
    path("<code:cycle>/<code:body>/evidence/<int:file>/", evidence_file, name="evidence-file"),
    path("<code:cycle>/<code:body>/assign/", assign, name="report-assign"),
    path("<code:cycle>/<code:body>/time/", time, name="report-time"),
    path("<code:cycle>/<code:body>/talk/", talk, name="report-talk"),
]

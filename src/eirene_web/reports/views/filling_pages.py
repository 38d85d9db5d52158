"""What a rapporteur needs beside the sections: checks, rules, comparison, history, assignment, another's eyes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from eirene.disclosure.cells import small_cells, threshold_of
from eirene.errors import EireneError, UsageError
from eirene.framework import AskedQuestion, audience_rank
from eirene.questionnaires import catalogue
from eirene.questionnaires.model import Answer
from eirene.questionnaires.parts import answer_parts, cell_codes
from eirene.text import pick
from eirene_web.clock import now
from eirene_web.files.services import read
from eirene_web.organisations.packs import audience_for
from eirene_web.organisations.queries import posts_of
from eirene_web.organisations.visit import Visit, page
from eirene_web.policy import ask
from eirene_web.reports import comparing, findings, forms, queries, telling, wording
from eirene_web.reports import filling_queries as reads
from eirene_web.reports.findings import Told
from eirene_web.reports.frame import Frame
from eirene_web.reports.models import Report, Thread
from eirene_web.reports.services import assigning, discussing, filling
from eirene_web.reports.sheet import QuestionView, SectionPage
from eirene_web.reports.targets import report_target

#: A file from outside, opened in the browser, runs nothing and loads nothing.
_FILE_POLICY = "sandbox; default-src 'none'"
#: Entries of the journal on one page.
ON_A_PAGE = 60


def _frame(visit: Visit, cycle: str, body: str) -> Frame:
    return Frame(visit, queries.find_report(visit.actor, visit.alliance, cycle, body))


# --- checks ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@page("answer.read", "answer.fill")
def checks(visit: Visit, cycle: str, body: str) -> HttpResponse:
    """All findings, with the place of each, and the explanation beside it."""
    frame = _frame(visit, cycle, body)
    _ask_to_read(frame)
    if visit.request.method == "POST":
        return _explained(visit, frame)
    return _checks(visit, frame)


def _checks(visit: Visit, frame: Frame, *, typos: Sequence[forms.Typo] = (), status: int = 200) -> HttpResponse:
    severity, section = visit.request.GET.get("severity", ""), visit.request.GET.get("section", "")
    shown = [
        one for one in frame.told
        if (not severity or one.severity == severity)
        and (not section or (one.asked is not None and one.asked.section == section))
    ]  # fmt: skip
    typed = {(t.question, t.part): t.typed for t in typos}
    context = {
        "frame": frame, "report": frame.report, "severity": severity, "section": section,
        "groups": _groups(frame, shown, typed, typos), "shown": len(shown),
        "waiting": findings.not_evaluated(frame.working, visit.lang),
        "severities": [(code, findings.LOOK[code], frame.counts[code]) for code in findings.SEVERITIES],
    }  # fmt: skip
    return visit.render("reports/checks.html", context, status=status)


def _groups(
    frame: Frame, shown: Sequence[Told], typed: dict[tuple[str, str], Any], typos: Sequence[forms.Typo]
) -> list[tuple[Any, list[tuple[QuestionView | None, list[Told]]]]]:
    """By section, then by question; what is about the report as a whole first."""
    found: list[tuple[Any, list[tuple[QuestionView | None, list[Told]]]]] = []
    whole = [one for one in shown if one.asked is None]
    if whole:
        found.append((None, [(None, whole)]))
    for row in frame.sections:
        sheet = SectionPage(frame, row.id, typed, typos)
        questions = []
        for asked in sheet.asked.questions:
            told = [one for one in shown if one.asked is not None and one.asked.id == asked.id]
            if told:
                questions.append((QuestionView(sheet, asked), told))
        if questions:
            found.append((row, questions))  # type: ignore[arg-type]
    return found


def _explained(visit: Visit, frame: Frame) -> HttpResponse:
    """Explanations, typed beside the findings."""
    post = visit.request.POST
    asked = [q for s in frame.working.sheet.sections if s.id in frame.readable for q in s.questions]
    sent = forms.posted(frame.pack, asked, post, visit.lang)
    edits = [edit for edit in sent.edits if edit.part.startswith("justification.")]
    if edits:
        outcome = filling.save_answers(actor=visit.actor, report=frame.report.pk, edits=edits)
        n = len(outcome.saved)
        if n:
            messages.success(visit.request, ngettext("%(n)d change saved.", "%(n)d changes saved.", n) % {"n": n})
        for one in outcome.conflicts:
            where = wording.part_words(frame.pack, frame.working.sheet.questions[one.question], one.part, visit.lang)
            messages.error(
                visit.request,
                _("Not saved: %(who)s changed the %(what)s meanwhile. You wrote: “%(mine)s”")
                % {"who": one.who, "what": where, "mine": one.mine or ""},
            )
    if sent.typos:
        return _checks(visit, _frame(visit, frame.cycle, frame.report.body.code), typos=sent.typos, status=422)
    return HttpResponseRedirect(visit.request.get_full_path())


@require_safe
@page("report.see")
def rules(visit: Visit, cycle: str, body: str) -> HttpResponse:
    """Every rule that the report is checked by, to read or print before one begins."""
    frame = _frame(visit, cycle, body)
    entries = catalogue(frame.pack, frame.cycle)
    questions = frame.working.sheet.questions
    groups = [
        (title, [(e, findings.LOOK[e.severity], [questions[q].number for q in e.questions if q in questions],
                  pick(e.text, visit.lang), pick(e.remedy, visit.lang)) for e in entries if e.origin == origin])
        for origin, title in (("builtin", _("For every answer")), ("derived", _("Totals of tables")),
                              ("declared", _("Rules of this questionnaire")))
    ]  # fmt: skip
    context = {"frame": frame, "report": frame.report, "groups": groups, "n": len(entries)}
    return visit.render("reports/rules.html", context)


# --- comparison -----------------------------------------------------------------------------------------------------


@require_safe
@page("answer.read")
def changes(visit: Visit, cycle: str, body: str) -> HttpResponse:
    """What differs from the last accepted report."""
    frame = _frame(visit, cycle, body)
    _ask_to_read(frame)
    found = comparing.changes(frame.working, frame.readable, visit.lang)
    return visit.render("reports/changes.html", {"frame": frame, "report": frame.report, "changed": found})


@require_safe
@page("report.look_as")
def compare(visit: Visit, cycle: str, body: str) -> HttpResponse:
    """Where the others lay last year, and the nation beside it. For the nation's own eyes."""
    frame = _frame(visit, cycle, body)
    ask(visit.actor, "report.look_as", report_target(frame.report))
    earlier = comparing.earlier_cycle(frame.working)
    audience = audience_for(frame.pack, frame.report.body.nation, now().date())
    found = comparing.spreads(frame.working, earlier, audience, visit.lang) if earlier else []
    context = {"frame": frame, "report": frame.report, "earlier": earlier, "spreads": found}
    return visit.render("reports/compare.html", context)


# --- through another's eyes -----------------------------------------------------------------------------------------


@require_safe
@page("report.look_as")
def look(visit: Visit, cycle: str, body: str) -> HttpResponse:
    """The own report as another audience will see it, once it may."""
    frame = _frame(visit, cycle, body)
    ask(visit.actor, "report.look_as", report_target(frame.report))
    codes = [audience.code for audience in frame.pack.header.audiences]
    chosen = visit.request.GET.get("as", codes[-1])
    if chosen not in codes:
        raise UsageError(_("The audience %(code)s is not known.") % {"code": chosen[:60]})
    sections = [(row, [_looked(frame, asked, chosen) for asked in _questions(frame, row.id)]) for row in frame.sections]
    context = {
        "frame": frame, "report": frame.report, "chosen": chosen, "sections": sections,
        "audience": wording.audience(frame.pack, chosen, visit.lang),
        "audiences": [(code, wording.audience(frame.pack, code, visit.lang)) for code in codes],
    }  # fmt: skip
    return visit.render("reports/look.html", context)


def _questions(frame: Frame, section: str) -> Sequence[AskedQuestion]:
    return next(s.questions for s in frame.working.sheet.sections if s.id == section)


def _looked(frame: Frame, asked: AskedQuestion, audience: str) -> dict[str, Any]:
    """One answer through the eyes of an audience: by name, counted without a name, or not at all."""
    pack, lang = frame.pack, frame.lang
    answer = frame.working.answers.answers.get(asked.id)
    told: dict[str, Any] = {
        "number": asked.number, "text": pick(asked.question.text, lang), "kind": "idle", "glyph": "none",
        "word": _("Not given"), "lines": [],
    }  # fmt: skip
    if answer is None:
        return told
    released = answer.releasability or frame.report.cycle.releasability
    widest = next(a for a in pack.header.audiences if a.code == audience)
    if audience_rank(pack, released) < audience_rank(pack, audience):
        return told | {"glyph": "lock", "word": _("Not released to this audience: counted, and nothing else")}
    if not (widest.names_all or answer.naming):
        return told | {"kind": "info", "glyph": "half", "word": _("Counted, not named")}
    if answer.status != "answered":
        reason = pick(answer.reason, lang)
        return told | {"kind": "info", "glyph": "eye", "word": str(wording.STATUS[answer.status]), "lines": [reason]}
    lines = _lines(frame, asked, answer, protected=not widest.names_all)
    return told | {"kind": "ok", "glyph": "done", "word": _("Shown by name"), "lines": lines}


def _lines(frame: Frame, asked: AskedQuestion, answer: Answer, *, protected: bool) -> list[str]:
    pack, lang = frame.pack, frame.lang
    hidden = small_cells(answer, threshold_of(pack, asked.question)) if protected else frozenset()
    found = []
    for part, value in answer_parts(asked.question, answer).items():
        name = part.partition(".")[0]
        if name not in ("value", "cells", "rows", "particulars", "comment"):
            continue
        if name == "cells" and cell_codes(part) in hidden:
            words = _("left out, to protect a small number")
        else:
            words = wording.part_value(pack, asked, part, value, lang)
        what = "" if part == "value" else f"{wording.part_words(pack, asked, part, lang)}{_(':')} "
        found.append(f"{what}{words}")
    return found


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
        of_each=telling.OF_EACH,
    )  # fmt: skip
    told = telling.Telling(frame, lines).entries()
    entries = {line.entry for line in lines}
    context = {
        "frame": frame, "report": frame.report, "asked": asked, "told": told, "most": telling.SHOWN,
        "older": min(entries) if len(entries) == ON_A_PAGE else None,
    }  # fmt: skip
    return visit.render("reports/history.html", context)


@require_safe
@page("report.history")
def history_csv(visit: Visit, cycle: str, body: str) -> HttpResponse:
    frame = _frame(visit, cycle, body)
    asked = frame.working.sheet.questions.get(visit.request.GET.get("question", ""))
    lines = reads.report_history(visit.actor, frame.report, question=asked.id if asked else "", most=100_000)
    text = telling.as_csv(telling.Telling(frame, lines).told())
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
        discussing.write(actor=visit.actor, thread=_thread(found, argument), text=post.get(f"reply:{argument}", ""))
    elif action == "close":
        discussing.close_thread(actor=visit.actor, thread=_thread(found, argument))
    else:
        kind = Thread.Kind.NATIONAL if action == "note" else Thread.Kind.QUESTION
        text = post.get(f"{action}:", "") or post.get("text", "")
        discussing.open_thread(actor=visit.actor, report=found.pk, kind=kind, text=text)
    messages.success(visit.request, _("Sent."))
    return HttpResponseRedirect(reverse("report", args=[visit.alliance.slug, cycle, body]) + "#talk")


def _thread(report: Report, argument: str) -> int:
    """The conversation named, if it is one of this report."""
    found = Thread.objects.filter(report=report, pk=argument if argument.isdigit() and len(argument) < 16 else 0)
    return found.values_list("pk", flat=True).first() or 0


def _ask_to_read(frame: Frame) -> None:
    """At least one section; which ones are shown follows from `readable`."""
    if not frame.readable:
        queries.working(frame.actor, frame.report, frame.working.sheet.sections[0].id)


urlpatterns = [
    path("<code:cycle>/<code:body>/checks/", checks, name="report-checks"),
    path("<code:cycle>/<code:body>/rules/", rules, name="report-rules"),
    path("<code:cycle>/<code:body>/changes/", changes, name="report-changes"),
    path("<code:cycle>/<code:body>/compare/", compare, name="report-compare"),
    path("<code:cycle>/<code:body>/look/", look, name="report-look"),
    path("<code:cycle>/<code:body>/history/", history, name="report-history"),
    path("<code:cycle>/<code:body>/history.csv", history_csv, name="report-history-csv"),
    path("<code:cycle>/<code:body>/evidence/<int:file>/", evidence_file, name="evidence-file"),
    path("<code:cycle>/<code:body>/assign/", assign, name="report-assign"),
    path("<code:cycle>/<code:body>/time/", time, name="report-time"),
    path("<code:cycle>/<code:body>/talk/", talk, name="report-talk"),
]

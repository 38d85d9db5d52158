"""What helps to look at the result: checks, rules, comparison, another’s eyes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from eirene.disclosure.cells import small_cells, threshold_of
from eirene.errors import UsageError
from eirene.framework import AskedQuestion, audience_rank
from eirene.questionnaires import catalogue
from eirene.questionnaires.model import Answer
from eirene.questionnaires.parts import answer_parts, cell_codes
from eirene.text import pick
from eirene_web.clock import now
from eirene_web.organisations.packs import audience_for
from eirene_web.organisations.visit import Visit, page
from eirene_web.policy import Target, ask
from eirene_web.reports import comparing, findings, forms, queries, wording
from eirene_web.reports.findings import Told
from eirene_web.reports.frame import Frame
from eirene_web.reports.services import filling
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
        "waiting": findings.not_evaluated(frame.working, visit.lang, frame.readable),
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
        "edition": _edition(visit, frame),
    }  # fmt: skip
    return visit.render("reports/look.html", context)


def _edition(visit: Visit, frame: Frame) -> str:
    """Where the nation looks at the edition through others' eyes; '' if there is none, or it is not for the reader."""
    draft, nation = getattr(frame.report.cycle, "edition", None), frame.report.body.code
    if draft is None:
        return ""
    if not visit.can("part.see", Target("edition_part", visit.alliance.slug, state=draft.state, nation=nation)):
        return ""
    return reverse("edition-part-known", args=[visit.alliance.slug, frame.report.cycle.code, nation])


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
    hidden = small_cells(answer, threshold_of(pack, asked.question, answer)) if protected else frozenset()
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
]

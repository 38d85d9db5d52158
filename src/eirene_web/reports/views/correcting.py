"""Corrections after acceptance: the nation asks with a value and a reason, the office decides; both see old and new."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from eirene.errors import Problem
from eirene.framework import AskedQuestion, codes
from eirene.framework.model import Column as Field
from eirene.questionnaires.model import TOTAL
from eirene.questionnaires.parts import answer_of_parts, cell_part
from eirene.questionnaires.values import shape
from eirene.text import pick
from eirene_web.organisations.visit import Visit, page
from eirene_web.policy import NotThere, can
from eirene_web.reports import queries
from eirene_web.reports.asking import Input, Option, Reading, attempt
from eirene_web.reports.models import Correction, Report
from eirene_web.reports.sent import Reader, Shown, status_word
from eirene_web.reports.services import corrections as services
from eirene_web.reports.tables import ENDINGS, Column, Filter, Table
from eirene_web.reports.targets import report_target
from eirene_web.reports.views.board import listed, reads_content
from eirene_web.reports.views.common import asking, at_report, done, reason
from eirene_web.reports.working import Working
from eirene_web.ui.templatetags.eirene import longdate

FORM = ["GET", "HEAD", "POST"]
#: Empty lines that a table of lines offers.
_MORE_LINES = 2


@require_safe
@page("report.correct", "submission.read")
def corrections_of(visit: Visit, cycle: str, body: str) -> HttpResponse:
    """Corrections of one report, and the question that another one would be about."""
    report = queries.find_report(visit.actor, visit.alliance, cycle, body)
    found = queries.corrections(visit.actor, visit.alliance).filter(report=report)
    may = can(visit.actor, "report.correct", report_target(report))
    if not may and not found.exists() and report.body.nation not in visit.actor.nations:
        raise NotThere(_("There is no such page, or it is not for you."))
    working = Working(report)
    return visit.render(
        "reports/corrections.html",
        {
            "report": report,
            "corrections": [(one, working.sheet.questions.get(one.question)) for one in found],
            "sections": working.sheet.sections if may else (),
            "may": may,
        },
    )


@require_http_methods(FORM)
@page("report.correct")
def ask_correction(visit: Visit, cycle: str, body: str, question: str) -> HttpResponse:
    report = queries.find_report(visit.actor, visit.alliance, cycle, body)
    visit.ask("report.correct", report_target(report))
    working = Working(report)
    if question not in working.sheet.questions:
        raise NotThere(_("There is no such page, or it is not for you."))
    asked = working.sheet.questions[question]
    before = services.parts_now(working, services.accepted_submission(report), question)
    problems: list[Problem] = []
    if visit.request.method == "POST":
        reading = Reading(visit.request)
        changes, why = _changes(visit, working, asked, before), reading.text("why")
        problems = reading.problems
        if not problems:
            tried = attempt(
                lambda: services.request_correction(
                    actor=visit.actor, report=report.pk, question=question, changes=changes, reason=why
                )
            )
            if tried.done:
                told = _("The office is asked to correct the answer. The old one stands until it decides.")
                return done(visit, told, at_report(visit, "corrections-of", report))
            problems = list(tried.problems)
    return asking(
        visit,
        title=_("Correct answer %(number)s") % {"number": asked.number},
        kicker=str(pick(asked.question.text, visit.lang)),
        back=at_report(visit, "corrections-of", report),
        action=_("Ask for the correction"),
        follows=[
            _("What you sent is kept; the new answer stands beside it with your reason."),
            _("If the office accepts it, editions already published need a new release."),
        ],
        inputs=[*_inputs(visit, working, asked, before), reason(_("What was wrong"))],
        problems=problems,
        template="reports/correct.html",
        grid=_grid(visit, working, asked, before),
        rows=_lines(visit, working, asked, before),
    )  # fmt: skip


def _inputs(visit: Visit, working: Working, asked: AskedQuestion, before: Mapping[str, Any]) -> list[Input]:
    """Inputs for the parts of an answer, but for those that a table holds."""
    question, pack = asked.question, working.pack
    status = before.get("status", "answered")
    inputs = [
        Input("p:status", _("Answer or reason"), "radios", status, options=[
            Option(code, status_word(code), chosen=code == status)
            for code in ("answered", "no_data", "not_applicable", "withheld")
        ])
    ]  # fmt: skip
    value = before.get("value")
    if question.type == "yes_no":
        options = [Option("yes", _("Yes"), chosen=value == "yes"), Option("no", _("No"), chosen=value == "no")]
        inputs.append(Input("p:value", _("Answer"), "radios", options=options))
    elif question.type in ("single_choice", "multiple_choice"):
        tree = codes(pack, question.choices or "")
        kind = "radios" if question.type == "single_choice" else "checks"
        chosen = set(value) if isinstance(value, list | tuple) else {value}
        options = [Option(code, tree.label(code, visit.lang), chosen=code in chosen) for code in tree.codes]
        inputs.append(Input("p:value", _("Answer"), kind, options=options))
    elif question.type in ("number", "percentage"):
        inputs.append(Input("p:value", _("Answer"), "number", "" if value is None else str(value)))
    elif question.type == "date":
        inputs.append(Input("p:value", _("Answer"), "date", str(value or "")))
    elif question.type == "text":
        for lang in pack.header.languages:
            label = _("Answer (%(lang)s)") % {"lang": lang}
            inputs.append(Input(f"p:value.{lang}", label, "area", before.get(f"value.{lang}", "")))
    for lang in pack.header.languages:
        label = _("Why there is no value (%(lang)s)") % {"lang": lang}
        inputs.append(Input(f"p:reason.{lang}", label, "area", before.get(f"reason.{lang}", "")))
    return inputs


def _grid(
    visit: Visit, working: Working, asked: AskedQuestion, before: Mapping[str, Any]
) -> list[tuple[str, str, str, str]]:
    """The cells of a matrix: (name, label, value, word where a reason stands instead)."""
    question = asked.question
    if question.type != "matrix":
        return []
    form, sent = shape(working.pack, question), visit.request.POST
    reader = Reader(working.pack, working.sheet, visit.lang)
    found = []
    for key in _keys(form):
        part = cell_part(key)
        value = before.get(part)
        word = status_word(value["status"]) if isinstance(value, dict) else ""
        text = "" if value is None or isinstance(value, dict) else str(value)
        found.append((f"p:{part}", reader.cell_label(question, key), sent.get(f"p:{part}", text), word))
    return found


def _keys(form: Any) -> list[tuple[str, ...]]:
    """Every cell that the form has, totals where they are asked."""
    along = zip(form.asked, form.whole, strict=True)
    return list(product(*([*asked, TOTAL] if whole else asked for asked, whole in along)))


def _lines(visit: Visit, working: Working, asked: AskedQuestion, before: Mapping[str, Any]) -> dict[str, Any]:
    """Lines of a question that asks for a table of them: columns, and the lines with two empty ones more."""
    question = asked.question
    if question.type != "rows":
        return {}
    known = [*before.get("rows", []), *({} for _n in range(_MORE_LINES))]
    sent = visit.request.POST
    rows = [
        [(c, f"r:{n}:{c.id}", sent.get(f"r:{n}:{c.id}", str(row.get(c.id, ""))), _options(visit, working, c))
         for c in question.columns]
        for n, row in enumerate(known)
    ]  # fmt: skip
    return {"columns": question.columns, "rows": rows}


def _options(visit: Visit, working: Working, column: Field) -> list[tuple[str, str]]:
    if column.type == "yes_no":
        return [("yes", _("Yes")), ("no", _("No"))]
    if column.type == "choice" and column.list:
        tree = codes(working.pack, column.list)
        return [(code, tree.label(code, visit.lang)) for code in tree.codes]
    return []


def _changes(visit: Visit, working: Working, asked: AskedQuestion, before: Mapping[str, Any]) -> dict[str, Any]:
    """Part → value as it was sent. A cell left empty where a reason stands keeps the reason."""
    question, post = asked.question, visit.request.POST
    found: dict[str, Any] = {}
    for name in post:
        if not name.startswith("p:"):
            continue
        part = name.removeprefix("p:")
        if part == "value" and question.type == "multiple_choice":
            continue
        text = post[name].replace("\r\n", "\n").strip()
        if part.startswith("cells.") and not text and isinstance(before.get(part), dict):
            continue
        found[part] = _number(text) if _is_number(question, part) else text or None
    if question.type == "multiple_choice":
        found["value"] = post.getlist("p:value")
    if question.type == "rows":
        found["rows"] = _sent_lines(visit, question.columns)
    return found


def _is_number(question: Any, part: str) -> bool:
    return part.startswith("cells.") or (part == "value" and question.type in ("number", "percentage"))


def _number(text: str) -> Any:
    """A number as JSON holds it; what is none is left for the reader to refuse."""
    plain = text.replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace(",", ".")
    if not plain:
        return None
    return int(plain) if plain.lstrip("-").isdecimal() else plain


def _sent_lines(visit: Visit, columns: list[Field]) -> list[dict[str, Any]]:
    post = visit.request.POST
    found: dict[int, dict[str, Any]] = {}
    by_id = {c.id: c for c in columns}
    for name in post:
        start, _colon, rest = name.partition(":")
        number, _colon, column = rest.partition(":")
        if start != "r" or not number.isdecimal() or column not in by_id or not post[name].strip():
            continue
        numeric = by_id[column].type in ("number", "percentage")
        found.setdefault(int(number), {})[column] = _number(post[name].strip()) if numeric else post[name].strip()
    return [found[n] for n in sorted(found)]


# --- one correction -------------------------------------------------------------------------------------------------


@require_http_methods(FORM)
@page("submission.read", "review.decide_correction", "report.correct")
def correction(visit: Visit, cycle: str, body: str, pk: int) -> HttpResponse:
    """Old and new side by side; the nation may withdraw it, the office decides."""
    found = queries.corrections(visit.actor, visit.alliance).filter(
        pk=pk, report__cycle__code=cycle, report__body__code=body
    ).first()  # fmt: skip
    if found is None:
        raise NotThere(_("There is no such page, or it is not for you."))
    report, target = found.report, report_target(found.report)
    waiting = found.state == Correction.State.REQUESTED
    may_decide = waiting and can(visit.actor, "review.decide_correction", target)
    may_withdraw = waiting and can(visit.actor, "report.correct", target)
    problems: tuple[Problem, ...] = ()
    if visit.request.method == "POST":
        reading = Reading(visit.request)
        what, words = reading.text("do"), reading.text("decision")
        if what == "withdraw":
            tried = attempt(lambda: services.withdraw_correction(actor=visit.actor, correction=pk))
        else:
            tried = attempt(
                lambda: services.decide_correction(
                    actor=visit.actor, correction=pk, accept=what == "accept", decision=words
                )
            )
        if tried.done:
            told = {
                "withdraw": _("The request is withdrawn."),
                "accept": _("The correction is accepted. Editions already published need a new release."),
            }.get(what, _("The correction is refused; the nation reads why."))
            return done(visit, told, at_report(visit, "correction", report, pk))
        problems = tried.problems
    return visit.render(
        "reports/correction.html",
        {
            "correction": found,
            "report": report,
            "shown": _side_by_side(visit, report, found),
            "may_decide": may_decide,
            "may_withdraw": may_withdraw,
            "problems": problems,
            "places": ["decision"],
        },
        status=400 if problems else 200,
    )


def _side_by_side(visit: Visit, report: Report, correction: Correction) -> Shown:
    working = Working(report)
    asked = working.sheet.questions[correction.question]
    before, after = (
        answer_of_parts(working.pack, asked.question, parts) if parts else None
        for parts in (correction.before, correction.after)
    )
    reader = Reader(working.pack, working.sheet, visit.lang, report.cycle.releasability)
    return reader.shown(asked, after, before)


@require_safe
@page("cycle.oversee", "submission.read")
def cycle_corrections(visit: Visit, cycle: str, ending: str = "") -> HttpResponse:
    """All corrections of a cycle, for the office."""
    found = queries.find_cycle(visit.actor, visit.alliance, cycle)
    if not reads_content(visit):
        raise NotThere(_("There is no such page, or it is not for you."))
    rows = []
    for one in queries.corrections(visit.actor, visit.alliance).filter(report__cycle=found):
        sheet = Working(one.report).sheet
        asked = sheet.questions.get(one.question)
        rows.append(
            {
                "href": at_report(visit, "correction", one.report, one.pk),
                "name": visit.names.body(one.report.body), "question": asked.number if asked else one.question,
                "state": one.get_state_display(), "state_code": one.state, "requested": one.requested.date(),
                "decided": one.decided.date() if one.decided else None, "reason": one.reason,
            }
        )  # fmt: skip
    columns = [
        Column("name", _("Nation")), Column("question", _("Question")), Column("state", _("State")),
        Column("requested", _("Requested"), show=lambda r: longdate(r["requested"])),
        Column("decided", _("Decided"), show=lambda r: longdate(r["decided"]) or "–"),
        Column("reason", _("Reason")),
    ]  # fmt: skip
    states = [(str(code), str(word)) for code, word in Correction.State.choices]
    table = Table(
        columns, rows, [Filter("state", _("State"), states, lambda r, v: r["state_code"] == v)], "-requested",
        visit.request.GET,
    )  # fmt: skip
    if ending:
        if ending not in ENDINGS:
            raise NotThere(_("There is no such page, or it is not for you."))
        return table.file(ending, f"{visit.alliance.slug}-{cycle}-corrections")
    title = _("Corrections in the cycle %(code)s") % {"code": cycle}
    return listed(visit, table, found, title, "cycle-corrections-file")


urlpatterns = [
    path("cycles/<code:cycle>/corrections/", cycle_corrections, name="cycle-corrections"),
    path("cycles/<code:cycle>/corrections/list.<code:ending>", cycle_corrections, name="cycle-corrections-file"),
    path("<code:cycle>/<code:body>/corrections/", corrections_of, name="corrections-of"),
    path("<code:cycle>/<code:body>/corrections/ask/<code:question>/", ask_correction, name="ask-correction"),
    path("<code:cycle>/<code:body>/corrections/<int:pk>/", correction, name="correction"),
]

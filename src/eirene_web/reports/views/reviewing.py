"""Review by the office as pages: the queue, a submission beside last year’s, questions, acceptance, return."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from eirene.errors import Problem
from eirene.text import pick
from eirene_web.organisations.queries import posts_of
from eirene_web.organisations.visit import Visit, page
from eirene_web.policy import NotThere, can
from eirene_web.reports import oversight, queries
from eirene_web.reports.asking import Input, Option, Reading, attempt
from eirene_web.reports.models import Report, Thread
from eirene_web.reports.review import Review
from eirene_web.reports.services import discussing
from eirene_web.reports.services import reviewing as services
from eirene_web.reports.tables import ENDINGS, Column, Filter, Table
from eirene_web.reports.targets import report_target
from eirene_web.reports.templatetags.reports import day_left
from eirene_web.reports.views.board import listed, queue_row, reads_content
from eirene_web.reports.views.common import asking, at_report, done
from eirene_web.ui.templatetags.eirene import longdate
from eirene_web.ui.templatetags.work import status

FORM = ["GET", "HEAD", "POST"]


# --- the queue ------------------------------------------------------------------------------------------------------


@require_safe
@page("submission.read", "cycle.oversee")
def queue(visit: Visit, cycle: str, ending: str = "") -> HttpResponse:
    found = queries.find_cycle(visit.actor, visit.alliance, cycle)
    if not reads_content(visit):
        raise NotThere(_("There is no such page, or it is not for you."))
    board = oversight.board(visit.actor, visit.alliance, found, visit.lang)
    rows = [
        {**queue_row(visit, line), "state_word": line.report.get_state_display(), "desk": line.report.reviewer_id}
        for line in board.queue
    ]
    desks = {r["desk"]: r["reviewer"] for r in rows if r["desk"]}
    mine = set(visit.actor.posts)
    columns = [
        Column("name", _("Nation")),
        Column("state_word", _("State"), show=lambda r: status(r["state"], r["state_word"])),
        Column("submitted", _("Submitted"), show=lambda r: longdate(r["submitted"]), whole=True),
        Column("number", _("Submission"), number=True),
        Column("errors", _("Errors"), number=True),
        Column("justified", _("Warnings, justified"), number=True),
        Column("open", _("Warnings, open"), number=True),
        Column("changed", _("Answers changed"), number=True),
        Column("reviewer", _("Reviewer"), show=lambda r: r["reviewer"] or _("not assigned"), whole=True),
        Column("due", _("Due"), show=lambda r: _due(r), whole=True),
    ]
    if can(visit.actor, "review.assign", _any(visit, "submitted")):
        columns.append(
            Column("assign", _("Assign"), show=lambda r: format_html(
                '<a href="{}">{}<span class="vh"> {}</span></a>', at_report(visit, "review-assign", r["report"]),
                _("Assign"), r["name"]))
        )  # fmt: skip
    filters = [
        Filter("desk", _("Reviewer"), [
            ("mine", _("mine")), ("none", _("not assigned")), *((str(pk), name) for pk, name in desks.items())
        ], lambda r, v: r["desk"] in mine if v == "mine" else not r["desk"] if v == "none" else str(r["desk"]) == v),
        Filter("state", _("State"), [(s, str(dict(Report.State.choices)[s])) for s in ("submitted", "in_review")],
               lambda r, v: r["state"] == v),
        Filter("only", _("Only"), [("errors", _("with errors")), ("open", _("with open warnings"))],
               lambda r, v: bool(r[v])),
    ]  # fmt: skip
    if ending:
        if ending not in ENDINGS:
            raise NotThere(_("There is no such page, or it is not for you."))
        columns = [c for c in columns if c.key != "assign"]
        return Table(columns, rows, filters, "submitted", visit.request.GET).file(
            ending, f"{visit.alliance.slug}-{cycle}-review"
        )
    table = Table(columns, rows, filters, "submitted", visit.request.GET)
    title = ngettext(
        "%(n)d report waits for review", "%(n)d reports wait for review", len(rows)
    ) % {"n": len(rows)}  # fmt: skip
    return listed(visit, table, found, title, "review-queue-file")


def _due(row: dict[str, Any]) -> str:
    return f"{longdate(row['due'])}, {day_left(row['due'])}" if row["due"] else "–"


def _any(visit: Visit, state: str) -> Any:
    from eirene_web.policy import Target

    return Target("report", visit.alliance.slug, state=state)


@require_http_methods(FORM)
@page("review.assign", "report.see")
def assign(visit: Visit, cycle: str, body: str) -> HttpResponse:
    report = queries.find_report(visit.actor, visit.alliance, cycle, body)
    visit.ask("review.assign", report_target(report))
    load: dict[int, int] = {}
    rows = Report.objects.filter(cycle=report.cycle, state__in=["submitted", "in_review"], reviewer__isnull=False)
    for pk in rows.values_list("reviewer", flat=True):
        load[pk] = load.get(pk, 0) + 1
    desks = [
        post for post in posts_of(visit.alliance, "")
        if any(role.role in ("reviewer", "coordinator") for role in post.roles.all())
    ]  # fmt: skip
    problems: list[Problem] = []
    if visit.request.method == "POST":
        reading = Reading(visit.request)
        post, due = reading.whole("post"), reading.day("due")
        problems = reading.problems
        if not problems:
            tried = attempt(lambda: services.assign_review(actor=visit.actor, report=report.pk, post=post, due=due))
            if tried.done:
                from eirene_web.reports.views.common import at_cycle

                told = _("The report is given to a desk.") if post else _("The report is with no desk now.")
                return done(visit, told, at_cycle(visit, "review-queue", cycle))
            problems = list(tried.problems)
    options = [
        Option(
            str(p.pk), str(pick(p.title, visit.lang)),
            ngettext("has %(n)d report", "has %(n)d reports", load.get(p.pk, 0)) % {"n": load.get(p.pk, 0)}
            + ("" if p.held else f", {_('vacant')}"),  # type: ignore[attr-defined]
            chosen=p.pk == report.reviewer_id,
        )
        for p in desks
    ]  # fmt: skip
    return asking(
        visit,
        title=_("Give the report of %(body)s to a desk") % {"body": visit.names.body(report.body)},
        back=at_report(visit, "review", report),
        action=_("Assign"),
        inputs=[
            Input("post", _("Desk"), "radios", options=[*options, Option("", _("nobody"))]),
            Input("due", _("Reviewed by"), "date", report.review_due.isoformat() if report.review_due else ""),
        ],
        problems=problems,
    )  # fmt: skip


# --- one submission -------------------------------------------------------------------------------------------------


def _review(visit: Visit, cycle: str, body: str) -> Review:
    return queries.review_of(visit.actor, visit.alliance, cycle, body, visit.lang)


def _frame(visit: Visit, review: Review) -> dict[str, Any]:
    """What every page of a review shows."""
    report, target = review.report, report_target(review.report)
    return {
        "review": review,
        "report": report,
        "submission": review.submission,
        "name": visit.names.body(report.body),
        "may": {
            verb: can(visit.actor, f"review.{verb}", target) for verb in ("assign", "ask", "note", "accept", "return")
        },
        "left": review.left(visit.person.pk),
    }


@require_http_methods(FORM)
@page("submission.read", "review.accept")
def review(visit: Visit, cycle: str, body: str) -> HttpResponse:
    """The submission at a glance: sections, findings, what is open, and who accepted what."""
    found = _review(visit, cycle, body)
    problems: tuple[Problem, ...] = ()
    if visit.request.method == "POST":
        reading = Reading(visit.request)
        number, sections = reading.whole("number"), reading.all("sections")
        tried = attempt(
            lambda: services.accept_sections(
                actor=visit.actor, report=found.report.pk, sections=sections, number=number or -1
            )
        )
        if tried.done:
            report = tried.result
            accepted = report is not None and report.state == Report.State.ACCEPTED
            told = _("The report is accepted.") if accepted else _("What you chose is accepted.")
            section = reading.text("back")
            known = {s.id for s in found.sheet.sections}
            where = at_report(visit, "review-section", found.report, section) if section in known else at_report(
                visit, "review", found.report
            )  # fmt: skip
            return done(visit, told, where)
        problems = tried.problems
    open_threads = [
        t for t in found.threads if t.kind != Thread.Kind.OFFICE and t.state != Thread.State.CLOSED
    ]  # fmt: skip
    sections = {q.id: q.section for q in found.sheet.questions.values()}
    return visit.render(
        "reports/review.html",
        {
            **_frame(visit, found),
            "problems": problems,
            "findings": [(f, sections.get(f.place.question, "")) for f in found.findings],
            "open_threads": open_threads,
            "place": sections,
        },
        status=400 if problems else 200,
    )


@require_safe
@page("submission.read")
def section(visit: Visit, cycle: str, body: str, section: str) -> HttpResponse:
    """The answers of a section beside last year’s and the alliance’s, with what was said about each."""
    found = _review(visit, cycle, body)
    ids = [s.id for s in found.sheet.sections]
    if section not in ids:
        raise NotThere(_("There is no such page, or it is not for you."))
    at = ids.index(section)
    shown = found.section(section)
    return visit.render(
        "reports/review_section.html",
        {
            **_frame(visit, found),
            "section": found.sheet.sections[at],
            "questions": [(one, found.threads_on(one.id), one.id in found.changed_since_return) for one in shown],
            "accepted": found.accepted.get(section),
            "before_section": found.sheet.sections[at - 1] if at else None,
            "after_section": found.sheet.sections[at + 1] if at + 1 < len(ids) else None,
            "previous_cycle": found.previous.cycle if found.previous else "",
            "peers": len(found.peers),
            "can_accept": section in {s.id for s in found.left(visit.person.pk)},
        },
    )


@require_safe
@page("submission.read", "review.ask")
def talk(visit: Visit, cycle: str, body: str) -> HttpResponse:
    """Every conversation about one report on a page."""
    found = _review(visit, cycle, body)
    places = {q.id: (q.number, q.section, pick(q.question.text, visit.lang)) for q in found.sheet.questions.values()}
    rows = [(thread, places.get(thread.question)) for thread in found.threads]
    rows.sort(key=lambda r: (r[0].state == Thread.State.CLOSED, r[0].kind == Thread.Kind.OFFICE, r[0].opened))
    return visit.render("reports/review_talk.html", {**_frame(visit, found), "threads": rows})


@require_http_methods(FORM)
@page("review.ask", "review.note")
def ask(visit: Visit, cycle: str, body: str) -> HttpResponse:
    """A clarification asked, an answer flagged, or a note within the office."""
    found = _review(visit, cycle, body)
    report = found.report
    question = visit.request.POST.get("question", visit.request.GET.get("question", ""))
    place = found.sheet.questions.get(question)
    if question and place is None:
        raise NotThere(_("There is no such page, or it is not for you."))
    back = at_report(visit, "review-section", report, place.section) + f"#{question}" if place else at_report(
        visit, "review", report
    )  # fmt: skip
    problems: list[Problem] = []
    if visit.request.method == "POST":
        reading = Reading(visit.request)
        text, due, flag, kind = reading.text("text"), reading.day("due"), reading.flag("flag"), reading.text("kind")
        problems = reading.problems
        if not problems:
            what = Thread.Kind.OFFICE if kind == "note" else Thread.Kind.CLARIFICATION
            tried = attempt(
                lambda: discussing.open_thread(
                    actor=visit.actor, report=report.pk, kind=what, question=question, text=text, due=due, flag=flag
                )
            )
            if tried.done:
                told = _("The note is kept within the office.") if kind == "note" else _("The nation is asked.")
                return done(visit, told, back)
            problems = list(tried.problems)
    may = _frame(visit, found)["may"]
    kinds = [Option("ask", _("Ask the nation for clarification"), chosen=True)] if may["ask"] else []
    if may["note"]:
        kinds.append(Option("note", _("A note within the office; the nation never sees it"), chosen=not may["ask"]))
    if not kinds:
        visit.ask("review.note", report_target(report))
    return asking(
        visit,
        title=_("Write about answer %(number)s") % {"number": place.number} if place else _("Write about the report"),
        kicker=str(pick(place.question.text, visit.lang)) if place else visit.names.body(report.body),
        back=back,
        action=_("Send"),
        lead=_("No persons, no cases: for what happened to somebody there is a confidential channel elsewhere."),
        inputs=[
            Input("kind", _("What it is"), "radios", options=kinds),
            Input("text", _("Text"), "area", required=True),
            Input("due", _("Answer wanted by"), "date"),
            *([Input("flag", _("Flag the answer: its section is not accepted while the flag stands"), "check")]
              if place else []),
            Input("question", "", "hidden", question),
        ],
        problems=problems,
    )  # fmt: skip


@require_http_methods(["POST"])
@page("review.ask", "review.note")
def thread(visit: Visit, cycle: str, body: str, pk: int) -> HttpResponse:
    """Goes on in a conversation: a reply, a flag set or taken away, or settled."""
    found = _review(visit, cycle, body)
    here = next((t for t in found.threads if t.pk == pk), None)
    if here is None:
        raise NotThere(_("There is no such page, or it is not for you."))
    reading = Reading(visit.request)
    what, text = reading.text("do"), reading.text("text")
    if what == "settle":
        discussing.close_thread(actor=visit.actor, thread=pk)
        told = _("The conversation is closed.")
    elif what in ("flag", "unflag"):
        discussing.set_flag(actor=visit.actor, thread=pk, flag=what == "flag")
        told = _("The answer is flagged.") if what == "flag" else _("The flag is taken away.")
    else:
        discussing.write(actor=visit.actor, thread=pk, text=text)
        told = _("Sent.")
    place = found.sheet.questions.get(here.question)
    if place is None or reading.text("back") == "talk":
        return done(visit, told, at_report(visit, "review-talk", found.report))
    return done(visit, told, at_report(visit, "review-section", found.report, place.section) + f"#{place.id}")


# --- decisions ------------------------------------------------------------------------------------------------------


@require_safe
@page("review.accept", "submission.read")
def accept(visit: Visit, cycle: str, body: str) -> HttpResponse:
    """What accepting the whole report means; the button on it does so."""
    found = _review(visit, cycle, body)
    visit.ask("review.accept", report_target(found.report))
    frame = _frame(visit, found)
    open_threads = sum(
        t.kind != Thread.Kind.OFFICE and t.state != Thread.State.CLOSED for t in found.threads
    )  # fmt: skip
    return visit.render(
        "reports/accept.html",
        {
            **frame,
            "open_threads": open_threads,
            "flags": sum(t.flag and t.state != Thread.State.CLOSED for t in found.threads),
            "errors": sum(f.severity in ("blocker", "error") for f in found.findings),
        },
    )


@require_http_methods(FORM)
@page("review.return", "submission.read")
def return_(visit: Visit, cycle: str, body: str) -> HttpResponse:
    """Which answers are open again, each with what is wanted of it; everything else stays locked."""
    found = _review(visit, cycle, body)
    report = found.report
    visit.ask("review.return", report_target(report))
    problems: list[Problem] = []
    chosen: dict[str, str] = {}
    if visit.request.method == "POST":
        reading = Reading(visit.request)
        chosen = {id: reading.text(f"why_{id}") for id in reading.all("questions") if id in found.sheet.questions}
        why, due, number = reading.text("why"), reading.day("due"), reading.whole("number")
        if number != found.submission.number:
            reading.tell("", _("There is a newer submission than the one you read."), _("Read it first."))
        problems = reading.problems
        if not problems:
            tried = attempt(
                lambda: services.return_report(
                    actor=visit.actor, report=report.pk, reason=why, questions=chosen, due=due
                )
            )
            if tried.done:
                told = ngettext(
                    "The report is returned; %(n)d answer is open again.",
                    "The report is returned; %(n)d answers are open again.",
                    len(chosen),
                ) % {"n": len(chosen)}
                return done(visit, told, at_report(visit, "review", report))
            problems = list(tried.problems)
    else:
        chosen = {
            t.question: t.messages.all()[0].text if t.messages.all() else ""
            for t in found.threads
            if t.question and t.kind == Thread.Kind.CLARIFICATION and t.state != Thread.State.CLOSED
        }
    errors = {f.place.question for f in found.findings if f.severity in ("blocker", "error")}
    return visit.render(
        "reports/return.html",
        {
            **_frame(visit, found),
            "sections": [
                (s, [(q, q.id in chosen, chosen.get(q.id, ""), q.id in errors) for q in s.questions])
                for s in found.sheet.sections
            ],
            "problems": problems,
            "places": ["why", "due"],
            "why": visit.request.POST.get("why", ""),
            "due": visit.request.POST.get("due", ""),
        },
        status=400 if problems else 200,
    )


urlpatterns = [
    path("cycles/<code:cycle>/review/", queue, name="review-queue"),
    path("cycles/<code:cycle>/review/list.<code:ending>", queue, name="review-queue-file"),
    path("<code:cycle>/<code:body>/review/", review, name="review"),
    path("<code:cycle>/<code:body>/review/assign/", assign, name="review-assign"),
    path("<code:cycle>/<code:body>/review/section/<code:section>/", section, name="review-section"),
    path("<code:cycle>/<code:body>/review/talk/", talk, name="review-talk"),
    path("<code:cycle>/<code:body>/review/ask/", ask, name="review-ask"),
    path("<code:cycle>/<code:body>/review/talk/<int:pk>/", thread, name="review-thread"),
    path("<code:cycle>/<code:body>/review/accept/", accept, name="review-accept"),
    path("<code:cycle>/<code:body>/review/return/", return_, name="review-return"),
]

"""Files out and in: workbook, questionnaire, package; what a file would change, and taking it over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from eirene.errors import UsageError
from eirene.formats.wording import part_label, part_value
from eirene.text import locale, number, pick
from eirene_web.files.uploads import was_too_large
from eirene_web.organisations.visit import Visit, page
from eirene_web.reports import queries
from eirene_web.reports.models import Import, Report
from eirene_web.reports.services.transfer import common, out, packages, take_in
from eirene_web.reports.services.transfer.take_in import MINE, THEIRS, Choice, Item, Preview
from eirene_web.reports.working import Working

#: Characters of one value that a page shows.
LONGEST_SHOWN = 2_000


def _found(visit: Visit, cycle: str, body: str) -> Report:
    return queries.find_report(visit.actor, visit.alliance, cycle, body)


def _handed(file: common.OutFile) -> HttpResponse:
    response = HttpResponse(file.data, content_type=file.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _files_page(visit: Visit, report: Report) -> str:
    return reverse("files", args=[visit.alliance.slug, report.cycle.code, report.body.code])


# --- the page of files ----------------------------------------------------------------------------------------------


@require_safe
@page("answer.read")
def files(visit: Visit, cycle: str, body: str) -> HttpResponse:
    return _show_files(visit, _found(visit, cycle, body))


def _form_languages(working: Working) -> list[tuple[str, str]]:
    """Languages that a form can be had in, each by its own name: the pack’s, then those of the pages."""
    codes = dict.fromkeys([*working.pack.header.languages, *out.LANGUAGES])
    return [(code, (locale(code).get_language_name(code) or code).capitalize()) for code in codes]


def _show_files(visit: Visit, report: Report, error: UsageError | None = None) -> HttpResponse:
    working = Working(report)
    allowed = common.readable(visit.actor, working)
    context = {
        "report": report,
        "sections": [s for s in working.sheet.sections if s.id in allowed],
        "whole": len(allowed) == len(working.sheet.sections),
        "languages": _form_languages(working),
        "previous": working.previous_cycle,
        "may_fill": take_in.may_fill(visit.actor, working),
        "limit": settings.EIRENE_UPLOAD_BYTES,
        "events": take_in.history(actor=visit.actor, report=report),
        "error": error,
    }
    return visit.render("reports/transfer.html", context, status=400 if error else 200)


@require_POST
@page("answer.read")
def workbook(visit: Visit, cycle: str, body: str) -> HttpResponse:
    report, given = _found(visit, cycle, body), visit.request.POST
    handed = out.workbook(
        actor=visit.actor,
        report=report.pk,
        lang=given.get("lang", visit.lang),
        filled=given.get("filled", "1") == "1",
        sections=given.getlist("section"),
    )
    return _handed(handed.file)


@require_GET
@page("answer.read")
def document(visit: Visit, cycle: str, body: str, form: str) -> HttpResponse:
    report, given = _found(visit, cycle, body), visit.request.GET
    return _handed(
        out.document(
            actor=visit.actor,
            report=report.pk,
            form=form,
            lang=given.get("lang", visit.lang),
            filled=given.get("filled", "1") == "1",
            sections=given.getlist("section"),
        )
    )


@require_POST
@page("answer.fill")
def package(visit: Visit, cycle: str, body: str) -> HttpResponse:
    report, given = _found(visit, cycle, body), visit.request.POST
    made = packages.hand_out(
        actor=visit.actor,
        report=report.pk,
        lang=given.get("lang", visit.lang),
        split=given.get("split") == "1",
    )
    return _handed(made.file)


@require_safe
@page("answer.read")
def package_key(visit: Visit, cycle: str, body: str) -> HttpResponse:
    report = _found(visit, cycle, body)
    common.readable(visit.actor, Working(report))
    return visit.render("reports/transfer_key.html", {"report": report, "fingerprint": packages.fingerprint_shown()})


@require_safe
@page("submission.read")
def submission_file(visit: Visit, cycle: str, body: str, number: int, name: str) -> HttpResponse:
    report = _found(visit, cycle, body)
    found = out.find_submission(visit.actor, report, number)
    made = out.submission_file(
        actor=visit.actor, submission=found, name=name, lang=visit.request.GET.get("lang", visit.lang),
        address=_receipts_page(visit),
    )  # fmt: skip
    return _handed(made)


def _receipts_page(visit: Visit) -> str:
    """Where a receipt is checked, as it is printed: the same for everybody, whatever language they read."""
    base = settings.EIRENE_URL or visit.request.build_absolute_uri("/").rstrip("/")
    return f"{base}/{visit.alliance.slug}/work/receipts/"


# --- handing in -----------------------------------------------------------------------------------------------------


@require_POST
@page("answer.fill")
def upload(visit: Visit, cycle: str, body: str) -> HttpResponse:
    report = _found(visit, cycle, body)
    try:
        entry = _uploaded(visit, report)
    except UsageError as error:
        return _show_files(visit, report, error)
    return HttpResponseRedirect(_entry_page(visit, report, entry.pk))


def _uploaded(visit: Visit, report: Report) -> Import:
    given = visit.request.FILES.get("file")
    if was_too_large(visit.request):
        raise take_in.too_large(settings.EIRENE_UPLOAD_BYTES)
    if given is None:
        raise UsageError(_("No file was chosen."), remedy=_("Choose the file, then hand it in."))
    if (given.size or 0) > settings.EIRENE_UPLOAD_BYTES:
        raise take_in.too_large(settings.EIRENE_UPLOAD_BYTES)
    where = _entry_page(visit, report, 0).replace("/0/", "/{entry}/")
    return take_in.upload(
        actor=visit.actor, report=report.pk, name=given.name or "", data=given.read(), where=where
    )  # fmt: skip


def _entry_page(visit: Visit, report: Report, entry: int) -> str:
    return reverse("import", args=[visit.alliance.slug, report.cycle.code, report.body.code, entry])


# --- an entry: what it would change ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownItem:
    """One change as the page shows it."""

    item: Item
    label: str
    before: str
    after: str
    take: bool
    said: str = ""
    undecided: bool = False


@dataclass(frozen=True)
class ShownQuestion:
    number: str
    id: str
    text: str
    items: list[ShownItem]


@dataclass(frozen=True)
class ShownSection:
    id: str
    title: str
    questions: list[ShownQuestion]


@require_safe
@page("answer.read")
def entry(visit: Visit, cycle: str, body: str, entry: int) -> HttpResponse:
    report = _found(visit, cycle, body)
    return _show_entry(visit, report, take_in.find_import(visit.actor, entry, report.pk))


def _show_entry(
    visit: Visit,
    report: Report,
    found: Import,
    *,
    choice: Choice | None = None,
    undecided: Iterable[str] = (),
    moved: bool = False,
) -> HttpResponse:
    context: dict[str, Any] = {
        "report": report,
        "entry": found,
        "notes": take_in.in_words(found.notes, visit.lang),
        "problems": take_in.in_words(found.problems, visit.lang),
        "job": take_in.job_of(found) if found.state == Import.State.READING else None,
        "moved": moved,
        "undecided": list(undecided),
    }
    job = context["job"]
    context["stuck"] = found.state == Import.State.READING and (job is None or job.finished is not None)
    if found.state == Import.State.READY:
        seen = take_in.preview(actor=visit.actor, entry=found.pk)
        open_ = set(undecided)
        context |= {
            "seen": seen,
            "may": _shown(visit, seen, seen.mine, choice, open_),
            "locked": _shown(visit, seen, seen.locked, None, set()),
            "conflicts": len(seen.conflicts),
            "rest": choice.rest if choice else "",
            "evidence": list(enumerate(seen.evidence)),
        }
    if found.state == Import.State.APPLIED:
        context["told"] = take_in.counts(found)
    return visit.render("reports/transfer_entry.html", context, status=409 if moved or undecided else 200)


def _shown(
    visit: Visit, seen: Preview, items: Iterable[Item], choice: Choice | None, undecided: set[str]
) -> list[ShownSection]:
    """The changes by section and question, in the order of the form."""
    by_question: dict[str, list[ShownItem]] = {}
    for item in items:
        by_question.setdefault(item.change.question, []).append(_shown_item(visit, seen, item, choice, undecided))
    sections = []
    for section in seen.working.sheet.sections:
        questions = [
            ShownQuestion(q.number, q.id, pick(q.question.text, visit.lang), by_question[q.id])
            for q in section.questions
            if q.id in by_question
        ]
        if questions:
            sections.append(ShownSection(section.id, pick(section.title, visit.lang), questions))
    return sections


def _shown_item(visit: Visit, seen: Preview, item: Item, choice: Choice | None, undecided: set[str]) -> ShownItem:
    pack, change = seen.working.pack, item.change
    question = seen.working.sheet.questions[change.question].question
    return ShownItem(
        item,
        part_label(pack, question, change.part, visit.lang) or _("Answer"),
        _shortened(part_value(pack, question, change.part, change.before, visit.lang)),
        _shortened(part_value(pack, question, change.part, change.after, visit.lang)),
        take=choice is None or item.key not in choice.leave,
        said=choice.conflicts.get(item.key, "") if choice else "",
        undecided=item.key in undecided,
    )


def _shortened(text: str) -> str:
    """A page shows the beginning of a very long text, and says how long it is; what is taken over is all of it."""
    if len(text) <= LONGEST_SHOWN:
        return text
    told = _("%(n)s characters in all") % {"n": number(len(text), get_language() or "en")}
    return f"{text[:LONGEST_SHOWN]}… ({told})"


@require_POST
@page("answer.fill")
def apply(visit: Visit, cycle: str, body: str, entry: int) -> HttpResponse:
    report = _found(visit, cycle, body)
    found = take_in.find_import(visit.actor, entry, report.pk)
    choice = _choice(visit, found)
    done = take_in.apply_import(actor=visit.actor, entry=entry, choice=choice)
    if done.again:
        return _show_entry(visit, report, done.entry, choice=choice, undecided=done.undecided, moved=not done.undecided)
    if done.already:
        messages.info(visit.request, _("The file had been taken over already; nothing was done twice."))
    else:
        told = ngettext("%(n)d change was taken over.", "%(n)d changes were taken over.", done.saved)
        messages.success(visit.request, told % {"n": done.saved})
    return HttpResponseRedirect(_entry_page(visit, report, entry))


def _choice(visit: Visit, found: Import) -> Choice:
    """What the form says. A change whose box is not ticked is left; what the form did not show is not in it."""
    given = visit.request.POST
    shown, ticked = set(given.getlist("shown")), set(given.getlist("take"))
    conflicts = {
        name.removeprefix("c:"): value
        for name, value in given.items()
        if name.startswith("c:") and value in (MINE, THEIRS)
    }
    files = {n for n in given.getlist("shown-file") if n not in given.getlist("take-file")}
    return Choice(
        leave=frozenset(shown - ticked),
        conflicts=conflicts,
        rest=given.get("rest", "") if given.get("rest") in (MINE, THEIRS) else "",
        stamp=given.get("stamp", ""),
        leave_evidence=frozenset(int(n) for n in files if n.isdigit()),
    )


@require_POST
@page("answer.fill")
def drop(visit: Visit, cycle: str, body: str, entry: int) -> HttpResponse:
    report = _found(visit, cycle, body)
    take_in.find_import(visit.actor, entry, report.pk)
    take_in.drop_import(actor=visit.actor, entry=entry)
    messages.success(visit.request, _("The file was dropped; nothing was changed."))
    return HttpResponseRedirect(_files_page(visit, report))


@require_POST
@page("answer.fill")
def again(visit: Visit, cycle: str, body: str, entry: int) -> HttpResponse:
    report = _found(visit, cycle, body)
    take_in.find_import(visit.actor, entry, report.pk)
    take_in.read_again(actor=visit.actor, entry=entry, where=_entry_page(visit, report, entry))
    return HttpResponseRedirect(_entry_page(visit, report, entry))


_BASE = "<code:cycle>/<code:body>"
urlpatterns = [
    path(f"{_BASE}/files/", files, name="files"),
    path(f"{_BASE}/files/workbook", workbook, name="workbook"),
    path(f"{_BASE}/files/report.<code:form>", document, name="document"),
    path(f"{_BASE}/files/package", package, name="package"),
    path(f"{_BASE}/files/key/", package_key, name="package-key"),
    path(f"{_BASE}/files/upload", upload, name="upload"),
    path(f"{_BASE}/files/<int:entry>/", entry, name="import"),
    path(f"{_BASE}/files/<int:entry>/apply", apply, name="import-apply"),
    path(f"{_BASE}/files/<int:entry>/drop", drop, name="import-drop"),
    path(f"{_BASE}/files/<int:entry>/again", again, name="import-again"),
    path(f"{_BASE}/submission/<int:number>/<str:name>", submission_file, name="submission-file"),
]

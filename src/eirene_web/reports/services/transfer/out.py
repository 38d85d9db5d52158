"""Files out: the workbook to fill in, with a record of what it was handed out with; Word and PDF to read."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from eirene.errors import UsageError
from eirene.formats import write_workbook
from eirene.questionnaires.model import Report as Answers
from eirene.questionnaires.parts import is_content
from eirene_web.clock import now
from eirene_web.journal.services import Field, change, record
from eirene_web.policy import Actor, ask
from eirene_web.reports.models import Export, Report, Submission
from eirene_web.reports.services.common import chain_of, locked_report
from eirene_web.reports.services.transfer import printing
from eirene_web.reports.services.transfer.common import (
    OutFile,
    found_report,
    not_there,
    questions_of,
    readable,
    standing,
    wanted_sections,
)
from eirene_web.reports.services.transfer.compare import Handed, handed_out
from eirene_web.reports.targets import answer_target, submission_target
from eirene_web.reports.working import Working, opened_submission

LANGUAGES = ("en", "fr")


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A workbook handed out, and the row that keeps what it was handed out with."""

    file: OutFile
    export: Export


def workbook(
    *, actor: Actor, report: int, lang: str = "", filled: bool = True, sections: Sequence[str] = ()
) -> HandedOut:
    """The workbook of a report: all sections that the actor may read, or those chosen; with the answers as they stand.

    lang     of the form; the pack's first if empty
    filled   False: an empty form

    Raises NotThere for a report or section that is not the actor's.
    """
    working = Working(found_report(report))
    allowed = readable(actor, working)
    chosen = wanted_sections(working, allowed, sections)
    language = known_language(working, lang)
    token = new_token()
    data = write_workbook(
        working.pack,
        working.report.cycle.code,
        working.report.body.code,
        lang=language,
        report=for_workbook(working) if filled else None,
        previous=previous_named(working),
        sections=() if len(chosen) == len(working.sheet.sections) else tuple(chosen),
        reference=token,
    )
    kept = handed_out(working.sheet, standing(working), questions_of(working, chosen)) if filled else {}
    row = keep_export(actor=actor, report=report, token=token, versions=kept, sections=chosen)
    name = file_name(working, language, chosen, "xlsx", "" if filled else "empty")
    return HandedOut(OutFile(name, data), row)


@change
def keep_export(
    *, actor: Actor, report: int, token: str, versions: Handed, sections: Sequence[str] = (), key: str = ""
) -> Export:
    """The row of what was handed out. `key`: that with which a package comes back, in hexadecimal."""
    row = locked_report(report)
    working = Working(row)
    for section in sections or readable(actor, working):
        ask(actor, "answer.read", answer_target(row, section, working.posts_of(section)))
    made = Export.objects.create(
        report=row, token=token, versions=versions, at=now(), person_id=actor.person, key=key
    )  # fmt: skip
    fields = [
        Field(f"export:{made.pk}", "token", None, token),
        Field(f"export:{made.pk}", "sections", None, [*sections]),
    ]
    record(actor, "answer.read", chain=chain_of(row), subject=f"report:{row.pk}", fields=fields)
    return made


def document(
    *, actor: Actor, report: int, form: str, lang: str = "", filled: bool = True, sections: Sequence[str] = ()
) -> OutFile:
    """The report as it stands (or the empty questionnaire) to read and sign: `form` docx or pdf.

    Raises NotThere as above; UsageError for another form.
    """
    working = Working(found_report(report))
    chosen = wanted_sections(working, readable(actor, working), sections)
    language = known_language(working, lang)
    name = file_name(working, language, chosen, form, "" if filled else "empty")
    answers = only(working.answers, questions_of(working, chosen)) if filled else None
    if form not in ("docx", "pdf"):
        raise UsageError(_("There is no such form of a report: %(form)s.") % {"form": form[:20]})
    stamp = printing.draft_stamp(actor, working, answers, language)
    data = printing.printed(
        working.report, working.pack, form, stamp, lang=language, answers=answers, sections=chosen
    )  # fmt: skip
    return OutFile(name, data)


def for_workbook(working: Working) -> Answers:
    """The answers for a form: one that was only begun (a comment, no value) does not claim to be answered."""
    told = {
        id: replace(answer, status="")  # type: ignore[arg-type]
        if answer.status == "answered" and not any(is_content(p) or p == "status" for p in working.parts.get(id, {}))
        else answer
        for id, answer in working.answers.answers.items()
    }
    return replace(working.answers, answers=told)


def only(answers: Answers, questions: Sequence[str]) -> Answers:
    """The report with these answers alone."""
    return replace(answers, answers={id: answers.answers[id] for id in questions if id in answers.answers})


def previous_named(working: Working) -> Answers | None:
    """The last accepted report, under the code that the body has now (it may have had another)."""
    body = working.report.body.code
    return replace(working.previous, body=body) if working.previous else None


def known_language(working: Working, lang: str) -> str:
    """A language that our words exist in; the pack's first where none is asked for. Raises UsageError."""
    language = lang or working.pack.header.languages[0]
    if language not in {*LANGUAGES, *working.pack.header.languages}:
        raise UsageError(_("There are no forms in the language “%(lang)s”.") % {"lang": language[:12]})
    return language


def new_token() -> str:
    """Twenty-four signs that nobody guesses and every program leaves as they are."""
    return secrets.token_hex(12).upper()


def file_name(working: Working, lang: str, sections: Sequence[str], ending: str, what: str = "") -> str:
    report = working.report
    part = "" if len(sections) == len(working.sheet.sections) else f"sections-{'-'.join(sections)}"
    words = [report.body.code, report.cycle.code, what, part[:60], lang]
    return "-".join(word for word in words if word) + f".{ending}"


# --- what was submitted ---------------------------------------------------------------------------------------------

#: Files of a submission by name → form.
SUBMISSION_FILES = ("receipt.pdf", "report.pdf", "report.docx", "report.xlsx", "report.json")


def find_submission(actor: Actor, report: Report, number: int) -> Submission:
    """Raises NotThere."""
    found = (
        Submission.objects.select_related("report__cycle__alliance", "report__body", "person", "post__body")
        .filter(report=report, number=number)
        .first()
    )
    if found is None:
        raise not_there()
    ask(actor, "submission.read", submission_target(found))
    return found


def submission_file(*, actor: Actor, submission: Submission, name: str, lang: str = "", address: str = "") -> OutFile:
    """A file of what was submitted: `name` is one of SUBMISSION_FILES. JSON is the submission itself, to the byte.

    Raises NotThere; UsageError for another name or language.
    """
    ask(actor, "submission.read", submission_target(submission))
    if name not in SUBMISSION_FILES:
        raise UsageError(_("There is no such file of a submission: %(name)s.") % {"name": name[:40]})
    working = Working(submission.report)
    language = known_language(working, lang)
    pack = working.pack
    report = submission.report
    stem = f"{report.body.code}-{report.cycle.code}-{submission.number}"
    if name == "report.json":
        return OutFile(f"{stem}.json", bytes(submission.document))
    if name == "receipt.pdf":
        data = printing.receipt_pdf(submission, pack, language, address)
        return OutFile(f"{stem}-receipt-{language}.pdf", data)
    answers = opened_submission(submission.pk, pack)
    form = name.rpartition(".")[2]
    if form == "xlsx":
        data = write_workbook(pack, report.cycle.code, answers.body, lang=language, report=answers)
    else:
        stamp = printing.submission_stamp(actor, submission, language)
        data = printing.printed(report, pack, form, stamp, lang=language, answers=answers)
    return OutFile(f"{stem}-{language}.{form}", data)

"""Files out and in: workbook, Word, PDF, package for a closed network; what a file would change, and taking it over."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import File, Query, Schema, UploadedFile
from pydantic import ConfigDict, Field

from eirene_web.api.frame import Call, CodeOf, IdOf, In, download, operation
from eirene_web.api.operations.shapes import Json
from eirene_web.api.paging import Page, Part, page
from eirene_web.reports import queries
from eirene_web.reports.models import Import, Report
from eirene_web.reports.services.transfer import common, out, packages, take_in
from eirene_web.reports.services.transfer.take_in import Choice, Item, Taken
from eirene_web.reports.working import Working

_PLACE = "/{alliance}/cycles/{cycle}/reports/{body}"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
Section = Annotated[str, Field(max_length=40)]
Key = Annotated[str, Field(max_length=300)]
Language = Annotated[str, Field(pattern=r"^([a-z]{2,3})?$")]


class FormFilter(Schema):
    model_config = ConfigDict(extra="forbid")
    lang: Language = ""
    filled: bool = True
    section: list[Section] = Field(default=[])


class ExportIn(In):
    lang: Language = ""
    filled: bool = True
    sections: Annotated[list[Section], Field(max_length=200)] = Field(default=[])


@operation("POST", f"{_PLACE}/exports/workbook", "report.see", "answer.read", media=XLSX)
def export_workbook(call: Call, cycle: CodeOf, body: CodeOf, data: ExportIn) -> HttpResponse:
    """The workbook to fill in, with the answers as they stand. It is noted what it went out with."""
    found = call.report(cycle, body)
    handed = out.workbook(
        actor=call.actor, report=found.pk, lang=data.lang or call.lang, filled=data.filled, sections=data.sections
    )
    return _file(handed.file)


def _file(file: common.OutFile) -> HttpResponse:
    return download(file.data, file.name, file.media_type)


@operation("GET", f"{_PLACE}/exports/report.{{form}}", "report.see", "answer.read", media=f"{DOCX} application/pdf")
def export_document(
    call: Call, cycle: CodeOf, body: CodeOf, form: Literal["docx", "pdf"], query: Query[FormFilter]
) -> HttpResponse:
    """The report as it stands, or the empty questionnaire, to read and sign."""
    found = call.report(cycle, body)
    made = out.document(
        actor=call.actor, report=found.pk, form=form, lang=query.lang or call.lang, filled=query.filled,
        sections=query.section,
    )  # fmt: skip
    return _file(made)


class PackageIn(In):
    lang: Language = ""
    split: bool = Field(default=False, description="A workbook for each section.")


@operation("POST", f"{_PLACE}/exports/package", "report.see", "answer.fill", media="application/zip")
def export_package(call: Call, cycle: CodeOf, body: CodeOf, data: PackageIn) -> HttpResponse:
    """A signed package for a closed network: one file out, one file back."""
    found = call.report(cycle, body)
    return _file(
        packages.hand_out(actor=call.actor, report=found.pk, lang=data.lang or call.lang, split=data.split).file
    )


@operation(
    "GET", f"{_PLACE}/submissions/{{number}}/files/{{name}}", "submission.read",
    media=f"{XLSX} {DOCX} application/pdf application/json",
)  # fmt: skip
def submission_file(
    call: Call,
    cycle: CodeOf,
    body: CodeOf,
    number: int,
    name: Literal["receipt.pdf", "report.pdf", "report.docx", "report.xlsx", "report.json"],
) -> HttpResponse:
    """A submission as a file: its receipt, or the report as PDF, Word, Excel or the JSON that was hashed."""
    found = queries.find_submission(call.actor, call.here, cycle, body, number)
    address = call.request.build_absolute_uri("/").rstrip("/")
    return _file(out.submission_file(actor=call.actor, submission=found, name=name, lang=call.lang, address=address))


# --- in -------------------------------------------------------------------------------------------------------------


class NoteOut(Schema):
    message: str
    where: str
    remedy: str


class ChangeOut(Schema):
    key: str = Field(description="What names it in a choice: question/part.")
    question: str
    part: str
    before: Json
    after: Json
    conflict: bool = Field(description="Both changed it: somebody chooses.")
    who: str
    when: str
    may: bool = Field(description="Whether I may make it now.")


class ImportOut(Schema):
    id: int
    name: str
    state: str = Field(description="reading, ready, refused, applied or dropped.")
    at: dt.datetime
    applied: dt.datetime | None
    progress: str
    problems: list[NoteOut]
    notes: list[NoteOut]
    stamp: str = Field(description="Of what is shown; give it with a choice, so that nothing moves unseen.")
    same: int
    changes: list[ChangeOut]


def _import(call: Call, entry: Import) -> ImportOut:
    seen = take_in.preview(actor=call.actor, entry=entry.pk) if entry.state == Import.State.READY else None
    job = take_in.job_of(entry) if entry.state == Import.State.READING else None
    return ImportOut(
        id=entry.pk, name=entry.name, state=entry.state, at=entry.at, applied=entry.applied,
        progress=f"{job.get_state_display()} {job.phase}".strip() if job else "",
        problems=_notes(call, entry.problems), notes=_notes(call, entry.notes),
        stamp=seen.stamp if seen else "", same=seen.same if seen else 0,
        changes=[_change(item) for item in seen.items] if seen else [],
    )  # fmt: skip


def _notes(call: Call, told: list[dict[str, Json]]) -> list[NoteOut]:
    return [NoteOut(message=p.what, where=p.where, remedy=p.remedy) for p in take_in.in_words(told, call.lang)]


def _change(item: Item) -> ChangeOut:
    one = item.change
    return ChangeOut(
        key=item.key, question=one.question, part=one.part, before=one.before, after=one.after, conflict=one.conflict,
        who=one.who, when=one.when, may=item.may,
    )  # fmt: skip


class ImportLine(Schema):
    id: int
    name: str
    state: str
    at: dt.datetime
    person: str


@operation("GET", f"{_PLACE}/imports", "report.see", "answer.read")
def imports(call: Call, cycle: CodeOf, body: CodeOf, query: Query[Part]) -> Page[ImportLine]:
    """Files that were handed in, newest first: mine, and all of them for those who read the whole report."""
    found = call.report(cycle, body)
    working = Working(found)
    allowed = common.readable(call.actor, working)
    rows = Import.objects.filter(report=found).select_related("person").order_by("-pk")
    if len(allowed) < len(working.sheet.sections):
        rows = rows.filter(person=call.holder.person)
    return page(rows, query, lambda i: ImportLine(id=i.pk, name=i.name, state=i.state, at=i.at, person=i.person.name))


@operation("POST", f"{_PLACE}/imports", "report.see", "answer.fill", status=201)
def hand_in(call: Call, cycle: CodeOf, body: CodeOf, file: File[UploadedFile]) -> ImportOut:
    """Hands a workbook, a JSON report or a package in. It is read in the background: ask for it until it is ready."""
    found = call.report(cycle, body)
    common.ask_to_fill_something(call.actor, Working(found))
    entry = take_in.upload(actor=call.actor, report=found.pk, name=file.name or "", data=file.read())
    return _import(call, entry)


def _entry(call: Call, cycle: str, body: str, entry: int) -> tuple[Report, Import]:
    found = call.report(cycle, body)
    return found, take_in.find_import(call.actor, entry, found.pk)


@operation("GET", f"{_PLACE}/imports/{{entry}}", "report.see", "answer.read")
def look_at_import(call: Call, cycle: CodeOf, body: CodeOf, entry: IdOf) -> ImportOut:
    """What a file would change, beside what stands now."""
    return _import(call, _entry(call, cycle, body, entry)[1])


class ChoiceIn(In):
    stamp: Annotated[str, Field(max_length=64)] = Field(description="Of what you looked at.")
    leave: Annotated[list[Key], Field(max_length=6_000)] = Field(
        default=[], description="Keys of changes that are not taken."
    )
    conflicts: Annotated[dict[Key, Literal["mine", "theirs"]], Field(max_length=6_000)] = Field(
        default={}, description="Key → mine (the file’s) or theirs (the web’s)."
    )
    rest: Literal["", "mine", "theirs"] = Field(default="", description="For conflicts that are not named.")


class TakenOut(Schema):
    taken: bool = Field(description="False: something moved meanwhile or a conflict is undecided; nothing was taken.")
    already: bool
    saved: int
    left: int
    undecided: list[str]


@operation("POST", f"{_PLACE}/imports/{{entry}}/apply", "report.see", "answer.fill")
def apply_import(call: Call, cycle: CodeOf, body: CodeOf, entry: IdOf, data: ChoiceIn) -> TakenOut:
    """Takes over what was chosen: all of it or nothing, and once."""
    found, _row = _entry(call, cycle, body, entry)
    common.ask_to_fill_something(call.actor, Working(found))
    choice = Choice(leave=frozenset(data.leave), conflicts=data.conflicts, rest=data.rest, stamp=data.stamp)
    done: Taken = take_in.apply_import(actor=call.actor, entry=entry, choice=choice)
    call.report(cycle, body)
    return TakenOut(
        taken=not done.again, already=done.already, saved=done.saved, left=done.left, undecided=list(done.undecided)
    )


@operation("DELETE", f"{_PLACE}/imports/{{entry}}", "report.see", "answer.fill", status=204)
def drop_import(call: Call, cycle: CodeOf, body: CodeOf, entry: IdOf) -> None:
    """Forgets a file that was handed in."""
    _entry(call, cycle, body, entry)
    take_in.drop_import(actor=call.actor, entry=entry)

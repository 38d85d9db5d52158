"""Where a name can slip in, in reports: answers, messages, files, remarks, reasons, notes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import F, Q, QuerySet

from eirene.framework import AskedQuestion, asked
from eirene.framework.model import Column
from eirene_web.custody.quarantine import Document, Found, Text, same
from eirene_web.journal.models import Change
from eirene_web.journal.services import Field
from eirene_web.organisations.packs import opened
from eirene_web.policy import Actor, can
from eirene_web.reports.models import (
    AnswerNote,
    Assignment,
    Cell,
    ClearanceStep,
    Correction,
    EvidenceFile,
    Import,
    Message,
    Report,
    Return,
    Submission,
    Thread,
)
from eirene_web.reports.targets import answer_target, report_target, submission_target
from eirene_web.reports.working import Working
from eirene_web.work.models import Job

_TEXTS = ("value.", "comment.", "reason.", "justification.")


def _report(alliance: str, pk: str) -> Report | None:
    if not pk.isdigit():
        return None
    rows = Report.objects.select_related("cycle", "body")
    return rows.filter(pk=pk, cycle__alliance=alliance).first()


def _facts(report: Report, question: str = "") -> dict[str, str]:
    return {"cycle": report.cycle.code, "body": report.body.code, "question": question}


def _reads_answer(actor: Actor, report: Report, question: str) -> bool:
    """Of what is being worked on, or of what was sent."""
    working = Working(report)
    known = working.sheet.questions.get(question)
    section = known.section if known else ""
    if can(actor, "answer.read", answer_target(report, section, working.posts_of(section))):
        return True
    sent = report.submissions.select_related("report__cycle", "report__body").defer("document").last()
    return sent is not None and can(actor, "submission.read", submission_target(sent))


class _OfReports:
    """What all of them share: a submission's bytes are replaced in one way."""

    def replace_document(self, submission: int, content: bytes, redacted: str | None) -> Iterable[Field]:
        row = Submission.objects.only("redacted_sha256").get(pk=submission)
        Submission.objects.filter(pk=submission).update(document=content, redacted_sha256=redacted)
        return [Field(f"submission:{submission}", "redacted_sha256", row.redacted_sha256, redacted)]

    def after_purge(self, alliance: str, key: str) -> None:
        """Nothing further, unless a kind says so."""


class Answers(_OfReports):
    """cell:<report>/<question>, or cell:<report>/<question>/<part>: the texts of an answer, wherever they are."""

    kind = "cell"

    def find(self, alliance: str, key: str) -> Found | None:
        report, question, part = self._parts(alliance, key)
        if report is None or question is None:
            return None
        found = Found(report.body.nation, _facts(report, question.id))
        for cell in Cell.objects.filter(report=report, question=question.id).order_by("pk"):
            if _is_text(question, cell.part) and part in ("", cell.part):
                found.texts.append(
                    Text(
                        cell, "value", _marking(question, cell.part, cell.value),
                        f"cell:{report.pk}/{question.id}/{cell.part}", "value", also={"version": F("version") + 1},
                    )
                )  # fmt: skip
        for sent in report.submissions.order_by("number"):
            document = bytes(sent.document)
            if _redacted(document, question, part, "") != document:
                found.documents.append(Document(sent.pk, document, _redactor(question, part)))
        found.texts += _corrections(report, question.id)
        found.texts += _imports(report, question.id, part)
        found.blobs = sorted({one.blob_id for one in _workbooks(report)})
        return found

    def _parts(self, alliance: str, key: str) -> tuple[Report | None, AskedQuestion | None, str]:
        pk, _slash, rest = key.partition("/")
        name, _slash, part = rest.partition("/")
        report = _report(alliance, pk)
        sheet = asked(opened(report.cycle.pack_id), report.cycle.code) if report else None
        return report, sheet.questions.get(name) if sheet else None, part

    def may_read(self, actor: Actor, alliance: str, key: str) -> bool:
        report, question, _part = self._parts(alliance, key)
        return report is not None and question is not None and _reads_answer(actor, report, question.id)

    def changes(self, alliance: str, key: str) -> QuerySet[Change]:
        report, question, part = self._parts(alliance, key)
        assert report is not None
        assert question is not None
        start = f"cell:{report.pk}/{question.id}/"
        rows = Change.objects.filter(field="value")
        if part:
            return rows.filter(thing=f"{start}{part}")
        texts = Q(thing__in=[f"{start}rows", f"{start}particulars"])
        for one in (*_TEXTS, "definition.fields."):
            # What a number or a code was says nothing of a person.
            texts |= Q(thing__startswith=f"{start}{one}")
        corrected = Correction.objects.filter(report=report, question=question.id).values_list("pk", flat=True)
        texts_of = Change.objects.filter(thing__in=[f"correction:{pk}" for pk in corrected])
        return rows.filter(texts) | texts_of.exclude(field__in=["state", "question"])

    def after_purge(self, alliance: str, key: str) -> None:
        report, _question, _part = self._parts(alliance, key)
        assert report is not None
        of_imports = list(report.imports.values_list("pk", flat=True))
        # What a reader of a workbook complained of may quote its cells.
        Import.objects.filter(pk__in=of_imports).update(problems=[], notes=[])
        Job.objects.filter(subject__in=[f"import:{pk}" for pk in of_imports]).update(error={})


def _is_text(question: AskedQuestion, part: str) -> bool:
    if part.startswith(_TEXTS) or part in ("rows", "particulars"):
        return True
    return part.startswith("definition.fields.") and not part.endswith((".date", ".basis"))


def _columns(question: AskedQuestion, part: str) -> list[Column]:
    return question.question.columns if part == "rows" else question.question.particulars


def _marking(question: AskedQuestion, part: str, value: Any) -> Callable[[str], Any]:
    return lambda marker: _marked(question, part, value, marker)


def _marked(question: AskedQuestion, part: str, value: Any, marker: str) -> Any:
    """The value with a marker in the place of every text in it; numbers, dates and codes stay."""
    if isinstance(value, str):
        return marker
    if isinstance(value, list) and part in ("rows", "particulars"):
        kinds = {column.id: column.type for column in _columns(question, part)}
        return [
            {
                name: marker if kinds.get(name, "text") == "text" else held
                for name, held in line.items()
                if kinds.get(name) != "link"
            }
            for line in value
            if isinstance(line, Mapping)
        ]
    return value


def _redactor(question: AskedQuestion, part: str) -> Callable[[bytes, str], bytes]:
    return lambda document, marker: _redacted(document, question, part, marker)


def _redacted(document: bytes, question: AskedQuestion, part: str, marker: str) -> bytes:
    """The frozen report with a marker in the place of the answer's texts; the same bytes if it has none."""
    told = json.loads(document)
    answer = told.get("answers", {}).get(question.id)
    if not isinstance(answer, dict):
        return document
    for name in ("value", "comment", "reason", "justification"):
        texts = answer.get(name)
        if isinstance(texts, dict):
            answer[name] = {lang: marker if part in ("", f"{name}.{lang}") else text for lang, text in texts.items()}
    for name in ("rows", "particulars"):
        if answer.get(name) and part in ("", name):
            answer[name] = _marked(question, name, answer[name], marker)
    fields = answer.get("definition", {}).get("fields", {})
    for name in fields:
        if _is_text(question, f"definition.fields.{name}") and part in ("", f"definition.fields.{name}"):
            fields[name] = marker
    if json.loads(document) == told:
        return document
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _corrections(report: Report, question: str) -> list[Text]:
    found = []
    for row in Correction.objects.filter(report=report, question=question).order_by("pk"):
        thing = f"correction:{row.pk}"
        found += [Text(row, c, _parts_marking(getattr(row, c)), thing, c) for c in ("before", "after")]
        found += [Text(row, c, str, thing, c) for c in ("reason", "decision")]
    return found


def _parts_marking(parts: Mapping[str, Any]) -> Callable[[str], Any]:
    return lambda marker: {
        part: marker if isinstance(value, str) and part.startswith(_TEXTS) else [] if isinstance(value, list) else value
        for part, value in parts.items()
    }


def _workbooks(report: Report) -> QuerySet[Import]:
    """Files handed in for the report: each may carry the whole of it."""
    return report.imports.order_by("pk")


def _imports(report: Report, question: str, part: str) -> list[Text]:
    found = []
    for row in _workbooks(report):
        if row.changes:
            marking = _changes_marking(row.changes, question, part)
            also = {"state": Import.State.DROPPED} if row.state in (Import.State.READING, Import.State.READY) else {}
            found.append(Text(row, "changes", marking, also=also))
    return found


def _changes_marking(changes: list[dict[str, Any]], question: str, part: str) -> Callable[[str], Any]:
    def put(marker: str) -> list[dict[str, Any]]:
        return [
            {**one, "before": marker, "after": marker}
            if one.get("question") == question and part in ("", one.get("part"))
            else one
            for one in changes
        ]

    return put


# --- talk, files, remarks -------------------------------------------------------------------------------------------


class Messages(_OfReports):
    """message:<id>"""

    kind = "message"

    def _row(self, alliance: str, key: str) -> Message | None:
        rows = Message.objects.select_related("thread__report__cycle", "thread__report__body")
        return rows.filter(pk=key, thread__report__cycle__alliance=alliance).first() if key.isdigit() else None

    def find(self, alliance: str, key: str) -> Found | None:
        row = self._row(alliance, key)
        if row is None:
            return None
        report = row.thread.report
        found = Found(row.nation, _facts(report, row.thread.question))
        change = self.changes(alliance, key).first()
        thing, name = (change.thing, change.field) if change else ("", "")
        found.texts.append(Text(row, "text", str, thing, name))
        return found

    def may_read(self, actor: Actor, alliance: str, key: str) -> bool:
        row = self._row(alliance, key)
        if row is None:
            return False
        report, kind = row.thread.report, row.thread.kind
        within = report.body.nation in actor.nations and kind != Thread.Kind.OFFICE
        at_office = actor.in_office and kind != Thread.Kind.NATIONAL and can(actor, "submission.read", _sent(report))
        return at_office or (within and _reads_answer(actor, report, row.thread.question))

    def changes(self, alliance: str, key: str) -> QuerySet[Change]:
        return Change.objects.filter(
            Q(field=f"message {key}", thing__startswith="thread:") | Q(thing=f"message:{key}", field="text")
        ).order_by("pk")

    def after_purge(self, alliance: str, key: str) -> None:
        from eirene_web.clock import now

        Message.objects.filter(pk=key).update(purged=now())


def _sent(report: Report) -> Any:
    from eirene_web.policy import Target

    return Target("submission", report.cycle.alliance_id, state="sent", nation=report.body.nation)


class Evidence(_OfReports):
    """evidence:<id>: a file behind an answer, its name and its content."""

    kind = "evidence"

    def _row(self, alliance: str, key: str) -> EvidenceFile | None:
        rows = EvidenceFile.objects.select_related("report__cycle", "report__body")
        return rows.filter(pk=key, report__cycle__alliance=alliance).first() if key.isdigit() else None

    def find(self, alliance: str, key: str) -> Found | None:
        row = self._row(alliance, key)
        if row is None:
            return None
        found = Found(row.report.body.nation, _facts(row.report, row.question), blobs=[row.blob_id])
        ending = row.name.rpartition(".")[2] if "." in row.name else ""
        found.texts.append(Text(row, "name", lambda marker: f"{marker}.{ending}" if ending else marker))
        return found

    def may_read(self, actor: Actor, alliance: str, key: str) -> bool:
        row = self._row(alliance, key)
        return row is not None and _reads_answer(actor, row.report, row.question)

    def changes(self, alliance: str, key: str) -> QuerySet[Change]:
        return Change.objects.filter(thing__startswith="evidence:").filter(
            Q(thing__endswith=f"/{key}") | Q(thing=f"evidence:{key}")
        )


class Lines(_OfReports):
    """<kind>:<id>: one column of free text of a row that belongs to a report."""

    def __init__(self, kind: str, model: type, columns: Mapping[str, Callable[[Any], Any]], verb: str) -> None:
        self.kind, self.model, self.columns, self.verb = kind, model, columns, verb

    def _row(self, alliance: str, key: str) -> Any:
        if not key.isdigit():
            return None
        if self.model is Report:
            return _report(alliance, key)
        rows = self.model.objects.select_related("report__cycle", "report__body")  # type: ignore[attr-defined]
        return rows.filter(pk=key, report__cycle__alliance=alliance).first()

    def _report_of(self, row: Any) -> Report:
        found: Report = row if self.model is Report else row.report
        return found

    def find(self, alliance: str, key: str) -> Found | None:
        row = self._row(alliance, key)
        if row is None:
            return None
        report = self._report_of(row)
        found = Found(report.body.nation, _facts(report))
        for column, told in self.columns.items():
            value = getattr(row, column)
            found.texts.append(Text(row, column, _line_marking(value), f"{self.kind}:{key}", column, told))
        return found

    def may_read(self, actor: Actor, alliance: str, key: str) -> bool:
        row = self._row(alliance, key)
        if row is None:
            return False
        report = self._report_of(row)
        if self.verb == "submission.read":
            return can(actor, "submission.read", _sent(report)) or report.body.nation in actor.nations
        return can(actor, self.verb, report_target(report)) and (
            report.body.nation in actor.nations or self.model is Report
        )

    def changes(self, alliance: str, key: str) -> QuerySet[Change]:
        row = self._row(alliance, key)
        own = Change.objects.filter(thing=f"{self.kind}:{key}", field__in=[*self.columns, "paper"])
        if self.model is Report:
            return own
        # The same words stand as the reason of the entry that wrote it.
        with_it = Change.objects.filter(thing=f"{self.kind}:{key}").values("entry")
        reasons = Change.objects.filter(entry__in=with_it, field="reason", thing=f"report:{row.report_id}")
        return own | reasons


class Returns(Lines):
    """return:<id>: the reason, and what is said of each answer, which also stands beside the answers."""

    def find(self, alliance: str, key: str) -> Found | None:
        found, row = super().find(alliance, key), self._row(alliance, key)
        if found is not None:
            asked_again = [one["question"] for one in row.questions]
            for note in AnswerNote.objects.filter(report=row.report_id, question__in=asked_again).order_by("pk"):
                thing = f"note:{row.report_id}/{note.question}"
                found.texts.append(Text(note, "open_because", str, thing, "open_because"))
        return found

    def changes(self, alliance: str, key: str) -> QuerySet[Change]:
        row = self._row(alliance, key)
        beside = [f"note:{row.report_id}/{one['question']}" for one in row.questions]
        return super().changes(alliance, key) | Change.objects.filter(thing__in=beside, field="open_because")


def _line_marking(value: Any) -> Callable[[str], Any]:
    if isinstance(value, list):
        return lambda marker: [{**one, "why": marker} for one in value]
    return str


HOLDERS = [
    Answers(),
    Messages(),
    Evidence(),
    Lines("step", ClearanceStep, {"remarks": same, "paper_office": same, "paper_reference": same}, "report.see"),
    Returns("return", Return, {"reason": same, "questions": lambda v: {q["question"]: q["why"] for q in v}},
            "submission.read"),
    Lines("assignment", Assignment, {"note": same}, "report.see"),
    Lines("report", Report, {"extended_because": same}, "report.see"),
]  # fmt: skip

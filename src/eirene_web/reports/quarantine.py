"""Where a name can slip in, in reports: answers, messages, files, remarks, reasons, notes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.db.models import F, Q, QuerySet

from eirene.framework import AskedQuestion, asked
from eirene.framework.model import Column
from eirene_web.custody.quarantine import Document, Found, Spot, Text, same
from eirene_web.journal.chain import canonical
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
    Cycle,
    EvidenceFile,
    Export,
    Import,
    Message,
    Report,
    Return,
    Submission,
    Thread,
)
from eirene_web.reports.targets import answer_target, cycle_target, report_target, submission_target
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

    kind = ""

    def replace_document(self, submission: int, content: bytes) -> Iterable[Field]:
        row = Submission.objects.only("sha256", "redacted_sha256").get(pk=submission)
        digest = hashlib.sha256(content).hexdigest()
        redacted = digest if digest != row.sha256 else None
        Submission.objects.filter(pk=submission).update(document=content, redacted_sha256=redacted)
        return [Field(f"submission:{submission}", "redacted_sha256", row.redacted_sha256, redacted)]

    def of_change(self, thing: str, field: str) -> str:
        kind, _colon, key = thing.partition(":")
        return key if kind == self.kind else ""

    def after_purge(self, alliance: str, key: str) -> None:
        """Nothing further, unless a kind says so."""


class Answers(_OfReports):
    """cell:<report>/<question>, or cell:<report>/<question>/<part>: the texts of an answer, wherever they are."""

    kind = "cell"
    covers = (
        "reports.Cell.value", "reports.Submission.document", "reports.Import.changes", "reports.Import.problems",
        "reports.Import.notes", "reports.Export.versions",
    )  # fmt: skip

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
            spots = tuple(_spots(json.loads(document), question, part))
            if spots:
                found.documents.append(Document(sent.pk, document, spots))
        for row in Correction.objects.filter(report=report, question=question.id).order_by("pk"):
            found.texts += _parts_of(row, part)
        for taken in report.imports.order_by("pk"):
            found.texts += _changes_of(taken, question.id, part)
            # A file handed in may carry the whole of the report.
            found.blobs.append(taken.blob_id)
        return found

    def of_change(self, thing: str, field: str) -> str:
        if thing.startswith("answer:"):
            return thing.partition(":")[2]
        key = super().of_change(thing, field)
        return key if field == "value" and _speaks(key.partition("/")[2].partition("/")[2]) else ""

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
            own = rows.filter(thing=f"{start}{part}")
        else:
            texts = Q(thing__in=[f"{start}rows", f"{start}particulars"])
            for one in (*_TEXTS, "definition.fields."):
                # What a number or a code was says nothing of a person.
                texts |= Q(thing__startswith=f"{start}{one}")
            own = rows.filter(texts)
        pks = Correction.objects.filter(report=report, question=question.id).values_list("pk", flat=True)
        corrected = Change.objects.filter(thing__in=[f"correction:{pk}" for pk in pks], field="answer")
        return own | corrected | Change.objects.filter(thing=f"answer:{report.pk}/{question.id}")

    def after_purge(self, alliance: str, key: str) -> None:
        report, question, part = self._parts(alliance, key)
        assert report is not None
        assert question is not None
        of_imports = list(report.imports.values_list("pk", flat=True))
        # What a reader of a workbook complained of may quote its cells.
        Import.objects.filter(pk__in=of_imports).update(problems=[], notes=[])
        Job.objects.filter(subject__in=[f"import:{pk}" for pk in of_imports]).update(error={})
        _forget_marks(report, question.id, part)


def _forget_marks(report: Report, question: str, part: str) -> None:
    """An export remembers what it handed out by short digests: of a name they could be found by trying."""
    for row in Export.objects.filter(report=report, versions__has_key=question):
        for name, told in row.versions[question].items():
            if _speaks(name) and part in ("", name):
                told[1] = ""
        row.save(update_fields=["versions"])


def _speaks(part: str) -> bool:
    """Whether a part of an answer is words, as far as its name tells."""
    if part in ("definition.fields.date", "definition.fields.basis"):
        return False
    return part.startswith((*_TEXTS, "definition.fields.")) or part in ("rows", "particulars")


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


def _spots(document: Mapping[str, Any], question: AskedQuestion, part: str) -> Iterator[tuple[Spot, bool]]:
    """Where the texts of an answer stand in a frozen report; a link takes no marker and is left out."""
    answer = document.get("answers", {}).get(question.id)
    if not isinstance(answer, dict):
        return
    start: Spot = ("answers", question.id)
    for name in ("value", "comment", "reason", "justification"):
        if isinstance(answer.get(name), dict):
            yield from (((*start, name, lang), True) for lang in answer[name] if part in ("", f"{name}.{lang}"))
    for name in ("rows", "particulars"):
        if part in ("", name):
            kinds = {column.id: column.type for column in _columns(question, name)}
            for n, line in enumerate(answer.get(name) or ()):
                for id in line:
                    if kinds.get(id, "text") in ("text", "link"):
                        yield (*start, name, n, id), kinds.get(id) != "link"
    for name in answer.get("definition", {}).get("fields", {}):
        if _is_text(question, f"definition.fields.{name}") and part in ("", f"definition.fields.{name}"):
            yield (*start, "definition", "fields", name), True


def _parts_of(row: Correction, part: str = "") -> Iterator[Text]:
    """What stood and what should stand, part by part."""
    for column in ("before", "after"):
        for name, value in getattr(row, column).items():
            if _speaks(name) and part in ("", name):
                yield Text(row, column, _blank(value), spot=(name,))


def _blank(value: Any) -> Callable[[str], Any]:
    return (lambda _marker: []) if isinstance(value, list) else str


def _changes_of(row: Import, question: str = "", part: str = "") -> Iterator[Text]:
    """What a file that waits would change; it can be handed in again and is dropped."""
    also = {"state": Import.State.DROPPED} if row.state in (Import.State.READING, Import.State.READY) else {}
    kept = row.changes if isinstance(row.changes, dict) else {}
    for n, one in enumerate(kept.get("items", ())):
        if question in ("", one["question"]) and part in ("", one["part"]) and _speaks(one["part"]):
            for side in ("before", "after"):
                yield Text(row, "changes", _blank(one[side]), also=also, spot=("items", n, side))


# --- talk, files, remarks -------------------------------------------------------------------------------------------


class Messages(_OfReports):
    """message:<id>"""

    kind = "message"
    covers = ("reports.Message.text",)

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

    def of_change(self, thing: str, field: str) -> str:
        return field.removeprefix("message ") if thing.startswith("thread:") and field.startswith("message ") else ""

    def after_purge(self, alliance: str, key: str) -> None:
        from eirene_web.clock import now

        Message.objects.filter(pk=key).update(purged=now())


def _sent(report: Report) -> Any:
    from eirene_web.policy import Target

    return Target("submission", report.cycle.alliance_id, state="sent", nation=report.body.nation)


class Evidence(_OfReports):
    """evidence:<id>: a file behind an answer, its name and its content."""

    kind = "evidence"
    covers = ("reports.EvidenceFile.name", "reports.EvidenceFile.blob")

    def _row(self, alliance: str, key: str) -> EvidenceFile | None:
        rows = EvidenceFile.objects.select_related("report__cycle", "report__body")
        return rows.filter(pk=key, report__cycle__alliance=alliance).first() if key.isdigit() else None

    def find(self, alliance: str, key: str) -> Found | None:
        row = self._row(alliance, key)
        if row is None:
            return None
        found = Found(row.report.body.nation, _facts(row.report, row.question), blobs=[row.blob_id])
        found.texts.append(Text(row, "name", _named(row.name)))
        return found

    def may_read(self, actor: Actor, alliance: str, key: str) -> bool:
        row = self._row(alliance, key)
        return row is not None and _reads_answer(actor, row.report, row.question)

    def changes(self, alliance: str, key: str) -> QuerySet[Change]:
        return Change.objects.filter(thing__startswith="evidence:").filter(
            Q(thing__endswith=f"/{key}") | Q(thing=f"evidence:{key}")
        )

    def of_change(self, thing: str, field: str) -> str:
        return super().of_change(thing, field).rpartition("/")[2]


class Imports(_OfReports):
    """import:<id>: a file handed in: its name, its content, what it would change, what was said of it."""

    kind = "import"
    covers = ("reports.Import.name", "reports.Import.blob")

    def _row(self, alliance: str, key: str) -> Import | None:
        rows = Import.objects.select_related("report__cycle", "report__body")
        return rows.filter(pk=key, report__cycle__alliance=alliance).first() if key.isdigit() else None

    def find(self, alliance: str, key: str) -> Found | None:
        row = self._row(alliance, key)
        if row is None:
            return None
        kept = row.changes.get("evidence", ()) if isinstance(row.changes, dict) else ()
        found = Found(row.report.body.nation, _facts(row.report), [Text(row, "name", _named(row.name))])
        found.texts += _changes_of(row)
        found.texts += [Text(row, "changes", str, spot=("evidence", n, "name")) for n, _one in enumerate(kept)]
        found.texts += [Text(row, column, lambda _marker: []) for column in ("problems", "notes")]
        found.blobs = sorted({row.blob_id, *(one["sha256"] for one in kept)})
        return found

    def may_read(self, actor: Actor, alliance: str, key: str) -> bool:
        """Whoever handed it in, and those who may read all of the report."""
        row = self._row(alliance, key)
        if row is None:
            return False
        working = Working(row.report)
        targets = [answer_target(row.report, s.id, working.posts_of(s.id)) for s in working.sheet.sections]
        read = [can(actor, "answer.read", target) for target in targets]
        return all(read) or (any(read) and row.person_id == actor.person)

    def changes(self, alliance: str, key: str) -> QuerySet[Change]:
        row = self._row(alliance, key)
        assert row is not None
        own = Change.objects.filter(thing=f"import:{key}", field="file")
        # The entry about answers taken over from it names it as its reason.
        named = canonical(row.name)[1:-1]
        taken = Change.objects.filter(thing=f"report:{row.report_id}", field="reason", after__contains=named)
        return own | taken.filter(after__contains=f"({key})")

    def of_change(self, thing: str, field: str) -> str:
        return super().of_change(thing, field) if field == "file" else ""

    def after_purge(self, alliance: str, key: str) -> None:
        Job.objects.filter(subject=f"import:{key}").update(error={})


def _named(name: str) -> Callable[[str], str]:
    ending = name.rpartition(".")[2] if "." in name else ""
    return lambda marker: f"{marker}.{ending}" if ending else marker


class Lines(_OfReports):
    """<kind>:<id>: columns of free text of a row that belongs to a report."""

    def __init__(self, kind: str, model: type, columns: Mapping[str, Callable[[Any], Any]], verb: str) -> None:
        self.kind, self.model, self.columns, self.verb = kind, model, columns, verb
        self.covers = tuple(f"{model._meta.label}.{column}" for column in columns)  # type: ignore[attr-defined]

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
            found.texts.append(Text(row, column, str, f"{self.kind}:{key}", column, told))
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

    def of_change(self, thing: str, field: str) -> str:
        return super().of_change(thing, field) if field in self._fields() else ""

    def _fields(self) -> tuple[str, ...]:
        return tuple(self.columns)

    def changes(self, alliance: str, key: str) -> QuerySet[Change]:
        return Change.objects.filter(thing=f"{self.kind}:{key}", field__in=self._fields())


class Steps(Lines):
    """step:<id>: remarks, and what stands on a clearance given on paper, with its scan."""

    def __init__(self) -> None:
        columns = ("remarks", "paper_office", "paper_reference", "scan_name")
        super().__init__("step", ClearanceStep, dict.fromkeys(columns, same), "report.see")
        self.covers = (*self.covers, "reports.ClearanceStep.scan")

    def _fields(self) -> tuple[str, ...]:
        return (*self.columns, "paper", "scan")

    def find(self, alliance: str, key: str) -> Found | None:
        found, row = super().find(alliance, key), self._row(alliance, key)
        if found is not None and row.scan_id:
            found.blobs = [row.scan_id]
        return found


def _whys(row: Return, question: str = "") -> Iterator[Text]:
    """What is said of each answer that is open again."""
    for n, one in enumerate(row.questions):
        if question in ("", one["question"]):
            yield Text(row, "questions", str, f"return:{row.pk}", "questions", _why_told, spot=(n, "why"))


def _why_told(questions: list[dict[str, str]]) -> dict[str, str]:
    return {one["question"]: one["why"] for one in questions}


def _beside(report: int, questions: Iterable[str]) -> Iterator[Text]:
    """The same beside the answers."""
    for note in AnswerNote.objects.filter(report=report, question__in=list(questions)).order_by("pk"):
        yield Text(note, "open_because", str, f"note:{report}/{note.question}", "open_because")


class Returns(Lines):
    """return:<id>: the reason, and what is said of each answer, which also stands beside the answers."""

    def __init__(self) -> None:
        super().__init__("return", Return, {"reason": same}, "submission.read")
        self.covers = (*self.covers, "reports.Return.questions", "reports.AnswerNote.open_because")

    def _fields(self) -> tuple[str, ...]:
        return ("reason", "questions")

    def find(self, alliance: str, key: str) -> Found | None:
        found, row = super().find(alliance, key), self._row(alliance, key)
        if found is not None:
            found.texts += _whys(row)
            found.texts += _beside(row.report_id, _why_told(row.questions))
        return found

    def changes(self, alliance: str, key: str) -> QuerySet[Change]:
        row = self._row(alliance, key)
        beside = [f"note:{row.report_id}/{question}" for question in _why_told(row.questions)]
        return super().changes(alliance, key) | Change.objects.filter(thing__in=beside, field="open_because")


class Notes(_OfReports):
    """note:<report>/<question>: why an answer is open again, there and in what was returned."""

    kind = "note"
    covers = ("reports.AnswerNote.open_because",)

    def _report(self, alliance: str, key: str) -> tuple[Report | None, str]:
        pk, _slash, question = key.partition("/")
        return _report(alliance, pk), question

    def find(self, alliance: str, key: str) -> Found | None:
        report, question = self._report(alliance, key)
        if report is None or not report.notes.filter(question=question).exists():
            return None
        texts = [*_beside(report.pk, [question])]
        for row in report.returns.order_by("pk"):
            texts += _whys(row, question)
        return Found(report.body.nation, _facts(report, question), texts)

    def may_read(self, actor: Actor, alliance: str, key: str) -> bool:
        report, _question = self._report(alliance, key)
        return report is not None and (
            can(actor, "submission.read", _sent(report)) or report.body.nation in actor.nations
        )

    def of_change(self, thing: str, field: str) -> str:
        return super().of_change(thing, field) if field == "open_because" else ""

    def changes(self, alliance: str, key: str) -> QuerySet[Change]:
        report, _question = self._report(alliance, key)
        assert report is not None
        returned = [f"return:{pk}" for pk in report.returns.values_list("pk", flat=True)]
        own = Change.objects.filter(thing=f"note:{key}", field="open_because")
        return own | Change.objects.filter(thing__in=returned, field="questions")


class Corrections(Lines):
    """correction:<id>: why, what stood and should stand, and what the office said."""

    def __init__(self) -> None:
        super().__init__("correction", Correction, {"reason": same, "decision": same}, "submission.read")
        self.covers = (*self.covers, "reports.Correction.before", "reports.Correction.after")

    def _fields(self) -> tuple[str, ...]:
        return ("answer", "wanted because", "decision")

    def find(self, alliance: str, key: str) -> Found | None:
        found = super().find(alliance, key)
        if found is not None:
            found.texts += _parts_of(self._row(alliance, key))
        return found

    def changes(self, alliance: str, key: str) -> QuerySet[Change]:
        row = self._row(alliance, key)
        accepted = Change.objects.filter(thing=f"answer:{row.report_id}/{row.question}")
        return super().changes(alliance, key) | accepted | self._why(key)

    def _why(self, key: str) -> QuerySet[Change]:
        """The reasons of its entries: asked for, decided."""
        entries = Change.objects.filter(thing=f"correction:{key}").values("entry")
        return Change.objects.filter(entry__in=entries, field="reason")


class Assignments(Lines):
    """assignment:<report>/<section>/<post>, as the journal has it."""

    def __init__(self) -> None:
        super().__init__("assignment", Assignment, {"note": same}, "report.see")

    def _row(self, alliance: str, key: str) -> Any:
        report, _slash, rest = key.partition("/")
        section, _slash, post = rest.partition("/")
        if not (report.isdigit() and post.isdigit()):
            return None
        rows = Assignment.objects.select_related("report__cycle", "report__body")
        return rows.filter(report=report, section=section, post=post, report__cycle__alliance=alliance).first()


class Cycles(_OfReports):
    """cycle:<id>: names of the milestones that the office set."""

    kind = "cycle"
    covers = ("reports.Cycle.milestones",)

    def _row(self, alliance: str, key: str) -> Cycle | None:
        return Cycle.objects.filter(pk=key, alliance=alliance).first() if key.isdigit() else None

    def find(self, alliance: str, key: str) -> Found | None:
        row = self._row(alliance, key)
        if row is None:
            return None
        spots = [(n, "what", lang) for n, one in enumerate(row.milestones) for lang in one["what"]]
        told = f"cycle:{key}"
        return Found(
            "", {"cycle": row.code, "body": "", "question": ""},
            [Text(row, "milestones", str, told, "milestones", spot=spot) for spot in spots],
        )  # fmt: skip

    def may_read(self, actor: Actor, alliance: str, key: str) -> bool:
        row = self._row(alliance, key)
        return row is not None and can(actor, "cycle.see", cycle_target(row))

    def changes(self, alliance: str, key: str) -> QuerySet[Change]:
        return Change.objects.filter(thing=f"cycle:{key}", field="milestones")

    def of_change(self, thing: str, field: str) -> str:
        return super().of_change(thing, field) if field == "milestones" else ""


HOLDERS = [
    Answers(),
    Messages(),
    Evidence(),
    Imports(),
    Steps(),
    Returns(),
    Notes(),
    Corrections(),
    Assignments(),
    Lines("report", Report, {"extended_because": same}, "report.see"),
    Cycles(),
]
REASONS = {
    "report": ("reports.Report", ("extended_because",)),
    "return": ("reports.Return", ("reason",)),
    "correction": ("reports.Correction", ("reason", "decision")),
    "step": ("reports.ClearanceStep", ("remarks",)),
}
_CODE = "a code of the pack or of the house"
_IDS = "numbers and codes"


def _plain(model: str, names: str, why: str = _CODE) -> dict[str, str]:
    return {f"reports.{model}.{name}": why for name in names.split()}


PLAIN = {
    **_plain("Cycle", "code releasability remind_days patience", _IDS),
    **_plain("Cell", "question part"),
    **_plain("AnswerNote", "question taken_over"),
    **_plain("Assignment", "section"),
    **_plain("EvidenceFile", "question media_type releasability"),
    **_plain("Thread", "question"),
    **_plain("Message", "nation"),
    **_plain("ClearanceChain", "steps", _IDS),
    **_plain("ClearanceStep", "via scan_media_type scan_marking"),
    **_plain("Submission", "sha256 redacted_sha256 findings receipt", "hashes and counts"),
    **_plain("SectionReview", "section"),
    **_plain("Correction", "question"),
    **_plain("Export", "token key", "drawn by lot"),
}

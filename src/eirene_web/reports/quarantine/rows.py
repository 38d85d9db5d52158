"""Remarks, reasons and notes: columns of rows that belong to a report, and the cycle’s milestones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.db.models import QuerySet

from eirene_web.custody.quarantine import Found, Text, same
from eirene_web.journal.models import Change
from eirene_web.policy import Actor, can
from eirene_web.reports.models import (
    AnswerNote,
    Assignment,
    ClearanceStep,
    Correction,
    Cycle,
    Report,
    Return,
)
from eirene_web.reports.quarantine.answers import parts_of
from eirene_web.reports.quarantine.common import OfReports, facts, find_report, sent
from eirene_web.reports.targets import cycle_target, report_target


class Lines(OfReports):
    """<kind>:<id>: columns of free text of a row that belongs to a report."""

    def __init__(self, kind: str, model: type, columns: Mapping[str, Callable[[Any], Any]], verb: str) -> None:
        self.kind, self.model, self.columns, self.verb = kind, model, columns, verb
        self.covers = tuple(f"{model._meta.label}.{column}" for column in columns)  # type: ignore[attr-defined]

    def _row(self, alliance: str, key: str) -> Any:
        if not key.isdigit():
            return None
        if self.model is Report:
            return find_report(alliance, key)
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
        found = Found(report.body.nation, facts(report))
        for column, told in self.columns.items():
            found.texts.append(Text(row, column, str, f"{self.kind}:{key}", column, told))
        return found

    def may_read(self, actor: Actor, alliance: str, key: str) -> bool:
        row = self._row(alliance, key)
        if row is None:
            return False
        report = self._report_of(row)
        if self.verb == "submission.read":
            return can(actor, "submission.read", sent(report)) or report.body.nation in actor.nations
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


class Notes(OfReports):
    """note:<report>/<question>: why an answer is open again, there and in what was returned."""

    kind = "note"
    covers = ("reports.AnswerNote.open_because",)

    def _asked(self, alliance: str, key: str) -> tuple[Report | None, str]:
        pk, _slash, question = key.partition("/")
        return find_report(alliance, pk), question

    def find(self, alliance: str, key: str) -> Found | None:
        report, question = self._asked(alliance, key)
        if report is None or not report.notes.filter(question=question).exists():
            return None
        texts = [*_beside(report.pk, [question])]
        for row in report.returns.order_by("pk"):
            texts += _whys(row, question)
        return Found(report.body.nation, facts(report, question), texts)

    def may_read(self, actor: Actor, alliance: str, key: str) -> bool:
        report, _question = self._asked(alliance, key)
        return report is not None and (
            can(actor, "submission.read", sent(report)) or report.body.nation in actor.nations
        )

    def of_change(self, thing: str, field: str) -> str:
        return super().of_change(thing, field) if field == "open_because" else ""

    def changes(self, alliance: str, key: str) -> QuerySet[Change]:
        report, _question = self._asked(alliance, key)
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
            found.texts += parts_of(self._row(alliance, key))
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


class Cycles(OfReports):
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

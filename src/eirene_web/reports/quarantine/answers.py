"""Answers, wherever their texts are: cells, submissions, corrections, files handed in or out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db.models import F, Q, QuerySet

from eirene.framework import AskedQuestion, asked
from eirene.framework.model import Column
from eirene_web.custody.quarantine import Document, Found, Spot, Text
from eirene_web.journal.models import Change
from eirene_web.organisations.packs import opened
from eirene_web.policy import Actor
from eirene_web.reports.models import (
    Cell,
    Correction,
    Export,
    Import,
    Report,
)
from eirene_web.reports.quarantine.common import TEXTS, OfReports, facts, find_report, reads_answer
from eirene_web.work.models import Job


class Answers(OfReports):
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
        found = Found(report.body.nation, facts(report, question.id))
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
            found.texts += parts_of(row, part)
        for taken in report.imports.order_by("pk"):
            found.texts += changes_of(taken, question.id, part)
            # A file handed in may carry the whole of the report.
            found.blobs.append(taken.blob_id)
        return found

    def of_change(self, thing: str, field: str) -> str:
        if thing.startswith("answer:"):
            return thing.partition(":")[2]
        key = super().of_change(thing, field)
        return key if field == "value" and speaks(key.partition("/")[2].partition("/")[2]) else ""

    def _parts(self, alliance: str, key: str) -> tuple[Report | None, AskedQuestion | None, str]:
        pk, _slash, rest = key.partition("/")
        name, _slash, part = rest.partition("/")
        report = find_report(alliance, pk)
        sheet = asked(opened(report.cycle.pack_id), report.cycle.code) if report else None
        return report, sheet.questions.get(name) if sheet else None, part

    def may_read(self, actor: Actor, alliance: str, key: str) -> bool:
        report, question, _part = self._parts(alliance, key)
        return report is not None and question is not None and reads_answer(actor, report, question.id)

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
            for one in (*TEXTS, "definition.fields."):
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
            if speaks(name) and part in ("", name):
                told[1] = ""
        row.save(update_fields=["versions"])


def speaks(part: str) -> bool:
    """Whether a part of an answer is words, as far as its name tells."""
    if part in ("definition.fields.date", "definition.fields.basis"):
        return False
    return part.startswith((*TEXTS, "definition.fields.")) or part in ("rows", "particulars")


def _is_text(question: AskedQuestion, part: str) -> bool:
    if part.startswith(TEXTS) or part in ("rows", "particulars"):
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


def parts_of(row: Correction, part: str = "") -> Iterator[Text]:
    """What stood and what should stand, part by part."""
    for column in ("before", "after"):
        for name, value in getattr(row, column).items():
            if speaks(name) and part in ("", name):
                yield Text(row, column, _blank(value), spot=(name,))


def _blank(value: Any) -> Callable[[str], Any]:
    return (lambda _marker: []) if isinstance(value, list) else str


def changes_of(row: Import, question: str = "", part: str = "") -> Iterator[Text]:
    """What a file that waits would change; it can be handed in again and is dropped."""
    also = {"state": Import.State.DROPPED} if row.state in (Import.State.READING, Import.State.READY) else {}
    kept = row.changes if isinstance(row.changes, dict) else {}
    for n, one in enumerate(kept.get("items", ())):
        if question in ("", one["question"]) and part in ("", one["part"]) and speaks(one["part"]):
            for side in ("before", "after"):
                yield Text(row, "changes", _blank(one[side]), also=also, spot=("items", n, side))

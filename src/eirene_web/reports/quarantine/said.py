"""Messages, evidence files, files handed in."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q, QuerySet

from eirene_web.custody.quarantine import Found, Text
from eirene_web.journal.chain import canonical
from eirene_web.journal.models import Change
from eirene_web.policy import Actor, can
from eirene_web.reports.models import (
    EvidenceFile,
    Import,
    Message,
    Thread,
)
from eirene_web.reports.quarantine.answers import changes_of
from eirene_web.reports.quarantine.common import OfReports, facts, reads_answer, sent
from eirene_web.reports.targets import answer_target
from eirene_web.reports.working import Working
from eirene_web.work.models import Job

# --- talk, files, remarks -------------------------------------------------------------------------------------------


class Messages(OfReports):
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
        found = Found(row.nation, facts(report, row.thread.question))
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
        at_office = actor.in_office and kind != Thread.Kind.NATIONAL and can(actor, "submission.read", sent(report))
        return at_office or (within and reads_answer(actor, report, row.thread.question))

    def changes(self, alliance: str, key: str) -> QuerySet[Change]:
        return Change.objects.filter(
            Q(field=f"message {key}", thing__startswith="thread:") | Q(thing=f"message:{key}", field="text")
        ).order_by("pk")

    def of_change(self, thing: str, field: str) -> str:
        return field.removeprefix("message ") if thing.startswith("thread:") and field.startswith("message ") else ""

    def after_purge(self, alliance: str, key: str) -> None:
        from eirene_web.clock import now

        Message.objects.filter(pk=key).update(purged=now())


class Evidence(OfReports):
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
        found = Found(row.report.body.nation, facts(row.report, row.question), blobs=[row.blob_id])
        found.texts.append(Text(row, "name", _named(row.name)))
        return found

    def may_read(self, actor: Actor, alliance: str, key: str) -> bool:
        row = self._row(alliance, key)
        return row is not None and reads_answer(actor, row.report, row.question)

    def changes(self, alliance: str, key: str) -> QuerySet[Change]:
        return Change.objects.filter(thing__startswith="evidence:").filter(
            Q(thing__endswith=f"/{key}") | Q(thing=f"evidence:{key}")
        )

    def of_change(self, thing: str, field: str) -> str:
        return super().of_change(thing, field).rpartition("/")[2]


class Imports(OfReports):
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
        found = Found(row.report.body.nation, facts(row.report), [Text(row, "name", _named(row.name))])
        found.texts += changes_of(row)
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

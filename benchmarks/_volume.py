"""The data volume of fifteen years: 40 nations × 600 answers × 15 cycles, with the journal that they would have left.

Not a benchmark itself. Rows are written in bulk, with the hashes that the services would have written, so that an audit
finds nothing amiss.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator

NATIONS, CELLS, CYCLES, PER_ENTRY = 40, 600, 15, 20


def lay_out(alliance: str, *, nations: int = NATIONS, cells: int = CELLS, cycles: int = CYCLES) -> int:
    """Adds closed cycles to an alliance that is there, with as many of its nations. How many cells it now has."""
    from django.db import transaction

    from eirene_web.journal.services import Field, record
    from eirene_web.organisations.models import Alliance, Body
    from eirene_web.reports.models import Cell, Cycle, Report

    row = Alliance.objects.get(slug=alliance)
    bodies = list(Body.objects.filter(alliance=row, kind="nation").order_by("pk")[:nations])
    for number in range(cycles):
        at = dt.datetime(2000 + number, 1, 10, 8, tzinfo=dt.UTC)
        with transaction.atomic():
            cycle = Cycle.objects.create(
                alliance=row, code=f"v{number}", pack_id=row.pack_id, state="closed", opens=at,
                deadline=at + dt.timedelta(days=80), remind_days=[], releasability="members", patience={}, opened=at,
                closed=at + dt.timedelta(days=200),
            )  # fmt: skip
            names = ("state", "code", "opens", "deadline", "releasability")
            fields = [Field(f"cycle:{cycle.pk}", name, None, getattr(cycle, name)) for name in names]
            fields.append(Field(f"cycle:{cycle.pk}", "pack", None, cycle.pack_id))
            reports = Report.objects.bulk_create(
                Report(cycle=cycle, body=body, state="not_submitted", version=cells, opened=at, moved=at)
                for body in bodies
            )
            fields += [Field(f"report:{r.pk}", "state", None, "not_submitted") for r in reports]
            record(None, "cycle.set_up", chain=f"{alliance}/", subject=f"cycle:{cycle.pk}", fields=fields)
            for report in reports:
                made = [
                    Cell(
                        report=report, question=f"q{n // 20:02d}", part=f"cells.c{n % 20:02d}", value=n * number,
                        changed=at, version=1,
                    )
                    for n in range(cells)
                ]  # fmt: skip
                Cell.objects.bulk_create(made)
                _journal(alliance, report, made, at)
    return Cell.objects.filter(report__cycle__alliance=row).count()


def _journal(alliance: str, report: object, cells: list, at: dt.datetime) -> None:
    """The entries that saving these cells, some at a time, would have written: chained, hashed, in bulk."""
    from eirene_web.journal.chain import canonical, change_hash, entry_facts, entry_hash, new_salt
    from eirene_web.journal.models import Chain, Change, Entry

    key = f"{alliance}/{report.body.nation}"  # type: ignore[attr-defined]
    end, _made = Chain.objects.get_or_create(key=key)
    entries, changes = [], []
    for part in _chunks(cells):
        at += dt.timedelta(minutes=7)
        end.length += 1
        entry = Entry(
            chain=key, sequence=end.length, at=at, verb="answer.fill", subject=f"report:{report.pk}",  # type: ignore[attr-defined]
            previous=end.head,
        )  # fmt: skip
        own = []
        for position, cell in enumerate(part):
            thing, after, salt = f"cell:{cell.report_id}/{cell.question}/{cell.part}", canonical(cell.value), new_salt()
            digest = change_hash(salt, thing, "value", None, after)
            own.append(
                Change(entry=entry, position=position, thing=thing, field="value", after=after, salt=salt, hash=digest)
            )
        entry.hash = end.head = entry_hash(end.head, entry_facts(entry), [c.hash for c in own])
        entries.append(entry)
        changes.append(own)
    Entry.objects.bulk_create(entries)
    for entry, own in zip(entries, changes, strict=True):
        for one in own:
            one.entry_id = entry.pk
    Change.objects.bulk_create(itertools.chain.from_iterable(changes), batch_size=2_000)
    end.save()


def _chunks(cells: list) -> Iterator[list]:
    for start in range(0, len(cells), PER_ENTRY):
        yield cells[start : start + PER_ENTRY]

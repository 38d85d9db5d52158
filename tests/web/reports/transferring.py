"""Small helpers of the transfer tests: jobs run at once, a file handed in, a workbook handed out."""

from __future__ import annotations

from typing import Any

from eirene_web.reports import tasks
from eirene_web.reports.models import Import
from eirene_web.reports.services.transfer import out, take_in
from eirene_web.work.models import Job
from web.world import World


def run_jobs() -> list[Job]:
    """Runs what waits in the queue, here and now."""
    waiting = list(Job.objects.filter(state="waiting").order_by("pk"))
    for job in waiting:
        if job.kind == "import":
            tasks.read_import.func(job=job.pk, entry=int(job.subject.partition(":")[2]))
    return [Job.objects.get(pk=job.pk) for job in waiting]


def handed_in(world: World, who: str, nation: str, data: bytes, name: str = "report.xlsx") -> Import:
    """The entry of a file that was handed in, read."""
    entry = take_in.upload(actor=world.actor(who), report=world.report(nation).pk, name=name, data=data)
    run_jobs()
    return Import.objects.get(pk=entry.pk)


def handed_out(world: World, who: str, nation: str, **how: Any) -> bytes:
    return out.workbook(actor=world.actor(who), report=world.report(nation).pk, **how).file.data


def keys(world: World, who: str, entry: Import) -> dict[str, tuple[Any, Any, bool]]:
    """What a file would change: key → (before, after, conflict)."""
    shown = take_in.preview(actor=world.actor(who), entry=entry.pk)
    return {i.key: (i.change.before, i.change.after, i.change.conflict) for i in shown.items}

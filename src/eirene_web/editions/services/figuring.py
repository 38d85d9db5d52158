"""Figures in the background: wanted when an answer was accepted, corrected or withheld; computed once a state."""

from __future__ import annotations

from django.db import connection, transaction

from eirene_web.editions import figures as f
from eirene_web.editions.models import Draft, FigureSet
from eirene_web.journal.services import Field, change, record
from eirene_web.reports.models import Report
from eirene_web.work.models import Job
from eirene_web.work.services import start

KIND = "edition.figures"
#: States in which figures still move; afterwards they are what was frozen.
MOVING = ("drafting", "silence", "broken", "agreed", "published")


def want_figures(draft: Draft) -> Job | None:
    """Starts computing, in the caller’s transaction, unless that is about to happen anyway."""
    from eirene_web.editions.tasks import compute_figures

    subject = f"edition:{draft.pk}"
    if Job.objects.filter(kind=KIND, subject=subject, state=Job.State.WAITING).exists():
        return None
    return start(compute_figures, kind=KIND, alliance=draft.alliance_id, subject=subject, draft=draft.pk)


def report_accepted(report: Report) -> None:
    """An accepted answer changed: every edition that it is in, or is compared with it, is computed again."""
    from eirene.framework import cycle_of
    from eirene_web.organisations.packs import opened

    code = report.cycle.code
    for draft in Draft.objects.filter(alliance=report.cycle.alliance_id, state__in=MOVING).select_related("cycle"):
        pack = opened(draft.cycle.pack_id)
        if code in (draft.cycle.code, *cycle_of(pack, draft.cycle.code).compares_with):
            want_figures(draft)


def is_stale(draft: Draft, sources: f.Sources | None = None) -> bool:
    """Whether what figures are computed from is no longer what the newest ones were computed from."""
    if draft.state not in MOVING:
        return False
    wanted = (sources or f.sources_of(draft)).fingerprint
    return draft.figures is None or draft.figures.fingerprint != wanted


def compute_now(draft: int) -> FigureSet:
    """Computes the figures of an edition as they would be now, and keeps them as its own; what is there is not made
    twice. Work without a lock; only the keeping takes the edition’s turn."""
    row = Draft.objects.select_related("cycle", "figures").get(pk=draft)
    sources = f.sources_of(row)
    there = row.figure_sets.filter(fingerprint=sources.fingerprint).defer("content").first()
    made = there or f.compute_set(row, sources, f.edition_of(row))
    return keep_figures(draft=draft, made=made)


@change
def keep_figures(*, draft: int, made: FigureSet) -> FigureSet:
    """Makes a set the edition’s own, if it is still what the edition rests on. Done by the system."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError
    row = Draft.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=draft)
    if made.pk is None:
        there = row.figure_sets.filter(fingerprint=made.fingerprint).first()
        made = there or made
    if made.pk is None:
        made.previous_id = row.figures_id
        made.save()
    if row.figures_id == made.pk or row.state not in MOVING:
        return made
    if made.previous_id != row.figures_id and row.figures_id is not None:
        FigureSet.objects.filter(pk=made.pk).update(previous=row.figures_id)
    before, row.figures = row.figures_id, made
    row.save(update_fields=["figures"])
    _tidy(row)
    record(
        None, "edition.compute", chain=f"{row.alliance_id}/", subject=f"edition:{row.pk}",
        fields=[Field(f"edition:{row.pk}", "figures", before, made.fingerprint)],
    )  # fmt: skip
    return made


def _tidy(row: Draft) -> None:
    """Old sets go, but for those that a circulation rests on and the last few."""
    kept = list(row.figure_sets.order_by("-pk").values_list("pk", flat=True)[: f.KEEP])
    old = row.figure_sets.exclude(pk__in=[*kept, row.figures_id]).filter(circulations__isnull=True)
    old.delete()

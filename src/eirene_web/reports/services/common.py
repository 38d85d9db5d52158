"""What every service of reports does: take the report's turn, move it, name its chain."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from eirene_web.clock import now
from eirene_web.journal.services import Field
from eirene_web.policy import NotThere
from eirene_web.reports.models import Report

#: Who is told, in the transaction in which an accepted answer of a report changed: accepted or corrected. Apps above
#: this one add themselves when they are loaded: this one does not know them.
ACCEPTED: list[Callable[[Report], None]] = []


def accepted(report: Report) -> None:
    """What follows from an accepted answer that changed, in the caller's transaction."""
    for tell in ACCEPTED:
        tell(report)


def locked_report(pk: int) -> Report:
    """The report, held until the end of the transaction: changes to one report take turns. Raises NotThere."""
    found = Report.objects.select_for_update(of=("self",)).select_related("cycle", "body").filter(pk=pk).first()
    if found is None:
        raise NotThere(_("There is no such page, or it is not for you."))
    return found


def chain_of(report: Report) -> str:
    """The journal chain of the body that the report belongs to."""
    return f"{report.cycle.alliance_id}/{report.body.nation}"


def moved_to(report: Report, state: str) -> list[Field]:
    """Moves the report (unsaved) and gives the journal field that says so."""
    before, report.state, report.moved = report.state, state, now()
    return [Field(f"report:{report.pk}", "state", before, str(state))] if before != state else []

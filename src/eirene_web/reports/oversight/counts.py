"""How many questions are put and answered, counted in the database."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from django.db.models import Count, Q

from eirene.framework import asked
from eirene.questionnaires.rules import applies
from eirene_web.organisations.packs import opened
from eirene_web.reports.models import (
    Cell,
    Cycle,
)


def answered_counts(cycle: Cycle, reports: Iterable[int] | None = None) -> dict[int, int]:
    """Report → how many questions have a value or a reason. One query; says the same as `Working.is_answered`."""
    sheet = asked(opened(cycle.pack_id), cycle.code)
    empty_counts = [id for id, q in sheet.questions.items() if q.question.type in ("multiple_choice", "rows")]
    content = Q(part__in=["value", "rows"]) | Q(part__startswith="value.") | Q(part__startswith="cells.")
    reason = Q(part="status") & ~Q(value="answered")
    said = Q(part="status", value="answered", question__in=empty_counts)
    cells = Cell.objects.filter(content | reason | said, value__isnull=False)
    cells = cells.filter(report__cycle=cycle) if reports is None else cells.filter(report__in=list(reports))
    return dict(cells.values_list("report").annotate(n=Count("question", distinct=True)))


@lru_cache(maxsize=64)
def _asked_counts(pack: str, cycle: str, bodies: tuple[str, ...]) -> dict[str, int]:
    sheet, rules = asked(opened(pack), cycle), opened(pack)
    return {body: sum(applies(rules, q.question, body) for q in sheet.questions.values()) for body in bodies}


def asked_counts(cycle: Cycle, bodies: Iterable[str]) -> dict[str, int]:
    """Body → how many questions are put to it. No query."""
    return _asked_counts(cycle.pack_id, cycle.code, tuple(sorted(set(bodies))))

"""What reporting costs: time as declared, answers taken over, questions that no figure uses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from statistics import median

from django.db.models import Count

from eirene.figures.indicators import compile_indicators, compile_size
from eirene.framework import AskedQuestion, Pack, asked
from eirene_web.clock import now
from eirene_web.organisations.models import Alliance
from eirene_web.organisations.packs import opened
from eirene_web.organisations.queries import Names
from eirene_web.policy import Actor
from eirene_web.reports import queries
from eirene_web.reports.models import (
    AnswerNote,
    Cycle,
    Report,
)
from eirene_web.reports.oversight.counts import answered_counts
from eirene_web.reports.tables import folded


@dataclass
class Burden:
    """What a cycle asked of the nations, as far as they said so."""

    cycle: Cycle
    lines: list[tuple[str, Report, int, int]]
    asked: int
    unused: list[AskedQuestion]

    @cached_property
    def minutes(self) -> list[int]:
        return sorted(r.minutes for _n, r, _t, _a in self.lines if r.minutes is not None)

    @property
    def total(self) -> int:
        return sum(self.minutes)

    @property
    def middle(self) -> int | None:
        return round(median(self.minutes)) if self.minutes else None

    @property
    def taken_over(self) -> int:
        return sum(taken for _n, _r, taken, _a in self.lines)

    @property
    def answered(self) -> int:
        return sum(answered for _n, _r, _t, answered in self.lines)


def burden(actor: Actor, alliance: Alliance, cycle: Cycle, lang: str) -> Burden:
    """Three queries."""
    reports = list(queries.reports(actor, alliance).filter(cycle=cycle))
    answered = answered_counts(cycle)
    taken = dict(
        AnswerNote.objects.filter(report__cycle=cycle)
        .exclude(taken_over="")
        .values_list("report")
        .annotate(n=Count("pk"))
    )
    names = Names(alliance, lang, now().date())
    lines = [(names.body(r.body), r, taken.get(r.pk, 0), answered.get(r.pk, 0)) for r in reports]
    lines.sort(key=lambda line: folded(line[0]))
    pack = opened(cycle.pack_id)
    sheet = asked(pack, cycle.code)
    return Burden(cycle, lines, len(sheet.questions), unused_questions(pack, cycle.code))


def unused_questions(pack: Pack, cycle: str) -> list[AskedQuestion]:
    """Questions of a cycle that no figure uses: no indicator speaks of them, nor does the size of a body."""
    sheet = asked(pack, cycle)
    used = {id for one in compile_indicators(pack, cycle).values() for id in one.questions}
    size = compile_size(pack, sheet)
    if size is not None:
        used |= size.questions
    return [q for id, q in sheet.questions.items() if id not in used]

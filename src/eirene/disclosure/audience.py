"""A release is built for an audience: this is what is left of answers and figures for its eyes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from eirene.disclosure.auditing import Findings, Progress
from eirene.disclosure.hidden import HiddenThing, Loss
from eirene.disclosure.naming import Cycle, Naming, population_sets
from eirene.disclosure.shield import Shield
from eirene.disclosure.source import Source
from eirene.figures.model import Figure
from eirene.framework import audience_rank, cycle_of
from eirene.framework.model import Audience, Pack, ProtectionChoice
from eirene.questionnaires.model import Answer, CellKey, Report


@dataclass(frozen=True)
class AudienceView:
    """What one audience may see.

    reports, history   as they were handed in: for the office only; ask `answer` for what may be shown
    figures            stripped: bodies, members and texts only of those that may be named
    protection         counts of what was done to protect bodies: names withdrawn by cause, figures hidden
    """

    pack: Pack
    cycle_id: str
    audience: Audience
    as_of: dt.date
    reports: tuple[Report, ...]
    history: tuple[tuple[Report, ...], ...]
    figures: tuple[Figure, ...]
    protection: Mapping[str, int]
    _shown: frozenset[tuple[str, str, str]]
    _visible: frozenset[tuple[str, str, str]]
    _left_out: Mapping[tuple[str, str, str], frozenset[CellKey]] = field(default_factory=dict)
    #: cycle, question, population: counts by answer are not told
    _untold: frozenset[tuple[str, str, str]] = frozenset()
    #: What the audit of the result found; nothing is to be frozen unless it is clean.
    findings: Findings = field(default_factory=Findings)
    hidden: tuple[HiddenThing, ...] = ()
    loss: Loss = field(default_factory=Loss)
    #: As its readers would hold it beside another release; None for the office, whose release nobody else holds.
    source: Source | None = None

    def visible(self, body: str, question: str, cycle: str | None = None) -> bool:
        """Whether the audience may know of the answer at all, under a name or not."""
        return (cycle or self.cycle_id, body, question) in self._visible

    def shown(self, body: str, question: str, cycle: str | None = None) -> bool:
        """Whether the answer may be shown under the body's name."""
        return (cycle or self.cycle_id, body, question) in self._shown

    def answer(self, body: str, question: str, cycle: str | None = None) -> Answer | None:
        """The answer if it may be shown under the body's name, else None."""
        if not self.shown(body, question, cycle):
            return None
        where = (cycle or self.cycle_id, body, question)
        answer = self._reports[where[:2]].answers.get(question)
        return None if answer is None else _less(answer, self._left_out.get(where, frozenset()))

    def left_out(self, body: str, question: str, cycle: str | None = None) -> frozenset[CellKey]:
        """Cells of a shown answer that are left out: small counts, and what would give them away."""
        return self._left_out.get((cycle or self.cycle_id, body, question), frozenset())

    def redact(self, report: Report) -> Report:
        """What of a report may be shown under its body's name; nothing else is in what this returns."""
        kept = {q: self.answer(report.body, q, report.cycle) for q in report.answers}
        return replace(report, answers={q: answer for q, answer in kept.items() if answer is not None}, place="")

    @cached_property
    def _reports(self) -> Mapping[tuple[str, str], Report]:
        return {(report.cycle, report.body): report for report in self.all_reports()}

    def names(self, body: str, cycle: str | None = None) -> bool:
        """Whether anything of the body is shown under its name; the office names all, the silent ones too."""
        wanted = cycle or self.cycle_id
        return self.audience.names_all or any(c == wanted and b == body for c, b, _ in self._shown)

    def all_reports(self) -> tuple[Report, ...]:
        """Reports of the earlier cycles, oldest first, then of this one."""
        return (*(report for reports in self.history for report in reports), *self.reports)

    def untold(self, question: str, cycle: str, population: str) -> bool:
        """Whether it is not told how many of a population gave which answer: that of one body would follow."""
        return (cycle, question, population) in self._untold

    def counts(self) -> dict[str, int]:
        """Answers of this cycle: shown by name; counted, not named; hidden (not released to this audience)."""
        shown = named = total = 0
        for report in self.reports:
            for question in report.answers:
                total += 1
                shown += self.shown(report.body, question)
                named += self.visible(report.body, question) and not self.shown(report.body, question)
        return {"shown": shown, "counted_not_named": named, "hidden": total - shown - named}


def audience_view(
    pack: Pack,
    cycle_id: str,
    audience: str,
    reports: Iterable[Report],
    figures: Iterable[Figure],
    *,
    history: Sequence[Sequence[Report]] = (),
    as_of: dt.date | None = None,
    beside: Sequence[Source] = (),
    chosen: Sequence[ProtectionChoice] = (),
    progress: Progress | None = None,
) -> AudienceView:
    """What `audience` may see of these reports and the figures made from them.

    history   reports of earlier cycles that figures or trends use, oldest first
    as_of     date of the edition; by default the cycle's date of publication
    beside    other releases that the same readers hold: earlier ones of the edition, and those for wider audiences
    chosen    what the coordinator chose to hide; the audit adds what is still needed
    Raises UsageError if the pack has no such audience or cycle.
    """
    cycle = cycle_of(pack, cycle_id)
    chosen_audience = pack.header.audiences[audience_rank(pack, audience)]
    date = as_of or cycle.publication_date
    current, made = tuple(sorted(reports, key=lambda r: r.body)), tuple(figures)
    earlier = tuple(tuple(sorted(one, key=lambda r: r.body)) for one in history)
    naming = Naming(pack, audience, _cycles(pack, cycle_id, current, earlier, made, date))
    naming.release()
    if chosen_audience.names_all:
        everything = frozenset((r.cycle, r.body, q) for one in (*earlier, current) for r in one for q in r.answers)
        return AudienceView(pack, cycle_id, chosen_audience, date, current, earlier, made, {}, everything, everything)
    shielded = Shield(pack, cycle_id, audience, date, naming, made, beside, chosen).protect(progress)
    return AudienceView(
        pack, cycle_id, chosen_audience, date, current, earlier, shielded.figures, dict(sorted(shielded.steps.items())),
        frozenset(naming.shown), frozenset(naming.visible), dict(naming.left_out), shielded.untold,
        shielded.findings, shielded.hidden, shielded.loss, shielded.source,
    )  # fmt: skip


def _cycles(
    pack: Pack,
    cycle_id: str,
    current: Sequence[Report],
    earlier: Sequence[Sequence[Report]],
    figures: Sequence[Figure],
    as_of: dt.date,
) -> dict[str, Cycle]:
    """Each collected cycle with its reports and the sets of bodies of which totals are published."""
    by_cycle: dict[str, dict[str, Report]] = {}
    for reports in (*earlier, current):
        for report in reports:
            by_cycle.setdefault(report.cycle, {})[report.body] = report
    if pack.cycles[cycle_id].questionnaire is not None:
        by_cycle.setdefault(cycle_id, {})
    reported = {cycle: frozenset(found) for cycle, found in by_cycle.items()}
    populations = dict.fromkeys(
        [p for c in by_cycle for p in pack.cycles[c].asked]
        + [f.population for f in figures if f.basis == "computed"]
    )  # fmt: skip
    known = [p for p in populations if any(p == one.code for one in pack.header.populations)]
    panels = {one.code for one in pack.header.populations if one.basis == "constant_panel"}
    public = [p for p in known if p not in panels]
    return {
        cycle: Cycle(
            pack,
            cycle,
            found,
            population_sets(pack, cycle, known, as_of, reported),
            population_sets(pack, cycle, public, as_of, reported),
        )
        for cycle, found in by_cycle.items()
    }


def _less(answer: Answer, cells: frozenset[CellKey]) -> Answer:
    return replace(answer, cells={k: c for k, c in answer.cells.items() if k not in cells}) if cells else answer


__all__ = ["AudienceView", "audience_view"]

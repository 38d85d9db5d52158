"""A release is built for an audience: this is what is left of answers and figures for its eyes."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from eirene.disclosure.naming import PROTECTED, Cycle, Naming, figure_questions, population_sets, questions_in
from eirene.disclosure.past import without_hidden_past
from eirene.figures.model import Figure, Footnote, Missing
from eirene.framework import audience_rank, cycle_of
from eirene.framework.model import Audience, Pack
from eirene.questionnaires.model import Answer, CellKey, Report
from eirene.text import Text, pick

#: What stands instead of the footnote of a body that is not named: how many there are, never whose or what it says.
_UNNAMED: Mapping[str, Mapping[str, str]] = {
    "justified_warning": {
        "en": "Differences that were justified, without a name: {n}.",
        "fr": "Écarts justifiés, sans indication de nom\u00a0: {n}.",
    },
    "unjustified_error": {
        "en": "Inconsistencies left unexplained, without a name: {n}.",
        "fr": "Incohérences non expliquées, sans indication de nom\u00a0: {n}.",
    },
    "definition": {
        "en": "Differing definitions, without a name: {n}.",
        "fr": "Définitions différentes, sans indication de nom\u00a0: {n}.",
    },
    "break": {
        "en": "Breaks in the series, without a name: {n}.",
        "fr": "Ruptures de série, sans indication de nom\u00a0: {n}.",
    },
    "counted_apart": {
        "en": "Persons counted apart, without a name: {n}.",
        "fr": "Personnes comptées à part, sans indication de nom\u00a0: {n}.",
    },
    "breakdown_unknown": {
        "en": "Totals without a break-down, without a name: {n}.",
        "fr": "Totaux sans ventilation, sans indication de nom\u00a0: {n}.",
    },
    "withholding": {
        "en": "Answers withheld, without a name: {n}.",
        "fr": "Réponses non communiquées, sans indication de nom\u00a0: {n}.",
    },
    "": {
        "en": "Notes to answers, without a name: {n}.",
        "fr": "Notes relatives à des réponses, sans indication de nom\u00a0: {n}.",
    },
}
#: Footnotes that belong to a name, and go with it.
_OF_A_NAME = ("naming", "naming_protected")
#: Footnotes that a body asked to be printed (practice 11): they are its public word.
_OWN_WORD = ("reservation",)


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
) -> AudienceView:
    """What `audience` may see of these reports and the figures made from them.

    history   reports of earlier cycles that figures or trends use, oldest first
    as_of     date of the edition; by default the cycle's date of publication
    Raises UsageError if the pack has no such audience or cycle.
    """
    cycle = cycle_of(pack, cycle_id)
    chosen = pack.header.audiences[audience_rank(pack, audience)]
    date = as_of or cycle.publication_date
    current, made = tuple(sorted(reports, key=lambda r: r.body)), tuple(figures)
    earlier = tuple(tuple(sorted(one, key=lambda r: r.body)) for one in history)
    naming = Naming(pack, audience, _cycles(pack, cycle_id, current, earlier, made, date))
    naming.release()
    if chosen.names_all:
        everything = frozenset((r.cycle, r.body, q) for one in (*earlier, current) for r in one for q in r.answers)
        return AudienceView(pack, cycle_id, chosen, date, current, earlier, made, {}, everything, everything)
    hidden = naming.protect(made)
    strip = _Strip(pack, naming, hidden)
    stripped = without_hidden_past(strip.figure(figure) for figure in made)
    steps = {**naming.steps, **strip.steps}
    return AudienceView(
        pack, cycle_id, chosen, date, current, earlier, stripped, dict(sorted(steps.items())),
        frozenset(naming.shown), frozenset(naming.visible), dict(naming.left_out),
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


class _Strip:
    """Takes out of figures what the audience may not know; values and counts stay."""

    def __init__(self, pack: Pack, naming: Naming, hidden: frozenset[str]) -> None:
        self.pack, self.naming, self.hidden = pack, naming, hidden
        self.steps: Counter[str] = Counter()
        self._size = questions_in(pack.header.size, pack)

    def figure(self, figure: Figure) -> Figure:
        if figure.basis != "computed":
            return figure
        kept = replace(
            figure,
            missing=tuple(self._missing(figure, one) for one in figure.missing),
            footnotes=self._footnotes(figure),
            members={b: v for b, v in figure.members.items() if self.naming.shows(figure, b)},
        )
        if figure.key in self.hidden:
            self.steps["figures_hidden"] += 1
            return _without_value(kept)
        return self._coverage(figure, kept)

    def _missing(self, figure: Figure, missing: Missing) -> Missing:
        return replace(missing, bodies=tuple(b for b in missing.bodies if self.naming.shows(figure, b)))

    def _footnotes(self, figure: Figure) -> tuple[Footnote, ...]:
        kept: list[Footnote] = []
        unnamed: Counter[str] = Counter()
        for note in figure.footnotes:
            if not note.body or note.kind in _OWN_WORD or self.naming.shows(figure, note.body):
                kept.append(note)
            elif note.kind not in _OF_A_NAME:
                unnamed[note.kind] += 1
        kept.extend(Footnote(kind, self._generic(kind, n)) for kind, n in sorted(unnamed.items()))
        return tuple(kept)

    def _generic(self, kind: str, n: int) -> Text:
        words = _UNNAMED.get(kind, _UNNAMED[""])
        return {lang: pick(words, lang).format(n=n) for lang in self.pack.header.languages}

    def _coverage(self, figure: Figure, kept: Figure) -> Figure:
        """Personnel covered and in all: if one body alone makes the difference and its size is not shown, both go."""
        coverage = figure.coverage
        if coverage is None or coverage.personnel is None or not self._size:
            return kept
        apart = [b for m in figure.missing if m.reason != "not_applicable" for b in m.bodies]
        outside = [b for b in apart if not self._sized(figure.cycle, b)]
        inside = [b for b in figure.members if not self._sized(figure.cycle, b)]
        if len(outside) == 1 or len(inside) == 1:
            self.steps["coverage_in_personnel_hidden"] += 1
            return replace(kept, coverage=replace(coverage, personnel=None, of_personnel=None))
        return kept

    def _sized(self, cycle: str, body: str) -> bool:
        return all((cycle, body, q) in self.naming.shown for q in self._size)


def _less(answer: Answer, cells: frozenset[CellKey]) -> Answer:
    return replace(answer, cells={k: c for k, c in answer.cells.items() if k not in cells}) if cells else answer


def _without_value(figure: Figure) -> Figure:
    coverage = figure.coverage
    return replace(
        figure,
        value=None,
        numerator=None,
        denominator=None,
        change=None,
        members={},
        extra={},
        suppressed=PROTECTED,
        coverage=None if coverage is None else replace(coverage, personnel=None, of_personnel=None),
    )


__all__ = ["AudienceView", "audience_view", "figure_questions"]

"""Figures from reports.

Every line (an indicator, undivided or for one code of a break-down) is evaluated once for each body of a cycle; the
populations and the kinds of figure are then sums over that. Missing is never zero: a body is in a figure, or it is
counted under the reason why not, so that n_answered and missing always add up to the population.
"""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from operator import attrgetter
from typing import Any, NamedTuple

from eirene.errors import UsageError
from eirene.figures.aggregate import Amount, Gap, Rate, Result, aggregate
from eirene.figures.answers import Answers
from eirene.figures.arithmetic import number
from eirene.figures.indicators import Compiled, Line
from eirene.figures.model import REASONS, Change, Coverage, Figure, Footnote, Missing
from eirene.figures.notes import Note, Notes, notes_of
from eirene.framework import Pack, asked, cycle_of, members_on, population_bodies
from eirene.questionnaires import Finding, Report
from eirene.text import Phrases, Text

Findings = Mapping[str, Sequence[Finding]]
#: population → its bodies
Belonging = Mapping[str, tuple[str, ...]]


def compute(
    pack: Pack,
    cycle_id: str,
    reports: Iterable[Report],
    *,
    as_of: dt.date,
    history: Sequence[Sequence[Report]] = (),
    findings: Findings | None = None,
    bodies: Belonging | None = None,
    only: Collection[str] | None = None,
) -> list[Figure]:
    """All figures of a cycle, in the order of their keys.

    as_of     date of the edition: who belongs to a population *today*
    history   reports of earlier cycles, one sequence for each; those that the cycle compares with are used
    findings  of `check`, by body: blockers make an answer unusable, justified warnings become footnotes
    bodies    population → bodies, instead of who belonged by the pack (a release is verified from unnamed answers)
    only      ids of indicators; absent: all that the cycle's questionnaire asks

    Raises PackError if an indicator cannot mean anything, UsageError if a report is of another cycle or a body has two.
    """
    return _all_of(lambda: _Book(pack, cycle_id, reports, as_of, history, findings or {}, bodies), (cycle_id,), only)


def compute_series(
    pack: Pack,
    cycle_id: str,
    reports: Iterable[Report],
    history: Sequence[Sequence[Report]],
    *,
    as_of: dt.date,
    findings: Findings | None = None,
    bodies: Belonging | None = None,
    only: Collection[str] | None = None,
) -> list[Figure]:
    """The figures of a cycle and of every earlier cycle in `history` that it compares with, in the order of their keys.

    A population is as it was on each cycle's own reference date; a constant panel and today's members are the same
    bodies throughout: those of this edition. Arguments as for `compute`; `findings` and `bodies` are of this cycle.
    """
    return _all_of(lambda: _Book(pack, cycle_id, reports, as_of, history, findings or {}, bodies), None, only)


def _all_of(
    open_book: Callable[[], _Book], cycles: tuple[str, ...] | None, only: Collection[str] | None
) -> list[Figure]:
    """The figures of these cycles (absent: of all in the book), in order. The search for cycles of references is
    spared while tens of thousands of figures are made, none of which is in one: a third of the time."""

    def figures() -> list[Figure]:
        book = open_book()
        found = [figure for cycle in cycles or book.cycles for figure in book.figures(cycle, only)]
        return sorted(found, key=attrgetter("key"))

    was_on = gc.isenabled()
    gc.disable()
    try:
        return figures()
    finally:
        if was_on:
            gc.enable()


class _Line(NamedTuple):
    """One line over one population: who is in, who is not and why, and the values of every kind."""

    bodies: tuple[str, ...]
    missing: tuple[Missing, ...]
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class _Comparison:
    """A line now and in the cycle before, over the same population's name."""

    since: str
    before: _Line
    before_of: Mapping[str, Result]
    panel: tuple[str, ...]
    panel_now: Mapping[str, Result]
    panel_before: Mapping[str, Result]
    gained: int | None
    lost: int | None
    entered: int
    left: int
    not_comparable: Text


class _About(NamedTuple):
    """What all kinds of figure of one line over one population share."""

    n_bodies: int
    n_applicable: int
    of_personnel: int | None
    extra: Mapping[str, Any]
    footnotes: tuple[Footnote, ...]


class _Shown(NamedTuple):
    """What figures with the same bodies in them share."""

    coverage: Coverage
    footnotes: tuple[Footnote, ...]
    members: Mapping[str, Any]


class _Made(NamedTuple):
    """A figure but for its indicator and the name of its population."""

    result: Result
    suppressed: str
    missing: tuple[Missing, ...]
    change: Change | None
    about: _About
    shown: _Shown


class _Book:
    """One call's reports, by cycle, and what follows from them; each thing is worked out once."""

    def __init__(
        self,
        pack: Pack,
        cycle_id: str,
        reports: Iterable[Report],
        as_of: dt.date,
        history: Sequence[Sequence[Report]],
        findings: Findings,
        bodies: Belonging | None,
    ) -> None:
        cycle = cycle_of(pack, cycle_id)
        if cycle.kind == "compiled":
            raise UsageError(f"The cycle {cycle_id!r} is compiled from what others published; there are no reports.")
        self.pack, self.cycle, self.as_of, self.given_bodies = pack, cycle, as_of, bodies
        earlier = _by_cycle(history, cycle.compares_with)
        self.cycles: dict[str, Answers] = {}
        for id in (c for c in cycle.compares_with if c in earlier):
            self.cycles[id] = Answers(pack, id, earlier[id], {}, tuple(self.cycles.values()))
        self.cycles[cycle_id] = Answers(
            pack, cycle_id, reports, findings, tuple(self.cycles.values()),
            sorted({b for given in (bodies or {}).values() for b in given if b not in pack.bodies}),
        )  # fmt: skip
        self._lines: dict[tuple[str, str, int, str], _Line] = {}
        self._populations: dict[str, dict[str, tuple[str, ...]]] = {}
        self._same: dict[tuple[str, str], str] = {}

    # who belongs

    def populations(self, cycle_id: str) -> dict[str, tuple[str, ...]]:
        if cycle_id not in self._populations:
            self._populations[cycle_id] = {
                p.code: self._bodies_of(p.code, p.of or p.code, p.basis, cycle_id) for p in self.pack.header.populations
            }
        return self._populations[cycle_id]

    def _bodies_of(self, code: str, base: str, basis: str, cycle_id: str) -> tuple[str, ...]:
        given = self.given_bodies if cycle_id == self.cycle.id or basis != "as_at" else None
        if given is not None and code in given:
            return tuple(given[code])
        if basis == "as_at":
            return members_on(self.pack, base, cycle_of(self.pack, cycle_id).reference_date)
        reported = {c: frozenset(answers.reports) for c, answers in self.cycles.items()}
        if given is not None and base in given and basis == "constant_panel":
            return tuple(b for b in given[base] if all(b in bodies for bodies in reported.values()))
        return population_bodies(self.pack, code, self.cycle.id, as_of=self.as_of, reported=reported)

    def same(self, cycle_id: str | None, population: str) -> str:
        """The first population of a cycle that is the same bodies as this one."""
        if cycle_id is None:
            return ""
        key = (cycle_id, population)
        if key not in self._same:
            belonging = self.populations(cycle_id)
            self._same[key] = next(code for code, bodies in belonging.items() if bodies == belonging[population])
        return self._same[key]

    def previous(self, cycle_id: str) -> str | None:
        """The latest cycle with reports that this one compares with."""
        comparable = cycle_of(self.pack, cycle_id).compares_with
        return next((c for c in reversed(comparable) if c in self.cycles and c != cycle_id), None)

    # lines

    def line(self, cycle_id: str, compiled: Compiled, index: int, population: str) -> _Line:
        population = self.same(cycle_id, population)
        key = (cycle_id, compiled.id, index, population)
        if key not in self._lines:
            answers = self.cycles[cycle_id]
            given = answers.given(compiled, index)
            belonging = self.populations(cycle_id)[population]
            bodies = tuple(b for b in belonging if b in given)
            missing: dict[str, list[str]] = {}
            if len(bodies) < len(belonging):
                for body in belonging:
                    if body not in given:
                        missing.setdefault(answers.reason(compiled, index, body), []).append(body)
            self._lines[key] = _Line(
                bodies,
                tuple(Missing(r, len(missing[r]), tuple(missing[r])) for r in REASONS if r in missing),
                tuple(_kept(compiled, index, aggregate(compiled.form, bodies, given, answers.sizes))),
            )
        return self._lines[key]

    # figures

    def figures(self, cycle_id: str, only: Collection[str] | None) -> list[Figure]:
        maker = _Maker(self, cycle_id)
        found: list[Figure] = []
        for compiled in maker.answers.indicators.values():
            if only is None or compiled.id in only:
                found += maker.figures(compiled)
        return found


#: Kinds of a break-down. Means and quartiles over bodies of every rank and service would be many, and say little.
_OF_BREAKDOWNS = frozenset(("pooled", "count", "share_of_bodies"))


def _kept(compiled: Compiled, index: int, results: list[Result]) -> list[Result]:
    """All kinds of the undivided figure; of a break-down those that add up, where anybody gave it."""
    if not compiled.lines[index].cell:
        return results
    return [r for r in results if r.kind in _OF_BREAKDOWNS and r.bodies]


def _by_cycle(history: Sequence[Sequence[Report]], comparable: Sequence[str]) -> dict[str, list[Report]]:
    found: dict[str, list[Report]] = {}
    for reports in history:
        for report in reports:
            if report.cycle in comparable:
                found.setdefault(report.cycle, []).append(report)
    return found


class _Maker:
    """Makes the figures of one cycle of a book."""

    def __init__(self, book: _Book, cycle_id: str) -> None:
        self.book, self.pack, self.cycle_id = book, book.pack, cycle_id
        self.answers = book.cycles[cycle_id]
        self.since = book.previous(cycle_id)
        self.before = book.cycles[self.since] if self.since is not None else None
        self.min_bodies = max(1, self.pack.header.min_bodies)
        self._not_comparable: dict[tuple[str, ...], Text] = {}
        self._personnel: dict[tuple[str, tuple[str, ...]], tuple[int | None, int]] = {}

    @cached_property
    def notes(self) -> Notes:
        before = self.before.reports if self.before else {}
        answers = self.answers
        return notes_of(self.pack, answers.asked, answers.reports, answers.findings, before, self.since or "")

    def figures(self, compiled: Compiled) -> Iterable[Figure]:
        populations = self.book.populations(self.cycle_id)
        wanted = [p for p in populations if not compiled.indicator.populations or p in compiled.indicator.populations]
        for index, line in enumerate(compiled.lines):
            told = {body: _told(one) for body, one in self.answers.given(compiled, index).items()}
            notes = [n for n in self.notes.on(compiled.questions) if n.about(line.cell, line.related)]
            made: dict[tuple[str, str], list[_Made]] = {}
            for population in wanted:
                # Two populations often are the same bodies (members as at the time, and today's).
                same = self.book.same(self.cycle_id, population), self.book.same(self.since, population)
                if same not in made:
                    made[same] = list(self._of_line(compiled, index, population, told, notes))
                for one in made[same]:
                    yield self._figure(compiled, line, population, one)

    def _of_line(
        self, compiled: Compiled, index: int, population: str, told: Mapping[str, Any], notes: Sequence[Note]
    ) -> Iterable[_Made]:
        line = self.book.line(self.cycle_id, compiled, index, population)
        comparison = self._comparison(compiled, index, population, line)
        results: Iterable[Result] = line.results
        if comparison is not None and compiled.form.family in ("rate", "gap") and not compiled.lines[index].cell:
            results = (*results, _matched(line, comparison))
        about = self._about(population, line, self._general(compiled, index, line))
        shown: list[tuple[tuple[str, ...], _Shown]] = []
        for result in results:
            # Most kinds of a line have the same bodies, and then the same coverage, footnotes and members.
            same = next((s for bodies, s in shown if bodies is result.bodies), None)
            if same is None:
                same = self._shown(result.bodies, about, told, notes)
                shown.append((result.bodies, same))
            missing = line.missing
            if result.left_out:
                missing += tuple(Missing(r, len(b), () if r == "largest" else b) for r, b in result.left_out)
            suppressed = self._suppressed(result)
            change = None if comparison is None or suppressed else self._change(result, line, comparison)
            yield _Made(result, suppressed, missing, change, about, same)

    def _figure(self, compiled: Compiled, line: Line, population: str, made: _Made) -> Figure:
        result, suppressed, missing, change, about, shown = made
        return Figure(
            compiled.id,
            self.cycle_id,
            population,
            result.kind,
            compiled.unit,
            compiled.indicator.label,
            None if suppressed else result.value,
            line.dimensions,
            None if suppressed else result.numerator,
            None if suppressed else result.denominator,
            len(result.bodies),
            about.n_applicable,
            about.n_bodies,
            missing,
            shown.footnotes,
            "computed",
            "",
            compiled.form.decimals,
            shown.coverage,
            change,
            suppressed,
            compiled.counting_rule,
            compiled.measures,
            about.extra,
            shown.members,
        )

    def _suppressed(self, result: Result) -> str:
        if not result.bodies:
            return "no_answers"
        if len(result.bodies) < self.min_bodies:
            return "min_bodies"
        return "zero_denominator" if result.value is None else ""

    # beside the value

    def _general(self, compiled: Compiled, index: int, line: _Line) -> tuple[Footnote, ...]:
        """Footnotes of no single body: the break of the series, and how many gave only a total."""
        broken = self.broken(compiled.questions)
        found = [Footnote("break", broken)] if broken else []
        partial = self.answers.only_total(compiled, index)
        if partial:
            n = sum(body in partial for missing in line.missing for body in missing.bodies)
            if n:
                found.append(
                    Footnote("breakdown_unknown", self._text(f"note_only_total_{'one' if n == 1 else 'many'}", n=n))
                )
        return tuple(found)

    def _text(self, phrase: str, **values: object) -> Text:
        return {lang: Phrases(lang, self.pack.phrases)(phrase, **values) for lang in self.pack.header.languages}

    def _about(self, population: str, line: _Line, footnotes: tuple[Footnote, ...]) -> _About:
        """What every kind of figure of a line shares. Sizes that are not in this cycle's reports are the body's latest
        earlier ones, and `extra` says of how many; of_personnel is None if the size of one is unknown."""
        bodies = self.book.populations(self.cycle_id)[population]
        key = (population, next((m.bodies for m in line.missing if m.reason == "not_applicable"), ()))
        if key not in self._personnel:
            sizes, earlier = self.answers.sizes, self.answers.sizes_from_earlier
            applicable = [b for b in bodies if b not in key[1]]
            known = all(b in sizes for b in applicable)
            self._personnel[key] = (
                sum(map(sizes.__getitem__, applicable)) if known else None,
                sum(b in earlier for b in applicable),
            )
        of_personnel, n = self._personnel[key]
        extra = {"sizes_from_earlier": n} if n else {}
        return _About(len(bodies), len(bodies) - len(key[1]), of_personnel, extra, footnotes)

    def _shown(self, bodies: tuple[str, ...], about: _About, told: Mapping[str, Any], notes: Sequence[Note]) -> _Shown:
        sizes = self.answers.sizes
        try:
            personnel = sum(map(sizes.__getitem__, bodies))
        except KeyError:
            personnel = None
        members = {body: told[body] for body in bodies}
        own = tuple(n.footnote for n in notes if n.body in members) if notes else ()
        coverage = Coverage(len(bodies), about.n_applicable, personnel, about.of_personnel)
        return _Shown(coverage, (*about.footnotes, *own), members)

    def broken(self, questions: tuple[str, ...]) -> Text:
        """Why values are not comparable with the cycle before; {} if they are."""
        if self.since is None:
            return {}
        if questions not in self._not_comparable:
            self._not_comparable[questions] = _break(self.pack, self.since, self.cycle_id, questions)
        return self._not_comparable[questions]

    # change

    def _comparison(self, compiled: Compiled, index: int, population: str, now: _Line) -> _Comparison | None:
        if self.before is None or self.since is None or compiled.id not in self.before.indicators:
            return None
        earlier = self.before.indicators[compiled.id]
        place = earlier.places.get(compiled.lines[index].place)
        if place is None:
            return None
        before = self.book.line(self.since, earlier, place, population)
        given_now, given_before = self.answers.given(compiled, index), self.before.given(earlier, place)
        changed = self.notes.changed_on(compiled.questions)
        then = before.bodies if before.bodies == now.bodies else frozenset(before.bodies)
        both = now.bodies if then is before.bodies else tuple(b for b in now.bodies if b in then)
        panel = tuple(b for b in both if b not in changed) if changed else both
        gained = lost = None
        if compiled.form.family in ("share_of_bodies", "distribution", "completeness"):
            gained = sum(_yes(given_now[b]) and not _yes(given_before[b]) for b in both)
            lost = sum(_yes(given_before[b]) and not _yes(given_now[b]) for b in both)
        return _Comparison(
            self.since,
            before,
            {result.kind: result for result in before.results},
            panel,
            _over(self.answers, compiled, index, panel, now),
            _over(self.before, earlier, place, panel, before),
            gained,
            lost,
            *_moved(now.bodies, before.bodies),
            self.broken(compiled.questions),
        )

    def _change(self, result: Result, now: _Line, comparison: _Comparison) -> Change | None:
        kind = "pooled" if result.kind == "matched_panel" else result.kind
        before = comparison.before_of.get(kind)
        if before is None:
            return None
        entered, left = comparison.entered, comparison.left
        if result.bodies is not now.bodies or before.bodies is not comparison.before.bodies:
            entered, left = _moved(result.bodies, before.bodies)
        enough = len(comparison.panel) >= self.min_bodies
        panel_now, panel_before = comparison.panel_now.get(kind), comparison.panel_before.get(kind)
        return Change(
            comparison.since,
            None if self._suppressed(before) else before.value,
            comparison.gained,
            comparison.lost,
            entered,
            left,
            panel_before.value if enough and panel_before else None,
            panel_now.value if enough and panel_now else None,
            len(comparison.panel),
            comparison.not_comparable,
        )


def _moved(now: tuple[str, ...], before: tuple[str, ...]) -> tuple[int, int]:
    """How many are in for the first time, and how many no longer."""
    if now == before:
        return 0, 0
    return len(set(now) - set(before)), len(set(before) - set(now))


def _over(
    answers: Answers, compiled: Compiled, index: int, panel: tuple[str, ...], line: _Line
) -> Mapping[str, Result]:
    """The values of every kind over a panel; those of the line itself, if the panel is all of it."""
    results: Iterable[Result] = line.results
    if panel != line.bodies:
        results = aggregate(compiled.form, panel, answers.given(compiled, index), answers.sizes)
    return {result.kind: result for result in results}


def _matched(line: _Line, comparison: _Comparison) -> Result:
    """The pooled value over those in both cycles, as a figure of its own."""
    pooled = comparison.panel_now["pooled"]
    rest = tuple(b for b in line.bodies if b not in comparison.panel)
    return pooled._replace(kind="matched_panel", left_out=(("not_in_panel", rest),) if rest else ())


def _yes(one: Any) -> bool:
    return one if isinstance(one, bool) else bool(one.numerator == one.denominator)


def _told(one: Any) -> Any:
    """What a body contributes, for the trace: yes or no; numerator and denominator; its own gap or value."""
    if isinstance(one, bool):
        return one
    if isinstance(one, Rate):
        if type(one.numerator) is int and type(one.denominator) is int:
            return one[:2]
        return (number(one.numerator), number(one.denominator))
    if isinstance(one, Amount):
        return number(one.value)
    assert isinstance(one, Gap)
    return tuple((number(t.numerator), number(t.denominator)) for t in one.terms)


def _break(pack: Pack, since: str, until: str, questions: tuple[str, ...]) -> Text:
    """What the questionnaire versions between two cycles say broke the series of one of these questions."""
    first, last = pack.cycles[since].data_year, pack.cycles[until].data_year
    between = sorted(
        (c for c in pack.cycles.values() if c.kind == "collected" and first <= c.data_year <= last and c.questionnaire),
        key=lambda c: (c.data_year, c.id == until),
    )
    texts: list[Text] = []
    for before, after in pairwise(between):
        if before.questionnaire == after.questionnaire or before.id == until:
            continue
        version = asked(pack, after.id).questions
        texts += [version[q].break_ for q in questions if q in version and version[q].break_]
    languages = dict.fromkeys(lang for text in texts for lang in text)
    return {lang: " ".join(dict.fromkeys(text[lang] for text in texts if lang in text)) for lang in languages}

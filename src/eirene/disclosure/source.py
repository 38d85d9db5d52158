"""What one release tells, and to whom: the matter of an attack.

A strong attacker is assumed: he knows the rules of the pack, who answered what kind of question, and whose answers are
in a figure; he does not know the answers that he is not shown. Where the answers are at hand (a release is being
built), this is the truth; where only the release is (`release/attack`), it is a membership that fits all its counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from eirene.disclosure.naming import Named, figure_questions
from eirene.figures.answers import Answers as CountedAnswers
from eirene.figures.model import Figure
from eirene.framework import asked, population, population_bodies
from eirene.framework.model import Pack, Question
from eirene.questionnaires.model import CellKey, Report

NOTHING: frozenset[CellKey] = frozenset()


@dataclass(frozen=True)
class Source:
    """One release, as an attacker holds it.

    label      its id
    figures    as told; a figure without a value tells only what still stands in it
    members    figure key → the bodies that are in it
    reports    cycle → body → its answers; what of them is told is in `shown` and `left_out`
    shown      answers under their body's name
    left_out   cells of those that are left out
    own        answers that their body released for naming, shown or not: what else is hidden is to be protected
    exact      whether `reports` are the answers themselves; if not, cells of answers not shown are unknown to us too
    as_of      date of the edition
    """

    label: str
    pack: Pack
    cycle_id: str
    audience: str
    as_of: dt.date
    figures: Mapping[str, Figure]
    members: Mapping[str, tuple[str, ...]]
    reports: Mapping[str, Mapping[str, Report]]
    shown: frozenset[Named]
    left_out: Mapping[Named, frozenset[CellKey]] = field(default_factory=dict)
    own: frozenset[Named] = frozenset()
    exact: bool = True
    #: cycle, question, population: how many of it gave which answer is not told.
    untold: frozenset[tuple[str, str, str]] = frozenset()

    def less(
        self,
        figures: Mapping[str, Figure],
        shown: frozenset[Named],
        left_out: Mapping[Named, frozenset[CellKey]],
        untold: frozenset[tuple[str, str, str]],
    ) -> Source:
        """The same release when it tells less."""
        found = replace(self, figures=figures, shown=shown, left_out=left_out, untold=untold)
        # What it is made from stays the same.
        found.__dict__.update(
            answers=self.answers, populations=self.populations, panels=self.panels, _figured=self._figured
        )
        return found

    @cached_property
    def answers(self) -> Mapping[str, CountedAnswers]:
        """By cycle, as figures count them: conditions applied, reasons told apart; oldest first."""
        found: dict[str, CountedAnswers] = {}
        for cycle, reports in self.reports.items():
            found[cycle] = CountedAnswers(self.pack, cycle, reports.values(), {}, tuple(found.values()))
        return found

    def questions(self, cycle: str) -> Mapping[str, Question]:
        return {q.id: q.question for q in asked(self.pack, cycle).questions.values()}

    def told(self, cycle: str, body: str, question: str, cell: CellKey) -> bool:
        """Whether a cell stands in the release under its body's name."""
        where = (cycle, body, question)
        return where in self.shown and cell not in self.left_out.get(where, NOTHING)

    @cached_property
    def populations(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """cycle → population → its bodies, for those whose membership is public."""
        return {
            cycle: {code: self._bodies(code, cycle) for code, basis in self._used(cycle) if basis != "constant_panel"}
            for cycle in self.reports
        }

    @cached_property
    def panels(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """cycle → constant panel → its bodies; only where it is known who reported (`exact`)."""
        return {
            cycle: {code: self._bodies(code, cycle) for code, basis in self._used(cycle) if basis == "constant_panel"}
            for cycle in self.reports
            if self.exact
        }

    def counted(self, cycle: str, question: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Populations of which it is told how many gave which answer: all of which the counts are listed, and panels of
        which there is a figure."""
        found = {**self.populations[cycle]}
        panels = self.panels.get(cycle, {})
        found |= {code: bodies for code, bodies in panels.items() if (cycle, question, code) in self._figured}
        yield from ((code, bodies) for code, bodies in found.items() if (cycle, question, code) not in self.untold)

    @cached_property
    def _figured(self) -> frozenset[tuple[str, str, str]]:
        """cycle, question, population of which there is a figure."""
        return frozenset(
            (figure.cycle, question, figure.population)
            for figure in self.figures.values()
            if figure.basis == "computed"
            for question in figure_questions(self.pack, figure.id)
        )

    def _used(self, cycle: str) -> list[tuple[str, str]]:
        used = {f.population for f in self.figures.values() if f.basis == "computed"} | set(
            self.pack.cycles[cycle].asked
        )
        return [(one.code, one.basis) for one in self.pack.header.populations if one.code in used]

    def _bodies(self, code: str, cycle: str) -> tuple[str, ...]:
        basis = population(self.pack, code).basis
        reported = {c: frozenset(reports) for c, reports in self.reports.items()} if basis == "constant_panel" else {}
        of = self.cycle_id if basis == "today" else cycle
        return population_bodies(self.pack, code, of, as_of=self.as_of, reported=reported)

"""Which answers may stand under a body's name, so that no other body can be worked out from them (practice 9, 13).

An answer may be shown by name if the audience may see it, the body released it for naming, and nobody else becomes
derivable by subtraction. Published totals are taken to be known: counts by answer and reason of every population, sums
of every figure. Where the bodies that are not named are determined by them, further names are withdrawn, always the
same ones for the same reports, until they are not. Withdrawn answers stay counted.

These are the plain cases (one body left over, all left over alike, one population inside another, a body that is never
named because it did not report). The audit that attacks all cells together by linear programmes is another matter.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from eirene.disclosure.cells import closed, small_cells, threshold_of
from eirene.disclosure.hidden import Ledger
from eirene.figures.answers import Answers as CountedAnswers
from eirene.figures.model import Figure
from eirene.framework import asked, audience_rank, population_bodies
from eirene.framework.model import Indicator, Pack, Question
from eirene.questionnaires.model import TOTAL, CellKey, Report

#: Why a figure has no value for this audience.
PROTECTED = "protected"

#: Kinds that are sums over bodies or follow from them: what all others are known, one body can be worked out.
_SUMS = frozenset({"pooled", "pooled_without_largest", "count", "mean_of_bodies", "matched_panel"})
#: Kinds that show the value of single bodies, and from how many bodies on they may be shown while some are not named.
_ORDER = {"median_of_bodies": 3, "lower_quartile": 5, "upper_quartile": 5, "minimum": 5, "maximum": 5}
_WORD = re.compile(r"'[^']*'|\"[^\"]*\"|[A-Za-z_][A-Za-z0-9_]*")

#: Causes for which names are withdrawn, as reasons.
_WHY = {"asked_after_another": "asked_after", "others_silent": "silent", "others_alike": "alike",
        "one_left_over": "company", "company": "company", "carried": "carried", "chosen": "chosen"}  # fmt: skip

#: cycle, body, question
Named = tuple[str, str, str]


def questions_in(expression: str | None, pack: Pack) -> frozenset[str]:
    """Questions of the bank that an expression names. Codes that look like one are taken for one: that errs on the
    side of protection."""
    return frozenset(word for word in _WORD.findall(expression or "") if word in pack.questions)


def figure_questions(pack: Pack, indicator: str, _seen: frozenset[str] = frozenset()) -> frozenset[str]:
    """Questions whose answers a figure of the indicator is made from; empty if the pack does not know it."""
    found = pack.indicators.get(indicator)
    if found is None or indicator in _seen:
        return frozenset()
    return _indicator_questions(pack, found, _seen | {indicator})


def _indicator_questions(pack: Pack, indicator: Indicator, seen: frozenset[str]) -> frozenset[str]:
    names: set[str] = set()
    for expression in (indicator.yes, indicator.numerator, indicator.denominator, indicator.value, indicator.question):
        names |= questions_in(expression, pack)
    for part in (indicator.left, indicator.right):
        if part is not None:
            names |= figure_questions(pack, part, seen)
    return frozenset(names)


@dataclass
class Cycle:
    """The answers of one cycle, and who is asked them."""

    pack: Pack
    id: str
    reports: Mapping[str, Report]
    #: Sets of bodies whose totals are published or follow from published ones.
    sets: tuple[tuple[str, ...], ...]
    #: Those of them of which everybody knows who belongs.
    open_sets: tuple[tuple[str, ...], ...]

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        return {q.id: q.question for q in asked(self.pack, self.id).questions.values()}

    @cached_property
    def counted(self) -> CountedAnswers:
        """The answers as figures count them: conditions applied, reasons told apart."""
        return CountedAnswers(self.pack, self.id, self.reports.values(), {}, ())

    def category(self, body: str, question: str) -> str | tuple[str, ...]:
        """What the published counts tell apart: an answer by its codes, a missing one by its reason."""
        standing = self.counted.standing(question, body)
        if standing != "answered":
            return standing
        value = self.reports[body].answers[question].value
        return tuple(value) if isinstance(value, tuple) else f"={value}"

    def outside(self, body: str, question: str) -> bool:
        """Whether everybody can know from the pack that the question does not apply; such a body hides nobody."""
        return not self.counted.applies(question, body)


@dataclass
class Naming:
    """The names that may be shown; names are withdrawn from it, never added."""

    pack: Pack
    audience: str
    cycles: Mapping[str, Cycle]
    shown: set[Named] = field(default_factory=set)
    visible: set[Named] = field(default_factory=set)
    #: What was done, counted: names withdrawn by cause, figures hidden, sets that are of one mind.
    steps: Counter[str] = field(default_factory=Counter)
    #: Cells left out of answers that are shown by name, for they are too small or give a small one away.
    left_out: dict[Named, frozenset[CellKey]] = field(default_factory=dict)
    #: cycle, body: named in another release that the same readers hold
    elsewhere: set[tuple[str, str]] = field(default_factory=set)
    _questions: dict[str, frozenset[str]] = field(default_factory=dict)
    _seen: dict[tuple[object, ...], tuple[int, bool]] = field(default_factory=dict)
    _lacking: dict[tuple[int, str], tuple[int, list[str]]] = field(default_factory=dict)
    _moments: Counter[tuple[str, str]] = field(default_factory=Counter)
    #: What is hidden and why, as far as names, cells and single figures go.
    ledger: Ledger = field(default_factory=Ledger)
    #: Of the figures of the first call: they are the same in every further one.
    _sums: list[_Sum] | None = None

    def release(self) -> None:
        """What the bodies themselves released, before anybody is protected."""
        rank = audience_rank(self.pack, self.audience)
        for cycle in self.cycles.values():
            default = self.pack.cycles[cycle.id].default_releasability
            for body, report in cycle.reports.items():
                for question, answer in report.answers.items():
                    if audience_rank(self.pack, answer.releasability or default) >= rank:
                        self.visible.add((cycle.id, body, question))
                        if answer.naming:
                            self.shown.add((cycle.id, body, question))

    def moments(self, cycle: str, questions: Collection[str]) -> int:
        """Grows whenever a name or a cell of one of these questions is hidden."""
        return sum(self._moments[cycle, question] for question in questions)

    def withdraw(self, cycle: str, body: str, question: str, cause: str) -> None:
        self.shown.discard((cycle, body, question))
        self._moments[cycle, question] += 1
        self.steps[f"names_withdrawn_{cause}"] += 1
        self.ledger.enter("name", (cycle, body, question), _WHY[cause])

    def protect(self, figures: Sequence[Figure]) -> frozenset[str]:
        """Withdraws names until nobody is derivable; returns keys of figures that must not be shown at all."""
        if self._sums is None:
            self._sums = _sums(self.pack, figures)
            self._small_cells()
        sums = self._sums
        while True:
            before = len(self.shown), sum(map(len, self.left_out.values()))
            self._gates()
            for cycle in self.cycles.values():
                self._silent(cycle)
                for question in cycle.questions.values():
                    self._counted(cycle, question)
            hidden = self._left_over(sums)
            if (len(self.shown), sum(map(len, self.left_out.values()))) == before:
                break
        found = {"derivable": hidden, "single_values": self._single_values(figures), "small": self._small(figures)}
        for why, keys in found.items():
            for key in sorted(keys):
                self.ledger.enter("figure", (key,), why)
        return frozenset().union(*found.values())

    # --- small counts -----------------------------------------------------------------------------------------------

    def _small_cells(self) -> None:
        for cycle in self.cycles.values():
            for question in cycle.questions.values():
                for body in cycle.reports:
                    if (cycle.id, body, question.id) in self.shown:
                        answer = cycle.reports[body].answers[question.id]
                        threshold = threshold_of(self.pack, question, answer)
                        if threshold:
                            self._leave_out((cycle.id, body, question.id), small_cells(answer, threshold))

    def leave_out(self, named: Named, cell: CellKey, why: str = "company") -> None:
        """One more cell of an answer that stays named, and what would give it away within the answer."""
        answer = self.cycles[named[0]].reports[named[1]].answers[named[2]]
        self._leave_out(named, closed(answer, {cell, *self.left_out.get(named, frozenset())}), why)

    def _leave_out(self, named: Named, cells: frozenset[CellKey], why: str = "within") -> None:
        already = self.left_out.get(named, frozenset())
        if cells - already:
            self.left_out[named] = already | cells
            self._moments[named[0], named[2]] += 1
            self.steps["cells_left_out"] += len(cells - already)
            self._enter(named, cells - already, why)

    def _enter(self, named: Named, cells: frozenset[CellKey], why: str) -> None:
        answer = self.cycles[named[0]].reports[named[1]].answers[named[2]]
        threshold = threshold_of(self.pack, self.cycles[named[0]].questions[named[2]], answer)
        for key in sorted(cells):
            value = answer.cells[key].value if key in answer.cells else None
            small = value is not None and 0 < value < threshold
            self.ledger.enter("cell", (*named, *key), "small" if small else why)

    def _told(self, one: _Sum, body: str, question: str) -> bool:
        """Whether what a body brings to a sum can be read from its answer by name."""
        named = (one.cycle, body, question)
        if named not in self.shown:
            return False
        asked_question = self.cycles[one.cycle].questions[question]
        return not any(one.speaks_of(asked_question, key) for key in self.left_out.get(named, ()))

    def _hide_among(self, one: _Sum, body: str, question: str, alone: str) -> None:
        """Gives the body that is left over company: the same cells where it only lacks cells, else a name."""
        cycle, named = self.cycles[one.cycle], (one.cycle, body, question)
        answer, asked_question = cycle.reports[body].answers[question], cycle.questions[question]
        cells: set[CellKey] = set()
        if (one.cycle, alone, question) in self.shown:
            missing = self.left_out.get((one.cycle, alone, question), frozenset())
            cells = {key for key in missing if key in answer.cells and one.speaks_of(asked_question, key)}
        if cells:
            self._leave_out(named, closed(answer, cells | self.left_out.get(named, frozenset())), "company")
        else:
            self.withdraw(*named, "one_left_over")

    # --- steps ------------------------------------------------------------------------------------------------------

    def _gates(self) -> None:
        """An answer that is asked only after a yes gives that yes away: without its name, this one has none either."""
        for cycle in self.cycles.values():
            gates = {q: questions_in(question.asked_if, self.pack) for q, question in cycle.questions.items()}
            changed = True
            while changed:
                changed = False
                for body in cycle.reports:
                    for question, needed in gates.items():
                        if (cycle.id, body, question) in self.shown and not all(
                            (cycle.id, body, gate) in self.shown for gate in needed
                        ):
                            self.withdraw(cycle.id, body, question, "asked_after_another")
                            changed = True

    def _silent(self, cycle: Cycle) -> None:
        """Who did not report is never named; if all others are, everybody can tell who it was. One that reported is
        then not named at all: the one with the fewest answers shown by name."""
        for bodies in cycle.open_sets:
            unnamed = [b for b in bodies if not self._names(cycle, b) and (cycle.id, b) not in self.elsewhere]
            if not unnamed or any(b in cycle.reports for b in unnamed):
                continue
            named = [b for b in bodies if b in cycle.reports and (cycle.id, b) not in self.elsewhere]
            if not named:
                continue
            decoy = min(named, key=lambda b: (len(self._names(cycle, b)), named.index(b)))
            for question in self._names(cycle, decoy):
                self.withdraw(cycle.id, decoy, question, "others_silent")

    def _names(self, cycle: Cycle, body: str) -> list[str]:
        return [q for q in cycle.questions if (cycle.id, body, q) in self.shown]

    def _counted(self, cycle: Cycle, question: Question) -> None:
        """Answers by choice: if all that are not named are alike, their answer is known from the counts."""
        if question.type not in ("yes_no", "single_choice", "multiple_choice"):
            return
        views: list[str | None] = [None]
        if question.type == "multiple_choice" and question.choices:
            views = [code.code for code in self.pack.code_lists[question.choices].codes]
        changed = True
        while changed:
            changed = False
            for bodies in cycle.sets:
                for code in views:
                    changed |= self._mix(cycle, question.id, bodies, code)

    def _mix(self, cycle: Cycle, question: str, bodies: Sequence[str], code: str | None) -> bool:
        hiding = [b for b in bodies if not cycle.outside(b, question)]
        unnamed: list[str] = []
        named: list[str] = []
        for body in hiding:
            (named if (cycle.id, body, question) in self.shown else unnamed).append(body)
        kinds = {_kind(cycle.category(b, question), code) for b in unnamed}
        if len(kinds) != 1:
            return False
        others = [b for b in named if _kind(cycle.category(b, question), code) not in kinds]
        if not others:
            return False
        sizes = Counter(_kind(cycle.category(b, question), code) for b in others)
        chosen = max(others, key=lambda b: (sizes[_kind(cycle.category(b, question), code)], -hiding.index(b)))
        self.withdraw(cycle.id, chosen, question, "others_alike")
        return True

    def _left_over(self, sums: Sequence[_Sum]) -> set[str]:
        """Sums: one body that alone is not named is the sum less all others. One more is withdrawn, the smallest; where
        the sum has nobody else, its figure is not shown, and no name needs to be withdrawn for it."""
        hidden = {
            one.keys[0]
            for one in sums
            if len(one.contributions) == 1 and any(self._unnamed(one, q) for q in one.questions)
        }
        for one in sums:
            if hidden.intersection(one.keys) or one.cycle not in self.cycles:
                continue
            for question in sorted(one.questions):
                unnamed = self._unnamed(one, question)
                named = [b for b in one.contributions if b not in unnamed]
                if len(unnamed) == 1 and not named:
                    # The only one in it lost its name just now.
                    hidden.add(one.keys[0])
                elif len(unnamed) == 1:
                    smallest = min(named, key=lambda b: (one.contributions[b], b))
                    self._hide_among(one, smallest, question, unnamed[0])
        return hidden

    def _unnamed(self, one: _Sum, question: str) -> list[str]:
        if one.cycle not in self.cycles:
            return []
        place, moment = (id(one), question), self._moments[one.cycle, question]
        if place not in self._lacking or self._lacking[place][0] != moment:
            self._lacking[place] = moment, [b for b in one.contributions if not self._told(one, b, question)]
        return self._lacking[place][1]

    def _single_values(self, figures: Sequence[Figure]) -> set[str]:
        """Medians, quartiles and extremes of few bodies are single bodies' values."""
        hidden = set()
        for figure in figures:
            least = _ORDER.get(figure.kind)
            if least is None or figure.basis != "computed" or figure.value is None or len(figure.members) >= least:
                continue
            if any(not self.shows(figure, body) for body in figure.members):
                hidden.add(figure.key)
        return hidden

    def _small(self, figures: Sequence[Figure]) -> set[str]:
        """Counts of persons below the threshold of their disclosure class, and the next smallest one of the same
        break-down where one alone would follow from the rest."""
        hidden: set[str] = set()
        groups: dict[tuple[str, ...], list[Figure]] = {}
        for figure in figures:
            threshold = self._threshold(figure)
            if threshold and any(not self.shows(figure, body) for body in figure.members):
                group = (figure.id, figure.cycle, figure.population, figure.kind, *sorted(figure.dimensions))
                groups.setdefault(group, []).append(figure)
                if any(0 < part < threshold for part in _counts(figure)):
                    hidden.add(figure.key)
        for group_figures in groups.values():
            small = [f for f in group_figures if f.key in hidden]
            rest = [f for f in group_figures if f.key not in hidden and f.numerator]
            if len(small) == 1 and small[0].dimensions and rest:
                hidden.add(min(rest, key=lambda f: (Decimal(f.numerator or 0), f.key)).key)
        return hidden

    def _threshold(self, figure: Figure) -> int:
        if figure.basis != "computed" or figure.kind not in _SUMS or figure.value is None:
            return 0
        classes = {c.code: c.threshold for c in self.pack.header.disclosure_classes}
        indicator = self.pack.indicators.get(figure.id)
        own = indicator.disclosure if indicator else None
        if own is not None:
            return classes.get(own, 0)
        found = (self.pack.questions[q].disclosure for q in figure_questions(self.pack, figure.id))
        return max((classes.get(c, 0) for c in found if c is not None), default=0)

    def shows(self, figure: Figure, body: str) -> bool:
        """Whether a body may be named as part of a figure: all that it answered for it may be."""
        if figure.id not in self._questions:
            self._questions[figure.id] = figure_questions(self.pack, figure.id)
        questions = self._questions[figure.id]
        if not questions or any((figure.cycle, body, q) not in self.shown for q in questions):
            return False
        if not any((figure.cycle, body, q) in self.left_out for q in questions):
            return True
        # Asked of many figures that differ in kind and population alone.
        place = (figure.id, figure.cycle, body, *sorted(figure.dimensions.items()))
        moment = self.moments(figure.cycle, questions)
        if place not in self._seen or self._seen[place][0] != moment:
            one = _Sum((), figure.cycle, questions, {}, figure.dimensions, _words(self.pack, figure.id))
            self._seen[place] = moment, all(self._told(one, body, q) for q in questions)
        return self._seen[place][1]

    def count_of_one_mind(self) -> None:
        """Sets in which all gave one answer: the count itself says it; no name that could be withdrawn hides it."""
        for cycle in self.cycles.values():
            for question in cycle.questions.values():
                if question.type not in ("yes_no", "single_choice"):
                    continue
                for bodies in cycle.sets:
                    hiding = [b for b in bodies if not cycle.outside(b, question.id)]
                    unnamed = [b for b in hiding if (cycle.id, b, question.id) not in self.shown]
                    if len({cycle.category(b, question.id) for b in unnamed}) == 1:
                        self.steps["counts_of_one_mind"] += 1


def _kind(category: str | tuple[str, ...], code: str | None) -> str:
    """For several choices, one at a time: chosen or not."""
    if isinstance(category, tuple):
        return "chosen" if code in category else "not_chosen"
    return category


# --- sums -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Sum:
    """A sum that is published, or the difference of two: over which bodies, and what each brings."""

    #: Its figure; of a difference the inner one first: where something must go, that goes, for the whole says more.
    keys: tuple[str, ...]
    cycle: str
    questions: frozenset[str]
    contributions: Mapping[str, Fraction]
    #: The break-down it is of, and the words of its expressions: which cells it speaks of.
    dimensions: Mapping[str, str]
    words: frozenset[str]

    def speaks_of(self, question: Question, key: CellKey) -> bool:
        """Whether a cell may be part of it: of its break-down; else a total, or of a dimension that it names."""
        for dimension, code in zip(question.dimensions, key, strict=True):
            if dimension in self.dimensions:
                if code != self.dimensions[dimension]:
                    return False
            elif code != TOTAL and dimension not in self.words:
                return False
        return True


def _words(pack: Pack, indicator: str, seen: frozenset[str] = frozenset()) -> frozenset[str]:
    """Every word in an indicator's expressions."""
    found = pack.indicators.get(indicator)
    if found is None or indicator in seen:
        return frozenset()
    texts = (found.yes, found.numerator, found.denominator, found.value)
    words = {word for text in texts if text for word in _WORD.findall(text)}
    for part in (found.left, found.right):
        words |= _words(pack, part, seen | {indicator}) if part else frozenset()
    return frozenset(words)


def _sums(pack: Pack, figures: Sequence[Figure]) -> list[_Sum]:
    """Every published sum, and the difference of any two of one indicator and break-down of which one contains the
    other: a population inside another, all but the largest."""
    found: list[_Sum] = []
    groups: dict[tuple[str, ...], list[_Sum]] = {}
    said: dict[str, frozenset[str]] = {}
    for figure in figures:
        questions = figure_questions(pack, figure.id)
        if figure.basis != "computed" or figure.kind not in _SUMS or figure.value is None or not questions:
            continue
        if figure.id not in said:
            said[figure.id] = _words(pack, figure.id)
        words = said[figure.id]
        one = _Sum(
            (figure.key,),
            figure.cycle,
            questions,
            {b: amount(v) for b, v in figure.members.items()},
            figure.dimensions,
            words,
        )
        if not one.contributions:
            continue
        found.append(one)
        where = (figure.id, figure.cycle, *(f"{d}={c}" for d, c in sorted(figure.dimensions.items())))
        groups.setdefault(where, []).append(one)
    for group in groups.values():
        found.extend(_differences(group))
    return found


def _differences(group: Sequence[_Sum]) -> Iterable[_Sum]:
    seen = set()
    for inner in group:
        for outer in group:
            if not set(inner.contributions) < set(outer.contributions):
                continue
            rest = {b: v for b, v in outer.contributions.items() if b not in inner.contributions}
            if (inner.keys, frozenset(rest)) not in seen:
                seen.add((inner.keys, frozenset(rest)))
                yield replace(inner, keys=(*inner.keys, *outer.keys), contributions=rest)


def amount(contribution: Any) -> Fraction:
    """The size of what a body brings to a figure, whatever form it has: a number, or several of which the largest."""
    if isinstance(contribution, bool):
        return Fraction(int(contribution))
    if isinstance(contribution, int | Decimal | Fraction):
        return Fraction(contribution)
    if isinstance(contribution, Mapping):
        contribution = list(contribution.values())
    if isinstance(contribution, Collection) and not isinstance(contribution, str):
        return max((amount(part) for part in contribution), default=Fraction(0))
    return Fraction(0)


def _counts(figure: Figure) -> list[Decimal]:
    """Persons that a figure counts: those it is about, and the rest."""
    if figure.numerator is None:
        return []
    numerator = Decimal(figure.numerator)
    if figure.denominator is None:
        return [numerator]
    return [numerator, Decimal(figure.denominator) - numerator]


# --- who is counted -------------------------------------------------------------------------------------------------


def population_sets(
    pack: Pack, cycle_id: str, populations: Iterable[str], as_of: Any, reported: Mapping[str, frozenset[str]]
) -> tuple[tuple[str, ...], ...]:
    """The bodies of each population, and the differences of those that contain each other."""
    sets: list[tuple[str, ...]] = []
    for code in populations:
        bodies = population_bodies(pack, code, cycle_id, as_of=as_of, reported=reported)
        if bodies and bodies not in sets:
            sets.append(bodies)
    for inner in list(sets):
        for outer in list(sets):
            if set(inner) < set(outer):
                rest = tuple(b for b in outer if b not in inner)
                if rest not in sets:
                    sets.append(rest)
    return tuple(sets)

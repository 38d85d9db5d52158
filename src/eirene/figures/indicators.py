"""Indicators made ready for a questionnaire: expressions compiled, break-downs laid out, mistakes told all at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import product

from eirene.errors import PackError, Problem
from eirene.figures.aggregate import Form
from eirene.framework import AskedQuestionnaire, Pack, asked, cycle_of
from eirene.framework.model import Indicator
from eirene.questionnaires import Expression, compile_expression
from eirene.questionnaires.grammar import Axis
from eirene.questionnaires.rules import ReportScope, report_scope
from eirene.questionnaires.values import kept
from eirene.text import Text

#: What each family is declared by: expressions first, then references.
_EXPRESSIONS: Mapping[str, tuple[str, ...]] = {
    "share_of_bodies": ("yes",), "rate": ("numerator", "denominator"), "count": ("value",), "measure": ("value",),
    "distribution": (), "completeness": (), "gap": (),
}  # fmt: skip
_REFERENCES: Mapping[str, tuple[str, ...]] = {
    "distribution": ("question",), "completeness": ("question", "dimension"), "gap": ("left", "right"),
}  # fmt: skip
_FIELDS = ("yes", "numerator", "denominator", "value", "question", "dimension", "left", "right")
_CHOICE_TYPES = ("yes_no", "single_choice", "multiple_choice")
#: How a ratio is written in a unit; other units show it as it is.
_SCALES = {"percent": 100, "per_mille": 1000, "per_thousand": 1000}
_RATIOS = ("share_of_bodies", "rate", "distribution", "completeness", "gap")


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator undivided (no dimensions), or for one code of each dimension of a break-down.

    cell     codes that the expressions' unnamed dimensions mean; empty for a distribution, whose code is an answer
    related  dimension → codes above, below or equal to the line's
    """

    dimensions: Mapping[str, str]
    cell: Mapping[str, str]
    related: Mapping[str, frozenset[str]]
    form: Form

    @property
    def place(self) -> tuple[tuple[str, str], ...]:
        return tuple(sorted(self.dimensions.items()))


@dataclass(frozen=True, slots=True)
class Compiled:
    """An indicator as one questionnaire version lets it be computed.

    questions  what it speaks of, in the questionnaire's order
    terms      of a gap: the rates whose signed sum it is; the signs are in `form`
    everyone   whether bodies that did not report are evaluated too (`reported` is an answer about them)
    places     dimensions of a line → its index in `lines`
    """

    id: str
    indicator: Indicator
    form: Form
    questions: tuple[str, ...]
    expressions: Mapping[str, Expression]
    lines: tuple[Line, ...]
    places: Mapping[tuple[tuple[str, str], ...], int]
    terms: tuple[Compiled, ...] = ()
    everyone: bool = False
    counting_rule: Text = field(default_factory=dict)

    @property
    def unit(self) -> str:
        return self.indicator.unit

    @property
    def measures(self) -> tuple[str, ...]:
        return tuple(self.indicator.measures)


def compile_indicators(pack: Pack, cycle_id: str) -> Mapping[str, Compiled]:
    """The indicators that a cycle's questionnaire lets compute, by id, in the pack's order.

    Indicators of which it does not ask a question, or a code, are left out. Raises PackError with every problem of
    every indicator: unknown names, fields that do not fit the family, gaps in a circle.
    """
    sheet = asked(pack, cycle_id)
    cycle_of(pack, cycle_id)
    return kept(pack, ("indicators", sheet.id), lambda: _Compiler(pack, sheet).all())


def compile_size(pack: Pack, sheet: AskedQuestionnaire) -> Expression | None:
    """The expression of a body's size; None if the pack has none, or this questionnaire does not ask it."""
    if pack.header.size is None:
        return None
    scope = report_scope(pack, sheet)
    expression = compile_expression(pack.header.size, scope, expect="number", where=f"{pack.header.id}: size")
    return expression if expression.usable else None


class _Compiler:
    def __init__(self, pack: Pack, sheet: AskedQuestionnaire) -> None:
        self.pack, self.sheet = pack, sheet
        self.scope: ReportScope = report_scope(pack, sheet)
        self.order = {id: place for place, id in enumerate(sheet.questions)}
        self.used = {
            use.use for q in pack.questionnaires.values() for section in q.sections for use in section.questions
        }
        self.problems: list[Problem] = []

    def all(self) -> Mapping[str, Compiled]:
        if self.pack.header.size is not None:
            self._expression("", "size", self.pack.header.size, "number")
        found: dict[str, Compiled] = {}
        gaps = []
        for indicator in self.pack.indicators.values():
            sound = self._check(indicator)
            if indicator.compiled_only or not sound:
                continue
            if indicator.family == "gap":
                gaps.append(indicator)
                continue
            compiled = self._compiled(indicator)
            if compiled is not None:
                found[indicator.id] = compiled
        for indicator in self._without_circles(gaps):
            gap = self._gap(indicator, found)
            if gap is not None:
                found[indicator.id] = gap
        if self.problems:
            raise PackError(self.problems)
        return {id: found[id] for id in self.pack.indicators if id in found}

    # what is wrong

    def tell(self, id: str, what: str, remedy: str = "", part: str = "") -> None:
        place = f"indicator {id}" if id else self.pack.header.id
        self.problems.append(Problem(what, f"{place}, {part}" if part else place, remedy))

    def known(self, id: str, part: str, name: str, what: str, all_names: Iterable[str]) -> bool:
        names = sorted(set(all_names))
        if name in names:
            return True
        near = get_close_matches(name, names, 1)
        self.tell(
            id, f"{what} {name!r} is not defined{f'; did you mean {near[0]}?' if near else '.'}",
            "" if near else f"Known: {', '.join(names[:12])}{', …' if len(names) > 12 else ''}." if names else "", part,
        )  # fmt: skip
        return False

    def _check(self, indicator: Indicator) -> bool:
        """Tells what it refers to in vain; whether its fields fit its family, so that it can be compiled."""
        id, pack = indicator.id, self.pack
        self.known(id, "unit", indicator.unit, "the unit", pack.units)
        for population in indicator.populations:
            self.known(id, "populations", population, "the population", (p.code for p in pack.header.populations))
        for element in indicator.measures:
            self.known(id, "measures", element, "the framework element", pack.elements)
        if indicator.disclosure is not None:
            classes = (c.code for c in pack.header.disclosure_classes)
            self.known(id, "disclosure", indicator.disclosure, "the disclosure class", classes)
        before = len(self.problems)
        self._fields(indicator)
        return len(self.problems) == before

    def _fields(self, indicator: Indicator) -> None:
        id, family = indicator.id, indicator.family
        given = [name for name in _FIELDS if getattr(indicator, name) is not None]
        if indicator.compiled_only:
            if given:
                self.tell(id, f"it is compiled only, and has {', '.join(given)}.", "Take either out.")
            return
        wanted = (*_EXPRESSIONS[family], *_REFERENCES.get(family, ()))
        for name in wanted:
            if name not in given:
                self.tell(id, f"the family {family} needs {name!r}.", f"It is declared by: {', '.join(wanted)}.")
        for name in given:
            if name not in wanted:
                self.tell(id, f"{name!r} means nothing in the family {family}.", f"It has: {', '.join(wanted)}.")
        if indicator.by and family in ("distribution", "completeness"):
            self.tell(id, f"`by` means nothing in the family {family}.", "Take it out.")
        for name in ("left", "right"):
            other = getattr(indicator, name)
            if other is not None and self.known(id, name, other, "the indicator", self.pack.indicators):
                kind = self.pack.indicators[other].family
                if kind not in ("rate", "gap") or self.pack.indicators[other].compiled_only:
                    self.tell(id, f"a gap is between rates; {other!r} is of the family {kind}.", "", name)
        self._asked_question(indicator)

    def _asked_question(self, indicator: Indicator) -> None:
        """The question of a distribution or a completeness: its type, and its dimension."""
        id, name = indicator.id, indicator.question
        if name is None or indicator.family not in ("distribution", "completeness"):
            return
        if not self.known(id, "question", name, "the question", self.pack.questions):
            return
        question = self.sheet.questions[name].question if name in self.sheet.questions else self.pack.questions[name]
        if name not in self.used:
            self.tell(id, f"no questionnaire asks {name!r}.", "Ask it, or say compiled_only: true.", "question")
        elif indicator.family == "distribution" and question.type not in _CHOICE_TYPES:
            self.tell(id, f"{name!r} is of the type {question.type}; a distribution is over choices.", "", "question")
        elif indicator.family == "completeness" and question.type != "matrix":
            self.tell(id, f"{name!r} is of the type {question.type}; only a matrix is broken down.", "", "question")
        elif indicator.family == "completeness" and indicator.dimension is not None:
            self.known(id, "dimension", indicator.dimension, f"of {name}, the dimension", question.dimensions)

    def _without_circles(self, gaps: list[Indicator]) -> list[Indicator]:
        """Gaps in an order in which each comes after those that it is made of; those in a circle are told."""
        by_id = {gap.id: gap for gap in gaps}
        done: dict[str, Indicator] = {}
        told: set[str] = set()

        def visit(id: str, path: tuple[str, ...]) -> bool:
            if id in path:
                circle = path[path.index(id) :]
                if not set(circle) & told:
                    told.update(circle)
                    self.tell(id, f"the gap is made of itself: {' → '.join((*circle, id))}.", "Break the circle.")
                return False
            if id in by_id and id not in done:
                gap = by_id[id]
                for other in (gap.left, gap.right):
                    if other is not None and not visit(other, (*path, id)):
                        return False
                done[id] = gap
            return True

        for gap in gaps:
            visit(gap.id, ())
        return list(done.values())

    # compiling

    def _expression(self, id: str, part: str, text: str, expect: str) -> Expression | None:
        where = f"indicator {id}, {part}" if id else f"{self.pack.header.id}, {part}"
        try:
            expression = compile_expression(text, self.scope, expect=expect, where=where)  # type: ignore[arg-type]
        except PackError as error:
            self.problems += error.problems
            return None
        nowhere = sorted(expression.questions - self.used)
        if nowhere:
            self.tell(id, f"no questionnaire asks {', '.join(nowhere)}.", "Ask it, or say compiled_only: true.", part)
            return None
        return expression

    def _compiled(self, indicator: Indicator) -> Compiled | None:
        expressions = {}
        for name in _EXPRESSIONS[indicator.family]:
            expect = "bool" if name == "yes" else "number"
            expression = self._expression(indicator.id, name, getattr(indicator, name), expect)
            if expression is not None:
                expressions[name] = expression
        if len(expressions) < len(_EXPRESSIONS[indicator.family]):
            return None
        names = [q for e in expressions.values() for q in e.questions] + (
            [indicator.question] if indicator.question else []
        )
        self._dimensions_exist(indicator, names)
        if not all(e.usable for e in expressions.values()) or not set(names) <= set(self.sheet.questions):
            return None
        questions = tuple(sorted(set(names), key=self.order.__getitem__))
        form = self._form(indicator)
        if indicator.family == "completeness" and indicator.dimension not in self._axes(names):
            return None
        lines = (
            self._choices(indicator, form)
            if indicator.family == "distribution"
            else self._lines(indicator, form, names)
        )
        return Compiled(
            indicator.id, indicator, form, questions, expressions, lines, _places(lines),
            everyone=any(re.search(r"\breported\b", e.text) for e in expressions.values()),
            counting_rule=self._counting_rule(indicator, questions),
        )  # fmt: skip

    def _form(self, indicator: Indicator, signs: tuple[int, ...] = (), unit: str = "") -> Form:
        decimals = indicator.decimals
        if decimals is None:
            decimals = self.pack.header.decimals.get(indicator.unit)
        if decimals is None:
            decimals = 0 if indicator.family == "count" else 1
        scale = _SCALES.get(unit or indicator.unit, 1) if indicator.family in _RATIOS else 1
        return Form(indicator.family, scale, decimals, signs, quartiles=indicator.family in ("rate", "count"))

    def _counting_rule(self, indicator: Indicator, questions: tuple[str, ...]) -> Text:
        if indicator.counting_rule:
            return indicator.counting_rule
        rules = (self.sheet.questions[q].question.counting_rule for q in questions)
        return next((rule for rule in rules if rule), {})

    def _gap(self, indicator: Indicator, found: Mapping[str, Compiled]) -> Compiled | None:
        left, right = found.get(indicator.left or ""), found.get(indicator.right or "")
        if left is None or right is None:
            return None
        terms = (*_terms(left), *((sign * -1, term) for sign, term in _terms(right)))
        names = [q for _, term in terms for q in term.questions]
        self._dimensions_exist(indicator, names)
        form = self._form(indicator, tuple(sign for sign, _ in terms), terms[0][1].unit)
        lines = tuple(
            line
            for line in self._lines(indicator, _divided(form), names)
            if all(line.place in term.places for _, term in terms)
        )
        questions = tuple(sorted(set(names), key=self.order.__getitem__))
        rule = self._counting_rule(indicator, questions)
        return Compiled(
            indicator.id, indicator, form, questions, {}, lines, _places(lines), tuple(t for _, t in terms),
            counting_rule=rule,
        )  # fmt: skip

    # break-downs

    def _dimensions_exist(self, indicator: Indicator, names: Iterable[str]) -> None:
        everywhere: set[str] = set()
        for name in set(names):
            everywhere |= set(self.pack.questions[name].dimensions) if name in self.pack.questions else set()
            for questionnaire in self.pack.questionnaires.values():
                version = asked(self.pack, questionnaire.id).questions
                everywhere |= set(version[name].question.dimensions) if name in version else set()
        for dimension in {d for by in indicator.by for d in by}:
            self.known(indicator.id, "by", dimension, "the dimension", everywhere)

    def _axes(self, names: Iterable[str]) -> dict[str, Axis]:
        """Dimensions of the questions named, each as the first question has it that has it."""
        axes: dict[str, Axis] = {}
        for name in sorted(set(names), key=lambda q: self.order.get(q, -1)):
            variable = self.scope.variable(name)
            for dimension, axis in (variable.axes if variable else {}).items():
                axes.setdefault(dimension, axis)
        return axes

    def _lines(self, indicator: Indicator, form: Form, names: Iterable[str]) -> tuple[Line, ...]:
        axes = self._axes(names)
        lines = [Line({}, {}, {}, form)]
        seen = {lines[0].place}
        for by in indicator.by:
            if not all(dimension in axes for dimension in by):
                continue
            for codes in product(*(_codes(axes[dimension]) for dimension in by)):
                cell = dict(zip(by, codes, strict=True))
                related = {d: _related(axes[d], c) for d, c in cell.items()}
                line = Line(cell, cell, related, _divided(form))
                if line.place not in seen:
                    seen.add(line.place)
                    lines.append(line)
        return tuple(lines)

    def _choices(self, indicator: Indicator, form: Form) -> tuple[Line, ...]:
        """One line for each choice that the question offers."""
        assert indicator.question is not None
        question = self.sheet.questions[indicator.question].question
        name = question.choices or "yes_no"
        codes = [c.code for c in self.pack.code_lists[name].codes] if question.choices else ["yes", "no"]
        return tuple(Line({name: code}, {}, {}, form) for code in codes)


def _divided(form: Form) -> Form:
    """Quartiles are for undivided figures."""
    return form._replace(quartiles=False)


def _places(lines: tuple[Line, ...]) -> Mapping[tuple[tuple[str, str], ...], int]:
    return {line.place: index for index, line in enumerate(lines)}


def _terms(compiled: Compiled) -> tuple[tuple[int, Compiled], ...]:
    """The rates that a rate or a gap is the signed sum of."""
    if compiled.form.family == "rate":
        return ((1, compiled),)
    return tuple(zip(compiled.form.signs, compiled.terms, strict=True))


def _codes(axis: Axis) -> tuple[str, ...]:
    """The codes of which a value can be known: those asked, and the bands that join them."""
    among = set(axis.asked)
    return tuple(code for code in axis.codes if code in among or axis.leaves(code) <= among)


def _related(axis: Axis, code: str) -> frozenset[str]:
    def below(one: str) -> set[str]:
        return {one}.union(*(below(part) for part in axis.parts.get(one, ())))

    return frozenset(other for other in axis.codes if other in below(code) or code in below(other))

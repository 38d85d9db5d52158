"""The rules of a questionnaire, compiled: what a pack declares, and what follows from its tables.

A declared rule is applied in every questionnaire that asks all the questions, codes and dimensions it speaks of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from eirene.errors import PackError, Problem
from eirene.framework import AskedQuestion, AskedQuestionnaire, Pack, asked, dimension_codes
from eirene.framework.model import Rule
from eirene.questionnaires.grammar import Kind
from eirene.questionnaires.messages import holes
from eirene.questionnaires.model import TOTAL, CellKey, Number
from eirene.questionnaires.rules import BodyScope, Expression, ReportScope, asked_if, compile_expression, report_scope
from eirene.questionnaires.values import Cells, Shape, add, kept, shape

#: Expressions of each kind of rule, and what they must give.
EXPRESSIONS: Mapping[str, Mapping[str, Kind]] = {
    "sum_of_parts": {},
    "at_most": {"left": "number", "right": "number"},
    "assert": {"that": "bool"},
    "required_if": {"when": "bool"},
    "change": {"value": "number"},
    "same_as_before": {},
    "outlier": {"value": "number"},
    "definition_changed": {},
}
#: Placeholders of each kind, besides {place}.
PLACEHOLDERS: Mapping[str, frozenset[str]] = {
    "sum_of_parts": frozenset({"total", "parts"}),
    "at_most": frozenset({"left", "right"}),
    "assert": frozenset(),
    "required_if": frozenset(),
    "change": frozenset({"value", "previous", "change"}),
    "same_as_before": frozenset(),
    "outlier": frozenset({"value", "low", "high"}),
    "definition_changed": frozenset(),
}
NEEDS_PREVIOUS = ("change", "same_as_before", "definition_changed")
#: A sum of percentages may differ from its total by so much for each part: each was rounded.
PERCENT_TOLERANCE_TENTHS = 1
#: Quartiles of fewer peers say nothing.
MIN_PEERS = 5


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A declared rule in one questionnaire.

    questions   ids it speaks of
    lines       codes to bind, one mapping for each line of `for_each`; one empty mapping if there is none
    question    where its findings stand
    """

    rule: Rule
    expressions: Mapping[str, Expression]
    questions: tuple[str, ...]
    question: str
    lines: tuple[Mapping[str, str], ...]

    @property
    def needs_previous(self) -> bool:
        return self.rule.kind in NEEDS_PREVIOUS or any(e.uses_previous for e in self.expressions.values())

    @property
    def needs_peers(self) -> bool:
        return self.rule.kind == "outlier"


@dataclass(frozen=True, slots=True)
class Sum:
    """A table whose parts, over one dimension, are parts of a whole: nobody needs to declare that they add up."""

    question: str
    dimension: str

    @property
    def code(self) -> str:
        return f"parts.{self.question}.{self.dimension}"


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules of one questionnaire but the built-in ones."""

    asked: AskedQuestionnaire
    declared: tuple[CompiledRule, ...]
    sums: tuple[Sum, ...]


def compile_rules(pack: Pack, questionnaire: str) -> Rulebook:
    """The rules of a questionnaire (or of a cycle's). Raises PackError with every problem. Compiled once per pack."""
    sheet = asked(pack, questionnaire)
    return kept(pack, ("rulebook", sheet.id), lambda: _compile(pack, sheet))


def _compile(pack: Pack, sheet: AskedQuestionnaire) -> Rulebook:
    problems: list[Problem] = []
    scope = report_scope(pack, sheet)
    _conditions(pack, sheet, problems)
    if pack.header.size is not None:
        _try(pack.header.size, scope, "number", "pack.yaml: size", problems)
    declared = []
    for rule in pack.rules.values():
        compiled = _rule(pack, sheet, scope, rule, problems)
        if compiled is not None:
            declared.append(compiled)
    if problems:
        raise PackError(problems)
    stated = {(c.rule.question, c.rule.dimension) for c in declared if c.rule.kind == "sum_of_parts"}
    sums = tuple(one for one in _sums(pack, sheet) if (one.question, one.dimension) not in stated)
    return Rulebook(sheet, tuple(declared), sums)


def _try(
    text: str, scope: ReportScope | BodyScope, kind: Kind, where: str, problems: list[Problem]
) -> Expression | None:
    try:
        return compile_expression(text, scope, expect=kind, where=where)
    except PackError as error:
        problems.extend(error.problems)
        return None


def _conditions(pack: Pack, sheet: AskedQuestionnaire, problems: list[Problem]) -> None:
    """To whom and when questions are asked: the facts must exist, and answers come before what depends on them."""
    before: set[str] = set()
    body = BodyScope(pack)
    for id, one in sheet.questions.items():
        where = f"questionnaire {sheet.id}, question {one.number} {id}"
        if one.question.applies_to is not None:
            _try(one.question.applies_to, body, "bool", f"{where}, applies_to", problems)
        if one.question.asked_if is not None:
            try:
                expression = asked_if(pack, sheet, one.question.asked_if)
            except PackError as error:
                problems.extend(Problem(p.what, f"{where}, asked_if", p.remedy) for p in error.problems)
            else:
                for other in sorted(expression.questions - before):
                    what = "itself" if other == id else f"{other!r}, which is not asked before it"
                    problems.append(
                        Problem(f"it is asked depending on {what}.", f"{where}, asked_if", "Put the other one first.")
                    )
        before.add(id)


def _rule(
    pack: Pack, sheet: AskedQuestionnaire, scope: ReportScope, rule: Rule, problems: list[Problem]
) -> CompiledRule | None:
    """The rule compiled; None if it has problems (told), or speaks of what this questionnaire does not ask."""
    found: dict[str, Expression] = {}
    before = len(problems)
    for name, kind in EXPRESSIONS[rule.kind].items():
        text = getattr(rule, name)
        if text is None:
            problems.append(Problem(f"a rule of kind {rule.kind} needs {name!r}.", f"rule {rule.id}"))
            continue
        expression = _try(text, scope, kind, f"rule {rule.id}, {name}", problems)
        if expression is not None:
            found[name] = expression
    _placeholders(rule, problems)
    if rule.for_each and rule.question is None:
        problems.append(Problem("for_each needs the question whose codes are meant.", f"rule {rule.id}"))
    if rule.kind == "change" and rule.percent is None and rule.absolute is None:
        problems.append(Problem("a rule of kind change needs percent, absolute or both.", f"rule {rule.id}"))
    if len(problems) > before or not all(e.usable for e in found.values()):
        return None
    spoken = [rule.question] if rule.question is not None else []
    spoken += [q for e in found.values() for q in (e.question, *sorted(e.questions)) if q]
    questions = tuple(dict.fromkeys(spoken))
    lines = _lines(pack, sheet, rule) if all(q in sheet.questions for q in questions) else None
    if lines is None:
        return None
    if not questions:
        problems.append(Problem("it speaks of no question.", f"rule {rule.id}", "Name one in `question`."))
        return None
    return CompiledRule(rule, found, questions, questions[0], lines)


def _placeholders(rule: Rule, problems: list[Problem]) -> None:
    known = PLACEHOLDERS[rule.kind] | {"place"}
    for name, text in (("message", rule.message), ("remedy", rule.remedy)):
        for lang, template in text.items():
            problems.extend(
                Problem(
                    f"{{{hole}}} has no value in a rule of kind {rule.kind}.",
                    f"rule {rule.id}, {name}.{lang}",
                    f"Known: {', '.join(sorted(known))}.",
                )
                for hole in sorted(holes(template) - known)
            )


def _lines(pack: Pack, sheet: AskedQuestionnaire, rule: Rule) -> tuple[Mapping[str, str], ...] | None:
    """Each combination of codes of for_each; None if this questionnaire's version lacks one of the dimensions."""
    if rule.question is None:
        return ({},)
    question = sheet.questions[rule.question].question
    wanted = (*rule.for_each, *((rule.dimension,) if rule.dimension else ()))
    if any(name not in question.dimensions for name in wanted):
        return None
    codes = [dimension_codes(pack, question, name) for name in rule.for_each]
    return tuple(dict(zip(rule.for_each, combination, strict=True)) for combination in product(*codes))


# --- sums -----------------------------------------------------------------------------------------------------------


def _sums(pack: Pack, sheet: AskedQuestionnaire) -> Iterator[Sum]:
    for id, one in sheet.questions.items():
        if one.question.type != "matrix":
            continue
        form = shape(pack, one.question)
        for place, name in enumerate(form.names):
            if form.whole[place] or (form.additive and _bands(form, place)):
                yield Sum(id, name)


def _bands(form: Shape, place: int) -> list[str]:
    """Codes asked whose parts are asked as well."""
    among = form.asked[place]
    return [code for code in among if any(part in among for part in form.parts[place].get(code, ()))]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A whole and its known parts that cannot both be right. `complete`: all parts are known; else `sum` is the least
    that they amount to."""

    key: CellKey
    total: Number
    parts: tuple[str, ...]
    sum: Number
    complete: bool


def contradictions(one: AskedQuestion, cells: Cells, dimension: str, *, declared: bool) -> Iterator[Contradiction]:
    """Totals and bands that differ from the sum of their parts, or are less than those of them that are known.

    declared   the pack says that the parts add up, also where the unit would not tell
    """
    form = cells.shape
    place = form.names.index(dimension)
    for key, cell in cells.all():
        code = key[place]
        if cell.value is None or code not in form.parts[place]:
            continue
        if not (declared or (form.whole[place] if code == TOTAL else form.additive)):
            continue
        known: list[tuple[str, Number]] = []
        complete = True
        for part in form.parts[place][code]:
            line = (*key[:place], part, *key[place + 1 :])
            value = cells.counted(line)
            if value is None:
                complete = False
                value = cells.least(line)
                if not value:
                    continue
            known.append((part, value))
        total, found = cell.value, add([value for _, value in known])
        tolerance = len(known) * PERCENT_TOLERANCE_TENTHS if one.question.unit == "percent" else 0
        difference = add([found, -total])
        if not known or -tolerance <= 10 * difference <= tolerance or (difference < 0 and not complete):
            continue
        yield Contradiction(key, total, tuple(part for part, _ in known), found, complete)


__all__ = ["CompiledRule", "Contradiction", "Rulebook", "Sum", "compile_rules", "contradictions"]

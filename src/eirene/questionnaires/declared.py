"""Evaluates the rules that a pack declares, and the sums that follow from its tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from eirene.framework import AskedQuestion, Pack
from eirene.framework.model import Rule
from eirene.questionnaires.builtin import Fill, Standing, is_empty
from eirene.questionnaires.grammar import Exact
from eirene.questionnaires.messages import Words, fill, in_all
from eirene.questionnaires.model import Answer, Finding, Number, Place
from eirene.questionnaires.rulebook import (
    MIN_PEERS,
    CompiledRule,
    Contradiction,
    Rulebook,
    Sum,
    contradictions,
)
from eirene.questionnaires.rules import Context, Expression
from eirene.questionnaires.values import exact
from eirene.text import Text, pick

#: Outcome of a line: a broken rule gives its values; True: it holds; None: not evaluable.
Line = Fill | bool | None


@dataclass(slots=True)
class Run:
    """One check: the report's context, its peers', and what has been looked up so far."""

    context: Context
    book: Rulebook
    standing: Standing
    peers: Sequence[Context]
    _bound: dict[tuple[tuple[str, str], ...], list[Context]] = field(default_factory=dict)

    @property
    def pack(self) -> Pack:
        return self.context.pack

    def contexts(self, line: Mapping[str, str]) -> list[Context]:
        """The report's context and its peers', with the codes of a line at hand."""
        if not line:
            return [self.context, *self.peers]
        key = tuple(line.items())
        if key not in self._bound:
            self._bound[key] = [self.context.bind(line)]
        return self._bound[key]

    def with_peers(self, line: Mapping[str, str]) -> list[Context]:
        found = self.contexts(line)
        if line and len(found) == 1 and self.peers:
            found.extend(peer.bind(line) for peer in self.peers)
        return found

    def asked(self, question: str) -> AskedQuestion:
        return self.book.asked.questions[question]


def check_rules(run: Run) -> Iterator[Finding]:
    """Findings of the derived sums and of every declared rule."""
    for one in run.book.sums:
        yield from _derived(run, one)
    for compiled in run.book.declared:
        yield from _declared(run, compiled)


# --- sums -----------------------------------------------------------------------------------------------------------


def _derived(run: Run, one: Sum) -> Iterator[Finding]:
    cells = run.context.cells(one.question)
    if cells is None:
        return
    asked = run.asked(one.question)
    for wrong in contradictions(asked, cells, one.dimension, declared=False):
        cell = cells.shape.cell(wrong.key)
        place = Place(one.question, cell)
        # The dimension at issue is named by the parts, so the place names the line alone.
        line = replace(place, cell={d: c for d, c in cell.items() if d != one.dimension})
        values = _parts(asked, one.dimension, cell[one.dimension], wrong, line)
        name = "parts_more" if wrong.sum > wrong.total else "parts_less"
        yield Finding(
            one.code,
            "error",
            place,
            in_all(run.pack, lambda say, name=name, values=values: say(name, **values(say))),  # type: ignore[misc]
            in_all(run.pack, lambda say: say("parts_remedy")),
            justified=_justified(run, one.question),
        )


def _parts(asked: AskedQuestion, dimension: str, code: str, wrong: Contradiction, line: Place) -> Fill:
    return lambda say: {
        "place": say.place(asked, line),
        "names": say.joined([say.label(asked, dimension, part) for part in wrong.parts]),
        "parts": say.value(wrong.sum),
        "whole": say.label(asked, dimension, code),
        "total": say.value(wrong.total),
    }


def _justified(run: Run, question: str) -> bool:
    answer = run.context.answer(question)
    return answer is not None and bool(answer.justification)


# --- declared rules -------------------------------------------------------------------------------------------------


def _declared(run: Run, compiled: CompiledRule) -> Iterator[Finding]:
    reason = _cannot(run, compiled)
    if reason is not None:
        yield reason
        return
    outcomes: list[tuple[Place, Line]] = list(_LINES[compiled.rule.kind](run, compiled))
    broken = [(place, line) for place, line in outcomes if line is not None and not isinstance(line, bool)]
    for place, line in broken:
        yield _broken(run, compiled, place, line)
    if not broken and not any(line is True for _, line in outcomes) and _concerned(run, compiled):
        name = "needs_answers"
        if compiled.needs_previous:
            name = "needs_both"
        yield _not_evaluated(run, compiled, name)


def _cannot(run: Run, compiled: CompiledRule) -> Finding | None:
    """Why the rule cannot be evaluated at all, if it cannot."""
    if compiled.needs_previous and run.context.previous is None:
        return _not_evaluated(run, compiled, "needs_previous", "needs_previous_remedy")
    if compiled.needs_peers and len(run.peers) < MIN_PEERS:
        return _not_evaluated(run, compiled, "needs_peers", "needs_peers_remedy")
    before = run.context.before
    if compiled.needs_previous and before is not None and before.asked is not None:
        for name in compiled.questions:
            why = run.asked(name).break_
            if why and before.asked.id != run.book.asked.id:
                return _not_evaluated(run, compiled, "needs_same", why=why)
    return None


def _concerned(run: Run, compiled: CompiledRule) -> bool:
    """Whether all that the rule speaks of is put to this body; where it is not, there is nothing to evaluate."""
    return all(run.standing.is_asked(run.asked(name)) is True for name in compiled.questions)


def _not_evaluated(run: Run, compiled: CompiledRule, name: str, remedy: str = "", why: Text | None = None) -> Finding:
    def message(say: Words) -> str:
        title = rule_title(compiled.rule, say.lang)
        return say(name, rule=title, n=str(MIN_PEERS), why=pick(why or {}, say.lang))

    return Finding(
        compiled.rule.id,
        "note",
        Place(compiled.question),
        in_all(run.pack, message),
        in_all(run.pack, lambda say: say(remedy) if remedy else ""),
        outcome="not_evaluated",
    )


def rule_title(rule: Rule, lang: str) -> str:
    """The rule's title, else its id."""
    return pick(rule.title, lang) or rule.id


def _broken(run: Run, compiled: CompiledRule, place: Place, line: Fill) -> Finding:
    asked, rule = run.asked(place.question), compiled.rule

    def text(template: Text) -> Text:
        return in_all(
            run.pack,
            lambda say: fill(pick(template, say.lang), {"place": say.place(asked, place), **line(say)}),
        )

    return Finding(
        rule.id,
        rule.severity,
        place,
        text(rule.message),
        text(rule.remedy),
        justified=rule.severity != "blocker" and _justified(run, place.question),
    )


def _place(run: Run, compiled: CompiledRule, line: Mapping[str, str], expression: Expression | None) -> Place:
    """The line's codes, and those that the expression names if it is one cell of the same question."""
    cell = dict(line)
    if expression is not None and expression.question == compiled.question:
        cell |= expression.cell
    known = run.asked(compiled.question).question.dimensions
    return Place(compiled.question, {d: cell[d] for d in known if d in cell})


# Each kind gives, line by line, where it looked and what came of it.


def _sum_of_parts(run: Run, compiled: CompiledRule) -> Iterator[tuple[Place, Line]]:
    cells = run.context.cells(compiled.question)
    dimension = compiled.rule.dimension
    if cells is None or dimension is None:
        return
    found = False
    for wrong in contradictions(run.asked(compiled.question), cells, dimension, declared=True):
        found = True
        yield (
            Place(compiled.question, cells.shape.cell(wrong.key)),
            lambda say, w=wrong: {"total": say.value(w.total), "parts": say.value(w.sum)},  # type: ignore[misc]
        )
    if not found:
        yield Place(compiled.question), _any_comparable(run, compiled, dimension)


def _any_comparable(run: Run, compiled: CompiledRule, dimension: str) -> bool | None:
    """True if some total has a known part to be compared with."""
    cells = run.context.cells(compiled.question)
    if cells is None:
        return None
    place = cells.shape.names.index(dimension)
    for key, cell in cells.all():
        parts = cells.shape.parts[place].get(key[place], ())
        if cell.value is not None and any(
            cells.counted((*key[:place], part, *key[place + 1 :])) is not None for part in parts
        ):
            return True
    return None


def _at_most(run: Run, compiled: CompiledRule) -> Iterator[tuple[Place, Line]]:
    left, right = compiled.expressions["left"], compiled.expressions["right"]
    for line in compiled.lines:
        context = run.contexts(line)[0]
        a: Any = left.evaluate(context)
        b: Any = right.evaluate(context)
        outcome: Line = None
        if a is not None and b is not None:
            outcome = True if a <= b else _values(left=a, right=b)
        yield _place(run, compiled, line, left), outcome


def _values(**numbers: Exact) -> Fill:
    return lambda say: {name: say.value(value) for name, value in numbers.items()}


def _assert(run: Run, compiled: CompiledRule) -> Iterator[tuple[Place, Line]]:
    that = compiled.expressions["that"]
    for line in compiled.lines:
        held = that.evaluate(run.contexts(line)[0])
        yield _place(run, compiled, line, None), (lambda say: {}) if held is False else held is True or None


def _required_if(run: Run, compiled: CompiledRule) -> Iterator[tuple[Place, Line]]:
    asked = run.asked(compiled.question)
    when = compiled.expressions["when"].evaluate(run.context)
    answer = run.context.answer(compiled.question)
    owed = when is True and run.standing.applies(asked) and not _given(asked, answer)
    yield Place(compiled.question), (lambda say: {}) if owed else None if when is None else True


def _given(asked: AskedQuestion, answer: Answer | None) -> bool:
    """Whether there is an answer, or a reason for there being none."""
    if answer is None:
        return False
    return not is_empty(asked, answer) if answer.status == "answered" else True


def _change(run: Run, compiled: CompiledRule) -> Iterator[tuple[Place, Line]]:
    value, rule = compiled.expressions["value"], compiled.rule
    for line in compiled.lines:
        context = run.contexts(line)[0]
        now: Any = value.evaluate(context)
        then: Any = value.evaluate(context.before) if context.before is not None else None
        outcome: Line = None
        if now is not None and then is not None:
            outcome = True
            if _moved(now - then, then, rule):
                outcome = _changed(now, then)
        yield _place(run, compiled, line, value), outcome


def _moved(difference: Exact, then: Exact, rule: Rule) -> bool:
    """By more than both limits; from zero, every change is more than any percentage."""
    size = _size(difference)
    if rule.absolute is not None and size <= exact(rule.absolute):
        return False
    return rule.percent is None or size * 100 > exact(rule.percent) * _size(then)


def _size(value: Exact) -> Exact:
    return -value if value < 0 else value


def _changed(now: Exact, then: Exact) -> Fill:
    return lambda say: {"value": say.value(now), "previous": say.value(then), "change": say.change(now - then)}


def _same_as_before(run: Run, compiled: CompiledRule) -> Iterator[tuple[Place, Line]]:
    before = run.context.before
    now = _all_numbers(run.context, compiled.question)
    then = _all_numbers(before, compiled.question) if before is not None else {}
    outcome: Line = None
    if now and then:
        outcome = (lambda say: {}) if now == then and any(now.values()) else True
    yield Place(compiled.question), outcome


def _all_numbers(context: Context, question: str) -> dict[tuple[str, ...], Number]:
    answer = context.answer(question)
    if answer is None or answer.status != "answered":
        return {}
    if isinstance(answer.value, Number):
        return {(): answer.value}
    return {key: cell.value for key, cell in answer.cells.items() if cell.value is not None}


def _outlier(run: Run, compiled: CompiledRule) -> Iterator[tuple[Place, Line]]:
    value, factor = compiled.expressions["value"], compiled.rule.factor
    for line in compiled.lines:
        own, *others = run.with_peers(line)
        mine: Any = value.evaluate(own)
        theirs: list[Any] = [v for peer in others if (v := value.evaluate(peer)) is not None]
        outcome: Line = None
        if mine is not None and len(theirs) >= MIN_PEERS and factor is not None:
            low, high = fences(theirs, exact(factor))
            outcome = True if low <= mine <= high else _values(value=mine, low=low, high=high)
        yield _place(run, compiled, line, value), outcome


def fences(values: Sequence[Exact], factor: Exact) -> tuple[Exact, Exact]:
    """The quartiles, widened by factor × the distance between them (Tukey, Exploratory Data Analysis, 1977).

    Quartiles by linear interpolation between the ordered values (Hyndman and Fan 1996, definition 7).
    """
    ordered = sorted(values)
    first, third = quantile(ordered, Fraction(1, 4)), quantile(ordered, Fraction(3, 4))
    spread = (third - first) * factor
    return first - spread, third + spread


def quantile(ordered: Sequence[Exact], p: Fraction) -> Exact:
    at = (len(ordered) - 1) * p
    below = int(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (at - below)


def _definition_changed(run: Run, compiled: CompiledRule) -> Iterator[tuple[Place, Line]]:
    before = run.context.before
    now = run.context.answer(compiled.question)
    then = before.answer(compiled.question) if before is not None else None
    outcome: Line = None
    if now is not None and then is not None and now.definition is not None and then.definition is not None:
        dated = run.asked(compiled.question).question.definition or ""
        free = {name for name, choices in run.pack.definitions[dated].fields.items() if not choices} if dated else set()
        old = {n: v for n, v in then.definition.fields.items() if n not in free}
        new = {n: v for n, v in now.definition.fields.items() if n not in free}
        same = dict(now.definition.categories) == dict(then.definition.categories) and old == new
        outcome = True if same else (lambda say: {})
    yield Place(compiled.question), outcome


_LINES: Mapping[str, Callable[[Run, CompiledRule], Iterator[tuple[Place, Line]]]] = {
    "sum_of_parts": _sum_of_parts, "at_most": _at_most, "assert": _assert, "required_if": _required_if,
    "change": _change, "same_as_before": _same_as_before, "outlier": _outlier,
    "definition_changed": _definition_changed,
}  # fmt: skip

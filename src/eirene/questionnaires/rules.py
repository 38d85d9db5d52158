"""The language of expressions in packs: who is asked, what must hold, what is counted. Never `eval`.

Answers       nap_1325 == yes        a choice compared with one of its codes; `in (law, order)`
              leave_weeks            a number; a date compares with '2016-12-31'
              has(measures, leave)   one of several choices
Cells         personnel[sex=women, service=army]
              dimensions not named are the code at hand (a rule's `for_each`, an indicator's break-down), else the total
Sums          sum(personnel where sex in (women, men) and service != joint)
              sum(personnel)         the sum of all its parts, whatever total is given
              a cell that does not apply counts as nothing; an unknown one makes the sum unknown
Rows          count(courses)
Standing      answered(q), answered(personnel[sex=women]), status(q) == withheld, reported
The body      body.armed_forces == yes, body.kind == nation, body.code in (AAA, BBB)
Before        previous(expression): the same of the body's previous report
Arithmetic    + - * / abs min max round; comparisons, and, or, not

What is missing makes a result missing (None, *not evaluated*), as does division by zero; but `false and missing` is
false, `true or missing` is true. Numbers are exact: int where whole, else Fraction. A wrong name, dimension, code or
type is told when the expression is compiled, with column and suggestion.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from eirene.errors import PackError, Problem
from eirene.framework import AskedQuestion, AskedQuestionnaire, Pack, asked
from eirene.framework.model import Question
from eirene.questionnaires.grammar import (
    IN_WORDS,
    NUMERIC,
    Axis,
    Form,
    Kind,
    Node,
    Parser,
    Result,
    Run,
    Scope,
    Token,
    Variable,
    Wrong,
    add_all,
    whole,
)
from eirene.questionnaires.model import TOTAL, Answer, CellKey, Report
from eirene.questionnaires.values import Cells, cells_of, exact, kept, shape

__all__ = [
    "BodyScope", "Context", "Expression", "FigureScope", "ReportScope", "Scope", "Variable", "applies",
    "compile_expression", "is_asked",
]  # fmt: skip

STATUSES = ("answered", "no_data", "not_applicable", "withheld")
YES_NO = ("yes", "no")


# --- what an expression is evaluated in -----------------------------------------------------------------------------


class Context:
    """One body's answers, as expressions see them.

    asked      the questionnaire that the report answers; None where only the body is looked at
    report     None: the body did not report
    bound      codes that unnamed dimensions mean
    previous   the body's report of the cycle before
    """

    __slots__ = ("_before", "_cells", "_lineage", "asked", "body", "bound", "pack", "previous", "report")

    def __init__(
        self,
        pack: Pack,
        asked: AskedQuestionnaire | None,
        report: Report | None,
        body: str,
        bound: Mapping[str, str] | None = None,
        previous: Report | None = None,
    ) -> None:
        self.pack = pack
        self.asked = asked
        self.report = report
        self.body = body
        self.bound: Mapping[str, str] = bound or {}
        self.previous = previous
        self._cells: dict[str, Cells | None] = {}
        self._lineage: Mapping[str, tuple[str, ...]] = {}
        self._before: Context | None = None

    def bind(self, bound: Mapping[str, str]) -> Context:
        """The same answers, with these codes at hand. What has been looked up is shared."""
        other = Context(self.pack, self.asked, self.report, self.body, bound, self.previous)
        other._cells, other._lineage = self._cells, self._lineage
        other._before = self.before.bind(bound) if self.before is not None else None
        return other

    @property
    def before(self) -> Context | None:
        """The context of the previous report; None if there is none."""
        if self._before is None and self.previous is not None:
            then = asked(self.pack, self.previous.questionnaire)
            self._before = Context(self.pack, then, self.previous, self.body, self.bound)
            if self.asked is not None:
                self._before._lineage = {q.id: q.continues for q in self.asked.questions.values() if q.continues}
        return self._before

    def found(self, question: str) -> tuple[AskedQuestion, Answer] | None:
        """The question and its answer. In a previous report also the one that the question continues."""
        if self.report is None or self.asked is None:
            return None
        for name in (question, *self._lineage.get(question, ())):
            if name in self.asked.questions and name in self.report.answers:
                return self.asked.questions[name], self.report.answers[name]
        return None

    def answer(self, question: str) -> Answer | None:
        found = self.found(question)
        return found[1] if found else None

    def cells(self, question: str) -> Cells | None:
        """The cells of a matrix; None if it has no answer."""
        if question not in self._cells:
            found = self.found(question)
            usable = found is not None and found[0].question.type == "matrix" and found[1].status == "answered"
            self._cells[question] = cells_of(self.pack, found[0].question, found[1]) if found and usable else None
        return self._cells[question]

    def cell(
        self, question: str, names: tuple[str, ...], named: Mapping[str, str], fixed: CellKey, counted: bool
    ) -> Any:
        """A cell's value; a named dimension that the questionnaire of then did not have makes it unknown.

        names, fixed   the dimensions when the expression was compiled, and the cell with nothing bound
        """
        cells = self.cells(question)
        if cells is None:
            return None
        key = fixed
        if self.bound or cells.shape.names != names:
            now = cells.shape.names
            if any(dimension not in now and code != TOTAL for dimension, code in named.items()):
                return None
            key = tuple(named.get(d) or self.bound.get(d) or TOTAL for d in now)
        value = cells.counted(key) if counted else cells.value(key)
        return value if value is None or type(value) is int else exact(value)


# --- compiled -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression.

    questions        ids it speaks of
    not_asked        those of them that the pack knows but the questionnaire at hand does not ask
    codes_not_asked  (question, dimension, code) that the questionnaire at hand does not ask
    uses_previous    whether it looks at the previous report
    question, cell   the first question it speaks of; if it is one cell and nothing else, the codes that it names
    """

    text: str
    kind: Kind
    questions: frozenset[str]
    not_asked: frozenset[str]
    codes_not_asked: frozenset[tuple[str, str, str]]
    uses_previous: bool
    question: str
    cell: Mapping[str, str]
    _run: Run

    @property
    def usable(self) -> bool:
        """Whether the questionnaire at hand asks all that it speaks of."""
        return not self.not_asked and not self.codes_not_asked

    def evaluate(self, context: Any) -> Result:
        """Its value in a context: number (int or Fraction), True, False, a code, an ISO date; None if missing."""
        result = self._run(context)
        return whole(result) if isinstance(result, Fraction) else result


def compile_expression(text: str, scope: Scope, *, expect: Kind | None = None, where: str = "") -> Expression:
    """The expression compiled. Raises PackError with every mistake: column, caret, suggestion.

    expect   number or bool: what it must give
    where    file:line for the messages
    """
    try:
        parser = Parser(text, scope)
        node = parser.whole()
        kind: Kind = "number" if node.kind == "matrix" else node.kind
        if expect is not None and kind not in (expect, "unknown"):
            (parser.condition if expect == "bool" else parser.number)(node)
        if kind in ("rows", "string") and expect is None:
            parser.tell(0, f"{IN_WORDS[kind]} is no value", "Use count(…)." if kind == "rows" else "")
        problems = parser.problems
    except Wrong as wrong:
        raise PackError(Problem(wrong.problem.what, where, wrong.problem.remedy)) from None
    if problems:
        raise PackError([Problem(p.what, where, p.remedy) for p in problems])
    return Expression(
        text, kind, frozenset(parser.questions), frozenset(parser.not_asked), frozenset(parser.codes_not_asked),
        parser.uses_previous, next(iter(parser.questions), ""), dict(node.key), node.run,
    )  # fmt: skip


# --- scopes ---------------------------------------------------------------------------------------------------------


class BodyScope:
    """Expressions on a body alone: `applies_to`."""

    functions: Mapping[str, Form] = NUMERIC

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self._attributes: dict[str, set[str]] = {}
        for body in pack.bodies.values():
            for name, value in body.attr.items():
                self._attributes.setdefault(name, set(YES_NO)).add(value)

    def variable(self, name: str) -> Variable | None:
        owner, _, part = name.partition(".")
        if owner != "body" or not part:
            return None
        if part == "code":
            return Variable(name, "choice", lambda c: c.body, tuple(self.pack.bodies))
        if part == "kind":
            kinds = tuple(sorted({body.kind for body in self.pack.bodies.values()}))
            return Variable(name, "choice", lambda c: _body_kind(c), kinds)
        if part in self._attributes:
            return Variable(name, "choice", lambda c: _attribute(c, part), tuple(sorted(self._attributes[part])))
        return None

    def names(self) -> Iterable[str]:
        return ("body.code", "body.kind", *(f"body.{name}" for name in self._attributes))


def _body_kind(context: Context) -> str | None:
    body = context.pack.bodies.get(context.body)
    return body.kind if body else None


def _attribute(context: Context, name: str) -> str | None:
    body = context.pack.bodies.get(context.body)
    return body.attr.get(name) if body else None


class ReportScope(BodyScope):
    """Expressions on a body's answers to one questionnaire, and on the body.

    Questions of the pack that this questionnaire does not ask are known too: `Expression.not_asked` lists them.
    """

    def __init__(self, pack: Pack, asked: AskedQuestionnaire) -> None:
        super().__init__(pack)
        self.asked = asked
        self.functions = {
            **NUMERIC, "answered": _answered, "count": _count, "has": _has, "previous": _previous, "status": _status,
            "sum": _sum,
        }  # fmt: skip
        self._variables: dict[str, Variable | None] = {}

    def variable(self, name: str) -> Variable | None:
        if name not in self._variables:
            self._variables[name] = self._variable(name)
        return self._variables[name]

    def _variable(self, name: str) -> Variable | None:
        if name in self.asked.questions:
            return _question(self.pack, self.asked.questions[name].question, True)
        if name in self.pack.questions:
            return _question(self.pack, self.pack.questions[name], False)
        if name == "reported":
            return Variable(name, "bool", lambda c: c.report is not None)
        return super().variable(name)

    def names(self) -> Iterable[str]:
        return (*self.asked.questions, "reported", *super().names())


class FigureScope:
    """Conditions on figures: `value(women_share) > 10`, `change(women_share[service=army]) > 0`.

    The context has a method of each function's name, which takes the reference and gives a number or None.
    """

    METHODS = ("value", "previous", "change", "panel_change", "numerator", "denominator", "n_bodies", "missing")

    def __init__(self, figures: Iterable[str]) -> None:
        self.figures = frozenset(figures)
        self.functions: Mapping[str, Form] = {**NUMERIC, **{name: self._method(name) for name in self.METHODS}}

    def variable(self, name: str) -> Variable | None:
        """A bare id is its value."""
        return Variable(name, "number", lambda c: _number(c.value(name))) if name in self.figures else None

    def names(self) -> Iterable[str]:
        return self.figures

    def _method(self, name: str) -> Form:
        def form(parser: Parser, token: Token) -> Node:
            reference = parser.take_reference()
            figure = reference.text.partition(".")[0].partition("[")[0]
            if figure not in self.figures:
                parser.unknown(reference.at, "figure", figure, self.figures)
            return Node("number", lambda c: _number(getattr(c, name)(reference.text)), token.at)

        return form


def _number(value: Any) -> Any:
    return value if value is None or type(value) is int else exact(value)


# --- questions as variables -----------------------------------------------------------------------------------------


def _question(pack: Pack, question: Question, is_asked: bool) -> Variable:
    name = question.id
    if question.type == "matrix":
        return _matrix(pack, question, is_asked)
    if question.type in ("yes_no", "single_choice", "multiple_choice"):
        codes: tuple[str, ...] = YES_NO
        if question.choices is not None:
            codes = tuple(code.code for code in pack.code_lists[question.choices].codes)
        kind: Kind = "choices" if question.type == "multiple_choice" else "choice"
        return Variable(name, kind, lambda c: _value(c, name), codes, asked=is_asked, is_question=True)
    if question.type in ("number", "percentage"):
        return Variable(name, "number", lambda c: _number(_value(c, name)), asked=is_asked, is_question=True)
    if question.type == "rows":
        return Variable(name, "rows", lambda c: _rows(c, name), asked=is_asked, is_question=True)
    kind = "date" if question.type == "date" else "text"
    return Variable(name, kind, lambda c: _value(c, name), asked=is_asked, is_question=True)


def _value(context: Context, name: str) -> Any:
    answer = context.answer(name)
    return answer.value if answer is not None and answer.status == "answered" else None


def _rows(context: Context, name: str) -> Any:
    answer = context.answer(name)
    return answer.rows if answer is not None and answer.status == "answered" else None


def _matrix(pack: Pack, question: Question, is_asked: bool) -> Variable:
    form = shape(pack, question)
    name, names = question.id, form.names
    axes = {
        dimension: Axis(tree.codes, codes, parts)
        for dimension, tree, codes, parts in zip(names, form.trees, form.asked, form.parts, strict=True)
    }

    def cell(key: Mapping[str, str], counted: bool) -> Run:
        fixed = form.key(key)
        return lambda c: c.cell(name, names, key, fixed, counted)

    def status(key: Mapping[str, str]) -> Run:
        return lambda c: _cell_status(c, name, key)

    return Variable(name, "matrix", cell({}, False), (), axes, cell, status, is_asked, True)


def _cell_status(context: Context, name: str, key: Mapping[str, str]) -> str | None:
    answer = context.answer(name)
    if answer is None or answer.status != "answered" or not key:
        return None if answer is None else answer.status
    cells = context.cells(name)
    if cells is None:
        return None
    place = tuple(key.get(d) or context.bound.get(d) or TOTAL for d in cells.shape.names)
    given = cells.given(place)
    if given is not None:
        return given.status
    return "answered" if cells.value(place) is not None else None


# --- functions on answers -------------------------------------------------------------------------------------------


def _asked_about(parser: Parser, token: Token) -> Node:
    """The argument of a function that takes a question, or a cell of one."""
    node = parser.primary()
    if node.variable is None or not node.variable.is_question:
        if node.kind != "unknown":
            parser.tell(node.at, f"{token.text}() takes a question, found {IN_WORDS[node.kind]}")
        return Node("unknown", lambda _: None, node.at)
    return node


def _answered(parser: Parser, token: Token) -> Node:
    node = _asked_about(parser, token)
    variable = node.variable
    if variable is None:
        return Node("bool", lambda _: None, token.at)
    name = variable.name
    if variable.cell is not None and node.key:
        return Node("bool", lambda c: node.run(c) is not None, token.at)
    return Node("bool", lambda c: (a := c.answer(name)) is not None and a.status == "answered", token.at)


def _status(parser: Parser, token: Token) -> Node:
    node = _asked_about(parser, token)
    variable = node.variable
    if variable is None:
        return Node("unknown", lambda _: None, token.at)
    name = variable.name
    run: Run = lambda c: (a := c.answer(name)) and a.status  # noqa: E731
    if variable.status is not None:
        run = variable.status(node.key)
    return Node("choice", run, token.at, STATUSES)


def _count(parser: Parser, token: Token) -> Node:
    node = _asked_about(parser, token)
    if node.kind not in ("rows", "choices", "unknown"):
        parser.tell(node.at, f"count() takes rows, found {IN_WORDS[node.kind]}")
    return Node("number", lambda c: None if (x := node.run(c)) is None else len(x), token.at)


def _has(parser: Parser, token: Token) -> Node:
    node = _asked_about(parser, token)
    parser.expect(",")
    code = parser.take_code()
    if node.kind not in ("choices", "choice", "unknown"):
        parser.tell(node.at, f"has() takes a question with choices, found {IN_WORDS[node.kind]}")
    elif node.kind != "unknown" and code.text not in node.codes:
        parser.unknown(code.at, f"answer to {node.variable.name if node.variable else '?'}", code.text, node.codes)
    several = node.kind == "choices"

    def run(c: Any) -> bool | None:
        value = node.run(c)
        if value is None:
            return None
        return code.text in value if several else value == code.text

    return Node("bool", run, token.at)


def _previous(parser: Parser, token: Token) -> Node:
    node = parser.expression()
    parser.uses_previous = True
    run = node.run
    kind: Kind = "number" if node.kind == "matrix" else node.kind
    return Node(kind, lambda c: None if c.before is None else run(c.before), token.at, node.codes)


# --- sums -----------------------------------------------------------------------------------------------------------


def _sum(parser: Parser, token: Token) -> Node:
    name = parser.take()
    variable = parser.scope.variable(name.text) if name.kind == "name" else None
    if variable is None or variable.cell is None:
        if variable is None:
            parser.unknown(name.at, "name", name.text, parser.scope.names())
        else:
            parser.tell(name.at, f"{name.text!r} has no cells to add", "Use + for single numbers.")
        raise Wrong(parser.problems[-1])
    parser.use(variable)
    named: dict[str, tuple[str, ...]] = {}
    if parser.at_word("where"):
        parser.take()
        while True:
            _filter(parser, variable, named)
            if not parser.at_word("and"):
                break
            parser.take()
    else:
        return Node("number", _all_parts(variable), token.at)
    return Node("number", add_all([variable.cell(key, True) for key in _combinations(named)]), token.at)


def _all_parts(variable: Variable) -> Run:
    """All parts of all dimensions, except those of which a code is at hand."""

    def run(context: Any) -> Any:
        assert variable.cell is not None
        free = {d: a.parts.get(TOTAL, ()) for d, a in variable.axes.items() if d not in context.bound}
        return add_all([variable.cell(key, True) for key in _combinations(free)])(context)

    return run


def _combinations(named: Mapping[str, tuple[str, ...]]) -> list[dict[str, str]]:
    keys: list[dict[str, str]] = [{}]
    for dimension, codes in named.items():
        keys = [{**key, dimension: code} for key in keys for code in codes]
    return keys


def _filter(parser: Parser, variable: Variable, named: dict[str, tuple[str, ...]]) -> None:
    """One condition of a sum: dim == code, dim != code, dim in (…), dim not in (…)."""
    name = parser.take()
    if name.kind != "name":
        raise parser.stop(name.at, f"expected a dimension, found {name.shown()}")
    axis = parser.axis(variable, name)
    found: list[Token] = []
    excluded = False
    if parser.at_op("==", "!=", "="):
        if parser.at_op("="):
            raise parser.stop(parser.token.at, "write == to compare")
        excluded = parser.take().text == "!="
        found.append(parser.take_code())
    else:
        if parser.at_word("not"):
            excluded = True
            parser.take()
        if not parser.at_word("in"):
            raise parser.stop(parser.token.at, f"expected ==, != or in, found {parser.token.shown()}")
        parser.take()
        parser.expect("(")
        found.append(parser.take_code())
        while parser.at_op(","):
            parser.take()
            found.append(parser.take_code())
        parser.expect(")")
    if axis is None:
        return
    if name.text in named:
        parser.tell(name.at, f"the dimension {name.text!r} is named twice", "Use `in`.")
    known = [parser.code(variable, name.text, axis, code) for code in found]
    if all(known):
        named[name.text] = _selected(parser, name, axis, found, excluded)


def _selected(parser: Parser, name: Token, axis: Axis, found: list[Token], excluded: bool) -> tuple[str, ...]:
    codes = tuple(token.text for token in found)
    seen: set[str] = set()
    for token in found:
        under = axis.leaves(token.text) if token.text != TOTAL else frozenset(axis.codes)
        if seen & under:
            parser.tell(token.at, f"{token.text!r} would be counted twice", "Name either a band or its codes.")
        seen |= under
    if not excluded:
        return codes
    top = axis.parts.get(TOTAL, ())
    for token in found:
        if token.text not in top:
            parser.tell(token.at, f"{token.text!r} is part of another code of {name.text}", "Use `in` instead.")
    left = tuple(code for code in top if code not in codes)
    if not left:
        parser.tell(name.at, f"nothing of {name.text} is left to add")
    return left or codes


# --- whom and when a question is asked ------------------------------------------------------------------------------


def applies(pack: Pack, question: Question, body: str) -> bool:
    """Whether a question applies to a body. It does where the pack does not say, or lacks the fact."""
    if question.applies_to is None:
        return True
    text = question.applies_to
    expression = kept(pack, ("applies_to", text), lambda: compile_expression(text, BodyScope(pack), expect="bool"))
    return expression.evaluate(Context(pack, None, None, body)) is not False


def is_asked(context: Context, question: Question) -> bool:
    """Whether a question is put to the body of a report: it applies, and earlier answers ask for it."""
    if not applies(context.pack, question, context.body):
        return False
    if question.asked_if is None:
        return True
    if context.asked is None:
        return False
    text, sheet = question.asked_if, context.asked
    return asked_if(context.pack, sheet, text).evaluate(context) is True


def asked_if(pack: Pack, sheet: AskedQuestionnaire, text: str) -> Expression:
    """The condition on which a question is asked, compiled once."""
    return kept(
        pack, ("asked_if", sheet.id, text), lambda: compile_expression(text, report_scope(pack, sheet), expect="bool")
    )


def report_scope(pack: Pack, sheet: AskedQuestionnaire) -> ReportScope:
    """The scope of a questionnaire, made once."""
    return kept(pack, ("scope", sheet.id), lambda: ReportScope(pack, sheet))

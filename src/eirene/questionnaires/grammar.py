"""The grammar of expressions: text → tokens → closures, types checked on the way (a Pratt parser).

    expression  or | and | not | comparison | sum | product
    comparison  a == b, !=, <, <=, >, >=, a in (x, y), a not in (x, y); never chained
    primary     number, 'string', name, name[dimension=code, …], name.part, function(…), (expression)

No loops, no attributes, no calls but the listed ones: the cost of an expression is bounded by its length. What a name
means is the scope's business; this module knows none. Three-valued: None is missing. Numbers are int or Fraction.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, Protocol

from eirene.errors import Problem

MAX_CHARACTERS, MAX_TOKENS, MAX_DEPTH = 500, 200, 20

Exact = int | Fraction
Result = Exact | bool | str | tuple[str, ...] | None
#: A compiled piece: context → result.
Run = Callable[[Any], Any]

#: choice: one of `codes`; choices: several of them; matrix: cells; unknown: a mistake already told.
Kind = Literal["number", "bool", "date", "text", "string", "choice", "choices", "matrix", "rows", "unknown"]
IN_WORDS: Mapping[str, str] = {
    "number": "a number", "bool": "a condition", "date": "a date", "text": "a text", "string": "a string",
    "choice": "a choice", "choices": "several choices", "matrix": "a number", "rows": "rows", "unknown": "?",
}  # fmt: skip


class Wrong(Exception):
    """The text cannot be read on: a mistake of syntax, or a limit passed."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Node:
    """A compiled piece with its type; `at` is its first character in the text.

    codes      what a choice may be
    variable   the name that it is, if it is nothing else (functions that take a question ask for it)
    key        for a cell: the codes named in brackets
    literal    the constant that it is
    """

    kind: Kind
    run: Run
    at: int
    codes: tuple[str, ...] = ()
    variable: Variable | None = None
    key: Mapping[str, str] = field(default_factory=dict)
    literal: object = None


@dataclass(frozen=True, slots=True)
class Axis:
    """One dimension of a matrix: the codes that may be named, those that are asked, and code → its parts."""

    codes: tuple[str, ...]
    asked: tuple[str, ...]
    parts: Mapping[str, tuple[str, ...]]

    def leaves(self, code: str) -> frozenset[str]:
        """The lowest codes under a code."""
        below = self.parts.get(code, ())
        return frozenset().union(*(self.leaves(c) for c in below)) if below else frozenset((code,))


@dataclass(frozen=True, slots=True)
class Variable:
    """What a name means.

    run        its value (for a matrix: unused, `cell` makes it)
    axes       dimensions of a matrix
    cell       (codes by dimension, counted: within a sum) → the value of that cell
    status     (codes by dimension) → answered, no_data, not_applicable, withheld, or None
    asked      False: the name is known, but the questionnaire at hand does not ask it
    """

    name: str
    kind: Kind
    run: Run
    codes: tuple[str, ...] = ()
    axes: Mapping[str, Axis] = field(default_factory=dict)
    cell: Callable[[Mapping[str, str], bool], Run] | None = None
    status: Callable[[Mapping[str, str]], Run] | None = None
    asked: bool = True
    is_question: bool = False


Form = Callable[["Parser", "Token"], Node]


class Scope(Protocol):
    """What names and functions an expression may use."""

    @property
    def functions(self) -> Mapping[str, Form]: ...

    def variable(self, name: str) -> Variable | None:
        """The variable of that name (`body.kind` for parts of a thing), None if there is none."""

    def names(self) -> Iterable[str]:
        """All names, for suggestions."""


# --- tokens ---------------------------------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<string>'[^'\n]*'|\"[^\"\n]*\")"
    r"|(?P<op>==|!=|<=|>=|[-+*/()<>=,.\[\]])"
)
_CODE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_+-]*")
_REFERENCE = re.compile(r"[A-Za-z][A-Za-z0-9_.+-]*(?:\[[^\]\[()]*\])?")
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
_KEYWORDS = ("and", "or", "not", "in", "where")


@dataclass(frozen=True, slots=True)
class Token:
    kind: str  # number, name, string, op, code, end
    text: str
    at: int

    def shown(self) -> str:
        return "the end" if self.kind == "end" else repr(self.text)


# --- the parser -----------------------------------------------------------------------------------------------------


class Parser:
    """Reads one expression. `problems` collects mistakes of meaning; a mistake of syntax raises Wrong."""

    def __init__(self, text: str, scope: Scope) -> None:
        self.text = text
        self.scope = scope
        self.problems: list[Problem] = []
        self.questions: dict[str, None] = {}  # in order of appearance
        self.not_asked: set[str] = set()
        self.codes_not_asked: set[tuple[str, str, str]] = set()
        self.uses_previous = False
        self._depth = 0
        self._count = 0
        if len(text) > MAX_CHARACTERS:
            raise Wrong(Problem(f"the expression has {len(text)} characters; {MAX_CHARACTERS} are allowed."))
        self.token: Token = self._scan(0)

    # telling

    def problem(self, at: int, what: str, remedy: str = "") -> Problem:
        line = self.text.replace("\n", " ").replace("\t", " ").replace("\r", " ")
        advice = f". {remedy}" if remedy else ""
        return Problem(f"{what} (column {at + 1}){advice}\n    {line}\n    {' ' * at}^")

    def tell(self, at: int, what: str, remedy: str = "") -> None:
        self.problems.append(self.problem(at, what, remedy))

    def stop(self, at: int, what: str, remedy: str = "") -> Wrong:
        return Wrong(self.problem(at, what, remedy))

    def unknown(self, at: int, what: str, name: str, known: Iterable[str]) -> None:
        known = sorted(set(known))
        near = difflib.get_close_matches(name, known, 1)
        remedy = ""
        if not near and known:
            some = ", ".join(known[:12])
            remedy = f"Known: {some}{', …' if len(known) > 12 else ''}."
        self.tell(at, f"unknown {what} {name!r}" + (f"; did you mean {near[0]}?" if near else ""), remedy)

    # reading tokens

    def _scan(self, start: int, pattern: re.Pattern[str] = _TOKEN) -> Token:
        self._count += 1
        if self._count > MAX_TOKENS:
            raise self.stop(start, f"the expression has more than {MAX_TOKENS} words and signs", "Split it.")
        while start < len(self.text) and self.text[start] in " \t\r\n":
            start += 1
        if start == len(self.text):
            return Token("end", "", start)
        match = pattern.match(self.text, start)
        if match is None:
            sign = self.text[start]
            remedy = "Close the string on the same line." if sign in "'\"" else ""
            raise self.stop(start, f"{sign!r} means nothing here", remedy)
        return Token(match.lastgroup or "code", match[0], start)

    def take(self) -> Token:
        """The token at hand; the next one comes to hand."""
        token = self.token
        if token.kind != "end":
            self.token = self._scan(token.at + len(token.text))
        return token

    def at_op(self, *texts: str) -> bool:
        return self.token.kind == "op" and self.token.text in texts

    def at_word(self, *texts: str) -> bool:
        return self.token.kind == "name" and self.token.text in texts

    def expect(self, text: str) -> Token:
        if not self.at_op(text):
            raise self.stop(self.token.at, f"expected {text!r}, found {self.token.shown()}")
        return self.take()

    def take_code(self) -> Token:
        """A code as it stands in a code list (OF-6+, 2014, '_T'), or a string."""
        if self.token.kind == "string":
            token = self.take()
            return Token("code", token.text[1:-1], token.at)
        if _CODE.match(self.text, self.token.at) is None:
            raise self.stop(self.token.at, f"expected a code, found {self.token.shown()}")
        self._count -= 1
        token = self._scan(self.token.at, _CODE)
        token = Token("code", token.text, token.at)
        self.token = self._scan(token.at + len(token.text))
        return token

    def take_reference(self) -> Token:
        """A reference to a figure: id, id.kind, id[dimension=code], a whole key, or any of them as a string."""
        if self.token.kind == "string":
            return self.take_code()
        match = _REFERENCE.match(self.text, self.token.at)
        if match is None:
            raise self.stop(self.token.at, f"expected the name of a figure, found {self.token.shown()}")
        token = Token("code", match[0], self.token.at)
        self.token = self._scan(match.end())
        return token

    @contextmanager
    def deeper(self, at: int) -> Iterator[None]:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self.stop(at, f"nested more than {MAX_DEPTH} deep", "Split it.")
        yield
        self._depth -= 1

    # expressions, lowest binding first

    def whole(self) -> Node:
        if self.token.kind == "end":
            raise self.stop(0, "the expression is empty")
        node = self.expression()
        if self.token.kind != "end":
            remedy = "Write == to compare." if self.at_op("=") else ""
            raise self.stop(self.token.at, f"unexpected {self.token.shown()}", remedy)
        return node

    def expression(self) -> Node:
        node = self.conjunction()
        while self.at_word("or"):
            self.take()
            left, right = self.condition(node), self.condition(self.conjunction())
            node = Node("bool", _either(left.run, right.run), left.at)
        return node

    def conjunction(self) -> Node:
        node = self.negation()
        while self.at_word("and"):
            self.take()
            left, right = self.condition(node), self.condition(self.negation())
            node = Node("bool", _both(left.run, right.run), left.at)
        return node

    def negation(self) -> Node:
        if not self.at_word("not"):
            return self.comparison()
        token = self.take()
        with self.deeper(token.at):
            node = self.condition(self.negation())
        return Node("bool", _opposite(node.run), token.at)

    def comparison(self) -> Node:
        left = self.sum()
        if self.at_op(*_COMPARISONS):
            node = self._compare(left, self.take())
        elif self.at_word("in", "not"):
            node = self._member(left)
        else:
            return left
        if self.at_op(*_COMPARISONS):
            raise self.stop(self.token.at, "comparisons cannot be chained", "Write a < b and b < c.")
        return node

    def sum(self) -> Node:
        node = self.product()
        while self.at_op("+", "-"):
            sign = self.take().text
            left, right = self.number(node), self.number(self.product())
            node = Node("number", (_plus if sign == "+" else _minus)(left.run, right.run), left.at)
        return node

    def product(self) -> Node:
        node = self.unary()
        while self.at_op("*", "/"):
            sign = self.take().text
            left, right = self.number(node), self.number(self.unary())
            node = Node("number", (_times if sign == "*" else _over)(left.run, right.run), left.at)
        return node

    def unary(self) -> Node:
        if not self.at_op("-"):
            return self.primary()
        token = self.take()
        with self.deeper(token.at):
            node = self.number(self.unary())
        return Node("number", _negative(node.run), token.at)

    def primary(self) -> Node:
        token = self.take()
        if token.kind == "number":
            value = _constant(token.text)
            return Node("number", lambda _: value, token.at, literal=value)
        if token.kind == "string":
            text = token.text[1:-1]
            return Node("string", lambda _: text, token.at, literal=text)
        if token.kind == "op" and token.text == "(":
            with self.deeper(token.at):
                node = self.expression()
                self.expect(")")
            return node
        if token.kind != "name" or token.text in _KEYWORDS:
            raise self.stop(token.at, f"expected a value, found {token.shown()}")
        if self.at_op("("):
            return self._call(token)
        return self._named(token)

    # names

    def _call(self, token: Token) -> Node:
        form = self.scope.functions.get(token.text)
        if form is None:
            near = difflib.get_close_matches(token.text, sorted(self.scope.functions), 1)
            raise self.stop(
                token.at,
                f"unknown function {token.text!r}" + (f"; did you mean {near[0]}?" if near else ""),
                f"Known: {', '.join(sorted(self.scope.functions))}.",
            )
        self.expect("(")
        with self.deeper(token.at):
            node = form(self, token)
            self.expect(")")
        return replace(node, at=token.at)

    def _named(self, token: Token) -> Node:
        name = token.text
        while self.at_op("."):
            self.take()
            part = self.take()
            if part.kind != "name":
                raise self.stop(part.at, f"expected a name after the point, found {part.shown()}")
            name = f"{name}.{part.text}"
        variable = self.scope.variable(name)
        if variable is None:
            self.unknown(token.at, "name", name, self.scope.names())
            if self.at_op("["):
                self._skip_brackets()
            return Node("unknown", _nothing, token.at)
        self.use(variable)
        key: dict[str, str] = {}
        if self.at_op("["):
            key = self._brackets(variable)
        if variable.cell is not None:
            return Node("matrix", variable.cell(key, False), token.at, variable=variable, key=key)
        return Node(variable.kind, variable.run, token.at, variable.codes, variable)

    def use(self, variable: Variable) -> None:
        """Notes what the expression speaks of."""
        if variable.is_question:
            self.questions[variable.name] = None
            if not variable.asked:
                self.not_asked.add(variable.name)

    def _skip_brackets(self) -> None:
        while self.token.kind != "end" and not self.at_op("]"):
            self.take()
        self.expect("]")

    def _brackets(self, variable: Variable) -> dict[str, str]:
        opening = self.take()
        if variable.cell is None:
            self.tell(opening.at, f"{variable.name!r} has no cells")
            self._skip_brackets()
            return {}
        key: dict[str, str] = {}
        while True:
            name = self.take()
            if name.kind != "name":
                raise self.stop(name.at, f"expected a dimension, found {name.shown()}")
            axis = self.axis(variable, name)
            if self.at_op("=="):
                raise self.stop(self.token.at, "write dimension=code within brackets, with one =")
            self.expect("=")
            code = self.take_code()
            if name.text in key:
                self.tell(name.at, f"the dimension {name.text!r} is named twice")
            if axis is not None and self.code(variable, name.text, axis, code):
                key[name.text] = code.text
            if not self.at_op(","):
                self.expect("]")
                return key
            self.take()

    def axis(self, variable: Variable, name: Token) -> Axis | None:
        """The dimension of a matrix; None, and told, if it has none of that name."""
        if name.text not in variable.axes:
            self.unknown(name.at, f"dimension of {variable.name}", name.text, variable.axes)
            return None
        return variable.axes[name.text]

    def code(self, variable: Variable, dimension: str, axis: Axis, code: Token) -> bool:
        """Whether a code belongs to a dimension; told, if not. Codes known but not asked here are noted."""
        if code.text == "_T":
            return True
        if code.text not in axis.codes:
            self.unknown(code.at, f"code of {dimension}", code.text, axis.codes)
            return False
        if not (axis.leaves(code.text) <= set(axis.asked) or code.text in axis.asked):
            self.codes_not_asked.add((variable.name, dimension, code.text))
        return True

    # types

    def number(self, node: Node) -> Node:
        """The node as a number; told, if it is none."""
        if node.kind not in ("number", "matrix", "unknown"):
            self._expected("a number", node)
        return node

    def condition(self, node: Node) -> Node:
        """The node as a condition; told, if it is none."""
        if node.kind not in ("bool", "unknown"):
            self._expected("a condition", node)
        return node

    def _expected(self, wanted: str, node: Node) -> None:
        remedy = ""
        if wanted == "a condition" and node.kind in ("choice", "choices") and node.variable and node.codes:
            example = f"{node.variable.name} == {node.codes[0]}"
            remedy = f"Write {example}." if node.kind == "choice" else f"Write has({node.variable.name}, code)."
        self.tell(node.at, f"expected {wanted}, found {IN_WORDS[node.kind]}", remedy)

    # comparing

    def _compare(self, left: Node, op: Token) -> Node:
        equality = op.text in ("==", "!=")
        if equality and left.kind == "choice" and self._code_follows(left):
            code = self._choice(left)
            right = Node("choice", lambda _: code, self.token.at, left.codes, literal=code)
        elif equality and left.kind in ("choices", "unknown") and self._code_follows(left):
            if left.kind == "choices":
                self.tell(op.at, f"several choices cannot be compared by {op.text}", "Use has(question, code).")
            self.take_code()
            right = Node("unknown", _nothing, self.token.at)
        else:
            right = self.sum()
        self._comparable(left, right, op, equality)
        return Node("bool", _COMPARE[op.text](left.run, right.run), left.at)

    def _code_follows(self, left: Node) -> bool:
        """Whether what stands here is a code rather than the beginning of an expression."""
        if self.token.kind in ("number", "string"):
            return True
        match = _CODE.match(self.text, self.token.at)
        if match is None or self.token.kind != "name" or self.token.text == "not":
            return False
        if match[0] in left.codes:
            return True
        rest = self.text[self.token.at + len(self.token.text) :].lstrip()
        return not rest.startswith(("(", ".", "[")) and self.scope.variable(self.token.text) is None

    def _choice(self, left: Node) -> str:
        code = self.take_code()
        if code.text not in left.codes:
            of = f"answer to {left.variable.name}" if left.variable else "code"
            self.unknown(code.at, of, code.text, left.codes)
        return code.text

    def _comparable(self, left: Node, right: Node, op: Token, equality: bool) -> None:
        kinds = {left.kind if left.kind != "matrix" else "number", right.kind if right.kind != "matrix" else "number"}
        if "unknown" in kinds or kinds == {"number"} or kinds == {"date"}:
            return
        if kinds == {"date", "string"}:
            for node in (left, right):
                if node.kind == "string" and not _is_date(str(node.literal)):
                    self.tell(node.at, f"{node.literal!r} is no date", "Write '2016-12-31'.")
            return
        if equality and kinds in ({"bool"}, {"choice"}):
            return
        self.tell(
            op.at,
            f"{IN_WORDS[left.kind]} cannot be compared with {IN_WORDS[right.kind]} by {op.text}",
            "Use has(question, code)." if "choices" in kinds else "",
        )

    def _member(self, left: Node) -> Node:
        negative = self.at_word("not")
        if negative:
            self.take()
            if not self.at_word("in"):
                raise self.stop(self.token.at, f"expected 'in' after 'not', found {self.token.shown()}")
        word = self.take()
        self.expect("(")
        items: list[Node] = []
        with self.deeper(word.at):
            while True:
                items.append(self._item(left))
                if not self.at_op(","):
                    break
                self.take()
            self.expect(")")
        if left.kind not in ("number", "matrix", "choice", "unknown"):
            self.tell(word.at, f"{IN_WORDS[left.kind]} cannot be looked for in a list")
        run: Run = _nothing
        for index, item in enumerate(items):
            same = _equal(left.run, item.run)
            run = same if index == 0 else _either(run, same)
        return Node("bool", _opposite(run) if negative else run, left.at)

    def _item(self, left: Node) -> Node:
        if left.kind == "choice":
            code = self._choice(left)
            return Node("choice", lambda _: code, self.token.at)
        if left.kind == "unknown":
            self.take_code()
            return Node("unknown", _nothing, self.token.at)
        return self.number(self.sum())


# --- functions that every scope may offer ---------------------------------------------------------------------------


def arguments(parser: Parser) -> list[Node]:
    """Numbers, separated by commas."""
    found = [parser.number(parser.expression())]
    while parser.at_op(","):
        parser.take()
        found.append(parser.number(parser.expression()))
    return found


def _abs(parser: Parser, token: Token) -> Node:
    run = parser.number(parser.expression()).run
    return Node("number", lambda c: None if (x := run(c)) is None else abs(x), token.at)


def _least(parser: Parser, token: Token) -> Node:
    return Node("number", _over_all(min, [n.run for n in arguments(parser)]), token.at)


def _greatest(parser: Parser, token: Token) -> Node:
    return Node("number", _over_all(max, [n.run for n in arguments(parser)]), token.at)


def _round(parser: Parser, token: Token) -> Node:
    run = parser.number(parser.expression()).run
    decimals = 0
    if parser.at_op(","):
        parser.take()
        given = parser.take()
        if given.kind != "number" or not given.text.isdigit() or len(given.text) > 1:
            raise parser.stop(given.at, f"round() takes 0 to 9 decimals, found {given.shown()}")
        decimals = int(given.text)
    return Node("number", lambda c: None if (x := run(c)) is None else rounded(x, decimals), token.at)


NUMERIC: Mapping[str, Form] = {"abs": _abs, "min": _least, "max": _greatest, "round": _round}


def rounded(value: Exact, decimals: int) -> Exact:
    """Half to even."""
    scale = 10**decimals
    return whole(Fraction(round(value * scale), scale))


def whole(value: Exact) -> Exact:
    """int where whole."""
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


# --- closures -------------------------------------------------------------------------------------------------------


def _constant(text: str) -> Exact:
    return int(text) if "." not in text else whole(Fraction(Decimal(text)))


def _is_date(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _nothing(_: Any) -> None:
    return None


def _over_all(pick: Callable[[list[Any]], Any], runs: list[Run]) -> Run:
    def run(c: Any) -> Any:
        values = [r(c) for r in runs]
        return None if None in values else pick(values)

    return run


def add_all(runs: list[Run]) -> Run:
    """The sum of several; missing if one is."""
    return runs[0] if len(runs) == 1 else _over_all(sum, runs)


def _plus(a: Run, b: Run) -> Run:
    return lambda c: None if (x := a(c)) is None or (y := b(c)) is None else x + y


def _minus(a: Run, b: Run) -> Run:
    return lambda c: None if (x := a(c)) is None or (y := b(c)) is None else x - y


def _times(a: Run, b: Run) -> Run:
    return lambda c: None if (x := a(c)) is None or (y := b(c)) is None else whole(x * y)


def _over(a: Run, b: Run) -> Run:
    def run(c: Any) -> Exact | None:
        x, y = a(c), b(c)
        return None if x is None or not y else whole(Fraction(x) / y)

    return run


def _negative(a: Run) -> Run:
    return lambda c: None if (x := a(c)) is None else -x


def _both(a: Run, b: Run) -> Run:
    def run(c: Any) -> bool | None:
        x = a(c)
        if x is False:
            return False
        y = b(c)
        if y is False:
            return False
        return None if x is None or y is None else True

    return run


def _either(a: Run, b: Run) -> Run:
    def run(c: Any) -> bool | None:
        x = a(c)
        if x is True:
            return True
        y = b(c)
        if y is True:
            return True
        return None if x is None or y is None else False

    return run


def _opposite(a: Run) -> Run:
    return lambda c: None if (x := a(c)) is None else not x


def _equal(a: Run, b: Run) -> Run:
    return lambda c: None if (x := a(c)) is None or (y := b(c)) is None else x == y


def _different(a: Run, b: Run) -> Run:
    return lambda c: None if (x := a(c)) is None or (y := b(c)) is None else x != y


def _less(a: Run, b: Run) -> Run:
    return lambda c: None if (x := a(c)) is None or (y := b(c)) is None else x < y


def _at_most(a: Run, b: Run) -> Run:
    return lambda c: None if (x := a(c)) is None or (y := b(c)) is None else x <= y


def _more(a: Run, b: Run) -> Run:
    return _less(b, a)


def _at_least(a: Run, b: Run) -> Run:
    return _at_most(b, a)


_COMPARE: Mapping[str, Callable[[Run, Run], Run]] = {
    "==": _equal, "!=": _different, "<": _less, "<=": _at_most, ">": _more, ">=": _at_least,
}  # fmt: skip

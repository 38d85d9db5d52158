"""The answers of a cycle as an attacker has them: some known, of the others only that they are there.

Who answered what is taken from the truth (a strong attacker: he has heard it, or worked it out); the values of what is
not shown by name are unknowns. Without the truth only what answers by name tell is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from attack.expressions import Term, number
from attack.reading import ROWS, TOTAL, Folder, Key, Question, Truth, exact


class Unknown(NamedTuple):
    """A value to find. version: of the answer, where releases show different ones (a correction, a withholding)."""

    cycle: str
    body: str
    question: str
    cell: Key
    version: int = 0


#: Unknown → coefficient; None → the constant.
Form = Mapping[Unknown | None, Fraction]
NOT_APPLICABLE = "not_applicable"
ZERO = Fraction(0)


def plus(forms: Iterable[Form], factors: Iterable[int | Fraction] | None = None) -> Form:
    found: dict[Unknown | None, Fraction] = {}
    given = list(forms)
    for form, factor in zip(given, factors or [1] * len(given), strict=True):
        for unknown, coefficient in form.items():
            found[unknown] = found.get(unknown, ZERO) + coefficient * factor
    return {u: c for u, c in found.items() if c or u is None}


def constant(value: int | Fraction) -> Form:
    return {None: Fraction(value)}


def told_cells(answer: Mapping[str, Any], question: Question) -> dict[Key, Fraction | str]:
    """The cells of an answer of the truth: value, or status where there is none."""
    if answer["status"] != "answered":
        return {}
    if question.type == "matrix":
        return {
            question.key(cell): exact(cell["value"]) if "value" in cell else cell.get("status", "no_data")
            for cell in answer.get("cells", ())
        }
    if question.type == "rows":
        return {ROWS: Fraction(len(answer.get("rows", ())))}
    if question.type in ("number", "percentage") and "value" in answer:
        return {(): exact(answer["value"])}
    return {}


class Book:
    """All releases given, and what is known of every answer from any of them."""

    def __init__(self, folders: Sequence[Folder], truths: Sequence[Truth] | None, knows: Iterable[str]) -> None:
        self.folders, self.truths, self.knows = folders, truths, frozenset(knows)
        self.known: dict[Unknown, Fraction] = {}
        self.protected: set[Unknown] = set()
        #: Sums that a body did not give itself, in terms of what it gave: they may be found where their parts are not.
        self.derived: dict[Unknown, Form] = {}
        #: What was not understood, counted.
        self.notes: Counter[str] = Counter()
        self._versions: dict[tuple[str, str, str], list[Any]] = {}
        self._values: dict[Unknown, Fraction | None] = {}
        for place, folder in enumerate(folders):
            self._take_named(place, folder)

    def version(self, place: int, cycle: str, body: str, question: str) -> int:
        """Which of its answers a release rests on: two that are the same count as one."""
        if self.truths is None:
            return 0
        answer = self.truths[place].get(cycle, {}).get(body, {}).get(question)
        what = None if answer is None else (answer["status"], answer.get("value"), answer.get("cells"))
        seen = self._versions.setdefault((cycle, body, question), [])
        if what not in seen:
            seen.append(what)
        return seen.index(what)

    def _take_named(self, place: int, folder: Folder) -> None:
        for (cycle, body, question), named in folder.named.items():
            if question not in folder.pack.questions(cycle):
                continue
            asked = folder.pack.questions(cycle)[question]
            version = self.version(place, cycle, body, question)
            for key, value in named.cells.items():
                if isinstance(value, Fraction):
                    self.known[Unknown(cycle, body, question, key, version)] = value
            if asked.type == "rows" and named.status == "answered":
                self.known[Unknown(cycle, body, question, ROWS, version)] = Fraction(named.rows)
            if asked.type in ("number", "percentage") and named.value:
                self.known[Unknown(cycle, body, question, (), version)] = exact(named.value)
        if self.truths is None:
            return
        for cycle, bodies in self.truths[place].items():
            for body in self.knows & set(bodies):
                for question, answer in bodies[body].items():
                    if question in folder.pack.questions(cycle):
                        version = self.version(place, cycle, body, question)
                        cells = told_cells(answer, folder.pack.questions(cycle)[question])
                        for key, value in cells.items():
                            if isinstance(value, Fraction):
                                self.known[Unknown(cycle, body, question, key, version)] = value

    def value(self, unknown: Unknown) -> Fraction | None:
        """The truth about an unknown: to score, and to see that a published number was understood."""
        if unknown not in self._values:
            self._values[unknown] = self._value(unknown)
        return self._values[unknown]

    def _value(self, unknown: Unknown) -> Fraction | None:
        if unknown in self.derived:
            form = self.derived[unknown]
            parts = {u: self.value(u) for u in form if u is not None}
            if any(value is None for value in parts.values()):
                return None
            return form.get(None, ZERO) + sum(form[u] * v for u, v in parts.items() if v is not None)
        for place, folder in enumerate(self.folders):
            if self.truths is None or unknown.cycle not in folder.cycles:
                continue
            answer = self.truths[place].get(unknown.cycle, {}).get(unknown.body, {}).get(unknown.question)
            if answer and self.version(place, *unknown[:3]) == unknown.version:
                asked = folder.pack.questions(unknown.cycle)[unknown.question]
                found = told_cells(answer, asked).get(unknown.cell)
                return found if isinstance(found, Fraction) else None
        return None


class Sheet:
    """The answers of one cycle in one release: forms of cells for each body, in unknowns and what is known."""

    def __init__(self, book: Book, place: int, cycle: str) -> None:
        self.book, self.place, self.cycle = book, place, cycle
        self.folder = book.folders[place]
        self.questions = self.folder.pack.questions(cycle)
        self.truth = None if book.truths is None else book.truths[place].get(cycle, {})
        self._cells: dict[tuple[str, str], Mapping[Key, Form | str] | None] = {}
        self._resolved: dict[tuple[str, str, Key], Form | str | None] = {}

    @property
    def bodies(self) -> frozenset[str]:
        """Who reported, as far as it is known."""
        if self.truth is not None:
            return frozenset(self.truth)
        return frozenset(b for c, b, _ in self.folder.named if c == self.cycle)

    def put(self, body: str, question: str) -> bool:
        """Whether the question was put to the body: it applies, and the answer that it depends on allows it."""
        asked = self.questions[question]
        if not self.folder.pack.applies(asked, body):
            return False
        words = asked.gate.split()
        if self.truth is None or len(words) != 3 or words[1] != "==":
            return True
        before = self.truth.get(body, {}).get(words[0])
        if before is None or before["status"] != "answered":
            return True
        return bool(before.get("value") == words[2])

    def cells(self, body: str, question: str) -> Mapping[Key, Form | str] | None:
        """The cells that a body gave; None if it gave none, or if that is not known."""
        if (body, question) not in self._cells:
            self._cells[body, question] = self._cells_of(body, question)
        return self._cells[body, question]

    def _cells_of(self, body: str, question: str) -> Mapping[Key, Form | str] | None:
        if question not in self.questions or not self.put(body, question):
            return None
        version = self.book.version(self.place, self.cycle, body, question)
        named = self.folder.named.get((self.cycle, body, question))
        if self.truth is not None:
            answer = self.truth.get(body, {}).get(question)
            given = told_cells(answer, self.questions[question]) if answer else {}
        elif named is not None:
            hidden = {"protected": ZERO, "hidden": ZERO}
            given = {k: hidden.get(v, v) if isinstance(v, str) else v for k, v in named.cells.items()}
            given |= {u.cell: v for u, v in self.book.known.items() if u[:3] == (self.cycle, body, question)}
        else:
            return None
        found: dict[Key, Form | str] = {}
        for key, told in given.items():
            unknown = Unknown(self.cycle, body, question, key, version)
            if isinstance(told, str):
                found[key] = told
            elif unknown in self.book.known:
                found[key] = constant(self.book.known[unknown])
            else:
                found[key] = {unknown: Fraction(1)}
                if named is not None:
                    self.book.protected.add(unknown)
        return found or None

    def cell(self, body: str, question: str, key: Key) -> Form | str | None:
        """Given, or the sum of its parts; NOT_APPLICABLE; None where unknown whether it is anything."""
        where = (body, question, key)
        if where not in self._resolved:
            self._resolved[where] = self._cell(body, question, key)
        return self._resolved[where]

    def _cell(self, body: str, question: str, key: Key) -> Form | str | None:
        cells = self.cells(body, question)
        if cells is None:
            return self._assumed(body, question, key)
        if key in cells:
            told = cells[key]
            return told if not isinstance(told, str) or told == NOT_APPLICABLE else None
        for parts in self.questions[question].lines(key):
            found = [self.cell(body, question, part) for part in parts]
            if all(one is not None for one in found):
                forms = [one for one in found if not isinstance(one, str)]
                return plus(forms) if forms else NOT_APPLICABLE  # type: ignore[arg-type]
        return None

    def _assumed(self, body: str, question: str, key: Key) -> Form | None:
        """Without the truth: the cell of a body of which it is only known that it may have answered."""
        if self.truth is not None or question not in self.questions or not self.put(body, question):
            return None
        if (self.cycle, body, question) in self.folder.named:
            return None
        unknown = Unknown(self.cycle, body, question, key)
        return constant(self.book.known[unknown]) if unknown in self.book.known else {unknown: Fraction(1)}

    def resolved(self) -> Iterator[tuple[str, str, Key, Form]]:
        """(body, question, cell, form) of every cell that was asked for, as far as anything of it is unknown."""
        for (body, question, key), form in list(self._resolved.items()):
            if form is not None and not isinstance(form, str) and any(u is not None for u in form):
                yield body, question, key, form

    def number(self, text: str, bound: Mapping[str, str], body: str) -> Form | None:
        """The value of an expression for a body; None where it has none, or the expression is not understood."""
        terms = number(text)
        if terms is None:
            return None
        forms = [self._term(term, bound, body) for term in terms]
        if any(form is None for form in forms):
            return None
        return plus(forms, [t.factor for t in terms])  # type: ignore[arg-type]

    def _term(self, term: Term, bound: Mapping[str, str], body: str) -> Form | None:
        if term.question not in self.questions:
            return None
        question = self.questions[term.question]
        if term.rows or question.type != "matrix":
            found = self.cell(body, question.id, ROWS if term.rows else ())
            return None if isinstance(found, str) else found
        keys: list[Key] = [()]
        for place, dimension in enumerate(question.dimensions):
            codes = term.codes.get(dimension) or (bound.get(dimension, TOTAL),)
            if term.parts and codes == (TOTAL,):
                codes = question.parts[place][TOTAL]
            keys = [(*key, code) for key in keys for code in codes]
        forms = [self.cell(body, question.id, key) for key in keys]
        if len(keys) == 1 and not term.parts:
            return None if isinstance(forms[0], str) else forms[0]
        if any(form is None for form in forms):
            return None
        return plus(form for form in forms if not isinstance(form, str))  # type: ignore[misc]

    def known_along(self, body: str, question: str, dimension: str) -> tuple[Form, Form] | None:
        """(persons whose break-down along the dimension is known, all persons) of a body."""
        asked = self.questions[question]
        place = asked.dimensions.index(dimension)
        total = self.cell(body, question, asked.key({}))
        if total is None or isinstance(total, str):
            return None

        def of(code: str) -> Form:
            found = self.cell(body, question, asked.key({dimension: code}))
            if found is not None:
                return {} if isinstance(found, str) else found
            return plus(of(part) for part in asked.parts[place].get(code, ()))

        return plus(of(part) for part in asked.parts[place][TOTAL]), total

    def size(self, body: str) -> Form | None:
        """Persons of a body; nothing for one whom the question does not concern."""
        text = self.folder.pack.data["header"].get("size")
        if not text:
            return None
        terms = number(text) or ()
        if any(t.question not in self.questions for t in terms):
            return None
        if any(not self.put(body, t.question) or self._none(body, t.question) for t in terms):
            return constant(0)
        return self.number(text, {}, body)

    def _none(self, body: str, question: str) -> bool:
        answer = (self.truth or {}).get(body, {}).get(question)
        return bool(answer and answer["status"] == NOT_APPLICABLE)


def mentioned(text: str | None) -> frozenset[str]:
    return frozenset(t.question for t in (number(text) or ())) if text else frozenset()


__all__ = ["Book", "Form", "Sheet", "Unknown", "constant", "mentioned", "plus", "told_cells"]

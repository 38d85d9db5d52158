"""Single numbers of single bodies, as sums of quantities: a cell, what an expression is over cells, a body's size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from eirene.disclosure.cells import threshold_of
from eirene.disclosure.constraints.model import Exact, Matter, Quantity, Spot, Standing, Sum
from eirene.disclosure.linear import CellTerm, linear_terms
from eirene.disclosure.naming import Named
from eirene.disclosure.source import Source
from eirene.figures.aggregate import Amount, Rate
from eirene.figures.indicators import Compiled
from eirene.framework.model import Question
from eirene.questionnaires.model import TOTAL, Answer, CellKey
from eirene.questionnaires.values import Shape, shape
from eirene.questionnaires.values import exact as exact_number

#: spot → the value under which it stands by name in some release whose answers are not at hand
Said = Mapping[Spot, Exact]


def told_values(sources: Sequence[Source]) -> dict[Spot, Exact]:
    """What stands by name in releases whose answers are not at hand; of what was corrected the first value."""
    found: dict[Spot, Exact] = {}
    for source in sources:
        if source.exact:
            continue
        for cycle, body, question in sorted(source.shown):
            report = source.reports.get(cycle, {}).get(body)
            answer = report.answers.get(question) if report else None
            for key, value in _numbers(answer) if answer else ():
                if value is not None and source.told(cycle, body, question, key):
                    found.setdefault((cycle, body, question, key), value)
    return found


def _numbers(answer: Answer) -> Iterator[tuple[CellKey, Exact | None]]:
    """The numbers of an answer by cell; None: there is none for us to know."""
    if answer.status != "answered":
        return
    for key, cell in answer.cells.items():
        if cell.status == "answered":
            yield key, None if cell.value is None else exact_number(cell.value)
    if isinstance(answer.value, int | Decimal):
        yield (), exact_number(answer.value)


class Numbers:
    """The numbers of one release."""

    def __init__(self, matter: Matter, source: Source, number: int, said: Said, named: frozenset[Named]) -> None:
        self.matter, self.source, self.number, self.said, self.named = matter, source, number, said, named
        self.pack = source.pack
        #: The indicator at hand: who is not named is another place in each, where the answers are not at hand.
        self.at = ""
        self.questions = {cycle: source.questions(cycle) for cycle in source.reports}
        self.names = {cycle: frozenset(qs) for cycle, qs in self.questions.items()}
        self.cells: dict[Spot, Sum | None] = {}
        self._bodies: dict[tuple[object, ...], Sum | None] = {}

    def question(self, cycle: str, name: str) -> Question | None:
        return self.questions[cycle].get(name)

    # cells

    def cell(self, spot: Spot) -> Sum | None:
        """A cell; None if there is no such number."""
        if not self.source.exact and spot[:3] not in self.source.shown:
            return self._cell(spot)
        if spot not in self.cells:
            self.cells[spot] = self._cell(spot)
        return self.cells[spot]

    def _cell(self, spot: Spot) -> Sum | None:
        cycle, body, question, key = spot
        report = self.source.reports[cycle].get(body)
        answer = report.answers.get(question) if report else None
        if answer is None or answer.status != "answered":
            return None
        asked = self.question(cycle, question)
        if key in self.source.left_out.get(spot[:3], ()) and not self.source.exact:
            return self._quantity(spot, None)
        if key == ():
            value = answer.value
            if not isinstance(value, int | Decimal):
                return None if self.source.exact or asked is None else self._quantity(spot, None)
            return self._quantity(spot, exact_number(value))
        cell = answer.cells.get(key)
        if cell is not None:
            if cell.status == "not_applicable":
                return Sum()
            return self._quantity(spot, exact_number(cell.value)) if cell.value is not None else None
        if asked is None or asked.type != "matrix":
            return None
        if not self.source.exact and (cycle, body, question) not in self.source.shown:
            return self._quantity(spot, None)
        return self._from_parts(spot, shape(self.pack, asked))

    def _from_parts(self, spot: Spot, form: Shape) -> Sum | None:
        for place in range(len(form.names)):
            found = self.parts(spot, form, place)
            if found is not None:
                return found
        return None

    def parts(self, spot: Spot, form: Shape, place: int) -> Sum | None:
        """The sum of the parts of a cell along a dimension; None if it has none, or one is not there."""
        key = spot[3]
        if not (form.whole[place] if key[place] == TOTAL else form.additive):
            return None
        parts = form.parts[place].get(key[place], ())
        total = Sum()
        for part in parts:
            one = self.cell((*spot[:3], (*key[:place], part, *key[place + 1 :])))
            if one is None:
                return None
            total.add(one)
        return total if parts else None

    def _quantity(self, spot: Spot, value: Exact | None) -> Sum:
        if not self.source.exact and value is None:
            value = self.said.get(spot)
        # An answer that was corrected is another number; one that stayed the same is the same, and the attacker is
        # taken to know that it did.
        identity: tuple[object, ...] = (*spot, value)
        where = spot[:3]
        if not self.source.exact and where not in self.named:
            # Who is not named is a place in one figure: that it is the same one in another is not known.
            identity = (*identity, self.at)
        number = self.matter.find(identity)
        if number is None:
            asked = self.question(spot[0], spot[2])
            low = 0.0 if asked is None or asked.minimum is None else float(asked.minimum)
            high = float("inf") if asked is None or asked.maximum is None else float(asked.maximum)
            whole = asked is None or asked.integer
            number = self.matter.add(
                identity, Quantity(spot, "cell", low, high, value, self._open(where, value), whole)
            )
        self._stand(number, Standing(self.number, (where,), spot[3]))
        return Sum(0, {number: 1})

    def _stand(self, number: int, standing: Standing) -> None:
        found = self.matter.quantities[number].standing
        if standing not in found:
            found.append(standing)

    def _open(self, where: Named, value: Exact | None) -> bool:
        if not self.source.exact:
            return where in self.source.shown  # its body is named: the cell may be small, or hide a small one
        if where not in self.source.own:
            return False
        asked = self.question(where[0], where[2])
        answer = self.source.reports[where[0]][where[1]].answers[where[2]]
        return value is None or asked is None or not 0 < value < threshold_of(self.pack, asked, answer)

    # expressions

    def terms(self, cycle: str, text: str, bound: Mapping[str, str]) -> tuple[CellTerm, ...] | None:
        return linear_terms(text, bound, self.names[cycle])

    def of_body(self, cycle: str, body: str, terms: Sequence[CellTerm] | None) -> Sum | None:
        """The sum of these cells of one body; None if one of them is not there."""
        total = Sum()
        for term in terms or ():
            asked = self.question(cycle, term.question)
            if asked is None:
                return None
            key = shape(self.pack, asked).key(term.cell) if asked.type == "matrix" else ()
            one = self.cell((cycle, body, term.question, key))
            if one is None:
                return None
            total.add(one, term.coefficient)
        return total if terms else None

    def part(self, compiled: Compiled, index: int, part: str, cycle: str, body: str) -> Sum:
        """What a body brings to one part of an indicator's line: sums of its cells, else one number of its own."""
        bound = compiled.lines[index].cell
        expression = compiled.expressions[part]
        where = (cycle, body, expression.text, tuple(sorted(bound.items())), "" if self.source.exact else self.at)
        if where not in self._bodies:
            found = self.of_body(cycle, body, self.terms(cycle, expression.text, bound))
            self._bodies[where] = found if found is not None else self._other(compiled, index, part, cycle, body)
        found = self._bodies[where]
        assert found is not None
        return found

    def _other(self, compiled: Compiled, index: int, part: str, cycle: str, body: str) -> Sum:
        """What a body brings by an expression that is no sum of cells: told if all it is made from is."""
        questions, bound = compiled.questions, compiled.lines[index].cell
        given = self.source.answers[cycle].given(compiled, index).get(body)
        true: Exact | None = None
        if isinstance(given, Rate):
            true = given.numerator if part == "numerator" else given.denominator
        elif isinstance(given, Amount):
            true = given.value
        spot = (cycle, body, ",".join(questions), (part, *(f"{d}={c}" for d, c in sorted(bound.items()))))
        names = tuple((cycle, body, q) for q in questions)
        open_ = all(name in self.source.own for name in names)
        identity = (*spot, compiled.id, true)
        number = self.matter.add(identity, Quantity(spot, "other", 0.0, float("inf"), true, open_, True))
        self._stand(number, Standing(self.number, names, None))
        return Sum(0, {number: 1})

    def rate(self, compiled: Compiled, index: int, cycle: str, body: str) -> int:
        """A body's own value, as a quantity that is never told as such."""
        dimensions = compiled.lines[index].dimensions
        spot = (cycle, body, compiled.id, ("rate", *(f"{d}={c}" for d, c in sorted(dimensions.items()))))
        open_ = all((cycle, body, q) in self.source.own for q in compiled.questions)
        quantity = Quantity(spot, "rate", 0.0, float("inf"), None, open_, False)
        return self.matter.add((*spot, "" if self.source.exact else self.number), quantity)

    # sizes

    def size(self, cycle: str, body: str) -> Sum | None:
        """Persons of a body: of this cycle's report, else of the latest earlier one; none where it does not apply."""
        where = ("size", cycle, body)
        if where not in self._bodies:
            self._bodies[where] = self._size(cycle, body)
        return self._bodies[where]

    def _size(self, cycle: str, body: str) -> Sum | None:
        text = self.pack.header.size or ""
        cycles = list(self.source.reports)
        for one in reversed(cycles[: cycles.index(cycle) + 1]):
            terms = self.terms(one, text, {})
            found = self.of_body(one, body, terms)
            if found is not None:
                return found
            if terms and any(self.source.answers[one].standing(t.question, body) == "not_applicable" for t in terms):
                return Sum()
        return None

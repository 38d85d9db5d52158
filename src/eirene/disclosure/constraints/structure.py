"""What everybody knows of an answer: a total is the sum of its parts, a part is not more than its total, and what the
pack's rules say is at most something else.

Where the answers are at hand, a rule that they break themselves is left out: an attacker could only be misled by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eirene.disclosure.constraints.model import Exact, Matter, Spot, Sum
from eirene.disclosure.constraints.numbers import Numbers
from eirene.disclosure.linear import CellTerm, linear_terms
from eirene.questionnaires.model import TOTAL, CellKey
from eirene.questionnaires.values import Shape, shape


class StructureReader:
    """Reads what the answers of one release must keep to; after its figures, which say what numbers there are."""

    def __init__(self, matter: Matter, numbers: Numbers) -> None:
        self.matter, self.numbers, self.source = matter, numbers, numbers.source

    def read(self) -> None:
        for cycle, body, question in sorted({spot[:3] for spot in self._all_cells() if spot[3] != ()}):
            asked = self.numbers.question(cycle, question)
            if asked is not None and asked.type == "matrix":
                self._margins(cycle, body, question, shape(self.numbers.pack, asked))
        self._rules()

    def _all_cells(self) -> Iterator[Spot]:
        yield from (spot for spot, one in self.numbers.cells.items() if one is not None)
        if self.source.exact or self.source.left_out:
            for cycle, reports in self.source.reports.items():
                for body, report in reports.items():
                    for question, answer in report.answers.items():
                        for key in answer.cells:
                            yield cycle, body, question, key

    def _margins(self, cycle: str, body: str, question: str, form: Shape) -> None:
        answer = self.source.reports[cycle][body].answers.get(question)
        if answer is None or answer.status != "answered":
            return
        if not self.source.exact and (cycle, body, question) not in self.source.shown:
            return
        keys = {k for k, c in answer.cells.items() if c.status == "answered"}
        if not self.source.exact:
            keys |= self.source.left_out.get((cycle, body, question), frozenset())
        for key in sorted(keys):
            whole = self.numbers.cell((cycle, body, question, key))
            if whole is not None:
                for place in range(len(form.names)):
                    self._margin((cycle, body, question, key), whole, form, place, keys)

    def _margin(self, spot: Spot, whole: Sum, form: Shape, place: int, keys: set[CellKey]) -> None:
        key = spot[3]
        parts = form.parts[place].get(key[place], ())
        there = [(*key[:place], part, *key[place + 1 :]) for part in parts]
        if not parts or not (form.whole[place] if key[place] == TOTAL else form.additive):
            return
        item = ("answer", *spot[:3])
        if self.source.exact or all(part in keys for part in there):
            total = self.numbers.parts(spot, form, place)
            if total is not None:
                self._keep(whole, total, item, equal=True)
                return
        for part in there:
            one = self.numbers.cell((*spot[:3], part)) if part in keys else None
            if one is not None:
                self._keep(whole, one, item, equal=False)

    def _keep(self, more: Sum, less: Sum, item: tuple[str, ...], *, equal: bool) -> None:
        """more - less is 0, or not below it; unless the answers themselves say otherwise."""
        difference = Sum()
        difference.add(more)
        difference.add(less, -1)
        if self._holds(difference, equal=equal):
            self.matter.state(difference, 0, 0 if equal else None, item, self.numbers.number)

    def _holds(self, difference: Sum, *, equal: bool) -> bool:
        """Taken for granted where we do not have them."""
        value: Exact = difference.constant
        for number, coefficient in difference.terms.items():
            true = self.matter.quantities[number].true
            if true is None:
                return True
            value += coefficient * true
        return value == 0 if equal else value >= 0

    # rules

    def _rules(self) -> None:
        """left ≤ right, for rules of the pack that are about sums of cells of one report."""
        pack = self.numbers.pack
        rules = [r for r in pack.rules.values() if r.kind == "at_most" and r.severity in ("blocker", "error")]
        for cycle, names in self.numbers.names.items():
            for rule in rules:
                left = linear_terms(rule.left or "", {}, names)
                right = linear_terms(rule.right or "", {}, names)
                if left is None or right is None:
                    continue
                for bound in self._bindings(cycle, rule.question, rule.for_each, left):
                    self._rule(cycle, [_bound(t, bound) for t in left], [_bound(t, bound) for t in right])

    def _bindings(
        self, cycle: str, question: str | None, dimensions: Sequence[str], left: Sequence[CellTerm]
    ) -> list[dict[str, str]]:
        asked = self.numbers.question(cycle, question or left[0].question)
        found: list[dict[str, str]] = [{}]
        for name in dimensions:
            if asked is None or name not in asked.dimensions:
                return []
            form = shape(self.numbers.pack, asked)
            codes = form.asked[form.names.index(name)]
            found = [{**one, name: code} for one in found for code in codes]
        return found

    def _rule(self, cycle: str, left: Sequence[CellTerm], right: Sequence[CellTerm]) -> None:
        for body in self.source.reports[cycle]:
            over, under = self.numbers.of_body(cycle, body, right), self.numbers.of_body(cycle, body, left)
            if over is not None and under is not None:
                self._keep(over, under, ("rule", cycle, body), equal=False)


def _bound(term: CellTerm, codes: dict[str, str]) -> CellTerm:
    return CellTerm(term.coefficient, term.question, {**codes, **term.cell})

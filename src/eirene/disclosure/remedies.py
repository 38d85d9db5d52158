"""What else to hide when the audit finds something exposed: the cheapest thing that is in the way of the attack.

The dual prices of the attacker's programme say which published numbers pin a value down. Each of them may be taken
back in a few ways, and each way has a price: one more cell beside it in the same answer; the same cell of another body,
so that the two keep each other company; how many persons the coverage stands for; the figure itself, headline totals
last. The cheapest is taken, the audit is made again, until nothing is found. The same reports give the same remedies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import log10

from eirene.disclosure.auditing import Exposed, Findings
from eirene.disclosure.choices import Determined
from eirene.disclosure.constraints import Exact, Row, Spot, Unknowns
from eirene.disclosure.hidden import Hidden, Remedy
from eirene.disclosure.naming import Naming, figure_questions
from eirene.disclosure.source import Source
from eirene.figures.model import Figure
from eirene.questionnaires.model import TOTAL, CellKey
from eirene.questionnaires.values import Shape, shape

_EPSILON = 1e-6
#: Ways that are told beside the one taken, at most.
_WAYS = 6

#: Prices: what is lost to a reader. A cell of the same answer is 1.
_COVERAGE, _BAND, _CHANGE = 0.05, 0.5, 1.5
_CELL, _OTHERS_CELL, _TOTAL_CELL, _TOO_LITTLE, _NAME = 1.0, 2.0, 5.0, 1.5, 12.0
#: Of figures, by kind; undivided sums, the headlines, come last.
_FIGURE = {"pooled_without_largest": 3.0, "matched_panel": 4.0, "lower_quartile": 3.0, "upper_quartile": 3.0,
           "minimum": 3.0, "maximum": 3.0, "median_of_bodies": 6.0, "mean_of_bodies": 6.0}  # fmt: skip
#: By how much a figure of a panel or of today's members, and one of an earlier cycle, is dearer or cheaper.
_ASIDE, _EARLIER = 0.25, 0.7
#: How often a remedy that did not help becomes twice as dear: a headline is not taken for want of a cell or two.
_DOUBLINGS = 4
_BROKEN_DOWN, _HEADLINE_COUNT, _HEADLINE, _OTHER_POPULATION = 8.0, 40.0, 60.0, 6.0


_Sums = dict[Remedy, None]


class Remedies:
    """Takes remedies on the names and figures of one release."""

    def __init__(self, source: Source, naming: Naming, hidden: Hidden, steps: Counter[str]) -> None:
        self.source, self.naming, self.hidden, self.steps = source, naming, hidden, steps
        #: How often something was done for a number already.
        self.tried: Counter[tuple[object, ...]] = Counter()
        self._leaves: dict[tuple[str, str, str], list[frozenset[CellKey]]] = {}

    def take(self, found: Findings, source: Source) -> list[Remedy]:
        """One remedy for each thing that is exposed, unless one taken for another is in its way already.

        source   the release as it was attacked
        """
        self.source = source
        self._sums: dict[frozenset[tuple[int, Exact]], _Sums] = {}
        taken: list[Remedy] = []
        touched: set[int] = set()
        for one in sorted(found.values, key=lambda e: (e.high - e.low, e.cycle, e.body, e.question, e.cell)):
            if touched.intersection(one.rows):
                continue
            ways = sorted(set(self._ways(one, found))) or self._at_last(one)
            if ways:
                spot = (one.cycle, one.body, one.question, *one.cell)
                self.tried[spot] += 1
                for each in ways[0].together or ways[:1]:
                    self.apply(each, _why(each, one), spot, tuple(ways[1:_WAYS]))
                    taken.append(each)
                touched.update(one.rows)
        answered: set[tuple[str, str, str]] = set()
        for told in found.answers:
            if (told.cycle, told.question, told.code) not in answered:
                answered.add((told.cycle, told.question, told.code))
                remedy = self._company(told)
                if remedy is not None:
                    self.apply(remedy, "alike", (told.cycle, told.body, told.question), ())
                    taken.append(remedy)
        return taken

    def apply(self, remedy: Remedy, why: str, protects: tuple[str, ...], ways: tuple[Remedy, ...]) -> None:
        """Hides one thing, for a reason."""
        where = remedy.where
        if remedy.what == "band":
            self.hidden.bare.add(where[0])
            return
        self.naming.ledger.enter(remedy.what, where, why, protects, ways)
        match remedy.what:
            case "cell":
                self.naming.leave_out((where[0], where[1], where[2]), tuple(where[3:]))
            case "name":
                self.naming.withdraw(where[0], where[1], where[2], "chosen" if why == "chosen" else "company")
            case "figure":
                self.hidden.figures.add(where[0])
            case "coverage":
                self.hidden.coverage.add(where[0])
            case "change":
                self.hidden.change.add(where[0])
            case "counts":
                self._untell(where[0], where[1], where[2:])
        self.steps[f"remedy_{remedy.what}"] += 1

    # numbers

    def _ways(self, one: Exposed, found: Findings) -> Iterator[Remedy]:
        rows = found.unknowns.rows
        for number in one.rows:
            if rows[number].source == 0 and rows[number].item[0] == "figure":
                together = tuple(sorted(self._sum(rows[number], found)))
                yield Remedy(sum(each.price for each in together), "sum", (), together)
        for spot in self._loose(one, found.unknowns):
            value = self._value(spot)
            # A zero is no company: it leaves an attacker nothing to be mistaken by. As a bound it says everything.
            if spot[1] != one.by and self.source.told(*spot) and (value > 0 or spot[1] == one.body):
                yield self._cell(spot, value, one)
                if spot[1] != one.body:
                    yield self._name(spot, value, one)

    def _at_last(self, one: Exposed) -> list[Remedy]:
        """Where nothing that pins it down can be taken back (it stands in another release, and only what is told here
        besides makes it tell): the figures of the same question, the least of them first."""
        asked = set(one.question.split(","))
        found = [
            Remedy(price_of(figure) * self._weight(figure), "figure", (key,))
            for key, figure in self.source.figures.items()
            if figure.cycle == one.cycle and figure.basis == "computed" and figure.value is not None
            if asked & figure_questions(self.source.pack, figure.id) or figure.id == one.question
        ]
        return sorted(found)

    def _loose(self, one: Exposed, unknowns: Unknowns) -> list[Spot]:
        """Told cells that would loosen the attack if they were not told: those with a price of their own, as a column
        has that is brought into a programme (its coefficients times the prices of their rows do not cancel out)."""
        found: dict[Spot, None] = {}
        for side in (one.interval.above, one.interval.below):
            answers: dict[tuple[str, str, str], dict[CellKey, float]] = {}
            for number, price in side:
                for spot, coefficient in unknowns.could_be_left_out(number).items():
                    cells = answers.setdefault(spot[:3], {})
                    cells[spot[3]] = cells.get(spot[3], 0.0) + price * float(coefficient)
            for where, cells in answers.items():
                if self._moves(where, cells):
                    found.update(
                        dict.fromkeys((*where, cell) for cell, price in cells.items() if abs(price) > _EPSILON)
                    )
        return list(found)

    def _moves(self, where: tuple[str, str, str], prices: Mapping[CellKey, float]) -> bool:
        """Whether a change of one cell of an answer, its totals moving with it, has a price."""
        asked = self.source.questions(where[0]).get(where[2])
        if asked is None or asked.type != "matrix":
            return any(abs(price) > _EPSILON for price in prices.values())
        if where not in self._leaves:
            cells = self.source.reports[where[0]][where[1]].answers[where[2]].cells
            self._leaves[where] = list(_above_leaves(cells, shape(self.source.pack, asked)))
        return any(
            abs(sum(price for cell, price in prices.items() if cell in above)) > _EPSILON
            for above in self._leaves[where]
        )

    def _value(self, spot: Spot) -> Exact:
        answer = self.source.reports[spot[0]][spot[1]].answers[spot[2]]
        value = answer.cells[spot[3]].value if spot[3] else answer.value
        return Fraction(value) if isinstance(value, int | Decimal) else 0

    def _sum(self, row: Row, found: Findings) -> _Sums:
        """Everything that tells the same sum of unknown numbers: taken back together, or not at all."""
        if not self._sums:
            for other in found.unknowns.rows.values():
                if other.source == 0 and other.item[0] == "figure":
                    items = self._sums.setdefault(frozenset(other.terms.items()), {})
                    items[self._figure(other.item[1], other.item[2])] = None
        return self._sums[frozenset(row.terms.items())]

    def _figure(self, key: str, part: str) -> Remedy:
        if part == "coverage":
            return Remedy(_COVERAGE, "coverage", (key,))
        if part == "change":
            return Remedy(_CHANGE, "change", (key,))
        if part == "band":
            return Remedy(_BAND, "band", (key,))
        figure = self.source.figures[key]
        return Remedy(price_of(figure) * self._weight(figure), "figure", (key,))

    def _weight(self, figure: Figure) -> float:
        """Figures of those who were asked, in the cycle at hand, are what most readers look for."""
        weight = 1.0 if figure.population in self.naming.pack.cycles[figure.cycle].asked else _ASIDE
        return weight if figure.cycle == self.source.cycle_id else weight * _EARLIER

    def _cell(self, spot: Spot, value: Exact, one: Exposed) -> Remedy:
        cycle, body, question, cell = spot
        if not cell:
            return Remedy(_NAME, "name", (cycle, body, question))
        price = _CELL if body == one.body else _OTHERS_CELL
        price += min(log10(max(float(value), 1.0)) / 4, 2.0)
        if float(value) < one.width - (one.high - one.low):
            price += _TOO_LITTLE
        if all(code == TOTAL for code in cell):
            price += _TOTAL_CELL
        # What did not help so far is dearer each time, until a figure is cheaper.
        price *= 2.0 ** min(self.tried[one.cycle, one.body, one.question, *one.cell], _DOUBLINGS)
        if body != one.body and (question != one.question or cell != one.cell):
            price += 1.0
        return Remedy(price, "cell", (cycle, body, question, *cell))

    def _name(self, spot: Spot, value: Exact, one: Exposed) -> Remedy:
        """Another body goes without its name for the whole question: company in every cell of it at once."""
        price = _NAME + log10(max(float(value), 1.0)) / 4
        return Remedy(price + (_TOO_LITTLE if value < one.width else 0), "name", spot[:3])

    # answers by choice

    def _company(self, told: Determined) -> Remedy | None:
        """What keeps an answer from following, the cheapest first: that it is not told how many of a population gave
        which answer, or that somebody like it who answered otherwise goes without a name as well."""
        ways = [
            Remedy(self._population(told.cycle, code), "counts", (told.cycle, told.question, code))
            for code in told.populations
        ]
        cycle = self.naming.cycles[told.cycle]
        if told.question and told.body in cycle.reports and not told.corrected:
            ways += [Remedy(_NAME, "name", (told.cycle, body, told.question)) for body in self._otherwise(told)[:1]]
        if ways:
            return min(ways)
        if told.by or not told.question:
            # Whoever alone answered otherwise knows the rest from the published share; only hiding it would help. Who
            # is silent is hidden by `naming`; what it cannot hide is told, and refused.
            return None
        return self._all_counts(told)

    def _population(self, cycle: str, code: str) -> float:
        """What it costs not to tell of a population how many gave which answer: those who were asked come last."""
        if code not in self.naming.pack.cycles[cycle].asked:
            return _OTHER_POPULATION
        return _HEADLINE if cycle == self.source.cycle_id else _HEADLINE_COUNT

    def _otherwise(self, told: Determined) -> list[str]:
        """Named bodies in the same sets who answered otherwise, the most common answer first."""
        cycle = self.naming.cycles[told.cycle]

        def where(body: str) -> list[bool]:
            return [body in bodies for _, bodies in self.source.counted(told.cycle, told.question)]

        named = [b for b in cycle.reports if (told.cycle, b, told.question) in self.naming.shown and b != told.by]
        alike = [b for b in named if where(b) == where(told.body) and not cycle.outside(b, told.question)]
        said = {b: _kind(cycle.category(b, told.question), told.code) for b in [*alike, told.body]}
        others = [b for b in alike if said[b] != said[told.body]]
        sizes = Counter(said[b] for b in others)
        return sorted(others, key=lambda b: (-sizes[said[b]], b))

    def _all_counts(self, told: Determined) -> Remedy | None:
        """No single set would do: none that it is in is told."""
        inside = [
            Remedy(self._population(told.cycle, code), "counts", (told.cycle, told.question, code))
            for code, bodies in self.source.counted(told.cycle, told.question)
            if told.body in bodies
        ]
        return min(inside, default=None)

    def _untell(self, cycle: str, question: str, populations: Sequence[str]) -> None:
        """Of these populations (all, if none is given) it is not told how many gave which answer."""
        for code in populations or [code for code, _ in self.source.counted(cycle, question)]:
            self.hidden.counts.add((cycle, question, code))
        for key, figure in self.source.figures.items():
            inside = figure.cycle == cycle and (not populations or figure.population in populations)
            if inside and question in figure_questions(self.source.pack, figure.id):
                self.hidden.figures.add(key)


def _why(remedy: Remedy, one: Exposed) -> str:
    if remedy.what == "cell":
        return "within" if remedy.where[1] == one.body else "company"
    return "company" if remedy.what == "name" else "derivable"


def _above_leaves(cells: Iterable[CellKey], form: Shape) -> Iterator[frozenset[CellKey]]:
    """For each cell that has no part of its own: itself and all that it is part of."""
    above = [_ancestors(parts) for parts in form.parts]

    def within(cell: CellKey, whole: CellKey) -> bool:
        pairs = enumerate(zip(cell, whole, strict=True))
        return all(own == code or code in above[n].get(own, ()) for n, (own, code) in pairs)

    given = list(cells)
    for leaf in given:
        if not any(other != leaf and within(other, leaf) for other in given):
            yield frozenset(cell for cell in given if within(leaf, cell))


def _ancestors(parts: Mapping[str, tuple[str, ...]]) -> Mapping[str, frozenset[str]]:
    """code → the codes of which it is a part, directly or not."""
    found: dict[str, set[str]] = {}

    def below(code: str, path: tuple[str, ...]) -> None:
        for part in parts.get(code, ()):
            found.setdefault(part, set()).update((*path, code))
            below(part, (*path, code))

    for code in parts:
        below(code, ())
    return {code: frozenset(codes) for code, codes in found.items()}


def price_of(figure: Figure) -> float:
    """What is lost when a figure is not shown."""
    if figure.dimensions:
        return _BROKEN_DOWN
    return _FIGURE.get(figure.kind, _HEADLINE_COUNT if figure.kind == "count" else _HEADLINE)


def _kind(category: str | tuple[str, ...], code: str) -> str:
    if isinstance(category, tuple):
        return "chosen" if code in category else "not_chosen"
    return category

"""From what releases tell to linear constraints on what they do not tell.

Columns are single numbers of single bodies: a cell of an answer, a number, a body's own rate. Every published number
becomes rows on them:

    sums (counts, numerators, denominators)     Σ over the bodies in it, exactly
    a rate or a gap without its parts           (value - h) × D ≤ N ≤ (value + h) × D, h half a unit of its last digit
    a mean of bodies                            Σ of their rates, within n × h
    median, quartiles, extremes                 what they leave each body, given the others (`ordering`)
    coverage in personnel                       Σ of the sizes of the bodies in it
    a change's values on the matched panel      like rates, over the panel
    an answer's own structure                   a total is the sum of its parts; a part is not more than its total;
                                                what edit rules say is at most something else

What is told is subtracted exactly before anything becomes a double. Where the answers are at hand, a rule that they
break themselves is left out: an attacker could only be misled by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from eirene.disclosure.cells import threshold_of
from eirene.disclosure.linear import CellTerm, linear_terms
from eirene.disclosure.naming import Named
from eirene.disclosure.source import Source
from eirene.figures.aggregate import Amount, Rate
from eirene.figures.indicators import Compiled
from eirene.figures.model import Figure
from eirene.questionnaires.model import TOTAL, Answer, CellKey
from eirene.questionnaires.values import Shape, shape

Exact = int | Fraction
#: cycle, body, question, cell; a number has the cell ()
Spot = tuple[str, str, str, CellKey]
_RATIO = {"percent": 100, "points": 100, "per_mille": 1000, "per_thousand": 1000}


@dataclass(slots=True)
class Sum:
    """constant + Σ coefficient × column."""

    constant: Exact = 0
    terms: dict[int, Exact] = field(default_factory=dict)
    #: The cells in it that are told, and could be left out as well, with their coefficients.
    told: dict[Spot, Exact] = field(default_factory=dict)

    def add(self, other: Sum, times: Exact = 1) -> None:
        self.constant += other.constant * times
        for spot, coefficient in other.told.items():
            self.told[spot] = self.told.get(spot, 0) + coefficient * times
        for column, coefficient in other.terms.items():
            value = self.terms.get(column, 0) + coefficient * times
            if value:
                self.terms[column] = value
            else:
                self.terms.pop(column, None)


@dataclass(frozen=True, slots=True)
class Column:
    """One unknown number. `open_`: its body released it for naming; it is hidden only to hide others."""

    spot: Spot
    kind: str  # cell, rate, other
    low: float
    high: float
    true: Exact | None
    open_: bool
    integer: bool


@dataclass(frozen=True, slots=True)
class Row:
    """low ≤ Σ coefficient × column ≤ high. `item`: what was published that says so: ("figure", key, part) or
    ("answer", cycle, body, question); `source`: in which release."""

    terms: Mapping[int, Exact]
    low: Fraction | None
    high: Fraction | None
    item: tuple[str, ...]
    source: int
    #: Cells in it that are told by name in that release, with their coefficients.
    told: Mapping[Spot, Exact] = field(default_factory=dict)


@dataclass(frozen=True)
class Ordered:
    """A published order statistic. known: values that are told, before scaling; open_: of each other body numerator
    and denominator; index, weight: its place among them in order, counted from 0, and how far on to the next."""

    known: tuple[float, ...]
    open_: tuple[tuple[Sum, Sum], ...]
    low: float
    high: float
    index: int
    weight: float
    item: tuple[str, ...]
    source: int


@dataclass
class Unknowns:
    columns: list[Column] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    #: column → the same, for those that must not become known
    by_spot: dict[object, int] = field(default_factory=dict)
    ordered: list[Ordered] = field(default_factory=list)

    def column(self, key: object, column: Column) -> int:
        if key not in self.by_spot:
            self.by_spot[key] = len(self.columns)
            self.columns.append(column)
        return self.by_spot[key]

    def row(self, total: Sum, low: Exact | None, high: Exact | None, item: tuple[str, ...], source: int) -> None:
        """low ≤ total ≤ high; nothing, if nothing in it is unknown."""
        if total.terms:
            self.rows.append(
                Row(
                    dict(total.terms),
                    None if low is None else Fraction(low) - Fraction(total.constant),
                    None if high is None else Fraction(high) - Fraction(total.constant),
                    item,
                    source,
                    total.told,
                )
            )


def unknowns(sources: Sequence[Source], knows: frozenset[str] = frozenset()) -> Unknowns:
    """What the readers of all these releases together do not know, and what they know about it.

    knows   bodies whose own answers the attacker has as well: he belongs to them
    """
    found = Unknowns()
    known = _known(sources, knows)
    named = frozenset().union(*(source.shown for source in sources))
    for number, source in enumerate(sources):
        _Reader(found, source, number, known, named).read()
    return found


@dataclass(slots=True)
class _Told:
    """A cell that is told by name: its value, and in how many of the releases (more, if the attacker knows it anyway)."""

    value: Exact | None
    times: int = 0


def _known(sources: Sequence[Source], knows: frozenset[str]) -> dict[tuple[object, ...], _Told]:
    """Cells that stand by name in any of the releases, by the identity of their columns."""
    found: dict[tuple[object, ...], _Told] = {}
    for source in sources:
        for cycle, reports in source.reports.items():
            for body, report in reports.items():
                for question, answer in report.answers.items():
                    for key, value in _numbers(answer):
                        if body in knows or source.told(cycle, body, question, key):
                            identity = _identity(source, (cycle, body, question, key), value)
                            told = found.setdefault(identity, _Told(value))
                            told.value = value if told.value is None else told.value
                            told.times += 1 + (body in knows)
    return found


def _identity(source: Source, spot: Spot, value: Exact | None) -> tuple[object, ...]:
    """An answer that was corrected is another number; one that stayed the same is the same, and the attacker is taken
    to know that it did."""
    return (*spot, value if source.exact else None)


def _numbers(answer: Answer) -> Iterator[tuple[CellKey, Exact | None]]:
    """The numbers of an answer by cell; None: there is none for us to know."""
    if answer.status != "answered":
        return
    for key, cell in answer.cells.items():
        if cell.status == "answered":
            yield key, None if cell.value is None else _exact(cell.value)
    if isinstance(answer.value, int | Decimal):
        yield (), _exact(answer.value)


def _exact(value: int | Decimal | Fraction) -> Exact:
    if type(value) is int:
        return value
    fraction = Fraction(value)
    return fraction.numerator if fraction.denominator == 1 else fraction


class _Reader:
    """Reads one release into the unknowns."""

    def __init__(
        self,
        found: Unknowns,
        source: Source,
        number: int,
        known: dict[tuple[object, ...], _Told],
        named: frozenset[Named],
    ) -> None:
        self.found, self.source, self.number, self.known, self.named = found, source, number, known, named
        self.pack = source.pack
        self._cells: dict[Spot, Sum | None] = {}
        #: The indicator at hand.
        self._at = ""
        self._of_bodies: dict[tuple[object, ...], Sum | None] = {}
        self._questions = {cycle: source.questions(cycle) for cycle in source.reports}
        self._names = {cycle: frozenset(qs) for cycle, qs in self._questions.items()}

    def read(self) -> None:
        for figure in self.source.figures.values():
            if figure.basis == "computed" and figure.cycle in self.source.reports:
                self._at = figure.id
                self._figure(figure)
        self._structure()

    # single numbers

    def cell(self, spot: Spot) -> Sum | None:
        """A cell as what is known of it; None if there is no such number."""
        if not self.source.exact and spot[:3] not in self.source.shown:
            return self._cell(spot)
        if spot not in self._cells:
            self._cells[spot] = self._cell(spot)
        return self._cells[spot]

    def _cell(self, spot: Spot) -> Sum | None:
        cycle, body, question, key = spot
        report = self.source.reports[cycle].get(body)
        answer = report.answers.get(question) if report else None
        if answer is None or answer.status != "answered":
            return None
        asked = self._questions[cycle].get(question)
        if key in self.source.left_out.get(spot[:3], ()) and not self.source.exact:
            return self._unknown(spot, None)
        if key == ():
            value = answer.value
            if not isinstance(value, int | Decimal):
                return None if self.source.exact or asked is None else self._unknown(spot, None)
            return self._unknown(spot, _exact(value))
        cell = answer.cells.get(key)
        if cell is not None:
            if cell.status == "not_applicable":
                return Sum()
            return self._unknown(spot, _exact(cell.value)) if cell.value is not None else None
        if asked is None or asked.type != "matrix":
            return None
        if not self.source.exact and (cycle, body, question) not in self.source.shown:
            return self._unknown(spot, None)
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

    def _unknown(self, spot: Spot, value: Exact | None) -> Sum:
        cycle, body, question, _ = spot
        identity = _identity(self.source, spot, value)
        known = self.known.get(identity)
        if known is not None:
            told: dict[Spot, Exact] = {spot: 1} if self.source.told(*spot) and known.times == 1 else {}
            return Sum(known.value or 0, told=told)
        if not self.source.exact and spot[:3] not in self.named:
            # Who is not named is a place in one figure: that it is the same one in another is not known.
            identity = (*identity, self._at)
        asked = self._questions[cycle].get(question)
        low = 0.0 if asked is None or asked.minimum is None else float(asked.minimum)
        high = float("inf") if asked is None or asked.maximum is None else float(asked.maximum)
        where = (cycle, body, question)
        if self.source.exact:
            open_ = where in self.source.own and not self._small(where, value)
        else:
            open_ = where in self.source.shown  # its body is named: the cell may be small, or hide a small one
        column = Column(spot, "cell", low, high, value, open_, asked is None or asked.integer)
        return Sum(0, {self.found.column(identity, column): 1})

    def _small(self, where: tuple[str, str, str], value: Exact | None) -> bool:
        asked = self._questions[where[0]].get(where[2])
        answer = self.source.reports[where[0]][where[1]].answers[where[2]]
        return value is not None and asked is not None and 0 < value < threshold_of(self.pack, asked, answer)

    # contributions to figures

    def _terms(self, figure: Figure, text: str, bound: Mapping[str, str]) -> tuple[CellTerm, ...] | None:
        return linear_terms(text, bound, self._names[figure.cycle])

    def _over(self, figure: Figure, compiled: Compiled, bound: Mapping[str, str], part: str) -> Sum | None:
        """The sum of one expression over the bodies in a figure."""
        expression = compiled.expressions.get(part)
        total = Sum()
        if expression is None:
            return None
        bodies = self.source.members.get(figure.key, ())
        terms = self._terms(figure, expression.text, bound)
        at = "" if self.source.exact else figure.id
        key = (figure.cycle, expression.text, tuple(sorted(bound.items())), bodies, at)
        if terms is not None and key in self._of_bodies:
            return self._of_bodies[key]
        for body in bodies:
            one = self._of_body(figure.cycle, body, terms) if terms else None
            total.add(one if one is not None else self._other(figure, compiled, part, bound, body))
        self._of_bodies[key] = total
        return total

    def _of_body(self, cycle: str, body: str, terms: Sequence[CellTerm]) -> Sum | None:
        total = Sum()
        for term in terms:
            asked = self._questions[cycle].get(term.question)
            if asked is None:
                return None
            key = shape(self.pack, asked).key(term.cell) if asked.type == "matrix" else ()
            one = self.cell((cycle, body, term.question, key))
            if one is None:
                return None
            total.add(one, term.coefficient)
        return total

    def _other(self, figure: Figure, compiled: Compiled, part: str, bound: Mapping[str, str], body: str) -> Sum:
        """What a body brings by an expression that is no sum of cells: one number, told if all it is made from is."""
        cycle = figure.cycle
        questions = compiled.questions
        true: Exact | None = None
        answers = self.source.answers[cycle]
        index = compiled.places.get(tuple(sorted(figure.dimensions.items())))
        given = answers.given(compiled, index).get(body) if index is not None else None
        if isinstance(given, Rate):
            true = given.numerator if part == "numerator" else given.denominator
        elif isinstance(given, Amount):
            true = given.value
        told = all(
            (cycle, body, q) in self.source.shown and not self.source.left_out.get((cycle, body, q)) for q in questions
        )
        if told and true is not None:
            return Sum(true)
        spot = (cycle, body, ",".join(questions), (part, *(f"{d}={c}" for d, c in sorted(bound.items()))))
        open_ = all((cycle, body, q) in self.source.own for q in questions)
        identity = (*spot, compiled.id, true if self.source.exact else None)
        return Sum(0, {self.found.column(identity, Column(spot, "other", 0.0, float("inf"), true, open_, True)): 1})

    # figures

    def _figure(self, figure: Figure) -> None:
        compiled = self.source.answers[figure.cycle].indicators.get(figure.id)
        if compiled is None:
            return
        index = compiled.places.get(tuple(sorted(figure.dimensions.items())))
        if index is None:
            return
        self._coverage(figure)
        if figure.value is None:
            return
        bound = compiled.lines[index].cell
        match compiled.form.family:
            case "rate":
                self._rate(figure, compiled, index)
            case "count":
                if figure.kind == "count":
                    self._equal(figure, self._over(figure, compiled, bound, "value"), figure.numerator, "numerator")
                else:
                    self._ordered(figure, compiled, index)
            case "measure":
                self._ordered(figure, compiled, index)
            case "gap":
                self._gap(figure, compiled, index)
            case "completeness":
                self._completeness(figure, compiled)

    def _item(self, figure: Figure, part: str) -> tuple[str, ...]:
        return ("figure", figure.key, part)

    def _equal(self, figure: Figure, total: Sum | None, value: Decimal | int | None, part: str) -> None:
        if total is not None and value is not None:
            exact = _exact(value)
            self.found.row(total, exact, exact, self._item(figure, part), self.number)

    def _rate(self, figure: Figure, compiled: Compiled, index: int) -> None:
        bound = compiled.lines[index].cell
        if figure.kind not in ("pooled", "pooled_without_largest", "matched_panel"):
            self._ordered(figure, compiled, index)
            return
        above = self._over(figure, compiled, bound, "numerator")
        below = self._over(figure, compiled, bound, "denominator")
        if figure.numerator is not None and figure.denominator is not None:
            self._equal(figure, above, figure.numerator, "numerator")
            self._equal(figure, below, figure.denominator, "denominator")
        elif above is not None and below is not None:
            self._ratio(figure, above, below, figure.value, "value")
        self._panel(figure, compiled, index)

    def _completeness(self, figure: Figure, compiled: Compiled) -> None:
        """All persons of the bodies in it; of those whose break-down is known no more than that follows."""
        if figure.kind != "pooled" or figure.denominator is None or compiled.indicator.question is None:
            return
        total = Sum()
        for body in self.source.members.get(figure.key, ()):
            one = self._of_body(figure.cycle, body, [CellTerm(1, compiled.indicator.question, {})])
            if one is None:
                return
            total.add(one)
        self._equal(figure, total, figure.denominator, "denominator")

    def _ratio(self, figure: Figure, above: Sum, below: Sum, value: Decimal | None, part: str) -> None:
        """(value - h) × below ≤ above ≤ (value + h) × below."""
        if value is None:
            return
        scale, half = _scale(figure)
        for bound, low in ((Fraction(value) - half, True), (Fraction(value) + half, False)):
            total = Sum()
            total.add(above)
            total.add(below, -bound / scale)
            self.found.row(total, 0 if low else None, None if low else 0, self._item(figure, part), self.number)

    def _panel(self, figure: Figure, compiled: Compiled, index: int) -> None:
        """The value now over those in both cycles, where it is told and we know who they are."""
        change = figure.change
        if change is None or change.panel_value is None or figure.kind != "pooled":
            return
        panel = self.source.members.get(figure.key.replace(".pooled", ".matched_panel", 1))
        if panel is None or len(panel) != change.panel_n:
            before = self.source.members.get(figure.key.replace(f".{figure.cycle}.", f".{change.since}.", 1), ())
            panel = tuple(b for b in self.source.members.get(figure.key, ()) if b in before)
        if len(panel) != change.panel_n:
            return
        bound = compiled.lines[index].cell
        parts = []
        for part in ("numerator", "denominator"):
            terms = self._terms(figure, compiled.expressions[part].text, bound)
            total = Sum()
            for body in panel:
                one = self._of_body(figure.cycle, body, terms) if terms else None
                total.add(one if one is not None else self._other(figure, compiled, part, bound, body))
            parts.append(total)
        self._ratio(figure, parts[0], parts[1], change.panel_value, "change")

    def _gap(self, figure: Figure, compiled: Compiled, index: int) -> None:
        """left - right, where all but one of its rates are known: then that one is a rate with a rounded value."""
        if figure.kind not in ("pooled", "pooled_without_largest", "matched_panel") or figure.value is None:
            return
        place = compiled.lines[index].place
        rates: list[tuple[int, Sum, Sum]] = []
        for sign, term in zip(compiled.form.signs, compiled.terms, strict=True):
            bound = term.lines[term.places[place]].cell
            above, below = (self._over(figure, term, bound, part) for part in ("numerator", "denominator"))
            if above is None or below is None:
                return
            rates.append((sign, above, below))
        open_ = [(sign, above, below) for sign, above, below in rates if above.terms or below.terms]
        if len(open_) != 1:
            return
        scale, half = _scale(figure)
        rest = Fraction(0)
        for sign, above, below in rates:
            if above is not open_[0][1]:
                if not below.constant:
                    return
                rest += sign * Fraction(above.constant) / Fraction(below.constant)
        sign, above, below = open_[0]
        ends = sorted(sign * ((Fraction(figure.value) + h) / scale - rest) for h in (-half, half))
        for end, low in ((ends[0], True), (ends[1], False)):
            total = Sum()
            total.add(above)
            total.add(below, -end)
            self.found.row(total, 0 if low else None, None if low else 0, self._item(figure, "value"), self.number)

    # figures made of the bodies' own values

    def _ordered(self, figure: Figure, compiled: Compiled, index: int) -> None:
        """Means, medians, quartiles, extremes of what each body has."""
        if figure.value is None or compiled.form.family == "gap" or not self.source.exact:
            return  # who stands where in the order is nothing without knowing who is in it
        bound = compiled.lines[index].cell
        known: list[Fraction] = []
        open_: list[tuple[str, Sum, Sum]] = []
        for body in self.source.members.get(figure.key, ()):
            above, below = self._own(figure, compiled, bound, body)
            if above.terms or below.terms:
                open_.append((body, above, below))
            elif below.constant:
                known.append(Fraction(above.constant) / Fraction(below.constant))
        if not open_:
            return
        scale, half = _scale(figure) if compiled.form.family == "rate" else (Fraction(1), _half(figure))
        low, high = (Fraction(figure.value) - half) / scale, (Fraction(figure.value) + half) / scale
        if figure.kind == "mean_of_bodies":
            self._mean(figure, compiled, known, open_, low, high)
        else:
            self._order(figure, sorted(known), open_, low, high)

    def _own(self, figure: Figure, compiled: Compiled, bound: Mapping[str, str], body: str) -> tuple[Sum, Sum]:
        parts = ("numerator", "denominator") if compiled.form.family == "rate" else ("value",)
        found = []
        for part in parts:
            terms = self._terms(figure, compiled.expressions[part].text, bound)
            one = self._of_body(figure.cycle, body, terms) if terms else None
            found.append(one if one is not None else self._other(figure, compiled, part, bound, body))
        return found[0], found[1] if len(found) == 2 else Sum(1)

    def _mean(
        self,
        figure: Figure,
        compiled: Compiled,
        known: Sequence[Fraction],
        open_: Sequence[tuple[str, Sum, Sum]],
        low: Fraction,
        high: Fraction,
    ) -> None:
        """Σ of the bodies' own rates: columns of their own, tied to their parts where the denominator is known."""
        n = len(known) + len(open_)
        total = Sum(sum(known, Fraction(0)))
        for body, above, below in open_:
            if not below.terms and below.constant:
                total.add(above, 1 / Fraction(below.constant))
                continue
            spot = (
                figure.cycle,
                body,
                compiled.id,
                ("rate", *(f"{d}={c}" for d, c in sorted(figure.dimensions.items()))),
            )
            open_here = all((figure.cycle, body, q) in self.source.own for q in compiled.questions)
            identity = (*spot, self.number if not self.source.exact else "")
            column = Column(spot, "rate", 0.0, float("inf"), None, open_here, False)
            total.add(Sum(0, {self.found.column(identity, column): 1}))
        self.found.row(total, low * n, high * n, self._item(figure, "value"), self.number)

    def _order(
        self,
        figure: Figure,
        known: Sequence[Fraction],
        open_: Sequence[tuple[str, Sum, Sum]],
        low: Fraction,
        high: Fraction,
    ) -> None:
        """Kept until all sums are read: what is known of the others says how much it tells (`ordering`)."""
        n = len(known) + len(open_)
        quarter = {"minimum": 0, "lower_quartile": 1, "median_of_bodies": 2, "upper_quartile": 3, "maximum": 4}
        index, rest = divmod((n - 1) * quarter[figure.kind], 4)
        self.found.ordered.append(
            Ordered(
                tuple(float(one) for one in known),
                tuple((over, under) for _, over, under in open_),
                float(low),
                float(high),
                index,
                rest / 4,
                self._item(figure, "value"),
                self.number,
            )
        )

    # coverage

    def _coverage(self, figure: Figure) -> None:
        coverage = figure.coverage
        if coverage is None or coverage.personnel is None or not self.pack.header.size:
            return
        if not self.source.exact:
            return  # whose sizes these are is not known
        for part, bodies, value in (
            ("coverage", self.source.members.get(figure.key, ()), coverage.personnel),
            ("coverage", self._applicable(figure), coverage.of_personnel),
        ):
            total = self._sizes(figure.cycle, bodies)
            if total is not None and value is not None:
                # Sizes are whole persons; a size that is not may be rounded by half a one each.
                self.found.row(total, value, value, self._item(figure, part), self.number)

    def _applicable(self, figure: Figure) -> tuple[str, ...]:
        answers = self.source.answers[figure.cycle]
        compiled = answers.indicators[figure.id]
        index = compiled.places[tuple(sorted(figure.dimensions.items()))]
        bodies = self.source.populations[figure.cycle].get(figure.population)
        if bodies is None:
            return ()
        inside = set(self.source.members.get(figure.key, ()))
        return tuple(b for b in bodies if b in inside or answers.reason(compiled, index, b) != "not_applicable")

    def _sizes(self, cycle: str, bodies: tuple[str, ...]) -> Sum | None:
        """Persons of these bodies; None if one has no size that is a sum of cells."""
        key = (cycle, bodies)
        if key not in self._of_bodies:
            sizes = [self._size(cycle, body) for body in bodies]
            total = Sum()
            for one in sizes:
                total.add(one or Sum())
            self._of_bodies[key] = total if sizes and None not in sizes else None
        return self._of_bodies[key]

    def _size(self, cycle: str, body: str) -> Sum | None:
        if (cycle, "size", body) not in self._of_bodies:
            self._of_bodies[cycle, "size", body] = self._size_of(cycle, body)
        return self._of_bodies[cycle, "size", body]

    def _size_of(self, cycle: str, body: str) -> Sum | None:
        """Of this cycle's report, else of the latest earlier one; nobody where the question does not apply."""
        text = self.pack.header.size or ""
        cycles = list(self.source.reports)
        for one in reversed(cycles[: cycles.index(cycle) + 1]):
            terms = linear_terms(text, {}, self._names[one])
            found = self._of_body(one, body, terms) if terms else None
            if found is not None:
                return found
            if terms and any(self.source.answers[one].standing(t.question, body) == "not_applicable" for t in terms):
                return Sum()
        return None

    # an answer's own structure

    def _structure(self) -> None:
        spots = sorted({(c, b, q) for c, b, q, k in self._all_cells() if k != ()})
        for cycle, body, question in spots:
            asked = self._questions[cycle].get(question)
            if asked is not None and asked.type == "matrix":
                self._margins(cycle, body, question, shape(self.pack, asked))
        self._rules()

    def _all_cells(self) -> Iterator[Spot]:
        yield from (spot for spot, one in self._cells.items() if one is not None)
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
        item = ("answer", cycle, body, question)
        for key in sorted(keys):
            whole = self.cell((cycle, body, question, key))
            if whole is None:
                continue
            for place in range(len(form.names)):
                self._margin((cycle, body, question, key), whole, form, place, keys, item)

    def _margin(
        self, spot: Spot, whole: Sum, form: Shape, place: int, keys: set[CellKey], item: tuple[str, ...]
    ) -> None:
        key = spot[3]
        parts = form.parts[place].get(key[place], ())
        there = [(*key[:place], part, *key[place + 1 :]) for part in parts]
        if not parts or not (form.whole[place] if key[place] == TOTAL else form.additive):
            return
        if self.source.exact or all(part in keys for part in there):
            total = self.parts(spot, form, place)
            if total is not None:
                difference = Sum()
                difference.add(whole)
                difference.add(total, -1)
                if self._holds(difference, equal=True):
                    self.found.row(difference, 0, 0, item, self.number)
                return
        for part in there:
            one = self.cell((*spot[:3], part)) if part in keys else None
            if one is not None:
                difference = Sum()
                difference.add(whole)
                difference.add(one, -1)
                if self._holds(difference, equal=False):
                    self.found.row(difference, 0, None, item, self.number)

    def _holds(self, difference: Sum, *, equal: bool) -> bool:
        """Whether the answers themselves keep to a rule; taken for granted where we do not have them."""
        value: Exact = difference.constant
        for column, coefficient in difference.terms.items():
            true = self.found.columns[column].true
            if true is None:
                return True
            value += coefficient * true
        return value == 0 if equal else value >= 0

    def _rules(self) -> None:
        """left ≤ right, for rules of the pack that are about sums of cells of one report."""
        rules = [r for r in self.pack.rules.values() if r.kind == "at_most" and r.severity in ("blocker", "error")]
        for cycle, names in self._names.items():
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
        asked = self._questions[cycle].get(question or left[0].question)
        found: list[dict[str, str]] = [{}]
        for name in dimensions:
            if asked is None or name not in asked.dimensions:
                return []
            form = shape(self.pack, asked)
            codes = form.asked[form.names.index(name)]
            found = [{**one, name: code} for one in found for code in codes]
        return found

    def _rule(self, cycle: str, left: Sequence[CellTerm], right: Sequence[CellTerm]) -> None:
        for body in self.source.reports[cycle]:
            difference = Sum()
            over, under = self._of_body(cycle, body, right), self._of_body(cycle, body, left)
            if over is None or under is None or not (over.terms or under.terms):
                continue
            difference.add(over)
            difference.add(under, -1)
            if self._holds(difference, equal=False):
                self.found.row(difference, 0, None, ("rule", cycle, body), self.number)


def _bound(term: CellTerm, codes: Mapping[str, str]) -> CellTerm:
    return CellTerm(term.coefficient, term.question, {**codes, **term.cell})


def _scale(figure: Figure) -> tuple[Fraction, Fraction]:
    """What a ratio is multiplied by, and half a unit of the last digit that is shown."""
    return Fraction(_RATIO.get(figure.unit, 1)), _half(figure)


def _half(figure: Figure) -> Fraction:
    exponent = figure.value.as_tuple().exponent if figure.value is not None else 0
    decimals = max(figure.decimals, -exponent if isinstance(exponent, int) else 0)
    return Fraction(1, 2 * 10**decimals)


__all__ = ["Column", "Row", "Spot", "Sum", "Unknowns", "unknowns"]

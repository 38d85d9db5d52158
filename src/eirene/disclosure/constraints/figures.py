"""What figures say of single numbers.

sums (counts, numerators, denominators)     Σ over the bodies in it
the band of a hidden count                  lower ≤ Σ ≤ upper
a rate or a gap without its parts           (value - h) × D ≤ N ≤ (value + h) × D, h half a unit of its last digit
mean, median, quartiles, extremes           of the bodies' own values (`eirene.disclosure.ordering`)
coverage in personnel                       Σ of the sizes of the bodies in it
a change's values then and now              like rates or sums, over the bodies in both cycles
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from eirene.disclosure.bands import band_of
from eirene.disclosure.constraints.model import Gap, Item, Matter, Quotient, Statistic, Sum
from eirene.disclosure.constraints.numbers import Numbers
from eirene.disclosure.linear import CellTerm
from eirene.figures.aggregate import Form
from eirene.figures.indicators import Compiled
from eirene.figures.model import Change, Figure
from eirene.questionnaires.values import exact as exact_number

#: Kinds that are made from sums.
_POOLED = ("pooled", "pooled_without_largest", "matched_panel")
_QUARTER = {"minimum": 0, "lower_quartile": 1, "median_of_bodies": 2, "upper_quartile": 3, "maximum": 4}


class FigureReader:
    """Reads the figures of one release."""

    def __init__(self, matter: Matter, numbers: Numbers) -> None:
        self.matter, self.numbers, self.source = matter, numbers, numbers.source
        self._quotients: dict[tuple[str, int, str, str], Quotient] = {}
        self._over: dict[tuple[object, ...], Sum | None] = {}

    def read(self) -> None:
        for figure in self.source.figures.values():
            if figure.basis == "computed" and figure.cycle in self.source.reports:
                self.numbers.at = figure.id
                self._figure(figure)

    def _figure(self, figure: Figure) -> None:
        compiled = self.source.answers[figure.cycle].indicators.get(figure.id)
        index = compiled.places.get(tuple(sorted(figure.dimensions.items()))) if compiled else None
        if compiled is None or index is None:
            return
        self._coverage(figure, compiled, index)
        self._band(figure, compiled, index)
        if figure.value is None:
            return
        match compiled.form.family:
            case "rate" if figure.kind in _POOLED:
                self._rate(figure, compiled, index)
            case "count" if figure.kind == "count":
                self._equal(figure, self._all(figure, compiled, index, "value"), figure.numerator, "numerator")
                self._panel(figure, compiled, index)
            case "rate" | "count" | "measure":
                self._statistic(figure, compiled, index)
            case "gap":
                self._gap(figure, compiled, index)
            case "completeness":
                self._completeness(figure, compiled)

    def _item(self, figure: Figure, part: str) -> Item:
        return ("figure", figure.key, part)

    def _bodies(self, figure: Figure) -> tuple[str, ...]:
        return self.source.members.get(figure.key, ())

    # sums

    def _all(self, figure: Figure, compiled: Compiled, index: int, part: str) -> Sum | None:
        """The sum of one part over the bodies in a figure."""
        if part not in compiled.expressions:
            return None
        return self._sum(compiled, index, part, figure.cycle, self._bodies(figure))

    def _sum(self, compiled: Compiled, index: int, part: str, cycle: str, bodies: Sequence[str]) -> Sum:
        total = Sum()
        for body in bodies:
            total.add(self.numbers.part(compiled, index, part, cycle, body))
        return total

    def _equal(self, figure: Figure, total: Sum | None, value: Decimal | int | None, part: str) -> None:
        if total is not None and value is not None:
            exact = exact_number(value)
            self.matter.state(total, exact, exact, self._item(figure, part), self.numbers.number)

    def _band(self, figure: Figure, compiled: Compiled, index: int) -> None:
        """What is told of a count that is hidden, or would be if it were."""
        band = figure.band or band_of(self.numbers.pack, figure)
        total = self._all(figure, compiled, index, "value") if band is not None else None
        if band is not None and total is not None:
            self.matter.state(total, band.lower, band.upper, self._item(figure, "band"), self.numbers.number)

    def _rate(self, figure: Figure, compiled: Compiled, index: int) -> None:
        above = self._all(figure, compiled, index, "numerator")
        below = self._all(figure, compiled, index, "denominator")
        if above is None or below is None:
            return
        if figure.numerator is not None and figure.denominator is not None:
            self._equal(figure, above, figure.numerator, "numerator")
            self._equal(figure, below, figure.denominator, "denominator")
        else:
            self._ratio(figure, above, below, compiled.form)
        if figure.kind == "pooled":
            self._panel(figure, compiled, index)

    def _completeness(self, figure: Figure, compiled: Compiled) -> None:
        """All persons of the bodies in it; of those whose break-down is known no more than that follows."""
        if figure.kind != "pooled" or figure.denominator is None or compiled.indicator.question is None:
            return
        total = Sum()
        for body in self._bodies(figure):
            one = self.numbers.of_body(figure.cycle, body, [CellTerm(1, compiled.indicator.question, {})])
            if one is None:
                return
            total.add(one)
        self._equal(figure, total, figure.denominator, "denominator")

    def _ratio(self, figure: Figure, above: Sum, below: Sum, form: Form) -> None:
        """(value - h) × below ≤ above ≤ (value + h) × below."""
        if figure.value is not None:
            low, high = _ends(figure, figure.value, form)
            self._between(above, below, low, high, self._item(figure, "value"))

    def _between(self, above: Sum, below: Sum, low: Fraction, high: Fraction, item: Item) -> None:
        for bound, at_least in ((low, True), (high, False)):
            total = Sum()
            total.add(above)
            total.add(below, -bound)
            self.matter.state(total, 0 if at_least else None, None if at_least else 0, item, self.numbers.number)

    def _panel(self, figure: Figure, compiled: Compiled, index: int) -> None:
        """The values then and now over those in both cycles, where they are told and we know who they are."""
        change = figure.change
        if change is None:
            return
        panel = self._in_both(figure, change)
        before = (
            self.source.answers[change.since].indicators.get(figure.id) if change.since in self.source.reports else None
        )
        earlier = before.places.get(tuple(sorted(figure.dimensions.items()))) if before else None
        if len(panel) != change.panel_n:
            return
        self._over_panel(figure, compiled, index, figure.cycle, panel, change.panel_value)
        if before is not None and earlier is not None:
            self._over_panel(figure, before, earlier, change.since, panel, change.panel_previous)

    def _in_both(self, figure: Figure, change: Change) -> tuple[str, ...]:
        panel = self.source.members.get(figure.key.replace(".pooled", ".matched_panel", 1), ())
        if figure.kind == "pooled" and len(panel) == change.panel_n:
            return panel
        before = self.source.members.get(figure.key.replace(f".{figure.cycle}.", f".{change.since}.", 1), ())
        return tuple(b for b in self._bodies(figure) if b in before)

    def _over_panel(
        self, figure: Figure, compiled: Compiled, index: int, cycle: str, panel: Sequence[str], value: Decimal | None
    ) -> None:
        if value is None:
            return
        low, high = _ends(figure, value, compiled.form)
        item = self._item(figure, "change")
        if compiled.form.family == "rate":
            parts = [self._sum(compiled, index, part, cycle, panel) for part in ("numerator", "denominator")]
            self._between(parts[0], parts[1], low, high, item)
        else:
            total = self._sum(compiled, index, "value", cycle, panel)
            self.matter.state(total, low, high, item, self.numbers.number)

    def _gap(self, figure: Figure, compiled: Compiled, index: int) -> None:
        """left - right, a signed sum of rates."""
        if figure.kind not in _POOLED or figure.value is None:
            return
        place = compiled.lines[index].place
        rates = []
        for sign, term in zip(compiled.form.signs, compiled.terms, strict=True):
            at = term.places[place]
            above, below = (self._all(figure, term, at, part) for part in ("numerator", "denominator"))
            if above is None or below is None:
                return
            rates.append((sign, above, below))
        low, high = _ends(figure, figure.value, compiled.form)
        self.matter.gaps.append(Gap(tuple(rates), low, high, self._item(figure, "value"), self.numbers.number))

    # the bodies' own values

    def _statistic(self, figure: Figure, compiled: Compiled, index: int) -> None:
        bodies = self._bodies(figure)
        if figure.value is None or not bodies or not self.source.exact:
            return  # who stands where in the order is nothing without knowing who is in it
        place = None
        if figure.kind != "mean_of_bodies":
            at, rest = divmod((len(bodies) - 1) * _QUARTER[figure.kind], 4)
            place = (at, rest / 4)
        quotients = tuple(self._quotient(compiled, index, figure.cycle, body) for body in bodies)
        low, high = _ends(figure, figure.value, compiled.form)
        self.matter.statistics.append(
            Statistic(quotients, low, high, place, self._item(figure, "value"), self.numbers.number)
        )

    def _quotient(self, compiled: Compiled, index: int, cycle: str, body: str) -> Quotient:
        where = (compiled.id, index, cycle, body)
        if where not in self._quotients:
            rate = compiled.form.family == "rate"
            above = self.numbers.part(compiled, index, "numerator" if rate else "value", cycle, body)
            below = self.numbers.part(compiled, index, "denominator", cycle, body) if rate else Sum(1)
            number = self.numbers.rate(compiled, index, cycle, body)
            self._quotients[where] = Quotient(len(self.matter.quotients), above, below, number)
            self.matter.quotients.append(self._quotients[where])
        return self._quotients[where]

    # coverage

    def _coverage(self, figure: Figure, compiled: Compiled, index: int) -> None:
        coverage = figure.coverage
        if coverage is None or coverage.personnel is None or not self.numbers.pack.header.size:
            return
        if not self.source.exact:
            return  # whose sizes these are is not known
        applicable = self._applicable(figure, compiled, index)
        for bodies, value in (
            (self._bodies(figure), coverage.personnel),
            (applicable, coverage.of_personnel),
        ):
            total = self._sizes(figure.cycle, bodies)
            if total is not None and value is not None:
                item = self._item(figure, "coverage")
                self.matter.state(total, exact_number(value), exact_number(value), item, self.numbers.number)

    def _applicable(self, figure: Figure, compiled: Compiled, index: int) -> tuple[str, ...]:
        answers = self.source.answers[figure.cycle]
        bodies = self.source.populations[figure.cycle].get(figure.population)
        if bodies is None:
            return ()
        inside = set(self._bodies(figure))
        return tuple(b for b in bodies if b in inside or answers.reason(compiled, index, b) != "not_applicable")

    def _sizes(self, cycle: str, bodies: tuple[str, ...]) -> Sum | None:
        """Persons of these bodies; None if one has no size that is a sum of cells."""
        if (cycle, bodies) not in self._over:
            sizes = [self.numbers.size(cycle, body) for body in bodies]
            total = Sum()
            for one in sizes:
                total.add(one or Sum())
            self._over[cycle, bodies] = total if sizes and None not in sizes else None
        return self._over[cycle, bodies]


def _ends(figure: Figure, value: Decimal, form: Form) -> tuple[Fraction, Fraction]:
    """Between what a ratio lies that is shown as this value: half a unit of the last digit to both sides."""
    exponent = value.as_tuple().exponent
    decimals = max(figure.decimals, -exponent if isinstance(exponent, int) else 0)
    half = Fraction(1, 2 * 10**decimals)
    return (Fraction(value) - half) / form.scale, (Fraction(value) + half) / form.scale

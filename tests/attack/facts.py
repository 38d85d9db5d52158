"""What published figures say about the unknowns: linear constraints, means and order statistics of bodies' own values.

Every fact carries the published item that it is from. Where the truth is there, a fact that it contradicts was not
understood (a rule of counting that is not known here) and is left out and counted: a wrong constraint would only
weaken the attack or make it say nonsense.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from attack.reading import exact
from attack.sheets import ZERO, Book, Form, Sheet, constant, mentioned, plus

_SCALES = {"percent": 100, "per_mille": 1000, "per_thousand": 1000}
_ORDER = ("mean_of_bodies", "median_of_bodies", "lower_quartile", "upper_quartile", "minimum", "maximum")
_POOLED = ("pooled", "pooled_without_largest", "matched_panel")


@dataclass(frozen=True)
class Linear:
    """low ≤ form ≤ high; None: no limit."""

    form: Form
    low: Fraction | None
    high: Fraction | None
    source: str


@dataclass(frozen=True)
class Ordered:
    """A mean or an order statistic, in [low, high], of the ratios of forms: body → (numerator, denominator)."""

    kind: str
    ratios: Mapping[str, tuple[Form, Form]]
    scale: int
    low: Fraction
    high: Fraction
    source: str


Fact = Linear | Ordered
#: What a body brings to a line: of a rate one pair, of a gap one for each term, of a count or measure (value, 1).
Line = Mapping[str, tuple[tuple[Form, Form], ...]]


def evaluated(form: Form, book: Book) -> Fraction | None:
    """The true value of a form; None if the truth does not hold one of its unknowns."""
    total = form.get(None, ZERO)
    for unknown, coefficient in form.items():
        if unknown is not None:
            value = book.value(unknown)
            if value is None:
                return None
            total += coefficient * value
    return total


def _chosen(definition: Mapping[str, Any], grid: Mapping[str, Any]) -> Mapping[tuple[str, str], Any]:
    """The choices of a definition: its categories, and fields that offer options."""
    found = {("", what): option for what, option in definition.get("categories", {}).items()}
    fields = {f for f, options in grid.get("fields", {}).items() if options}
    return found | {("field", f): option for f, option in definition.get("fields", {}).items() if f in fields}


class Reader:
    """The facts of one release."""

    def __init__(self, book: Book, place: int) -> None:
        self.book, self.place = book, place
        self.folder = book.folders[place]
        self.sheets = {c: Sheet(book, place, c) for c in self.folder.cycles}
        self.notes: Counter[str] = Counter()
        self._lines: dict[tuple[str, str, tuple[tuple[str, str], ...]], Line] = {}
        self._populations: dict[tuple[str, str], frozenset[str]] = {}

    def facts(self) -> Iterator[Fact]:
        for figure in self.folder.figures:
            if figure["basis"] == "computed" and figure["cycle"] in self.sheets:
                for fact in self._of(figure):
                    if self._holds(fact):
                        yield fact
                    else:
                        self.notes[f"contradicted: {fact.source}"] += 1

    def _holds(self, fact: Fact) -> bool:
        if self.book.truths is None or isinstance(fact, Ordered):
            return True
        value = evaluated(fact.form, self.book)
        if value is None:
            return True
        return (fact.low is None or value >= fact.low) and (fact.high is None or value <= fact.high)

    # who

    def population(self, code: str, cycle: str) -> frozenset[str]:
        if (code, cycle) not in self._populations:
            # Without the truth nobody knows who is in a panel; all are, or it is left alone (`_in`).
            reported = {} if self.book.truths is None else {c: sheet.bodies for c, sheet in self.sheets.items()}
            self._populations[code, cycle] = self.folder.population(code, cycle, reported)
        return self._populations[code, cycle]

    def line(self, cycle: str, id: str, dimensions: Mapping[str, str]) -> Line:
        key = (cycle, id, tuple(sorted(dimensions.items())))
        if key not in self._lines:
            sheet = self.sheets[cycle]
            found = {}
            for body in sorted(self._candidates(sheet)):
                given = self._given(sheet, id, dimensions, body)
                if given is not None:
                    found[body] = given
            self._lines[key] = found
        return self._lines[key]

    def _candidates(self, sheet: Sheet) -> frozenset[str]:
        if self.book.truths is not None:
            return sheet.bodies
        asked = self.folder.pack.data["cycles"][sheet.cycle]["asked"]
        return sheet.bodies.union(*(self.population(code, sheet.cycle) for code in asked))

    def _given(
        self, sheet: Sheet, id: str, bound: Mapping[str, str], body: str
    ) -> tuple[tuple[Form, Form], ...] | None:
        indicator = self.folder.pack.data["indicators"].get(id, {})
        family = indicator.get("family")
        if family == "rate":
            numerator = sheet.number(indicator["numerator"], bound, body)
            denominator = sheet.number(indicator["denominator"], bound, body)
            return None if numerator is None or denominator is None else ((numerator, denominator),)
        if family in ("count", "measure"):
            value = sheet.number(indicator["value"], bound, body)
            return None if value is None else ((value, constant(1)),)
        if family == "completeness" and indicator["question"] in sheet.questions:
            found = sheet.known_along(body, indicator["question"], indicator["dimension"])
            return None if found is None else (found,)
        if family == "gap":
            terms = [self._given(sheet, indicator[side], bound, body) for side in ("left", "right")]
            return None if None in terms else tuple(pair for term in terms for pair in term or ())
        return None

    def _questions(self, id: str) -> frozenset[str]:
        indicator = self.folder.pack.data["indicators"].get(id, {})
        found = frozenset().union(*(mentioned(indicator.get(n)) for n in ("numerator", "denominator", "value")))
        for side in ("left", "right"):
            found |= self._questions(indicator[side]) if indicator.get(side) else frozenset()
        return found | ({indicator["question"]} if indicator.get("question") else frozenset())

    def _in(self, figure: Mapping[str, Any], line: Line) -> Sequence[str] | None:
        """The bodies in a figure; None if they cannot be told."""
        belonging = self.population(figure["population"], figure["cycle"])
        bodies = sorted(belonging & set(line))
        if self.book.truths is None:
            bodies = self._heard(figure, bodies) if len(belonging) == figure["n_bodies"] else []
        if figure["kind"] == "pooled_without_largest":
            largest = self._largest(figure["cycle"], bodies, line)
            bodies = [b for b in bodies if b != largest]
        if figure["kind"] == "matched_panel":
            bodies = self._panel(figure, bodies) or []
        if figure["kind"] in _ORDER and len(bodies) != figure["n_answered"]:
            bodies = [b for b in bodies if not any(self._zero(d) for _, d in line[b])]
        if len(bodies) != figure["n_answered"]:
            self.notes["who is in it cannot be told"] += 1
            return None
        return bodies

    def _heard(self, figure: Mapping[str, Any], bodies: Sequence[str]) -> list[str]:
        """Without the truth: who is in, where the number of bodies leaves no choice."""
        left_out = figure["kind"] == "pooled_without_largest"
        n = figure["n_answered"] + left_out
        questions = self._questions(figure["id"])
        named = [b for b in bodies if all((figure["cycle"], b, q) in self.folder.named for q in questions)]
        return list(bodies) if len(bodies) == n else named if len(named) == n else []

    def _zero(self, denominator: Form) -> bool:
        value = evaluated(denominator, self.book) if self.book.truths is not None else denominator.get(None)
        return value == 0

    def _largest(self, cycle: str, bodies: Sequence[str], line: Line) -> str | None:
        """By the truth: who is the largest is no secret among nations."""
        sizes: dict[str, Fraction] = {}
        for body in self._order(bodies):
            size = self._size(cycle, body)
            value = None if size is None else evaluated(size, self.book)
            if value is not None:
                sizes[body] = value
            elif self.book.truths is None:
                return None
        if not sizes:
            sizes = {b: evaluated(line[b][0][1], self.book) or ZERO for b in self._order(bodies)}
        return max(sizes, key=sizes.__getitem__, default=None)

    def _order(self, bodies: Iterable[str]) -> list[str]:
        listed = list(self.folder.pack.data["bodies"])
        return sorted(bodies, key=lambda b: (listed.index(b) if b in listed else len(listed), b))

    def _size(self, cycle: str, body: str) -> Form | None:
        """Of this cycle, else of the latest earlier one."""
        earlier = self.folder.cycles[: self.folder.cycles.index(cycle) + 1]
        sizes = (self.sheets[c].size(body) for c in reversed(earlier))
        return next((s for s in sizes if s is not None), None)

    def _panel(self, figure: Mapping[str, Any], bodies: Sequence[str]) -> list[str] | None:
        """The bodies of a figure that are in the cycle before too, by the same definition."""
        change = figure.get("change") or {}
        since = change.get("since") or self._before(figure["cycle"])
        if since not in self.sheets:
            return None
        before = self._bodies_before(figure, since)
        both = [b for b in bodies if b in before]
        n = change.get("panel_n", figure["n_answered"])
        if len(both) != n:
            both = [b for b in both if not self._redefined(figure, since, b)]
        return both if len(both) == n else None

    def _before(self, cycle: str) -> str | None:
        compared = self.folder.pack.data["cycles"][cycle].get("compares_with") or ()
        return next((c for c in reversed(compared) if c in self.sheets), None)

    def _bodies_before(self, figure: Mapping[str, Any], since: str) -> frozenset[str]:
        line = self.line(since, figure["id"], figure["dimensions"])
        return self.population(figure["population"], since) & set(line)

    def _redefined(self, figure: Mapping[str, Any], since: str, body: str) -> bool:
        now, before = self.sheets[figure["cycle"]].truth or {}, self.sheets[since].truth or {}
        for question in self._questions(figure["id"]):
            grid = self.folder.pack.data["definitions"].get(self._grid(question), {})
            after, earlier = (
                _chosen(one.get(body, {}).get(question, {}).get("definition") or {}, grid) for one in (now, before)
            )
            if any(after[what] != earlier[what] for what in after.keys() & earlier.keys()):
                return True
        return False

    def _grid(self, question: str) -> str:
        return str(self.folder.pack.data["questions"].get(question, {}).get("definition") or "")

    # what

    def _of(self, figure: Mapping[str, Any]) -> Iterator[Fact]:
        family = self.folder.pack.data["indicators"].get(figure["id"], {}).get("family")
        if family in ("share_of_bodies", "distribution", None):
            yield from self._coverage(figure, None)
            return
        if figure["kind"] == "share_of_bodies":
            return
        line = self.line(figure["cycle"], figure["id"], figure["dimensions"])
        bodies = self._in(figure, line)
        if bodies is None:
            return
        yield from self._coverage(figure, bodies)
        pairs = {b: line[b] for b in bodies}
        yield from self._sums(figure, pairs)
        if figure["value"] is not None:
            yield from self._value(figure, figure["kind"], pairs, figure["value"], figure["key"])
        yield from self._change(figure, line)

    def _sums(self, figure: Mapping[str, Any], pairs: Line) -> Iterator[Fact]:
        for place, name in ((0, "numerator"), (1, "denominator")):
            if figure[name] is not None and all(len(p) == 1 for p in pairs.values()):
                total = exact(figure[name])
                yield Linear(plus(p[0][place] for p in pairs.values()), total, total, f"{figure['key']} {name}")

    def _value(self, figure: Mapping[str, Any], kind: str, pairs: Line, value: Any, source: str) -> Iterator[Fact]:
        """What a rounded value says, of the bodies in it."""
        indicator = self.folder.pack.data["indicators"][figure["id"]]
        half = Fraction(1, 2 * 10 ** figure["decimals"])
        low, high = exact(value) - half, exact(value) + half
        scale = _SCALES.get(figure["unit"], 1) if indicator["family"] in ("rate", "completeness") else 1
        if indicator["family"] == "gap":
            yield from self._gap(kind, pairs, low, high, source)
        elif kind in _POOLED:
            numerator = plus(p[0][0] for p in pairs.values())
            denominator = plus(p[0][1] for p in pairs.values())
            yield Linear(plus((numerator, denominator), (scale, -low)), ZERO, None, source)
            yield Linear(plus((numerator, denominator), (-scale, high)), ZERO, None, source)
        elif kind == "count":
            exactly = self._whole(figure["id"], figure["cycle"]) and not figure["decimals"]
            total = plus(p[0][0] for p in pairs.values())
            yield Linear(total, exact(value) if exactly else low, exact(value) if exactly else high, source)
        elif kind in _ORDER:
            yield Ordered(kind, {b: p[0] for b, p in pairs.items()}, scale, low, high, source)

    def _gap(self, kind: str, pairs: Line, low: Fraction, high: Fraction, source: str) -> Iterator[Fact]:
        """left − right in per cent, where the denominators are known; else the difference is not linear."""
        if kind not in _POOLED or any(len(p) != 2 for p in pairs.values()):
            return
        left, right = (plus(p[i][0] for p in pairs.values()) for i in (0, 1))
        over = [plus(p[i][1] for p in pairs.values()) for i in (0, 1)]
        if any(set(form) != {None} or not form[None] for form in over):
            return
        factors = (100 / over[0][None], -100 / over[1][None])
        yield Linear(plus((left, right), factors), low, high, source)

    def _whole(self, id: str, cycle: str) -> bool:
        return all(self.sheets[cycle].questions[q].integer for q in self._questions(id))

    def _coverage(self, figure: Mapping[str, Any], bodies: Sequence[str] | None) -> Iterator[Fact]:
        coverage = figure["coverage"] or {}
        if bodies is not None and coverage.get("personnel") is not None:
            yield from self._persons(figure, bodies, coverage["personnel"], "coverage.personnel")
        if coverage.get("of_personnel") is not None and self.book.truths is not None:
            applicable = self._applicable(figure)
            if len(applicable) == figure["n_applicable"]:
                yield from self._persons(figure, applicable, coverage["of_personnel"], "coverage.of_personnel")

    def _persons(self, figure: Mapping[str, Any], bodies: Sequence[str], told: Any, what: str) -> Iterator[Fact]:
        sizes = [self._size(figure["cycle"], b) for b in bodies]
        if all(size is not None for size in sizes):
            total = exact(told)
            yield Linear(plus(sizes), total, total, f"{figure['key']} {what}")  # type: ignore[arg-type]

    def _applicable(self, figure: Mapping[str, Any]) -> list[str]:
        sheet = self.sheets[figure["cycle"]]
        questions = [sheet.questions[q] for q in self._questions(figure["id"]) if q in sheet.questions]
        return [
            body
            for body in sorted(self.population(figure["population"], figure["cycle"]))
            if all(sheet.put(body, q.id) and not sheet._none(body, q.id) for q in questions)
        ]

    # change

    def _change(self, figure: Mapping[str, Any], line: Line) -> Iterator[Fact]:
        change = figure["change"]
        if not change or change["since"] not in self.sheets:
            return
        since = change["since"]
        kind = "pooled" if figure["kind"] == "matched_panel" else figure["kind"]
        before = self.line(since, figure["id"], figure["dimensions"])
        then = self.population(figure["population"], since) & set(before)
        yield from self._previous(figure, kind, before, sorted(then))
        if figure["kind"] == "pooled_without_largest":
            return
        panel = self._panel(figure, sorted(self.population(figure["population"], figure["cycle"]) & set(line)))
        if panel is None:
            self.notes["a panel cannot be told"] += 1
            return
        for told, of in (("panel_value", line), ("panel_previous", before)):
            if change[told] is not None:
                pairs = {b: of[b] for b in panel}
                yield from self._value(figure, kind, pairs, change[told], f"{figure['key']} change.{told}")

    def _previous(self, figure: Mapping[str, Any], kind: str, before: Line, bodies: Sequence[str]) -> Iterator[Fact]:
        """The value of the cycle before, where its own figure is not in the release (else that says as much)."""
        change = figure["change"]
        if change["previous_value"] is None:
            return
        if kind == "pooled_without_largest":
            largest = self._largest(change["since"], bodies, before)
            bodies = [b for b in bodies if b != largest]
        pairs = {b: before[b] for b in bodies if kind not in _ORDER or not any(self._zero(d) for _, d in before[b])}
        source = f"{figure['key']} change.previous_value"
        yield from self._value(figure, kind, pairs, change["previous_value"], source)

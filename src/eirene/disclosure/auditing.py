"""The audit: what the readers of a release, and of all that they hold besides, can work out that they may not know."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from eirene.disclosure.choices import Determined, determined
from eirene.disclosure.classes import NONE, Protection, protection_of
from eirene.disclosure.constraints import Component, Matter, Quantity, Unknowns, unknowns
from eirene.disclosure.intervals import Attack, Interval, Memory, attack
from eirene.disclosure.ordering import ROUNDS, Ordering
from eirene.disclosure.source import Source

#: (what is being done, how many, of how many)
Progress = Callable[[str, int, int], None]


_NOWHERE = Interval(-1, 0.0, 0.0)


@dataclass(frozen=True)
class Exposed:
    """A number that can be placed too closely. `by`: the body that attacks, if it needs its own answers for it.
    items: what was published that tells it, the most telling first; of the release at hand alone."""

    cycle: str
    body: str
    question: str
    cell: tuple[str, ...]
    kind: str
    low: float
    high: float
    width: float
    by: str = ""
    interval: Interval = _NOWHERE

    @property
    def mark(self) -> tuple[object, ...]:
        return self.cycle, self.body, self.question, self.cell, self.kind

    @property
    def rows(self) -> tuple[int, ...]:
        """The constraints that pin it down, the tightest first; numbers in `Findings.unknowns`."""
        return self.interval.rows


@dataclass
class Findings:
    """What one audit found.

    values      numbers placed too closely
    answers     answers by choice, or reasons for none, that follow from counts
    checked     numbers that were attacked; programmes: how many were solved for it
    impossible  questions of which the constraints contradict each other: what was told does not add up
    unknowns    the constraints, for those who look for remedies
    """

    values: list[Exposed] = field(default_factory=list)
    answers: list[Determined] = field(default_factory=list)
    checked: int = 0
    programmes: int = 0
    impossible: list[str] = field(default_factory=list)
    unknowns: Unknowns = field(default_factory=lambda: Unknowns(Matter(), ()))

    def marks(self) -> frozenset[object]:
        """What was found, to be told from what a later release adds."""
        return frozenset([*(one.mark for one in self.values), *self.answers])

    @property
    def clean(self) -> bool:
        return not self.values and not any(not one.by for one in self.answers)


@dataclass(frozen=True)
class Strength:
    """How an attacker goes about it.

    orders     how often what means, medians and the like say is followed up; 0: sums alone
    insiders   each body in turn with its own answers as well (only where those are at hand: `exact` sources)
    """

    orders: int = ROUNDS
    insiders: bool = True


_STRONGEST = Strength()


class Auditor:
    """Attacks some releases together, again and again while the first of them is being protected.

    sources   the release at hand first, then what its readers hold besides
    knows     bodies whose own answers the reader has
    made      the release at hand with everything that it could tell (the first of the sources, by default)
    beyond    marks of what is not looked for: it is out already
    """

    def __init__(
        self,
        sources: Sequence[Source],
        *,
        knows: frozenset[str] = frozenset(),
        made: Source | None = None,
        beyond: frozenset[object] = frozenset(),
    ) -> None:
        self.sources, self.knows, self.beyond = list(sources), knows, beyond
        self.unknowns = unknowns(sources, knows, made=made)
        self._ordering = Ordering(self.unknowns)
        self._classes = _Classes(sources, self.unknowns)
        self._memory: Memory = {}
        self._answers: dict[object, list[Determined]] = {}
        self._inner: dict[int, list[tuple[Interval, str]]] = {}

    def audit(
        self, now: Source | None = None, strength: Strength = _STRONGEST, progress: Progress | None = None
    ) -> Findings:
        """now: the release at hand as it is now."""
        if now is not None:
            self.sources[0] = now
            self.unknowns.update(now)
        if strength.orders:
            self._ordering.refresh(strength.orders)
        found = Findings(checked=len(self.unknowns.open), unknowns=self.unknowns)

        def told(done: int, of: int) -> None:
            if progress is not None:
                progress("attacking what is not told", done, of)

        result = attack(self.unknowns, self._classes.enough, told, self._memory)
        found.values = [self._classes.exposed(one) for one in result.exposed]
        found.programmes = result.solved
        columns = self.unknowns.columns
        found.impossible = sorted({columns[c].spot[2] for part in result.impossible for c in part.columns})
        insiders = strength.insiders and all(source.exact for source in self.sources)
        if insiders:
            self._inside(found)
        found.answers = determined(self.sources, self.knows, insiders=insiders, known=self._answers)
        if self.beyond:
            found.values = [one for one in found.values if one.mark not in self.beyond]
            found.answers = [one for one in found.answers if one not in self.beyond]
        return found

    def _inside(self, found: Findings) -> None:
        """Each body with its own answers. It learns more than others only where, itself aside, one body is left over in
        something that is published; there the whole component is attacked again with its values fixed."""
        known = {one.interval.column for one in found.values}
        for part in self.unknowns.components():
            if part.mark not in self._inner:
                self._inner[part.mark] = list(self._insiders(part, found))
            for interval, by in self._inner[part.mark]:
                if interval.column not in known:
                    known.add(interval.column)
                    found.values.append(self._classes.exposed(interval, by))

    def _insiders(self, part: Component, found: Findings) -> Iterator[tuple[Interval, str]]:
        columns, rows = self.unknowns.columns, self.unknowns.rows
        critical: dict[str, set[int]] = {}
        for number in part.rows:
            inside = rows[number].terms
            bodies = {columns[c].spot[1] for c in inside}
            if len(bodies) == 2 and rows[number].item[0] == "figure":
                for by in bodies:
                    wanted = {c for c in inside if columns[c].spot[1] != by and not columns[c].open_}
                    critical.setdefault(by, set()).update(wanted)
        critical = {by: wanted for by, wanted in critical.items() if wanted}
        if not critical:
            return
        one = Attack(self.unknowns, part)
        for by, wanted in sorted(critical.items()):
            true = {c: columns[c].true for c in part.columns if columns[c].spot[1] == by}
            own = {c: float(value) for c, value in true.items() if value is not None}
            one.fix(own)
            yield from ((interval, by) for interval in one.exposed(sorted(wanted), self._classes.enough))
            one.free(own)
        found.programmes += one.solved


def audit(
    sources: Sequence[Source],
    *,
    knows: frozenset[str] = frozenset(),
    insiders: bool = True,
    beyond: frozenset[object] = frozenset(),
    progress: Progress | None = None,
) -> Findings:
    """Attacks all these releases together, as one reader who holds them all (see `Auditor`)."""
    return Auditor(sources, knows=knows, beyond=beyond).audit(None, Strength(insiders=insiders), progress)


class _Classes:
    """The disclosure class of every column."""

    def __init__(self, sources: Sequence[Source], made: Unknowns) -> None:
        self.sources, self.made = sources, made
        self._found: dict[int, Protection] = {}

    def of(self, number: int) -> Protection:
        if number not in self._found:
            self._found[number] = self._of(self.made.columns[number])
        return self._found[number]

    def _of(self, column: Quantity) -> Protection:
        cycle, body, names, _ = column.spot
        found = NONE
        for source in self.sources:
            if cycle not in source.reports:
                continue
            report = source.reports[cycle].get(body)
            for name in names.split(","):
                asked = source.questions(cycle).get(name)
                answer = report.answers.get(name) if report else None
                found = max(found, protection_of(source.pack, asked, answer), key=lambda p: p.strictness)
        return found

    def enough(self, number: int, low: float, high: float) -> bool:
        column = self.made.columns[number]
        protection = self.of(number)
        if column.open_:
            # Hidden only to hide others: it may be guessed to some per cent, but not counted out.
            protection = replace(protection, percent=0)
        return protection.enough(low, high, counted=column.kind != "rate" and column.integer)

    def exposed(self, one: Interval, by: str = "") -> Exposed:
        column = self.made.columns[one.column]
        cycle, body, question, cell = column.spot
        return Exposed(
            cycle, body, question, cell, column.kind, one.low, one.high, float(self.of(one.column).width), by, one,
        )  # fmt: skip

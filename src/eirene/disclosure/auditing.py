"""The audit: what the readers of a release, and of all that they hold besides, can work out that they may not know."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from eirene.disclosure.choices import Determined, determined
from eirene.disclosure.classes import NONE, Protection, protection_of
from eirene.disclosure.intervals import Attack, Interval, Memory, attack, components
from eirene.disclosure.ordering import add_order_rows
from eirene.disclosure.source import Source
from eirene.disclosure.unknowns import Column, Unknowns, unknowns

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
    unknowns: Unknowns = field(default_factory=Unknowns)

    def marks(self) -> frozenset[object]:
        """What was found, to be told from what a later release adds."""
        return frozenset([*(one.mark for one in self.values), *self.answers])

    @property
    def clean(self) -> bool:
        return not self.values and not any(not one.by for one in self.answers)


def audit(
    sources: Sequence[Source],
    *,
    knows: frozenset[str] = frozenset(),
    insiders: bool = True,
    memory: Memory | None = None,
    beyond: frozenset[object] = frozenset(),
    progress: Progress | None = None,
) -> Findings:
    """Attacks all these releases together, as one reader who holds them all.

    sources   the release at hand first, then what its readers hold besides
    knows     bodies whose own answers the reader has
    beyond    marks of what is not looked for: it is out already
    insiders  each body in turn attacks with its own answers as well (only where those are at hand: `exact` sources)
    """
    made = unknowns(sources, knows)
    add_order_rows(made)
    classes = _Classes(sources, made)
    targets = frozenset(range(len(made.columns)))
    found = Findings(checked=len(targets), unknowns=made)

    def told(done: int, of: int) -> None:
        if progress is not None:
            progress("attacking what is not told", done, of)

    result = attack(made, targets, classes.enough, told, memory)
    found.values = [classes.exposed(one) for one in result.exposed]
    found.programmes = result.solved
    found.impossible = sorted({made.columns[c].spot[2] for part in result.impossible for c in part.columns})
    insiders = insiders and all(source.exact for source in sources)
    if insiders:
        known = {one.interval.column for one in found.values}
        for one in _inside(made, targets, classes, found):
            if one.interval.column not in known:
                known.add(one.interval.column)
                found.values.append(one)
    found.answers = determined(sources, knows, insiders=insiders)
    if beyond:
        found.values = [one for one in found.values if one.mark not in beyond]
        found.answers = [one for one in found.answers if one not in beyond]
    return found


class _Classes:
    """The disclosure class of every column."""

    def __init__(self, sources: Sequence[Source], made: Unknowns) -> None:
        self.sources, self.made = sources, made
        self._found: dict[int, Protection] = {}

    def of(self, number: int) -> Protection:
        if number not in self._found:
            self._found[number] = self._of(self.made.columns[number])
        return self._found[number]

    def _of(self, column: Column) -> Protection:
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


def _inside(made: Unknowns, targets: frozenset[int], classes: _Classes, found: Findings) -> Iterator[Exposed]:
    """Each body with its own answers. It learns more than others only where, itself aside, one body is left over in
    something that is published; there the whole component is attacked again with its values fixed."""
    owner = [column.spot[1] for column in made.columns]
    targets = frozenset(c for c in targets if not made.columns[c].open_)
    for part in components(made):
        critical: dict[str, set[int]] = {}
        for number in part.rows:
            columns = made.rows[number].terms
            bodies = {owner[c] for c in columns}
            if len(bodies) == 2 and made.rows[number].item[0] == "figure":
                for by in bodies:
                    critical.setdefault(by, set()).update(c for c in columns if owner[c] != by and c in targets)
        critical = {by: wanted for by, wanted in critical.items() if wanted}
        if not critical:
            continue
        one = Attack(made, part)
        for by, wanted in sorted(critical.items()):
            own = {
                c: float(made.columns[c].true or 0)
                for c in part.columns
                if owner[c] == by and made.columns[c].true is not None
            }
            one.fix(own)
            yield from (classes.exposed(i, by) for i in one.exposed(sorted(wanted), classes.enough))
            one.free(own)
        found.programmes += one.solved

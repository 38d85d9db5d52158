"""The attack: everything that release folders tell, put together, and what follows from it.

    attack(folders, truth=None, knows=()) -> list[Recovered]

truth   reports as they are, cycle → body → question → answer; one for each folder where they differ (a correction). It
        says who is in each figure, and what the result is compared with; no value of it is ever used as input, but for
        leaving out a published number that was not understood.
knows   bodies whose own answers the attacker has: he is one of them.
Recovered is a value whose interval is one whole number, or narrower than 1, the threshold of its class and 5 % of the
truth; an answer or a status that is certain; and neither is shown by name in any of the folders.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from attack.facts import Ordered, Reader
from attack.orders import linear_mean, of_ordered
from attack.reading import Folder, Key, Truth, read_folder
from attack.sheets import Book, Unknown
from attack.solving import Component, Interval, System, components, narrow, propagated, reasons, width
from attack.structure import structure

#: Seconds for each question put to milp, and in how many unknowns at most.
_MILP_SECONDS, _MILP_UNKNOWNS = 2.0, 120


@dataclass(frozen=True)
class Recovered:
    """kind: value, answer, status. interval: of a value; told: the answer or status.
    strong: whether the attacker had to know who answered."""

    kind: str
    cycle: str
    body: str
    question: str
    cell: Key = ()
    interval: Interval | None = None
    told: str = ""
    truth: str = ""
    strong: bool = True
    protected: bool = False

    def __str__(self) -> str:
        what = self.told if self.interval is None else f"[{self.interval[0]:g}, {self.interval[1]:g}]"
        cell = f" {','.join(self.cell)}" if self.cell else ""
        return f"{self.kind} {self.cycle} {self.body} {self.question}{cell}: {what} (truth: {self.truth})"


@dataclass
class Attack:
    """One attack; `notes` count what was read and what was not understood."""

    folders: Sequence[Folder]
    truths: Sequence[Truth] | None = None
    knows: frozenset[str] = frozenset()
    notes: Counter[str] = field(default_factory=Counter)

    def run(self) -> list[Recovered]:
        self.book = Book(self.folders, self.truths, self.knows)
        found = [*self.values(), *self.choices()]
        self.notes.update(self.book.notes)
        return found

    def choices(self) -> list[Recovered]:
        from attack.choices import choices

        return choices(self.book)

    def whole(self, unknown: Unknown) -> bool:
        return self._question(unknown).integer

    def limit(self, unknown: Unknown) -> float:
        value = self.book.value(unknown)
        part = 0.0 if value is None else 0.05 * float(value)
        return max(1.0, float(self._question(unknown).threshold), part)

    def _question(self, unknown: Unknown) -> Any:
        folder = next(f for f in self.folders if unknown.cycle in f.cycles)
        return folder.pack.questions(unknown.cycle)[unknown.question]

    def values(self) -> list[Recovered]:
        system, ordered = self._facts()
        self.system = system
        bounds = self._narrowed(system, ordered)
        self.unknowns = tuple(bounds)
        intervals = {u: (float(low), float(high)) for u, (low, high) in bounds.items()}
        found = {u: i for u, i in intervals.items() if width(i, self.whole(u)) < self.limit(u)}
        for component in components(system, bounds):
            narrowed, seen = narrow(component, self.limit, self.whole)
            found.update(narrowed)
            found.update(self._by_whole_numbers(component, seen))
        return [self._recovered(u, i) for u, i in sorted(found.items())]

    def why(self, one: Recovered) -> list[str]:
        """The published items from which a value follows."""
        unknown = next(u for u in self.unknowns if u[:4] == (one.cycle, one.body, one.question, one.cell))
        return reasons(self.system, unknown)[1]

    def _facts(self) -> tuple[System, list[Ordered]]:
        system, ordered = System(), []
        for place in range(len(self.folders)):
            reader = Reader(self.book, place)
            for fact in reader.facts():
                linear = linear_mean(fact) if isinstance(fact, Ordered) else fact
                if linear is not None:
                    system.add(linear)
                elif isinstance(fact, Ordered):
                    ordered.append(fact)
            for sheet in reader.sheets.values():
                for fact in structure(sheet):
                    system.add(fact)
            self.notes.update(reader.notes)
        self.notes["constraints"] = len(system.rows)
        return system, ordered

    def _narrowed(self, system: System, ordered: Sequence[Ordered]) -> dict[Unknown, tuple[Fraction, Fraction]]:
        """Bounds after propagation, in turn with what means and order statistics say within them."""
        bounds = propagated(system, self.whole, {})
        for _ in range(3):
            before = len(system.rows)
            for fact in ordered:
                for linear in of_ordered(fact, bounds):
                    system.add(linear)  # type: ignore[arg-type]
            if len(system.rows) == before:
                break
            bounds = propagated(system, self.whole, bounds)
        return bounds

    def _by_whole_numbers(self, component: Component, seen: Mapping[Unknown, Interval]) -> dict[Unknown, Interval]:
        """What only whole numbers narrow: unknowns of small components that are not far apart as it is."""
        found: dict[Unknown, Interval] = {}
        whole = np.array([self.whole(u) for u in component.unknowns])
        if len(whole) > _MILP_UNKNOWNS:
            return found
        for place, unknown in enumerate(component.unknowns):
            if unknown not in seen or not whole[place] or width(seen[unknown], True) >= self.limit(unknown) + 2:
                continue
            direction = np.zeros(len(whole))
            direction[place] = 1
            self.notes["milp"] += 1
            low = component.whole_optimum(direction, whole, _MILP_SECONDS)
            high = component.whole_optimum(-direction, whole, _MILP_SECONDS)
            if low is not None and high is not None and width((low, -high), True) < self.limit(unknown):
                found[unknown] = (low, -high)
        return found

    def _recovered(self, unknown: Unknown, interval: Interval) -> Recovered:
        value = self.book.value(unknown)
        return Recovered(
            "value",
            unknown.cycle,
            unknown.body,
            unknown.question,
            unknown.cell,
            interval=(interval[0] + 0.0, interval[1] + 0.0),
            truth="" if value is None else f"{float(value):g}",
            strong=self.truths is not None,
            protected=unknown in self.book.protected,
        )


def attack(
    folders: Iterable[str | Path], truth: Truth | Sequence[Truth] | None = None, knows: Iterable[str] = ()
) -> list[Recovered]:
    """What the releases in `folders` give away together, see above."""
    read = [read_folder(folder) for folder in folders]
    return attack_of(read, truth, knows).run()


def attack_of(
    folders: Sequence[Folder], truth: Truth | Sequence[Truth] | None = None, knows: Iterable[str] = ()
) -> Attack:
    truths: Sequence[Truth] | None = None
    if truth is not None:
        given = [truth] * len(folders) if isinstance(truth, Mapping) else list(truth)
        truths = [
            {c: bodies for c, bodies in one.items() if c in folder.cycles}
            for one, folder in zip(given, folders, strict=True)
        ]
    return Attack(folders, truths, frozenset(knows))

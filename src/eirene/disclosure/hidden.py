"""What is not shown, why, what it protects, and what else would have done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

#: what → what `where` holds
#:   cell      cycle, body, question, then the cell's codes       name      cycle, body, question
#:   figure    figure key        coverage, change   figure key: only that part of the figure
#:   counts    cycle, question, population: how many of it gave which answer    sum   nothing; all of `together`
KINDS = ("cell", "name", "figure", "coverage", "change", "counts", "sum")
#: Why something is hidden.
#:   small          a count below the threshold of its disclosure class
#:   within         what would give such a count away within the same answer
#:   company        so that another is not the only one that is hidden
#:   derivable      something protected would follow from it
#:   single_values  of so few bodies that it is the value of one
#:   asked_after    it gives the answer to another question away
#:   silent         so that a body that did not report is not the only one without a name
#:   alike          so that those without a name did not all give one answer
#:   carried        another release that the same readers hold hides it
#:   chosen         the coordinator chose it
REASONS = (
    "small",
    "within",
    "company",
    "derivable",
    "single_values",
    "asked_after",
    "silent",
    "alike",
    "carried",
    "chosen",
)


@dataclass(frozen=True, order=True)
class Remedy:
    """One thing that may be hidden, and what that costs a reader (no unit: cheaper is less lost)."""

    price: float
    what: str
    where: tuple[str, ...]
    together: tuple[Remedy, ...] = ()


@dataclass(frozen=True)
class HiddenThing:
    """protects   cycle, body, question and cell of what it keeps from being worked out; () if that is many things
    ways       other remedies that would be in the way of the same attack, cheapest first"""

    what: str
    where: tuple[str, ...]
    why: str
    protects: tuple[str, ...] = ()
    ways: tuple[Remedy, ...] = ()


@dataclass
class Hidden:
    """What of figures and counts is not told; names and cells are in `naming.Naming`."""

    figures: set[str] = field(default_factory=set)
    coverage: set[str] = field(default_factory=set)
    change: set[str] = field(default_factory=set)
    #: cycle, question, population
    counts: set[tuple[str, str, str]] = field(default_factory=set)


@dataclass
class Ledger:
    """Keeps the first reason for each thing that is hidden."""

    entries: dict[tuple[str, tuple[str, ...]], HiddenThing] = field(default_factory=dict)

    def enter(
        self,
        what: str,
        where: Iterable[str],
        why: str,
        protects: tuple[str, ...] = (),
        ways: tuple[Remedy, ...] = (),
    ) -> None:
        key = what, tuple(where)
        self.entries.setdefault(key, HiddenThing(*key, why, protects, ways))


@dataclass(frozen=True)
class Loss:
    """What readers lose: of what could have been shown without protection.

    cells, persons   of answers that their bodies released for naming: numbers, and persons in their smallest cells
    figures          computed ones that have a value
    names            answers released for naming
    """

    cells: int = 0
    of_cells: int = 0
    persons: Fraction = Fraction(0)
    of_persons: Fraction = Fraction(0)
    figures: int = 0
    of_figures: int = 0
    names: int = 0
    of_names: int = 0

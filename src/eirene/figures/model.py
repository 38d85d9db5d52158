"""A figure is a value with everything that it needs to be believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, get_args

from eirene.text import Text

Basis = Literal["computed", "published", "compiled"]
#: Why a body is not in a figure, in the order in which reasons are told.
#: no_report    it was asked and did not report;  not_asked: it belongs to the population and was not asked then
#: unusable     a blocker stands against its answer
#: zero_denominator  it has no rate of its own (means, medians);  largest: left out of `pooled_without_largest`
#: not_in_panel not in both cycles, or its definition changed (matched panel)
#: protected    not told: how many answered would say what one of them did
#: clash, not_published  compiled figures: sources differ, nobody published a value
Reason = Literal[
    "no_report", "not_asked", "no_data", "withheld", "not_applicable", "not_answered", "unusable",
    "zero_denominator", "largest", "not_in_panel", "protected", "clash", "not_published",
]  # fmt: skip
REASONS: tuple[str, ...] = get_args(Reason)


@dataclass(frozen=True, slots=True)
class Missing:
    """Bodies that are not in a figure, by reason. `bodies` only as far as the audience may know; `n` always."""

    reason: str
    n: int
    bodies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Footnote:
    """kind: justified_warning, unjustified_error, definition, break, counted_apart, breakdown_unknown, reservation,
    withholding, naming, naming_protected, published_method. `body` empty: not released for naming."""

    kind: str
    text: Text
    body: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """Change since an earlier cycle, told in bodies and on those alone that are in both (practice 7)."""

    since: str
    previous_value: Decimal | None
    #: For shares: bodies that came to yes, went to no, and are counted for the first time or no longer.
    gained: int | None = None
    lost: int | None = None
    entered: int = 0
    left: int = 0
    #: Value then and now over the bodies in both (matched panel), and how many they are.
    panel_previous: Decimal | None = None
    panel_value: Decimal | None = None
    panel_n: int = 0
    #: A break, or a differing method, forbids the comparison; the text says which.
    not_comparable: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the population a figure rests on, in bodies and in personnel (None: sizes unknown)."""

    bodies: int
    of_bodies: int
    personnel: int | None = None
    of_personnel: int | None = None


#: Why a figure has no value for an audience: it is protected, by itself or so that another one is (`suppressed`).
PROTECTED = "protected"
#: What is printed in its place, and code of confidentiality, in the words of SDMX (CL_CONF_STATUS): F free, C
#: confidential. Which values are small and which only protect others (S there) is not told: it would narrow them down.
MARK, FREE, CONFIDENTIAL = "c", "F", "C"


@dataclass(frozen=True, slots=True)
class Band:
    """What is shown of a protected count: it lies between these, both included; `upper` None: no end."""

    lower: int
    upper: int | None

    def __post_init__(self) -> None:
        if self.lower < 0 or (self.upper is not None and self.upper < self.lower):
            raise ValueError(f"{self.lower} to {self.upper} is no band")


@dataclass(frozen=True, slots=True)
class Figure:
    """One value. `value` is in `unit`, rounded to the pack's decimals; None: not shown, `suppressed` says why.

    numerator, denominator   exact; bodies for shares of bodies, persons for rates; None for means and medians
    n_applicable             bodies of the population to which the question applies
    n_answered               of those, bodies whose answer is in the figure
    n_bodies                 bodies of the population
    members                  who is in, body → what it contributes; never leaves for an audience that may not see it:
                             True or False (shares, distributions), (numerator, denominator) (rates, completeness),
                             a number (counts, measures), one such pair for each term (gaps)
    missing                  n_answered and these add up to n_bodies, whatever the kind
    extra                    plain JSON; computed: sizes_from_earlier (bodies whose size is an earlier report's);
                             compiled: year, qualifier, scope, method, confidence, year_note, note, alternatives
    band                     of a protected value: all that is shown of it; value, numerator, denominator are absent
    rounded                  value, numerator, denominator are multiples of it, for protection; None: not rounded so
    basis                    computed here; published or compiled: taken from `source`, never from answers
    """

    id: str
    cycle: str
    population: str
    kind: str
    unit: str
    label: Text
    value: Decimal | None
    dimensions: Mapping[str, str] = field(default_factory=dict)
    numerator: Decimal | int | None = None
    denominator: Decimal | int | None = None
    n_answered: int = 0
    n_applicable: int = 0
    n_bodies: int = 0
    missing: tuple[Missing, ...] = ()
    footnotes: tuple[Footnote, ...] = ()
    basis: Basis = "computed"
    source: str = ""
    decimals: int = 1
    coverage: Coverage | None = None
    change: Change | None = None
    suppressed: str = ""
    counting_rule: Text = field(default_factory=dict)
    measures: tuple[str, ...] = ()
    #: For published and compiled figures: year, qualifier, scope, confidence, note, alternatives …
    extra: Mapping[str, Any] = field(default_factory=dict)
    members: Mapping[str, Any] = field(default_factory=dict)
    band: Band | None = None
    rounded: int | None = None

    @property
    def confidential(self) -> bool:
        """Whether the value is kept back for protection; a band may stand in its place."""
        return self.suppressed == PROTECTED

    @property
    def untold(self) -> bool:
        """Whether it is not even told how many of its bodies are in it, and why the others are not: all stand in
        `missing` as `protected`, and the counts of bodies say nothing."""
        return self.confidential and any(one.reason == PROTECTED for one in self.missing)

    @property
    def conf_status(self) -> str:
        """F or C, see `CONFIDENTIAL`."""
        return CONFIDENTIAL if self.confidential else FREE

    @property
    def key(self) -> str:
        return figure_key(self.id, self.cycle, self.population, self.kind, self.dimensions)


def figure_key(id: str, cycle: str, population: str, kind: str, dimensions: Mapping[str, str]) -> str:
    """`id.cycle.population.kind[.dimension=code…]`, dimensions in alphabetical order."""
    parts = [id, cycle, population, kind, *(f"{d}={c}" for d, c in sorted(dimensions.items()))]
    return ".".join(parts)

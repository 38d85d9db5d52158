"""Figures that somebody else published, set side by side: taken as they stand, never computed from, never joined.

    published   about a whole population, as its source printed it
    compiled    about one body; dimension body=…
    coverage    of how many members *of that year* a value is public at all

Every figure carries its own year (dimension year=…, or year=undated). Where sources differ about the same thing, the
value is empty and `extra["alternatives"]` lists them all.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from eirene.errors import UsageError
from eirene.figures.arithmetic import published
from eirene.figures.model import Figure, Missing
from eirene.framework import Pack, cycle_of, members_on
from eirene.framework.model import PublishedFigure
from eirene.text import Text

UNDATED = "undated"
_CONFIDENCE = {"high": 0, "medium": 1, "low": 2}
#: What a figure of this kind says about itself beside its value; decimal strings and texts only.
_TOLD = ("qualifier", "scope", "method", "confidence", "year_note", "note")

#: indicator, population, body, year
_Subject = tuple[str, str, str, int | None]


def compiled(pack: Pack, cycle_id: str, *, as_of: dt.date) -> list[Figure]:
    """All figures of a compiled cycle, in the order of their keys.

    as_of   date of the edition: tells which population a body of an undated value belongs to
    Raises UsageError if the cycle is not a compiled one.
    """
    cycle = cycle_of(pack, cycle_id)
    if cycle.kind != "compiled":
        raise UsageError(f"The cycle {cycle_id!r} is collected from reports, not compiled.")
    subjects: dict[_Subject, list[PublishedFigure]] = defaultdict(list)
    for row in pack.published:
        subjects[_subject(pack, row, as_of)].append(row)
    figures = [figure for subject, rows in subjects.items() for figure in _of_subject(pack, cycle_id, subject, rows)]
    figures += _coverage(pack, cycle_id, figures)
    return sorted(figures, key=lambda figure: figure.key)


def _subject(pack: Pack, row: PublishedFigure, as_of: dt.date) -> _Subject:
    population = row.population or (_population_of(pack, row.body, row.year, as_of) if row.body else "")
    return row.indicator, population or "others", row.body, row.year


def _as_at(pack: Pack) -> tuple[str, ...]:
    return tuple(p.code for p in pack.header.populations if p.basis == "as_at" and p.of is None)


def _population_of(pack: Pack, body: str, year: int | None, as_of: dt.date) -> str:
    """The population that a body belonged to at the end of the year of the value; '' if to none."""
    date = dt.date(year, 12, 31) if year is not None else as_of
    return next((code for code in _as_at(pack) if body in members_on(pack, code, date)), "")


def _of_subject(pack: Pack, cycle: str, subject: _Subject, rows: Sequence[PublishedFigure]) -> Iterable[Figure]:
    """One figure, or one for each scope where sources say that they count different things."""
    scopes: dict[str, list[PublishedFigure]] = defaultdict(list)
    for row in rows:
        scopes[" ".join(row.scope.split()).casefold()].append(row)
    slugs = _slugs(scopes) if len(scopes) > 1 else {}
    for scope, same in scopes.items():
        dimensions = {"scope": slugs[scope]} if slugs else {}
        yield _figure(pack, cycle, subject, same, dimensions)


def _slugs(scopes: Iterable[str]) -> dict[str, str]:
    """A short name for each scope, safe in a key; different scopes never share one."""
    found: dict[str, str] = {}
    for scope in sorted(scopes):
        plain = unicodedata.normalize("NFKD", scope).encode("ascii", "ignore").decode()
        slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "unstated"
        n, base = 2, slug
        while slug in found.values():
            slug, n = f"{base}-{n}", n + 1
        found[scope] = slug
    return found


def _figure(
    pack: Pack, cycle: str, subject: _Subject, rows: Sequence[PublishedFigure], dimensions: Mapping[str, str]
) -> Figure:
    id, population, body, year = subject
    ordered = sorted(rows, key=_precedence)
    main = ordered[0]
    clash = not all(_agree(main, other) for other in ordered[1:])
    given = next((r for r in ordered if r.numerator is not None or r.denominator is not None), main)
    indicator = pack.indicators.get(id)
    place = {"year": UNDATED if year is None else str(year), **({"body": body} if body else {}), **dimensions}
    figure = Figure(
        id=id,
        cycle=cycle,
        population=population,
        kind="compiled" if body else "published",
        unit=main.unit,
        label=indicator.label if indicator else {pack.header.languages[0]: id},
        value=None if clash else main.value,
        dimensions=place,
        numerator=None if clash else _whole(given.numerator),
        denominator=None if clash else _whole(given.denominator),
        basis="compiled" if body else "published",
        source=main.source,
        decimals=_decimals(main.value),
        suppressed="clash" if clash else "",
        counting_rule=indicator.counting_rule if indicator else {},
        measures=tuple(indicator.measures) if indicator else (),
        extra=_extra(year, main, ordered, clash),
    )
    return replace(figure, **_one_body(body, clash)) if body else figure


def _one_body(body: str, clash: bool) -> dict[str, Any]:
    missing = (Missing("clash", 1, (body,)),) if clash else ()
    return {"n_bodies": 1, "n_applicable": 1, "n_answered": 0 if clash else 1, "missing": missing}


def _precedence(row: PublishedFigure) -> tuple[Any, ...]:
    """The exact before the rounded, the sure before the unsure; then by source, so that order of files is nothing."""
    rounded = row.qualifier == "rounded"
    precision = -_decimals(row.value) if rounded else 0
    return (rounded, precision, _CONFIDENCE[row.confidence], row.source, row.value, row.note)


def _agree(main: PublishedFigure, other: PublishedFigure) -> bool:
    """Whether two sources say the same: equal values, or one is the other, said to be rounded. A target is no value."""
    if main.unit != other.unit or (main.qualifier == "target") != (other.qualifier == "target"):
        return False
    half = Decimal(1).scaleb(-_decimals(other.value)) / 2
    return main.value == other.value or (other.qualifier == "rounded" and abs(main.value - other.value) <= half)


def _decimals(value: Decimal) -> int:
    """As many as the source printed: 7.18 stays 7.18, 11 stays 11."""
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _whole(value: Decimal | None) -> Decimal | int | None:
    return int(value) if value is not None and value == value.to_integral_value() else value


def _extra(year: int | None, main: PublishedFigure, rows: Sequence[PublishedFigure], clash: bool) -> dict[str, Any]:
    extra: dict[str, Any] = {"year": year}
    extra |= {name: getattr(main, name) for name in _TOLD if not clash or name == "scope"}
    if len(rows) > 1:
        extra["alternatives"] = [
            {
                "value": format(row.value, "f"),
                "unit": row.unit,
                "numerator": None if row.numerator is None else format(row.numerator, "f"),
                "denominator": None if row.denominator is None else format(row.denominator, "f"),
                "source": row.source,
                **{name: getattr(row, name) for name in _TOLD},
            }
            for row in rows
        ]
    return extra


# --- coverage -------------------------------------------------------------------------------------------------------


def _coverage(pack: Pack, cycle: str, figures: Sequence[Figure]) -> Iterable[Figure]:
    """For each indicator, year and population: of how many of its members of that year a value is public."""
    public: dict[tuple[str, int], dict[str, bool]] = defaultdict(dict)
    for figure in figures:
        year = figure.extra["year"]
        if figure.kind == "compiled" and year is not None:
            body = figure.dimensions["body"]
            bodies = public[figure.id, year]
            bodies[body] = bodies.get(body, False) or figure.value is not None
    for (id, year), bodies in public.items():
        indicator = pack.indicators.get(id)
        for population in (indicator.populations if indicator else []) or _as_at(pack):
            if population not in _as_at(pack):
                continue
            members = members_on(pack, population, dt.date(year, 12, 31))
            if any(body in bodies for body in members):
                label = indicator.label if indicator else {pack.header.languages[0]: id}
                yield _covered(pack, (id, cycle, population, year), label, members, bodies)


def _covered(
    pack: Pack,
    key: tuple[str, str, str, int],
    label: Text,
    members: tuple[str, ...],
    bodies: Mapping[str, bool],
) -> Figure:
    id, cycle, population, year = key
    with_value = tuple(b for b in members if bodies.get(b))
    clashing = tuple(b for b in members if b in bodies and not bodies[b])
    without = tuple(b for b in members if b not in bodies)
    decimals = pack.header.decimals.get("percent", 1)
    indicator = pack.indicators.get(id)
    return Figure(
        id=id,
        cycle=cycle,
        population=population,
        kind="coverage",
        unit="percent",
        label=label,
        value=published((len(with_value), len(members)), 100, decimals),
        dimensions={"year": str(year)},
        numerator=len(with_value),
        denominator=len(members),
        n_answered=len(with_value),
        n_applicable=len(members),
        n_bodies=len(members),
        missing=tuple(Missing(r, len(b), b) for r, b in (("clash", clashing), ("not_published", without)) if b),
        basis="compiled",
        decimals=decimals,
        measures=tuple(indicator.measures) if indicator else (),
        extra={"year": year},
        members=dict.fromkeys(with_value, True),
    )

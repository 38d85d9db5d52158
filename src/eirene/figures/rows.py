"""A figure as a row of figures.json, and back without loss.

Numbers are JSON numbers without exponent. Python writes a float with the fewest digits that read back to it, so a
number of up to fifteen digits survives as such to the last digit; one that would not is written as a decimal string.
`decimals` restores trailing zeros of the value, so that 40.0 is 40.0 again.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from eirene.errors import EireneError
from eirene.figures.arithmetic import decimal
from eirene.figures.model import Band, Change, Coverage, Figure, Footnote, Missing

#: Fields that every row has, in this order; `members` never leaves: whom a reader may know is decided elsewhere.
FIELDS = (
    "key", "id", "label", "cycle", "population", "kind", "dimensions", "value", "unit", "numerator", "denominator",
    "n_answered", "n_applicable", "n_bodies", "missing", "footnotes", "basis", "source", "decimals", "coverage",
    "change", "suppressed", "conf_status", "band", "rounded", "counting_rule", "measures", "extra",
)  # fmt: skip


def figure_row(figure: Figure) -> dict[str, Any]:
    """The row of a figure; every value is plain JSON (no Decimal, no tuple)."""
    return {
        "key": figure.key,
        "id": figure.id,
        "label": dict(figure.label),
        "cycle": figure.cycle,
        "population": figure.population,
        "kind": figure.kind,
        "dimensions": dict(sorted(figure.dimensions.items())),
        "value": _number(figure.value),
        "unit": figure.unit,
        "numerator": _number(figure.numerator),
        "denominator": _number(figure.denominator),
        "n_answered": figure.n_answered,
        "n_applicable": figure.n_applicable,
        "n_bodies": figure.n_bodies,
        "missing": [{"reason": m.reason, "n": m.n, "bodies": list(m.bodies)} for m in figure.missing],
        "footnotes": [{"kind": f.kind, "text": dict(f.text), "body": f.body} for f in figure.footnotes],
        "basis": figure.basis,
        "source": figure.source,
        "decimals": figure.decimals,
        "coverage": _coverage_row(figure.coverage),
        "change": _change_row(figure.change),
        "suppressed": figure.suppressed,
        "conf_status": figure.conf_status,
        "band": None if figure.band is None else {"lower": figure.band.lower, "upper": figure.band.upper},
        "rounded": figure.rounded,
        "counting_rule": dict(figure.counting_rule),
        "measures": list(figure.measures),
        "extra": _plain(figure.extra),
    }


def figure_from_row(row: Mapping[str, Any]) -> Figure:
    """The figure of a row (without members). Raises EireneError, naming the row, if it is none."""
    try:
        figure = _figure(row)
    except (KeyError, TypeError, ValueError, InvalidOperation, AttributeError) as error:
        what = f"the field {error} is missing" if isinstance(error, KeyError) else str(error)
        raise EireneError(
            f"A row of figures.json is not a figure: {what}.",
            where=f"figures.json: {row.get('key', '?') if isinstance(row, Mapping) else row!r}",
            remedy="Take the file from the release as it was built.",
        ) from None
    if row.get("key") != figure.key:
        raise EireneError(
            f"The key {row.get('key')!r} does not belong to the row: its fields make {figure.key!r}.",
            where="figures.json",
            remedy="Take the file from the release as it was built.",
        )
    if row.get("conf_status", figure.conf_status) != figure.conf_status:
        raise EireneError(
            f"{figure.key} is suppressed as {figure.suppressed!r} and yet said to be {row['conf_status']!r}.",
            where="figures.json",
            remedy="Take the file from the release as it was built.",
        )
    return figure


def _figure(row: Mapping[str, Any]) -> Figure:
    decimals = int(row["decimals"])
    return Figure(
        id=row["id"],
        cycle=row["cycle"],
        population=row["population"],
        kind=row["kind"],
        unit=row["unit"],
        label=dict(row["label"]),
        value=_value(row["value"], decimals),
        dimensions=dict(row["dimensions"]),
        numerator=_read(row["numerator"]),
        denominator=_read(row["denominator"]),
        n_answered=int(row["n_answered"]),
        n_applicable=int(row["n_applicable"]),
        n_bodies=int(row["n_bodies"]),
        missing=tuple(Missing(m["reason"], int(m["n"]), tuple(m["bodies"])) for m in row["missing"]),
        footnotes=tuple(Footnote(f["kind"], dict(f["text"]), f["body"]) for f in row["footnotes"]),
        basis=row["basis"],
        source=row["source"],
        decimals=decimals,
        coverage=None if row["coverage"] is None else Coverage(**row["coverage"]),
        change=None if row["change"] is None else _change(row["change"], decimals),
        suppressed=row["suppressed"],
        counting_rule=dict(row["counting_rule"]),
        measures=tuple(row["measures"]),
        extra=row["extra"],
        # Releases of before there were such remedies do not have these.
        band=_band(row.get("band")),
        rounded=_base(row.get("rounded")),
    )


def _band(row: Mapping[str, Any] | None) -> Band | None:
    if row is None:
        return None
    lower, upper = _whole(row["lower"]), None if row["upper"] is None else _whole(row["upper"])
    return Band(lower, upper)


def _base(value: Any) -> int | None:
    if value is None:
        return None
    if _whole(value) < 1:
        raise ValueError(f"{value} is nothing to round to")
    return _whole(value)


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{value!r} is not a whole number")
    return value


def _number(value: Decimal | int | None) -> int | float | str | None:
    if value is None or isinstance(value, int):
        return value
    if not value.is_finite():
        raise ValueError(f"{value} is not a number that a figure can have")
    if value == value.to_integral_value():
        return int(value)
    shortest = float(value)
    written = repr(shortest)
    return shortest if "e" not in written and Decimal(written) == value else format(value, "f")


def _read(value: Any) -> Decimal | int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, bool):
        raise TypeError(f"{value!r} is not a number")
    read = Decimal(str(value))
    return int(read) if read == read.to_integral_value() else read


def _value(value: Any, decimals: int) -> Decimal | None:
    """With as many decimals as it was published with; more, if the row has more."""
    read = _read(value)
    if read is None:
        return None
    exact = Decimal(read)
    exponent = exact.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > decimals:
        return exact
    return decimal(int(exact.scaleb(decimals)), decimals)


def _coverage_row(coverage: Coverage | None) -> dict[str, int | None] | None:
    if coverage is None:
        return None
    return {
        "bodies": coverage.bodies,
        "of_bodies": coverage.of_bodies,
        "personnel": coverage.personnel,
        "of_personnel": coverage.of_personnel,
    }


def _change_row(change: Change | None) -> dict[str, Any] | None:
    if change is None:
        return None
    return {
        "since": change.since,
        "previous_value": _number(change.previous_value),
        "gained": change.gained,
        "lost": change.lost,
        "entered": change.entered,
        "left": change.left,
        "panel_previous": _number(change.panel_previous),
        "panel_value": _number(change.panel_value),
        "panel_n": change.panel_n,
        "not_comparable": dict(change.not_comparable),
    }


def _change(row: Mapping[str, Any], decimals: int) -> Change:
    return Change(
        since=row["since"],
        previous_value=_value(row["previous_value"], decimals),
        gained=row["gained"],
        lost=row["lost"],
        entered=row["entered"],
        left=row["left"],
        panel_previous=_value(row["panel_previous"], decimals),
        panel_value=_value(row["panel_value"], decimals),
        panel_n=row["panel_n"],
        not_comparable=dict(row["not_comparable"]),
    )


def _plain(value: Any) -> Any:
    """`extra` as plain JSON, keys in order."""
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in sorted(value.items(), key=lambda item: str(item[0]))}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value

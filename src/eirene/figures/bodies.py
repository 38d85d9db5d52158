"""A body's own value in a figure, as far as the figure still carries what the body contributes."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from eirene.figures.arithmetic import published
from eirene.figures.model import Figure

#: Kinds that a body's own value stands beside; shares of bodies have none.
SCALED = {"percent": 100, "points": 100}


def member_value(figure: Figure, body: str) -> Decimal | None:
    """The body's own value in the figure's unit, rounded to its decimals; None if the figure does not carry it (the
    body is missing, or may not be named to this audience), or if it has none (a rate over nobody)."""
    told: Any = figure.members.get(body)
    if told is None or isinstance(told, bool):
        return None
    if not isinstance(told, tuple):
        value = Fraction(told)
        return published((value.numerator, value.denominator), 1, figure.decimals)
    if len(told) != 2 or isinstance(told[0], tuple) or not told[1]:
        return None
    share = Fraction(told[0]) / Fraction(told[1])
    return published((share.numerator, share.denominator), SCALED.get(figure.unit, 1), figure.decimals)

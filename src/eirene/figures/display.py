"""How a figure reads: one way of writing its value, n of N and what is missing, for pages, documents and messages."""

from __future__ import annotations

from decimal import Decimal

from eirene.figures.model import Figure, Missing
from eirene.framework.model import Pack
from eirene.text import Phrases, number, pick, round_half_even

#: Kinds whose numerator and denominator are bodies.
OF_BODIES = ("share_of_bodies", "distribution", "coverage")


def shown_value(figure: Figure) -> Decimal | None:
    """The value as it is printed. A share of bodies is printed whole (with fewer than a hundred bodies a decimal says
    nothing), rounded from the exact fraction, never from the rounded value."""
    if figure.value is None:
        return None
    if figure.kind in OF_BODIES and figure.unit == "percent" and figure.denominator:
        return round_half_even(Decimal(figure.numerator or 0) * 100 / Decimal(figure.denominator), 0)
    return figure.value


def decimals_shown(figure: Figure) -> int:
    value = shown_value(figure)
    exponent = value.as_tuple().exponent if value is not None else 0
    return max(0, -exponent) if isinstance(exponent, int) else 0


def value_text(figure: Figure, lang: str) -> str:
    """The number alone, in the language's digits; '' if it is not shown."""
    value = shown_value(figure)
    if value is not None and figure.unit == "year":
        return str(int(value))  # a calendar year is a name, not a quantity: no separators
    return "" if value is None else number(value, lang, decimals_shown(figure))


def unit_text(figure: Figure, pack: Pack, lang: str) -> str:
    """What stands behind the number: %, weeks …; '' for persons and bodies."""
    unit = pack.units.get(figure.unit)
    return pick(unit.symbol, lang) if unit else ""


def display(figure: Figure, pack: Pack, lang: str) -> str:
    """Number and unit: "41 %", or the word that says why there is none."""
    if figure.value is None:
        return Phrases(lang, pack.phrases)(f"suppressed_{figure.suppressed or 'no_value'}")
    unit = unit_text(figure, pack, lang)
    return f"{value_text(figure, lang)}\u00a0{unit}" if unit else value_text(figure, lang)


def n_of_N(figure: Figure, pack: Pack, lang: str) -> str:
    """ "11 of 27"; for pooled rates persons; for means, medians and counts the bodies behind it."""
    say = Phrases(lang, pack.phrases)
    if figure.numerator is not None and figure.denominator is not None:
        return say("n_of_N", n=number(figure.numerator, lang), N=number(figure.denominator, lang))
    if figure.basis != "computed":
        return say("not_published")
    return say("n_of_N", n=number(figure.n_answered, lang), N=number(figure.n_applicable, lang))


def missing_text(missing: tuple[Missing, ...], pack: Pack, lang: str) -> str:
    """ "1 did not report; 2 gave no data"; '' if nobody is missing."""
    say = Phrases(lang, pack.phrases)
    parts = []
    for one in missing:
        if one.n:
            form = "one" if one.n == 1 else "many"
            parts.append(say(f"missing_{one.reason}_{form}", n=number(one.n, lang)))
    return say("semicolon").join(parts)

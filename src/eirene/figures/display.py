"""How a figure reads: one way of writing its value, n of N and what is missing, for pages, documents and messages."""

from __future__ import annotations

from decimal import Decimal

from eirene.figures.model import MARK, Band, Figure, Missing
from eirene.framework.model import Pack
from eirene.text import Phrases, number, pick, round_half_even

#: Kinds whose numerator and denominator are bodies.
OF_BODIES = ("share_of_bodies", "distribution", "coverage")
#: Kinds that are a numerator over a denominator, and are printed with both.
_RATIOS = (*OF_BODIES, "pooled", "pooled_without_largest", "matched_panel", "matched_panel_previous")


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
    """As it stands in a table: "41 %", "≈ 120", "10–49"; `c` if it is confidential, whose meaning `protection_text`
    gives; else the word that says why there is none. Never blank, never zero for what is not shown."""
    if figure.confidential and figure.band is None:
        return MARK
    return said(figure, pack, lang, short=True)


def said(figure: Figure, pack: Pack, lang: str, *, short: bool = False) -> str:
    """As it stands in running text: with words where a table has a sign; "≈ 120 (rounded to 5)"."""
    say = Phrases(lang, pack.phrases)
    unit = unit_text(figure, pack, lang)
    behind = f"\u00a0{unit}" if unit else ""
    if figure.band is not None:
        return band_text(figure.band, say, lang) + behind
    if figure.value is None:
        return say(f"suppressed_{figure.suppressed or 'no_value'}")
    text = value_text(figure, lang) + behind
    if figure.rounded is None:
        return text
    base = number(figure.rounded, lang)
    return say("rounded_mark", value=text) if short else say("rounded_said", value=text, base=base)


def band_text(band: Band, say: Phrases, lang: str) -> str:
    """ "10–49", "fewer than 10", "100 or more"."""
    if band.upper is None:
        return say("band_more", lower=number(band.lower, lang))
    if band.lower == 0:
        return say("band_fewer", n=number(band.upper + 1, lang))
    return say("band_between", lower=number(band.lower, lang), upper=number(band.upper, lang))


def protection_text(figure: Figure, pack: Pack, lang: str) -> str:
    """What was done to the value to protect somebody, as a legend: "c: confidential, …"; '' if nothing was."""
    say = Phrases(lang, pack.phrases)
    if figure.band is not None:
        return say("band_legend")
    if figure.confidential:
        return say("confidential_legend")
    return "" if figure.rounded is None else say("rounded_legend", base=number(figure.rounded, lang))


def n_of_N(figure: Figure, pack: Pack, lang: str) -> str:
    """ "11 of 27"; for pooled rates persons; for means, medians and counts the bodies behind it. `c` where what would
    stand here is confidential."""
    say = Phrases(lang, pack.phrases)
    if figure.untold or (figure.confidential and figure.kind in _RATIOS):
        return MARK
    if figure.numerator is not None and figure.denominator is not None:
        ratio = say("n_of_N", n=number(figure.numerator, lang), N=number(figure.denominator, lang))
        return ratio if figure.rounded is None else say("rounded_mark", value=ratio)
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

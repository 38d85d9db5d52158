"""Texts and numbers in a reader's language.

Numbers, percentages, dates and lists follow Babel's locale data; the words of our own documents are `phrases`: the
catalogue in `phrases/<lang>.yaml`, extended or overridden by a pack's `phrases.yaml`, English where neither has one.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from importlib.resources import files

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, get_timezone_location
from babel.lists import format_list
from babel.numbers import format_decimal

Text = Mapping[str, str]


def capital(text: str) -> str:
    """The text with a capital first; every other letter as it is: “members of NATO”, “Members of NATO”."""
    return text[:1].upper() + text[1:]


def pick(text: Text, lang: str) -> str:
    """The text in `lang`; else in English; else in whichever language it has; '' if it has none."""
    if lang in text:
        return text[lang]
    return text.get("en") or next(iter(text.values()), "")


@cache
def locale(lang: str) -> Locale:
    try:
        return Locale.parse(lang.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def round_half_even(value: Decimal, decimals: int) -> Decimal:
    """Rounded once, at publication, half to even."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN)


def number(value: Decimal | int, lang: str, decimals: int | None = None) -> str:
    """A number with the locale's separators: 12,345.6 or 12 345,6. `decimals`: exactly so many are shown."""
    pattern = None if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
    return str(format_decimal(value, format=pattern, locale=locale(lang)))


def date(value: dt.date, lang: str) -> str:
    """23 November 2026, whatever the locale's own habit for English."""
    return str(format_date(value, format="d MMMM y", locale=locale(lang)))


def city(zone: zoneinfo.ZoneInfo, lang: str) -> str:
    """The city that a clock is named after, in the reader's language: Brussels, Bruxelles; Kiritimati."""
    if zone.key in ("UTC", "Etc/UTC"):
        return "UTC"
    return str(get_timezone_location(zone, locale=locale(lang), return_city=True))


def listing(items: list[str], lang: str) -> str:
    """a, b and c."""
    return str(format_list(items, style="standard", locale=locale(lang)))


@cache
def _shipped(lang: str) -> Mapping[str, str]:
    import yaml

    folder = files("eirene").joinpath("phrases")
    names = sorted(p.name for p in folder.iterdir() if p.name.startswith(f"{lang}.") and p.name.endswith(".yaml"))
    loaded: dict[str, str] = {}
    for name in names:  # <lang>.yaml, and <lang>.<part>.yaml for the words of one part
        loaded |= yaml.safe_load(folder.joinpath(name).read_text(encoding="utf-8")) or {}
    return loaded


class Phrases:
    """The words of our documents in one language: `say("n_of_N", n=11, N=27)`."""

    def __init__(self, lang: str, pack_phrases: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self.lang = lang
        self._own = (pack_phrases or {}).get(lang, {})

    def __call__(self, phrase: str, **values: object) -> str:
        """Text of `phrase` with its {placeholders} filled. An unknown phrase is a mistake of ours: KeyError."""
        text = self._own.get(phrase) or _shipped(self.lang).get(phrase) or _shipped("en")[phrase]
        return text.format(**values) if values else text

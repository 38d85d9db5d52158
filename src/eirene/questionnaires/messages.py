"""The words of findings: places named as the form prints them, numbers in the reader's way, in every language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from eirene.framework import AskedQuestion, Pack
from eirene.questionnaires.grammar import Exact
from eirene.questionnaires.model import TOTAL, Number, Place
from eirene.questionnaires.values import kept, shape
from eirene.text import Phrases, Text, number, pick

_HOLE = re.compile(r"\{([a-z_A-Z]+)\}")
#: Numbers in messages show at most so many decimals.
SHOWN_DECIMALS = 2


def fill(template: str, values: Mapping[str, str]) -> str:
    """{name} replaced by its value; what has none is left as it stands. Nothing in a template is ever evaluated."""
    return _HOLE.sub(lambda hole: values.get(hole[1], hole[0]), template)


def holes(template: str) -> set[str]:
    return set(_HOLE.findall(template))


class Words:
    """The words of checks in one language."""

    def __init__(self, pack: Pack, lang: str) -> None:
        self.pack = pack
        self.lang = lang
        self._say = Phrases(lang, pack.phrases)

    def __call__(self, phrase: str, **values: str) -> str:
        return fill(self._say(f"check_{phrase}"), values)

    def value(self, value: Number | Exact) -> str:
        """12,345 or 40.67: rounded to two decimals at most, half to even."""
        if isinstance(value, int):
            return number(value, self.lang)
        rounded = Decimal(round(Fraction(value) * 10**SHOWN_DECIMALS)).scaleb(-SHOWN_DECIMALS)
        text = format(rounded, "f").rstrip("0").rstrip(".")
        return number(rounded, self.lang, len(text.partition(".")[2]))

    def change(self, value: Exact) -> str:
        """+400 or −12.5."""
        return ("+" if value >= 0 else "−") + self.value(-value if value < 0 else value)

    def label(self, asked: AskedQuestion, dimension: str, code: str) -> str:
        if code == TOTAL:
            return self("total")
        form = shape(self.pack, asked.question)
        return form.trees[form.names.index(dimension)].label(code, self.lang)

    def place(self, asked: AskedQuestion, place: Place) -> str:
        """Question 1.1, army, women."""
        parts = [self("place", number=asked.number)]
        parts += [self.label(asked, d, c) for d, c in place.cell.items() if c != TOTAL]
        if place.row is not None:
            parts.append(self("place_row", row=str(place.row)))
        if place.column:
            columns = (*asked.question.columns, *asked.question.particulars)
            parts.append(next((pick(c.label, self.lang) for c in columns if c.id == place.column), place.column))
        return ", ".join(parts)

    def joined(self, parts: Sequence[str]) -> str:
        """women + men; the 9 known parts."""
        return " + ".join(parts) if len(parts) <= 4 else self("parts_joined", n=str(len(parts)))


def words(pack: Pack, lang: str) -> Words:
    return kept(pack, ("words", lang), lambda: Words(pack, lang))


def in_all(pack: Pack, make: Callable[[Words], str]) -> Text:
    """A text in each of the pack's languages."""
    return {lang: make(words(pack, lang)) for lang in pack.header.languages}

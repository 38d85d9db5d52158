"""Numbers in a document that are bound to a figure: each must be one that the figure has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from eirene.documents.model import Cell, Document, Run, Statement
from eirene.figures.display import shown_value
from eirene.figures.model import Figure, figure_key
from eirene.framework.model import Pack
from eirene.text import locale, round_half_even

_SPACES = "\u00a0\u202f\u2009"


def document_problems(document: Document, figures: Mapping[str, Figure], pack: Pack, lang: str) -> list[str]:
    """What the document says of figures that they do not say themselves, in words."""
    checker = _Checker(figures, pack, lang)
    return list(dict.fromkeys(problem for item in _walk(document.sections) for problem in checker.problems(item)))


def _walk(item: Any) -> Iterator[Any]:
    """Every data class in a document, however deep."""
    if is_dataclass(item):
        yield item
        for one in fields(item):
            yield from _walk(getattr(item, one.name))
    elif isinstance(item, list | tuple):
        for part in item:
            yield from _walk(part)


class _Checker:
    def __init__(self, figures: Mapping[str, Figure], pack: Pack, lang: str) -> None:
        self.figures, self.pack, self.lang = figures, pack, lang
        self._numbers: dict[str, frozenset[Decimal]] = {}
        self._labels: dict[str, list[str]] = {}

    def problems(self, item: Any) -> Iterator[str]:
        if isinstance(item, Statement):
            yield from self._check(item.figure, item.value)
            yield from self._check(item.figure, item.n_of_N)
            yield from self._pair(item.figure, item.n_of_N)
        elif isinstance(item, Run | Cell) and item.figure:
            yield from self._check(item.figure, item.text)
            if isinstance(item, Cell) and item.number:
                yield from self._exact(item.figure, item.number)

    def _check(self, key: str, text: str) -> Iterator[str]:
        if key not in self.figures:
            yield f"{text!r} is bound to {key}, which is no figure of this release."
            return
        text_left = text
        for label in self.labels(key):
            text_left = text_left.replace(label, " ")
        for token in numbers_in(text_left, self.lang):
            if not any(_fits(token, number) for number in self.numbers(key)):
                yield f"{text!r} is bound to {key}, which has no number {token}."

    def _pair(self, key: str, text: str) -> Iterator[str]:
        """n of N: both numbers may be the figure's and yet not belong together."""
        told = numbers_in(text, self.lang)
        if key not in self.figures or len(told) != 2:
            return
        figure = self.figures[key]
        pairs = [(figure.n_answered, figure.n_applicable), (figure.n_answered, figure.n_bodies)]
        if figure.numerator is not None and figure.denominator is not None:
            pairs = [(figure.numerator, figure.denominator)]  # type: ignore[list-item]
        if not any(_fits(told[0], Decimal(n)) and _fits(told[1], Decimal(of)) for n, of in pairs):
            yield f"{text!r} is bound to {key}, which is {pairs[0][0]} of {pairs[0][1]}."

    def _exact(self, key: str, number: str) -> Iterator[str]:
        told = re.fullmatch(r"-?\d+(\.\d+)?", number)
        if key in self.figures and told and not any(_fits(abs(Decimal(number)), n) for n in self.numbers(key)):
            yield f"{number} is bound to {key}, which has no such number."

    def numbers(self, key: str) -> frozenset[Decimal]:
        """All that may be printed of a figure: its value, its counts, what it was before."""
        if key not in self._numbers:
            figure = self.figures[key]
            found = set(_own(figure))
            if figure.change is not None:
                before = figure_key(figure.id, figure.change.since, figure.population, figure.kind, figure.dimensions)
                if before in self.figures:
                    found |= set(_own(self.figures[before]))
            for text in (figure.cycle, *_texts(figure.extra), *self._titles(figure)):
                found |= set(numbers_in(text, self.lang)) | {Decimal(d) for d in re.findall(r"\d+", text)}
            self._numbers[key] = frozenset(abs(number) for number in found)
        return self._numbers[key]

    def labels(self, key: str) -> list[str]:
        """What a figure and the codes of its break-down are called, longest first: names may hold digits (OF-3)."""
        if key not in self._labels:
            figure = self.figures[key]
            found = {*figure.label.values(), *figure.dimensions.values()}
            for code_list in self.pack.code_lists.values():
                for code in code_list.codes:
                    if code.code in figure.dimensions.values():
                        found |= set(code.label.values())
            self._labels[key] = sorted(filter(None, found), key=lambda label: (-len(label), label))
        return self._labels[key]

    def _titles(self, figure: Figure) -> list[str]:
        cycle = self.pack.cycles.get(figure.cycle)
        return [] if cycle is None else [*cycle.title.values(), str(cycle.data_year)]


def _own(figure: Figure) -> Iterator[Decimal]:
    counts = [figure.n_answered, figure.n_applicable, figure.n_bodies, *(m.n for m in figure.missing)]
    counts += [sum(m.n for m in figure.missing), figure.n_bodies - figure.n_answered]
    counts += [figure.n_applicable - figure.n_answered, figure.n_bodies - figure.n_applicable]
    yield from (Decimal(n) for n in counts)
    numerator, denominator = figure.numerator, figure.denominator
    for number in (figure.value, shown_value(figure), numerator, denominator):
        if number is not None:
            yield Decimal(number)
    if numerator is not None and denominator:
        yield Decimal(denominator) - Decimal(numerator)
        yield Decimal(numerator) * 100 / Decimal(denominator)
    if figure.band is not None:
        ends = (figure.band.lower, figure.band.upper)
        yield from (Decimal(n) for end in ends if end is not None for n in (end, end + 1))
    if figure.rounded is not None:
        yield Decimal(figure.rounded)
    for part in (figure.coverage, figure.change):
        if part is not None:
            numbers = (getattr(part, one.name) for one in fields(part))
            yield from (Decimal(n) for n in numbers if isinstance(n, int | Decimal))
    change = figure.change
    if change is not None and change.previous_value is not None and figure.value is not None:
        yield figure.value - change.previous_value
    if change is not None and change.panel_previous is not None and change.panel_value is not None:
        yield change.panel_value - change.panel_previous


def _texts(extra: Any) -> Iterator[str]:
    """Years, alternatives and notes of published figures."""
    if isinstance(extra, Mapping):
        for part in extra.values():
            yield from _texts(part)
    elif isinstance(extra, list | tuple):
        for part in extra:
            yield from _texts(part)
    elif extra is not None:
        yield str(extra)


def _fits(token: Decimal, number: Decimal) -> bool:
    """Whether a number may be printed so: rounded to as many decimals as are printed."""
    exponent = token.as_tuple().exponent
    return round_half_even(number, -exponent if isinstance(exponent, int) else 0) == token


@cache
def _pattern(lang: str) -> tuple[re.Pattern[str], str, str]:
    symbols = locale(lang).number_symbols
    latin = symbols.get("latn", symbols)
    group, point = str(latin.get("group", ",")), str(latin.get("decimal", "."))
    groups = re.escape(group if group not in _SPACES else "") + _SPACES
    return re.compile(rf"\d+(?:[{groups}]\d{{3}})*(?:{re.escape(point)}\d+)?"), group, point


def numbers_in(text: str, lang: str) -> list[Decimal]:
    """Numbers in a text, as the language writes them: 12,345.6 or 12 345,6; signs are left out."""
    pattern, group, point = _pattern(lang)
    found = []
    for match in pattern.findall(text):
        bare = "".join(c for c in match if c != group and c not in _SPACES)
        found.append(Decimal(bare.replace(point, ".")))
    return found

"""Texts bound to figures: placeholders, literals, and variants that hold only under a condition.

A template is `{ref}` or `{ref:aspect}` among words. Digits are refused outside placeholders unless marked `[lit:1325]`,
so that no number stands in a Summary that no figure answers for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from eirene.documents.model import Run, Runs
from eirene.errors import Problem
from eirene.figures.display import missing_text, n_of_N, said, value_text
from eirene.figures.model import Figure
from eirene.framework.model import Pack, Variant
from eirene.questionnaires.rules import FigureScope, compile_expression
from eirene.summary.refs import FigureIndex, parse_ref
from eirene.text import Phrases, number, pick

_PIECE = re.compile(r"\{([^{}]*)\}|\[lit:([^\[\]]*)\]")
#: What means something in a template.
_SPECIAL = re.compile(r"\d[\d.,]*|[{}]|\[lit:")
ASPECTS = ("value", "n_of_N", "numerator", "denominator", "missing", "previous", "change", "unit")
#: Placeholders that are not figures.
FACTS = ("cycle", "previous_cycle", "alliance", "year")


def pieces(template: str) -> Iterator[tuple[str, str]]:
    """("text" | "placeholder" | "literal", content) in order."""
    at = 0
    for match in _PIECE.finditer(template):
        if match.start() > at:
            yield "text", template[at : match.start()]
        yield ("placeholder", match[1]) if match[1] is not None else ("literal", match[2])
        at = match.end()
    if at < len(template):
        yield "text", template[at:]


def check_template(template: str, pack: Pack) -> Iterator[Problem]:
    """What is wrong with a text: an unknown figure, an unknown aspect, a bare digit."""
    for kind, content in pieces(template):
        if kind == "text" and (digits := re.search(r"\d[\d.,]*", content)):
            yield Problem(
                f"the bare number {digits[0]!r} stands in a text.",
                remedy=f"Bind it to a figure, or mark it [lit:{digits[0]}].",
            )
        if kind != "placeholder" or content in FACTS:
            continue
        ref, _, aspect = content.partition(":")
        parsed = parse_ref(ref, pack)
        if isinstance(parsed, Problem):
            yield parsed
        if aspect and aspect not in ASPECTS:
            yield Problem(f"{{{content}}}: there is no {aspect!r}.", remedy=f"Known: {', '.join(ASPECTS)}.")


def as_literal(text: str) -> str:
    """A template that prints a plain text as it stands, digits, braces and brackets included: a body's own words."""
    return _SPECIAL.sub(lambda m: f"[[lit:{m[0][1:]}]" if m[0] == "[lit:" else f"[lit:{m[0]}]", text)


class Writer:
    """Writes the texts of one edition in one language."""

    def __init__(self, index: FigureIndex, lang: str, facts: Mapping[str, str]) -> None:
        self.index = index
        self.pack = index.pack
        self.lang = lang
        self.say = Phrases(lang, index.pack.phrases)
        self.facts = facts

    # --- templates ---------------------------------------------------------------------------------------------

    def runs(self, text: Mapping[str, str], population: str | None = None) -> Runs:
        """The text in the writer's language as runs; each placeholder is a run that knows its figure."""
        found = []
        for kind, content in pieces(pick(text, self.lang)):
            if kind != "placeholder":
                found.append(Run(content))
            elif content in FACTS:
                found.append(Run(self.facts.get(content, "")))
            else:
                ref, _, aspect = content.partition(":")
                key = self.index.key(ref, population=population)
                figure = self.index.by_key.get(key)
                found.append(Run(self.aspect(figure, aspect), figure=key if figure else ""))
        return tuple(found)

    def plain(self, text: Mapping[str, str], population: str | None = None) -> str:
        return "".join(run.text for run in self.runs(text, population))

    def aspect(self, figure: Figure | None, aspect: str) -> str:
        if figure is None:
            return self.say("suppressed_no_value")
        match aspect:
            case "":
                return said(figure, self.pack, self.lang)
            case "value":
                return self.number_of(figure)
            case "n_of_N":
                return n_of_N(figure, self.pack, self.lang)
            case "numerator" | "denominator":
                exact = figure.numerator if aspect == "numerator" else figure.denominator
                return self.say(_absent(figure)) if exact is None else self.rounded(figure, number(exact, self.lang))
            case "missing":
                return missing_text(figure.missing, self.pack, self.lang)
            case "previous":
                before = self.index.previous(figure)
                return said(before, self.pack, self.lang) if before else self.say("suppressed_no_value")
            case "unit":
                unit = self.pack.units.get(figure.unit)
                return pick(unit.label, self.lang) if unit else ""
        return self.change(figure)

    def number_of(self, figure: Figure) -> str:
        """The number alone, with what tells that it is rounded; where there is none, the words that say why."""
        text = value_text(figure, self.lang)
        return self.rounded(figure, text) if text else said(figure, self.pack, self.lang)

    def rounded(self, figure: Figure, text: str) -> str:
        return text if figure.rounded is None else self.say("rounded_mark", value=text)

    def change(self, figure: Figure) -> str:
        """The change since the cycle before, told in bodies or over the matched panel; '' if there is none."""
        change = figure.change
        if change is None or change.not_comparable:
            return ""
        if change.gained is not None and change.lost is not None:
            return self.say("change_bodies", gained=change.gained, lost=change.lost, entered=change.entered)
        if change.panel_previous is not None and change.panel_value is not None:
            return self.say(
                "change_panel",
                previous=number(change.panel_previous, self.lang, figure.decimals),
                value=number(change.panel_value, self.lang, figure.decimals),
                n=change.panel_n,
            )
        return ""

    # --- variants ----------------------------------------------------------------------------------------------

    def choose(
        self, text: Mapping[str, str] | Sequence[Variant] | None, population: str | None = None
    ) -> Mapping[str, str]:
        """The first variant whose condition holds and whose figures are all there; {} if none does."""
        if text is None:
            return {}
        if isinstance(text, Mapping):
            return text
        for variant in text:
            if variant.when is None or self.holds(variant.when, population):
                return variant.text
        return {}

    def holds(self, condition: str, population: str | None = None) -> bool:
        """Whether a condition over figures is true. One that cannot be evaluated is not true."""
        values = FigureValues(self.index, population)
        return compile_expression(condition, FigureScope(self.pack.indicators)).evaluate(values) is True


def _absent(figure: Figure) -> str:
    return f"suppressed_{figure.suppressed or 'no_value'}"


class FigureValues:
    """What the functions of a condition give: value(id), previous(id), change(id), panel_change(id), …"""

    def __init__(self, index: FigureIndex, population: str | None) -> None:
        self.index = index
        self.population = population

    def figure(self, ref: str) -> Figure | None:
        return self.index.find(ref, population=self.population)

    def value(self, ref: str) -> Decimal | None:
        figure = self.figure(ref)
        return figure.value if figure else None

    def previous(self, ref: str) -> Decimal | None:
        figure = self.figure(ref)
        before = self.index.previous(figure) if figure else None
        return before.value if before else None

    def change(self, ref: str) -> Decimal | None:
        now, then = self.value(ref), self.previous(ref)
        return None if now is None or then is None else now - then

    def panel_change(self, ref: str) -> Decimal | None:
        """Change over the bodies that are in both cycles: what a title may claim (practice 7)."""
        figure = self.figure(ref)
        change = figure.change if figure else None
        if change is None or change.not_comparable or change.panel_value is None or change.panel_previous is None:
            return None
        return change.panel_value - change.panel_previous

    def numerator(self, ref: str) -> Decimal | int | None:
        figure = self.figure(ref)
        return figure.numerator if figure else None

    def denominator(self, ref: str) -> Decimal | int | None:
        figure = self.figure(ref)
        return figure.denominator if figure else None

    def n_bodies(self, ref: str) -> int | None:
        figure = self.figure(ref)
        return figure.n_bodies if figure else None

    def missing(self, ref: str) -> int | None:
        figure = self.figure(ref)
        return sum(one.n for one in figure.missing) if figure else None

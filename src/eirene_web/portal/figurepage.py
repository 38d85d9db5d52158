"""Everything that a figure needs to be believed, put together for its page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from eirene.figures import member_value
from eirene.figures.display import OF_BODIES, display, missing_text, n_of_N, unit_text, value_text
from eirene.figures.model import Figure
from eirene.framework.model import Element, Pack
from eirene.text import Phrases, number, pick
from eirene_web.portal import words
from eirene_web.portal.reading import Edition, is_undivided
from eirene_web.portal.series import Point, alt_text, draw, finding, points_of


@dataclass(frozen=True)
class Group:
    """Bodies that are in or missing for one reason; `named` as far as the audience may know."""

    look: str
    title: str
    n: int
    explanation: str
    named: tuple[tuple[str, str, str], ...] = ()

    @property
    def unnamed(self) -> int:
        return self.n - len(self.named)

    @property
    def blanks(self) -> range:
        return range(min(self.unnamed, 60))


@dataclass(frozen=True)
class Line:
    """A figure as a line of a list or table."""

    figure: Figure
    label: str
    value: str
    ratio: str
    missing: str
    kind: str
    population: str
    source: str = ""
    #: Its page, and the words by which it is found.
    href: str = ""
    words: str = ""


def line_of(edition: Edition, figure: Figure, lang: str, label: str = "") -> Line:
    """The figure as a line; made once for each language, then remembered with the edition."""
    place = (figure.key, lang, get_language() or "")
    line = edition.lines.get(place)
    if line is None:
        line = edition.lines[place] = _line_of(edition, figure, lang)
    return replace(line, label=label) if label else line


def _line_of(edition: Edition, figure: Figure, lang: str) -> Line:
    pack, label = edition.pack, words.label_of(edition, figure, lang)
    return Line(
        figure,
        label,
        display(figure, pack, lang),
        n_of_N(figure, pack, lang),
        missing_text(figure.missing, pack, lang),
        words.kind_name(pack, figure.kind, lang),
        words.population_short(pack, figure.population, lang),
        source_title(edition, figure.source),
        reverse("figure", args=[*edition.at, figure.key]),
        words.folded(f"{label} {figure.id}"),
    )


def source_title(edition: Edition, code: str) -> str:
    source = edition.pack.sources.get(code)
    return source.title if source else code


def figure_page(edition: Edition, editions: Sequence[Edition], figure: Figure, lang: str) -> dict[str, Any]:
    """Context of a figure's page in `lang`, the content's language."""
    pack = edition.pack
    points = points_of(figure, edition, editions, lang)
    statement = edition.walk(lang).statements.get(figure.key)
    indicator = pack.indicators.get(figure.id)
    many = words.population_many(pack, figure.population, lang, figure.n_bodies)
    return {
        "figure": figure,
        "indicator": indicator,
        "label": words.label_of(edition, figure, lang),
        "value": _hero(figure, pack, lang),
        "unit": unit_text(figure, pack, lang),
        "shown": display(figure, pack, lang),
        "ratio": n_of_N(figure, pack, lang),
        "behind": _behind(figure, many, lang),
        "missing": missing_text(figure.missing, pack, lang),
        "kind": words.kind_name(pack, figure.kind, lang),
        "method": words.kind_method(pack, figure.kind, lang),
        "population": words.population_label(pack, figure.population, lang),
        "many": many,
        "groups": list(_groups(edition, figure, lang)),
        "change": change_sentences(edition, figure, lang),
        "points": points,
        "rows": list(reversed(points)),
        "series": series(points, edition, lang),
        "statement": statement[0] if statement else None,
        "statement_place": statement[1] if statement else None,
        "places": edition.walk(lang).places.get(figure.key, []),
        "related": list(_related(edition, figure, lang)),
        "breakdowns": list(_breakdowns(edition, figure, lang)),
        "whole": _whole(edition, figure, lang),
        "elements": by_kind([pack.elements[code] for code in figure.measures if code in pack.elements]),
        "year": figure.dimensions.get("year") or words.cycle_label(pack, figure.cycle, lang),
        "notes": [(_body_of_note(edition, note.body, lang), pick(note.text, lang)) for note in figure.footnotes],
        "source": pack.sources.get(figure.source),
        "extra": _extra(figure),
        "alternatives": _alternatives(edition, figure, lang),
        "exact": exact(figure, lang),
    }


def _hero(figure: Figure, pack: Pack, lang: str) -> str:
    """The number set large, without its unit; '' where words or a sign stand in its place."""
    text = value_text(figure, lang)
    return text if figure.rounded is None else Phrases(lang, pack.phrases)("rounded_mark", value=text)


def series(points: Sequence[Point], edition: Edition, lang: str) -> dict[str, Any]:
    alt = alt_text(points)
    return {
        "title": finding(points, edition, lang),
        "alt": alt,
        "wide": draw(points, alt),
        "narrow": draw(points, alt, narrow=True),
        "squares": all(p.shares for p in points),
        "breaks": [(p.label, p.why) for p in points if p.why],
    }


def _behind(figure: Figure, many: str, lang: str) -> str:
    """ "members that answered"; of rates, how many bodies the persons belong to."""
    if figure.basis != "computed":
        return ""
    if figure.untold:
        return _("of %(n)s %(many)s") % {"n": number(figure.n_bodies, lang), "many": many}
    if figure.confidential and figure.kind in OF_BODIES:
        return _("of %(n)s %(many)s that answered") % {"n": number(figure.n_answered, lang), "many": many}
    if figure.kind in OF_BODIES:
        return _("%(many)s that answered") % {"many": many}
    if figure.denominator is not None:
        answered = number(figure.n_answered, lang)
        words_of = {"n": answered, "N": number(figure.n_applicable, lang), "many": many}
        return _("persons, from %(n)s of %(N)s %(many)s") % words_of
    return _("%(many)s that gave a value") % {"many": many}


def _groups(edition: Edition, figure: Figure, lang: str) -> Iterable[Group]:
    if figure.basis != "computed" and figure.kind != "coverage":
        return
    members = edition.named_members(figure)
    if figure.kind in ("share_of_bodies", "distribution") and figure.numerator is not None:
        yes, answered = int(figure.numerator), int(figure.denominator or 0)
        in_words, out_words = _("counted in numerator and denominator"), _("counted in the denominator only")
        yield Group("y", _("Yes"), yes, in_words, _names(edition, [b for b, m in members.items() if m is True], lang))
        yield Group(
            "n",
            _("No"),
            answered - yes,
            out_words,
            _names(edition, [b for b, m in members.items() if m is False], lang),
        )
    elif figure.kind == "coverage":
        yield Group("y", _("With a public value"), figure.n_answered, _("counted in numerator and denominator"))
    elif not figure.untold:
        yield Group(
            "y",
            _("In the figure"),
            figure.n_answered,
            _("gave what the figure needs"),
            _values(edition, figure, members, lang),
        )
    for missing in figure.missing:
        if missing.n:
            title = words.reason_name(edition.pack, missing.reason, lang)
            where = _("in the figure or not: to tell would give one of them away") if figure.untold else _("in neither")
            yield Group("x", title[:1].upper() + title[1:], missing.n, where, _names(edition, missing.bodies, lang))


def _names(
    edition: Edition, bodies: Iterable[str], lang: str, values: dict[str, str] | None = None
) -> tuple[tuple[str, str, str], ...]:
    order = words.code_order(edition, "body")
    listed = sorted(bodies, key=lambda b: order.get(b, len(order)))
    return tuple((b, words.name_of_body(edition, b, lang), (values or {}).get(b, "")) for b in listed)


def _values(edition: Edition, figure: Figure, members: Any, lang: str) -> tuple[tuple[str, str, str], ...]:
    named = replace(figure, members=members)
    values: dict[str, str] = {}
    unit = unit_text(figure, edition.pack, lang)
    for body in members:
        value = member_value(named, body)
        if value is not None:
            text = number(value, lang, figure.decimals)
            values[body] = f"{text}\u00a0{unit}" if unit else text
    return _names(edition, members, lang, values)


def change_sentences(edition: Edition, figure: Figure, lang: str) -> list[str]:
    """The change told in bodies, and over those alone that are in both (practice 7)."""
    change = figure.change
    if change is None:
        return []
    since = words.cycle_label(edition.pack, change.since, lang)
    if change.not_comparable:
        return [
            _("Not comparable with %(since)s: %(why)s") % {"since": since, "why": pick(change.not_comparable, lang)}
        ]
    found = []
    if change.previous_value is not None:
        found.append(
            _("%(since)s: %(value)s.")
            % {"since": since, "value": _amount(edition, figure, change.previous_value, lang)}
        )
    if change.gained is not None and change.lost is not None:
        moved = {"gained": number(change.gained, lang), "lost": number(change.lost, lang)}
        found.append(_("%(gained)s came to yes, %(lost)s went to no.") % moved)
    if change.entered:
        found.append(
            ngettext("%(n)s is counted for the first time.", "%(n)s are counted for the first time.", change.entered)
            % {"n": number(change.entered, lang)}
        )
    if change.left:
        found.append(
            ngettext("%(n)s is no longer counted.", "%(n)s are no longer counted.", change.left)
            % {"n": number(change.left, lang)}
        )
    if change.panel_value is not None and change.panel_previous is not None:
        panel = {
            "n": number(change.panel_n, lang),
            "then": _amount(edition, figure, change.panel_previous, lang),
            "now": _amount(edition, figure, change.panel_value, lang),
        }
        found.append(_("Over the %(n)s that are in both: from %(then)s to %(now)s.") % panel)
    return found


def _amount(edition: Edition, figure: Figure, value: Decimal, lang: str) -> str:
    unit = unit_text(figure, edition.pack, lang)
    decimals = 0 if figure.kind in OF_BODIES and figure.unit == "percent" else figure.decimals
    text = number(value, lang, decimals)
    return f"{text}\u00a0{unit}" if unit else text


def _related(edition: Edition, figure: Figure, lang: str) -> Iterable[Line]:
    """The same thing measured otherwise: other kinds, other populations."""
    for other in edition.by_id.get(figure.id, []):
        if other.key == figure.key or other.cycle != figure.cycle or dict(other.dimensions) != dict(figure.dimensions):
            continue
        label = words.kind_name(edition.pack, other.kind, lang)
        if other.population != figure.population:
            label = f"{label}, {words.population_label(edition.pack, other.population, lang)}"
        yield line_of(edition, other, lang, label[:1].upper() + label[1:])


def _breakdowns(edition: Edition, figure: Figure, lang: str) -> Iterable[tuple[str, list[Line]]]:
    """Figures with one dimension more, by that dimension."""
    own = dict(figure.dimensions)
    found: dict[str, list[Figure]] = {}
    for other in edition.by_id.get(figure.id, []):
        extra = [d for d, c in other.dimensions.items() if own.get(d) != c]
        same = (other.population, other.cycle) == (figure.population, figure.cycle) and set(own) <= set(
            other.dimensions
        )
        comparable = other.kind == figure.kind or figure.kind in ("published", "coverage")
        if same and comparable and len(extra) == 1 and len(other.dimensions) == len(own) + 1:
            found.setdefault(extra[0], []).append(other)
    for dimension, figures in found.items():
        order = words.code_order(edition, dimension)
        figures.sort(key=lambda f: order.get(f.dimensions[dimension], len(order)))
        yield (
            words.dimension_name(edition, dimension, lang),
            [
                line_of(edition, f, lang, words.code_label(edition, dimension, f.dimensions[dimension], lang))
                for f in figures
            ],
        )


def _whole(edition: Edition, figure: Figure, lang: str) -> Line | None:
    """What a break-down is a part of."""
    if is_undivided(figure):
        return None
    rest = {d: c for d, c in figure.dimensions.items() if d in ("year", "scope")}
    for other in edition.by_id.get(figure.id, []):
        same = (other.population, other.kind, other.cycle) == (figure.population, figure.kind, figure.cycle)
        if same and dict(other.dimensions) == rest:
            return line_of(edition, other, lang)
    return None


def _body_of_note(edition: Edition, body: str, lang: str) -> str:
    return words.name_of_body(edition, body, lang) if body else ""


def _extra(figure: Figure) -> dict[str, Any]:
    return {
        name: value for name, value in figure.extra.items() if value not in (None, "") and isinstance(value, str | int)
    }


def _alternatives(edition: Edition, figure: Figure, lang: str) -> list[dict[str, Any]]:
    """Every source's value, where there are several."""
    found = []
    for one in figure.extra.get("alternatives") or ():
        unit = edition.pack.units.get(one.get("unit", ""))
        symbol = pick(unit.symbol, lang) if unit else ""
        text = number(Decimal(str(one["value"])), lang)
        ratio = None
        if one.get("numerator") and one.get("denominator"):
            ratio = _("%(n)s of %(N)s") % {
                "n": number(Decimal(one["numerator"]), lang),
                "N": number(Decimal(one["denominator"]), lang),
            }
        found.append(
            {
                **one,
                "shown": f"{text}\u00a0{symbol}" if symbol else text,
                "ratio": ratio,
                "source": edition.pack.sources.get(one.get("source", "")),
                "source_code": one.get("source", ""),
            }
        )
    return found


def exact(figure: Figure, lang: str) -> str:
    """Numerator ÷ denominator before rounding, to six decimals; '' where there is no such quotient."""
    if figure.numerator is None or not figure.denominator:
        return ""
    quotient = Decimal(figure.numerator) / Decimal(figure.denominator)
    return f"{number(figure.numerator, lang)} ÷ {number(figure.denominator, lang)} = {number(quotient, lang, 6)}"


def by_kind(elements: Sequence[Element]) -> list[tuple[str, list[Element]]]:
    """Elements of the framework, those of one kind together."""
    found: dict[str, list[Element]] = {}
    for element in elements:
        found.setdefault(element.kind, []).append(element)
    return list(found.items())

"""From figures to the data of a chart, its table and what a reader who does not see it must know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from eirene.documents import charts
from eirene.documents import model as d
from eirene.figures import member_value
from eirene.figures.display import display, n_of_N, shown_value, unit_text
from eirene.figures.model import MARK, Figure
from eirene.framework import codes
from eirene.framework.model import Block
from eirene.text import number, pick

if TYPE_CHECKING:
    from eirene.summary.chapters import Composer

Rows = tuple[tuple[d.Cell, ...], ...]


@dataclass(frozen=True)
class Drawn:
    """A chart before it has title and number."""

    spec: Mapping[str, Any]
    narrow: Mapping[str, Any]
    alt: str
    head: tuple[tuple[d.Cell, ...], ...]
    rows: Rows
    figures: tuple[str, ...]
    subtitle: str = ""


def draw(c: Composer, block: Block, figures: Sequence[Figure]) -> Drawn | None:
    """The chart of a block; None if there is nothing to draw."""
    maker = {
        "bars": _bars,
        "trend": _trend,
        "by_body": _by_body,
        "pyramid": _pyramid,
        "services": _services,
        "distribution": _distribution,
    }[block.chart or "bars"]
    return maker(c, block, figures)


def _table(rows: Sequence[Sequence[d.Cell]]) -> Rows:
    return tuple(tuple(row) for row in rows)


# --- bars -----------------------------------------------------------------------------------------------------------


def _bars(c: Composer, block: Block, figures: Sequence[Figure]) -> Drawn | None:
    return _bar_chart(c, [(c.label(f), f) for f in figures], charts.bars)


def _services(c: Composer, block: Block, figures: Sequence[Figure]) -> Drawn | None:
    whole = figures[0]
    reference = (whole.value, c.say("all_bodies")) if whole.value is not None else None
    parts = _parts(c, whole, block.dimension or "service")
    return _bar_chart(c, parts, partial(charts.services, reference=reference))


def _distribution(c: Composer, block: Block, figures: Sequence[Figure]) -> Drawn | None:
    dimension = block.dimension or _own_list(c, figures[0])
    parts = _parts(c, figures[0], dimension) if dimension else []
    return _bar_chart(c, parts or [(c.label(f), f) for f in figures], charts.distribution)


def _own_list(c: Composer, figure: Figure) -> str:
    """The code list whose choices a distribution is over."""
    question = c.pack.questions.get(c.pack.indicators[figure.id].question or "")
    return question.choices or "" if question else ""


def _parts(c: Composer, figure: Figure, dimension: str) -> list[tuple[str, Figure]]:
    parts = {f.dimensions[dimension]: f for f in c.index.breakdown(figure, dimension)}
    order = [code for code in c.dimension_order(dimension) if code in parts]
    return [(c.code_label(dimension, code), parts[code]) for code in order]


def _bar_chart(c: Composer, items: Sequence[tuple[str, Figure]], build: Callable[..., charts.Drawing]) -> Drawn | None:
    known = [(label, f) for label, f in items if f.value is not None or f.confidential]
    if all(f.value is None for _, f in known):
        return None
    unit = unit_text(known[0][1], c.pack, c.lang)
    columns = (c.cycle_name(c.cycle.id), c.say("col_nofN"))
    drawing = build([_bar(c, label, figure) for label, figure in known], lang=c.lang, unit=unit, columns=columns)
    rows = [
        [d.Cell(label, f.key, header=True), c.value_cell(f), c.ratio_cell(f), c.value_cell(c.index.previous(f))]
        for label, f in items
    ]
    head = (tuple(c.header("col_figure", "col_value", "col_nofN", "col_previous")),)
    return _drawn(c, "chart_alt_bars", drawing, head, rows, [f.key for _, f in known])


def _bar(c: Composer, label: str, figure: Figure) -> charts.Bar:
    before = c.index.previous(figure)
    comparable = before is not None and not (figure.change is not None and figure.change.not_comparable)
    return charts.Bar(
        label=label,
        value=shown_value(figure),
        text=display(figure, c.pack, c.lang),
        n_of_N="" if figure.confidential else n_of_N(figure, c.pack, c.lang),
        previous=shown_value(before) if before is not None and comparable else None,
    )


def _drawn(
    c: Composer,
    phrase: str,
    drawing: charts.Drawing,
    head: Rows,
    rows: Sequence[Sequence[d.Cell]],
    keys: Sequence[str],
    **values: str,
) -> Drawn:
    """With the alternative text: what each mark says, in the order drawn."""
    told = [
        c.say("chart_alt_item", label=i.label, value=i.value, n_of_N=i.n_of_N)
        if i.n_of_N
        else f"{i.label}{c.say('colon')}{i.value}"
        for i in drawing.items
    ]
    alt = c.say(phrase, items=c.say("semicolon").join(told), **values)
    return Drawn(drawing.spec, drawing.narrow, alt, head, _table(rows), tuple(keys))


# --- over the cycles ------------------------------------------------------------------------------------------------


def _trend(c: Composer, block: Block, figures: Sequence[Figure]) -> Drawn | None:
    lines = [line for f in figures if (line := _line(c, f)) is not None]
    if not lines:
        return None
    present = {p.cycle for line in lines for p in line.points}
    cycles = [c.cycle_name(i) for i in (*c.cycle.compares_with, c.cycle.id) if c.cycle_name(i) in present]
    unit = unit_text(figures[0], c.pack, c.lang)
    drawing = charts.trend(lines, cycles, lang=c.lang, unit=unit)
    head, rows = c.series_table(figures, block)
    keys = [g.key for f in figures for g in c.index.series(f)]
    return _drawn(c, "chart_alt_trend", drawing, (tuple(head),), rows, keys, cycles=f"{cycles[0]}–{cycles[-1]}")


def _line(c: Composer, figure: Figure) -> charts.Line | None:
    """Points are joined only where they are comparable: a break parts the line and says why."""
    points = []
    for one in c.index.series(figure):
        if one.value is None and not one.confidential:
            continue
        broken = pick(one.change.not_comparable, c.lang) if one.change is not None and one.change.not_comparable else ""
        text, ratio = display(one, c.pack, c.lang), "" if one.confidential else n_of_N(one, c.pack, c.lang)
        points.append(charts.Point(c.cycle_name(one.cycle), shown_value(one), text, ratio, broken))
    shown = sum(point.value is not None for point in points)
    return charts.Line(c.label(figure), tuple(points)) if shown and len(points) > 1 else None


# --- bodies and ranks -----------------------------------------------------------------------------------------------


def _by_body(c: Composer, block: Block, figures: Sequence[Figure]) -> Drawn | None:
    """One mark for each body that may be named; the others are not drawn."""
    figure = figures[0]
    unit = unit_text(figure, c.pack, c.lang)
    items = [
        charts.Bar(c.body(body), value, _with_unit(c, value, figure, unit))
        for body in c.pack.bodies
        if (value := member_value(figure, body)) is not None
    ]
    if len(items) < 2:
        return None
    reference = (figure.value, c.say("all_bodies")) if figure.value is not None else None
    drawing = charts.by_body(items, lang=c.lang, unit=unit, reference=reference)
    head, rows = c.by_body_table([figure], block)
    return _drawn(c, "chart_alt_by_body", drawing, (tuple(head),), rows, [figure.key])


def _with_unit(c: Composer, value: Decimal, figure: Figure, unit: str) -> str:
    text = number(value, c.lang, figure.decimals)
    return f"{text}\u00a0{unit}" if unit else text


def _pyramid(c: Composer, block: Block, figures: Sequence[Figure]) -> Drawn | None:
    """Women and men by rank: the numerator of each women's share, and what remains of its denominator.

    Drawn are the ranks themselves, grouped by their bands; a band is drawn only where none of its ranks is known. The
    table has both.
    """
    dimension = block.dimension or "rank"
    tree = codes(c.pack, c.dimension_list(dimension))
    ranks, rows, keys = [], [], []
    for figure in figures:
        parts = {
            part.dimensions[dimension]: part
            for _, part in _parts(c, figure, dimension)
            if part.denominator or part.confidential
        }
        for code, part in parts.items():
            women, men, texts = _women_and_men(c, part)
            if not any(child in parts for child in tree.children(code)):
                ranks.append(charts.Rank(code, women, men, *texts, band=tree.parent(code) or ""))
                keys.append(part.key)
            counts = [
                d.Cell(text, part.key, "end", muted=n is None, number="" if n is None else str(n))
                for text, n in zip(texts, (women, men), strict=True)
            ]
            rows.append([d.Cell(tree.label(code, c.lang), part.key, header=True), *counts, c.value_cell(part)])
    if all(rank.women is None for rank in ranks):
        return None
    drawing = charts.pyramid(ranks, women=c.say("col_women"), men=c.say("col_men"), lang=c.lang)
    names = ("col_women", "col_men", "col_share")
    head = (d.Cell("", header=True), *(d.Cell(c.say(n), align="end", header=True) for n in names))
    return _drawn(c, "chart_alt_pyramid", drawing, (head,), rows, keys)


def _women_and_men(c: Composer, part: Figure) -> tuple[int | None, int | None, tuple[str, str]]:
    """Numerator, the rest of the denominator, and both as they are printed; None where they are confidential."""
    if part.confidential or part.denominator is None:
        return None, None, (MARK, MARK)
    women, men = int(part.numerator or 0), int(part.denominator) - int(part.numerator or 0)
    return women, men, (c.w.rounded(part, number(women, c.lang)), c.w.rounded(part, number(men, c.lang)))

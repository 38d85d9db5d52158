"""Charts as Vega-Lite specifications, made from plain data: every number and every text arrives finished.

Each builder returns a `Drawing`: a specification for wide pages, one for phones (never a shrunken one), and what a
reader who does not see it must know, item by item in the order drawn. All data are inline; nothing is ever fetched.
Colours are the tokens of eirene.css in its light theme; on a page `drawings.themed_svg` turns them back into tokens.
Nothing is told by colour alone: lines are labelled where they end, women are a circle and men a diamond.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from eirene.documents.fonts import SANS
from eirene.text import number

Spec = dict[str, Any]
Row = dict[str, Any]

WIDE = 680
NARROW = 328
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"

#: token of eirene.css → its value in the light theme.
TOKENS: Mapping[str, str] = {
    "paper": "#ffffff",
    "paper-3": "#ecf0ee",
    "ink": "#15212b",
    "ink-2": "#435260",
    "ink-3": "#5a6977",
    "line": "#dce2df",
    "line-strong": "#7d8a95",
    "accent": "#0a5369",
    "accent-mid": "#5f9bac",
    "accent-soft": "#e5f1f4",
    "women": "#5f3796",
    "women-soft": "#e9e1f4",
    "women-text": "#552f8a",
    "men": "#bd7a0a",
    "men-soft": "#f8ead0",
    "men-text": "#865300",
}
PAPER, INK, INK2, INK3 = TOKENS["paper"], TOKENS["ink"], TOKENS["ink-2"], TOKENS["ink-3"]
LINE, STRONG = TOKENS["line"], TOKENS["line-strong"]
ACCENT, MID, TRACK = TOKENS["accent"], TOKENS["accent-mid"], TOKENS["paper-3"]
WOMEN, MEN = TOKENS["women"], TOKENS["men"]

#: Type sizes in px: labels, small print.
M, S = 14, 13
_LEADING = 16


# --- what the builders take -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. `value` None: nothing to draw, `text` says why. `short`: the label for phones, if it is another."""

    label: str
    value: Decimal | int | None
    text: str
    n_of_N: str = ""
    previous: Decimal | int | None = None
    highlighted: bool = False
    short: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """A value of one cycle; None: a gap in the line, where `text` says why. `break_before`: what changed since the
    cycle before; the points are then not joined."""

    cycle: str
    value: Decimal | int | None
    text: str
    n_of_N: str = ""
    break_before: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A series. `colour`: "accent", "women", "men" or "" (the builder chooses)."""

    label: str
    points: tuple[Point, ...]
    note: str = ""
    colour: str = ""


@dataclass(frozen=True, slots=True)
class Rank:
    """One step of the pyramid, the highest first. `band`: the group it belongs to, drawn where it changes."""

    label: str
    women: Decimal | int | None
    men: Decimal | int | None
    women_text: str
    men_text: str
    band: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One cycle of the roll-call squares: how many bodies in each group ("yes", "no", any reason of absence)."""

    cycle: str
    text: str
    n_of_N: str
    groups: tuple[tuple[str, int], ...]
    break_before: str = ""


class Item(NamedTuple):
    """What one mark says, for the alternative text."""

    label: str
    value: str
    n_of_N: str


class Drawing(NamedTuple):
    """A chart for wide pages, the same for phones, and what it says."""

    spec: Spec
    narrow: Spec
    items: tuple[Item, ...]


# --- text that has to fit -------------------------------------------------------------------------------------------


def text_width(text: str, size: int = M, *, strong: bool = False) -> float:
    """Width in px, estimated by kinds of characters: more than Source Sans needs, so that a reader's own face fits."""
    em = 0.0
    for char in text:
        if unicodedata.combining(char):
            continue
        if unicodedata.east_asian_width(char) in "WF":
            em += 1.0
        elif char in "mwMW%@—…":
            em += 0.84
        elif char in "iljtfr.,:;!|'’()[] \u00a0\u202f":
            em += 0.3
        else:
            em += 0.6 if char.isupper() else 0.52
    return em * size * (1.22 if strong else 1.1)


def wrap(text: str, width: float, *, size: int = M, lines: int = 2, strong: bool = False) -> str:
    """The text in at most `lines` lines of `width` px, joined by newlines; what does not fit ends in an ellipsis.

    Lines are made about equally long, so that no single word is left alone on the last one.
    """
    text = _wrapped(text, width, size, lines, strong)
    if "\n" not in text or text.endswith("…"):
        return text
    least = text_width(text.replace("\n", " "), size, strong=strong) / _lines(text)
    for room in range(int(least), int(width), 6):
        closer = _wrapped(text, room, size, lines, strong)
        if _lines(closer) == _lines(text) and not closer.endswith("…"):
            return closer
    return text


def _wrapped(text: str, width: float, size: int, lines: int, strong: bool) -> str:
    found: list[str] = []
    line = ""
    for word in text.split()[:200]:
        for part in _pieces(word, width, size, strong):
            longer = f"{line} {part}".strip()
            if line and text_width(longer, size, strong=strong) > width:
                found.append(line)
                line = part
            else:
                line = longer
        if len(found) >= lines:
            break
    found.append(line)
    if len(found) <= lines:
        return "\n".join(found)
    last = found[lines - 1]
    while last and text_width(f"{last}…", size, strong=strong) > width:
        last = last[:-1]
    return "\n".join([*found[: lines - 1], f"{last.rstrip()}…"])


def _pieces(word: str, width: float, size: int, strong: bool) -> Iterable[str]:
    """The word, cut where even alone it is wider than the line."""
    while text_width(word[:200], size, strong=strong) > width:
        cut = max(1, int(len(word[:200]) * width / text_width(word[:200], size, strong=strong)) - 1)
        yield word[:cut]
        word = word[cut:]
    yield word


def _lines(text: str) -> int:
    return text.count("\n") + 1


def _num(value: Decimal | int) -> int | float:
    """A JSON number for the drawing; the exact one stands in the chart's table."""
    return int(value) if value == int(value) else float(value)


def ticks(top: Decimal | int, *, about: int = 4) -> list[Decimal]:
    """Round values from zero to at least `top`: 1, 2, 2.5 or 5 times a power of ten apart."""
    top = Decimal(top)
    if top <= 0:
        return [Decimal(0), Decimal(1)]
    raw = top / about
    power = Decimal(10) ** raw.adjusted()
    step = next(
        power * m for m in (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10)) if power * m >= raw
    )
    count = int((top / step).to_integral_value(ROUND_CEILING))
    return [step * i for i in range(count + 1)]


# --- pieces of a specification --------------------------------------------------------------------------------------

_CONFIG: Mapping[str, Any] = {
    "font": SANS,
    "view": {"stroke": None},
    "text": {"font": SANS, "fontSize": M, "color": INK, "lineHeight": _LEADING, "baseline": "middle", "limit": 0},
    "rule": {"strokeWidth": 1},
}


def _spec(width: int, height: int, layers: Sequence[Spec]) -> Spec:
    return {
        "$schema": SCHEMA,
        "background": PAPER,
        "width": width,
        "height": height,
        "padding": 0,
        "autosize": {"type": "none"},
        "config": dict(_CONFIG),
        "layer": list(layers),
    }


def _px(field: str) -> Spec:
    """A position in px, taken from the data."""
    return {"field": field, "type": "quantitative", "scale": None, "axis": None}


def _x(field: str, top: Decimal | int, left: float, right: float) -> Spec:
    """A value on the chart's scale from zero to `top`, drawn between two positions in px."""
    return {
        "field": field,
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, _num(top)], "range": [left, right], "nice": False, "zero": False},
    }


def _layer(rows: Sequence[Row], mark: Spec, **encoding: Any) -> list[Spec]:
    """A layer, or none where there is nothing to draw."""
    return [{"data": {"values": list(rows)}, "mark": mark, "encoding": encoding}] if rows else []


def _texts(rows: Sequence[Row], *, size: int = M, colour: str = INK, strong: bool = False, **mark: Any) -> list[Spec]:
    """Texts at x and y of the rows, several lines where the text has newlines."""
    look = {"type": "text", "fontSize": size, "color": colour, "lineBreak": "\n", "align": "left", **mark}
    if strong:
        look["fontWeight"] = 600
    return _layer(rows, look, x=_px("x"), y=_px("y"), text={"field": "t", "type": "nominal"})


def _halo(rows: Sequence[Row], **look: Any) -> list[Spec]:
    """Texts that stay legible over lines."""
    behind = _texts(rows, **{**look, "colour": PAPER}, stroke=PAPER, strokeWidth=4, strokeJoin="round")
    return [*behind, *_texts(rows, **look)]


def _rules(rows: Sequence[Row], colour: str, **mark: Any) -> list[Spec]:
    return _layer(
        rows, {"type": "rule", "color": colour, **mark}, x=_px("x"), y=_px("y"), x2={"field": "x2"}, y2={"field": "y2"}
    )


def _rects(rows: Sequence[Row], **mark: Any) -> list[Spec]:
    return _layer(rows, {"type": "rect", **mark}, x=_px("x"), y=_px("y"), x2={"field": "x2"}, y2={"field": "y2"})


def _vertical(x: float, top: float, bottom: float) -> Row:
    return {"x": round(x, 1), "x2": round(x, 1), "y": top, "y2": bottom}


def _axis_text(value: Decimal, lang: str, unit: str, last: bool) -> str:
    decimals = max(0, -int(value.normalize().as_tuple().exponent)) if value else 0
    text = number(value, lang, decimals)
    return f"{text}\u00a0{unit}" if unit and last else text


# --- bars -----------------------------------------------------------------------------------------------------------


def bars(
    items: Sequence[Bar],
    *,
    lang: str,
    unit: str = "%",
    columns: tuple[str, str] = ("", ""),
    top: Decimal | int | None = None,
    ordered: bool = False,
    reference: tuple[Decimal | int, str] | None = None,
    colour: str = "accent",
) -> Drawing:
    """Sorted bars with their values and n of N; a circle where the cycle before stood.

    columns    heads of the value column and of the n of N column ("2016", "n of N")
    top        end of the scale; without it 100 for per cent, else a round value over the largest
    ordered    keep the order given (ranks, services) rather than the largest first
    reference  a dashed rule: value and its label (all, pooled)
    colour     "accent", or "women" for shares of women
    """
    shown = list(items) if ordered else sorted(items, key=lambda b: (b.value is None, -(b.value or 0)))
    scale = _scale(shown, unit, top, reference)
    look = _Look(lang, unit, columns, scale, reference, *_shades(shown, colour))
    said = tuple(Item(b.label, b.text, b.n_of_N) for b in shown)
    return Drawing(_bars_wide(shown, look), _bars_narrow(shown, look), said)


def services(items: Sequence[Bar], *, lang: str, reference: tuple[Decimal | int, str] | None, **more: Any) -> Drawing:
    """Women's share in each service, in the order given, with the pooled share as a rule."""
    return bars(items, lang=lang, ordered=True, reference=reference, colour="women", **more)


def distribution(items: Sequence[Bar], *, lang: str, **more: Any) -> Drawing:
    """How many chose each answer, the most frequent first."""
    return bars(items, lang=lang, **more)


@dataclass(frozen=True, slots=True)
class _Look:
    lang: str
    unit: str
    columns: tuple[str, str]
    scale: list[Decimal]
    reference: tuple[Decimal | int, str] | None
    plain: str
    strong: str

    @property
    def top(self) -> Decimal:
        return self.scale[-1]

    def fill(self) -> Spec:
        return {"condition": {"test": "datum.hi", "value": self.strong}, "value": self.plain}


def _shades(items: Sequence[Bar], colour: str) -> tuple[str, str]:
    """Colour of the bars and of the highlighted one."""
    if colour == "women":
        return WOMEN, WOMEN
    return (MID, ACCENT) if any(b.highlighted for b in items) else (ACCENT, ACCENT)


def _scale(
    items: Sequence[Bar], unit: str, top: Decimal | int | None, reference: tuple[Decimal | int, str] | None
) -> list[Decimal]:
    """Ticks of the value axis."""
    if top is None and unit == "%" and any((b.value or 0) > 50 for b in items):
        top = 100
    if top == 100:
        return [Decimal(v) for v in (0, 25, 50, 75, 100)]
    most = [b.value for b in items if b.value is not None] + [b.previous for b in items if b.previous is not None]
    return ticks(top or max([*most, reference[0] if reference else 0, 0]))


def _bars_wide(items: Sequence[Bar], look: _Look) -> Spec:
    head = 48 if look.reference else 24
    n_width = max([text_width(b.n_of_N) for b in items] + [text_width(look.columns[1], S)])
    v_width = max([text_width(b.text, strong=True) for b in items] + [text_width(look.columns[0], S)])
    v_right = WIDE - (n_width + 14 if n_width else 0)
    right = v_right - min(v_width, 130) - 18
    left = min(250.0, max(text_width(b.label, strong=True) for b in items) + 4, right - 170) + 12 if items else 0
    labels = [wrap(b.label, left - 12, lines=3, strong=b.highlighted) for b in items]
    step = 36 if any(_lines(t) > 1 for t in labels) else 28
    step = max(step, 52 if any(_lines(t) > 2 for t in labels) else 0)
    rows = []
    for i, (b, label) in enumerate(zip(items, labels, strict=True)):
        middle = head + step * i + step / 2
        lifted = middle - _LEADING / 2 * (_lines(label) - 1)
        rows.append(_bar_row(b, middle) | {"label": label, "ly": lifted, "y1": middle - 9, "y2": middle + 9})
    height = head + step * len(items) + 4
    return _spec(
        WIDE,
        height,
        [
            *_bar_grid(look, left, right, head, height),
            *_bar_heads(look, v_right, head),
            *_layer(
                [r for r in rows if r["value"] is not None],
                {"type": "bar"},
                x=_x("value", look.top, left, right),
                x2={"datum": 0},
                y=_px("y1"),
                y2={"field": "y2"},
                color=look.fill(),
            ),
            *_absent(rows, left, right),
            *_reference(look, left, right, head - 2, height - 2, 10),
            *_before(rows, look.top, left, right),
            *_texts([{"x": 0, "y": r["ly"], "t": r["label"]} for r in rows if not r["hi"]]),
            *_texts([{"x": 0, "y": r["ly"], "t": r["label"]} for r in rows if r["hi"]], strong=True),
            *_texts([{"x": round(v_right, 1), "y": r["y"], "t": r["text"]} for r in rows], align="right", strong=True),
            *_texts([{"x": WIDE, "y": r["y"], "t": r["n"]} for r in rows if r["n"]], align="right", colour=INK2),
        ],
    )


def _bar_row(b: Bar, middle: float) -> Row:
    value = None if b.value is None else _num(b.value)
    before = None if b.previous is None else _num(b.previous)
    return {"value": value, "previous": before, "text": b.text, "n": b.n_of_N, "hi": b.highlighted, "y": middle}


def _bar_grid(look: _Look, left: float, right: float, head: int, height: float) -> list[Spec]:
    span = right - left
    at = [(v, left + span * float(v / look.top)) for v in look.scale]
    rules = [_vertical(x, head - 4, height - 2) for v, x in at if v]
    zero = [_vertical(left, head - 4, height - 2)]
    last = look.scale[-1]
    texts = [
        {"x": round(x, 1), "y": head - 14, "t": _axis_text(v, look.lang, look.unit, v == last)}
        for v, x in at
        if v == 0 or span / len(at) > 44 or v == last
    ]
    centred = _texts(texts[1:], size=S, colour=INK3, align="center")
    return [*_rules(rules, LINE), *_rules(zero, INK2), *_texts(texts[:1], size=S, colour=INK3), *centred]


def _bar_heads(look: _Look, v_right: float, head: int) -> list[Spec]:
    rows = [{"x": round(v_right, 1), "y": head - 14, "t": look.columns[0]}]
    rows += [{"x": WIDE, "y": head - 14, "t": look.columns[1]}] if v_right < WIDE else []
    return _texts([r for r in rows if r["t"]], size=S, colour=INK3, align="right")


def _absent(rows: Sequence[Row], left: float, right: float, height: float = 18) -> list[Spec]:
    """Where there is no value: an empty dashed box, never a bar of length zero."""
    boxes = [
        {"x": left + 0.5, "x2": right, "y": r["y"] - height / 2, "y2": r["y"] + height / 2}
        for r in rows
        if r["value"] is None
    ]
    return _rects(boxes, fill=None, stroke=STRONG, strokeDash=[2, 2])


def _before(rows: Sequence[Row], top: Decimal, left: float, right: float) -> list[Spec]:
    """A circle where the cycle before stood."""
    mark = {"type": "point", "shape": "circle", "size": 56, "fill": PAPER, "stroke": INK, "strokeWidth": 1.6}
    given = [r for r in rows if r["previous"] is not None]
    return _layer(given, {**mark, "opacity": 1}, x=_x("previous", top, left, right), y=_px("y"))


def _reference(look: _Look, left: float, right: float, y: float, bottom: float, label_y: float) -> list[Spec]:
    """A dashed rule at the reference value, its label above, kept inside the picture."""
    if look.reference is None:
        return []
    value, label = look.reference
    x = left + (right - left) * float(Decimal(value) / look.top)
    half = text_width(label, S, strong=True) / 2
    at = max(left, min(x - half, WIDE - 2 * half))
    return [
        *_over(_vertical(x, y - 14, bottom)),
        *_texts([{"x": round(at, 1), "y": label_y, "t": label}], size=S, strong=True),
    ]


def _over(*rules: Row) -> list[Spec]:
    """Dashed rules that stay visible over bars."""
    return [
        *_rules(rules, PAPER, strokeWidth=3.5),
        *_rules(rules, INK, strokeDash=[4, 3], strokeWidth=1.4),
    ]


def _bars_narrow(items: Sequence[Bar], look: _Look) -> Spec:
    """Label and value over the bar, so that both have the whole width."""
    rows: list[Row] = []
    y = 26.0 if look.reference else 0.0
    start = y
    for b in items:
        tail = text_width(b.text, strong=True) + (text_width(b.n_of_N, S) + 8 if b.n_of_N else 0)
        stacked = tail > 150
        room = NARROW if stacked else NARROW - tail - 10
        label = wrap(b.short or b.label, room, lines=3, strong=b.highlighted)
        lines = _lines(label) + (1 if stacked else 0)
        row = _bar_row(b, y + 9 + _LEADING * lines + 9) | {"label": label, "ly": y + 9}
        row |= {"ty": y + 9 + (_LEADING * (lines - 1) if stacked else 0)}
        rows.append(row | {"y1": row["y"] - 7, "y2": row["y"] + 7})
        y = row["y"] + 7 + 16
    height = int(y) - 10 if rows else 10
    nx = {id(r): NARROW - (text_width(r["n"], S) + 8 if r["n"] else 0) for r in rows}
    tracks = [{"x": 1, "x2": NARROW - 1, "y": r["y1"], "y2": r["y2"]} for r in rows]
    return _spec(
        NARROW,
        height,
        [
            *_rects(tracks, fill=TRACK),
            *_layer(
                [r for r in rows if r["value"] is not None],
                {"type": "bar"},
                x=_x("value", look.top, 1, NARROW - 1),
                x2={"datum": 0},
                y=_px("y1"),
                y2={"field": "y2"},
                color=look.fill(),
            ),
            *_absent(rows, 1, NARROW - 1, 14),
            *_narrow_reference(look, rows, start),
            *_before(rows, look.top, 1, NARROW - 1),
            *_texts([{"x": 0, "y": r["ly"], "t": r["label"]} for r in rows if not r["hi"]]),
            *_texts([{"x": 0, "y": r["ly"], "t": r["label"]} for r in rows if r["hi"]], strong=True),
            *_texts(
                [{"x": round(nx[id(r)], 1), "y": r["ty"], "t": r["text"]} for r in rows], align="right", strong=True
            ),
            *_texts(
                [{"x": NARROW, "y": r["ty"], "t": r["n"]} for r in rows if r["n"]], size=S, align="right", colour=INK2
            ),
        ],
    )


def _narrow_reference(look: _Look, rows: Sequence[Row], start: float) -> list[Spec]:
    """The reference value as a tick on every bar; its label once, on top."""
    if look.reference is None or not rows:
        return []
    value, label = look.reference
    x = 1 + (NARROW - 2) * float(Decimal(value) / look.top)
    ticks_ = [_vertical(x, r["y1"] - 3, r["y2"] + 3) for r in rows]
    key = [{"x": 0, "x2": 18, "y": start - 17, "y2": start - 17}]
    return [
        *_over(*ticks_, *key),
        *_texts([{"x": 26, "y": start - 17, "t": wrap(label, NARROW - 30, size=S, lines=1)}], size=S),
    ]


# --- one mark for each named body -----------------------------------------------------------------------------------


def by_body(
    items: Sequence[Bar],
    *,
    lang: str,
    unit: str = "%",
    reference: tuple[Decimal | int, str] | None = None,
    columns: tuple[str, str] = ("", ""),
    top: Decimal | int | None = None,
    marks: str = "dot",
    colour: str = "accent",
    ordered: bool = False,
) -> Drawing:
    """One dot (or bar) for each body that may be named, with the pooled value as a rule; the others are not drawn."""
    shown = list(items) if ordered else sorted(items, key=lambda b: (b.value is None, -(b.value or 0)))
    shown = [b for b in shown if b.value is not None]
    scale = _scale(shown, unit, top, reference)
    fill = WOMEN if colour == "women" else ACCENT
    look = _Look(lang, unit, columns, scale, reference, fill, fill)
    said = tuple(Item(b.label, b.text, b.n_of_N) for b in shown)
    return Drawing(_bodies(shown, look, WIDE, marks), _bodies(shown, look, NARROW, marks), said)


def _bodies(items: Sequence[Bar], look: _Look, width: int, marks: str) -> Spec:
    head, step = (44 if look.reference else 24), 21
    room = 190 if width == WIDE else 118
    left = min(room, max([text_width(b.label, strong=b.highlighted) for b in items] + [30])) + 14
    tail = max([text_width(b.text, strong=True) for b in items] + [text_width(look.columns[0], S), 20])
    more = max(text_width(b.n_of_N) for b in items) + 16 if items and width == WIDE else 0
    v_right = width - (more if more > 16 else 0)
    right = v_right - tail - 18
    rows: list[Row] = []
    for i, b in enumerate(items):
        middle = head + step * i + step / 2
        label = wrap(b.label, left - 12, lines=1, strong=b.highlighted)
        rows.append(_bar_row(b, middle) | {"label": label, "y1": middle - 6, "y2": middle + 6})
    height = head + step * len(items) + 4
    leaders = [{"x": left, "x2": right, "y": r["y"], "y2": r["y"]} for r in rows]
    grid = _bar_grid(look, left, right, head, height)
    return _spec(
        width,
        height,
        [
            *(_rules(leaders, LINE) if marks == "dot" else []),
            *grid,
            *(_bar_heads(look, v_right, head) if width == WIDE else []),
            *_body_reference(look, left, right, head, height, width),
            *_body_marks(rows, look, left, right, marks),
            *_before(rows, look.top, left, right),
            *_texts([{"x": 0, "y": r["y"], "t": r["label"]} for r in rows if not r["hi"]]),
            *_texts([{"x": 0, "y": r["y"], "t": r["label"]} for r in rows if r["hi"]], strong=True),
            *_texts([{"x": round(v_right, 1), "y": r["y"], "t": r["text"]} for r in rows], align="right", strong=True),
            *_texts(
                [{"x": width, "y": r["y"], "t": r["n"]} for r in rows if r["n"] and v_right < width],
                align="right",
                colour=INK2,
            ),
        ],
    )


def _body_marks(rows: Sequence[Row], look: _Look, left: float, right: float, marks: str) -> list[Spec]:
    x = _x("value", look.top, left, right)
    if marks == "bar":
        return _layer(rows, {"type": "bar", "color": look.plain}, x=x, x2={"datum": 0}, y=_px("y1"), y2={"field": "y2"})
    return _layer(rows, {"type": "circle", "size": 96, "color": look.plain, "opacity": 1}, x=x, y=_px("y"))


def _body_reference(look: _Look, left: float, right: float, head: int, height: float, width: int) -> list[Spec]:
    if look.reference is None:
        return []
    value, label = look.reference
    x = left + (right - left) * float(Decimal(value) / look.top)
    label = wrap(label, width - 4, size=S, lines=1, strong=True)
    half = text_width(label, S, strong=True) / 2
    at = max(0.0, min(x - half, width - 2 * half))
    return [
        *_over(_vertical(x, head - 4, height - 2)),
        *_texts([{"x": round(at, 1), "y": 10, "t": label}], size=S, strong=True),
    ]


# --- lines over cycles ----------------------------------------------------------------------------------------------


def trend(
    lines: Sequence[Line],
    cycles: Sequence[str],
    *,
    lang: str,
    unit: str = "%",
    y_label: str = "",
    top: Decimal | int | None = None,
) -> Drawing:
    """Lines over the cycles, each labelled where it ends; a break is a dashed rule that no line crosses.

    cycles   labels of the cycles, in order; a line may lack some
    y_label  what the vertical axis measures, written on top of it
    """
    said = tuple(
        Item(f"{line.label}, {p.cycle}", p.text, p.n_of_N)
        for line in lines
        for p in line.points
        if p.value is not None or p.text
    )
    values = [p.value for line in lines for p in line.points if p.value is not None]
    most = max([*values, 0])
    scale = ticks(top or (min(Decimal(100), most * Decimal("1.12")) if unit == "%" else most * Decimal("1.08")))
    draw: Callable[[int], Spec] = lambda width: _trend(lines, list(cycles), scale, width, lang, y_label)  # noqa: E731
    return Drawing(draw(WIDE), draw(NARROW), said)


_SERIES = (ACCENT, STRONG, TOKENS["men-text"], WOMEN, INK)
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross")
#: Dashes tell lines apart where colours do not.
_DASHES: tuple[list[int], ...] = ([1, 0], [1, 0], [7, 3], [2, 3], [9, 3, 2, 3])


def _style(line: Line, i: int, many: int) -> tuple[str, str, list[int]]:
    """Colour, shape and dashes of a line: women a circle, men a diamond; the last of several is the accent."""
    if line.colour in ("women", "men"):
        return (WOMEN, "circle", [1, 0]) if line.colour == "women" else (MEN, "diamond", [1, 0])
    if line.colour == "accent":
        return ACCENT, "circle", [1, 0]
    return _SERIES[i % 5], _SHAPES[i % 5], _DASHES[i % 5]


def _text_colour(colour: str) -> str:
    return {MEN: TOKENS["men-text"], WOMEN: TOKENS["women-text"], STRONG: INK}.get(colour, colour)


def _trend(lines: Sequence[Line], cycles: list[str], scale: list[Decimal], width: int, lang: str, y_label: str) -> Spec:
    wide = width == WIDE
    axis = max(text_width(_axis_text(v, lang, "", False), S) for v in scale) + 10
    tail = 0.0
    if wide:
        tail = min(
            210.0, max([text_width(n.label, strong=True) for n in lines] + [text_width(n.note, S) for n in lines] + [0])
        )
    # Half of the last value's text stands right of its point.
    last = [line.points[-1].text for line in lines if line.points]
    gap = max([text_width(text, S, strong=True) / 2 + 8 for text in last] + [16.0])
    left, right = axis + 18, width - (tail + gap + 6 if wide else gap)
    top, bottom = (34 if y_label else 16), 224
    span = right - left
    x = {c: round(left + span * i / max(1, len(cycles) - 1), 1) for i, c in enumerate(cycles)}
    if len(cycles) == 1:
        x = {cycles[0]: round(left + span / 2, 1)}

    def y(value: Decimal | int) -> float:
        return round(bottom - (bottom - top) * float(Decimal(value) / scale[-1]), 1)

    layers = _trend_axes(scale, cycles, x, y, axis, right, lang, y_label, top, bottom)
    layers += _breaks(lines, cycles, x, top, bottom)
    drawn: list[Row] = []
    for i, line in enumerate(lines):
        colour, shape, dash = _style(line, i, len(lines))
        points = [
            {"x": x[p.cycle], "y": y(p.value), "cycle": p.cycle, "value": _num(p.value), "t": p.text}
            for p in line.points
            if p.value is not None and p.cycle in x
        ]
        layers += _joined(line, points, cycles, colour, dash)
        layers += _layer(
            points, {"type": "point", "shape": shape, "size": 60, "fill": colour, "stroke": PAPER, "strokeWidth": 1.2,
                     "opacity": 1}, x=_px("x"), y=_px("y"),
        )  # fmt: skip
        if points:
            drawn.append({"line": line, "points": points, "colour": _text_colour(colour)})
    layers += _gaps(lines, x, bottom)
    layers += _point_texts(drawn, wide)
    if wide:
        layers += _end_labels(drawn, right + gap, top, bottom, tail)
        return _spec(width, bottom + 30, layers)
    keys, end = _keys(drawn, lines, bottom + 46)
    return _spec(width, int(end), [*layers, *keys])


def _trend_axes(
    scale: list[Decimal], cycles: list[str], x: Mapping[str, float], y: Callable[[Decimal | int], float],
    axis: float, right: float, lang: str, y_label: str, top: float, bottom: float,
) -> list[Spec]:  # fmt: skip
    rules = [{"x": axis, "x2": right + 8, "y": y(v), "y2": y(v)} for v in scale if v]
    zero = [{"x": axis, "x2": right + 8, "y": bottom, "y2": bottom}]
    numbers = [{"x": axis - 8, "y": y(v), "t": _axis_text(v, lang, "", False)} for v in scale]
    every = max(1, -(-len(cycles) * 40 // max(1, int(right - axis))))
    years = [{"x": x[c], "y": bottom + 18, "t": c} for i, c in enumerate(cycles) if (len(cycles) - 1 - i) % every == 0]
    return [
        *_rules(rules, LINE),
        *_rules(zero, INK2),
        *_texts(numbers, size=S, colour=INK3, align="right"),
        *_texts(years, size=S, colour=INK3, align="center"),
        *(_texts([{"x": 0, "y": 8, "t": y_label}], size=S, colour=INK3) if y_label else []),
    ]


def _breaks(lines: Sequence[Line], cycles: list[str], x: Mapping[str, float], top: float, bottom: float) -> list[Spec]:
    """A dashed rule between two cycles that are not comparable, with the reason along it."""
    reasons: dict[str, dict[str, None]] = {}
    for line in lines:
        for point in line.points:
            if point.break_before and point.cycle in x:
                reasons.setdefault(point.cycle, {})[point.break_before] = None
    rules, words = [], []
    for cycle, why in reasons.items():
        i = cycles.index(cycle)
        at = round((x[cycles[i - 1]] + x[cycle]) / 2, 1) if i else x[cycle] - 12
        rules.append(_vertical(at, top - 8, bottom))
        words.append({"x": at + 10, "y": bottom - 8, "t": wrap("; ".join(why), bottom - top - 10, size=S, lines=1)})
    return [
        *_rules(rules, STRONG, strokeDash=[3, 3]),
        *_halo(words, size=S, colour=INK2, angle=-90),
    ]


def _gaps(lines: Sequence[Line], x: Mapping[str, float], bottom: float) -> list[Spec]:
    """What stands over a cycle that has no value of a line, in place of its point; above one another for several."""
    rows: list[Row] = []
    for line in lines:
        for p in line.points:
            if p.value is None and p.text and p.cycle in x:
                below = sum(row["x"] == x[p.cycle] for row in rows)
                rows.append({"x": x[p.cycle], "y": bottom - 12 - _LEADING * below, "t": p.text})
    return _halo(rows, size=S, colour=INK2, align="center") if rows else []


def _joined(line: Line, points: Sequence[Row], cycles: list[str], colour: str, dash: list[int]) -> list[Spec]:
    """The line in pieces: neither over a break nor over a cycle without a value."""
    broken = {p.cycle for p in line.points if p.break_before}
    rows, piece = [], 0
    for i, point in enumerate(points):
        gap = i and cycles.index(point["cycle"]) - cycles.index(points[i - 1]["cycle"]) > 1
        if i and (gap or point["cycle"] in broken):
            piece += 1
        rows.append({"x": point["x"], "y": point["y"], "piece": piece})
    mark = {"type": "line", "color": colour, "strokeWidth": 2.25, "strokeCap": "round", "strokeJoin": "round"}
    if dash != [1, 0]:
        mark["strokeDash"] = dash
    return _layer(rows, mark, x=_px("x"), y=_px("y"), detail={"field": "piece", "type": "nominal"})


def _point_texts(drawn: Sequence[Row], wide: bool) -> list[Spec]:
    """Values beside the points: all of them for one or two lines, else the first and the last."""
    plain: list[Row] = []
    strong: list[Row] = []
    for row in drawn:
        points = row["points"]
        for i, p in enumerate(points):
            ends = i in (0, len(points) - 1)
            if not ends and len(drawn) > 2:
                continue
            others = [q for other in drawn if other is not row for q in other["points"] if q["cycle"] == p["cycle"]]
            below = any(q["y"] < p["y"] for q in others) and not any(q["y"] > p["y"] for q in others)
            text = {"x": p["x"], "y": p["y"] + (16 if below else -14), "t": p["t"]}
            near = [*others, *plain, *strong]
            if len(drawn) > 2 and any(q["x"] == p["x"] and abs(q["y"] - text["y"]) < 14 for q in near):
                continue
            (strong if ends else plain).append(text)
    return [
        *_halo(plain, size=S, colour=INK2, align="center"),
        *_halo(strong, size=S, strong=True, align="center"),
    ]


def _end_labels(drawn: Sequence[Row], x: float, top: float, bottom: float, room: float) -> list[Spec]:
    """Names of the lines at their ends, pushed apart where they would touch."""
    rows = sorted(drawn, key=lambda r: float(r["points"][-1]["y"]))
    blocks: list[Row] = []
    for row in rows:
        line: Line = row["line"]
        label = wrap(line.label, room, lines=3, strong=True)
        note = wrap(line.note, room, size=S, lines=1) if line.note else ""
        height = _LEADING * (_lines(label) + bool(note)) + 6
        blocks.append(
            {"row": row, "label": label, "note": note, "h": height, "y": row["points"][-1]["y"] - _LEADING / 2}
        )
    for before, block in pairwise(blocks):
        block["y"] = max(block["y"], before["y"] + before["h"])
    overshoot = blocks[-1]["y"] + blocks[-1]["h"] - (bottom + 24) if blocks else 0
    if overshoot > 0:
        for block in blocks:
            block["y"] -= overshoot
    layers: list[Spec] = []
    for block in blocks:
        label_row = {"x": round(x, 1), "y": round(block["y"] + _LEADING / 2, 1), "t": block["label"]}
        layers += _texts([label_row], strong=True, colour=block["row"]["colour"])
        if block["note"]:
            lower = label_row["y"] + _LEADING * _lines(block["label"])
            layers += _texts([{"x": round(x, 1), "y": lower, "t": block["note"]}], size=S, colour=INK3)
    return layers


def _keys(drawn: Sequence[Row], lines: Sequence[Line], y: float) -> tuple[list[Spec], float]:
    """On a phone the names stand under the drawing, each with its own mark; and where they end."""
    layers: list[Spec] = []
    for row in drawn:
        colour, shape, dash = _style(row["line"], list(lines).index(row["line"]), len(lines))
        label = wrap(row["line"].label, NARROW - 34, lines=3, strong=True)
        layers += _rules([{"x": 0, "x2": 22, "y": y, "y2": y}], colour, strokeWidth=2.25, strokeDash=dash)
        mark = {"type": "point", "shape": shape, "size": 60, "fill": colour, "stroke": PAPER, "opacity": 1}
        layers += _layer([{"x": 11, "y": y}], mark, x=_px("x"), y=_px("y"))
        layers += _texts([{"x": 30, "y": y, "t": label}], strong=True, colour=row["colour"])
        y += 20 + _LEADING * (_lines(label) - 1)
    return layers, y - 8


# --- ranks by sex ---------------------------------------------------------------------------------------------------


def pyramid(ranks: Sequence[Rank], *, women: str, men: str, lang: str) -> Drawing:
    """Women to the left (circle), men to the right (diamond), the highest rank on top, bands set apart by hairlines."""
    values = [v for r in ranks for v in (r.women, r.men) if v is not None]
    top = max([*values, 1])
    said = tuple(Item(r.label, f"{women} {r.women_text}, {men} {r.men_text}", "") for r in ranks)
    return Drawing(_pyramid(ranks, top, WIDE, women, men), _pyramid(ranks, top, NARROW, women, men), said)


def _pyramid(ranks: Sequence[Rank], top: Decimal | int, width: int, women: str, men: str) -> Spec:
    wide = width == WIDE
    head, step = 28, 22
    band_room = min(130.0, max([text_width(r.band, S) for r in ranks] + [0]) + 14) if wide else 0
    middle_room = min(170.0 if wide else 96.0, max([text_width(r.label) for r in ranks] + [30]) + 20)
    end = max([text_width(t, S) for r in ranks for t in (r.women_text, r.men_text)] + [20]) + 8
    span = (width - band_room - middle_room) / 2 - end
    w_zero = band_room + end + span
    m_zero = w_zero + middle_room
    rows: list[Row] = []
    hairs, bands = [], []
    y, band = float(head), None
    for r in ranks:
        if r.band != band:
            y += 8 if band is not None else 0
            hairs.append({"x": 0, "x2": width, "y": y - 3, "y2": y - 3})
            bands.append({"x": 0, "y": y + step / 2, "t": wrap(r.band, band_room - 8, size=S, lines=1)} if wide else {})
            band = r.band
        rows.append(_rank_row(r, y, step, top, span, w_zero, m_zero, middle_room))
        y += step
    height = int(y) + 4
    w_bars = [r["w"] for r in rows if r["w"]]
    m_bars = [r["m"] for r in rows if r["m"]]
    shape = {"type": "point", "size": 70, "opacity": 1, "strokeWidth": 0}
    return _spec(
        width,
        height,
        [
            *_rules(hairs, LINE),
            *_rects(w_bars, fill=WOMEN),
            *_rects(m_bars, fill=MEN),
            *_rules([_vertical(w_zero, head, height - 2), _vertical(m_zero, head, height - 2)], STRONG),
            *_layer([{"x": w_zero - 5, "y": 10}], {**shape, "shape": "circle", "fill": WOMEN}, x=_px("x"), y=_px("y")),
            *_layer([{"x": m_zero + 5, "y": 10}], {**shape, "shape": "diamond", "fill": MEN}, x=_px("x"), y=_px("y")),
            *_texts([{"x": w_zero - 15, "y": 10, "t": women}], strong=True, colour=TOKENS["women-text"], align="right"),
            *_texts([{"x": m_zero + 15, "y": 10, "t": men}], strong=True, colour=TOKENS["men-text"]),
            *_texts([b for b in bands if b.get("t")], size=S, colour=INK3),
            *_texts([r["label"] for r in rows], align="center"),
            *_halo([r["wt"] for r in rows], size=S, colour=INK2, align="right"),
            *_halo([r["mt"] for r in rows], size=S, colour=INK2),
        ],
    )


def _rank_row(
    r: Rank, y: float, step: int, top: Decimal | int, span: float, w_zero: float, m_zero: float, room: float
) -> Row:
    middle = y + step / 2
    w = span * float(Decimal(r.women) / Decimal(top)) if r.women is not None else 0.0
    m = span * float(Decimal(r.men) / Decimal(top)) if r.men is not None else 0.0
    box = {"y": middle - 7.5, "y2": middle + 7.5}
    label = wrap(r.label, room - 12, lines=1)
    return {
        "w": {**box, "x": round(w_zero - w, 1), "x2": round(w_zero, 1), "rank": r.label, "value": _num(r.women)}
        if r.women is not None
        else None,
        "m": {**box, "x": round(m_zero, 1), "x2": round(m_zero + m, 1), "rank": r.label, "value": _num(r.men)}
        if r.men is not None
        else None,
        "label": {"x": round((w_zero + m_zero) / 2, 1), "y": middle, "t": label},
        "wt": {"x": round(w_zero - w - 6, 1), "y": middle, "t": r.women_text},
        "mt": {"x": round(m_zero + m + 6, 1), "y": middle, "t": r.men_text},
    }


# --- one square for each body, cycle by cycle -----------------------------------------------------------------------


def panels(cycles: Sequence[Panel]) -> Drawing:
    """Each cycle as squares, one for each body: filled yes, empty no, hatched missing, dotted not applicable."""
    said = tuple(Item(p.cycle, p.text, p.n_of_N) for p in cycles)
    return Drawing(_panels(cycles, WIDE), _panels(cycles, NARROW), said)


def _panels(cycles: Sequence[Panel], width: int) -> Spec:
    per_row = max(1, min(len(cycles), 6 if width == WIDE else 3))
    cell = width / per_row
    across = 4 if max([sum(n for _, n in p.groups) for p in cycles] + [1]) <= 48 else 8
    w, h = (15, 12) if across == 4 else (9, 9)
    tall = max([-(-sum(n for _, n in p.groups) // across) for p in cycles] + [1]) * (h + 3)
    block = 48 + tall + 34
    layers: list[Spec] = []
    for i, panel in enumerate(cycles):
        x, y = cell * (i % per_row), block * (i // per_row)
        middle = round(x + cell / 2, 1)
        left = middle - across * (w + 3) / 2
        layers += _squares(panel, left, y + 48 + tall, across, w, h, faded=any(p.break_before for p in cycles[i + 1 :]))
        layers += _texts([{"x": middle, "y": y + 12, "t": panel.text}], size=18, strong=True, align="center")
        layers += _texts([{"x": middle, "y": y + 32, "t": panel.n_of_N}], size=S, colour=INK2, align="center")
        last = i == len(cycles) - 1
        label = {"x": middle, "y": y + 48 + tall + 16, "t": panel.cycle}
        layers += _texts([label], strong=last, colour=INK if last else INK2, align="center")
        if panel.break_before:
            at = x + 2 if i % per_row else x + 1
            layers += _rules([_vertical(at, y + 4, y + block - 12)], STRONG, strokeDash=[3, 3])
            why = wrap(panel.break_before, block - 30, size=S, lines=1)
            layers += _texts(
                [{"x": at + 10, "y": y + block / 2, "t": why}], size=S, colour=INK2, angle=-90, align="center"
            )
    return _spec(width, block * -(-len(cycles) // per_row), layers)


def _squares(panel: Panel, left: float, bottom: float, across: int, w: int, h: int, *, faded: bool) -> list[Spec]:
    """From the bottom left upwards, in the order of the groups."""
    boxes: dict[str, list[Row]] = {"yes": [], "no": [], "missing": [], "not_applicable": []}
    place = 0
    for group, n in panel.groups:
        kind = group if group in boxes else "missing"
        for _ in range(n):
            x = left + (place % across) * (w + 3) + 1.5
            y = bottom - (place // across + 1) * (h + 3)
            boxes[kind].append({"x": x, "x2": x + w, "y": y, "y2": y + h, "group": group})
            place += 1
    hatch = []
    for b in boxes["missing"]:
        for shift in range(-h + 4, w, 4):
            x1, x2 = max(b["x"], b["x"] + shift), min(b["x2"], b["x"] + shift + h)
            hatch.append(
                {"x": x1, "x2": x2, "y": b["y"] + h - (x1 - b["x"] - shift), "y2": b["y2"] - (x2 - b["x"] - shift)}
            )
    return [
        *_rects(boxes["yes"], fill=MID if faded else ACCENT),
        *_rects(boxes["no"], fill=PAPER, stroke=STRONG),
        *_rules(hatch, STRONG, strokeWidth=1),
        *_rects(boxes["missing"], fill=None, stroke=STRONG, strokeDash=[2, 1.6]),
        *_rects(boxes["not_applicable"], fill=None, stroke=STRONG, strokeDash=[1, 2.5]),
    ]

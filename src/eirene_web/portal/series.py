"""A figure over the cycles: its points, and how they are drawn.

Drawn twice, for wide and narrow, never shrunk. In a page the drawing takes its colours from the style sheet (so that it
is dark in the dark); as a file it carries them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

from django.utils.translation import gettext as _

from eirene.figures.display import OF_BODIES, display, n_of_N, shown_value
from eirene.figures.model import Figure
from eirene.framework import Pack
from eirene.text import pick
from eirene_web.portal.reading import Edition
from eirene_web.portal.words import cycle_label


@dataclass(frozen=True)
class Point:
    """One cycle's value. `joined`: may be compared with the point before; if not, `why` says what changed."""

    label: str
    figure: Figure
    cycle: str
    has_page: bool
    joined: bool
    why: str
    value: str
    ratio: str

    @property
    def shares(self) -> bool:
        counted = self.figure.numerator is not None and self.figure.denominator is not None
        return self.figure.kind in OF_BODIES and counted and self.figure.rounded is None


def points_of(figure: Figure, edition: Edition, editions: Sequence[Edition], lang: str) -> list[Point]:
    """The same figure in every cycle, oldest first. A cycle's own release speaks for it; else a later one that embeds
    its answers. Published values stand by year, and are joined only where their sources state one method."""
    if figure.basis != "computed":
        return _published_points(figure, edition, lang)
    found: dict[str, tuple[Figure, Edition]] = {}
    for other in editions:
        for candidate in other.by_id.get(figure.id, []):
            if _same_but_cycle(candidate, figure) and (
                candidate.cycle not in found or candidate.cycle == other.cycle.id
            ):
                found[candidate.cycle] = (candidate, other)
    points: list[Point] = []
    order = sorted(found, key=lambda c: (edition.pack.cycles[c].data_year if c in edition.pack.cycles else 0, c))
    paged = {e.cycle.id for e in editions}
    for cycle in order:
        candidate, other = found[cycle]
        why = pick(candidate.change.not_comparable, lang) if candidate.change and points else ""
        title = cycle_label(other.pack, cycle, lang)
        joined = bool(points) and not why
        points.append(_point(candidate, other.pack, title, cycle, cycle in paged, joined, why, lang))
    return points


def _same_but_cycle(one: Figure, other: Figure) -> bool:
    return (
        one.basis == "computed"
        and one.population == other.population
        and one.kind == other.kind
        and dict(one.dimensions) == dict(other.dimensions)
    )


def _published_points(figure: Figure, edition: Edition, lang: str) -> list[Point]:
    def place(f: Figure) -> tuple[object, ...]:
        return (
            f.population if "body" not in f.dimensions else "",
            f.kind,
            *sorted((d, c) for d, c in f.dimensions.items() if d != "year"),
        )

    same = [f for f in edition.by_id.get(figure.id, []) if place(f) == place(figure) and f.unit == figure.unit]
    points: list[Point] = []
    for one in sorted(same, key=lambda f: (f.dimensions.get("year", ""), f.key)):
        before = points[-1].figure if points else None
        method = one.extra.get("method") or ""
        joined = one.kind == "coverage" and before is not None
        if before is not None and method and before.extra.get("method") == method:
            joined = True
        year = one.dimensions.get("year", "")
        label = _("undated") if year == "undated" else year
        points.append(_point(one, edition.pack, label, one.cycle, True, joined, "", lang))
    return points


def _point(f: Figure, pack: Pack, label: str, cycle: str, has_page: bool, joined: bool, why: str, lang: str) -> Point:
    return Point(label, f, cycle, has_page, joined, why, display(f, pack, lang), n_of_N(f, pack, lang))


# --- drawing --------------------------------------------------------------------------------------------------------

_COLOURS = {
    "hi": 'fill="#0a5369"',
    "no": 'fill="#ffffff" stroke="#7d8a95"',
    "x": 'fill="#ecf0ee" stroke="#7d8a95" stroke-dasharray="2 1.6"',
    "ax": 'stroke="#7d8a95"',
    "gl": 'stroke="#dce2df"',
    "ln acc": 'fill="none" stroke="#0a5369" stroke-width="2.25" stroke-linejoin="round"',
    "accf": 'fill="#0a5369"',
    "ax dash": 'stroke="#7d8a95" stroke-dasharray="3 3"',
    "hx": 'stroke="#7d8a95" stroke-width="1.4"',
}
_TEXT = {
    "b": {"font-weight": "650"},
    "s": {"font-size": "12", "fill": "#5a6977"},
    "m2": {"fill": "#435260"},
    "c": {"text-anchor": "middle"},
    "big": {"font-size": "19"},
}
_FAMILY = "Source Sans Pro, Source Sans 3, Noto Sans, DejaVu Sans, sans-serif"


class Pen:
    """Writes SVG elements by role: as classes for a page, as attributes for a file."""

    def __init__(self, *, for_file: bool) -> None:
        self.for_file = for_file
        self.parts: list[str] = []

    def role(self, name: str) -> str:
        return _COLOURS[name] if self.for_file else f'class="{name}"'

    def rect(self, x: float, y: float, w: float, h: float, role: str) -> None:
        self.parts.append(f'<rect {self.role(role)} x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}"/>')

    def line(self, x1: float, y1: float, x2: float, y2: float, role: str) -> None:
        self.parts.append(f'<line {self.role(role)} x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"/>')

    def circle(self, x: float, y: float, r: float, role: str) -> None:
        self.parts.append(f'<circle {self.role(role)} cx="{x:g}" cy="{y:g}" r="{r:g}"/>')

    def path(self, spots: Iterable[tuple[float, float]], role: str) -> None:
        self.parts.append(f'<polyline {self.role(role)} points="{" ".join(f"{x:g},{y:g}" for x, y in spots)}"/>')

    def text(self, x: float, y: float, text: str, *roles: str) -> None:
        if self.for_file:
            given = {"font-size": "13", "fill": "#15212b"}
            for role in roles:
                given |= _TEXT[role]
            look = " ".join(f'{name}="{value}"' for name, value in given.items())
        else:
            look = f'class="{" ".join(roles)}"' if roles else ""
        self.parts.append(f'<text {look} x="{x:g}" y="{y:g}">{escape(text)}</text>')

    def svg(self, width: float, height: float, alt: str, css: str, title: str = "") -> str:
        body = "".join(self.parts)
        label = escape(alt, quote=True)
        if not self.for_file:
            return (
                f'<svg class="ch {css}" viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{label}">{body}</svg>'
            )
        heading = (
            f'<text x="14" y="26" font-size="16" font-weight="650" fill="#15212b">{escape(title)}</text>'
            if title
            else ""
        )
        extra = 40 if title else 0
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height + extra:g}" '
            f'viewBox="0 0 {width:g} {height + extra:g}" role="img" aria-label="{label}" font-family="{_FAMILY}">'
            f'<rect width="100%" height="100%" fill="#ffffff"/>{heading}'
            f'<g transform="translate(0 {extra})">{body}</g></svg>'
        )


def draw(points: Sequence[Point], alt: str, *, narrow: bool = False, for_file: bool = False, title: str = "") -> str:
    """The series as SVG: squares, one for each body, where it is a share of bodies; otherwise dots and a line."""
    pen = Pen(for_file=for_file)
    shown = list(points[-4:] if narrow else points[-10:])
    squares = bool(shown) and all(p.shares for p in shown) and max(p.figure.n_bodies for p in shown) <= 80
    width = 344.0 if narrow else 840.0
    height = _squares(pen, shown, width) if squares else _dots(pen, shown, width)
    return pen.svg(width, height, alt, "only-s" if narrow else "only-l", title)


def _squares(pen: Pen, points: Sequence[Point], width: float) -> float:
    """Columns of squares: yes from below, then no, then missing, and what it does not apply to not at all."""
    per_row = 4 if width > 400 or len(points) < 4 else 3
    most = max(p.figure.n_bodies for p in points)
    rows = -(-most // per_row)
    step = width / max(len(points), 1)
    cell_w, cell_h = (15.0, 12.0) if per_row == 4 else (16.0, 12.0)
    pitch_x, pitch_y = cell_w + 3, cell_h + 3
    base = 48 + rows * pitch_y
    block = per_row * pitch_x - 3
    for number, point in enumerate(points):
        left = number * step + (step - block) / 2 if len(points) > 1 else 14
        middle = left + block / 2
        if point.why:
            pen.line(number * step, 4, number * step, base + 30, "ax dash")
        pen.text(middle, 18, point.value, "c", "b", "big")
        pen.text(middle, 37, point.ratio, "c", "s")
        for index, role in enumerate(_roles(point.figure)):
            x = left + index % per_row * pitch_x
            y = base - (index // per_row + 1) * pitch_y + 3
            inset = 0.5 if role != "hi" else 0
            pen.rect(x + inset, y + inset, cell_w - 2 * inset, cell_h - 2 * inset, role)
            if role == "x":
                pen.line(x + 3, y + cell_h - 3, x + cell_w - 3, y + 3, "hx")
        pen.text(middle, base + 24, point.label, "c", *(["b"] if number == len(points) - 1 else ["m2"]))
    return base + 34


def _roles(figure: Figure) -> list[str]:
    yes, answered = int(figure.numerator or 0), int(figure.denominator or 0)
    return ["hi"] * yes + ["no"] * (answered - yes) + ["x"] * max(0, figure.n_bodies - answered)


def _dots(pen: Pen, points: Sequence[Point], width: float) -> float:
    values = [v for p in points if (v := shown_value(p.figure)) is not None]
    height, top, bottom, left, right = 230.0 if values else 120.0, 34.0, 60.0, 44.0, 44.0
    high = max([*values, Decimal(0)])
    low = min([*values, Decimal(0)])
    # Where no value is shown, the line of zero lies at the foot.
    high = low + 1 if high == low else high
    span = high - low
    step = (width - left - right) / max(len(points) - 1, 1)

    def spot(number: int, value: Decimal) -> tuple[float, float]:
        x = left + number * step if len(points) > 1 else width / 2
        return round(x, 1), round(top + float((high - value) / span) * (height - top - bottom), 1)

    pen.line(left - 20, spot(0, Decimal(0))[1], width - right + 20, spot(0, Decimal(0))[1], "ax")
    run: list[tuple[float, float]] = []
    for number, point in enumerate(points):
        value = shown_value(point.figure)
        x, y = spot(number, value if value is not None else Decimal(0))
        if point.why:
            pen.line(x - step / 2, 4, x - step / 2, height - 30, "ax dash")
        if not point.joined or value is None:
            _join(pen, run)
            run = []
        if value is not None:
            run.append((x, y))
    _join(pen, run)
    for number, point in enumerate(points):
        value = shown_value(point.figure)
        x, y = spot(number, value if value is not None else Decimal(0))
        last = number == len(points) - 1
        if value is not None:
            pen.circle(x, y, 5, "accf")
        pen.text(x, y - 13, point.value, "c", "b")
        pen.text(x, height - 30, point.label, "c", *(["b"] if last else ["m2"]))
        # "Denominator not published" under every point would run together; the table says it, and so does the source.
        if width > 400 and point.figure.numerator is not None:
            pen.text(x, height - 12, point.ratio, "c", "s")
    return height


def _join(pen: Pen, run: Sequence[tuple[float, float]]) -> None:
    if len(run) > 1:
        pen.path(run, "ln acc")


def alt_text(points: Sequence[Point]) -> str:
    """The series in words."""
    parts, colon = [], _(": ")
    for point in points:
        broken = f" ({point.why})" if point.why else ""
        parts.append(f"{point.label}{broken}{colon}{point.value}, {point.ratio}")
    return "; ".join(parts)


def _few(shown: Sequence[Point], hidden: Sequence[Point]) -> str:
    """The title where protection leaves one value, or none."""
    if not shown and any(p.figure.band for p in hidden):
        return _("Shown in bands only")
    if not shown:
        return _("The values are confidential in every cycle")
    return _("%(value)s in %(cycle)s; other cycles are confidential") % {
        "value": shown[0].value, "cycle": shown[0].label,
    }  # fmt: skip


def finding(points: Sequence[Point], edition: Edition, lang: str) -> str:
    """The title: what the series shows, and nothing that composition or a break alone would make."""
    shown = [p for p in points if p.figure.value is not None]
    hidden = [p for p in points if p.figure.confidential]
    if len(shown) < 2 <= len(points) and hidden and len(shown) + len(hidden) == len(points):
        return _few(shown, hidden)
    if len(shown) < 2:
        return _("One cycle so far")
    first, last = shown[0], shown[-1]
    if any(p.why for p in shown[1:]) or not all(p.joined for p in shown[1:]):
        return _("%(last)s in %(cycle)s; the points are not one series") % {"last": last.value, "cycle": last.label}
    if first.shares and last.shares:
        same = first.figure.n_bodies == last.figure.n_bodies
        words = {
            "a": first.figure.numerator, "n": first.figure.denominator, "from": first.label,
            "b": last.figure.numerator, "m": last.figure.denominator, "to": last.label,
        }  # fmt: skip
        if first.figure.numerator == last.figure.numerator:
            return _("%(b)s of %(m)s in %(to)s, as many as in %(from)s (%(a)s of %(n)s)") % words
        text = _("From %(a)s of %(n)s in %(from)s to %(b)s of %(m)s in %(to)s") % words
        return text if same else text + _("; the population changed")
    return _("From %(first)s in %(from)s to %(last)s in %(to)s") % {
        "first": first.value, "from": first.label, "last": last.value, "to": last.label,
    }  # fmt: skip

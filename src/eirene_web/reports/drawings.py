"""The two drawings of the office’s page, as numbers for a template: sizes in attributes, colours in the style sheet.

Each is drawn twice, for a wide and for a narrow page, never shrunk.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from babel.dates import format_date

from eirene.text import locale
from eirene_web.reports.oversight import Moment, Pace


@dataclass(frozen=True)
class Point:
    label: str
    day: str
    x: str
    y: int
    strong: bool
    anchor: str


def time_line(moments: Sequence[Moment], today: float, lang: str, width: int = 1232) -> dict[str, Any]:
    inner = width - 12
    ends = {"start": 0.0, "end": float(width)}
    points = [
        Point(
            m.label, _day(m.at.date(), lang), f"{ends.get(m.anchor, 6 + m.place * inner):.1f}", 86 + 36 * m.row,
            m.strong, m.anchor,
        )
        for m in moments
    ]  # fmt: skip
    dots = [f"{6 + m.place * inner:.1f}" for m in moments]
    here = 6 + today * inner
    return {
        "width": width, "height": 108 + 36 * max((m.row for m in moments), default=0),
        "points": list(zip(points, dots, strict=True)), "today": f"{here:.1f}",
        "today_text": f"{here + (4 if today < 0.85 else -4):.1f}", "today_anchor": "start" if today < 0.85 else "end",
    }  # fmt: skip


def steps(pace: Pace, lang: str, deadline: dt.datetime, width: int = 480) -> dict[str, Any]:
    """The cumulative curves: this cycle strongly, the one before lightly, the deadline dashed."""
    left, right, top, bottom = (30, width - 104, 16, 206) if width > 400 else (26, width - 92, 16, 206)
    days, most = max(pace.end - pace.start, 1), max(pace.total, pace.in_the_end, 1)

    def x(day: int) -> float:
        return left + (right - left) * (min(max(day, pace.start), pace.end) - pace.start) / days

    def y(n: int) -> float:
        return bottom - (bottom - top) * n / most

    def path(series: Sequence[tuple[int, int]], end: int) -> str:
        if not series:
            return ""
        drawn = [f"M{x(pace.start):.1f} {y(0):.1f}"]
        for day, n in series:
            if day <= end:
                drawn.append(f"H{x(day):.1f}V{y(n):.1f}")
        drawn.append(f"H{x(end):.1f}")
        return "".join(drawn)

    today, ahead = min(pace.today, pace.end), pace.in_now >= pace.in_then
    return {
        "width": width, "height": 236, "left": left, "right": right, "bottom": bottom,
        "grid": [(f"{y(n):.1f}", f"{y(n) + 4:.1f}", n) for n in _ticks(most)],
        "ticks": [
            (f"{x(day):.1f}", anchor, _day(deadline.date() + dt.timedelta(days=day), lang))
            for day, anchor in ((pace.start, "start"), (0, "middle"))
        ],
        "deadline": f"{x(0):.1f}",
        "now": path(pace.now, today), "before": path(pace.before, pace.end),
        "dot": (f"{x(today):.1f}", f"{y(pace.in_now):.1f}"),
        "dot_text": f"{min(y(pace.in_now) + (-9 if ahead else 18), bottom - 4):.1f}",
        "then": (f"{x(today):.1f}", f"{y(pace.in_then):.1f}"),
        "then_text": f"{min(max(y(pace.in_then) + (18 if ahead else -8), top), bottom - 4):.1f}",
        "end_y": f"{y(pace.in_the_end) + 4:.1f}", "end_y2": f"{y(pace.in_the_end) + 20:.1f}",
        "end_x": f"{right + 8:.1f}",
        # The curves climb to the right: the upper word stands left of its point, the lower one right of it.
        "dot_side": "end" if ahead else "start", "dot_x": f"{x(today) + (-10 if ahead else 10):.1f}",
        "then_side": "start" if ahead else "end", "then_x": f"{x(today) + (10 if ahead else -10):.1f}",
    }  # fmt: skip


def _ticks(most: int) -> list[int]:
    step = next((s for s in (1, 2, 5, 10, 20, 50, 100) if most / s <= 4.5), 200)
    marks = [n for n in range(0, most, step) if most - n > step * 0.5]
    return [*marks, most]


def _day(day: dt.date, lang: str) -> str:
    return str(format_date(day, format="d MMMM", locale=locale(lang)))

"""Bands: what is shown of a hidden count where its disclosure class has them (practice 21)."""

from __future__ import annotations

from eirene.disclosure.naming import figure_questions
from eirene.figures.model import Band, Figure
from eirene.framework.model import DisclosureClass, Pack


def band_of(pack: Pack, figure: Figure) -> Band | None:
    """The band of its class in which a count lies; None for what is no count, or lies in none."""
    value = figure.value
    if figure.basis != "computed" or figure.kind != "count" or value is None or value != int(value):
        return None
    bounds = _bounds(pack, figure)
    for lower, after in zip(bounds, [*bounds[1:], None], strict=False):
        if lower <= value and (after is None or value < after):
            return Band(lower, None if after is None else after - 1)
    return None


def _bounds(pack: Pack, figure: Figure) -> list[int]:
    """Of the strictest class among those of the questions that it is made from; bands of a milder one tell too much."""
    classes = {one.code: one for one in pack.header.disclosure_classes}
    indicator = pack.indicators.get(figure.id)
    own = indicator.disclosure if indicator else None
    codes = [own] if own else [pack.questions[q].disclosure for q in sorted(figure_questions(pack, figure.id))]
    found: list[DisclosureClass] = [classes[code] for code in codes if code is not None and code in classes]
    return max(found, key=lambda one: (one.threshold, one.least_width)).bands if found else []

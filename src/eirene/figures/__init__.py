"""From reports to figures: each a value with numerator, denominator, population, who is missing and why."""

from eirene.figures.bodies import member_value
from eirene.figures.compiled import compiled
from eirene.figures.compute import compute, compute_series
from eirene.figures.indicators import compile_indicators
from eirene.figures.model import Band, Change, Coverage, Figure, Footnote, Missing, figure_key
from eirene.figures.rows import figure_from_row, figure_row

__all__ = [
    "Band", "Change", "Coverage", "Figure", "Footnote", "Missing", "compile_indicators", "compiled", "compute",
    "compute_series", "figure_from_row", "figure_key", "figure_row", "member_value",
]  # fmt: skip

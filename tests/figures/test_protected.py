"""A value that is kept back for protection looks kept back, in every form that it can take, and survives its row."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cast import sampler
from eirene.errors import EireneError
from eirene.figures import Band, Figure, figure_from_row, figure_row
from eirene.figures.display import display, n_of_N, protection_text, said
from eirene.figures.model import Missing

COUNT = Figure("crew_total", "2022", "members", "count", "persons", {"en": "Crew"}, Decimal(120), numerator=120,
               n_answered=4, n_applicable=5, n_bodies=5, decimals=0)  # fmt: skip
SHARE = Figure("yes", "2022", "members", "share_of_bodies", "percent", {"en": "Yes"}, Decimal(50), numerator=2,
               denominator=4, n_answered=4, n_applicable=5, n_bodies=5, decimals=0)  # fmt: skip


def kept_back(figure: Figure, band: Band | None = None) -> Figure:
    return replace(figure, value=None, numerator=None, denominator=None, suppressed="protected", band=band)


@pytest.mark.parametrize(
    ("figure", "lang", "table", "text", "legend"),
    [
        (COUNT, "en", "120", "120", ""),
        (kept_back(COUNT), "en", "c", "not shown, to protect others",
         "c: confidential, not shown so as to protect persons or bodies"),
        (kept_back(COUNT), "fr", "c", "non montré, pour en protéger d’autres",
         "c\u00a0: confidentiel, non montré afin de protéger des personnes ou des entités"),
        (kept_back(COUNT, Band(10, 49)), "en", "10–49", "10–49",
         "small counts are shown in bands, so as to protect persons or bodies"),
        (kept_back(COUNT, Band(0, 9)), "en", "fewer than 10", "fewer than 10",
         "small counts are shown in bands, so as to protect persons or bodies"),
        (kept_back(COUNT, Band(0, 9)), "fr", "moins de 10", "moins de 10",
         "les petits nombres sont donnés par tranches, afin de protéger des personnes ou des entités"),
        (kept_back(COUNT, Band(1000, None)), "en", "1,000 or more", "1,000 or more",
         "small counts are shown in bands, so as to protect persons or bodies"),
        (replace(COUNT, rounded=5), "en", "≈\u00a0120", "≈\u00a0120 (rounded to 5)",
         "≈: rounded to 5, so as to protect persons or bodies"),
        (replace(COUNT, rounded=5), "fr", "≈\u00a0120", "≈\u00a0120 (arrondi à 5 près)",
         "≈\u00a0: arrondi à 5 près, afin de protéger des personnes ou des entités"),
        (replace(SHARE, value=None, suppressed="min_bodies"), "en", "too few answers", "too few answers", ""),
    ],
)  # fmt: skip
def test_how_it_reads(figure: Figure, lang: str, table: str, text: str, legend: str) -> None:
    assert display(figure, sampler(), lang) == table
    assert said(figure, sampler(), lang) == text
    assert protection_text(figure, sampler(), lang) == legend


def test_n_of_N_tells_nothing_of_a_share_that_is_confidential() -> None:
    assert n_of_N(SHARE, sampler(), "en") == "2 of 4"
    assert n_of_N(kept_back(SHARE), sampler(), "en") == "c"
    assert n_of_N(kept_back(COUNT), sampler(), "en") == "4 of 5"
    untold = replace(kept_back(COUNT), n_answered=0, missing=(Missing("protected", 5),))
    assert untold.untold
    assert n_of_N(untold, sampler(), "en") == "c", "how many are in it is not told: no zero stands for that"
    rounded = replace(SHARE, numerator=10, denominator=20, rounded=5)
    assert n_of_N(rounded, sampler(), "en") == "≈\u00a010 of 20"


@pytest.mark.parametrize(
    ("figure", "status"),
    [
        (COUNT, "F"),
        (kept_back(COUNT), "C"),
        (kept_back(COUNT, Band(10, 49)), "C"),
        (kept_back(COUNT, Band(100, None)), "C"),
        (replace(COUNT, rounded=5), "F"),
        (replace(COUNT, value=None, suppressed="min_bodies"), "F"),
    ],
)
def test_the_row_says_so_and_gives_it_back(figure: Figure, status: str) -> None:
    row = figure_row(figure)
    assert row["conf_status"] == status
    assert figure_from_row(row) == figure


def test_a_row_of_before_there_were_bands_is_read() -> None:
    row = figure_row(COUNT)
    for name in ("conf_status", "band", "rounded"):
        del row[name]
    assert figure_from_row(row) == COUNT


@pytest.mark.parametrize(
    "wrong",
    [
        {"conf_status": "C"}, {"band": {"lower": 49, "upper": 10}}, {"band": {"lower": -1, "upper": 10}},
        {"band": {"lower": "1", "upper": 10}}, {"band": {"lower": 1}}, {"band": 10}, {"rounded": 0},
        {"rounded": True}, {"rounded": "5"},
    ],
)  # fmt: skip
def test_a_row_that_makes_no_sense_is_none(wrong: dict[str, Any]) -> None:
    with pytest.raises(EireneError):
        figure_from_row({**figure_row(COUNT), **wrong})

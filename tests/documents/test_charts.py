"""Charts: what is drawn, what is left out, and that nothing is ever fetched."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest

from eirene.documents import charts as c
from eirene.documents.drawings import Job, render
from eirene.errors import EireneError


def values(spec: dict, mark: str) -> list[dict]:  # type: ignore[type-arg]
    """Data of all layers with this mark."""
    return [row for layer in spec["layer"] if layer["mark"]["type"] == mark for row in layer["data"]["values"]]


def texts(spec: dict) -> list[str]:  # type: ignore[type-arg]
    return [row["t"].replace("\n", " ") for row in values(spec, "text")]


BARS = [
    c.Bar("Low", 12, "12 %", "3 of 25"),
    c.Bar("High", 88, "88 %", "22 of 25", previous=70, highlighted=True),
    c.Bar("Withheld", None, "withheld"),
]


def test_bars_are_sorted_and_a_missing_value_is_last_and_no_bar() -> None:
    drawn = c.bars(BARS, lang="en")
    assert [item.label for item in drawn.items] == ["High", "Low", "Withheld"]
    assert [row["value"] for row in values(drawn.spec, "bar")] == [88, 12]
    assert "withheld" in texts(drawn.spec)
    assert len(values(drawn.spec, "point")) == 1  # the circle of the cycle before


def test_services_keep_their_order_and_show_the_pooled_share() -> None:
    drawn = c.services(BARS[:2], lang="en", reference=(Decimal("10.9"), "All, pooled"))
    assert [item.label for item in drawn.items] == ["Low", "High"]
    assert "All, pooled" in texts(drawn.spec)


def test_a_phone_gets_its_own_drawing_and_no_shrunken_one() -> None:
    drawn = c.bars(BARS, lang="fr")
    assert (drawn.spec["width"], drawn.narrow["width"]) == (680, 328)


def line(*values: int | None, broken: str = "") -> c.Line:
    cycles = ("2013", "2014", "2015", "2016")
    return c.Line(
        "Training",
        tuple(
            c.Point(y, v, str(v), "", "new wording" if y == broken else "") for y, v in zip(cycles, values, strict=True)
        ),
    )


def pieces(drawn: c.Drawing) -> list[int]:
    return [row["piece"] for row in values(drawn.spec, "line")]


def test_points_are_not_joined_over_a_break() -> None:
    drawn = c.trend([line(40, 45, 50, 55, broken="2015")], ("2013", "2014", "2015", "2016"), lang="en")
    assert pieces(drawn) == [0, 0, 1, 1]
    assert "new wording" in texts(drawn.spec)


def test_points_are_not_joined_over_a_gap() -> None:
    drawn = c.trend([line(40, None, 50, 55)], ("2013", "2014", "2015", "2016"), lang="en")
    assert pieces(drawn) == [0, 1, 1]


def test_a_chart_of_bodies_draws_no_mark_without_a_value() -> None:
    drawn = c.by_body([c.Bar("Aldmere", 9, "9 %"), c.Bar("Quarnia", None, "")], lang="en")
    assert "Quarnia" not in texts(drawn.spec)
    assert [item.label for item in drawn.items] == ["Aldmere"]


def test_women_are_a_circle_and_men_a_diamond() -> None:
    drawn = c.pyramid([c.Rank("OF-5", 3, 40, "3", "40", "OF-3–5")], women="Women", men="Men", lang="en")
    shapes = {layer["mark"].get("shape"): layer["mark"].get("fill") for layer in drawn.spec["layer"]}
    assert shapes["circle"] == c.TOKENS["women"]
    assert shapes["diamond"] == c.TOKENS["men"]


def test_squares_are_one_for_each_body() -> None:
    panel = c.Panel("2016", "41 %", "11 of 27", (("yes", 11), ("no", 16), ("no_report", 1), ("not_applicable", 2)))
    rows = values(c.panels([panel]).spec, "rect")
    assert len(rows) == 30
    assert len([r for r in rows if r["group"] == "yes"]) == 11


@pytest.mark.parametrize(
    ("top", "last"), [(87, 100), (1, 1), (0, 1), (Decimal("10.9"), 15), (389_012, 400_000), (100, 100)]
)
def test_the_scale_reaches_over_the_largest_value_in_round_steps(top: Decimal, last: int) -> None:
    ticks = c.ticks(top)
    assert ticks[0] == 0
    assert ticks[-1] == last


@pytest.mark.parametrize("text", ["x" * 10_000, "many words " * 300, "", "中文" * 500])
def test_labels_never_grow_over_their_lines(text: str) -> None:
    lines = c.wrap(text, 200, lines=3).split("\n")
    assert len(lines) <= 3
    assert all(c.text_width(part) <= 210 for part in lines)


def test_the_same_drawing_is_made_once_and_found_under_both_keys() -> None:
    spec = c.bars(BARS, lang="en").spec
    made = render([Job("a", spec, ("svg", "png")), Job("b", dict(spec))])
    assert made["a", "svg"] == made["b", "svg"]
    assert made["a", "png"].startswith(b"\x89PNG")
    assert ("b", "png") not in made


def test_a_drawing_that_fails_is_named() -> None:
    with pytest.raises(EireneError, match='"broken"'):
        render([Job("broken", {"mark": 5})])


def test_data_are_inline_and_an_address_is_refused() -> None:
    spec = c.bars(BARS, lang="en").spec
    assert '"url"' not in json.dumps(spec)
    with pytest.raises(EireneError, match="away"):
        render(
            [
                Job(
                    "away",
                    {"data": {"url": "http://127.0.0.1:9/x.csv"}, "mark": "bar", "encoding": {"x": {"field": "a"}}},
                )
            ]
        )


def test_drawings_use_the_open_typeface_and_only_our_colours() -> None:
    svg = render([Job("a", c.bars(BARS, lang="en").spec)])["a", "svg"].decode()
    assert 'font-family="Source Sans Pro"' in svg
    assert set(re.findall("#[0-9a-fA-F]{6}", svg)) <= set(c.TOKENS.values())

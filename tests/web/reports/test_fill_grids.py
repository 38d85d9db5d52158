"""Tables of cells: how a matrix lies on the page, what is computed in it, what is marked."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from cast import sampler
from eirene.framework import asked
from eirene.questionnaires.model import Answer, Cell
from eirene_web.reports.grids import Grid, cell_id, render

pytestmark = pytest.mark.soak_on_postgresql

PACK = sampler()


def grid(question: str, parts: dict[str, Any] | None = None, **more: Any) -> str:
    return render(Grid(PACK, asked(PACK, "2022").questions[question], parts or {}, "en", "2022", **more))


def cells(text: str) -> dict[str, str]:
    """part → value"""
    return dict(re.findall(r'data-part="cells\.([^"]*)" value="([^"]*)"', text))


class Wellformed(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in ("input", "i", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != "i":
            assert self.open.pop() == tag


@pytest.mark.parametrize("question", ["staff", "ranks", "cube"])
def test_every_cell_stands_once_and_every_line_is_as_long_as_the_head(question: str) -> None:
    text = grid(question)
    Wellformed().feed(text)
    form = asked(PACK, "2022").questions[question].question
    wanted = 1
    for name, dimension in form.dimensions.items():
        codes = PACK.code_lists[dimension.list].codes if not dimension.codes else dimension.codes
        wanted *= len(codes) + (1 if dimension.total else 0)
        assert name
    assert len(cells(text)) == wanted
    lengths = {
        len(re.findall("<t[dh]", row))
        for row in re.findall(r"<tr(?: class=\"(?!gh)[^\"]*\")?><th scope=\"row\".*?</tr>", text)
    }
    assert len(lengths) == 1


def test_the_third_dimension_makes_groups() -> None:
    text = grid("cube")
    assert re.findall(r'<tr class="gh"><th scope="rowgroup" colspan="\d"><span>([^<]*)', text) == [
        "army", "navy", "air force", "All together",
    ]  # fmt: skip


def test_an_empty_total_shows_what_its_parts_add_up_to() -> None:
    text = grid("staff", {"cells.army|women": 12, "cells.army|men": 1200})
    assert (
        'value="" aria-label="army, Total" inputmode="decimal" autocomplete="off" maxlength="60" placeholder="1,212"'
        in text
    )
    assert ">1.0</td>" in text  # women, per cent


def test_nothing_is_computed_from_what_is_not_known() -> None:
    text = grid("staff", {"cells.army|women": 12, "cells.army|men": {"status": "no_data"}})
    assert "placeholder" not in text
    assert cells(text)["army|men"] == "nd"


def test_a_band_is_the_sum_of_its_ranks() -> None:
    text = grid("ranks", {"cells.OF-6|women": 2, "cells.OF-7|women": 1})
    assert re.search(r'data-part="cells.OF-6\+\|women"[^>]*placeholder="3"', text)


def test_last_year_stands_beside_and_equal_numbers_are_marked() -> None:
    before = Answer("staff", "answered", cells={("army", "women"): Cell(12), ("army", "men"): Cell(None, "withheld")})
    text = grid("staff", {"cells.army|women": 12, "cells.navy|women": 3}, previous=before, previous_year="2021")
    assert "2021, as accepted" in text
    assert '<td class="prev">12</td><td class="prev">wh</td>' in text
    assert f'id="{cell_id("staff", ("army", "women"))}" class="same"' in text


def test_a_marked_cell_says_why_to_those_who_do_not_see_it() -> None:
    text = grid("staff", flags={"cells.army|women": ("bad", "f-1"), "cells.army|men": ("warn", "f-2")})
    assert 'aria-invalid="true" aria-describedby="f-1"' in text
    assert 'class="warn"' in text


def test_a_locked_table_is_read_and_not_written() -> None:
    text = grid("staff", locked=True)
    assert text.count(" readonly") == len(cells(text))


def test_what_was_typed_and_could_not_be_read_stands_escaped() -> None:
    assert 'value="&lt;b&gt;&quot;"' in grid("staff", typed={"cells.army|women": '<b>"'})

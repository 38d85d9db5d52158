"""summary.xlsx: every figure with its trace, every numbered table; text stays text."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from sample import sample
from test_html import hostile

from eirene.documents import model as d
from eirene.documents.workbook import render_xlsx

ROW: dict[str, Any] = {
    "key": "policies_or_laws.2016.members.share_of_bodies",
    "id": "policies_or_laws",
    "cycle": "2016",
    "population": "members",
    "label": {"en": "A policy or law", "fr": "Une politique ou une loi"},
    "kind": "share_of_bodies",
    "dimensions": {"service": "army"},
    "value": 40.7,
    "decimals": 1,
    "unit": "percent",
    "numerator": 11,
    "denominator": 27,
    "n_answered": 27,
    "n_applicable": 28,
    "n_bodies": 28,
    "missing": [{"reason": "no_report", "n": 1, "bodies": []}],
    "basis": "computed",
    "source": "",
    "footnotes": [{"kind": "note", "text": {"en": "Passed in December"}, "body": "Norvale"}],
    "counting_rule": {"en": "yes ÷ yes or no"},
}
EMPTY: dict[str, Any] = {
    **ROW,
    "key": "=cmd()",
    "label": {"en": "=1+1"},
    "value": None,
    "numerator": None,
    "denominator": None,
    "suppressed": "withheld",
    "missing": [{"reason": "withheld", "n": 2, "bodies": []}],
    "footnotes": [],
    "dimensions": {},
}


def book(documents: dict[str, d.Document], rows: list[dict[str, Any]]) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(render_xlsx(documents, rows)))


@pytest.fixture(scope="module")
def opened() -> openpyxl.Workbook:
    return book({"en": sample("en", bodies=1)}, [ROW, EMPTY])


def test_a_figure_carries_its_trace(opened: openpyxl.Workbook) -> None:
    sheet = opened["Figures"]
    head = [cell.value for cell in sheet[1]]
    row = dict(zip(head, [cell.value for cell in sheet[2]], strict=True))
    assert row["Figure"] == "A policy or law"
    assert (row["Value"], row["n of N"], row["Numerator"], row["Denominator"]) == (40.7, "11 of 27", 11, 27)
    assert (row["Missing: no_report"], row["Missing: withheld"]) == (1, 0)
    assert row["Footnotes"] == "Norvale: Passed in December."
    assert row["Counting rule"] == "yes ÷ yes or no"
    assert row["Key"] == ROW["key"]
    assert row["service"] == "army"


def test_no_value_is_empty_and_says_why(opened: openpyxl.Workbook) -> None:
    sheet = opened["Figures"]
    head = [cell.value for cell in sheet[1]]
    row = dict(zip(head, sheet[3], strict=True))
    assert row["Value"].value is None
    assert row["Why there is no value"].value == "withheld"


def test_text_that_looks_like_a_formula_is_text(opened: openpyxl.Workbook) -> None:
    cells = [cell for sheet in opened for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert "=1+1" in {cell.value for cell in cells}


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", "http://a.example", "\x00", "😀" * 20000, "[a]:*?/\\'", "{=1}"]
)
def test_hostile_text_stays_text(text: str) -> None:
    opened = book({"en": hostile(text)}, [{**ROW, "label": {"en": text}, "kind": text}])
    for sheet in opened:
        for line in sheet.iter_rows():
            assert not [cell for cell in line if cell.data_type == "f"]


def test_every_numbered_table_has_a_sheet_and_a_line_in_the_list(opened: openpyxl.Workbook) -> None:
    index = opened["Tables"]
    listed = {line[0].value: line[2].value for line in index.iter_rows(min_row=2)}
    assert listed["Figure 1.1"] == "Figure 1.1"
    assert listed["Table 1.1"] == "Table 1.1"
    sheet = opened["Table 1.1"]
    assert [cell.value for cell in sheet[6]] == ["Aldmere", 1200, 9000, 10200, 11.8]
    assert sheet["B8"].value == "withheld"
    assert sheet.freeze_panes == "B6"
    assert sheet.auto_filter.ref


def test_the_cover_is_marked(opened: openpyxl.Workbook) -> None:
    said = [cell.value for line in opened["Cover"].iter_rows() for cell in line if cell.value]
    assert said[0] == "Concordia unclassified · Public"
    assert "Fictional. Concordia, its nations and every figure are invented." in said
    assert opened["Cover"].oddHeader.left.text == "Concordia unclassified · Public"


def test_two_languages_have_their_own_sheets() -> None:
    opened = book({"en": sample("en", bodies=1, chapters=1), "fr": sample("fr", bodies=1, chapters=1)}, [ROW])
    assert {"Cover en", "Couverture fr", "Figures en", "Chiffres fr", "Tableau 1.1 fr"} <= set(opened.sheetnames)
    sheet = opened["Chiffres fr"]
    assert sheet["A2"].value == "Une politique ou une loi"


def test_a_number_shows_its_unit_and_stays_a_number(opened: openpyxl.Workbook) -> None:
    cell = opened["Table 1.1"]["E6"]
    assert (cell.value, cell.number_format) == (11.8, '#,##0.0"\u00a0%"')
    assert opened["Table 1.1"]["B6"].number_format == "#,##0"

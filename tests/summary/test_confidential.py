"""What is kept back for protection stands in the Summary as `c` with its reason: never blank, never zero, no dash."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from cast import toy, toy_report
from eirene.documents import model as d
from eirene.documents.html import render_page
from eirene.documents.plain import walk
from eirene.documents.strips import strip_png
from eirene.documents.workbook import render_xlsx
from eirene.figures import Band, Figure, compute_series
from eirene.figures.model import Missing
from eirene.framework.model import Block, Chapter, Edition
from eirene.questionnaires import parse_report
from eirene.questionnaires.model import CellKey
from eirene.release.render import _told
from eirene.summary import Content, build_documents

AS_OF = dt.date(2023, 5, 1)
LEGEND = "c: confidential, not shown so as to protect persons or bodies"


def ports(cycle: str = "2022") -> list[Figure]:
    reports = [
        parse_report(toy_report(body, women, 100 - women, charter, cycle, naming=True), toy())
        for body, women, charter in (("ALF", 10, "yes"), ("BRA", 20, "no"), ("CHA", 30, "no"))
    ]
    return compute_series(toy(), cycle, reports, [], as_of=AS_OF)


def kept_back(figure: Figure, band: Band | None = None) -> Figure:
    return replace(figure, value=None, numerator=None, denominator=None, members={}, suppressed="protected", band=band)


def document(
    figures: list[Figure], *blocks: Block, left_out: frozenset[CellKey] = frozenset(), chapters: Sequence[Chapter] = ()
) -> d.Document:
    chapter = Chapter(id="one", title={"en": "One"}, blocks=list(blocks))
    bodies = Chapter(id="bodies", title={"en": "Bodies"}, generate="bodies")
    edition = Edition(number="1", title={"en": "T"}, chapters=[chapter, *chapters, bodies])
    reports = {}
    for body, women in (("ALF", 10), ("BRA", 20), ("CHA", 30)):
        report = parse_report(toy_report(body, women, 100 - women, naming=True), toy())
        crew = report.answers["crew"]
        cells = {k: c for k, c in crew.cells.items() if body != "ALF" or k not in left_out}
        reports[body] = replace(report, answers={**report.answers, "crew": replace(crew, cells=cells)})
    content = Content(
        toy(), "2022", "everyone", edition, figures, reports, lambda body, question: True, {"2022": frozenset(reports)},
        AS_OF, left_out=lambda body, question: left_out if (body, question) == ("ALF", "crew") else frozenset(),
    )  # fmt: skip
    return build_documents(content)["en"]


def of(kind: type, made: d.Document) -> Iterator[d.Block]:
    return (block for _, section in walk(made.sections) for block in section.blocks if isinstance(block, kind))


def all_kept_back(band: Band | None = None) -> list[Figure]:
    return [kept_back(figure, band) for figure in ports()]


def test_a_statement_says_that_its_figure_is_confidential() -> None:
    made = document(all_kept_back(), Block(statement="charter_share"))
    statement = next(of(d.Statement, made))
    assert isinstance(statement, d.Statement)
    assert (statement.value, statement.unit, statement.n_of_N) == ("c", "", "c")
    sentence = "".join(run.text for run in statement.sentence)
    assert sentence.endswith("confidential, not shown so as to protect persons or bodies")
    assert not re.search(r"\d", sentence)


def test_its_roll_call_tells_who_answered_and_not_how() -> None:
    statement = next(of(d.Statement, document(all_kept_back(), Block(statement="charter_share"))))
    assert isinstance(statement, d.Statement)
    roll = statement.roll_call
    assert roll is not None
    assert roll.groups == (("confidential", 3),)
    assert roll.alt == "3 answered; how is confidential"
    assert roll.legend == (("confidential", "confidential"),)
    pictures = [strip_png(d.RollCall(((kind, 3),), ""))[0] for kind in ("confidential", "yes", "no", "missing")]
    assert len(set(pictures)) == 4


def untold(figure: Figure) -> Figure:
    """Kept back, and not told either how many are in it."""
    missing = (Missing("protected", figure.n_bodies),)
    return replace(kept_back(figure), n_answered=0, missing=missing, coverage=None)


def test_of_a_figure_of_which_nothing_is_told_no_zero_is_told() -> None:
    figures = [untold(f) for f in ports()]
    made = document(figures, Block(statement="charter_share"))
    statement = next(of(d.Statement, made))
    assert isinstance(statement, d.Statement)
    assert statement.n_of_N == "c"
    assert statement.roll_call is not None
    assert statement.roll_call.groups == (("protected", 3),)
    assert statement.roll_call.alt == "of 3 it is not told, to protect one of them"
    page = render_page(made, None)
    assert "0 of 3" not in page
    assert "0 answered" not in page
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(render_xlsx({"en": made}, [_told(f, toy()) for f in figures])))
    sheet = next(s for s in book.worksheets if s.title.startswith("Figures"))
    heads = [cell.value for cell in sheet[1]]
    row = dict(zip(heads, (cell.value for cell in sheet[2]), strict=True))
    assert (row["Answered"], row["Missing: protected"]) == ("c", 3)


def test_the_table_of_what_is_missing_counts_nobody_where_nothing_is_told() -> None:
    figures = [untold(f) if f.id == "charter_share" else f for f in ports()]
    chapter = Chapter(id="gaps", title={"en": "Gaps"}, generate="missing")
    made = document(figures, chapters=[chapter])
    table = next(t for t in of(d.Table, made) if isinstance(t, d.Table) and t.id == "missing-figures")
    by_label = {row[0].text: [cell.text for cell in row[1:]] for row in table.rows}
    assert set(by_label["Ports with a charter"]) == {"c"}, by_label
    assert "c" not in by_label["Women on board"]
    assert LEGEND in table.notes


@pytest.mark.parametrize("table", ["figures", "series", "by_body"])
def test_a_table_shows_c_and_says_what_it_means(table: str) -> None:
    figures = ports()
    hidden = [kept_back(f) if f.key == "women_on_board.2022.ports.pooled" else f for f in figures]
    made = document(hidden, Block(table=table, figures=["women_on_board", "crew_total"]))
    found = next(block for block in of(d.Table, made))
    assert isinstance(found, d.Table)
    cells = [cell for row in found.rows for cell in row if cell.text == "c"]
    assert cells
    if table != "by_body":  # there the other bodies' values, of the other figure, are no part of it
        assert not any(cell.number or not cell.muted for cell in cells if cell.figure)
    assert LEGEND in found.notes
    assert not any(cell.text in ("", "0") for row in found.rows for cell in row)


def test_a_table_without_anything_kept_back_says_nothing_of_it() -> None:
    made = document(ports(), Block(table="figures", figures=["women_on_board"]))
    assert all(not block.notes for block in of(d.Table, made) if isinstance(block, d.Table))


def test_a_chart_has_a_gap_with_c_and_so_has_the_table_beside_it() -> None:
    figures = [kept_back(f) if f.key == "women_on_board.2022.ports.pooled" else f for f in ports()]
    block = Block(chart="bars", figures=["women_on_board", "women_on_board.median_of_bodies"])
    chart = next(of(d.Chart, document(figures, block)))
    assert isinstance(chart, d.Chart)
    rows = [row for layer in chart.spec["layer"] for row in layer["data"]["values"]]
    assert {"c"} <= {row.get("t") for row in rows}
    assert not [row for row in rows if row.get("value") == 0]
    assert "c" in [cell.text for row in chart.table.rows for cell in row]
    assert LEGEND in chart.table.notes
    assert chart.alt.endswith(f"; Women on board: c. ({LEGEND}.)")


def test_a_line_over_the_cycles_breaks_where_a_value_is_kept_back() -> None:
    """Four cycles, the second one confidential: two pieces of line, and a `c` between them."""
    base = next(f for f in ports() if f.key == "women_on_board.2022.ports.pooled")
    from eirene.documents import charts

    points = [
        charts.Point(str(2019 + n), None if n == 1 else Decimal(10 + n), "c" if n == 1 else str(10 + n))
        for n in range(4)
    ]
    drawing = charts.trend([charts.Line("Women", tuple(points))], ["2019", "2020", "2021", "2022"], lang="en")
    layers = drawing.spec["layer"]
    (line,) = [layer for layer in layers if layer["mark"]["type"] == "line" and "detail" in layer["encoding"]]
    pieces = [row["piece"] for row in line["data"]["values"]]
    assert pieces == [0, 1, 1]
    marks = [row for layer in layers for row in layer["data"]["values"] if row.get("t") == "c"]
    assert marks
    assert "c" in [item.value for item in drawing.items]
    assert base.value is not None


def test_a_band_and_a_rounded_value_are_told_as_such() -> None:
    rounded = {"numerator": Decimal(60), "denominator": Decimal(300), "rounded": 5}
    by_key = {f.key: f for f in ports()}
    for key, figure in by_key.items():
        if figure.id == "crew_total" and figure.kind == "count":
            by_key[key] = kept_back(figure, Band(10, 49))
        elif key == "women_on_board.2022.ports.pooled":
            by_key[key] = replace(figure, **rounded)
    made = document(
        list(by_key.values()),
        Block(table="figures", figures=["crew_total", "women_on_board"]),
        Block(text={"en": "{crew_total} people, {women_on_board} women, {women_on_board:numerator} of them."}),
    )
    table = next(of(d.Table, made))
    assert isinstance(table, d.Table)
    assert [row[1].text for row in table.rows] == ["10–49", "≈\u00a020.0\u00a0%"]
    assert table.rows[1][2].text == "≈\u00a060 of 300"
    assert table.notes == (
        "small counts are shown in bands, so as to protect persons or bodies",
        "≈: rounded to 5, so as to protect persons or bodies",
    )
    paragraph = next(of(d.Paragraph, made))
    assert isinstance(paragraph, d.Paragraph)
    text = "".join(run.text for run in paragraph.runs)
    assert text == "10–49 people, ≈\u00a020.0\u00a0% (rounded to 5) women, ≈\u00a060 of them."


def test_a_text_says_in_words_that_a_number_is_kept_back() -> None:
    made = document(
        all_kept_back(), Block(text={"en": "{crew_total}; {charter_share:numerator}; {charter_share:n_of_N}."})
    )
    paragraph = next(of(d.Paragraph, made))
    assert isinstance(paragraph, d.Paragraph)
    assert "".join(run.text for run in paragraph.runs) == (
        "not shown, to protect others; not shown, to protect others; c."
    )


def test_a_cell_left_out_of_an_answer_stands_as_c_and_is_not_put_together_from_others() -> None:
    made = document(ports(), left_out=frozenset({("women",), ("men",)}))
    (table,) = [
        block
        for _, section in walk(made.sections) if section.id.startswith("body-ALF")
        for block in section.blocks if isinstance(block, d.Table) and section.id != "body-ALF-figures"
    ]  # fmt: skip
    cells = {head.text: cell.text for head, cell in zip(table.head[0][1:], table.rows[0][1:], strict=True)}
    assert list(cells.values()) == ["c", "c", "100"]
    assert table.notes == (LEGEND,)


def test_a_total_left_out_is_not_added_up_from_the_parts_that_are_there() -> None:
    made = document(ports(), left_out=frozenset({("_T",)}))
    text = " ".join(
        cell.text
        for _, section in walk(made.sections) if section.id.startswith("body-ALF")
        for block in section.blocks if isinstance(block, d.Table)
        for row in block.rows for cell in row
    )  # fmt: skip
    assert "100" not in text
    assert " c" in text


def test_web_page_and_workbook_show_c_and_the_reason() -> None:
    from openpyxl import load_workbook

    figures = all_kept_back()
    made = document(figures, Block(statement="charter_share"), Block(table="figures", figures=["women_on_board"]))
    page = render_page(made, None)
    assert 'data-label="Value" class="num wx">c</td>' in page
    assert 'data-label="n of N" class="num wx">c</td>' in page
    assert LEGEND in page
    assert 'class="key key--c"' in page
    assert "3 answered; how is confidential" in page
    book = load_workbook(io.BytesIO(render_xlsx({"en": made}, [_told(f, toy()) for f in figures])))
    sheet = next(s for s in book.worksheets if s.title.startswith("Figures"))
    heads = [cell.value for cell in sheet[1]]
    row = dict(zip(heads, (cell.value for cell in sheet[2]), strict=True))
    assert [row[h] for h in heads if h in ("Value", "n of N", "Numerator", "Denominator")] == ["c"] * 4
    assert row["Why there is no value"] == LEGEND

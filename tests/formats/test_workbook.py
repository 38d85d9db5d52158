"""The workbook: filled in by people, sent through gateways, read back without loss."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cast import sampler, toy, toy_report
from eirene.errors import Blocked, Unreadable, UsageError
from eirene.formats import Door, encode_report, read_report, read_reports, refuse_duplicates, write_workbook
from eirene.formats.workbook import read_outside
from eirene.framework import Pack, asked
from eirene.framework.model import DisclosureClass
from eirene.questionnaires import dump_report, parse_report
from eirene.questionnaires.model import Report

pytestmark = pytest.mark.slow

SAMPLER = sampler()
TOY = toy()

FULL: dict[str, Any] = {
    "staff": {
        "status": "answered",
        "cells": [
            {"service": "army", "sex": "women", "value": 0},
            {"service": "army", "sex": "men", "value": 90},
            {"service": "army", "sex": "_T", "value": 91},
            {"service": "navy", "sex": "women", "status": "no_data"},
            {"service": "navy", "sex": "men", "status": "withheld"},
            {"service": "_T", "sex": "_T", "value": 123456},
        ],
        "definition": {"categories": {"conscripts": "included"}, "fields": {"basis": "fte"}},
        "comment": {"en": "=1+1", "fr": "@é"},
        "naming": True,
        "releasability": "public",
    },
    "cube": {
        "status": "answered",
        "cells": [{"service": "army", "kind": "law", "sex": "women", "value": -3}],
    },
    "law": {
        "status": "answered",
        "value": "yes",
        "particulars": [{"title": "+ Act", "date": "2020-01-02", "link": "https://example.org/act"}, {"title": "B"}],
        "justification": {"en": "-j"},
    },
    "law_kind": {"status": "withheld", "reason": {"en": "Not released."}},
    "measures": {"status": "answered", "value": ["flexible", "leave"]},
    "leave_weeks": {"status": "answered", "value": "12.345678901234567"},
    "leave_pay": {"status": "answered", "value": "80.5"},
    "adopted": {"status": "answered", "value": "2020-05-01"},
    "remarks": {"status": "answered", "value": {"en": "-- hello\n  world ", "fr": "+bonjour", "de": "hallo"}},
    "courses": {
        "status": "answered",
        "rows": [
            {"course": "A", "persons": 3, "begun": "2020-01-01", "open": "yes", "kind": "law"},
            {"course": "=SUM(A1)"},
        ],
    },
}


def report_of(answers: dict[str, Any], body: str = "AAA", cycle: str = "2021") -> Report:
    questionnaire = SAMPLER.cycles[cycle].questionnaire
    data = {
        "format": "eirene.report/1",
        "pack": "sampler",
        "questionnaire": questionnaire,
        "cycle": cycle,
        "body": body,
    }
    return parse_report({**data, "answers": answers}, SAMPLER)


def read_bytes(data: bytes, pack: Pack = SAMPLER, **expected: str) -> Any:
    with Door() as door:
        return read_outside(door.open_bytes(data, "aaa.xlsx"), pack, **expected)


def edited(data: bytes, change: Callable[[openpyxl.Workbook], None]) -> bytes:
    """The workbook after somebody changed it in another program, which keeps no results of formulas."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def place_of(book: openpyxl.Workbook, code: str, column: str = "1") -> tuple[Any, int, int]:
    """Sheet, row and column of the box with a code; `column` is a code of the row @columns."""
    for sheet in book:
        if sheet.title == "Lists":
            continue
        for row in sheet.iter_rows(max_col=1):
            if row[0].value == code:
                head = next(r for r in sheet.iter_rows(min_row=1, max_row=8) if r[0].value == "@columns")
                found = next(cell.column for cell in head if str(cell.value) == column)
                return sheet, row[0].row, found
    raise AssertionError(f"no row {code}")


def put(code: str, value: object, column: str = "1", number_format: str = "") -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        sheet, row, place = place_of(book, code, column)
        cell = sheet.cell(row, place)
        cell.value = value
        if number_format:
            cell.number_format = number_format

    return change


# --- without loss ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_full_report_comes_back_as_it_went(lang: str) -> None:
    report = report_of(FULL)
    data = write_workbook(SAMPLER, "2021", "AAA", lang=lang, report=report)
    read = read_bytes(data)
    assert dump_report(read.report, SAMPLER) == dump_report(report, SAMPLER)
    assert [note.what for note in read.notes] == [
        "“12.345678901234567” is text; read as the number 12.345678901234567."
    ]


def _texts() -> st.SearchStrategy[dict[str, str]]:
    text = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=40)
    kept = st.one_of(text, st.sampled_from(["=1+1", "+x", "-x", "@x", "_x0041_", "'q", "1,234", "nd", "TRUE", "a\nb"]))
    return st.dictionaries(st.sampled_from(["en", "fr"]), kept.filter(lambda t: t.strip() != ""), max_size=2)


_COUNT = st.integers(-10, 10**9)
_FRACTION = st.decimals(-1000, 10**6, allow_nan=False, places=3).map(lambda d: format(d, "f"))
_STATUS = st.sampled_from(["no_data", "not_applicable", "withheld"])
_DATE = st.dates().map(lambda day: day.isoformat())
_LINE = st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), min_size=1, max_size=12)


@st.composite
def _cells(draw: Any, question: str) -> list[dict[str, Any]]:
    from eirene.formats._layout import asked_codes

    asks = asked(SAMPLER, "2021").questions[question].question
    names = list(asks.dimensions)
    key = st.tuples(*(st.sampled_from(asked_codes(SAMPLER, asks, name)) for name in names))
    content = st.one_of(st.builds(lambda v: {"value": v}, _COUNT), st.builds(lambda s: {"status": s}, _STATUS))
    chosen = draw(st.dictionaries(key, content, max_size=8))
    return [{**dict(zip(names, codes, strict=True)), **cell} for codes, cell in chosen.items()]


@st.composite
def _answer(draw: Any, question: str) -> dict[str, Any]:
    kind = asked(SAMPLER, "2021").questions[question].question.type
    details: dict[str, Any] = {
        "reason": draw(_texts()),
        "comment": draw(_texts()),
        "justification": draw(_texts()),
        "naming": draw(st.booleans()),
        "releasability": draw(st.sampled_from([None, "office", "members", "public"])),
    }
    if question == "law":
        details["particulars"] = draw(
            st.lists(st.fixed_dictionaries({"title": _LINE}, optional={"date": _DATE}), max_size=5)
        )
    if question == "staff":
        grid = st.fixed_dictionaries(
            {"categories": st.fixed_dictionaries({"cadets": st.sampled_from(["included", "none"])})},
            optional={"fields": st.just({"basis": "headcount"})},
        )
        details["definition"] = draw(st.none() | grid)
    if draw(st.integers(0, 3)) == 0:
        return {**details, "status": draw(_STATUS)}
    row = st.fixed_dictionaries(
        {"course": _LINE},
        optional={"persons": _COUNT, "begun": _DATE, "open": st.sampled_from(["yes", "no"]), "kind": st.just("order")},
    )
    contents: dict[str, st.SearchStrategy[dict[str, Any]]] = {
        "matrix": _cells(question).map(lambda cells: {"cells": cells}),
        "rows": st.lists(row, max_size=9).map(lambda rows: {"rows": rows}),
        "yes_no": st.sampled_from([{"value": "yes"}, {"value": "no"}]),
        "single_choice": st.sampled_from([{"value": "law"}, {"value": "order"}]),
        "multiple_choice": st.lists(st.sampled_from(["flexible", "childcare", "leave"]), unique=True).map(
            lambda codes: {"value": codes}
        ),
        "number": _FRACTION.map(lambda value: {"value": value}),
        "percentage": _FRACTION.map(lambda value: {"value": value}),
        "date": _DATE.map(lambda value: {"value": value}),
        "text": _texts().map(lambda value: {"value": value}),
    }
    return {**details, "status": "answered", **draw(contents[kind])}


@st.composite
def _reports(draw: Any) -> Report:
    answers = {name: draw(_answer(name)) for name in asked(SAMPLER, "2021").questions if draw(st.booleans())}
    return report_of(answers)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(report=_reports(), lang=st.sampled_from(["en", "fr"]))
def test_any_report_comes_back_as_it_went(report: Report, lang: str) -> None:
    with _DOOR:
        outside = _DOOR.open_bytes(write_workbook(SAMPLER, "2021", "AAA", lang=lang, report=report), "any.xlsx")
    assert dump_report(read_outside(outside, SAMPLER).report, SAMPLER) == dump_report(report, SAMPLER)


_DOOR = Door()


def test_an_empty_form_reads_as_a_report_without_answers() -> None:
    read = read_bytes(write_workbook(SAMPLER, "2022", "AAA", previous=report_of(FULL)))
    assert read.report.answers == {}
    assert read.notes == ()


def test_json_and_workbook_convert_into_one_another(tmp_path: Path) -> None:
    report = report_of(FULL)
    (tmp_path / "a.xlsx").write_bytes(encode_report(report, SAMPLER, "xlsx", lang="fr"))
    from_workbook = read_report(tmp_path / "a.xlsx", SAMPLER).report
    (tmp_path / "b.json").write_bytes(encode_report(from_workbook, SAMPLER, "json"))
    again = read_report(tmp_path / "b.json", SAMPLER).report
    assert encode_report(again, SAMPLER, "json") == encode_report(report, SAMPLER, "json")
    assert encode_report(again, SAMPLER, "xlsx", lang="fr") == (tmp_path / "a.xlsx").read_bytes()


def test_the_same_answers_give_the_same_bytes_in_another_process() -> None:
    code = (
        "import sys, hashlib; sys.path.insert(0, 'tests')\n"
        "from formats.test_workbook import FULL, SAMPLER, report_of, write_workbook\n"
        "print(hashlib.sha256(write_workbook(SAMPLER, '2021', 'AAA', report=report_of(FULL))).hexdigest())\n"
    )
    root = Path(__file__).resolve().parents[2]
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=root,
            env={"PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": "src:tests"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert len(told) == 1


def test_text_that_looks_like_a_formula_stays_text() -> None:
    data = write_workbook(SAMPLER, "2021", "AAA", report=report_of(FULL))
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if "worksheets/sheet" in name]
    formulas = re.findall(r"<f>(.*?)</f>", "".join(sheets))
    assert formulas
    assert all(formula.startswith(("IF(", "COUNTIF(")) for formula in formulas)
    strings = re.findall(r"<f>", "".join(sheets))
    assert len(strings) == len(formulas)


def test_a_text_too_long_for_a_cell_is_refused_by_name_not_cut() -> None:
    report = report_of({"remarks": {"status": "answered", "value": {"en": "x" * 32_767}}})
    assert read_bytes(write_workbook(SAMPLER, "2021", "AAA", report=report)).report.answers["remarks"].value
    from dataclasses import replace

    answer = replace(report.answers["remarks"], value={"en": "x" * 32_768})
    with pytest.raises(Blocked, match="remarks"):
        write_workbook(SAMPLER, "2021", "AAA", report=replace(report, answers={"remarks": answer}))


# --- what the form shows --------------------------------------------------------------------------------------------


def _words(data: bytes, sheet: int) -> list[str]:
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    return [str(cell.value) for row in book.worksheets[sheet].iter_rows() for cell in row if cell.value is not None]


def test_the_first_sheet_says_whose_it_is_and_how_to_fill_it_in() -> None:
    words = _words(write_workbook(SAMPLER, "2022", "AAA", lang="fr"), 0)
    told = "\n".join(words)
    for expected in (
        "eirene.workbook/1; pack=sampler@0.1.0; cycle=2022; questionnaire=q2@2; body=AAA",
        "Fictif. Tout ici est inventé.",
        "Ni personnes ni cas",
        "Alande (AAA)",
        "pas de données",
        "non communiqué",
    ):
        assert expected in told


def test_last_cycles_values_stand_beside_the_boxes_and_are_not_read() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(SAMPLER, "2022", "AAA", previous=report_of(FULL))))
    sheet, row, column = place_of(book, "staff|service=army", "was 2")
    assert sheet.cell(row, column).value == 90
    assert sheet.cell(row, column).protection.locked
    boxes = place_of(book, "staff|service=army", "2")
    assert sheet.cell(boxes[1], boxes[2]).value is None
    assert not sheet.cell(boxes[1], boxes[2]).protection.locked


def test_definitions_are_carried_forward() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(SAMPLER, "2022", "AAA", previous=report_of(FULL))))
    sheet, row, column = place_of(book, "staff|definition conscripts")
    assert sheet.cell(row, column).value == "included"


def test_sums_stand_beside_totals_and_tell_when_they_differ() -> None:
    data = write_workbook(SAMPLER, "2021", "AAA", report=report_of(FULL))
    values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    sheet, row, column = place_of(values, "staff|service=army", "check")
    assert sheet.cell(row, column).value == "≠ 90"
    formulas = openpyxl.load_workbook(io.BytesIO(data))
    sheet, row, column = place_of(formulas, "staff|service=army", "check")
    assert str(sheet.cell(row, column).value).startswith("=IF(COUNT(")


def test_bands_join_upward_in_the_sums() -> None:
    cells = [
        {"rank": "OF-6", "sex": "women", "value": 1},
        {"rank": "OF-7", "sex": "women", "value": 2},
        {"rank": "OF-3-5", "sex": "women", "value": 10},
    ]
    report = report_of({"ranks": {"status": "answered", "cells": cells}})
    data = write_workbook(SAMPLER, "2021", "AAA", report=report)
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    sheet, row, column = place_of(book, "ranks|check rank=_T")
    assert sheet.cell(row, column).value == 13


def test_boxes_are_open_and_everything_else_is_locked() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(SAMPLER, "2021", "AAA")))
    assert all(sheet.protection.sheet for sheet in book)
    sheet, row, column = place_of(book, "AAA/2021/law")
    assert not sheet.cell(row, column).protection.locked
    assert sheet.cell(row, 1).protection.locked
    assert book["Lists"].sheet_state == "hidden"


def test_a_body_or_section_that_does_not_exist_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="ZZZ"):
        write_workbook(SAMPLER, "2021", "ZZZ")
    with pytest.raises(UsageError, match="section 9"):
        write_workbook(SAMPLER, "2021", "AAA", sections=("9",))
    with pytest.raises(UsageError, match="BBB"):
        write_workbook(SAMPLER, "2021", "BBB", report=report_of(FULL))


# --- through a gateway, and through people's hands ------------------------------------------------------------------


def _strip(book: openpyxl.Workbook) -> None:
    """What a guarded gateway does: no hidden sheets, validation, formulas or conditional formats."""
    del book["Lists"]
    for sheet in book:
        sheet.data_validations.dataValidation = []
        sheet.protection.sheet = False
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    cell.value = None


def test_a_stripped_workbook_is_read_with_a_note() -> None:
    report = report_of(FULL)
    read = read_bytes(edited(write_workbook(SAMPLER, "2021", "AAA", report=report), _strip))
    assert dump_report(read.report, SAMPLER) == dump_report(report, SAMPLER)
    told = " ".join(note.what for note in read.notes)
    assert "hidden sheet of lists" in told
    assert "drop-downs" in told
    assert "formulas" in told


def test_moved_sheets_inserted_rows_and_columns_lose_nothing() -> None:
    def change(book: openpyxl.Workbook) -> None:
        book.move_sheet(book.worksheets[1], offset=1)
        sheet, row, _ = place_of(book, "staff|service=navy")
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet.insert_rows(row)
        sheet.cell(row, 2).value = "ask the navy"
        sheet.insert_cols(2)
        book.create_sheet("Notes").append(["call the ministry"])

    report = report_of(FULL)
    read = read_bytes(edited(write_workbook(SAMPLER, "2021", "AAA", report=report), change))
    assert dump_report(read.report, SAMPLER) == dump_report(report, SAMPLER)
    assert any("not part of the form" in note.what for note in read.notes)


def test_what_stands_in_a_row_without_a_code_is_told_not_lost_in_silence() -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet, row, column = place_of(book, "staff|service=navy")
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet.insert_rows(row)
        sheet.cell(row, column).value = 77

    read = read_bytes(edited(write_workbook(SAMPLER, "2021", "AAA"), change))
    assert [note.what for note in read.notes if "77" in note.what] == [
        "“77” stands in a row without a code; it was not taken in."
    ]


def test_a_row_inserted_among_repeating_rows_is_read_as_one_more() -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet, row, column = place_of(book, "courses|row 2")
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet.insert_rows(row)
        sheet.cell(row, column).value = "In between"

    read = read_bytes(edited(write_workbook(SAMPLER, "2021", "AAA", report=report_of(FULL)), change))
    assert [row["course"] for row in read.report.answers["courses"].rows] == ["A", "In between", "=SUM(A1)"]
    assert any("further row" in note.what for note in read.notes)


# --- numbers as people write them -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        (1234, 1234), (12.0, 12), ("1234", 1234), ("1 234", 1234), ("1\u00a0234", 1234), ("1\u202f234", 1234),
        ("1'234", 1234), ("1’234’567", 1234567), ("1,234,567", 1234567), ("1.234,5", Decimal("1234.5")),
        ("1,234.5", Decimal("1234.5")), ("40,7", Decimal("40.7")), ("0,125", Decimal("0.125")), ("-3", -3),
        ("−3", -3), (" 7 ", 7),
    ],
)  # fmt: skip
def test_a_number_with_one_reading_is_taken(typed: object, number: object) -> None:
    data = edited(write_workbook(SAMPLER, "2021", "AAA"), put("staff|service=army", typed))
    read = read_bytes(data)
    assert read.report.answers["staff"].cells["army", "women"].value == number
    assert len(read.notes) == (1 if isinstance(typed, str) else 0)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("1,234", "two readings: 1234 or 1.234"), ("1.234", "two readings: 1234 or 1.234"), ("1_000", "underscore"),
        ("nan", "not a number"), ("inf", "not a number"), ("1e400", "exponent"), ("１２", "full-width"),
        ("٣", "digits"), ("about 50", "text where a number"), ("1 23", "text where a number"), ("5 %", "percentage"),
        ("#REF!", "error #REF!"), ("=SUM(A1:A2)", "result is not stored"), (10.0**16, "too large"),
        (True, "yes or no where a number"), ("12/13", "text where a number"),
    ],
)  # fmt: skip
def test_a_number_that_is_none_or_has_two_readings_is_asked_with_its_cell(typed: object, words: str) -> None:
    data = edited(write_workbook(SAMPLER, "2021", "AAA"), put("staff|service=army", typed))
    with pytest.raises(Unreadable) as refused:
        read_bytes(data)
    (problem,) = refused.value.problems
    assert words in problem.what
    assert re.search(r"aaa\.xlsx, sheet “1 People”, cell [A-Z]+\d+", problem.where)
    assert problem.remedy


def test_all_problems_are_told_at_once() -> None:
    def change(book: openpyxl.Workbook) -> None:
        put("staff|service=army", "many")(book)
        put("staff|service=navy", "1,234", "2")(book)
        put("AAA/2021/law", "perhaps")(book)
        put("AAA/2021/adopted", "2020-13-40")(book)

    with pytest.raises(Unreadable) as refused:
        read_bytes(edited(write_workbook(SAMPLER, "2021", "AAA"), change))
    assert len(refused.value.problems) == 4
    assert "yes, no" in str(refused.value)


def test_a_percentage_is_read_as_it_is_shown() -> None:
    data = edited(write_workbook(SAMPLER, "2021", "AAA"), put("AAA/2021/leave_pay", 0.407, number_format="0.0%"))
    read = read_bytes(data)
    assert read.report.answers["leave_pay"].value == Decimal("40.7")
    assert "read as 40.7 per cent" in read.notes[0].what


def test_blank_is_blank_and_zero_is_zero() -> None:
    read = read_bytes(edited(write_workbook(SAMPLER, "2021", "AAA"), put("staff|service=army", 0)))
    assert {key: cell.value for key, cell in read.report.answers["staff"].cells.items()} == {("army", "women"): 0}


@pytest.mark.parametrize(("mark", "status"), [("nd", "no_data"), ("NA", "not_applicable"), ("withheld", "withheld")])
def test_a_short_mark_says_why_a_box_has_no_number(mark: str, status: str) -> None:
    read = read_bytes(edited(write_workbook(SAMPLER, "2021", "AAA"), put("staff|service=army", mark)))
    assert read.report.answers["staff"].cells["army", "women"].status == status


def test_words_of_another_language_and_codes_are_understood() -> None:
    def change(book: openpyxl.Workbook) -> None:
        put("AAA/2021/law", "oui")(book)
        put("AAA/2021/law_kind", "order")(book)

    read = read_bytes(edited(write_workbook(SAMPLER, "2021", "AAA"), change))
    assert read.report.answers["law"].value == "yes"
    assert read.report.answers["law_kind"].value == "order"


# --- another's, and edited templates --------------------------------------------------------------------------------


def _refused(data: bytes, **expected: str) -> str:
    with pytest.raises(Unreadable) as refused:
        read_bytes(data, **expected)
    assert all(problem.where and problem.remedy for problem in refused.value.problems)
    return str(refused.value)


def test_another_bodys_or_cycles_workbook_is_refused_by_name() -> None:
    data = write_workbook(SAMPLER, "2021", "AAA")
    assert "another cycle: 2021; expected was 2022" in _refused(data, expected_cycle="2022")
    assert "another body: AAA; expected was BBB" in _refused(data, expected_body="BBB")
    with pytest.raises(Unreadable, match="pack sampler, expected was toy"):
        read_bytes(data, TOY)


def test_a_sheet_from_another_workbook_is_refused() -> None:
    other = openpyxl.load_workbook(io.BytesIO(write_workbook(SAMPLER, "2021", "BBB")))

    def change(book: openpyxl.Workbook) -> None:
        sheet = book.worksheets[2]
        for row in other.worksheets[2].iter_rows():
            for cell in row:
                if not isinstance(cell, openpyxl.cell.cell.MergedCell):
                    sheet.cell(cell.row, cell.column).value = cell.value

    told = _refused(edited(write_workbook(SAMPLER, "2021", "AAA"), change))
    assert "BBB 2021" in told
    assert "AAA 2021" in told
    assert "different workbooks" in told


def test_rows_copied_from_another_workbook_are_refused_by_their_codes() -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet, row, _ = place_of(book, "AAA/2021/law")
        sheet.cell(row, 1).value = "BBB/2021/law"

    assert "BBB/2021/law belongs to the workbook of BBB 2021" in _refused(
        edited(write_workbook(SAMPLER, "2021", "AAA"), change)
    )


def test_an_edited_identity_is_refused() -> None:
    def change(book: openpyxl.Workbook) -> None:
        for sheet in book:
            for row in sheet.iter_rows(max_row=1):
                for cell in row:
                    if isinstance(cell.value, str) and "body=AAA" in cell.value:
                        cell.value = cell.value.replace("body=AAA", "body=BBB")

    assert "identity was changed" in _refused(edited(write_workbook(SAMPLER, "2021", "AAA"), change))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("staff|service=army", "codes were removed: staff|service=army"),
        ("AAA/2021/law", "its code AAA/2021/law was removed"),
        ("@columns", "@columns was removed"),
        ("staff|columns", "staff|columns"),
        ("measures|choice leave", "measures|choice leave"),
    ],
)
def test_a_removed_code_is_named(code: str, words: str) -> None:
    def change(book: openpyxl.Workbook) -> None:
        for sheet in book:
            for row in sheet.iter_rows(max_col=1):
                if row[0].value == code:
                    row[0].value = None
                    return

    assert words in _refused(edited(write_workbook(SAMPLER, "2021", "AAA"), change))


def test_a_removed_sheet_is_named() -> None:
    def change(book: openpyxl.Workbook) -> None:
        del book[book.sheetnames[1]]

    assert "section 1 (People) is missing" in _refused(edited(write_workbook(SAMPLER, "2021", "AAA"), change))


def test_an_unknown_question_or_code_is_named() -> None:
    def change(book: openpyxl.Workbook) -> None:
        sheet = book.worksheets[1]
        sheet.cell(sheet.max_row + 2, 1).value = "salary|reason@en"
        sheet.cell(sheet.max_row + 1, 1).value = "staff|service=space"

    told = _refused(edited(write_workbook(SAMPLER, "2021", "AAA"), change))
    assert "no question “salary”" in told
    assert "“staff|service=space” is not one of this question" in told


def test_a_code_that_stands_twice_with_different_content_is_refused() -> None:
    def change(book: openpyxl.Workbook) -> None:
        put("staff|service=army", 5)(book)
        sheet, _, column = place_of(book, "staff|service=army")
        sheet.cell(sheet.max_row + 2, 1).value = "staff|service=army"
        sheet.cell(sheet.max_row, column).value = 6

    assert "stands in two rows that differ" in _refused(edited(write_workbook(SAMPLER, "2021", "AAA"), change))


def test_a_status_that_denies_a_filled_box_is_refused() -> None:
    def change(book: openpyxl.Workbook) -> None:
        put("staff|service=army", 5)(book)
        put("AAA/2021/staff", "no data", "status")(book)

    assert "marked “no data”, yet" in _refused(edited(write_workbook(SAMPLER, "2021", "AAA"), change))


def test_a_body_that_was_not_asked_then_is_refused() -> None:
    assert "EEE" in str(read_bytes(write_workbook(SAMPLER, "2021", "EEE")).report.body)
    nobody = SAMPLER.model_copy(update={"memberships": []})
    with pytest.raises(Unreadable, match="'AAA' was not asked to report"):
        read_bytes(write_workbook(nobody, "2021", "AAA"), nobody)


# --- many files -----------------------------------------------------------------------------------------------------


def test_many_files_are_read_in_order_and_one_bad_one_does_not_stop_the_others(tmp_path: Path) -> None:
    import json

    for body in ("ALF", "BRA", "CHA"):
        (tmp_path / f"{body}.json").write_text(json.dumps(toy_report(body, 3, 9)))
    (tmp_path / "bad.json").write_text("{")
    paths = [tmp_path / name for name in ("BRA.json", "bad.json", "ALF.json", "CHA.json")]
    for jobs in (1, 3):
        read = read_reports(paths, TOY, jobs=jobs)
        assert [getattr(one, "exit_code", None) or one.report.body for one in read] == ["BRA", 2, "ALF", "CHA"]


def test_two_reports_for_one_body_are_refused_with_both_files(tmp_path: Path) -> None:
    import json

    for name in ("first", "second"):
        (tmp_path / f"{name}.json").write_text(json.dumps(toy_report("ALF", 3, 9)))
    reports = [one.report for one in read_reports(sorted(tmp_path.iterdir()), TOY)]
    with pytest.raises(Unreadable) as refused:
        refuse_duplicates(reports)
    assert "first.json" in str(refused.value)
    assert "second.json" in str(refused.value)


# --- a tighter disclosure class -------------------------------------------------------------------------------------


def tightened() -> tuple[Pack, Report]:
    """The toy with a class that is tighter than the crew's, which Alfport chooses."""
    pack = toy()
    more = [DisclosureClass(code="sensitive", label={"en": "sensitive matters"}, threshold=20)]
    header = pack.header.model_copy(update={"disclosure_classes": [*pack.header.disclosure_classes, *more]})
    pack = pack.model_copy(update={"header": header})
    data = toy_report("ALF", 12, 500)
    data["answers"]["crew"]["disclosure"] = "sensitive"
    return pack, parse_report(data, pack)


def test_a_tighter_class_comes_back_and_a_milder_one_is_not_offered() -> None:
    pack, report = tightened()
    data = encode_report(report, pack, "xlsx", lang="en")
    assert read_bytes(data, pack).report.answers == report.answers
    sheet, row, column = place_of(openpyxl.load_workbook(io.BytesIO(data)), "ALF/2022/crew", "disclosure")
    assert sheet.cell(row, column).value == "sensitive matters"
    offered = [v for v in sheet.data_validations.dataValidation if f"{sheet.cell(row, column).coordinate}" in v.sqref]
    assert len(offered) == 1


def test_a_workbook_of_before_there_was_the_choice_is_read() -> None:
    pack, report = tightened()

    def older(book: openpyxl.Workbook) -> None:
        for sheet in book.worksheets:
            for line in sheet.iter_rows():
                for cell in line:
                    if cell.value in ("disclosure", "sensitive matters") and sheet.sheet_state == "visible":
                        cell.value = None

    read = read_bytes(edited(encode_report(report, pack, "xlsx", lang="en"), older), pack).report
    assert read.answers["crew"].disclosure is None
    assert read.answers["crew"].cells == report.answers["crew"].cells

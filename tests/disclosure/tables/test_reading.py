"""What is wrong with a table or its specification is told with place and remedy, all of it at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from disclosure.tables.making import sheet, spec
from eirene.disclosure.tables import inconsistencies, read_sheet, read_spec, read_table, reading
from eirene.disclosure.tables.spec import schema
from eirene.errors import EireneError, Unreadable

GOOD = [("a", "x", 1), ("a", "y", 20), ("a", "_T", 21), ("b", "x", 30), ("b", "y", 40), ("b", "_T", 70),
        ("_T", "x", 31), ("_T", "y", 60), ("_T", "_T", 91)]  # fmt: skip


def told(rows: list[tuple[object, ...]], columns: tuple[str, ...] = ("row", "col", "n"), **more: object) -> str:
    with pytest.raises(EireneError) as caught:
        read_table(sheet(columns, rows), spec(("row", "col"), **more))
    return str(caught.value)


def changed(place: int, value: object) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = list(GOOD)
    rows[place] = (*rows[place][:2], value)
    return rows


def test_sums_that_do_not_add_up_are_told_with_cells_and_sums() -> None:
    text = told(changed(2, 25))
    assert "table.csv:4: row a, col _T is 25, but its parts are 1 + 20 = 21 (lines 2, 3)." in text
    assert "table.csv:10: row _T, col _T is 91, but its parts are 25 + 70 = 95 (lines 4, 7)." in text


def test_sums_far_beyond_floating_point_are_checked_to_the_last_unit() -> None:
    rows = [
        ("a", "x", 2**80),
        ("a", "y", 1),
        ("a", "_T", 2**80),
        ("_T", "x", 2**80),
        ("_T", "y", 1),
        ("_T", "_T", 2**80),
    ]
    assert f"is {2**80}, but its parts are {2**80} + 1 = {2**80 + 1}" in told(rows)


def test_decimals_are_exact() -> None:
    rows = [
        ("a", "x", "0.1"),
        ("a", "y", "0.2"),
        ("a", "_T", "0.3"),
        ("_T", "x", "0.10"),
        ("_T", "y", "0.2"),
        ("_T", "_T", "0.3"),
    ]
    table = read_table(sheet(("row", "col", "n"), rows), spec(("row", "col")))
    assert not inconsistencies(table)
    assert table.decimals == 2


def test_a_negative_count_is_refused_unless_allowed() -> None:
    assert "table.csv:3: n -20 is negative." in told(changed(1, -20))
    rows = [("a", "x", 1), ("a", "y", -2), ("a", "_T", -1), ("_T", "x", 1), ("_T", "y", -2), ("_T", "_T", -1)]
    assert read_table(sheet(("row", "col", "n"), rows), spec(("row", "col"), negative="allowed"))


def test_rows_given_twice_are_told_with_both_lines() -> None:
    assert "table.csv:11: The cell a, x stands in line 2 already." in told([*GOOD, ("a", "x", 1)])


def test_a_cell_without_a_value_is_not_zero() -> None:
    text = told(changed(0, ""))
    assert "table.csv:2: The cell has no value in 'n'. Missing is not zero." in text
    assert "let missing be allowed" in text


def test_a_cell_may_be_missing_where_the_specification_says_so() -> None:
    table = read_table(sheet(("row", "col", "n"), changed(0, "")), spec(("row", "col"), missing="allowed"))
    assert table.values[0] is None


def test_sums_without_a_row_are_told_and_made_only_where_that_is_said() -> None:
    assert "There is no row for row a, col _T, a sum over col. Let totals be made" in told([*GOOD[:2], *GOOD[3:]])
    table = read_table(sheet(("row", "col", "n"), [*GOOD[:2], *GOOD[3:5]]), spec(("row", "col"), totals="made"))
    assert table.values[table.number["_T", "_T"]] == 91


def test_a_cell_without_a_row_is_told() -> None:
    assert "There is no row for row b, col x. Write it, with 0 if nobody is there." in told([*GOOD[:3], *GOOD[4:]])


def test_a_total_that_no_row_has_is_told() -> None:
    text = told([row for row in GOOD if row[1] != "_T"])
    assert "col: no row has the code of the total, '_T'." in text


def test_columns_that_are_not_there_are_told_with_those_that_are() -> None:
    text = told([("a", "x", 1)], ("row", "sex", "n"))
    assert "table.csv:1: There is no column 'col'. There are: row, sex, n." in text


@pytest.mark.parametrize("value", ["1,000", "twelve", "1e5", "NaN", "∞", "=1+1"])
def test_what_is_no_number_is_told(value: str) -> None:
    assert f"table.csv:2: n {value!r} is no number." in told(changed(0, value))


def test_many_mistakes_of_a_kind_are_counted() -> None:
    rows: list[tuple[object, ...]] = [*((f"r{n}", "x", "?") for n in range(100)), ("_T", "_T", 0)]
    assert "and 80 more of the kind" in told(rows)


def test_hierarchies_are_checked_group_by_group() -> None:
    dimensions = [{"column": "rank", "total": "_T", "parents": {"OF6": "OF", "OF5": "OF"}}]
    rows = [("OF6", 1), ("OF5", 2), ("OF", 3), ("OR", 10), ("_T", 13)]
    loaded = spec((), dimensions=dimensions)
    assert len(read_table(sheet(("rank", "n"), rows), loaded).equations) == 2
    rows[2] = ("OF", 4)
    with pytest.raises(EireneError, match="rank OF is 4, but its parts are 1 \\+ 2 = 3"):
        read_table(sheet(("rank", "n"), rows), loaded)


def test_contributions_larger_than_the_value_are_told() -> None:
    rows = [("a", "x", 10, 12, 1), ("a", "_T", 10, 5, 1), ("_T", "x", 10, 5, 1), ("_T", "_T", 10, 1, 5)]
    text = told(rows, ("row", "col", "n", "l1", "l2"), largest=["l1", "l2"], dominance={"p_percent": 10})
    assert "more than the value 10" in text
    assert "not in falling order" in text


# --- files ----------------------------------------------------------------------------------------------------------


def written(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "table.csv"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty"),
        (b"row,col,n\na,\xff\xfe,1\n", "table.csv:2: is not UTF-8"),
        (b"row,row,n\na,b,1\n", "'row' stands twice"),
        (b"row,col,n\na,b\n", "table.csv:2: has 2 fields, the first line 3"),
        (b'row,col,n\na,"b"c,1\n', "is not valid CSV"),
        (b"row,col,n\n" + b"a,b,1\n" * 12, "more than 10 rows"),
        (b"row,col,n\n" + b"a,b," + b"1" * 2000 + b"\n", "larger than 1,000 bytes"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, words: str) -> None:
    monkeypatch.setattr(reading, "MAX_CELLS", 10)
    monkeypatch.setattr(reading, "MAX_BYTES", 1000)
    with pytest.raises(Unreadable) as caught:
        read_sheet(written(tmp_path, data))
    assert words in str(caught.value)


def test_a_table_of_a_spreadsheet_begins_with_a_mark_and_is_read(tmp_path: Path) -> None:
    assert read_sheet(written(tmp_path, b"\xef\xbb\xbfrow,n\r\na,1\r\n")).columns == ("row", "n")


# --- the specification ----------------------------------------------------------------------------------------------


def wrong(tmp_path: Path, text: str) -> str:
    path = tmp_path / "spec.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EireneError) as caught:
        read_spec(path)
    return str(caught.value)


HEAD = "value: n\ndimensions:\n  - {column: row, total: _T}\n"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("threshold: -1\n", "spec.yaml:4: threshold '-1' is not valid: Input should be greater than or equal to 0"),
        ("treshold: 3\n", "spec.yaml:4: 'treshold' is not known here. Did you mean 'threshold'?"),
        ("", "nothing says what is small: give class, threshold or dominance."),
        ("class: x\nthreshold: 3\n", "name the pack"),
        ("class: nosuch\npack: concordia\n", "spec.yaml:4: The pack 'concordia' has no disclosure class 'nosuch'."),
        ("threshold: 3\nmethod: band\n", "the method band needs bands"),
        ("threshold: 3\nbands: ['5-1']\n", "must begin after the one before it ends"),
        ("threshold: 3\nbands: [small]\n", "'small' is no band; write it as 1-9"),
        ("threshold: 3\nmethod: round\n", "needs rounding"),
        ("threshold: 3\nkeep: [{sex: _T}]\n", "'sex' is no dimension. Dimensions: row."),
        ("threshold: 3\nattackers: [{own: nation}]\n", "'nation' is no dimension"),
        ("threshold: 3\nattackers: [{}]\n", "give the column of either own or largest"),
        ("threshold: 3\nearlier: [old.csv]\n", "The earlier table 'old.csv' is not there."),
        ("threshold: 3\ndominance: {n: 1}\n", "needs both n and k"),
        ("threshold: 3\ndominance: {p_percent: 10}\n", "dominance needs 2 columns in largest"),
        ("threshold: 3\nunits: n\n", "The column 'n' is named twice."),
        ("threshold: 3\nprotection: {width: 0}\n", "greater than 0"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_specification_is_told_with_its_line(tmp_path: Path, more: str, words: str) -> None:
    assert words in wrong(tmp_path, HEAD + more)


def test_what_is_missing_from_the_specification_is_told(tmp_path: Path) -> None:
    text = wrong(tmp_path, "threshold: 3\n")
    assert "'value' is missing" in text
    assert "'dimensions' is missing" in text


def test_a_circle_of_parents_is_told(tmp_path: Path) -> None:
    text = "value: n\ndimensions:\n  - column: row\n    total: _T\n    parents: {a: b, b: a}\nthreshold: 3\n"
    assert "spec.yaml:3: row: codes are parts of each other: a → b → a." in wrong(tmp_path, text)


def test_parents_come_from_a_code_list(tmp_path: Path) -> None:
    (tmp_path / "ranks.csv").write_text("code,parent,label\nOF6,OF,General\nOF,,Officers\n", encoding="utf-8")
    path = tmp_path / "spec.yaml"
    path.write_text("value: n\ndimensions:\n  - {column: rank, total: _T, code_list: ranks.csv}\nthreshold: 3\n")
    assert read_spec(path).parents == {"rank": {"OF6": "OF"}}


def test_the_threshold_of_a_class_of_a_pack_is_taken(tmp_path: Path) -> None:
    from eirene.framework import load

    one = next(c for c in load("nato").header.disclosure_classes if c.threshold)
    path = tmp_path / "spec.yaml"
    path.write_text(HEAD + f"pack: nato\nclass: {one.code}\n")
    assert read_spec(path).threshold == one.threshold


def test_the_schema_of_the_specification_is_json_schema() -> None:
    found = json.loads(schema())
    assert found["$schema"].endswith("2020-12/schema")
    assert {"value", "dimensions", "class"} <= set(found["properties"])

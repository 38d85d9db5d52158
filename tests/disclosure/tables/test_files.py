"""From TABLE.csv to OUT.csv by command: what is hidden is nowhere in it, and nothing is written that is not safe."""

from __future__ import annotations

import csv
import io
import itertools
from pathlib import Path

import pytest

from eirene.cli import run

SPEC = """
value: persons
dimensions:
  - {column: region, total: _T}
  - {column: sex, total: _T}
threshold: 3
"""
INNER = {("N", "F"): 2, ("N", "M"): 31, ("S", "F"): 17, ("S", "M"): 43, ("E", "F"): 13, ("E", "M"): 29}


def table(inner: dict[tuple[str, str], int] = INNER, extra: str = "") -> str:
    sums: dict[tuple[str, str], int] = {}
    for (region, sex), count in inner.items():
        for key in itertools.product((region, "_T"), (sex, "_T")):
            sums[key] = sums.get(key, 0) + count
    head = "note,region,sex,persons,percent" + (",extra" if extra else "")
    rows = [f"{r}{s} note,{r},{s},{n},{n / 2}%" + (f",{extra}" if extra else "") for (r, s), n in sums.items()]
    return "\n".join([head, *rows]) + "\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "table.csv").write_text(table(), encoding="utf-8")
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    return tmp_path


def protect(place: Path, *more: str, out: str = "out.csv", source: str = "table.csv") -> int:
    words = ["disclosure", "protect", str(place / source), "--spec", str(place / "spec.yaml"), "-o", str(place / out)]
    return run([*words, *more])


def rows(place: Path, name: str = "out.csv") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((place / name).read_text(encoding="utf-8"))))


def test_what_is_hidden_reads_c_with_a_reason_and_all_columns_stay(place: Path) -> None:
    assert protect(place) == 0
    found = rows(place)
    assert list(found[0]) == ["note", "region", "sex", "persons", "percent", "status", "reason"]
    assert [row["note"] for row in found] == [line.split(",")[0] for line in table().splitlines()[1:]]
    hidden = [row for row in found if row["status"] == "c"]
    assert len(hidden) == 4
    assert {row["persons"] for row in hidden} == {"c"}
    assert {row["reason"] for row in found if row["status"] == ""} == {""}
    assert all(row["persons"] not in ("", "0") for row in found)


def test_a_hidden_value_is_nowhere_in_the_file_not_even_as_a_share(place: Path) -> None:
    assert protect(place) == 0
    for row in rows(place):
        if row["status"] == "c":
            value = INNER[row["region"], row["sex"]]
            assert str(value) not in row.values()
            assert row["percent"] == "c"


def test_nothing_tells_which_of_the_hidden_cells_is_the_small_one(place: Path) -> None:
    assert protect(place) == 0
    assert len({row["reason"] for row in rows(place) if row["status"] == "c"}) == 1


def test_the_same_files_give_the_same_bytes(place: Path) -> None:
    protect(place)
    protect(place, out="again.csv")
    assert (place / "out.csv").read_bytes() == (place / "again.csv").read_bytes()


def test_what_was_done_is_told_in_english_and_french(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    protect(place)
    english = capsys.readouterr().out
    assert "Cells hidden: 4 of 12 (33.3 %): 1 confidential, 3 for their sake." in english
    assert "Audit: 0 hidden cells can be worked out." in english
    protect(place, "--lang", "fr")
    french = capsys.readouterr().out
    assert "Cases masquées : 4 sur 12 (33,3 %), dont 1 confidentielles et 3 pour les protéger." in french
    assert "Confidentiel (moins de 3)" in (place / "out.csv").read_text(encoding="utf-8")


def test_nothing_is_written_where_something_stays_exposed(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "table.csv").write_text(table({**INNER, ("N", "M"): 0}), encoding="utf-8")
    (place / "spec.yaml").write_text(SPEC + "keep: [{sex: _T}]\n", encoding="utf-8")
    assert protect(place) == 1
    assert not (place / "out.csv").exists()
    error = capsys.readouterr().err
    assert "table.csv:2: region N, sex F can be worked out" in error
    assert "stands alone" in error


def test_a_spreadsheet_finds_no_formula(place: Path) -> None:
    (place / "table.csv").write_text(table(extra="=1+1"), encoding="utf-8")
    protect(place)
    assert {row["extra"] for row in rows(place)} == {"'=1+1"}
    (place / "out.csv").rename(place / "once.csv")
    text = (place / "once.csv").read_text(encoding="utf-8")
    assert "''=" not in text


def test_a_column_named_as_ours_is_refused(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "table.csv").write_text(table().replace("percent", "status"), encoding="utf-8")
    assert protect(place) == 1
    assert "table.csv:1: The table has a column 'status' already." in capsys.readouterr().err


def test_a_file_that_is_not_there_is_told(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert protect(place, source="nosuch.csv") == 2
    assert "nosuch.csv" in capsys.readouterr().err


def test_joined_codes_stand_once_without_the_texts_of_one_of_them(place: Path) -> None:
    (place / "spec.yaml").write_text(
        SPEC + "join: [{dimension: region, codes: [N, S], into: N+S, when: always}]\n", encoding="utf-8"
    )
    assert protect(place) == 0
    found = {(row["region"], row["sex"]): row for row in rows(place)}
    assert found["N+S", "F"]["persons"] == "19"
    assert found["N+S", "F"]["note"] == ""
    assert ("N", "F") not in found


def test_contributors_are_shown_of_no_cell(place: Path) -> None:
    lines = table().splitlines()
    text = "\n".join([lines[0] + ",first,second", *(f"{line},1,0" for line in lines[1:])])
    (place / "table.csv").write_text(text, encoding="utf-8")
    (place / "spec.yaml").write_text(SPEC + "largest: [first, second]\n", encoding="utf-8")
    assert protect(place) == 0
    assert {row["first"] for row in rows(place)} == {"c"}


# --- versions -------------------------------------------------------------------------------------------------------


def hidden(place: Path, name: str) -> set[tuple[str, str]]:
    return {(row["region"], row["sex"]) for row in rows(place, name) if row["status"]}


def test_the_pattern_of_an_earlier_version_is_carried_forward(place: Path) -> None:
    """Corrected, the smallest other row is another one: a pattern of its own would give the first one away."""
    assert protect(place, out="first.csv") == 0
    corrected = {**INNER, ("S", "F"): 4, ("S", "M"): 5}
    (place / "table.csv").write_text(table(corrected), encoding="utf-8")
    assert protect(place, out="alone.csv") == 0
    assert hidden(place, "alone.csv") != hidden(place, "first.csv")
    (place / "spec.yaml").write_text(SPEC + "earlier: [first.csv]\n", encoding="utf-8")
    assert protect(place, out="second.csv") == 0
    assert hidden(place, "first.csv") <= hidden(place, "second.csv")


def test_what_was_published_before_cannot_be_taken_back(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "old.csv").write_text(table(), encoding="utf-8")
    (place / "spec.yaml").write_text(SPEC + "earlier: [old.csv]\n", encoding="utf-8")
    assert protect(place) == 1
    assert "It was published before" in capsys.readouterr().err


def test_a_count_that_became_small_is_protected_although_larger_ones_were_shown(place: Path) -> None:
    """What was shown then with another value says nothing of now; what was shown unchanged hides nothing now."""
    (place / "old.csv").write_text(table({**INNER, ("N", "F"): 5, ("N", "M"): 33, ("S", "F"): 18}), encoding="utf-8")
    (place / "spec.yaml").write_text(SPEC + "earlier: [old.csv]\n", encoding="utf-8")
    assert protect(place) == 0
    gone = hidden(place, "out.csv")
    assert ("N", "F") in gone
    assert not gone & {("S", "M"), ("E", "F"), ("E", "M"), ("E", "_T")}

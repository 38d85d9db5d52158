"""One signed file each way: whole and ours, or refused; workbooks of several offices joined, clashes listed."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from cast import toy, toy_report
from eirene.cli import run
from eirene.errors import Blocked, Unreadable, UsageError, VerificationFailed
from eirene.formats import write_workbook
from eirene.formats.package import (
    Contents,
    close_package,
    fingerprint,
    issue_package,
    open_package,
    public_key,
    read_package,
    read_return,
)
from eirene.questionnaires import parse_report, parts_of
from typed import typed

SEED, OWN = bytes(range(32)), bytes(range(1, 33))
TOKEN = "A1B2C3"


def contents(**changed: Any) -> Contents:
    pack = toy()
    report = parse_report(toy_report("ALF", 12, 30), pack)
    book = write_workbook(pack, "2022", "ALF", report=report, reference=TOKEN)
    whole = {
        "pack": pack, "cycle": "2022", "body": "ALF", "token": TOKEN, "lang": "en",
        "issued": dt.datetime(2023, 1, 9, 8, tzinfo=dt.UTC), "expires": dt.datetime(2023, 5, 9, 8, tzinfo=dt.UTC),
        "parts": {id: {p: v for p, v in held.items() if p != "status"} for id, held in parts_of(report, pack).items()},
        "workbooks": {"ALF-2022.xlsx": book}, "sections": ["s1"],
        "previous": parse_report(toy_report("ALF", 10, 31, cycle="2021"), pack) if "2021" in pack.cycles else None,
    }  # fmt: skip
    return Contents(**{**whole, **changed})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "package.zip"
    path.write_bytes(issue_package(contents(), SEED, OWN))
    return path


@pytest.fixture
def folder(file: Path, tmp_path: Path) -> Path:
    open_package(read_package(file), tmp_path / "opened")
    return tmp_path / "opened"


def fill(path: Path, boxes: Mapping[str, Mapping[str, Any]], to: Path | None = None) -> Path:
    target = to or path
    target.write_bytes(typed(path.read_bytes(), boxes))
    return target


def remade(file: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """The archive with something changed in it."""
    with zipfile.ZipFile(file) as source:
        held = {name: source.read(name) for name in source.namelist()}
    change(held)
    with zipfile.ZipFile(file, "w") as target:
        for name, data in held.items():
            target.writestr(name, data)


def test_the_same_content_gives_the_same_bytes(file: Path) -> None:
    assert file.read_bytes() == issue_package(contents(), SEED, OWN)


def test_a_package_says_whose_it_is_and_by_which_key(file: Path) -> None:
    found = read_package(file, fingerprint(public_key(SEED)))
    assert (found.manifest["body"], found.manifest["cycle"], found.manifest["token"]) == ("ALF", "2022", TOKEN)
    assert found.expired(dt.date(2023, 5, 10))
    assert not found.expired(dt.date(2023, 5, 9))
    assert fingerprint(public_key(SEED)) in found.files["README.txt"].decode()
    assert "Établi" in found.files["LISEZ-MOI.txt"].decode()


def test_another_key_is_noticed(file: Path) -> None:
    with pytest.raises(VerificationFailed, match="another key"):
        read_package(file, fingerprint(public_key(OWN)))


@pytest.mark.parametrize(
    "change",
    [
        lambda held: held.update({"pack.json": held["pack.json"] + b" "}),
        lambda held: held.pop("handed-out.json"),
        lambda held: held.update({"extra.txt": b"hello"}),
        lambda held: held.update({"manifest.json": held["manifest.json"].replace(b'"ALF"', b'"BRA"')}),
        lambda held: held.update({"signature.json": b"{}"}),
        lambda held: held.update({"signature.json": b"["}),
        lambda held: held.update({"manifest.json": b"[1]"}),
    ],
)
def test_a_package_that_was_touched_is_refused(file: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    remade(file, change)
    with pytest.raises(VerificationFailed, match="ask for it again"):
        read_package(file)


def test_what_is_no_package_is_refused_by_what_it_is(file: Path, tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    book.write_bytes(write_workbook(toy(), "2022", "ALF"))
    with pytest.raises(Unreadable, match="not a package"):
        read_package(book)
    from eirene.formats import read_report

    with pytest.raises(Unreadable, match="package for a closed network"):
        read_report(file, toy())


def test_a_package_that_is_too_much_is_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("FORMAT", "eirene.package/1\n")
        target.writestr("big", bytes(50_000_000))
    with pytest.raises(Unreadable, match="100"):
        read_package(bomb)
    evil = tmp_path / "evil.zip"
    with zipfile.ZipFile(evil, "w") as target:
        target.writestr("FORMAT", "eirene.package/1\n")
        target.writestr("../../outside", "x")
    with pytest.raises(Unreadable):
        read_package(evil)
    assert not (tmp_path.parent / "outside").exists()


def test_it_is_laid_out_whole_and_over_nothing(file: Path, folder: Path) -> None:
    assert (folder / "workbooks" / "ALF-2022.xlsx").is_file()
    assert oct((folder / "return.key").stat().st_mode)[-3:] == "600"
    with pytest.raises(UsageError, match="not empty"):
        open_package(read_package(file), folder)


def test_untouched_goes_back_unchanged(folder: Path) -> None:
    closed = close_package(folder)
    assert closed.changed == 0
    assert closed.notes == ()
    assert closed.data == close_package(folder).data


def test_filled_in_it_goes_back_with_its_report_checks_and_evidence(folder: Path) -> None:
    fill(folder / "workbooks/ALF-2022.xlsx", {"crew|cells": {"1": 13, "2": 30, "3": 43},
                                              "charter|comment@en": {"1": "In preparation."}})  # fmt: skip
    (folder / "evidence" / "2").mkdir()
    (folder / "evidence" / "2" / "charter.pdf").write_bytes(b"%PDF-1.7 charter")
    closed = close_package(folder)
    assert closed.changed == 3
    files = unpacked(closed.data)
    came = read_return(files, public_key(OWN), "back.zip")
    assert came.parts["crew"]["cells.women"] == 13
    assert came.parts["charter"]["comment.en"] == "In preparation."
    assert came.evidence == (("charter", "charter.pdf", b"%PDF-1.7 charter"),)
    report = parse_report(json.loads(files["report.json"]), toy())
    assert parts_of(report, toy())["crew"]["cells.men"] == 30


def test_what_was_emptied_is_gone(folder: Path) -> None:
    fill(folder / "workbooks/ALF-2022.xlsx", {"crew|cells": {"1": None}})
    came = read_return(unpacked(close_package(folder).data), public_key(OWN), "back")
    assert "cells.women" not in came.parts["crew"]
    assert came.parts["crew"]["cells.men"] == 30


def test_several_offices_fill_in_copies_and_only_what_they_changed_counts(folder: Path) -> None:
    book = folder / "workbooks/ALF-2022.xlsx"
    fill(book, {"crew|cells": {"1": 13}}, folder / "workbooks/personnel.xlsx")
    fill(book, {"ALF/2022/charter": {"1": "no"}, "charter|comment@en": {"1": "x"}}, folder / "workbooks/legal.xlsx")
    closed = close_package(folder)
    assert closed.workbooks == ("ALF-2022.xlsx", "legal.xlsx", "personnel.xlsx")
    came = read_return(unpacked(closed.data), public_key(OWN), "back")
    assert (came.parts["crew"]["cells.women"], came.parts["charter"]["comment.en"]) == (13, "x")


def test_what_two_offices_answer_differently_is_listed_and_nothing_is_made(folder: Path) -> None:
    book = folder / "workbooks/ALF-2022.xlsx"
    fill(book, {"crew|cells": {"1": 13}}, folder / "workbooks/a.xlsx")
    fill(book, {"crew|cells": {"1": 14}}, folder / "workbooks/b.xlsx")
    with pytest.raises(Blocked) as told:
        close_package(folder)
    (problem,) = told.value.problems
    assert "13" in problem.what
    assert "14" in problem.what
    assert "a.xlsx" in problem.what
    # A reason from one office and an answer from another clash too.
    (folder / "workbooks/b.xlsx").unlink()
    blank = {"crew|cells": {"1": None, "2": None, "3": None}, "ALF/2022/crew": {"status": "no data"}}
    fill(book, blank, folder / "workbooks/c.xlsx")
    with pytest.raises(Blocked, match="no data"):
        close_package(folder)


def test_every_problem_of_every_workbook_is_told_at_once(folder: Path) -> None:
    book = folder / "workbooks/ALF-2022.xlsx"
    fill(book, {"crew|cells": {"1": "many"}}, folder / "workbooks/a.xlsx")
    fill(book, {"crew|cells": {"2": "some"}}, folder / "workbooks/b.xlsx")
    with pytest.raises(Unreadable) as told:
        close_package(folder)
    assert {"many", "some"} <= {word for p in told.value.problems for word in ("many", "some") if word in p.what}


def test_evidence_that_belongs_to_nothing_is_told(folder: Path) -> None:
    (folder / "evidence" / "a.pdf").write_bytes(b"x")
    with pytest.raises(Unreadable, match="which answer"):
        close_package(folder)


def test_a_workbook_from_elsewhere_clears_nothing(folder: Path) -> None:
    (folder / "workbooks/ALF-2022.xlsx").write_bytes(write_workbook(toy(), "2022", "ALF"))
    closed = close_package(folder)
    assert closed.changed == 0
    assert "did not come with the package" in closed.notes[0].what


@pytest.mark.parametrize("name", ["pack.json", "handed-out.json", "manifest.json"])
def test_what_the_package_brought_along_must_be_as_it_was(folder: Path, name: str) -> None:
    path = folder / name
    path.write_bytes(path.read_bytes().replace(b"ALF", b"ALX").replace(b"30", b"31"))
    with pytest.raises(VerificationFailed):
        close_package(folder)


def test_what_comes_back_is_refused_if_it_was_touched_or_is_anothers(folder: Path) -> None:
    data = close_package(folder).data
    with pytest.raises(VerificationFailed, match="another key"):
        read_return(unpacked(data), public_key(SEED), "back")
    files = unpacked(data)
    files["parts.json"] = files["parts.json"].replace(b"12", b"13")
    with pytest.raises(VerificationFailed, match=r"parts\.json"):
        read_return(files, public_key(OWN), "back")


def test_the_command_line_goes_all_the_way(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paper = fingerprint(public_key(SEED))
    assert run(["package", "verify", str(file), "--fingerprint", paper, "--on", "2023-02-01"]) == 0
    assert "whole" in capsys.readouterr().out
    assert run(["package", "verify", str(file), "--fingerprint", "00" * 32]) == 1
    assert "another key" in capsys.readouterr().err
    assert run(["package", "verify", str(file), "--on", "2024-01-01"]) == 0
    assert "too late" in capsys.readouterr().err
    assert run(["package", "open", str(file), "-o", str(tmp_path / "x")]) == 0
    fill(tmp_path / "x/workbooks/ALF-2022.xlsx", {"crew|cells": {"1": 13}})
    assert run(["package", "close", str(tmp_path / "x"), "-o", str(tmp_path / "back.zip")]) == 0
    assert "1 change from 1 workbook" in capsys.readouterr().out
    assert (tmp_path / "back.zip").is_file()
    assert run(["package", "verify", str(tmp_path / "back.zip")]) == 2
    assert run(["package", "close", str(tmp_path), "-o", str(tmp_path / "no.zip")]) == 64
    assert not (tmp_path / "no.zip").exists()


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        return {name: source.read(name) for name in source.namelist()}


def test_a_workbook_keeps_its_reference_and_reads_without_one() -> None:
    from eirene.formats.door import Door
    from eirene.formats.readers import read_outside

    for reference in ("", "A1-b2"):
        data = write_workbook(toy(), "2022", "ALF", reference=reference)
        assert data == write_workbook(toy(), "2022", "ALF", reference=reference)
        with Door() as door:
            assert read_outside(door.open_bytes(data, "x"), toy()).reference == reference
        assert (f"ref={reference};" in str(load_workbook(io.BytesIO(data)).worksheets[1]["A1"].value)) == bool(
            reference
        )
    with pytest.raises(UsageError):
        write_workbook(toy(), "2022", "ALF", reference="a;b")

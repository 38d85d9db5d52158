"""`eirene report check`: findings first, rules that wait for another file in a line each, the worst exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cast import PACKS, toy_report
from eirene.cli import run

TOY = str(PACKS / "toy")


def write(folder: Path, name: str, data: object) -> str:
    path = folder / name
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return str(path)


def test_a_sound_report_is_told_so_and_what_could_not_be_evaluated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, "a.json", toy_report("ALF", 10, 90))
    assert run(["report", "check", path, "--pack", TOY]) == 0
    said = capsys.readouterr().out
    assert "ALF 2022: nothing found." in said
    assert "not evaluated, the report of the previous cycle is needed: T-01" in said


def test_with_the_previous_report_a_jump_is_a_warning_with_its_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = write(tmp_path, "before.json", toy_report("ALF", 10, 90, cycle="2021"))
    now = write(tmp_path, "now.json", toy_report("ALF", 110, 390))
    assert run(["report", "check", now, "--previous", before, "--pack", TOY]) == 0
    said = capsys.readouterr().out
    assert "1 warning" in said
    assert "Correct it, or say why." in said


def test_the_worst_file_decides_the_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = write(tmp_path, "good.json", toy_report("ALF", 10, 90))
    blocked = write(tmp_path, "blocked.json", toy_report("BRA", -1, 90))
    broken = write(tmp_path, "broken.json", "{")
    assert run(["report", "check", good, blocked, "--pack", TOY]) == 1
    assert run(["report", "check", good, blocked, broken, "--pack", TOY]) == 2
    assert "could not be read" in capsys.readouterr().out


def test_findings_as_json_name_the_cell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = toy_report("ALF", 10, 90)
    data["answers"]["crew"]["cells"][2]["value"] = 40
    path = write(tmp_path, "a.json", data)
    assert run(["report", "check", path, "--pack", TOY, "--format", "json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert told["counts"]["error"] >= 1
    assert {f["place"]["question"] for f in told["findings"] if f["severity"] == "error"} == {"crew"}


def test_peers_are_as_many_files_as_the_shell_makes_of_a_star(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = write(tmp_path, "one.json", toy_report("ALF", 10, 90))
    peers = [write(tmp_path, f"{body}.json", toy_report(body, 20, 80)) for body in ("BRA", "CHA")]
    assert run(["report", "check", one, "--peers", *peers, "--pack", TOY]) == 0
    said = capsys.readouterr().out
    assert "ALF 2022" in said
    assert "BRA 2022" not in said


def test_a_previous_report_belongs_to_the_file_of_its_body(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = write(tmp_path, "before.json", toy_report("ALF", 10, 90, cycle="2021"))
    files = [write(tmp_path, f"{body}.json", toy_report(body, 20, 80)) for body in ("ALF", "BRA")]
    assert run(["report", "check", *files, "--previous", before, "--pack", TOY]) == 0
    assert run(["report", "check", files[1], "--previous", before, "--pack", TOY]) == 64
    assert "The previous report is of ALF" in capsys.readouterr().err

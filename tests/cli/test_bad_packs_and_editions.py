"""Mistakes in packs and editions are told by the commands that meet them, with place and remedy, and exit code 1."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cast import PACKS, spoil
from eirene.cli import run


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACKS / "toy", tmp_path / "toy"))


GAPS = """  - {id: gap_a, family: gap, label: A, unit: points, left: gap_b, right: women_on_board}
  - {id: gap_b, family: gap, label: B, unit: points, left: gap_a, right: women_on_board}
"""


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "summary.yaml",
            "statement: charter_share",
            "statement: charter_sharing",
            "toy/summary.yaml:8: there is no figure",
        ),
        (
            "summary.yaml",
            "The Compact asks two questions.",
            "The Compact asks 2 questions.",
            "toy/summary.yaml:7: the bare number '2'",
        ),
        ("indicators/all.yaml", "denominator: crew\n", "denominator: crw\n", "toy/indicators/all.yaml:7"),
        ("indicators/all.yaml", "crew[sex=women]", "crew[sex=womn]", "womn"),
        ("indicators/all.yaml", "indicators:\n", f"indicators:\n{GAPS}", "gap_a"),
        ("rules.yaml", "value: crew", "value: crew +", "toy/rules.yaml:5"),
        ("questions/all.yaml", "body.has_crew == yes", "body.has_crw == yes", "has_crw"),
        ("questions/all.yaml", "- id: charter", "- id: crew", "given twice"),
    ],
)
def test_a_wrong_pack_is_told(
    copy: Path, capsys: pytest.CaptureFixture[str], file: str, old: str, new: str, said: str
) -> None:
    spoil(copy / file, old, new)
    assert run(["pack", "check", str(copy)]) == 1
    told = capsys.readouterr().err
    assert said in told or said.lower() in told.lower()
    assert "Traceback" not in told


def test_a_sound_pack_is_told_to_be_valid(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["pack", "check", str(PACKS / "sampler")]) == 0
    assert "valid" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["nato", "concordia"])
def test_the_packs_that_ship_are_valid(name: str) -> None:
    assert run(["pack", "check", name]) == 0


@pytest.mark.parametrize(
    "line",
    [
        "pack check nowhere",
        "pack rules --pack nato --cycle 1999",
        "workbook create --pack nato --cycle 2016 --body ZZZ -o x.xlsx",
        "workbook create --pack nato --cycle 2016 --body SWE --lang xx -o /nonexistent/x.xlsx",
        "report convert nothing.xlsx out.json",
        "report check nothing.json",
        "release verify nothing",
        "release diff nothing nothing",
        "figure show nothing women_share",
        "demo reports --pack nato --cycle 2016 -o x",
        "frobnicate",
        "",
    ],
)
def test_wrong_words_end_with_a_message_and_never_with_a_traceback(
    line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    code = run(line.split())
    told = capsys.readouterr()
    assert code in (1, 2, 64)
    assert told.err.strip() or told.out.strip()
    assert "Traceback" not in told.err
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_closes_early_is_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["pack", "rules", "--pack", "nato", "--cycle", "2016", "--lang", "fr"]) == 0
    assert "règle" in capsys.readouterr().out.lower()

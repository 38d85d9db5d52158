"""Another alliance, one language, two questions, three ports: from an empty folder to a verified release."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cast import PACKS, toy_report
from eirene.cli import run

TOY = str(PACKS / "toy")


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Three reports of the ports as JSON files; one port has a charter."""
    folder = tmp_path / "reports"
    folder.mkdir()
    for body, women, men, charter in (("ALF", 12, 88, "yes"), ("BRA", 30, 70, "no"), ("CHA", 5, 45, "no")):
        data = toy_report(body, women, men, charter, naming=True)
        (folder / f"{body}.json").write_text(json.dumps(data), encoding="utf-8")
    return folder


def build(reports: Path, out: Path, *more: str) -> int:
    paths = [str(p) for p in sorted(reports.glob("*.json"))]
    return run(["summary", "build", "--pack", TOY, "--cycle", "2022", *paths, "--quiet", "-o", str(out), *more])


def figures(release: Path) -> dict[str, dict[str, object]]:
    return {row["key"]: row for row in json.loads((release / "figures.json").read_text(encoding="utf-8"))}


def test_reports_become_a_release_that_verifies(
    reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "release"
    assert build(reports, out) == 0
    made = {p.name for p in out.iterdir()}
    assert {
        "manifest.json",
        "datapackage.json",
        "figures.json",
        "figures.csv",
        "figures.parquet",
        "answers.csv",
    } <= made
    assert {"edition.yaml", "summary.en.html", "summary.en.pdf", "summary.en.docx", "summary.xlsx", "charts"} <= made
    charter = figures(out)["charter_share.2022.ports.share_of_bodies"]
    assert (charter["value"], charter["numerator"], charter["denominator"]) == (33.3, 1, 3)
    capsys.readouterr()
    assert run(["release", "verify", str(out)]) == 0


def test_the_same_reports_give_the_same_bytes(reports: Path, tmp_path: Path) -> None:
    assert build(reports, tmp_path / "a") == build(reports, tmp_path / "b") == 0
    first = {p.relative_to(tmp_path / "a"): p.read_bytes() for p in (tmp_path / "a").rglob("*") if p.is_file()}
    again = {p.relative_to(tmp_path / "b"): p.read_bytes() for p in (tmp_path / "b").rglob("*") if p.is_file()}
    assert first == again


def test_a_release_is_never_overwritten(reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "release"
    assert build(reports, out) == 0
    before = (out / "manifest.json").read_bytes()
    assert build(reports, out) == 1
    assert "never overwritten" in capsys.readouterr().err
    assert (out / "manifest.json").read_bytes() == before


def test_two_reports_of_one_port_are_refused(reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (reports / "again.json").write_text((reports / "ALF.json").read_text(encoding="utf-8"), encoding="utf-8")
    assert build(reports, tmp_path / "release") == 1
    said = capsys.readouterr().err
    assert "second report of ALF" in said
    assert not (tmp_path / "release").exists()


def test_a_report_that_cannot_be_read_stops_the_build(
    reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (reports / "bad.json").write_text('{"format": "eirene.report/1"', encoding="utf-8")
    assert build(reports, tmp_path / "release") == 2
    assert "bad.json" in capsys.readouterr().err
    assert not (tmp_path / "release").exists()


def test_a_blocker_stops_the_build_and_says_where(
    reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = toy_report("ALF", -3, 88)
    (reports / "ALF.json").write_text(json.dumps(data), encoding="utf-8")
    assert build(reports, tmp_path / "release") == 1
    said = capsys.readouterr().err
    assert "ALF.json" in said
    assert "crew" in said


def test_an_edition_file_changes_texts_and_a_withdrawn_answer_recomputes(reports: Path, tmp_path: Path) -> None:
    edition = tmp_path / "edition.yaml"
    text = (PACKS / "toy" / "summary.yaml").read_text(encoding="utf-8")
    edition.write_text(
        "format: eirene.edition/1\nnumber: '1.1'\n" + text + "withholdings:\n  - {body: ALF, question: charter}\n",
        encoding="utf-8",
    )
    out = tmp_path / "release"
    assert build(reports, out, "--edition", str(edition)) == 0
    charter = figures(out)["charter_share.2022.ports.share_of_bodies"]
    assert (charter["numerator"], charter["denominator"]) == (0, 2)
    assert {m["reason"]: m["n"] for m in charter["missing"]} == {"withheld": 1}  # type: ignore[attr-defined]
    assert json.loads((out / "manifest.json").read_text(encoding="utf-8"))["edition"]["number"] == "1.1"


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("--text-that-is-no-option", 64, "No such option"),
        ("--audience nobody", 64, "no audience 'nobody'"),
        ("--as-of yesterday", 64, "'yesterday' is no date"),
        ("--formats pdf,odt", 64, "no format 'odt'"),
        ("--key-file /nonexistent", 64, "/nonexistent"),
    ],
)
def test_wrong_words_are_told(
    reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, code: int, said: str
) -> None:
    assert build(reports, tmp_path / "release", *line.split()) == code
    assert said in capsys.readouterr().err
    assert not (tmp_path / "release").exists()


def test_changed_answers_are_told_in_words(reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build(reports, tmp_path / "old") == 0
    data = toy_report("BRA", 30, 70, "yes", naming=True)
    (reports / "BRA.json").write_text(json.dumps(data), encoding="utf-8")
    assert build(reports, tmp_path / "new") == 0
    capsys.readouterr()
    assert run(["release", "diff", str(tmp_path / "old"), str(tmp_path / "new")]) == 1
    said = capsys.readouterr().out
    assert "1 of 3" in said
    assert "2 of 3" in said
    assert run(["release", "diff", str(tmp_path / "old"), str(tmp_path / "old")]) == 0


def test_a_figure_is_shown_with_its_trace(reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build(reports, tmp_path / "release") == 0
    capsys.readouterr()
    assert run(["figure", "show", str(tmp_path / "release"), "charter_share"]) == 0
    assert "charter_share.2022.ports.share_of_bodies" in capsys.readouterr().out
    assert run(["figure", "show", str(tmp_path / "release"), "nothing_of_the_kind"]) == 64


def test_several_releases_may_follow_history_and_reports_behind_them(reports: Path, tmp_path: Path) -> None:
    before = tmp_path / "before"
    before.mkdir()
    for body in ("ALF", "BRA"):
        (before / f"{body}.json").write_text(json.dumps(toy_report(body, 10, 90, cycle="2021", naming=True)))
    old = str(tmp_path / "2021")
    words = ["summary", "build", "--pack", TOY, "--quiet"]
    assert run([*words, "--cycle", "2021", str(before), "--audience", "secretariat", "-o", old]) == 0
    paths = [str(p) for p in sorted(reports.glob("*.json"))]
    assert run([*words, "--cycle", "2022", "--history", old, *paths, "-o", str(tmp_path / "2022")]) == 0
    kept = figures(tmp_path / "2022")
    assert kept["charter_share.2021.ports.share_of_bodies"]["denominator"] == 2
    assert kept["charter_share.2022.ports.share_of_bodies"]["change"]["gained"] == 1  # type: ignore[index]

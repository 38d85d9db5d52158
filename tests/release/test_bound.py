"""A number in the Summary that is bound to a figure is that figure's."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from cast import toy_report
from eirene.documents import model as d
from eirene.documents.serialise import to_json
from eirene.release.bound import numbers_in
from eirene.release.verify import verify
from release.making import make
from release.test_verify import seal

SHARE, POOLED = "charter_share.2022.ports.share_of_bodies", "women_on_board.2022.ports.pooled"


def document(*runs: d.Run, cell: d.Cell | None = None, n_of_N: str = "2 of 3") -> bytes:
    statement = d.Statement(SHARE, "67", "%", (d.Run("have a charter"),), n_of_N)
    table = d.Table("t", "T", ((d.Cell("a"),),), ((cell or d.Cell("21.4", POOLED, number="21.4"),),))
    section = d.Section("one", "One", blocks=(statement, d.Paragraph(runs), table))
    made = d.Document(
        lang="en", title="T", subtitle="", kicker="", marking="", notice="", fictional=True, date="2023-05-01",
        facts=(), sections=(section,), words={},
    )  # fmt: skip
    return to_json(made)


def told(tmp_path: Path, content: bytes) -> tuple[str, ...]:
    given = [toy_report("ALF", 40, 160, "yes"), toy_report("BRA", 30, 70), toy_report("CHA", 5, 45, "yes")]
    release = make(tmp_path / "r", given, audience="secretariat", **{"document.en.json": content})
    return verify(release.folder).disagreements


def test_what_a_figure_says_may_be_printed(tmp_path: Path) -> None:
    runs = [d.Run(t, figure=SHARE) for t in ("67\u00a0%", "2 of 3", "2", "3", "66.7", "0 did not report")]
    runs += [d.Run(t, figure=POOLED) for t in ("21.4\u00a0%", "75 of 350", "275", "21")]
    assert told(tmp_path, document(*runs)) == ()


@pytest.mark.parametrize("text", ["68\u00a0%", "4 of 3", "76", "41 %"])
def test_another_number_is_told(tmp_path: Path, text: str) -> None:
    assert any(f"{text!r} is bound to {SHARE}" in t for t in told(tmp_path, document(d.Run(text, figure=SHARE))))


def test_a_figure_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert any("no figure of this release" in t for t in told(tmp_path, document(d.Run("1", figure="nothing.at.all"))))


def test_the_exact_number_behind_a_cell_is_checked_too(tmp_path: Path) -> None:
    cell = d.Cell("21.4", POOLED, number="21.5")
    assert any("21.5 is bound to" in t for t in told(tmp_path, document(cell=cell)))


def test_n_and_N_belong_together(tmp_path: Path) -> None:
    assert any("which is 2 of 3" in t for t in told(tmp_path, document(n_of_N="1 of 3")))


def test_a_document_forged_together_with_its_hash_is_told(tmp_path: Path) -> None:
    given = [toy_report("ALF", 40, 160, "yes"), toy_report("BRA", 30, 70), toy_report("CHA", 5, 45, "yes")]
    release = make(tmp_path / "r", given, audience="secretariat", **{"document.en.json": document()})
    path = release.folder / "document.en.json"
    text = path.read_text()
    assert json.loads(text)
    path.write_text(text.replace('"67"', '"76"'))
    seal(release, path.name)
    assert any("'76' is bound to" in t for t in verify(release.folder).disagreements)


@pytest.mark.parametrize(
    ("text", "lang", "numbers"),
    [
        ("12,345.6 of 27", "en", ["12345.6", "27"]),
        ("12\u202f345,6 sur 27", "fr", ["12345.6", "27"]),
        ("41\u00a0%", "fr", ["41"]),
        ("3, 4 and 5.", "en", ["3", "4", "5"]),
        ("2\u00a0% (1 of 3)", "en", ["2", "1", "3"]),
        ("none", "en", []),
    ],
)
def test_numbers_are_read_as_the_language_writes_them(text: str, lang: str, numbers: list[str]) -> None:
    assert numbers_in(text, lang) == [Decimal(n) for n in numbers]

"""What a nation did not release is nowhere in a release for others: no value, no word, no name, no hash to try."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path
from typing import Any

import pytest

from cast import toy, toy_report
from eirene.errors import UsageError
from eirene.questionnaires import parse_report, report_bytes
from eirene.release.prove import prove
from eirene.release.read import Release
from release.making import make, view_of

WORD, CODE, NUMBER = "Zyxomma", "BRA", 31_337
KEY = b"a key of the office, not for others"


def reports() -> list[dict[str, Any]]:
    """Bravmouth releases nothing; what it says is unlike anything else."""
    hidden = toy_report("BRA", NUMBER, 70_707, "no", releasability="secretariat", naming=True)
    for answer in hidden["answers"].values():
        answer |= {"comment": {"en": f"{WORD} said so"}, "justification": {"en": f"because of {WORD}"}}
    return [toy_report("ALF", 40, 160, "yes", naming=True), hidden, toy_report("CHA", 5, 45, "yes")]


def everything(release: Release) -> bytes:
    files = sorted(p for p in release.folder.rglob("*") if p.is_file())
    return b"\n".join(p.name.encode() + b"\n" + p.read_bytes() for p in files if p.name != "pack.json")


@pytest.mark.parametrize("key", [None, KEY])
def test_nothing_of_a_hidden_answer_leaves(tmp_path: Path, key: bytes | None) -> None:
    release = make(tmp_path / "r", reports(), audience="everyone", key=key)
    data = everything(release)
    for secret in (WORD, str(NUMBER), str(70_707), KEY.decode()):
        assert secret.encode() not in data
    assert b"BRA" not in data
    plain = hashlib.sha256(report_bytes(parse_report(reports()[1], toy()), toy())).hexdigest()
    assert plain.encode() not in data


def test_the_office_sees_it_all(tmp_path: Path) -> None:
    data = everything(make(tmp_path / "r", reports(), audience="secretariat"))
    for told in (WORD, CODE, str(NUMBER)):
        assert told.encode() in data


def test_hidden_answers_are_counted(tmp_path: Path) -> None:
    release = make(tmp_path / "r", reports(), audience="everyone")
    assert release.manifest["answers"]["hidden"] == 2
    rows = list(csv.DictReader(io.StringIO((release.folder / "answers.csv").read_text())))
    hidden = [(r["population"], r["question"], r["count"]) for r in rows if r["status"] == "hidden"]
    assert ("ports", "charter", "1") in hidden
    assert ("ports", "crew", "2") in hidden
    assert {r["body"] for r in rows} <= {"", "ALF"}


def test_the_office_can_prove_later_that_an_answer_was_counted(tmp_path: Path) -> None:
    release = make(tmp_path / "r", reports(), audience="everyone", key=KEY)
    own = parse_report(reports()[1], toy())
    assert prove(release.folder, KEY, own) == {"charter": "inside", "crew": "inside"}
    other = parse_report(toy_report("BRA", NUMBER + 1, 70_707, "no", releasability="secretariat", naming=True), toy())
    assert set(prove(release.folder, KEY, other).values()) == {"not inside"}
    assert set(prove(release.folder, b"some other key of this length", own).values()) == {"not inside"}


def test_a_release_without_proofs_says_so(tmp_path: Path) -> None:
    release = make(tmp_path / "r", reports(), audience="everyone")
    with pytest.raises(UsageError, match="built without a key"):
        prove(release.folder, KEY, parse_report(reports()[1], toy()))


def test_proofs_do_not_say_whose_they_are(tmp_path: Path) -> None:
    release = make(tmp_path / "r", reports(), audience="everyone", key=KEY)
    rows = [r for r in csv.DictReader(io.StringIO((release.folder / "answers.csv").read_text())) if r["proof"]]
    assert [r["proof"] for r in rows] == sorted(r["proof"] for r in rows)
    assert {(r["body"], r["population"], r["value"]) for r in rows} == {("", "", "")}


def test_the_same_inputs_give_the_same_files(tmp_path: Path) -> None:
    one = make(tmp_path / "a", reports(), audience="everyone", key=KEY)
    two = make(tmp_path / "elsewhere" / "b", reports()[::-1], audience="everyone", key=KEY)
    assert everything(one) == everything(two)


def test_the_view_itself_names_nobody_it_should_not() -> None:
    view = view_of(toy(), "2022", "everyone", reports())
    assert not any("BRA" in m.bodies for f in view.figures for m in f.missing)
    assert not any("BRA" in f.members for f in view.figures)
    assert view.answer("BRA", "charter") is None

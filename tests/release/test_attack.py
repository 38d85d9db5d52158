"""The audit of release folders, from outside and with the office's release at hand; across a correction."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cast import toy_report
from disclosure.test_audience import wide
from eirene.cli import cli
from eirene.disclosure import Source
from eirene.errors import UsageError
from eirene.framework.model import Edition, Withholding
from eirene.questionnaires import parse_report
from eirene.release import build_release
from eirene.release.attack import attack_folders
from eirene.release.told import read_sources
from eirene.summary import edition_of

PORTS = 8


def reports(named: str = "xxxxxx..") -> list[dict[str, Any]]:
    return [
        toy_report(f"P{i:02}", 20 + 7 * i, 100 + 31 * i, "yes" if i % 2 else "no", naming=mark == "x")
        for i, mark in enumerate(named, start=1)
    ]


def build(
    out: Path,
    audience: str,
    *,
    edition: Edition | None = None,
    beside: tuple[Source, ...] = (),
    named: str = "xxxxxx..",
) -> str:
    pack = wide(PORTS)
    parsed = [parse_report(data, pack) for data in reports(named)]
    build_release(pack, "2022", parsed, out=out, audience=audience, edition=edition, formats=(), beside=beside)
    return str(out)


def corrected() -> Edition:
    """P07, which is counted and not named, withholds its crew in release 1.1."""
    edition = edition_of(wide(PORTS), "2022", None)
    return edition.model_copy(update={"number": "1.1", "withholdings": [Withholding(body="P07", question="crew")]})


def test_a_protected_release_is_clean_in_every_eye(tmp_path: Path) -> None:
    public, office = build(tmp_path / "public", "everyone"), build(tmp_path / "office", "secretariat")
    assert attack_folders(public, [office]).clean
    assert attack_folders(public, [office]).exact
    outside = attack_folders(public)
    assert outside.clean
    assert not outside.exact
    assert any("attacked" in line for line in outside.lines)


def test_a_correction_would_tell_what_was_withheld(tmp_path: Path) -> None:
    """The sums before less the sums after are its own; built without the first release at hand, the second tells it."""
    office = build(tmp_path / "office", "secretariat")
    first = build(tmp_path / "first", "everyone")
    careless = build(tmp_path / "careless", "everyone", edition=corrected())
    office_after = build(tmp_path / "office-after", "secretariat", edition=corrected())
    found = attack_folders(careless, [first, office, office_after])
    assert not found.clean
    assert any("P07" in line for line in found.lines)
    outside = attack_folders(careless, [first])
    assert not outside.clean
    assert not any("P07" in line for line in outside.lines)


def test_built_beside_the_first_release_a_correction_tells_nothing(tmp_path: Path) -> None:
    office = build(tmp_path / "office", "secretariat")
    first = build(tmp_path / "first", "everyone")
    beside = read_sources([first, office])
    second = build(tmp_path / "second", "everyone", edition=corrected(), beside=beside)
    office_after = build(tmp_path / "office-after", "secretariat", edition=corrected())
    assert attack_folders(second, [first, office, office_after]).clean
    assert attack_folders(second, [first]).clean


def test_the_manifest_says_that_it_was_audited_and_no_value(tmp_path: Path) -> None:
    public = build(tmp_path / "public", "everyone")
    manifest = json.loads((Path(public) / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["audit"]["clean"] is True
    assert manifest["audit"]["exposed"] == 0
    assert manifest["audit"]["checked"] > 0


def test_the_office_s_release_is_nothing_to_attack(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="office"):
        attack_folders(build(tmp_path / "office", "secretariat"))


def test_an_unknown_body_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="XYZ"):
        attack_folders(build(tmp_path / "public", "everyone"), body="XYZ")


def test_the_command_says_what_is_exposed_and_ends_with_one(tmp_path: Path) -> None:
    office = build(tmp_path / "office", "secretariat")
    first = build(tmp_path / "first", "everyone")
    careless = build(tmp_path / "careless", "everyone", edition=corrected())
    after = build(tmp_path / "office-after", "secretariat", edition=corrected())
    clean = CliRunner().invoke(cli, ["disclosure", "audit", first, "--with", office, "--quiet"])
    assert clean.exit_code == 0, clean.output
    words = ["disclosure", "audit", careless, "--with", first, "--with", office, "--with", after, "--quiet"]
    found = CliRunner().invoke(cli, words)
    assert found.exit_code == 1
    assert "can be worked out" in found.output
    own = CliRunner().invoke(cli, ["disclosure", "audit", first, "--with", office, "--as", "P07", "--quiet"])
    assert own.exit_code in (0, 1)
    assert "P07" not in own.output.split("worked out")[0] or own.exit_code == 0


def test_a_damaged_release_is_refused_in_words(tmp_path: Path) -> None:
    public = build(tmp_path / "public", "everyone")
    (Path(public) / "figures.json").write_text("[{", encoding="utf-8")
    told = CliRunner().invoke(cli, ["disclosure", "audit", public, "--quiet"])
    assert told.exit_code != 0
    assert "figures.json" in str(told.exception or told.output)

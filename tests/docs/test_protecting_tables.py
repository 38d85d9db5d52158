"""The example of docs/protecting-tables.md does what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from eirene.cli import run

PAGE = Path(__file__).resolve().parents[2] / "docs" / "protecting-tables.md"


def block(name: str) -> str:
    found = re.search(rf"<!-- {re.escape(name)} -->\n```\w+\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None, name
    return found[1]


def test_the_example_is_protected_as_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("table.csv", "spec.yaml"):
        (tmp_path / name).write_text(block(name), encoding="utf-8")
    words = ["--spec", str(tmp_path / "spec.yaml"), "-o", str(tmp_path / "out.csv")]
    assert run(["disclosure", "protect", str(tmp_path / "table.csv"), *words]) == 0
    assert capsys.readouterr().out == block("told")
    assert "North,F,c,c,Confidential" in (tmp_path / "out.csv").read_text(encoding="utf-8").replace('"', "")

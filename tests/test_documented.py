"""The tests that README.md names exist."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
TEXT = (HERE / "README.md").read_text(encoding="utf-8")


def test_every_test_that_is_named_exists() -> None:
    named, file = [], ""
    for path, name in re.findall(r"`((?:[\w/]+\.py)?)(?:::(\w+))?`", TEXT):
        file = path or file
        named.append((file, name))
    assert len(named) > 50
    assert [one for one in named if not is_there(*one)] == []


def is_there(file: str, name: str) -> bool:
    path = HERE / file
    return path.is_file() and (not name or f"def {name}(" in path.read_text(encoding="utf-8"))

"""What docs/administration.md says of commands and settings: its runnable examples are run, its table is the code's."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from eirene_web.config.environment import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "administration.md").read_text(encoding="utf-8")
RUN = re.compile(r"^<!-- run -->\n```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
#: What a command may end with where it says how things are: a fresh home has no worker and no backup yet.
TOLD = {"eirene doctor --json --strict": 1}


def lines() -> Iterator[str]:
    for block in RUN.findall(PAGE):
        for line in block.splitlines():
            if command := line.split("  #")[0].strip():
                yield command


@pytest.mark.slow
def test_the_examples_work_one_after_another_in_a_new_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    kept = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    environment = {**kept, "EIRENE_HOME": str(home), "PYTHONPATH": str(ROOT / "src")}
    said = {}
    for line in lines():
        command = re.sub(r"^eirene ", f'"{sys.executable}" -m eirene.cli ', line)
        done = subprocess.run(
            ["bash", "-euc", command], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == TOLD.get(line, 0), f"{line}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        said[line.split("  ")[0]] = done.stdout
    assert any("/account/invitation/" in one for one in said.values())
    assert {one["state"] for one in json.loads(said["eirene doctor --json --strict"])} == {"ok", "warn"}
    assert "no differences" in said["eirene audit verify"]
    assert (tmp_path / "eirene.tar.gz").is_file()
    assert len(list((home / "backups").glob("eirene-*.tar.gz"))) == 1


def test_the_table_of_settings_is_that_of_the_code() -> None:
    table = PAGE.split("<!-- settings:")[1].split("<!-- /settings -->")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(SETTINGS)
    for one in SETTINGS.values():
        assert one.what.replace("|", "\\|") in table, one.name


def test_a_setting_named_in_docs_or_deploy_is_one() -> None:
    files = [
        *(ROOT / "docs").rglob("*.md"),
        ROOT / "README.md",
        *(file for file in (ROOT / "deploy").rglob("*") if file.is_file()),
    ]
    for file in files:
        for name in re.findall(r"\bEIRENE_[A-Z_]+\b", file.read_text(encoding="utf-8")):
            assert name in SETTINGS, f"{file.name}: {name} is no setting"


def test_units_and_files_named_are_in_deploy() -> None:
    for name in re.findall(r"\bdeploy/[\w./]+\w", PAGE):
        if not name.startswith("deploy/secrets"):
            assert (ROOT / name).exists(), name
    units = {file.name.split(".")[0] for file in (ROOT / "deploy" / "systemd").iterdir()}
    for name in re.findall(r"\beirene-(?:web|worker|backup)\b", PAGE):
        assert name in units, name

"""The commands of docs/closed-network.md, run as they stand, on a package as the platform makes it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from eirene.formats.package import fingerprint, issue_package, public_key, read_return
from formats.test_package import OWN, SEED, contents, unpacked

PAGE = Path(__file__).resolve().parents[2] / "docs" / "closed-network.md"


@pytest.mark.slow
def test_the_commands_shown_go_all_the_way(tmp_path: Path) -> None:
    (tmp_path / "package.zip").write_bytes(issue_package(contents(), SEED, OWN))
    block = PAGE.read_text(encoding="utf-8").split("```sh\n")[1].split("```")[0]
    script = re.sub(r"^eirene ", f'"{sys.executable}" -m eirene.cli ', block, flags=re.MULTILINE)
    environment = {**os.environ, "FINGERPRINT": fingerprint(public_key(SEED))}
    done = subprocess.run(
        ["bash", "-euc", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "whole" in done.stdout
    came = read_return(unpacked((tmp_path / "back.zip").read_bytes()), public_key(OWN), "back.zip")
    assert came.parts["crew"]["cells.women"] == 12


@pytest.mark.slow
def test_a_package_of_another_key_ends_the_commands(tmp_path: Path) -> None:
    (tmp_path / "package.zip").write_bytes(issue_package(contents(), OWN, SEED))
    words = ["package", "verify", "package.zip", "--fingerprint", fingerprint(public_key(SEED))]
    done = subprocess.run(
        [sys.executable, "-m", "eirene.cli", *words], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Do not open it" in done.stderr


def test_what_the_page_says_of_folders_is_what_is_in_them() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name in unpacked(issue_package(contents(), SEED, OWN)):
        assert name.split("/")[0] in page or name == "FORMAT", name

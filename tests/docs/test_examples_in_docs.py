"""Every command that a page of docs shows exists, with the options shown; those of the README are run."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from eirene.cli import cli

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMAND = re.compile(r"(?:^|`|\.venv/bin/)(eirene (?:[a-z]+)(?:[^`\n#|]*))", re.MULTILINE)


def examples() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for match in COMMAND.finditer(page.read_text(encoding="utf-8")):
            yield page.relative_to(ROOT).as_posix(), match[1].strip()


@pytest.mark.parametrize(("page", "line"), list(examples()))
def test_a_command_shown_in_the_docs_exists(page: str, line: str) -> None:
    words = shlex.split(line)[1:]
    command: click.Command | None = cli
    context = click.Context(cli)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        command = command.get_command(context, words.pop(0))
    assert command is not None, f"{page}: {line!r} is no command"
    known = {option for p in command.params for option in (*p.opts, *p.secondary_opts)} | {"--help"}
    shown = {word.split("=")[0] for word in words if word.startswith("-")}
    assert shown <= known, f"{page}: {line!r} shows {sorted(shown - known)}"


def readme_commands() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8").split("## With your own reports")[1]
    block = text.split("```sh\n")[1].split("```")[0]
    return [line.split("  #")[0].strip() for line in block.splitlines() if line.strip()]


@pytest.mark.slow
def test_the_readmes_way_from_reports_to_a_verified_summary_works(tmp_path: Path) -> None:
    eirene = f"{shlex.quote(sys.executable)} -m eirene.cli"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    for line in readme_commands():
        command = line.replace(".venv/bin/eirene", eirene)
        done = subprocess.run(
            ["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=400
        )
        assert done.returncode == 0, f"{line}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        assert "Traceback" not in done.stderr

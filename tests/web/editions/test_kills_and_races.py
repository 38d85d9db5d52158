"""A process killed at any point of a freeze, two presses at once: one edition, whole, nothing half-published."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark import ParameterSet

pytestmark = [pytest.mark.slow, pytest.mark.soak_on_postgresql]
CHILD = Path(__file__).with_name("child.py")


def run(home: Path, verb: str, kill: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(CHILD), verb], env=_environment(home, kill), capture_output=True, text=True
    )


def _environment(home: Path, kill: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "EIRENE_DEMO")}
    return {**kept, "EIRENE_HOME": str(home), "KILL": kill}


def tell(home: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(run(home, "tell").stdout)
    return told


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation whose edition is signed off, to copy."""
    home = tmp_path_factory.mktemp("signed")
    done = run(home, "prepare")
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def office(signed: Path, tmp_path: Path) -> Path:
    shutil.copytree(signed, tmp_path / "office")
    return tmp_path / "office"


def soak(*cases: str) -> list[ParameterSet]:
    """Cases that are tried in `make soak` only."""
    return [pytest.param(case, marks=pytest.mark.soak) for case in cases]


@pytest.mark.parametrize("where", ["in the middle of writing", *soak("after the first release", "before it is held")])
def test_a_builder_killed_anywhere_leaves_nothing_published_and_goes_on(office: Path, where: str) -> None:
    run(office, "press")
    assert run(office, "work", kill=where).returncode == -9
    told = tell(office)
    assert (told["releases"], told["public"], told["state"]) == ([], [], "freezing")
    assert run(office, "work").returncode == 0
    told = tell(office)
    assert told["state"] == "held"
    assert len(told["held"]) == 2
    assert (told["releases"], told["public"], told["left"], told["freezes"]) == ([], [], [], 1)


@pytest.mark.parametrize("where", ["before the move", *soak("after the move")])
def test_a_worker_killed_at_the_embargos_end_publishes_whole_when_it_is_back(office: Path, where: str) -> None:
    run(office, "press")
    run(office, "work")
    assert run(office, "due", kill=where).returncode == -9
    assert tell(office)["releases"] == []
    assert json.loads(run(office, "due").stdout)["published"] != []
    assert json.loads(run(office, "due").stdout)["published"] == []
    told = tell(office)
    assert told["releases"] == ["everyone", "secretariat"]
    assert (len(told["public"]), told["held"], told["state"]) == (2, [], "published")


def test_two_who_press_at_once_freeze_once(office: Path) -> None:
    command = [sys.executable, str(CHILD), "press"]
    both = [
        subprocess.Popen(
            command, env=_environment(office, ""), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    answers = [one.communicate(timeout=120)[0].strip() for one in both]
    assert answers[0] == answers[1] != ""
    assert tell(office)["freezes"] == 1


def test_two_workers_at_the_same_instant_publish_once(office: Path) -> None:
    run(office, "press")
    run(office, "work")
    command = [sys.executable, str(CHILD), "due"]
    both = [
        subprocess.Popen(
            command, env=_environment(office, ""), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    published = [json.loads(one.communicate(timeout=120)[0])["published"] for one in both]
    assert sorted(map(len, published)) == [0, 1]
    assert tell(office)["releases"] == ["everyone", "secretariat"]

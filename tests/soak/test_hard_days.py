"""Run by `make soak`: builds killed at any moment, every audience of every cycle, other folders, locales and seeds."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cast import PACKS, toy_report
from eirene.framework import load
from eirene.packs import demo_reports
from eirene.release import build_release, history_of, open_release, verify

pytestmark = pytest.mark.soak


@pytest.fixture
def reports(tmp_path: Path) -> list[str]:
    found = []
    for n, body in enumerate(("ALF", "BRA", "CHA"), 1):
        path = tmp_path / f"{body}.json"
        path.write_text(json.dumps(toy_report(body, 10 * n, 100, "yes" if n == 1 else "no", naming=True)))
        found.append(str(path))
    return found


def command(reports: list[str], out: Path) -> list[str]:
    words = ["summary", "build", "--pack", str(PACKS / "toy"), "--cycle", "2022", *reports, "--quiet", "-o", str(out)]
    return [sys.executable, "-m", "eirene.cli", *words]


def digest(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_a_build_killed_at_any_moment_leaves_a_whole_release_or_none(reports: list[str], tmp_path: Path) -> None:
    rng = random.Random(7)
    place = tmp_path / "releases"
    place.mkdir()
    started = time.monotonic()
    subprocess.run(command(reports, place / "whole"), check=True, capture_output=True)
    usual = time.monotonic() - started
    killed = 0
    for n in range(40):
        out = place / f"r{n}"
        process = subprocess.Popen(command(reports, out), start_new_session=True, stderr=subprocess.DEVNULL)
        try:
            process.wait(timeout=rng.uniform(0.05, usual * 1.05))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            killed += 1
        if out.exists():
            assert digest(out) == digest(place / "whole")
            assert verify(out).ok
    assert killed >= 20
    subprocess.run(command(reports, place / "r0-again"), check=True, capture_output=True)
    assert digest(place / "r0-again") == digest(place / "whole")


def test_the_same_reports_give_the_same_bytes_wherever_they_are_built(reports: list[str], tmp_path: Path) -> None:
    found = []
    for n, (zone, seed, lang) in enumerate((("UTC", "0", "C"), ("Pacific/Kiritimati", "77", "tr_TR.UTF-8"))):
        folder = tmp_path / f"another folder {n}"
        folder.mkdir()
        environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": lang, "OMP_NUM_THREADS": str(n + 1)}
        subprocess.run(command(reports, folder / "r"), check=True, capture_output=True, env=environment, cwd=folder)
        found.append(digest(folder / "r"))
    assert found[0] == found[1]


def test_every_audience_of_every_cycle_of_concordia_verifies(tmp_path: Path) -> None:
    pack = load("concordia")
    past: list[Path] = []
    for cycle in ("2014", "2015", "2016"):
        reports = demo_reports(pack, cycle)
        for audience in (a.code for a in pack.header.audiences):
            out = tmp_path / f"{cycle}-{audience}"
            history = [history_of(open_release(p)) for p in past]
            build_release(pack, cycle, reports, out=out, audience=audience, history=history, formats=("xlsx",))
            result = verify(out)
            assert result.ok, result.problems()[:3]
            if audience == "office":
                assert len(result.recomputed.same) == result.recomputed.n
        past.append(tmp_path / f"{cycle}-office")

"""A disk that is really full: the house lies on one of a few megabytes, mounted for this test alone."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from web.operations.house import ROOT, House

pytestmark = [pytest.mark.one_engine, pytest.mark.slow]


def on_a_small_disk(house: House, place: Path, *words: str) -> str:
    """Runs Python with a copy of the house on a disk of 12 MB. The mount is the process's own and ends with it."""
    place.mkdir()
    inside = (
        f"mount -t tmpfs -o size=12m tmpfs {shlex.quote(str(place))} && "
        f"cp -a {shlex.quote(str(house.home))}/. {shlex.quote(str(place))}/ && "
        f"exec {shlex.join([sys.executable, *words])}"
    )
    namespace = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    environment = House(place, more={"EIRENE_BACKUPS": str(place.parent / "backups")}).environment
    done = subprocess.run(
        [*namespace, "sh", "-c", inside], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_on_a_full_disk_nothing_is_half_done_and_with_room_again_everything_goes_on(
    house: House, tmp_path: Path
) -> None:
    told = json.loads(on_a_small_disk(house, tmp_path / "small", "-m", "web.operations.full_disk"))
    assert told["before"][0] == 200
    for status, text in told["full"]:
        assert status == 507, text
        assert "The disk of the server is full" in text
        assert text.endswith("kept: []")
    status, text = told["file"]
    assert status in (400, 507), text
    assert "Nothing was changed" in text
    status, text = told["page"]
    assert status == 200, text  # whoever was here before reads on
    assert told["after"][0] == 200
    assert told["after"][1].endswith("kept: [12]")
    assert told["file after"][0] == 302
    assert told["files after"] == told["files"] + 1
    assert told["worked"] == "1"

"""kill -9 at any moment: what was acknowledged is there. And a server that acknowledges too early is noticed."""

from __future__ import annotations

import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from web.operations.house import ROOT, House

pytestmark = pytest.mark.slow

#: Who saves what, each their own.
CLIENTS = [(nation, question) for nation in ("ALF", "BRA") for question in ("crew", "charter")]
REOPEN = "UPDATE reports_report SET state = 'drafting'"


@dataclass
class Load:
    """People who save one number after the other, and remember the last one that was acknowledged."""

    port: int
    acknowledged: dict[tuple[str, str], int] = field(default_factory=dict)
    saves: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    def one(self, nation: str, question: str) -> None:
        number = self.acknowledged.get((nation, question), 0)
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            while not self.stop.is_set():
                number += 1
                try:
                    connection.request("POST", f"/save/{nation}/{question}/{number}")
                    if connection.getresponse().read() == b"saved":
                        self.acknowledged[nation, question] = number
                        self.saves += 1
                except (OSError, http.client.HTTPException):
                    return

    def wait(self, saves: int) -> None:
        """Until so many were acknowledged: however slow the machine is, there is something to lose."""
        for _try in range(3_000):
            if self.saves >= saves:
                return
            time.sleep(0.1)
        raise AssertionError("nothing is saved")

    def run(self) -> list[threading.Thread]:
        threads = [threading.Thread(target=self.one, args=client) for client in CLIENTS]
        for thread in threads:
            thread.start()
        return threads


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def started(house: House, port: int) -> subprocess.Popen[bytes]:
    server = subprocess.Popen(
        [sys.executable, "-m", "web.operations.killed_server", str(port)], env=house.environment, cwd=ROOT,
        start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    for _try in range(3_000):
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as look:
            try:
                look.request("GET", "/")
                look.getresponse().read()
                return server
            except (OSError, http.client.HTTPException):
                assert server.poll() is None, "the server ended by itself"
                time.sleep(0.1)
    raise AssertionError("the server does not answer")


def kill(server: subprocess.Popen[bytes]) -> None:
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def lost(house: House, load: Load) -> list[str]:
    """Acknowledged saves that are not there."""
    rows = house.sql(
        "SELECT b.code, c.question, c.value FROM reports_cell c JOIN reports_report r ON r.id = c.report_id "
        "JOIN organisations_body b ON b.id = r.body_id WHERE c.part = 'comment.en'"
    )
    there = {
        (code, question): int(str(value).strip('"').split()[-1])
        for code, question, value in rows
        if "number" in str(value)
    }
    return [
        f"{who}: {n} acknowledged, {there.get(who, 0)} there"
        for who, n in load.acknowledged.items()
        if there.get(who, 0) < n
    ]


def kills(house: House, times: int, seed: int = 1) -> tuple[int, list[str]]:
    """How many saves were acknowledged, and which of them are lost, after so many kills."""
    house.sql(REOPEN)
    chance, gone, saves, known = random.Random(seed), [], 0, {}
    for _kill in range(times):
        port = free_port()
        server = started(house, port)
        load = Load(port, dict(known))
        threads = load.run()
        load.wait(saves=len(CLIENTS))
        time.sleep(chance.uniform(0, 0.9))
        kill(server)
        load.stop.set()
        for thread in threads:
            thread.join()
        gone += lost(house, load)
        saves += load.saves
        known = load.acknowledged
    house.sql("UPDATE reports_report SET state = 'submitted' WHERE id IN (SELECT report_id FROM reports_submission)")
    return saves, gone


@pytest.mark.slow
def test_nothing_acknowledged_is_lost(house: House) -> None:
    saves, gone = kills(house, 3)
    assert gone == []
    assert saves >= 3 * len(CLIENTS)
    told = house.eirene("audit", "verify", ok=False).stdout
    # The state of the report was set by hand, above; the rest is whole.
    assert [line for line in told.splitlines()[:-1] if ", state:" not in line] == []


@pytest.mark.slow
@pytest.mark.one_engine
def test_a_server_that_answers_too_early_is_noticed(house: House) -> None:
    house.more["TOO_EARLY"] = "1"
    _saves, gone = kills(house, 3)
    assert gone


@pytest.mark.soak
def test_nothing_acknowledged_is_lost_in_300_kills(house: House) -> None:
    saves, gone = kills(house, 300)
    assert gone == []
    print(f"300 kills, {saves:,} saves acknowledged, none lost")


# --- a full disk ----------------------------------------------------------------------------------------------------

FULL = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "eirene_web.config.settings"
import django
django.setup()
from django.db import connection
from django.test import Client
from eirene_web import clock
from eirene_web.accounts.models import Person
from eirene_web.files.services import keep
from eirene_web.organisations.models import Alliance
from eirene_web.organisations.queries import actor_for
from eirene_web.reports.models import Cell, Report
from eirene_web.reports.services import filling
from eirene_web.reports.services.filling import Edit
from web.world import IN_CYCLE
Report.objects.filter(body__code="BRA").update(state="drafting")
actor = actor_for(Person.objects.get(name="BRA.rapporteur"), Alliance.objects.get(), strong=True)
report = Report.objects.get(body__code="BRA")
with connection.cursor() as cursor:
    cursor.execute("PRAGMA page_count")
    pages = cursor.fetchone()[0]
    cursor.execute(f"PRAGMA max_page_count = {pages + 8}")
saved, full = 0, ""
with clock.at(IN_CYCLE):
    for n in range(400):
        cell = Cell.objects.filter(report=report, question="crew", part="comment.en").first()
        try:
            edit = Edit("crew", "comment.en", f"{n} " + "x" * 4000, cell.version if cell else 0)
            filling.save_answers(actor=actor, report=report.pk, edits=[edit])
        except Exception as error:
            full = f"{type(error).__name__}: {error}"
            break
        saved = n
cell = Cell.objects.get(report=report, question="crew", part="comment.en")
assert cell.value.startswith(f"{saved} "), (saved, cell.value[:10])
print(full)
"""


@pytest.mark.one_engine
def test_a_full_disk_leaves_nothing_half_done(house: House) -> None:
    """SQLite's own word for it, at whatever page the disk ends: the last save is whole or not there."""
    said = house.python("-c", FULL).stdout
    assert "full" in said
    told = house.eirene("audit", "verify", ok=False).stdout
    assert [line for line in told.splitlines()[:-1] if ", state:" not in line] == []


@pytest.mark.one_engine
def test_a_full_disk_refuses_a_file_in_whole(house: House) -> None:
    """A limit on the size of files, as a quota sets it: no half of the file stays, and the words say what to do."""
    said = house.python(
        "-c",
        "import os, resource, signal\n"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'eirene_web.config.settings'\n"
        "import django\ndjango.setup()\n"
        "from eirene.errors import EireneError\nfrom eirene_web.files.models import Blob\n"
        "from eirene_web.files.services import keep\n"
        "before = Blob.objects.count()\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try:\n    keep(b'x' * 1_000_000)\nexcept EireneError as error:\n    print(error)\n"
        "assert Blob.objects.count() == before\n",
    ).stdout
    assert "could not be kept" in said
    assert "Nothing was changed" in said
    assert not list(Path(house.home, "files").rglob(".new-*"))

"""The kill trial: a queue of short tasks, one worker, and `kill -9` of its whole process group at random moments.

Run by itself (`python -m web.work.trial COMMAND …`) it prepares and reads the database, in a process of its own so that
the test's own database is left alone.
"""

from __future__ import annotations

import fcntl
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eirene_web.work.liveness import number_of

ROOT = Path(__file__).resolve().parents[3]
WORKER = [sys.executable, "-m", "eirene_web.work"]


#: Seconds after which something that should come is taken not to: far more than it takes, for the machine may be busy.
PATIENCE = 180.0


@dataclass(frozen=True)
class House:
    """An installation of its own: a folder, and a database."""

    home: Path
    database: str = ""

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("EIRENE_", "DATABASE_URL"))}
        return {
            **kept, "EIRENE_HOME": str(self.home), "DATABASE_URL": self.database,
            "DJANGO_SETTINGS_MODULE": "eirene_web.config.settings",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")]),
        }  # fmt: skip

    def do(self, *words: str) -> Any:
        """Runs one of the commands below; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "web.work.trial", *words], env=self.environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    def start_worker(self) -> subprocess.Popen[bytes]:
        return self._begin(WORKER)

    def start(self, code: str) -> subprocess.Popen[bytes]:
        return self._begin([sys.executable, "-c", code])

    def _begin(self, command: list[str]) -> subprocess.Popen[bytes]:
        with open(self.home / "worker.log", "ab") as log:
            return subprocess.Popen(command, env=self.environment, start_new_session=True, stdout=log, stderr=log)

    def wait_for_worker(self, other_than: int = 0, seconds: float = PATIENCE) -> int:
        """The process of the worker that holds a lock."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = [pid for pid in processes(self.home) if pid != other_than]
            if found and (locks(self) if self.database else alive(self)):
                return found[0]
            time.sleep(0.1)
        raise AssertionError("there is no worker: " + (self.home / "worker.log").read_text()[-2000:])

    def wait_until_gone(self, pid: int, seconds: float = PATIENCE) -> None:
        end = time.monotonic() + seconds
        while pid in processes(self.home):
            assert time.monotonic() < end, "the worker lives on without its keeper"
            time.sleep(0.1)

    @contextmanager
    def worker(self) -> Iterator[subprocess.Popen[bytes]]:
        process = self.start_worker()
        try:
            yield process
        finally:
            kill(process)


def processes(home: Path) -> list[int]:
    """Worker processes of the installation."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
            environment = (folder / "environ").read_bytes()
        except OSError:
            continue
        if b"eirene_web.work\0" in command and f"EIRENE_HOME={home}\0".encode() in environment:
            found.append(int(folder.name))
    return found


def kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@dataclass(frozen=True)
class Outcome:
    states: dict[str, int]
    effects: dict[str, int]
    stuck: int
    tries: list[int]
    seconds: float
    #: Seconds from each kill of a task to its next start, where there was one.
    gaps: list[float]


def run(house: House, *, tasks: int, kills: int, seconds: float = 0.4, seed: int = 5, limit: float = 240) -> Outcome:
    """The trial: kills at any moment from a worker's first task on, then lets a worker finish what is left."""
    rng = random.Random(seed)
    house.do("enqueue", str(tasks), str(seconds))
    begun, end = time.monotonic(), time.monotonic() + limit
    killed: list[tuple[float, int]] = []
    for _ in range(kills):
        process = house.start_worker()
        try:
            wait_for_a_start(house, end)
            time.sleep(rng.uniform(0, 2.5 * seconds))
        finally:
            kill(process)
        killed.append((time.time(), starts(house)[-1][1]))
    with house.worker():
        found = wait(house, end)
    if "failed" in found["states"]:  # cut off at each of five starts: a person runs it again
        house.do("again")
        with house.worker():
            found = wait(house, end)
    return Outcome(
        found["states"], found["effects"], found["stuck"], found["tries"], time.monotonic() - begun,
        restarts(house, killed),
    )  # fmt: skip


def wait(house: House, end: float) -> dict[str, Any]:
    """Until nothing is left to do."""
    while True:
        found: dict[str, Any] = house.do("look")
        if not found["open"] or time.monotonic() > end:
            return found
        time.sleep(0.5)


def starts(house: House) -> list[tuple[float, int]]:
    """When which task was started, as the tasks wrote it down."""
    try:
        lines = (house.home / "starts").read_text().split("\n")
    except FileNotFoundError:
        return []
    return [(float(at), int(n)) for at, n in (line.split() for line in lines[:-1])]


def restarts(house: House, killed: list[tuple[float, int]]) -> list[float]:
    """Seconds from each kill to the next start of the task that it hit."""
    all_ = starts(house)
    found = [next((at - moment for at, n in all_ if n == hit and at > moment), None) for moment, hit in killed]
    return [gap for gap in found if gap is not None]


def wait_for_a_start(house: House, end: float) -> None:
    """Until the worker is at a task: it says so in the database, which is asked without Django."""
    while time.monotonic() < end:
        if running(house):
            return
        time.sleep(0.03)
    raise AssertionError("the worker never began: " + (house.home / "worker.log").read_text()[-2000:])


def running(house: House) -> bool:
    """Whether a living worker is at a task now."""
    table = "django_tasks_database_dbtaskresult"
    query = f"SELECT worker_ids FROM {table} WHERE status = 'RUNNING' AND task_path LIKE '%effect'"
    if house.database:
        import psycopg

        with psycopg.connect(house.database) as session:
            rows = [row[0] for row in session.execute(query).fetchall()]
        held = locks(house)
        return any(number_of(row[-1]) in held for row in rows)
    session = sqlite3.connect(f"file:{house.home}/eirene.sqlite3?mode=ro", uri=True, timeout=20)
    rows = [json.loads(row[0]) for row in session.execute(query).fetchall()]
    session.close()
    living = alive(house)
    return any(row[-1] in living for row in rows)


def alive(house: House) -> set[str]:
    """Ids of living workers on SQLite, by their files."""
    found = set()
    for path in (house.home / "locks").glob("*"):
        try:
            file = open(path, "rb")  # noqa: SIM115
        except FileNotFoundError:
            continue
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                found.add(path.name)
    return found


def locks(house: House) -> set[int]:
    """Numbers of the advisory locks that are held on PostgreSQL."""
    import psycopg

    query = "SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted"
    with psycopg.connect(house.database) as session:
        return {row[0] for row in session.execute(query).fetchall()}


# --- the commands ---------------------------------------------------------------------------------------------------


def main(words: list[str]) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from web.work import tasks

    match words:
        case ["migrate"]:
            call_command("migrate", interactive=False, verbosity=0)
        case ["enqueue", n, seconds]:
            from eirene_web.work.services import start

            for one in range(int(n)):
                start(tasks.effect, kind="import", n=one, seconds=float(seconds))
        case ["print"]:
            from eirene_web.work.services import start

            start(tasks.prints, kind="print")
        case ["look"]:
            print(json.dumps(look()))
        case ["again"]:
            again()
        case ["make_due"]:
            make_due()
        case ["fired"]:
            print(json.dumps(fired()))
        case _:
            raise SystemExit(f"no such command: {words}")


def make_due() -> None:
    """Every schedule has been due for years: nobody was there."""
    import datetime as dt

    from eirene_web.clock import now
    from eirene_web.work.models import Schedule
    from eirene_web.work.schedules import sync

    sync()
    Schedule.objects.update(next_at=now() - dt.timedelta(days=3650))


def fired() -> dict[str, Any]:
    """Schedule → how often it was put on the queue, and whether its time has moved past now."""
    from django_tasks_db.models import DBTaskResult

    from eirene_web.clock import now
    from eirene_web.work.models import Schedule

    return {
        row.name: [DBTaskResult.objects.filter(task_path=row.task).count(), row.next_at > now()]
        for row in Schedule.objects.exclude(cron="* * * * *")
    }


def look() -> dict[str, Any]:
    from collections import Counter

    from django_tasks_db.models import DBTaskResult

    from eirene_web.work.models import Job
    from web.work import tasks

    jobs, rows = Job.objects.filter(kind="import"), DBTaskResult.objects.filter(task_path=tasks.effect.module_path)
    return {
        "states": dict(Counter(jobs.values_list("state", flat=True))),
        "open": jobs.filter(state__in=["waiting", "running"]).count(),
        "effects": dict(Counter(Job.objects.filter(kind="effect").values_list("subject", flat=True))),
        "stuck": rows.filter(status__in=["READY", "RUNNING"]).count(),
        "tries": sorted(jobs.values_list("tries", flat=True)),
    }  # fmt: skip


def again() -> None:
    """What failed because it was cut off five times is run again, as a person would from its page."""
    from eirene_web.policy import Actor, Grant
    from eirene_web.work.models import Job
    from eirene_web.work.services import run_again

    actor = Actor(alliance="", grants=(Grant("administrator", "", None, 0),), strong=True)
    for job in Job.objects.filter(kind="import", state="failed"):
        run_again(actor=actor, job=job.pk)


if __name__ == "__main__":
    main(sys.argv[1:])

"""Fifty people at work for ten minutes: 60 % read (pages, and programs by the API), 30 % save, 5 % hand files in,
5 % take files out; server, worker and load on one machine, on the volume of fifteen years, beside an empty page and a
bare insert in the same run.

    python benchmarks/at_work.py [--minutes 10] [--people 50] [--cycles 15] [--pause 5]
    tools/on_postgres python benchmarks/at_work.py          on PostgreSQL

What is to be reached: p95 of a page ≤ 300 ms, of a save ≤ 100 ms, of what the API reads ≤ 200 ms, no error, server and
worker within 1.5 GiB. Exit code 1 if it is not. Each person waits between two things they do, as people do.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

SECTIONS = ("1", "3.1", "3.2", "4", "5")
PAGES = (
    "", "2017/{n}/", *(f"2017/{{n}}/section/{s}/" for s in SECTIONS), "2017/{n}/checks/", "2017/{n}/history/",
    "2017/{n}/files/",
)  # fmt: skip
API = ("reports", "cycles/2017/reports/{n}", "cycles/2017/reports/{n}/answers", "cycles/2017/reports/{n}/checks")
SHARES = {"page": 45, "API read": 15, "save": 30, "file in": 5, "file out": 5}
#: The baselines are asked for by one more person, all the time.
BASE = {"empty page": "/bench/empty", "bare insert": "/bench/insert"}
LIMITS = {"page": 300, "save": 100, "API read": 200}
MEMORY = 1536
URLS = """
from django.db import connection
from django.http import HttpResponse
from django.urls import path
from eirene_web.config.urls import urlpatterns as house
from eirene_web.config.urls import handler400, handler403, handler404, handler500

def empty(request):
    return HttpResponse(b"")

def insert(request):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_row (n) VALUES (1)")
    return HttpResponse(b"")

urlpatterns = [path("bench/empty", empty), path("bench/insert", insert), *house]
"""


@dataclass
class Measured:
    """Milliseconds by what was done; what went wrong."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, seconds: float, problem: str) -> None:
        with self.lock:
            self.took[kind].append(seconds * 1000)
            if problem:
                self.errors[f"{kind}: {problem}"] += 1


# --- what they work on ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Account:
    nation: str
    session: str
    token: str


def prepare(home: Path, cycles: int) -> list[Account]:
    """Lays out database and volume; an account for each nation that is filling in."""
    (home / "benchurls.py").write_text(URLS)
    (home / "benchsettings.py").write_text('from eirene_web.config.settings import *\nROOT_URLCONF = "benchurls"\n')
    path = os.pathsep.join([str(home), str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    os.environ.update(
        EIRENE_HOME=str(home), DJANGO_SETTINGS_MODULE="benchsettings", EIRENE_COLLECTED_STATIC="1", EIRENE_DEMO="1",
        PYTHONPATH=path,
    )  # fmt: skip
    sys.path[:0] = [str(home), str(Path(__file__).parent)]
    import django
    from django.core.management import call_command
    from django.db import connection, connections, transaction

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    from _volume import lay_out

    from eirene_web.demo.seed import seed
    from eirene_web.reports.models import Report

    with transaction.atomic():
        seed()
    cells = lay_out("concordia", cycles=cycles)
    with connection.cursor() as cursor:
        kind = "integer PRIMARY KEY" if connection.vendor == "sqlite" else "bigserial PRIMARY KEY"
        cursor.execute(f"CREATE TABLE bench_row (id {kind}, n integer)")
        cursor.execute("ANALYZE")
    print(f"{connection.vendor}: {cells:,} cells of {cycles} cycles, {Report.objects.count()} reports")
    filling = Report.objects.filter(cycle__code="2017", state="drafting").select_related("body")
    accounts = list(filter(None, map(_account, filling.order_by("pk"))))
    connections.close_all()
    return accounts


def _account(report: Any) -> Account | None:
    """Whoever answers for the report, signed in by page and with a token; nobody where the post is vacant."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from eirene_web.accounts import tokens
    from eirene_web.accounts.models import Token
    from eirene_web.clock import now
    from eirene_web.organisations.models import Holding

    held = Holding.objects.filter(post__body=report.body, post__roles__role="rapporteur", until=None)
    holding = held.select_related("person").first()
    if holding is None:
        return None
    person = holding.person
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(person.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": time.time()}]
    session.save()
    given, prefix, hashed = tokens.new()
    Token.objects.create(
        person=person, alliance="concordia", name="bench", prefix=prefix, hash=hashed, scopes="read write", strong=True,
        created=now(), expires=now().replace(year=now().year + 1),
    )  # fmt: skip
    return Account(report.body.code, f"{settings.SESSION_COOKIE_NAME}={session.session_key}", given)


def questions() -> list[tuple[str, str]]:
    """(section, question) of the questionnaire: one for each person, so that nobody is in another's way."""
    from eirene.framework import asked, load

    sheet = asked(load("concordia"), "2017")
    return [(s.id, q.id) for s in sheet.sections for q in s.questions]


# --- server and worker ----------------------------------------------------------------------------------------------


def serve(port: int) -> list[subprocess.Popen[bytes]]:
    """As `eirene serve` does it: two processes that serve, one that works, and who keeps them."""
    code = (
        "import django; django.setup(); from eirene_web.commands import run_server; "
        "from eirene_web.work.keeper import Keeper; keeper = Keeper(1).start()\n"
        f"try: run_server('127.0.0.1', {port})\n"
        "finally: keeper.stop()"
    )
    running = [subprocess.Popen([sys.executable, "-c", code], start_new_session=True)]
    for _try in range(600):
        try:
            if Person(port, Account("", "", ""), ("", "")).ask("GET", "/bench/empty")[0] == 200:
                return running
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server does not answer")


def memory(roots: list[int]) -> float:
    """Resident MB of the processes and all that they started; what they share is counted by its part."""
    total, children = 0.0, defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                parent = (entry / "stat").read_text().rsplit(")", 1)[1].split()[1]
                children[int(parent)].append(int(entry.name))
    waiting = list(roots)
    while waiting:
        pid = waiting.pop()
        waiting += children[pid]
        with suppress(OSError):
            told = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
            total += int(told[1]) if told else 0
    return total / 1024


# --- people ---------------------------------------------------------------------------------------------------------


@dataclass
class Person:
    """Does one thing after another as a browser (or a program) of the account would; saves answers to one question."""

    port: int
    account: Account
    question: tuple[str, str]
    csrf: str = ""
    base: int = 0
    workbook: bytes = b""

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
        cookie = f"{self.account.session}; eirene_csrf={self.csrf}" if self.csrf else self.account.session
        given = {"Cookie": cookie, "X-CSRFToken": self.csrf, "Accept-Encoding": "gzip"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request(method, path, body or None, given)
            response = connection.getresponse()
            fresh = re.search(r"eirene_csrf=(\w+)", " ".join(response.headers.get_all("Set-Cookie") or ()))
            self.csrf = fresh[1] if fresh else self.csrf
            return response.status, response.read()

    @property
    def report(self) -> str:
        return f"/concordia/work/2017/{self.account.nation}/"

    def come_in(self) -> None:
        """Opens the section, which gives the token for forms, and takes the workbook out to hand it in later."""
        assert self.ask("GET", f"{self.report}section/{self.question[0]}/")[0] == 200
        status, self.workbook = self.ask("POST", f"{self.report}files/workbook", urlencode({"filled": "1"}).encode(),
                                         Content_Type="application/x-www-form-urlencoded")  # fmt: skip
        assert status == 200, self.workbook[:500]

    def page(self, chance: random.Random) -> str:
        return self._got(self.ask("GET", "/concordia/work/" + chance.choice(PAGES).format(n=self.account.nation)))

    def api_read(self, chance: random.Random) -> str:
        path = "/api/v1/concordia/" + chance.choice(API).format(n=self.account.nation)
        return self._got(self.ask("GET", path, Authorization=f"Bearer {self.account.token}"))

    def save(self, chance: random.Random) -> str:
        section, question = self.question
        edit = {"question": question, "part": "comment.en", "typed": f"Measured {chance.random()}", "base": self.base}
        status, body = self.ask("POST", f"{self.report}section/{section}/save", json.dumps({"edits": [edit]}).encode(),
                                Content_Type="application/json")  # fmt: skip
        if status != 200:
            return f"status {status}"
        told = json.loads(body)
        known, self.base = self.base, (told["conflicts"] or told["saved"])[0]["version"]
        # The first time it is told which version stands there, as a page that was just opened would know.
        return "" if told["saved"] or not known else "not saved"

    def file_in(self, chance: random.Random) -> str:
        head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="report.xlsx"\r\n\r\n'
        return self._got(
            self.ask("POST", f"{self.report}files/upload", head + self.workbook + b"\r\n--x--\r\n",
                     Content_Type="multipart/form-data; boundary=x")
        )  # fmt: skip

    def file_out(self, chance: random.Random) -> str:
        if chance.random() < 0.5:
            return self._got(self.ask("GET", f"{self.report}history.csv"))
        return self._got(self.ask("POST", f"{self.report}files/workbook", urlencode({"filled": "1"}).encode(),
                                  Content_Type="application/x-www-form-urlencoded"))  # fmt: skip

    @staticmethod
    def _got(answer: tuple[int, bytes]) -> str:
        return "" if answer[0] in (200, 302, 303) else f"status {answer[0]}"

    def work(self, until: float, pause: float, measured: Measured) -> None:
        chance = random.Random(f"{self.account.nation} {self.question}")
        time.sleep(chance.uniform(0, pause))
        while time.monotonic() < until:
            kind = chance.choices(list(SHARES), list(SHARES.values()))[0]
            act = getattr(self, kind.lower().replace(" ", "_"))
            started = time.perf_counter()
            try:
                problem = act(chance)
            except OSError as error:
                problem = type(error).__name__
            measured.add(kind, time.perf_counter() - started, problem)
            time.sleep(chance.expovariate(1 / pause))

    def measure_baselines(self, until: float, measured: Measured) -> None:
        while time.monotonic() < until:
            for kind, path in BASE.items():
                started = time.perf_counter()
                problem = self._got(self.ask("GET", path))
                measured.add(kind, time.perf_counter() - started, problem)
                time.sleep(0.2)


def p(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--cycles", type=int, default=15)
    parser.add_argument("--pause", type=float, default=5, help="seconds between two things that one person does")
    given = parser.parse_args()
    accounts = prepare(Path(tempfile.mkdtemp(prefix="eirene-bench-")), given.cycles)
    known = questions()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = serve(port)
    measured, peak = Measured(), 0.0
    try:
        people = [Person(port, accounts[i % len(accounts)], known[i % len(known)]) for i in range(given.people)]
        for person in people:
            person.come_in()
        until = time.monotonic() + given.minutes * 60
        threads = [threading.Thread(target=person.work, args=(until, given.pause, measured)) for person in people]
        baselines = Person(port, Account("", "", ""), ("", ""))
        threads.append(threading.Thread(target=baselines.measure_baselines, args=(until, measured)))
        for thread in threads:
            thread.start()
        while time.monotonic() < until:
            time.sleep(1)
            peak = max(peak, memory([one.pid for one in running]))
        for thread in threads:
            thread.join()
    finally:
        for one in running:
            os.killpg(one.pid, signal.SIGTERM)
            one.wait()
    print(f"{given.people} people of {len(accounts)} nations, {given.pause:g} s between two things they do")
    return report(measured, peak, given.minutes * 60)


def report(measured: Measured, peak: float, seconds: float) -> int:
    print(f"{'':12} {'number':>7} {'p50':>7} {'p95':>7} {'p99':>7}  ms; p95 beside the baseline")
    missed = []
    for kind in (*SHARES, *BASE):
        took = measured.took.get(kind)
        if not took:
            continue
        against = measured.took["bare insert" if kind == "save" else "empty page"]
        ratio = p(took, 0.95) / p(against, 0.95)
        print(
            f"{kind:12} {len(took):7} {statistics.median(took):7.0f} {p(took, 0.95):7.0f} {p(took, 0.99):7.0f}"
            f"  {ratio:.1f} ×"
        )
        if p(took, 0.95) > LIMITS.get(kind, 1e9):
            missed.append(kind)
    if peak > MEMORY:
        missed.append("memory")
    requests = sum(len(t) for t in measured.took.values())
    print(
        f"{requests} requests in {seconds:.0f} s, errors: {dict(measured.errors) or 'none'}; "
        f"server and worker at most {peak:.0f} MB"
    )
    if missed:
        print(f"missed: {', '.join(missed)}")
    return 1 if missed or measured.errors else 0


if __name__ == "__main__":
    sys.exit(main())

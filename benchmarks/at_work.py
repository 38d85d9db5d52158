"""Fifty people at work: 60 % read pages, 30 % save answers, 5 % hand files in, 5 % take files out; server and load
on one machine, on the volume of fifteen years, beside an empty page and a bare insert in the same run.

    python benchmarks/at_work.py [--seconds 60 | --minutes 10] [--people 50] [--cycles 15]
    tools/on_postgres python benchmarks/at_work.py          on PostgreSQL

What is to be reached: p95 of a page ≤ 330 ms, of a save ≤ 500 ms, no error. Exit code 1 if it is not.
Each person waits between two things they do, as people do (--pause, on average 5 s).
"""

from __future__ import annotations

import argparse
import http.client
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
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

#: One place for all addresses. `{n}` the nation; `{q}` a question; what answers 404 at the start is left out, and said.
ROUTES: dict[str, list[str]] = {
    "page": [
        "/concordia/work/",
        "/concordia/work/2017/{n}/",
        "/concordia/work/2017/{n}/section/1/",
        "/concordia/work/2017/{n}/section/3.1/",
        "/concordia/work/2017/{n}/section/5/",
        "/concordia/work/history/{n}/",
    ],
    "save": ["/concordia/work/2017/{n}/section/1/save", "/bench/save/{n}/{q}"],
    "upload": ["/bench/upload/{n}"],
    "export": ["/concordia/work/2017/{n}/workbook.xlsx", "/concordia/work/history/{n}/history.csv"],
    "empty page": ["/bench/empty"],
    "bare insert": ["/bench/insert"],
}
SHARES = {"page": 60, "save": 30, "upload": 5, "export": 5}
#: The baselines are asked for by one more person, all the time.
BASE = ("empty page", "bare insert")
LIMITS = {"page": 330, "save": 500}
URLS = '''
import time
from django.db import connection
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from eirene_web.config.urls import urlpatterns as house
from eirene_web.config.urls import handler400, handler403, handler404, handler500
from eirene_web.files.services import keep
from eirene_web.organisations.models import Alliance
from eirene_web.organisations.queries import actor_for
from eirene_web.reports.models import Cell, Report
from eirene_web.reports.services import filling
from eirene_web.reports.services.filling import Edit

def empty(request):
    return HttpResponse(b"")

@csrf_exempt
def insert(request):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_row (n) VALUES (1)")
    return HttpResponse(b"")

@csrf_exempt
def save(request, nation, question):
    """The service itself, signed in, for as long as there is no page that saves."""
    alliance = Alliance.objects.get(slug="concordia")
    actor = actor_for(request.user, alliance, strong=True)
    report = Report.objects.get(cycle__code="2017", cycle__alliance=alliance, body__code=nation)
    cells = Cell.objects.filter(report=report, question=question, part="comment.en")
    base = cells.values_list("version", flat=True).first()
    done = filling.save_answers(actor=actor, report=report.pk,
                                edits=[Edit(question, "comment.en", f"Measured at {time.time_ns()}", base or 0)])
    return HttpResponse(b"", status=200 if done.saved else 409)

@csrf_exempt
def upload(request, nation):
    keep(request.body + str(time.time_ns()).encode())
    return HttpResponse(b"")

urlpatterns = [path("bench/empty", empty), path("bench/insert", insert),
               path("bench/save/<str:nation>/<str:question>", save), path("bench/upload/<str:nation>", upload), *house]
'''
QUESTIONS = ("personnel", "all_positions_open", "combat_roles", "recruits", "applicants")


@dataclass
class Measured:
    """Milliseconds by what was done; what went wrong."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, seconds: float, status: int) -> None:
        with self.lock:
            self.took[kind].append(seconds * 1000)
            if not 200 <= status < 400 and status != 409:
                self.errors[f"{kind} {status}"] += 1


def prepare(home: Path, cycles: int) -> dict[str, str]:
    """Lays out database and volume; a session for each rapporteur. nation → cookie."""
    (home / "benchurls.py").write_text(URLS)
    (home / "benchsettings.py").write_text('from eirene_web.config.settings import *\nROOT_URLCONF = "benchurls"\n')
    path = os.pathsep.join([str(home), str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    os.environ.update(
        EIRENE_HOME=str(home), DJANGO_SETTINGS_MODULE="benchsettings", EIRENE_COLLECTED_STATIC="1", EIRENE_DEMO="1",
        PYTHONPATH=path,
    )  # fmt: skip
    sys.path[:0] = [str(home), str(Path(__file__).parent)]
    import django
    from django.conf import settings
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
    writing = ["not_started", "drafting", "returned"]
    Report.objects.filter(cycle__code="2017").update(state="drafting", opened="2017-01-01T00:00:00Z")
    nations = Report.objects.filter(cycle__code="2017", state__in=writing).values_list("body__code", flat=True)
    cookies = {n: f"{settings.SESSION_COOKIE_NAME}={_session(n)}" for n in nations}
    connections.close_all()
    return cookies


def _session(nation: str) -> str:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from eirene_web.accounts.models import Person

    person = Person.objects.get(email=f"{nation.lower()}.rapporteur@demo.invalid")
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(person.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session["account_authentication_methods"] = [{"method": "demo", "at": time.time()}]
    session.save()
    return str(session.session_key)


def serve(port: int) -> subprocess.Popen[bytes]:
    code = (
        "from granian import Granian; from granian.constants import Interfaces; "
        f"Granian('eirene_web.config.wsgi:application', port={port}, interface=Interfaces.WSGI, workers=2, "
        "blocking_threads=4, backlog=512, log_access=False, log_level='warning').serve()"
    )
    server = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
    for _try in range(600):
        try:
            if ask(port, "GET", "/bench/empty", "")[0] == 200:
                return server
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server does not answer")


def ask(port: int, method: str, path: str, cookie: str, body: bytes = b"", token: str = "") -> tuple[int, bytes]:
    headers = {"Cookie": cookie} | ({"X-CSRFToken": token} if token else {})
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request(method, path, body or None, headers)
        response = connection.getresponse()
        return response.status, response.read()


def there(port: int, cookies: dict[str, str]) -> dict[str, list[str]]:
    """The addresses that answer; an address that is not there (yet) is said and left out."""
    nation, cookie = next(iter(cookies.items()))
    found: dict[str, list[str]] = {}
    for kind, paths in ROUTES.items():
        for path in paths:
            method = "GET" if kind in ("page", "export", "empty page") else "POST"
            status, _body = ask(
                port, method, path.format(n=nation, q=QUESTIONS[0]), cookie, b"x" if method == "POST" else b""
            )
            if status in (404, 405):
                print(f"not there, left out: {path}")
                continue
            if status == 403 and kind == "save":
                print(f"not measured without its form: {path}")
                continue
            found.setdefault(kind, []).append(path)
        if kind in ("save",) and found.get(kind):
            found[kind] = found[kind][:1]
    return found


def person(
    port: int,
    nation: str,
    cookie: str,
    routes: dict[str, list[str]],
    until: float,
    pause: float,
    measured: Measured,
    kinds: tuple[str, ...] = (),
) -> None:
    chance = random.Random(nation + str(until))
    while time.monotonic() < until:
        kind = chance.choice(kinds) if kinds else chance.choices(list(SHARES), list(SHARES.values()))[0]
        if kind not in routes:
            continue
        path = chance.choice(routes[kind]).format(n=nation, q=chance.choice(QUESTIONS))
        method = "GET" if kind in ("page", "export", "empty page") else "POST"
        body = (
            urlencode({"x": 1}).encode()
            if method == "POST" and kind != "upload"
            else os.urandom(200_000)
            if kind == "upload"
            else b""
        )
        started = time.perf_counter()
        try:
            status, _body = ask(port, method, path, cookie, body)
        except OSError:
            status = 599
        measured.add(kind, time.perf_counter() - started, status)
        time.sleep(chance.expovariate(1 / pause))


def memory(group: int) -> float:
    """Resident MB of all processes of the server's group; what they share is counted by its part."""
    total = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.getpgid(int(entry.name)) == group:
                    told = (entry / "smaps_rollup").read_text()
                    total += int(re.search(r"^Pss:\s+(\d+)", told, re.MULTILINE).group(1))  # type: ignore[union-attr]
            except (OSError, AttributeError):
                continue
    return total / 1024


def p(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--cycles", type=int, default=15)
    parser.add_argument("--pause", type=float, default=5)
    given = parser.parse_args()
    seconds = given.minutes * 60 if given.minutes else given.seconds
    home = Path(tempfile.mkdtemp(prefix="eirene-bench-"))
    cookies = prepare(home, given.cycles)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = serve(port)
    measured, peak = Measured(), 0.0
    try:
        routes = there(port, cookies)
        until, nations = time.monotonic() + seconds, list(cookies)
        threads = [
            threading.Thread(
                target=person,
                args=(
                    port,
                    nations[i % len(nations)],
                    cookies[nations[i % len(nations)]],
                    routes,
                    until,
                    given.pause,
                    measured,
                ),
            )
            for i in range(given.people)
        ]
        threads.append(threading.Thread(target=person, args=(port, "x", "", routes, until, 0.2, measured, BASE)))
        for thread in threads:
            thread.start()
        while time.monotonic() < until:
            time.sleep(1)
            peak = max(peak, memory(server.pid))
        for thread in threads:
            thread.join()
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()
    return report(measured, peak, seconds)


def report(measured: Measured, peak: float, seconds: float) -> int:
    base = {"save": "bare insert"}
    print(f"{'':12} {'number':>7} {'p50':>7} {'p95':>7} {'p99':>7}  ms; p95 beside the baseline")
    missed = []
    for kind in (*SHARES, *BASE):
        took = measured.took.get(kind)
        if not took:
            continue
        against = measured.took.get(base.get(kind, "empty page")) or [1.0]
        ratio = p(took, 0.95) / p(against, 0.95)
        print(
            f"{kind:12} {len(took):7} {statistics.median(took):7.0f} {p(took, 0.95):7.0f} {p(took, 0.99):7.0f}"
            f"  {ratio:.1f} ×"
        )
        if p(took, 0.95) > LIMITS.get(kind, 1e9):
            missed.append(kind)
    requests = sum(len(t) for t in measured.took.values())
    print(
        f"{requests} requests in {seconds:.0f} s, errors: {dict(measured.errors) or 'none'}; "
        f"memory at most {peak:.0f} MB"
    )
    if missed:
        print(f"missed: {', '.join(missed)}")
    return 1 if missed or measured.errors else 0


if __name__ == "__main__":
    sys.exit(main())

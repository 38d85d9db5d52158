"""The portal under 20 readers at once, beside an empty Django view in the same server and the same run.

    python benchmarks/portal.py [--readers 20] [--seconds 5]

Serves a release of Concordia 2016 with granian as `eirene serve` does and prints p50 and p95 of each page, and how many
times the empty view's they are. Exit code 1 if a page misses what is to be reached: p95 ≤ 150 ms and ≤ 3 × empty.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

FIGURE = "/concordia/2016/figures/policies_or_laws.2016.members.share_of_bodies/"
PAGES = {
    "empty view": "/empty",
    "alliance": "/concordia/",
    "edition": "/concordia/2016/",
    "chapter": "/concordia/2016/integration_of_gender/",
    "figures": "/concordia/2016/figures/",
    # Every time another one, so that no page is found in memory.
    "figures, filtered": "/concordia/2016/figures/?q=women",
    "figures, new filter": "/concordia/2016/figures/?q=women&never=",
    "figure": FIGURE,
    "nation": "/concordia/2016/nations/ALM/",
    "framework": "/concordia/framework/",
}
URLS = """
from django.http import HttpResponse
from django.urls import path
from eirene_web.config.urls import urlpatterns as portal
from eirene_web.config.urls import handler400, handler403, handler404, handler500
urlpatterns = [path("empty", lambda request: HttpResponse(b"")), *portal]
"""


def prepare(home: Path) -> dict[str, str]:
    sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
    (home / "benchurls.py").write_text(URLS)
    (home / "benchsettings.py").write_text('from eirene_web.config.settings import *\nROOT_URLCONF = "benchurls"\n')
    path = os.pathsep.join([str(home), os.environ.get("PYTHONPATH", "")])
    os.environ.update(
        EIRENE_HOME=str(home), DJANGO_SETTINGS_MODULE="benchsettings", EIRENE_COLLECTED_STATIC="1", PYTHONPATH=path
    )
    sys.path.insert(0, str(home))
    from web import releases

    release = releases.concordia(home / "releases" / "concordia" / "2016")
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    from eirene_web.editions.services import register_release

    register_release(release)
    connections.close_all()
    return dict(os.environ)


def serve(environment: dict[str, str], port: int) -> subprocess.Popen[bytes]:
    command = [
        sys.executable, "-m", "granian", "eirene_web.config.wsgi:application", "--interface", "wsgi", "--port",
        str(port),
        "--workers", "2", "--blocking-threads", "4", "--no-access-log", "--log-level", "warning",
    ]  # fmt: skip
    server = subprocess.Popen(command, env=environment, start_new_session=True)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return server
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The server did not start.")


def read(port: int, address: str, readers: int, seconds: float) -> list[float]:
    """Milliseconds of every answer that `readers` got, each asking again as soon as it is answered."""
    found: list[float] = []
    numbers = itertools.count()
    until = time.monotonic() + seconds

    def one() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        mine = []
        while time.monotonic() < until:
            begun = time.perf_counter()
            asked = f"{address}{next(numbers)}" if address.endswith("=") else address
            connection.request("GET", asked, headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            answer.read()
            mine.append((time.perf_counter() - begun) * 1000)
            if answer.status != 200:
                raise SystemExit(f"{address}: {answer.status}")
        found.extend(mine)

    threads = [threading.Thread(target=one) for _ in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--readers", type=int, default=20)
    options.add_argument("--seconds", type=float, default=4)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = prepare(Path(folder))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = serve(environment, port)
        try:
            return measure(port, given.readers, given.seconds)
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait()


def measure(port: int, readers: int, seconds: float) -> int:
    print(f"{readers} readers at once, {seconds:g} s each, warm")
    print(f"{'page':20}{'p50 ms':>9}{'p95 ms':>9}{'per s':>9}{'× empty p95':>13}")
    empty, missed = 0.0, 0
    for name, address in PAGES.items():
        read(port, address, readers, 1.0)
        times = read(port, address, readers, seconds)
        cut = statistics.quantiles(times, n=100)
        empty = empty or cut[94]
        warm = not address.endswith("=")
        good = cut[94] <= 150 and cut[94] <= 3 * empty
        missed += warm and not good
        told = "" if good else "  missed" if warm else "  (made anew each time, not warm)"
        print(f"{name:20}{cut[49]:9.1f}{cut[94]:9.1f}{len(times) / seconds:9.0f}{cut[94] / empty:13.2f}{told}")
    print("To reach: p95 at most 150 ms and 3 × the empty view.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

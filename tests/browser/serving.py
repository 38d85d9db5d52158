"""A server of its own, as `eirene serve` starts it, for as long as somebody looks at it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Page

#: The code under test, also where another copy is the one that is installed.
SRC = Path(__file__).parents[2] / "src"
COMMAND = [sys.executable, "-c", "from eirene.cli import main; main()"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(home: Path, *words: str, name: str = "127.0.0.1", **more: str) -> Iterator[str]:
    """The address of `eirene serve --no-build …` on a home. `name`: by which it is called; `more`: its environment."""
    log = home / "serve.log"
    log.unlink(missing_ok=True)
    kept = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    command = [*COMMAND, "serve", "--no-build", *words, "--port", str(free_port())]
    with open(log, "w", encoding="utf-8") as out:
        server = subprocess.Popen(
            command, env={**kept, "EIRENE_HOME": str(home), "PYTHONPATH": str(SRC), **more}, stdout=out, stderr=out,
            start_new_session=True,
        )  # fmt: skip
        try:
            yield _address(server, log, name)
        finally:
            end(server)


def _address(server: subprocess.Popen[bytes], log: Path, name: str) -> str:
    """As soon as it says that it serves, and answers that it is well."""
    for _try in range(600):
        found = re.search(r"Serving at http://127\.0\.0\.1:(\d+)/", log.read_text())
        if found:
            address = f"http://{name}:{found[1]}"
            try:
                with urlopen(f"{address}/healthz") as answer:
                    assert answer.status == 200
                return address
            except OSError:
                pass
        assert server.poll() is None, log.read_text()
        time.sleep(0.2)
    raise AssertionError(log.read_text())


def end(process: subprocess.Popen[bytes]) -> None:
    """Tells a process and all that it started to end; makes them, if they do not."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
            process.wait(timeout=15)
            return
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def be(page: Page, office: str, who: str) -> None:
    """Signs in to a demonstration office by one click."""
    page.goto(f"{office}/account/demo/")
    page.locator(f'button[data-person="{who.lower()}"]').first.click()
    page.wait_for_url("**/work/**")

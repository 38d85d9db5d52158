"""An installation as an office runs it: home, server, worker, commands, a mail server; and a clock to be moved."""

from __future__ import annotations

import datetime as dt
import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

from web.notices.smtp import Server

HERE = Path(__file__).parent
SRC = HERE.parents[1] / "src"
COMMAND = [sys.executable, "-c", "from eirene.cli import main; main()"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Installation:
    """`serve` and `worker` run in processes of their own."""

    home: Path
    mails: Server | None = None
    more: dict[str, str] = field(default_factory=dict)
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"  # by name: a passkey belongs to a name
        self._ahead = self.home.parent / f"{self.home.name}.ahead"
        if not self._ahead.exists():
            self._ahead.write_text("0")

    # --- the clock ---

    @property
    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + dt.timedelta(seconds=float(self._ahead.read_text()))

    def move_clock_to(self, instant: dt.datetime) -> None:
        """Nobody's clock goes back."""
        assert instant > self.now
        whole = self._ahead.with_suffix(".new")
        whole.write_text(str((instant - dt.datetime.now(dt.UTC)).total_seconds()))
        whole.replace(self._ahead)

    # --- processes ---

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("EIRENE_", "DJANGO_")) and k != "DATABASE_URL"}
        mail = {"EIRENE_MAIL_URL": f"smtp://127.0.0.1:{self.mails.port}"} if self.mails else {}
        return {
            **kept, **mail, "EIRENE_HOME": str(self.home), "EIRENE_TEST_CLOCK": str(self._ahead),
            "PYTHONPATH": os.pathsep.join([str(HERE / "moved_clock"), str(SRC)]), "EIRENE_URL": self.url, **self.more,
        }  # fmt: skip

    def eirene(self, *words: str | Path, fails: int = 0) -> str:
        """Runs a command to its end; what it printed."""
        done = subprocess.run(
            [*COMMAND, *map(str, words)], env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == fails, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self, *, workers: int = 0) -> None:
        """The server and, beside it, the worker: as two services, the way the recipe for systemd has them."""
        log = self.home.parent / f"{self.home.name}.log"
        self._begin(log, "serve", "--no-build", "--port", str(self.port), "--workers", str(workers))
        self._wait(log)
        self._begin(log, "worker")

    def _begin(self, log: Path, *words: str) -> None:
        with open(log, "ab") as out:
            self._running.append(
                subprocess.Popen(
                    [*COMMAND, *words], env=self.environment, stdout=out, stderr=out, start_new_session=True
                )
            )

    def _wait(self, log: Path) -> None:
        for _ in range(600):
            told = re.findall(r"Serving at http://127\.0\.0\.1:(\d+)/", log.read_text())
            if told:
                assert told[-1] == str(self.port), f"port {self.port} is taken"
                try:
                    with urlopen(f"{self.url}/healthz") as answer:
                        assert answer.status == 200
                    return
                except OSError:
                    pass
            assert self._running[-1].poll() is None, log.read_text()
            time.sleep(0.1)
        raise AssertionError(log.read_text())

    def stop(self) -> None:
        for process in reversed(self._running):
            for sign in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(process.pid, sign)
                    process.wait(timeout=15)
                    break
                except ProcessLookupError:
                    break
                except subprocess.TimeoutExpired:
                    continue
            process.wait()
        self._running.clear()

    def log(self) -> str:
        return (self.home.parent / f"{self.home.name}.log").read_text()

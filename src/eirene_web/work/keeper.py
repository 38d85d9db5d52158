"""Keeps worker processes running: starts them, starts another when one dies, ends them with itself.

Nothing but the standard library: the keeper itself holds no connection and little memory.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

#: Seconds before a worker that died is replaced; more where it dies again at once, up to the second number.
SOON, LATER = 0.5, 10.0
#: A worker that lived for so many seconds was sound.
SOUND = 20.0


@dataclass
class Place:
    """One worker's place: the process in it, and when it may be filled again."""

    process: subprocess.Popen[bytes] | None = None
    since: float = 0.0
    pause: float = SOON
    again: float = 0.0


@dataclass
class Keeper:
    """`n` workers, each in a process group of its own, so that one is ended with everything that it started."""

    n: int = 1
    command: tuple[str, ...] = (sys.executable, "-m", "eirene_web.work")
    places: list[Place] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> Keeper:
        """Keeps them from now on, in the background."""
        self.places = [Place() for _ in range(self.n)]
        self._look()
        self._thread = threading.Thread(target=self._watch, name="keeper", daemon=True)
        self._thread.start()
        return self

    def _watch(self) -> None:
        while not self._stop.wait(0.25):
            self._look()

    def _look(self) -> None:
        for place in self.places:
            moment = time.monotonic()
            if place.process is not None and place.process.poll() is not None:
                _kill_group(place.process.pid, signal.SIGKILL)  # what it left behind
                place.pause = SOON if moment - place.since > SOUND else min(LATER, place.pause * 2)
                place.process, place.again = None, moment + place.pause
            if place.process is None and moment >= place.again and not self._stop.is_set():
                place.process, place.since = self._begin(), moment

    def _begin(self) -> subprocess.Popen[bytes]:
        # Two allocation arenas, not eight for each core: what a lane gave back, another takes.
        environment = {"MALLOC_ARENA_MAX": "2", **os.environ, "EIRENE_PARENT": str(os.getpid())}
        return subprocess.Popen([*self.command], start_new_session=True, env=environment)  # noqa: S603  our own module

    def wait(self) -> None:
        """Until it is stopped."""
        while not self._stop.wait(3600):
            pass

    def leave(self) -> None:
        """Ends waiting; safe to call from a signal's handler."""
        self._stop.set()

    def stop(self) -> None:
        """Ends all workers: each may finish what it is at, for a few seconds."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        running = [place.process for place in self.places if place.process is not None]
        for process in running:
            _kill_group(process.pid, signal.SIGTERM)
        end = time.monotonic() + 5
        for process in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0.0, end - time.monotonic()))
            _kill_group(process.pid, signal.SIGKILL)
            process.wait()


def _kill_group(group: int, sign: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, sign)


def end_with_keeper() -> None:
    """Ends this process and its children as soon as the keeper that started it is gone, however it went.

    The keeper says who it is in EIRENE_PARENT; a process that nobody keeps goes on.
    """
    keeper = os.environ.get("EIRENE_PARENT")
    if not keeper:
        return

    def watch() -> None:
        while str(os.getppid()) == keeper:
            time.sleep(1)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, name="keeper's end", daemon=True).start()

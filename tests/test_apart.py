"""Work in a process of its own: its result, its errors and its progress come back; nothing of it is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from eirene.apart import ChildDied, run_apart
from eirene.errors import Blocked, Problem

# --- what is run there ----------------------------------------------------------------------------------------------


def own_process() -> int:
    print("not an answer")
    return os.getpid()


def telling(*, steps: int, progress: Callable[..., None]) -> str:
    for step in range(steps):
        progress("counting", step, steps)
    return "done"


def refusing() -> None:
    raise Blocked([Problem("A blocker stands.", "AAA, staff", "Answer it."), Problem("Another.")])


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def broken() -> None:
    raise ZeroDivisionError("a secret of the content")


def waiting(*, mark: Path, progress: Callable[..., None] | None = None) -> None:
    """Starts a process of its own, says so in a file, and waits."""
    started = subprocess.Popen(["sleep", "600"])
    mark.write_text(f"{os.getpid()} {started.pid}")
    if progress:
        progress("waiting")
    time.sleep(600)


def running(mark: Path) -> list[int]:
    """Which of the two are there still."""
    return [int(pid) for pid in mark.read_text().split() if Path(f"/proc/{pid}/cmdline").is_file() and _lives(pid)]


def _lives(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)


# --- what is seen here ----------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    here = Path(__file__).parent
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(here.parent / "src"), str(here)]))


def test_the_result_comes_back_whatever_is_printed_there() -> None:
    assert run_apart(own_process) != os.getpid()


def test_progress_is_told_here() -> None:
    told: list[tuple[object, ...]] = []
    assert run_apart(telling, steps=3, progress=lambda *step: told.append(step)) == "done"
    assert told == [("counting", 0, 3), ("counting", 1, 3), ("counting", 2, 3)]


def test_an_error_for_people_comes_back_whole() -> None:
    with pytest.raises(Blocked) as caught:
        run_apart(refusing)
    assert caught.value.problems == (Problem("A blocker stands.", "AAA, staff", "Answer it."), Problem("Another."))


@pytest.mark.parametrize("fault", [killed, broken], ids=lambda f: f.__name__)
def test_any_other_end_is_told_without_content(fault: Callable[[], None]) -> None:
    with pytest.raises(ChildDied, match=fault.__name__) as caught:
        run_apart(fault)
    assert "secret" not in str(caught.value)


def test_who_stops_listening_stops_the_work(tmp_path: Path) -> None:
    mark = tmp_path / "pids"

    def enough(*_step: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_apart(waiting, mark=mark, progress=enough)
    until(lambda: not running(mark))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
def test_when_the_parent_is_killed_nothing_of_it_goes_on(tmp_path: Path) -> None:
    mark = tmp_path / "pids"
    code = (
        "from pathlib import Path; import test_apart; from eirene.apart import run_apart; "
        f"run_apart(test_apart.waiting, mark=Path({str(mark)!r}))"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
    until(lambda: mark.is_file() and len(mark.read_text().split()) == 2)
    assert len(running(mark)) == 2
    parent.kill()
    parent.wait()
    until(lambda: not running(mark))

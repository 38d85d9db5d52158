"""Workers killed at any moment: every effect once, nothing stuck, begun again within seconds. Both databases."""

from __future__ import annotations

import os
import secrets
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from web.work import trial
from web.work.trial import House

pytestmark = [pytest.mark.slow, pytest.mark.soak_on_postgresql]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An installation of its own, on PostgreSQL where DATABASE_URL names one."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        made = House(tmp_path)
        made.do("migrate")
        yield made
        return
    import psycopg

    name = f"eirene_trial_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as session:
        session.execute(f"CREATE DATABASE {name}")
        try:
            made = House(tmp_path, urlunsplit(urlsplit(url)._replace(path=f"/{name}")))
            made.do("migrate")
            yield made
        finally:
            session.execute(f"DROP DATABASE {name} WITH (FORCE)")


def whole(outcome: trial.Outcome, tasks: int) -> None:
    assert outcome.effects == {str(n): 1 for n in range(tasks)}
    assert outcome.states == {"done": tasks}
    assert outcome.stuck == 0


def test_four_kills_in_the_middle_of_eight_tasks(house: House) -> None:
    outcome = trial.run(house, tasks=8, kills=4)
    whole(outcome, 8)
    # Whatever was hit was begun again; how soon is measured in `make soak`, where nothing else is at work.
    assert sum(outcome.tries) >= 8 + len(outcome.gaps)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2])
def test_twenty_kills_in_the_middle_of_fifty_tasks(house: House, seed: int) -> None:
    outcome = trial.run(house, tasks=50, kills=20, seed=seed)
    print(outcome)
    whole(outcome, 50)
    assert sorted(outcome.gaps)[len(outcome.gaps) // 2] < 20


def _all_fired(found: dict[str, list[object]]) -> bool:
    return bool(found) and all(row == [1, True] for row in found.values())


@pytest.mark.soak
def test_what_was_due_for_years_fires_once_for_two_workers_however_busy_they_are(house: House) -> None:
    house.do("enqueue", "2", "600")
    with house.worker(), house.worker():
        trial.wait_for_a_start(house, time.monotonic() + trial.PATIENCE)
        house.do("make_due")
        end = time.monotonic() + trial.PATIENCE
        while not _all_fired(house.do("fired")) and time.monotonic() < end:
            time.sleep(0.5)
        time.sleep(2)  # for one that would fire again
        found = house.do("fired")
    assert set(found) >= {"work.tidy", "reports.remind"}
    assert _all_fired(found), found


def test_what_takes_long_keeps_nobody_waiting(house: House) -> None:
    house.do("print")
    with house.worker():
        _until((house.home / "printing").exists)
        house.do("enqueue", "2", "0")
        _until(lambda: house.do("look")["states"] == {"done": 2})
        (house.home / "enough").touch()


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + trial.PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.2)


def test_a_worker_ends_with_its_keeper_and_is_replaced_when_it_dies(house: House) -> None:
    keeper = house.start("from eirene_web.commands import worker; worker()")
    try:
        first = house.wait_for_worker()
        os.killpg(first, signal.SIGKILL)
        second = house.wait_for_worker(other_than=first)
        os.kill(keeper.pid, signal.SIGKILL)
        keeper.wait()
        house.wait_until_gone(second)
    finally:
        trial.kill(keeper)


@pytest.mark.soak
def test_a_worker_that_is_told_to_stop_finishes_what_it_is_at(house: House) -> None:
    house.do("enqueue", "1", "1.5")
    process = house.start_worker()
    try:
        trial.wait_for_a_start(house, time.monotonic() + trial.PATIENCE)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=trial.PATIENCE) == 0
    finally:
        trial.kill(process)
    assert house.do("look")["states"] == {"done": 1}

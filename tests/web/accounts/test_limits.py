"""Measures of tries and the shared cache: threads and processes together let no more through than one alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from django.core.cache import cache

from eirene_web.accounts.cache import time as clock_of_the_cache
from eirene_web.accounts.limits import take
from eirene_web.accounts.models import Bucket, Kept
from web.together import together, waiting


@pytest.mark.django_db
def test_so_many_at_once_and_then_one_by_one() -> None:
    assert [take("k", 3, 60, at=100.0) for _ in range(5)] == [True, True, True, False, False]
    assert not take("k", 3, 60, at=119.0)
    assert take("k", 3, 60, at=120.1)
    assert not take("k", 3, 60, at=121.0)
    assert [take("k", 3, 60, at=1000.0) for _ in range(4)] == [True, True, True, False]
    assert take("another", 3, 60, at=1000.0)


@pytest.mark.django_db
def test_a_refused_try_costs_nothing() -> None:
    for _ in range(100):
        take("k", 1, 10, at=100.0)
    assert take("k", 1, 10, at=110.1)


@pytest.mark.django_db
def test_the_cache_keeps_and_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = [1000.0]
    monkeypatch.setattr(clock_of_the_cache, "time", lambda: moment[0])
    assert cache.get("a") is None
    assert cache.add("a", [1, 2.5, "x"])
    assert not cache.add("a", "other")
    assert cache.get("a") == [1, 2.5, "x"]
    cache.set("a", {"b": None}, timeout=5)
    assert cache.get("a") == {"b": None}
    assert "a" in cache
    moment[0] += 6
    assert cache.get("a", "gone") == "gone"
    assert cache.add("a", 1)
    assert cache.touch("a", 60)
    assert cache.incr("a", 4) == 5
    assert cache.decr("a") == 4
    assert cache.delete("a")
    assert not cache.delete("a")
    with pytest.raises(ValueError, match="not found"):
        cache.incr("a")
    cache.set("for_ever", 1, timeout=None)
    cache.clear()
    assert Kept.objects.count() == 0


@pytest.mark.django_db
def test_the_cache_takes_nothing_but_json() -> None:
    with pytest.raises(TypeError):
        cache.set("a", object())


def at_once(threads: int, work: Callable[[], int]) -> int:
    """The sum of what the threads give back, all begun together."""
    found = together(*[work] * threads)
    assert [one for one in found if isinstance(one, BaseException)] == []
    return sum(found)


@pytest.mark.django_db(transaction=True)
def test_threads_together_let_no_more_through() -> None:
    assert at_once(4, lambda: sum(waiting(lambda: take("k", 10, 3600, at=100.0)) for _ in range(10))) == 10


@pytest.mark.django_db(transaction=True)
def test_threads_together_add_a_key_once_and_count_right() -> None:
    assert at_once(4, lambda: sum(waiting(lambda n=n: cache.add(f"key{n}", n)) for n in range(10))) == 10
    cache.set("n", 0)
    at_once(4, lambda: sum(waiting(lambda: cache.incr("n")) for _ in range(10)))
    assert cache.get("n") == 40


_PROCESS = """
import os, sys
import django
django.setup()
from eirene_web.accounts.limits import take
print(sum(take("k", 25, 3600, at=100.0) for _ in range(20)))
"""


@pytest.mark.slow
def test_processes_together_let_no_more_through(tmp_path: object) -> None:
    import os

    environment = {
        **os.environ, "EIRENE_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "eirene_web.config.settings",
        "PYTHONPATH": os.pathsep.join(sys.path), "DATABASE_URL": "",
    }  # fmt: skip
    run = [sys.executable, "-m", "django", "migrate", "-v0"]
    subprocess.run(run, env=environment, check=True)
    processes = [
        subprocess.Popen([sys.executable, "-c", _PROCESS], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert sum(int(process.communicate(timeout=120)[0]) for process in processes) == 25


@pytest.mark.django_db
def test_a_key_is_one_row() -> None:
    for _ in range(5):
        take("k", 3, 60)
    assert Bucket.objects.count() == 1

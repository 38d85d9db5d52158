"""Several people pressing at the same instant: real threads, each with a connection of its own."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import OperationalError, connection


def together(*calls: Callable[[], Any]) -> list[Any]:
    """What each call gave back, or the exception that it raised; all begin at once."""
    gate, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(n: int, call: Callable[[], Any]) -> None:
        try:
            gate.wait(timeout=60)
            results[n] = waiting(call)
        except Exception as error:
            results[n] = error
        finally:
            connection.close()

    workers = [threading.Thread(target=run, args=(n, call)) for n, call in enumerate(calls)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=300)
    assert not any(worker.is_alive() for worker in workers)
    return results


def waiting(call: Callable[[], Any]) -> Any:
    """SQLite in memory, as tests have it, refuses where a file would wait: the call waits here instead."""
    for _ in range(600):
        try:
            return call()
        except OperationalError as error:
            if "locked" not in str(error):
                raise
            time.sleep(random.uniform(0.01, 0.1))
    return call()

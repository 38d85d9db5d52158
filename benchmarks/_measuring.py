"""What benchmarks of the platform share: an installation that is thrown away, and the median of some runs."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable

RUNS = 5


def timed(work: Callable[[], object]) -> float:
    """Seconds, the median of some runs."""
    took = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def in_new_home(measure: Callable[[], int]) -> int:
    """Runs it in an installation of its own; on PostgreSQL where DATABASE_URL names an empty database."""
    with tempfile.TemporaryDirectory(prefix="eirene-bench-") as home:
        os.environ |= {"EIRENE_HOME": home, "DJANGO_SETTINGS_MODULE": "eirene_web.config.settings"}
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        return measure()

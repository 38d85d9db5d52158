"""How long an audit takes: 40 nations × 600 answers × 15 cycles with their journal, beside reading the same rows bare.

    python benchmarks/audit.py [--cycles 15]        with DATABASE_URL: on that database

Exit code 1 if the audit finds a difference, or takes more than five minutes, or more than 300 MB.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cycles", type=int, default=15)
    given = parser.parse_args()
    home = tempfile.mkdtemp(prefix="eirene-bench-")
    os.environ.update(EIRENE_HOME=home, DJANGO_SETTINGS_MODULE="eirene_web.config.settings")
    sys.path.insert(0, str(Path(__file__).parent))
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", verbosity=0)
    from _volume import lay_out

    from eirene.framework import load
    from eirene_web.journal.models import Change
    from eirene_web.journal.verify import Audit
    from eirene_web.organisations.services import found_alliance
    from eirene_web.reports.models import Cell

    found_alliance(pack=load("concordia"))
    started = time.perf_counter()
    cells = lay_out("concordia", cycles=given.cycles)
    print(f"{connection.vendor}: {cells:,} cells laid out in {time.perf_counter() - started:.0f} s")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = time.perf_counter()
    for rows in (Change.objects.order_by("pk").values_list(), Cell.objects.order_by("pk").values_list()):
        for _row in rows.iterator(chunk_size=2000):
            pass
    bare = time.perf_counter() - started
    audit = Audit("concordia")
    started = time.perf_counter()
    differences = list(audit.differences())
    took = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"reading the rows bare   {bare:6.1f} s")
    print(f"audit                   {took:6.1f} s   {took / bare:.1f} × bare   {audit.count}")
    print(f"memory: {before:.0f} MB before, {peak:.0f} MB at most; differences: {len(differences)}")
    return 1 if differences or took > 300 or peak > 300 else 0


if __name__ == "__main__":
    sys.exit(main())

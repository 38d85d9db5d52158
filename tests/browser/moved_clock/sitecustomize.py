"""Moves the clock of every process of an installation under test: Python loads this by itself where the folder
stands in PYTHONPATH. By how many seconds it is ahead stands in the file that EIRENE_TEST_CLOCK names.
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from django.utils import timezone

_ahead = Path(os.environ["EIRENE_TEST_CLOCK"])


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC) + dt.timedelta(seconds=float(_ahead.read_text()))


timezone.now = now

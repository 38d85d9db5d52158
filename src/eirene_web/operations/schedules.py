from __future__ import annotations

from eirene_web.operations.tasks import nightly_backup
from eirene_web.work.schedules import ByClock

SCHEDULES = [ByClock("backup", "30 2 * * *", nightly_backup)]

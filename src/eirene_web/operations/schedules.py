"""Work by the clock: name, cron, task."""

from __future__ import annotations

SCHEDULES = [("backup", "30 2 * * *", "eirene_web.operations.tasks.nightly_backup")]

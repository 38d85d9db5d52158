"""Work by the clock: name, cron, task."""

from __future__ import annotations

SCHEDULES = [("journal-heads", "0 6 * * *", "eirene_web.journal.tasks.mail_heads")]

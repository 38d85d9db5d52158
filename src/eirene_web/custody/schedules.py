from __future__ import annotations

from eirene_web.custody.tasks import mail_heads
from eirene_web.work.schedules import ByClock

SCHEDULES = [ByClock("journal.heads", "0 6 * * *", mail_heads)]

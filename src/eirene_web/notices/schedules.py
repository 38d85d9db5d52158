from __future__ import annotations

from eirene_web.notices.sending import send_waiting
from eirene_web.work.schedules import ByClock

SCHEDULES = [ByClock("notices.send", "* * * * *", send_waiting)]

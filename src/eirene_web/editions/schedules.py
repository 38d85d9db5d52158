from __future__ import annotations

from eirene_web.editions.tasks import look
from eirene_web.work.schedules import ByClock

SCHEDULES = [ByClock("editions.look", "* * * * *", look)]

"""What accounts have done by the clock."""

from __future__ import annotations

from eirene_web.accounts.tasks import forget_old_sign_ins
from eirene_web.work.schedules import ByClock

SCHEDULES = [ByClock("accounts.forget_sign_ins", "50 3 * * *", forget_old_sign_ins)]

"""What the API does by the clock."""

from __future__ import annotations

from django_tasks import task

from eirene_web.api.once import forget


@task
def forget_keys() -> None:
    """Answers kept under idempotency keys go after a day."""
    forget()


SCHEDULES = [("api.forget_keys", "17 * * * *", forget_keys, "UTC")]

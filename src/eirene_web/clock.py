"""What time it is: one place to ask, so that a demonstration and a test can lay out days as they need them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone

#: Years of which an instant is taken from outside: in another zone every one of them still has a calendar.
YEARS = range(1900, 3000)

_set: ContextVar[dt.datetime | None] = ContextVar("clock", default=None)


def now() -> dt.datetime:
    """The instant, with its time zone (UTC)."""
    return _set.get() or timezone.now()


@contextmanager
def at(instant: dt.datetime) -> Iterator[None]:
    """It is `instant` inside the block."""
    token = _set.set(instant)
    try:
        yield
    finally:
        _set.reset(token)

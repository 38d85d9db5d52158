"""Instants as people write and read them: an hour on a day by the clock of a capital.

A deadline is one instant for everybody. It is entered by the alliance's clock and shown by the reader's, with the hour
and the city, never as a bare date.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from eirene.errors import UsageError
from eirene.text import city as city_of
from eirene.text import date
from eirene_web.clock import YEARS, now
from eirene_web.organisations.models import Alliance, Body


def zone_of(alliance: Alliance, body: Body | None = None) -> zoneinfo.ZoneInfo:
    """The clock of a body's capital; the alliance's where the body has none of its own."""
    return zoneinfo.ZoneInfo((body.time_zone if body else "") or alliance.time_zone)


def city(zone: zoneinfo.ZoneInfo, lang: str = "") -> str:
    """The city that a clock is named after, in the reader's language."""
    return city_of(zone, lang or get_language() or "en")


def written(instant: dt.datetime, zone: zoneinfo.ZoneInfo, lang: str = "") -> str:
    """30 March 2018, 18:00 (Brussels)"""
    there = instant.astimezone(zone)
    return f"{date(there.date(), lang or get_language() or 'en')}, {there:%H:%M} ({city(zone, lang)})"


def instant_of(text: str, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """The instant that `2018-03-30T18:00` means by a clock.

    Raises UsageError for what is no day and hour, and for an hour that the clock skips in spring. Of an hour that it
    shows twice in autumn the later one is meant: nobody loses time.
    """
    try:
        naive = dt.datetime.fromisoformat(text.strip())
        if naive.year not in YEARS:
            raise ValueError
    except ValueError:
        raise UsageError(
            _("“%(text)s” is no day and hour.") % {"text": text[:40]},
            remedy=_("Write it as %(example)s.") % {"example": "2018-03-30T18:00"},
        ) from None
    if naive.tzinfo is not None:
        return naive.astimezone(dt.UTC)
    there = naive.replace(tzinfo=zone, fold=1)
    instant = there.astimezone(dt.UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != naive:
        raise UsageError(
            _("There is no %(hour)s in %(city)s on that day: the clock is put forward.")
            % {"hour": f"{naive:%H:%M}", "city": city(zone)},
            remedy=_("Choose an hour before or after."),
        )
    return instant


def field_of(instant: dt.datetime | None, zone: zoneinfo.ZoneInfo) -> str:
    """What a form shows for an instant: 2018-03-30T18:00."""
    return f"{instant.astimezone(zone):%Y-%m-%dT%H:%M}" if instant is not None else ""


def days_to(instant: dt.datetime, zone: zoneinfo.ZoneInfo) -> int:
    """Days from today to the instant's day, both by one calendar; negative when it lies behind."""
    return (instant.astimezone(zone).date() - now().astimezone(zone).date()).days


def until(instant: dt.datetime, zone: zoneinfo.ZoneInfo) -> str:
    """in 16 days; tomorrow; today; 3 days ago: by the reader's calendar."""
    days = days_to(instant, zone)
    if days == 0 and instant <= now():
        return _("earlier today")
    return days_word(days)


def days_word(days: int) -> str:
    """in 16 days; tomorrow; today; yesterday; 3 days ago"""
    words = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}
    if days in words:
        return words[days]
    if days > 0:
        return ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days}
    return ngettext("%(n)d day ago", "%(n)d days ago", -days) % {"n": -days}

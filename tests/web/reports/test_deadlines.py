"""A deadline is one instant; who reads it reads the hour of their own capital, and days by their own calendar."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest
from django.utils import translation

from eirene.errors import UsageError
from eirene_web import clock
from eirene_web.organisations.models import Alliance, Body
from eirene_web.reports import instants

BRUSSELS, KIRITIMATI = zoneinfo.ZoneInfo("Europe/Brussels"), zoneinfo.ZoneInfo("Pacific/Kiritimati")


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[misc,arg-type]


def test_it_is_entered_by_the_alliances_clock_in_winter_and_summer() -> None:
    assert instants.instant_of("2018-03-24T18:00", BRUSSELS) == utc(2018, 3, 24, 17)
    assert instants.instant_of("2018-03-26T18:00", BRUSSELS) == utc(2018, 3, 26, 16)  # the clock was put forward


def test_an_hour_that_the_clock_skips_is_refused_with_the_city() -> None:
    with pytest.raises(UsageError, match=r"There is no 02:30 in Brussels") as refused:
        instants.instant_of("2018-03-25T02:30", BRUSSELS)
    assert refused.value.problems[0].remedy


def test_of_an_hour_that_comes_twice_the_later_is_meant() -> None:
    assert instants.instant_of("2018-10-28T02:30", BRUSSELS) == utc(2018, 10, 28, 1, 30)


@pytest.mark.parametrize("text", ["", "tomorrow", "2018-02-30T10:00", "2018-03-24T25:00", "../../x"])
def test_what_is_no_hour_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no day and hour"):
        instants.instant_of(text, BRUSSELS)


def test_the_field_shows_what_was_entered() -> None:
    for text in ("2018-03-26T18:00", "2018-10-28T18:00"):
        assert instants.field_of(instants.instant_of(text, BRUSSELS), BRUSSELS) == text


def test_kiribati_reads_the_next_day_and_its_own_city() -> None:
    deadline = instants.instant_of("2018-03-30T18:00", BRUSSELS)
    assert instants.written(deadline, BRUSSELS) == "30 March 2018, 18:00 (Brussels)"
    assert instants.written(deadline, KIRITIMATI) == "31 March 2018, 06:00 (Kiritimati)"
    with translation.override("fr"):
        assert instants.written(deadline, BRUSSELS) == "30 mars 2018, 18:00 (Bruxelles)"


def test_days_are_counted_by_the_readers_calendar() -> None:
    deadline = instants.instant_of("2018-03-30T18:00", BRUSSELS)
    with clock.at(utc(2018, 3, 14, 11)):  # already the 15th on Kiritimati, where the deadline is the 31st
        assert instants.until(deadline, BRUSSELS) == "in 16 days"
        assert instants.until(deadline, KIRITIMATI) == "in 16 days"
    with clock.at(utc(2018, 3, 29, 9)):
        assert instants.until(deadline, BRUSSELS) == "tomorrow"
        assert instants.until(deadline, KIRITIMATI) == "in 2 days"
    with clock.at(utc(2018, 3, 30, 15)):
        assert instants.until(deadline, BRUSSELS) == "today"
    with clock.at(utc(2018, 3, 30, 17)):
        assert instants.until(deadline, BRUSSELS) == "earlier today"
    with clock.at(utc(2018, 3, 30, 23)):
        assert instants.until(deadline, BRUSSELS) == "yesterday"
        assert instants.until(deadline, KIRITIMATI) == "earlier today"


def test_over_the_change_of_the_clock_a_day_is_a_day() -> None:
    deadline = instants.instant_of("2018-03-26T00:30", BRUSSELS)
    with clock.at(instants.instant_of("2018-03-24T23:45", BRUSSELS)):
        assert instants.days_to(deadline, BRUSSELS) == 2


def test_a_body_without_a_clock_reads_the_alliances() -> None:
    alliance = Alliance(slug="x", time_zone="Europe/Brussels")
    assert instants.zone_of(alliance, Body(time_zone="")).key == "Europe/Brussels"
    assert instants.zone_of(alliance, Body(time_zone="Pacific/Kiritimati")).key == "Pacific/Kiritimati"

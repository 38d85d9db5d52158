"""What comes out of a form: instants by the reader’s clock, days, texts by language. Refusals are told in words."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Mapping

from django.http import QueryDict
from django.utils.translation import gettext as _

from eirene.errors import UsageError
from eirene_web.clock import YEARS


def instant(text: str, zone: zoneinfo.ZoneInfo) -> dt.datetime | None:
    """The instant that a clock in the zone shows; None for nothing. An hour that comes twice is the first of the two.

    Raises UsageError for what is no time, and for an hour that a clock skips on that day.
    """
    if not text.strip():
        return None
    try:
        local = dt.datetime.fromisoformat(text.strip())
        if local.year not in YEARS:
            raise ValueError
    except ValueError:
        raise UsageError(
            _("“%(text)s” is no date with a time.") % {"text": text[:40]}, remedy=_("Write it as 2026-11-23 17:00.")
        ) from None
    if local.tzinfo is not None:
        return local.astimezone(dt.UTC)
    there = local.replace(tzinfo=zone)
    if there.astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None) != local:
        raise UsageError(
            _("There is no %(time)s on that day in %(zone)s: the clocks go forward.")
            % {"time": f"{local:%H:%M}", "zone": str(zone)},
            remedy=_("Choose an hour later."),
        )
    return there.astimezone(dt.UTC)


def no_button() -> UsageError:
    """For a form that was sent by none of its buttons."""
    return UsageError(_("The form does not say which button was pressed."), remedy=_("Go back and press it again."))


def owed_instant(text: str, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    found = instant(text, zone)
    if found is None:
        raise UsageError(_("Choose a date and a time."))
    return found


def day(text: str) -> dt.date | None:
    if not text.strip():
        return None
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(
            _("“%(text)s” is no date.") % {"text": text[:40]}, remedy=_("Write it as 2026-11-23.")
        ) from None


def by_language(data: QueryDict, name: str, languages: list[str]) -> Mapping[str, str]:
    """name.en, name.fr → {language: text}"""
    return {lang: data.get(f"{name}.{lang}", "") for lang in languages}


def number(text: str | None) -> int:
    """A whole number that one of our own forms sent; 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else 0


def local(value: dt.datetime | None, zone: zoneinfo.ZoneInfo) -> str:
    """As a field for date and time shows it."""
    return value.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if value else ""

"""A notice in words: its facts become names, dates and counts in the language and by the clock of who reads it."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eirene.text import city, date
from eirene_web.accounts.models import Person
from eirene_web.clock import now
from eirene_web.notices.kinds import KINDS
from eirene_web.notices.models import Notice
from eirene_web.organisations.models import Alliance
from eirene_web.organisations.packs import name_in, opened
from eirene_web.work.kinds import title_of


@dataclass(frozen=True)
class Told:
    """A notice as it is shown."""

    pk: int
    kind: str
    subject: str
    text: str
    #: Address of the page where it goes on, in the reader's language.
    where: str
    at: dt.datetime
    read: dt.datetime | None


def told(notice: Notice, alliance: Alliance, person: Person, lang: str) -> Told:
    """The notice in one language, by the clock of the person, else of the capital that it is about."""
    with translation.override(lang):
        kind = KINDS[notice.kind]
        facts = _facts(notice.facts, alliance, person, lang)
        subject, text = (" ".join((str(words) % facts).split()) for words in (kind.subject, kind.text))
    return Told(notice.pk, notice.kind, subject, text, in_language(notice.where, lang), notice.at, notice.read)


def in_language(address: str, lang: str) -> str:
    """An address of ours in a language: English has no prefix."""
    return f"/{lang}{address}" if address and lang != settings.LANGUAGE_CODE else address


def without_language(address: str) -> str:
    """The same page in English: how notices keep it, whoever's page it was made on."""
    for code, _name in settings.LANGUAGES:
        if address.startswith(f"/{code}/"):
            return address[len(code) + 1 :]
    return address


def address_of(page: str, *args: Any) -> str:
    """The address of a page without the language, as notices keep it."""
    with translation.override(settings.LANGUAGE_CODE):
        return reverse(page, args=args)


@lru_cache(maxsize=64)
def _zone(name: str) -> dt.tzinfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return dt.UTC


def _facts(facts: Mapping[str, Any], alliance: Alliance, person: Person, lang: str) -> dict[str, str]:
    """Every place that a kind's words may hold; what a notice does not know is empty."""
    zone = _zone(person.time_zone or str(facts.get("zone") or "") or alliance.time_zone)
    nation = str(facts.get("nation", ""))
    found = {
        "cycle": str(facts.get("cycle", "")),
        "nation": name_in(opened(alliance.pack_id), nation, lang, now().date()) if nation else "",
        "section": str(facts.get("section", "")),
        "deadline": _instant(facts.get("deadline"), zone, lang),
        "at": _instant(facts.get("at"), zone, lang),
        "left": _left(int(facts.get("days", 0))),
        "late": _late(int(facts.get("days", 0))),
        "by": "",
        "number": str(facts.get("number", "")),
        "until": _instant(facts.get("until"), zone, lang),
        "work": title_of(str(facts.get("work", ""))),
    }
    if facts.get("due"):
        found["by"] = _("It should be done by %(date)s.") % {"date": date(dt.date.fromisoformat(facts["due"]), lang)}
    return found


def _instant(value: Any, zone: zoneinfo.ZoneInfo, lang: str) -> str:
    """30 March 2018, 17:00 (Brussels)"""
    if not value:
        return ""
    there = dt.datetime.fromisoformat(value).astimezone(zone)
    return f"{date(there.date(), lang)}, {there:%H:%M} ({city(zone, lang)})"


def _left(days: int) -> str:
    return ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days} if days > 0 else _("today")


def _late(days: int) -> str:
    return ngettext("by %(n)d day", "by %(n)d days", days) % {"n": days}

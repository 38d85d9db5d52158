"""Filters and tags of work pages: instants by the reader's clock, states with word and shape, meters."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Any

from django import template
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from eirene.text import city, date
from eirene_web.clock import now
from eirene_web.policy import ROLES

register = template.Library()


@register.filter
def place(visit: Any) -> str:
    """Where somebody is at home: the nation of their first post, else the alliance."""
    nation = next(iter(visit.actor.nations), "")
    if nation and not visit.actor.in_office:
        return str(visit.names.nation(nation))
    return str(visit.pack.header.short_title.get(visit.lang) or next(iter(visit.pack.header.short_title.values())))


@register.simple_tag(takes_context=True)
def instant(context: template.Context, value: dt.datetime | None, body: Any = None, *, hour: bool = True) -> SafeString:
    """30 March 2018, 17:00 (Brussels): by the clock of the reader, or of the body named."""
    if value is None:
        return SafeString("–")
    visit = context.get("visit")
    zone = visit.time_zone(body) if visit else _own_zone(context)
    there = value.astimezone(zone)
    lang = translation.get_language() or "en"
    day = date(there.date(), lang)
    text = f"{day}, {there:%H:%M}" if hour else day
    shown = f"{text} ({city(zone, lang)})" if hour else text
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), shown)


@register.filter
def body_name(names: Any, body: Any) -> str:
    """What a body is called, as the page's `names` have it."""
    return str(names.body(body))


@register.filter
def role_title(code: str) -> str:
    return str(ROLES[code].title) if code in ROLES else code


@register.filter
def zone_name(name: str) -> str:
    """Europe/Brussels as people read it."""
    return name.replace("_", " ")


def _own_zone(context: template.Context) -> dt.tzinfo:
    """The clock of whoever is signed in, on pages of no alliance."""
    name = getattr(getattr(context.get("request"), "user", None), "time_zone", "")
    return zoneinfo.ZoneInfo(name or "UTC")


@register.filter
def days_until(value: dt.datetime) -> str:
    """in 16 days; today; 3 days ago."""
    days = (value.date() - now().date()).days
    if days == 0:
        return _("today")
    if days > 0:
        return ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days}
    return ngettext("%(n)d day ago", "%(n)d days ago", -days) % {"n": -days}


#: state → (kind of colour, glyph); the word comes from the model.
_LOOK = {
    "waiting": ("idle", "lock"), "not_started": ("idle", "none"), "drafting": ("info", "half"),
    "in_clearance": ("info", "wait"), "cleared": ("info", "done"), "submitted": ("info", "send"),
    "in_review": ("info", "eye"), "returned": ("risk", "back"), "accepted": ("ok", "done"),
    "not_submitted": ("late", "stop"),
    "reading": ("info", "wait"), "ready": ("info", "eye"), "refused": ("late", "stop"), "applied": ("ok", "done"),
    "dropped": ("idle", "none"),
    "planned": ("idle", "none"), "test": ("info", "half"), "open": ("info", "track"), "closed": ("idle", "lock"),
    "quarantined": ("risk", "stop"), "released": ("ok", "back"), "purged": ("idle", "done"),
}  # fmt: skip


@register.simple_tag
def status(state: str, word: str) -> SafeString:
    """A state as a word with a shape: never by colour alone."""
    kind, glyph = _LOOK.get(state, ("idle", "none"))
    return format_html(
        '<span class="st st--{}"><svg class="g" aria-hidden="true"><use href="#{}"/></svg>{}</span>', kind, glyph, word
    )


@register.simple_tag
def glyph(name: str) -> SafeString:
    return format_html('<svg class="g" aria-hidden="true"><use href="#{}"/></svg>', name)


@register.simple_tag
def meter(done: int, of: int, label: str = "") -> SafeString:
    """A bar, drawn without a style attribute, which the content policy refuses."""
    width = 100 * done / of if of else 0
    return format_html(
        '<svg class="bar-m" role="img" aria-label="{}"><rect width="100%" height="100%" class="t"/>'
        '<rect width="{}%" height="100%" class="v"/></svg>',
        label or f"{done}/{of}",
        f"{width:.1f}",
    )

"""Tags of the pages of cycles and reports: instants by a capital's clock, days by the reader's calendar, severities."""

from __future__ import annotations

import datetime as dt
from typing import Any

from babel.dates import format_date
from django import template
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from eirene.questionnaires.model import Finding
from eirene.text import date, locale, pick
from eirene_web.clock import now
from eirene_web.organisations.models import Alliance, Body
from eirene_web.reports import instants
from eirene_web.reports.way import way_of as way_of_report

register = template.Library()


@register.simple_tag
def in_capital(value: dt.datetime | None, alliance: Alliance, body: Body | None = None) -> SafeString:
    """30 March 2018, 18:00 (Brussels), by the clock of a body's capital, or of the alliance."""
    if value is None:
        return SafeString("–")
    text = instants.written(value, instants.zone_of(alliance, body))
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)


@register.simple_tag(takes_context=True)
def till(context: template.Context, value: dt.datetime | None, body: Body | None = None) -> str:
    """in 16 days, by the calendar of the reader."""
    visit = context.get("visit")
    if value is None or visit is None:
        return ""
    return instants.until(value, visit.time_zone(body))


@register.filter
def day_left(value: dt.date | None) -> str:
    """today; tomorrow; 3 days ago: a day without an hour."""
    if value is None:
        return ""
    return instants.days_word((value - now().date()).days)


@register.filter
def shortdate(value: dt.date | dt.datetime | None) -> str:
    """7 March"""
    if value is None:
        return ""
    day = value.date() if isinstance(value, dt.datetime) else value
    return str(format_date(day, format="d MMMM", locale=locale(translation.get_language() or "en")))


@register.filter
def fulldate(value: dt.date | dt.datetime | None) -> str:
    if value is None:
        return ""
    day = value.date() if isinstance(value, dt.datetime) else value
    return date(day, translation.get_language() or "en")


@register.filter
def signed(value: float) -> str:
    """+3; −12.5; 0"""
    return f"+{value:g}" if value > 0 else f"−{-value:g}" if value else "0"


_SEVERITY = {
    "blocker": ("late", "stop"), "error": ("late", "stop"), "warning": ("risk", "risk"), "note": ("idle", "none"),
}  # fmt: skip


@register.simple_tag
def severity(finding: Finding) -> SafeString:
    """A finding's severity as a word with a shape."""
    words = {"blocker": _("Blocker"), "error": _("Error"), "warning": _("Warning"), "note": _("Note")}
    kind, glyph = _SEVERITY[finding.severity]
    word = words[finding.severity]
    if finding.justified:
        word, kind = _("%(what)s, justified") % {"what": word}, "info"
    return format_html(
        '<span class="st st--{}"><svg class="g" aria-hidden="true"><use href="#{}"/></svg>{}</span>', kind, glyph, word
    )


@register.filter
def said(text: Any) -> str:
    """A text of the pack in the language of the page."""
    return pick(text or {}, translation.get_language() or "en")


@register.simple_tag(takes_context=True)
def way_of(context: template.Context, report: Any) -> Any:
    """The steps of a report from drafting to its receipt, for the panel beside it."""
    return way_of_report(context["visit"], report)


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: Any) -> str:
    """The address of this page with other values in its query; the empty ones are left out."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag
def status_glyph(state: str) -> SafeString:
    """The shape of a state alone, where its word stands beside it."""
    from eirene_web.ui.templatetags.work import _LOOK, glyph

    return glyph(_LOOK.get(state, ("idle", "none"))[1])


@register.filter
def name_of(names: Any, body: Body) -> str:
    """What a body is called."""
    return str(names.body(body))


@register.filter
def words(holds: object, text: str) -> str:
    """The text where something holds, else nothing."""
    return text if holds else ""


@register.simple_tag
def colon() -> str:
    """A colon as the language of the page sets it: French puts a space before it that does not break."""
    return "\u00a0:" if (translation.get_language() or "").startswith("fr") else ":"

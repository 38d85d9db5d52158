"""Filters for texts, numbers and dates in the reader's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _

from eirene.text import date, number
from eirene.text import pick as pick_text

register = template.Library()


def _language() -> str:
    return translation.get_language() or "en"


@register.filter
def pick(text: Mapping[str, str] | None, lang: str = "") -> str:
    """The text in `lang`, else in the language of the page."""
    return pick_text(text or {}, lang or _language())


@register.filter
def longdate(value: dt.date | str | None) -> str:
    """23 November 2026"""
    if not value:
        return ""
    return date(dt.date.fromisoformat(value) if isinstance(value, str) else value, _language())


@register.filter
def num(value: Any) -> str:
    return "" if value is None else number(value, _language())


@register.filter
def size(value: int) -> str:
    """2.1 MB, 380 kB: powers of ten, as file managers print them."""
    lang = _language()
    if value >= 1_000_000:
        return _("%(n)s MB") % {"n": number(Decimal(value) / 1_000_000, lang, 1)}
    return _("%(n)s kB") % {"n": number(max(1, round(value / 1000)), lang)}


@register.filter
def short_hash(value: str) -> str:
    """9f2c 41d0 … e1a7"""
    return f"{value[:4]} {value[4:8]} … {value[-4:]}"


@register.filter
def get(mapping: Mapping[str, Any], key: str) -> Any:
    return mapping.get(key, "")


@register.filter
def element_kind(kind: str) -> str:
    names = {
        "instrument": _("Instruments"), "pillar": _("Pillars"), "principle": _("Principles"),
        "core_task": _("Core tasks"),
        "objective": _("Objectives"), "policy_field": _("Policy fields"),
    }  # fmt: skip
    return names.get(kind, kind)


@register.filter
def element_one(kind: str) -> str:
    names = {
        "instrument": _("Instrument"), "pillar": _("Pillar"), "principle": _("Principle"), "core_task": _("Core task"),
        "objective": _("Objective"), "policy_field": _("Policy field"),
    }  # fmt: skip
    return names.get(kind, kind)


@register.filter
def notice(text: str) -> str:
    """A notice with its first word set strongly: "Fictional. …" """
    first, stop, rest = text.partition(". ")
    return format_html("<b>{}</b>{}", first + stop.strip(), " " + rest) if stop and len(first) < 24 else text


@register.filter
def phase(text: str) -> str:
    """What the builder says it is doing, in the reader's language."""
    names = {
        "checking the reports": _("checking the reports"),
        "computing the figures": _("computing the figures"),
        "cutting to the audience": _("cutting to the audience"),
        "protecting": _("protecting persons and nations"),
        "protecting and attacking": _("protecting and attacking"),
        "attacking what is not told": _("attacking what is not told"),
        "writing the Summary": _("writing the Summary"),
        "drawing charts and setting documents": _("drawing charts and setting documents"),
        "freezing the release": _("freezing the release"),
        "drawing charts": _("drawing charts"),
        "freeze": _("freezing the release"),
    }
    return names.get(text, text)


@register.filter
def sub(value: int, other: int) -> int:
    return value - other

"""Tags of the pages of editions: states with word and shape, texts with their placeholders set apart."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from eirene.summary.texts import pieces

register = template.Library()

#: state → (kind of colour, glyph); the word comes from the model.
_LOOK = {
    "drafting": ("info", "half"), "silence": ("info", "wait"), "broken": ("risk", "back"), "agreed": ("ok", "done"),
    "signed": ("ok", "done"), "freezing": ("info", "half"), "held": ("info", "lock"), "published": ("ok", "done"),
    "stopped": ("idle", "stop"), "preparing": ("info", "half"), "open": ("info", "wait"), "kept": ("ok", "done"),
    "recalled": ("idle", "back"), "building": ("info", "half"), "failed": ("late", "stop"),
    "requested": ("risk", "wait"), "granted": ("ok", "done"), "declined": ("idle", "stop"),
    "clean": ("ok", "done"), "exposed": ("late", "stop"), "stale": ("risk", "wait"), "unexamined": ("idle", "none"),
    "hidden": ("idle", "lock"), "accepted": ("ok", "done"), "named": ("ok", "done"), "counted": ("info", "eye"),
    "missing": ("idle", "none"),
}  # fmt: skip


@register.simple_tag
def state(code: str, word: Any) -> SafeString:
    """A state as a word with a shape: never by colour alone."""
    kind, glyph = _LOOK.get(code, ("idle", "none"))
    return format_html(
        '<span class="st st--{}"><svg class="g" aria-hidden="true"><use href="#{}"/></svg>{}</span>', kind, glyph, word
    )


@register.filter
def bound(text: str) -> SafeString:
    """A template with its placeholders set apart."""
    found = []
    for kind, content in pieces(text):
        if kind == "placeholder":
            found.append(f'<code class="ph">{{{escape(content)}}}</code>')
        else:
            found.append(escape(content))
    return mark_safe("".join(found).replace("\n", "<br>"))  # noqa: S308  each piece is escaped above


@register.filter
def field_time(value: dt.datetime | None, zone: dt.tzinfo) -> str:
    """As a field for date and time shows it."""
    return value.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if value else ""


@register.filter
def moment(value: str) -> dt.datetime | None:
    """An instant kept as text."""
    try:
        return dt.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None


@register.filter
def get(mapping: Any, key: Any) -> Any:
    return (mapping or {}).get(key, "")


@register.filter
def nation_name(code: str, visit: Any) -> str:
    return str(visit.names.nation(code))


@register.filter
def release_address(release: Any, visit: Any) -> str:
    """Where a release is read: the public’s under its own address, an audience’s under that of the audience."""
    from django.urls import reverse

    slug = release.slug if release.public else f"{release.slug}/for/{release.audience}"
    return reverse("edition", args=[slug, release.cycle])

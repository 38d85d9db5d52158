"""Tags of the pages on which a report is filled in."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _

from eirene.formats.typed import mark_of
from eirene_web.reports import forms, wording

register = template.Library()


@register.simple_tag(takes_context=True)
def marks(context: template.Context) -> dict[str, str]:
    """The short marks that say why a cell has no number, in the reader’s language."""
    frame = context["frame"]
    return {status: mark_of(frame.pack, status, frame.lang) for status in forms.REASONS}


@register.simple_tag
def part_name(q: Any, part: str) -> str:
    """What a box is called."""
    if part.startswith("new."):
        return _("one more language")
    return wording.part_words(q.pack, q.asked, part, q.lang)


@register.simple_tag
def reading_words(reading: str) -> str:
    """One of two readings of a number, as one would write it without doubt."""
    return _("I mean %(n)s") % {"n": reading.removesuffix("0") if "." in reading else reading}


@register.filter
def reply(kept: Any, thread: int) -> str:
    """A reply that was typed and not sent yet."""
    return str(kept.get(f"reply:{thread}", "")) if isinstance(kept, dict) else ""


@register.simple_tag
def strip_width(places: tuple[int, int, int, int | None]) -> int:
    """How wide the box of the middle half is."""
    return max(2, places[2] - places[0])

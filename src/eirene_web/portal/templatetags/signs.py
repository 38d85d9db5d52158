"""What the signs in a list of figures mean: `c`, a band, a rounded value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils import translation
from django.utils.html import format_html_join

from eirene.figures.display import protection_text
from eirene.figures.model import Figure
from eirene_web.portal.reading import Edition

register = template.Library()


@register.simple_tag
def signs(edition: Edition, *lists: Any) -> str:
    """A line for each sign in lists of lines, points or rows, or of a figure alone; nothing where there is none."""
    lang = edition.language(translation.get_language() or "en")
    found = dict.fromkeys(
        text[:1].upper() + text[1:] if text[1:2].isalpha() else text
        for listed in lists
        for figure in _figures(listed)
        if (text := protection_text(figure, edition.pack, lang))
    )
    return format_html_join("", '<p class="src">{}.</p>', ((text,) for text in found))


def _figures(listed: Any) -> Iterable[Figure]:
    if isinstance(listed, Figure):
        yield listed
        return
    for one in listed or ():
        if isinstance(one, tuple):  # of a break-down: its dimension, and its lines
            yield from _figures(one[1])
            continue
        line = one.get("line") if isinstance(one, dict) else one
        if line is not None:
            yield line.figure

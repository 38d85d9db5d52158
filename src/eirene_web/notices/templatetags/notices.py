"""What the outbox says about a mail."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

#: state → (kind of colour, glyph); the word comes from the model.
_LOOK = {"waiting": ("info", "wait"), "sent": ("ok", "send"), "failed": ("late", "late"), "kept": ("idle", "none")}


@register.simple_tag
def mail_status(row: Any) -> SafeString:
    kind, glyph = _LOOK.get(row.state, ("idle", "none"))
    return format_html(
        '<span class="st st--{}"><svg class="g" aria-hidden="true"><use href="#{}"/></svg>{}</span>',
        kind, glyph, row.state_word,
    )  # fmt: skip

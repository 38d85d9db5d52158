"""Beside every free text: no persons, no cases, and the way to the channel; beside what was written: how to raise it.

Known to every template without being loaded, so that nothing stands in the way of using them.
"""

from __future__ import annotations

from typing import Any

from django import template

register = template.Library()


@register.inclusion_tag("custody/_caution.html")
def caution() -> dict[str, Any]:
    """Stands in a form with a box, or a file, that takes what somebody likes to write."""
    return {}


@register.inclusion_tag("custody/_raise.html", takes_context=True)
def slipped(context: template.Context, kind: str, *key: Any) -> dict[str, Any]:
    """The link by which a text, a message or a file is raised: `kind` and key of its holder in `quarantine.py`."""
    ref = f"{kind}:{'/'.join(str(one) for one in key)}"
    return {"ref": ref if all(str(one) for one in key) else "", "visit": context.get("visit")}

"""Nations that continue others: after a change of code, a split, one change after the other."""

from __future__ import annotations

import datetime as dt

from eirene_web.organisations.models import Body, Post
from eirene_web.organisations.queries import current


def line_of(body: Body) -> list[Body]:
    """The body, the one that it continues, the one which that continued, and so on. No query where it continues none,
    else one for each step."""
    found, at = [body], body.succeeds
    while at is not None and at.pk not in {one.pk for one in found}:
        found.append(at)
        at = at.succeeds
    return found


def left_behind(alliance: str, nation: str, today: dt.date) -> list[str]:
    """Codes of the nations that a nation continues and in which no post of today is left, nearest first, as far as
    there is none that goes on by itself. One query for the nation and two for each step."""
    body = Body.objects.filter(alliance=alliance, code=nation).first()
    found: list[str] = []
    for one in line_of(body)[1:] if body else []:
        if Post.objects.filter(current(today), body__alliance=alliance, body__nation=one.code).exists():
            break
        found.append(one.code)
    return found

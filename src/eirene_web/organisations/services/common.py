"""What the services share: finding things, reading time zones, chains."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping

from django.utils.translation import gettext as _

from eirene.errors import UsageError
from eirene_web.organisations.models import Body, Post
from eirene_web.policy import NotThere

Text = Mapping[str, str]


def not_there() -> NotThere:
    return NotThere(_("There is no such page, or it is not for you."))


def find_body(alliance: str, code: str) -> Body:
    found = Body.objects.filter(alliance=alliance, code=code).first()
    if found is None:
        raise not_there()
    return found


def locked_body(alliance: str, code: str) -> Body:
    """The body, for its writers to take their turn at."""
    found = Body.objects.select_for_update().filter(alliance=alliance, code=code).first()
    if found is None:
        raise not_there()
    return found


def locked_post(pk: int) -> Post:
    """The post, for its writers to take their turn at."""
    found = Post.objects.select_for_update(of=("self",)).select_related("body").filter(pk=pk).first()
    if found is None:
        raise not_there()
    return found


def chain_of(body: Body) -> str:
    return f"{body.alliance_id}/{body.nation}"


def zone(name: str) -> str:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        raise UsageError(
            _("There is no time zone “%(name)s”.") % {"name": name[:60]},
            remedy=_("Write it as Europe/Brussels or Pacific/Tarawa."),
        ) from None
    return name


def named(text: Text) -> dict[str, str]:
    """A name in one or more languages. Raises UsageError if there is none."""
    found = {lang: " ".join(words.split()) for lang, words in text.items() if words.strip()}
    if not found:
        raise UsageError(_("A name is needed, in one language at least."))
    return found

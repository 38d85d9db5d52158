"""Packs in force: kept in the database under their hash, opened once per process and remembered."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from eirene.framework import (
    Pack,
    audience_rank,
    body_name,
    members_on,
    pack_bytes,
    pack_from_bytes,
    pack_hash,
)
from eirene_web.organisations.models import Alliance, PackFile


@lru_cache(maxsize=16)
def opened(sha256: str) -> Pack:
    """The pack of this hash. It never changes, so it is read once."""
    return pack_from_bytes(bytes(PackFile.objects.get(pk=sha256).content))


def pack_of(alliance: Alliance) -> Pack:
    """The pack in force for an alliance today."""
    return opened(alliance.pack_id)


def keep(pack: Pack) -> PackFile:
    """The row of a pack, made if it is not there yet. Idempotent."""
    row, _ = PackFile.objects.get_or_create(
        sha256=pack_hash(pack),
        defaults={"pack": pack.header.id, "version": pack.header.version, "content": pack_bytes(pack)},
    )
    return row


def audience_for(pack: Pack, nation: str, on: dt.date) -> str:
    """The audience that people of a nation belong to on a date: that named as its population; '' office: the narrowest.

    Where no audience is named so, the widest: nobody is shown more than the pack says.
    """
    codes = [audience.code for audience in pack.header.audiences]
    if not nation:
        return codes[0]
    return next((code for code in codes[1:] if nation in members_on(pack, code, on)), codes[-1])


def may_see(pack: Pack, audience: str, released_to: str) -> bool:
    """Whether what is released to one audience may be seen by another: the narrower one sees what the wider does."""
    return audience_rank(pack, audience) <= audience_rank(pack, released_to)


def name_in(pack: Pack, code: str, lang: str, on: dt.date) -> str:
    """What a nation is called in the pack on a date; the code of what the pack does not know."""
    return body_name(pack, code, lang, on)

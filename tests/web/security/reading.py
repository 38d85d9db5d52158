"""What somebody gets from every address there is, and which planted words are in it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client

from eirene_web import clock
from eirene_web.api import auth
from eirene_web.api.frame import OPERATIONS
from web.calling import caller
from web.security.addresses import addresses, api_path, path_of
from web.security.planted import Field
from web.security.signing_in import client_of
from web.world import IN_CYCLE

#: Somebody who is not signed in.
PUBLIC = "somebody"
#: Person → word → the first address at which it was read.
Seen = dict[str, dict[str, str]]


def seen_by(field: Field, people: Iterable[str], languages: tuple[str, ...] = ("",)) -> Seen:
    auth.forget_draws()
    found: Seen = {}
    with clock.at(IN_CYCLE):
        for who in people:
            came = everything(field, who, languages)
            found[who] = {
                word.text: address
                for word in field.words
                for address, text in reversed(came.items())
                if word.text in text
            }
    return found


def text_of(response: HttpResponseBase) -> str:
    """Everything that came, packed files opened."""
    body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    told = body.decode("utf-8", "replace") + " " + str(dict(response.headers))
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            told += " ".join(text_in(packed, name) for name in packed.namelist())
    return told


def text_in(packed: zipfile.ZipFile, name: str) -> str:
    data = packed.read(name)
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as inner:
            return name + " ".join(text_in(inner, one) for one in inner.namelist())
    return name + data.decode("utf-8", "replace")


def everything(field: Field, who: str, languages: tuple[str, ...]) -> dict[str, str]:
    """What somebody gets from every address, with either nation's things in it: address → what came."""
    client = Client(raise_request_exception=False) if who == PUBLIC else client_of(field.world, who)
    came: dict[str, str] = {}
    for stage in field.stages.values():
        for address in addresses():
            path = _path(lambda stage=stage, address=address: path_of(stage, address))
            if path is None or path.startswith("/api") or "logout" in path:
                continue
            for asked in (lang + path for lang in languages):
                if asked in came:
                    continue
                with transaction.atomic():
                    response = client.get(asked)
                    came[asked] = text_of(response)
                    transaction.set_rollback(True)
        if who != PUBLIC:
            by_program(field, stage, who, came)
    return came


def by_program(field: Field, stage: Any, who: str, came: dict[str, str]) -> None:
    program = caller(field.world, who)
    for one in OPERATIONS.values():
        path = _path(lambda one=one: api_path(stage, one))
        if path is None or (one.writes and "exports" not in path) or f"{one.method} {path}" in came:
            continue
        with transaction.atomic():
            came[f"{one.method} {path}"] = text_of(program(one.method, path, {} if one.writes else None))
            transaction.set_rollback(True)


def _path(make: Any) -> str | None:
    try:
        return make()  # type: ignore[no-any-return]
    except KeyError:
        return None

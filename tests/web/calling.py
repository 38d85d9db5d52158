"""A program that calls the API: for tests of it, in-process and without a server."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.test import Client

from eirene_web.accounts import tokens
from eirene_web.accounts.models import Token
from eirene_web.clock import now
from web.world import World


def token_for(world: World, who: str, *, scopes: str = "read write", strong: bool = True, **more: Any) -> str:
    """A token of somebody of the cast, as the account's page would make it."""
    given, prefix, hashed = tokens.new()
    moment = now()
    fields = {"created": moment - dt.timedelta(days=1), "expires": moment + dt.timedelta(days=90), **more}
    Token.objects.create(
        person=world.people[who], alliance=world.alliance.slug, name="test", prefix=prefix, hash=hashed,
        scopes=scopes, strong=strong, **fields,
    )  # fmt: skip
    return given


@dataclass
class Caller:
    """Calls operations of one alliance by their address under /api/v1/<alliance>."""

    world: World
    token: str
    headers: dict[str, str] = field(default_factory=dict)
    #: ETag of the last answer that had one.
    etag: str = ""

    def __call__(self, method: str, path: str, data: Any = None, **headers: str) -> HttpResponse:
        given = {"authorization": f"Bearer {self.token}", **self.headers}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        body = b"" if data is None else data if isinstance(data, bytes) else json.dumps(data).encode()
        address = path if path.startswith("/api") else f"/api/v1/{self.world.alliance.slug}{path}"
        response = Client(raise_request_exception=False).generic(
            method, address, body, content_type=given.pop("content-type", "application/json"), headers=given
        )
        self.etag = response.headers.get("ETag", self.etag)
        return response

    def get(self, path: str, **headers: str) -> Any:
        return told(self("GET", path, **headers), 200)

    def post(self, path: str, data: Any = None, *, status: int = 200, **headers: str) -> Any:
        return told(self("POST", path, {} if data is None else data, **headers), status)

    def put(self, path: str, data: Any, *, status: int = 200, **headers: str) -> Any:
        return told(self("PUT", path, data, **headers), status)

    def patch(self, path: str, data: Any, *, status: int = 200, **headers: str) -> Any:
        return told(self("PATCH", path, data, **headers), status)


def told(response: HttpResponse, status: int) -> Any:
    assert response.status_code == status, (response.status_code, response.content[:2000])
    return json.loads(response.content) if response.content else None


def caller(world: World, who: str, **options: Any) -> Caller:
    return Caller(world, token_for(world, who, **options))

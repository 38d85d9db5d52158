"""The OpenAPI description, made from the operations: served, kept in docs/openapi.json, and what tests call by."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.http import require_safe

from eirene_web.api import operations  # noqa: F401  registers every operation
from eirene_web.api.frame import api


@cache
def described() -> dict[str, Any]:
    with translation.override("en"):
        found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str))
    found["servers"] = [{"url": "/"}]
    found["tags"] = [{"name": name} for name in dict.fromkeys(_tags(found))]
    return found


def _tags(found: dict[str, Any]) -> list[str]:
    return [tag for methods in found["paths"].values() for one in methods.values() for tag in one.get("tags", [])]


def as_bytes() -> bytes:
    return (json.dumps(described(), ensure_ascii=False, indent=1) + "\n").encode()


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """For everybody: it tells what can be asked, and nothing that is in here."""
    return HttpResponse(as_bytes(), content_type="application/json")

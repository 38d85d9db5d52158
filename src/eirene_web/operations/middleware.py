"""One log line for each request: how it went, never what it was about."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

log = logging.getLogger("eirene.request")
Handler = Callable[[HttpRequest], HttpResponse]


class RequestLog:
    """Method, name of the route, status, milliseconds, the person's number. No address: its parts may say something."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self.get_response(request)
        if log.isEnabledFor(logging.INFO):
            told = told_of(request, response, time.perf_counter() - started)
            log.info(
                "%(method)s %(route)s %(status)d %(ms).0f ms person %(person)s", told, extra={"request_facts": told}
            )
        return response


def told_of(request: HttpRequest, response: HttpResponse, seconds: float) -> dict[str, Any]:
    match = request.resolver_match
    # Only where somebody asked who it is: looking would read the session of every visitor of the portal.
    user = request.__dict__.get("_cached_user")
    person = user.pk if user is not None and user.is_authenticated else None
    return {
        "method": request.method if request.method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE") else "other",
        "route": (match.view_name or match.route) if match else "none",
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
        "person": person,
    }

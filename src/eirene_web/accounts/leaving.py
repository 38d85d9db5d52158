"""Going to a sign-on provider after a form was sent.

The content policy lets forms lead to this house alone, and browsers hold a form's redirect to that too. So what would
be a redirect to elsewhere becomes a page that goes there by itself: the policy need not name the providers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render


def by_page(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The response itself, or the page in place of a redirect to another host."""
    where = response.headers.get("Location", "")
    parts = urlsplit(where)
    if not parts.netloc or parts.netloc == request.get_host() or parts.scheme not in ("http", "https"):
        return response
    page: HttpResponse = render(request, "socialaccount/login_redirect.html", {"redirect_to": where})
    page.headers["Cache-Control"] = "private, no-store"
    return page


def leaving(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A view whose redirect to another host is made by a page."""

    @wraps(view)
    def serve(request: HttpRequest, *args: Any, **names: Any) -> HttpResponseBase:
        return by_page(request, view(request, *args, **names))

    return serve

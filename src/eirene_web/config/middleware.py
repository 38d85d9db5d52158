"""What every response gets: the language its address asks for, and headers that keep a page to itself."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found

from eirene.errors import Blocked, EireneError, PackError, VerificationFailed
from eirene_web.organisations.visit import not_there
from eirene_web.policy import NotAllowed, NotThere, SecondFactorNeeded

Handler = Callable[[HttpRequest], HttpResponse]
logger = logging.getLogger("eirene")

_SAME = "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; font-src 'self'; "
_REST = "form-action 'self'; base-uri 'none'; object-src 'none'; connect-src 'self'"
PAGE_POLICY = f"{_SAME}{_REST}; frame-ancestors 'none'"
#: An embedded figure may stand in anybody's page; it sets no cookie and runs nothing but the theme.
EMBED_POLICY = f"{_SAME}{_REST}; frame-ancestors *"
#: A file of a release opened in the browser (an HTML Summary styles itself) runs nothing at all.
FILE_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; font-src data:; base-uri 'none'"
)


class SecurityHeaders:
    """No outside source, no inline script or style, no framing unless the view says that it is made for it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = getattr(response, "content_policy", PAGE_POLICY)
        headers = response.headers
        headers.setdefault("Content-Security-Policy", policy)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()")
        if policy != EMBED_POLICY:
            headers.setdefault("X-Frame-Options", "DENY")
            headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        return response


class Refusals:
    """What a service or a query refuses, told as a page: not found, not allowed, or what stands in the way.

    The API tells the same in its own form and lets none of these through.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.content and "/work/" in request.path_info:
            return _only_sent(request, response)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, NotThere):
            return not_there(request) or page_not_found(request, Http404(str(error)))
        if isinstance(error, DatabaseError | OSError) and _is_full(error):
            logger.error("the disk is full")
            told = EireneError(
                _("The disk of the server is full."),
                remedy=_("Tell the administrator, and save again when there is room."),
            )
            context = {"error": told, "visit": getattr(request, "visit", None)}
            response = render(request, "ui/refused.html", context, status=507)
            response.headers["Cache-Control"] = "private, no-store"
            return response
        # A release or a pack that is not what it was is the house's own fault: a 500, told in the log.
        if isinstance(error, EireneError) and not isinstance(error, VerificationFailed | PackError):
            status = 403 if isinstance(error, NotAllowed) else 409 if isinstance(error, Blocked) else 400
            context = {
                "error": error,
                "weak": isinstance(error, SecondFactorNeeded),
                "visit": getattr(request, "visit", None),
            }
            response = render(request, "ui/refused.html", context, status=status)
            response.headers["Cache-Control"] = "private, no-store"
            return response
        return None


def _only_sent(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """An address that takes a form, opened as a page: after a reload, from a bookmark, after signing in."""
    told = EireneError(
        _("This address only takes what a form sends; there is nothing to see here."),
        remedy=_("Go back to the page with the form."),
    )
    page = render(request, "ui/refused.html", {"error": told, "visit": None}, status=405)
    page.headers["Allow"] = response.headers["Allow"]
    page.headers["Cache-Control"] = "private, no-store"
    return page


class Sessions(SessionMiddleware):
    """On a full disk what somebody asked for is served; only what their session wanted to note of it is left out."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except SessionInterrupted as error:
            cause: BaseException | None = error
            while cause is not None and not _is_full(cause):
                cause = cause.__context__
            if cause is None:
                raise
            logger.error("the disk is full")
            return response


def _is_full(error: BaseException) -> bool:
    """Told by the disk, by SQLite, or by PostgreSQL (class 53 of its codes)."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    code = getattr(error.__cause__, "sqlstate", None) or ""
    return code.startswith("53") or "disk is full" in str(error)


class LanguageOfAddress:
    """`/fr/…` is French, an address without prefix English: the same address is the same page for everybody."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

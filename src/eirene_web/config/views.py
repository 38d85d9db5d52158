"""Pages of the house itself: what a stale form gets."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from eirene_web.organisations.visit import carried


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was left open too long, or comes from elsewhere.

    A form of a work page that the browser says comes from here is handed back with everything in it, to be sent by a
    deliberate press; one that another site sent is not.
    """
    if request.method == "POST" and "/work/" in request.path and _from_here(request):
        return carried(request, status=403)
    return render(request, "ui/stale.html", status=403)


def _from_here(request: HttpRequest) -> bool:
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"

"""Pages of the house itself: what a stale form gets."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was left open too long, or comes from elsewhere: what was typed is in the browser still."""
    return render(request, "ui/stale.html", status=403)

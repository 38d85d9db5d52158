"""Addresses under /<slug>/work/: first those that begin with a word, then those that begin with a cycle."""

from __future__ import annotations

from eirene_web.reports.views import filling, office, transfer, way

_all = [*office.urlpatterns, *way.urlpatterns, *transfer.urlpatterns, *filling.urlpatterns]
urlpatterns = sorted(_all, key=lambda one: str(one.pattern).startswith("<code:cycle>"))

"""Addresses of the office: cycles, the board and its lists."""

from __future__ import annotations

from eirene_web.reports.views import board, cycles

urlpatterns = [*cycles.urlpatterns, *board.urlpatterns]

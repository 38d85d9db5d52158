"""Addresses of a report’s way: clearance, submission and its receipt, review, return, correction."""

from __future__ import annotations

from eirene_web.reports.views import clearance, correcting, reviewing, submission

urlpatterns = [
    *clearance.urlpatterns,
    *submission.urlpatterns,
    *reviewing.urlpatterns,
    *correcting.urlpatterns,
]

"""The way of a report: clearance, submission and its receipt, review, return, correction."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

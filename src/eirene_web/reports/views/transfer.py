"""Files out and in: workbook, questionnaire, package for a closed network."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

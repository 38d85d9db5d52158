from __future__ import annotations

from django.urls import path

from eirene_web.desk import jobs, views

urlpatterns = [path("", views.desk, name="desk-of"), *jobs.urlpatterns]

from __future__ import annotations

from django.urls import path

from eirene_web.reports import views

urlpatterns = [
    path("cycles/", views.cycles, name="cycles"),
    path("<code:cycle>/", views.cycle, name="cycle"),
    path("<code:cycle>/<code:body>/", views.report, name="report"),
    path("<code:cycle>/<code:body>/section/<code:section>/", views.section, name="section"),
]

from __future__ import annotations

from django.urls import include, path

from eirene_web.accounts import views

urlpatterns = [
    path("", views.account, name="account"),
    path("demo/", views.demo, name="demo"),
    path("", include("allauth.urls")),
]

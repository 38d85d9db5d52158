from __future__ import annotations

from django.urls import path

from eirene_web.organisations import views

urlpatterns = [
    path("who-may/", views.who_may, name="who-may"),
    path("bodies/", views.bodies, name="bodies"),
]

from __future__ import annotations

from django.urls import path

from eirene_web.notices import views

urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.read, name="notices-read"),
    path("notices/<int:pk>/", views.go, name="notice-go"),
    path("notices/settings/", views.choose, name="notice-settings"),
    path("notices/outbox/", views.outbox, name="outbox"),
    path("notices/outbox/<int:pk>/again/", views.send_again, name="notice-again"),
]

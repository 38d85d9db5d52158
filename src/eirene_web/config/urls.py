"""All addresses. Each but the technical ones begins with the alliance's slug, after `/fr` where it is French."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from eirene_web.portal import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("robots.txt", views.robots, name="robots"),
    *i18n_patterns(path("", include("eirene_web.portal.urls")), prefix_default_language=False),
]
handler400 = "eirene_web.portal.views.bad_request"
handler403 = "eirene_web.portal.views.not_public"
handler404 = "eirene_web.portal.views.not_found"
handler500 = "eirene_web.portal.views.server_error"

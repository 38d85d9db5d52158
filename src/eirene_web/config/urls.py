"""All addresses.

    /healthz, /robots.txt, /static/, /api/v1/…   technical ones, without language
    /account/oidc/…, /account/saml/…             what sign-on providers call
    /account/…                                   one’s own account
    /<slug>/work/…                               what people signed in do
    /<slug>/…                                    what is published, for everybody

Each but the technical ones may begin with /fr, and is French then.
"""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from eirene_web.accounts.urls import sso_urls
from eirene_web.demo.views import demo
from eirene_web.operations.views import healthz
from eirene_web.organisations.views import answering, desk
from eirene_web.portal import urls as portal_urls  # registers the converters of addresses
from eirene_web.portal import views

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("robots.txt", views.robots, name="robots"),
    path("api/", include("eirene_web.api.urls")),
    *sso_urls,
    *i18n_patterns(
        path("account/invitation/<str:token>/", answering.invitation, name="invitation"),
        path("account/demo/", demo, name="demo"),
        path("account/", include("eirene_web.organisations.views.own")),
        path("account/", include("eirene_web.accounts.urls")),
        path("desk/", desk.first, name="desk"),
        path("<slugword:slug>/work/", include("eirene_web.desk.urls")),
        path("<slugword:slug>/work/", include("eirene_web.organisations.urls")),
        path("<slugword:slug>/work/", include("eirene_web.custody.urls")),
        path("<slugword:slug>/work/", include("eirene_web.editions.urls")),
        path("<slugword:slug>/work/", include("eirene_web.notices.urls")),
        path("<slugword:slug>/work/", include("eirene_web.reports.urls")),
        path("", include(portal_urls)),
        prefix_default_language=False,
    ),
]
handler400 = "eirene_web.portal.views.bad_request"
handler403 = "eirene_web.portal.views.not_public"
handler404 = "eirene_web.portal.views.not_found"
handler500 = "eirene_web.portal.views.server_error"

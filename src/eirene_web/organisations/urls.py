"""Addresses of the organisation. Those of posts and people stand before those of bodies, whose codes are free."""

from __future__ import annotations

from eirene_web.organisations.views import bodies, desk, people, posts, who_may

urlpatterns = [
    *desk.urlpatterns,
    *who_may.urlpatterns,
    *people.urlpatterns,
    *posts.urlpatterns,
    *bodies.urlpatterns,
]

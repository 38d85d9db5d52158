"""Addresses under /<slug>/work/editions/."""

from __future__ import annotations

from eirene_web.editions.views import agreeing, desk, part, protecting, publishing, writing

urlpatterns = [
    *desk.urlpatterns, *writing.urlpatterns, *agreeing.urlpatterns, *protecting.urlpatterns,
    *publishing.urlpatterns, *part.urlpatterns,
]  # fmt: skip

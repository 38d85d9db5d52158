"""The portal's addresses. An alliance's slug begins each; a cycle, chapter or key is looked up, never trusted."""

from __future__ import annotations

from django.urls import path, register_converter

from eirene_web.portal import views


class Slug:
    regex = "[a-z0-9][a-z0-9-]{0,62}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Code(Slug):
    """Ids, codes and keys of packs: letters, digits and . _ = + - , at most 300 characters."""

    regex = r"[A-Za-z0-9][A-Za-z0-9._=+-]{0,299}"


register_converter(Slug, "slugword")
register_converter(Code, "code")

urlpatterns = [
    path("", views.home, name="home"),
    path("embed/<slugword:slug>/<code:cycle>/<code:key>/", views.embed, name="embed"),
    path("embed/<slugword:slug>/<code:cycle>/chart/<code:chart>/", views.embed_chart, name="embed-chart"),
    path("<slugword:slug>/", views.alliance, name="alliance"),
    path("<slugword:slug>/search/", views.search, name="search"),
    path("<slugword:slug>/indicators/", views.indicators, name="indicators"),
    path("<slugword:slug>/indicators/<code:id>/", views.indicator, name="indicator"),
    path("<slugword:slug>/framework/", views.framework, name="framework"),
    path("<slugword:slug>/method/", views.method, name="method"),
    path("<slugword:slug>/glossary/", views.glossary, name="glossary"),
    path("<slugword:slug>/<code:cycle>/", views.edition, name="edition"),
    path("<slugword:slug>/<code:cycle>/figures/", views.figures, name="figures"),
    path("<slugword:slug>/<code:cycle>/figures/<code:key>/", views.figure, name="figure"),
    path("<slugword:slug>/<code:cycle>/figures/<code:key>/data.<code:ending>", views.figure_data, name="figure-data"),
    path(
        "<slugword:slug>/<code:cycle>/figures/<code:key>/series.<code:ending>",
        views.figure_series,
        name="figure-series",
    ),
    path("<slugword:slug>/<code:cycle>/nations/", views.nations, name="nations"),
    path("<slugword:slug>/<code:cycle>/nations/<code:body>/", views.nation, name="nation"),
    path("<slugword:slug>/<code:cycle>/data/", views.data, name="data"),
    path("<slugword:slug>/<code:cycle>/files/<path:name>", views.release_file, name="file"),
    path("<slugword:slug>/<code:cycle>/<code:chapter>/", views.chapter, name="chapter"),
]

"""The portal's addresses. An alliance's slug begins each; a cycle, chapter or key is looked up, never trusted.

/<slug>/…                  what is published for everybody
/<slug>/for/<audience>/…   the same pages of the releases for an audience, for people signed in who belong to it
/<slug>/<cycle>+<number>/  an earlier release of an edition, beside the newest one
"""

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


class BodyCode(Slug):
    """Codes of bodies; those that an office gives, and the office's own, may begin with an underline or a hyphen."""

    regex = r"[A-Za-z0-9_-][A-Za-z0-9._=+-]{0,299}"


class Where(Slug):
    """Whose releases: of an alliance for everybody, or `slug/for/audience` for those signed in who belong to it."""

    regex = r"[a-z0-9][a-z0-9-]{0,62}(?:/for/[A-Za-z0-9][A-Za-z0-9_-]{0,62})?"


register_converter(Slug, "slugword")
register_converter(Where, "where")
register_converter(Code, "code")
register_converter(BodyCode, "bodycode")

urlpatterns = [
    path("", views.home, name="home"),
    path("embed/<slugword:slug>/<code:cycle>/<code:key>/", views.embed, name="embed"),
    path("embed/<slugword:slug>/<code:cycle>/chart/<code:chart>/", views.embed_chart, name="embed-chart"),
    path("<where:slug>/", views.alliance, name="alliance"),
    path("<where:slug>/search/", views.search, name="search"),
    path("<where:slug>/indicators/", views.indicators, name="indicators"),
    path("<where:slug>/indicators/<code:id>/", views.indicator, name="indicator"),
    path("<where:slug>/framework/", views.framework, name="framework"),
    path("<where:slug>/method/", views.method, name="method"),
    path("<where:slug>/glossary/", views.glossary, name="glossary"),
    path("<where:slug>/<code:cycle>/", views.edition, name="edition"),
    path("<where:slug>/<code:cycle>/figures/", views.figures, name="figures"),
    path("<where:slug>/<code:cycle>/figures/<code:key>/", views.figure, name="figure"),
    path("<where:slug>/<code:cycle>/figures/<code:key>/data.<code:ending>", views.figure_data, name="figure-data"),
    path(
        "<where:slug>/<code:cycle>/figures/<code:key>/series.<code:ending>",
        views.figure_series,
        name="figure-series",
    ),
    path("<where:slug>/<code:cycle>/nations/", views.nations, name="nations"),
    path("<where:slug>/<code:cycle>/nations/<code:body>/", views.nation, name="nation"),
    path("<where:slug>/<code:cycle>/data/", views.data, name="data"),
    path("<where:slug>/<code:cycle>/files/<path:name>", views.release_file, name="file"),
    path("<where:slug>/<code:cycle>/<code:chapter>/", views.chapter, name="chapter"),
]

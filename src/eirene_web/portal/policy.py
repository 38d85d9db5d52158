"""What is published is everybody's: addresses without sign-in, by name."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from eirene_web.policy import Kind, Row, Verb, rows

KINDS = [Kind("published", _("what is published"), {"": _("published")})]
VERBS = [Verb("published.read", _("read what is published"), "published", "published.read", scope="read")]
ROWS: list[Row] = [*rows("published.read", "public", "any")]

#: Which verb each address serves that is not declared by `@page`.
ROUTES: dict[str, str] = dict.fromkeys(
    (
        "healthz", "robots", "home", "embed", "embed-chart", "alliance", "search", "indicators", "indicator",
        "framework", "method", "glossary", "edition", "figures", "figure", "figure-data", "figure-series", "nations",
        "nation", "data", "file", "chapter",
    ),
    "published.read",
)  # fmt: skip

"""What is published is everybody's: addresses without sign-in, by name."""

from __future__ import annotations

from eirene_web.policy import Kind, Row, Verb

KINDS: list[Kind] = []
VERBS: list[Verb] = []
ROWS: list[Row] = []

#: Which verb each address serves that is not declared by `@page`.
ROUTES: dict[str, str] = dict.fromkeys(
    (
        "healthz", "robots", "home", "embed", "embed-chart", "alliance", "search", "indicators", "indicator",
        "framework", "method", "glossary", "edition", "figures", "figure", "figure-data", "figure-series", "nations",
        "nation", "data", "file", "chapter",
    ),
    "release.read_public",
)  # fmt: skip

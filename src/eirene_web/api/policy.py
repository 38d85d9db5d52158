"""Addresses of the API that are no operation; each operation declares its own verbs."""

from __future__ import annotations

from eirene_web.policy import Kind, Row, Verb

KINDS: list[Kind] = []
VERBS: list[Verb] = []
ROWS: list[Row] = []
ROUTES: dict[str, str] = dict.fromkeys(("api-openapi", "api-nothing", "api-none", "api-root"), "release.read_public")

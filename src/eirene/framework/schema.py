"""The published JSON Schemas of a pack's files, made from the data classes."""

from __future__ import annotations

import json

from eirene.framework import model as m

#: File name → (data class, key of the list that the file holds, or '' where the file is one item).
FILES: dict[str, tuple[type[m.Model], str]] = {
    "pack": (m.PackHeader, ""),
    "cycles": (m.Cycle, "cycles"),
    "framework": (m.Element, "elements"),
    "definitions": (m.DefinitionGrid, "definitions"),
    "questions": (m.Question, "questions"),
    "questionnaire": (m.Questionnaire, ""),
    "rules": (m.Rule, "rules"),
    "indicators": (m.Indicator, "indicators"),
    "edition": (m.Edition, ""),
    "bodies.row": (m.Body, ""),
    "body_names.row": (m.DatedName, ""),
    "memberships.row": (m.Membership, ""),
    "sources.row": (m.Source, ""),
    "units.row": (m.Unit, ""),
    "code_list.row": (m.Code, ""),
    "published.row": (m.PublishedFigure, ""),
}


def schemas() -> dict[str, bytes]:
    """File name → JSON Schema (2020-12). `*.row`: one row of a CSV file, dotted columns nested."""
    return {f"{name}.schema.json": _schema(name, *made) for name, made in FILES.items()}


def _schema(name: str, kind: type[m.Model], key: str) -> bytes:
    item = kind.model_json_schema(by_alias=True, mode="validation", ref_template="#/$defs/{model}")
    if key:
        definitions = item.pop("$defs", {})
        item = {
            "type": "object",
            "additionalProperties": False,
            "required": [key],
            "properties": {key: {"type": "array", "items": item}},
            "$defs": definitions,
        }
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"Eirene pack: {name}", **item}
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"

"""The data files of a release, and its manifest: figures as JSON, CSV and Parquet, answers, the data package.

The same view gives the same bytes: order is the figures' own, nothing is read from the clock or the environment.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from importlib.metadata import version
from typing import Any

from eirene.disclosure import AudienceView
from eirene.figures.model import Figure
from eirene.figures.rows import figure_row
from eirene.framework import asked_bodies, pack_bytes, pack_hash, population_bodies
from eirene.framework.model import Edition
from eirene.questionnaires import report_hash
from eirene.release.answers import COLUMNS, answers_csv
from eirene.release.freeze import canonical_json
from eirene.release.tables import plain, write_csv
from eirene.text import Text, pick

FORMAT = "eirene.release/1"
#: Packages whose version decides bytes.
PINNED = ("eirene", "babel", "lxml", "pyarrow", "pydantic", "python-docx", "typst", "vl-convert-python", "xlsxwriter")
REASONS = ("no_report", "no_data", "withheld", "not_applicable", "not_answered", "unusable")
#: Decimals of numbers in Parquet (decimal128): exact, 28 digits before the point. More where a figure has more.
PARQUET_SCALE = 10

_INTEGERS = ("decimals", "n_answered", "n_applicable", "n_bodies", "coverage.bodies", "coverage.of_bodies",
             "coverage.personnel", "coverage.of_personnel", "change.gained", "change.lost", "change.entered",
             "change.left", "change.panel_n", "band.lower", "band.upper", "rounded")  # fmt: skip
#: Columns that releases of before disclosure classes do not have.
LATER = ("conf_status", "band.lower", "band.upper", "rounded")
_NUMBERS = ("value", "numerator", "denominator", "change.previous_value", "change.panel_previous",
            "change.panel_value")  # fmt: skip


def data_files(view: AudienceView, key: bytes | None = None) -> dict[str, bytes]:
    """pack.json, figures.{json,csv,parquet}, answers.csv and datapackage.json of a release for the view's audience."""
    columns = figure_columns(view.pack.header.languages, view.figures)
    rows = [flat_row(figure, columns) for figure in view.figures]
    return {
        "pack.json": pack_bytes(view.pack),
        "figures.json": figures_json(view.figures),
        "figures.csv": write_csv(columns, rows),
        "figures.parquet": figures_parquet(columns, rows),
        "answers.csv": answers_csv(view, key),
        "datapackage.json": canonical_json(data_package(view, columns)),
    }


# --- figures --------------------------------------------------------------------------------------------------------


def figures_json(figures: Iterable[Figure]) -> bytes:
    """A JSON array with one row per line, so that two releases can be compared line by line."""
    lines = [json.dumps(figure_row(f), ensure_ascii=False, separators=(",", ":"), allow_nan=False) for f in figures]
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode() if lines else b"[]\n"


def figure_columns(languages: Sequence[str], figures: Iterable[Figure]) -> tuple[str, ...]:
    """Columns of figures.csv and figures.parquet: the fields of figures.json, flattened."""
    reasons = dict.fromkeys([*REASONS, *sorted({m.reason for f in figures for m in f.missing})])
    return (
        "key", "id", "cycle", "population", "kind", "dimensions",
        *(f"label.{lang}" for lang in languages),
        "value", "unit", "decimals", "numerator", "denominator", "n_answered", "n_applicable", "n_bodies",
        *(f"missing.{reason}" for reason in reasons), "missing_bodies",
        "coverage.bodies", "coverage.of_bodies", "coverage.personnel", "coverage.of_personnel",
        "change.since", "change.previous_value", "change.gained", "change.lost", "change.entered", "change.left",
        "change.panel_previous", "change.panel_value", "change.panel_n",
        "basis", "source", "suppressed", *LATER, "measures",
        *(f"counting_rule.{lang}" for lang in languages),
        *(f"footnotes.{lang}" for lang in languages), "extra",
    )  # fmt: skip


def flat_row(figure: Figure, columns: Sequence[str]) -> dict[str, str]:
    """A figure as texts by column; '' where it has none. Bodies stand only where the figure names them."""
    row = {
        "key": figure.key,
        "dimensions": ";".join(f"{d}={c}" for d, c in sorted(figure.dimensions.items())),
        "value": plain(figure.value),
        "numerator": plain(figure.numerator),
        "denominator": plain(figure.denominator),
        "band.lower": "" if figure.band is None else str(figure.band.lower),
        "band.upper": "" if figure.band is None or figure.band.upper is None else str(figure.band.upper),
        "missing_bodies": ";".join(f"{m.reason}={' '.join(m.bodies)}" for m in figure.missing if m.bodies),
        "measures": "|".join(figure.measures),
        "extra": json.dumps(figure_row(figure)["extra"], ensure_ascii=False, sort_keys=True) if figure.extra else "",
    }
    counts: Counter[str] = Counter()
    for missing in figure.missing:
        counts[missing.reason] += missing.n
    for column in columns:
        name, _, part = column.partition(".")
        if name == "missing":
            row[column] = str(counts[part])
        elif name in ("coverage", "change") and part:
            of = getattr(figure, name)
            row[column] = _text(getattr(of, part)) if of is not None else ""
        elif name == "footnotes":
            row[column] = " | ".join(_note(note.body, note.text, part) for note in figure.footnotes)
        elif name in ("label", "counting_rule"):
            row[column] = getattr(figure, name).get(part, "")
        elif column not in row:
            row[column] = _text(getattr(figure, column))
    return row


def _note(body: str, text: Text, lang: str) -> str:
    return f"{body}: {pick(text, lang)}" if body else pick(text, lang)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else plain(value)


def figures_parquet(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes:
    """The table of figures.csv with types: counts as int64, numbers as exact decimals, texts as strings.

    zstd level 3, row groups of 65,536: the same bytes in every process with one version of pyarrow.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    fields, arrays = [], []
    for column in columns:
        texts = [row[column] for row in rows]
        kind = _arrow_type(column, texts)
        fields.append(pa.field(column, kind))
        arrays.append(pa.array([typed(column, text) for text in texts], type=kind))
    target = io.BytesIO()
    table = pa.table(arrays, schema=pa.schema(fields))
    pq.write_table(table, target, compression="zstd", compression_level=3, row_group_size=65536, store_schema=False)
    return target.getvalue()


def _arrow_type(column: str, texts: Sequence[str]) -> Any:
    import pyarrow as pa

    if column in _INTEGERS or column.startswith("missing."):
        return pa.int64()
    if column not in _NUMBERS:
        return pa.string()
    scale = max([PARQUET_SCALE, *(len(text.partition(".")[2]) for text in texts)])
    whole = max([1, *(len(text.partition(".")[0].lstrip("-")) for text in texts)])
    return pa.decimal128(38, scale) if whole + scale <= 38 else pa.decimal256(76, scale)


def typed(column: str, text: str) -> int | Decimal | str | None:
    """What Parquet holds for a text of figures.csv."""
    if column in _INTEGERS or column.startswith("missing."):
        return int(text) if text else None
    if column in _NUMBERS:
        return Decimal(text) if text else None
    return text


# --- data package ---------------------------------------------------------------------------------------------------


def data_package(view: AudienceView, columns: Sequence[str]) -> dict[str, Any]:
    """A Frictionless Data Package (version 1) that describes both tables."""
    header = view.pack.header
    lang = header.languages[0]
    cycle = view.pack.cycles[view.cycle_id]
    package: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": _slug(f"{header.slug}-{view.cycle_id}-{view.audience.code}"),
        "title": f"{pick(header.title, lang)}: {pick(cycle.title, lang)}",
        "description": pick(header.notice, lang),
        "version": header.version,
        "created": view.as_of.isoformat() + "T00:00:00Z",
        "resources": [_figures_resource(columns), _answers_resource()],
    }
    licences = _licences(header.licence)
    if licences:
        package["licenses"] = licences
    sources = _sources(view)
    if sources:
        package["sources"] = sources
    return package


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9._-]+", "-", text.lower())


def _licences(licence: str) -> list[dict[str, str]]:
    if not licence:
        return []
    if re.fullmatch(r"[-a-zA-Z0-9._]+", licence):
        return [{"name": licence}]
    return [{"name": "other-at", "title": licence}]


def _sources(view: AudienceView) -> list[dict[str, str]]:
    used = sorted({f.source for f in view.figures} & set(view.pack.sources))
    found = []
    for code in used:
        source = view.pack.sources[code]
        found.append({"title": source.title} | ({"path": source.url} if source.url.startswith("http") else {}))
    if any(f.basis == "computed" for f in view.figures):
        found.insert(0, {"title": f"National reports, cycle {view.cycle_id}"})
    return found


_DESCRIBED = {
    "suppressed": "Why there is no value; empty where there is one.",
    "conf_status": "F: free. C: confidential, not shown so as to protect persons or bodies.",
    "band.lower": "Of a confidential count that is shown in a band: the least that it may be.",
    "band.upper": "The most that it may be; empty: the band has no end.",
    "rounded": "Value, numerator and denominator are rounded to a multiple of this; empty: they are not.",
}


def _figures_resource(columns: Sequence[str]) -> dict[str, Any]:
    fields: list[dict[str, Any]] = []
    for column in columns:
        field: dict[str, Any] = {"name": column, "type": "string"}
        if column in _INTEGERS or column.startswith("missing."):
            field["type"] = "integer"
        elif column in _NUMBERS:
            field["type"] = "number"
        if column in _DESCRIBED:
            field["description"] = _DESCRIBED[column]
        if column == "key":
            field["constraints"] = {"required": True, "unique": True}
        fields.append(field)
    return {
        "profile": "tabular-data-resource",
        "name": "figures",
        "title": "Figures",
        "description": "One row per figure, the same as figures.json. An empty value is not shown; `suppressed` says "
        "why, `conf_status` is F (free) or C (confidential), in the words of SDMX. A text that begins with = + - @ or "
        "' has an apostrophe before it.",
        "path": "figures.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": fields, "primaryKey": ["key"], "missingValues": [""]},
    }


def _answers_resource() -> dict[str, Any]:
    fields: list[dict[str, Any]] = [{"name": name, "type": "string"} for name in COLUMNS]
    for field in fields:
        if field["name"] in ("count", "row"):
            field["type"] = "integer"
        if field["name"] == "naming":
            field |= {"type": "boolean", "trueValues": ["true"], "falseValues": ["false"]}
        if field["name"] == "cycle":
            field["constraints"] = {"required": True}
    return {
        "profile": "tabular-data-resource",
        "name": "answers",
        "title": "Answers",
        "description": "Answers shown by name, one row per answer and cell; all others counted, not named. A cell with "
        "`conf_status` C (confidential) is not shown, so as to protect persons or bodies.",
        "path": "answers.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": fields, "missingValues": [""]},
    }


# --- manifest -------------------------------------------------------------------------------------------------------


def build_manifest(
    view: AudienceView,
    edition: Edition,
    *,
    history: Sequence[Mapping[str, str]] = (),
    recomputable: int,
) -> dict[str, Any]:
    """manifest.json without its list of files, which `freeze` adds.

    history        releases that trends rest on: id, cycle, manifest_sha256
    recomputable   figures that can be computed again from the answers inside
    """
    pack, header = view.pack, view.pack.header
    cycle = pack.cycles[view.cycle_id]
    return {
        "format": FORMAT,
        "id": release_id(view, edition),
        "alliance": {"slug": header.slug, "title": dict(header.short_title)},
        "pack": {"id": header.id, "version": header.version, "sha256": pack_hash(pack)},
        "cycle": view.cycle_id,
        "cycle_title": dict(cycle.title),
        "cycle_kind": cycle.kind,
        "data_year": cycle.data_year,
        "audience": view.audience.code,
        "audience_label": dict(view.audience.label),
        "names_all": view.audience.names_all,
        "edition": {"number": edition.number, "title": dict(edition.title), "subtitle": dict(edition.subtitle)},
        "as_of": view.as_of.isoformat(),
        "marking": dict(view.audience.marking),
        "release_list": list(edition.release_list),
        "disclosed": {
            "by": edition.disclosed_by,
            "on": edition.disclosed_on.isoformat() if edition.disclosed_on else "",
        },
        "notice": dict(header.notice),
        "fictional": header.fictional,
        "languages": list(header.languages),
        "figures": {"n": len(view.figures), "recomputable": recomputable},
        "answers": view.counts(),
        "reports": _reports(view),
        "inputs": _inputs(view),
        "history": [dict(entry) for entry in history],
        "protection": dict(view.protection),
        "audit": audit_entry(view),
        "software": {name: version(name) for name in PINNED},
    }


def release_id(view: AudienceView, edition: Edition) -> str:
    """alliance-cycle-audience-edition, e.g. concordia-2016-public-1.0."""
    return f"{view.pack.header.slug}-{view.cycle_id}-{view.audience.code}-{_slug(edition.number)}"


def audit_entry(view: AudienceView) -> dict[str, Any]:
    """The result of the audit, without the values: how many numbers were attacked, and whether any can be told."""
    if view.audience.names_all:
        return {}
    found, loss = view.findings, view.loss
    return {
        "clean": found.clean,
        "checked": found.checked,
        "programmes": found.programmes,
        "exposed": len(found.values) + sum(not one.by for one in found.answers),
        "hidden": {
            "cells": loss.cells, "of_cells": loss.of_cells, "figures": loss.figures, "of_figures": loss.of_figures,
            "names": loss.names, "of_names": loss.of_names,
        },
    }  # fmt: skip


def _reports(view: AudienceView) -> dict[str, Any]:
    """Who was asked and who reported, in numbers; practice 13: never in names."""
    if view.pack.cycles[view.cycle_id].questionnaire is None:
        return {"n": 0, "asked": 0, "populations": {}}
    reported = {r.body for r in view.reports}
    populations = {}
    for code in view.pack.cycles[view.cycle_id].asked:
        bodies = population_bodies(view.pack, code, view.cycle_id, as_of=view.as_of, reported={})
        populations[code] = {"asked": len(bodies), "reported": len(reported.intersection(bodies))}
    return {"n": len(reported), "asked": len(asked_bodies(view.pack, view.cycle_id)), "populations": populations}


def _inputs(view: AudienceView) -> list[dict[str, str]]:
    """Hashes of the reports read, for an audience that sees them whole. For any other one a plain hash would let
    everybody try which hidden answer fits it; there the keyed proofs in answers.csv do this work."""
    if not view.audience.names_all:
        return []
    return [
        {"cycle": report.cycle, "body": report.body, "sha256": report_hash(report, view.pack)}
        for report in view.all_reports()
    ]


def edition_for(edition: Edition, view: AudienceView) -> Edition:
    """The edition file that goes into the release: who withheld what, and why, stays with the office."""
    if view.audience.names_all:
        return edition
    return edition.model_copy(update={"withholdings": [], "protection": []})

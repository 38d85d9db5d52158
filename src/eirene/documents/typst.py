"""The document as PDF/UA-1, set by Typst.

Data go in as JSON and drawings as files, never as markup, so a `#` in a name is a `#`. Typst runs in a process of its
own with limits of memory and time. Characters that none of the embedded fonts has are shown as □.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import eirene
from eirene.documents import model as d
from eirene.documents.drawings import Assets
from eirene.documents.fonts import font_folder
from eirene.documents.plain import (
    address,
    caption,
    cell_kind,
    clean,
    column_shares,
    hue,
    runs_text,
    sentence,
    short,
    titled,
    value_size,
    walk,
)
from eirene.errors import EireneError, Problem

#: Seconds that setting may take; a document of 300 pages takes about five.
TIME_LIMIT = 120
#: Height in pt that a drawing may have, and the width of the text.
_TALLEST, _WIDTH = 590.0, 453.5

Data = dict[str, Any]


def render_pdf(document: d.Document, assets: Assets, *, seconds: float = TIME_LIMIT) -> bytes:
    """The document as PDF/UA-1, the same bytes for the same document.

    Raises EireneError where Typst refuses the document or needs more than its limits.
    """
    with tempfile.TemporaryDirectory(prefix="eirene-pdf-") as name:
        folder = Path(name)
        charts = _write_charts(assets.svg, folder)
        return _set_pdf(folder, "summary.typ", _Setter(document, charts).data(), seconds)


def render_page(template: str, data: Mapping[str, Any], *, seconds: float = TIME_LIMIT) -> bytes:
    """A page of another shape as PDF/UA-1: one of our own templates, filled with plain data.

    `data` has `date` (year, month, day), the only date in the file; its texts are cleaned here.
    """
    with tempfile.TemporaryDirectory(prefix="eirene-pdf-") as name:
        return _set_pdf(Path(name), template, _cleaned(data), seconds)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return {key: _cleaned(one) for key, one in value.items()}
    return [_cleaned(one) for one in value] if isinstance(value, list | tuple) else value


def _set_pdf(folder: Path, template: str, data: Data, seconds: float) -> bytes:
    with font_folder() as fonts:
        (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        (folder / "summary.typ").write_bytes(files("eirene.documents").joinpath(template).read_bytes())
        _set(folder, fonts, seconds)
        return (folder / "summary.pdf").read_bytes()


def _set(folder: Path, fonts: Path, seconds: float) -> None:
    """Runs Typst over the folder in a child process."""
    root = str(Path(eirene.__file__).parents[1])
    keep = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "TMPDIR", "SYSTEMROOT", "LD_LIBRARY_PATH")}
    # Two threads and two arenas: address space is limited, and the bytes must not depend on the machine.
    environment = keep | {"PYTHONPATH": root, "RAYON_NUM_THREADS": "2", "MALLOC_ARENA_MAX": "2", "TZ": "UTC"}
    command = [sys.executable, "-m", "eirene.documents._typst_child", str(folder), str(fonts)]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=seconds, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise EireneError(
            Problem(f"Setting the PDF took longer than {seconds:g} seconds.", remedy="Shorten the document.")
        ) from error
    if done.returncode:
        raise EireneError(Problem(f"The PDF could not be set: {_reason(done)}", remedy="Report this document."))


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    if done.returncode < 0 or any("memory" in line.lower() for line in lines):
        return "it needed more memory than 2 GiB."
    return sentence(lines[-1] if lines else f"Typst ended with code {done.returncode}")


_BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


def _write_charts(svgs: Mapping[str, str], folder: Path) -> dict[str, tuple[str, float]]:
    """chart id → (file, width in per cent of the text)."""
    found = {}
    for i, (id, svg) in enumerate(sorted(svgs.items())):
        name = f"chart-{i}.svg"
        (folder / name).write_text(clean(svg), encoding="utf-8")
        box = _BOX.search(svg)
        width, height = (float(box[1]), float(box[2])) if box else (680.0, 300.0)
        drawn = _WIDTH * height / width
        found[id] = (name, 100.0 if drawn <= _TALLEST else round(100 * _TALLEST / drawn, 1))
    return found


# --- the document as plain data -------------------------------------------------------------------------------------

_LANGUAGE = re.compile(r"([a-z]{2,3})(?:-([A-Za-z]{2}))?(?:-|\Z)")
_LONG = re.compile(r"[^\s\u200b]{40,}")


def _text(text: str) -> str:
    """Text that always fits its line: very long words may break anywhere."""
    return _LONG.sub(lambda m: "\u200b".join(m[0][i : i + 20] for i in range(0, len(m[0]), 20)), clean(text))


def _language(lang: str) -> tuple[str, str | None]:
    found = _LANGUAGE.match(lang)
    return (found[1], found[2].upper() if found[2] else None) if found else ("en", None)


class _Setter:
    """Turns a document into what summary.typ draws."""

    def __init__(self, document: d.Document, charts: Mapping[str, tuple[str, float]]) -> None:
        self.document = document
        self.charts = charts
        self.sections = list(walk(document.sections))
        self.anchors = {section.id: f"s{i}" for i, (_, section) in reversed(list(enumerate(self.sections)))}
        blocks = [block for _, section in self.sections for block in section.blocks]
        self.notes = sorted({n for block in blocks if isinstance(block, d.Footnotes) for n, _ in block.items})
        self._placed: set[int] = set()
        self.form = bool(document.extra.get("form"))

    def data(self) -> Data:
        doc = self.document
        lang, region = _language(doc.lang)
        licence = doc.words["licence"].format(licence=doc.licence) if doc.licence else ""
        bodies = [(i, s) for i, (_, s) in enumerate(self.sections) if s.kind == "body"]
        return {
            "lang": lang,
            "region": region,
            "title": _text(doc.title) or "–",
            "title-size": 33 if len(doc.title) <= 90 else 24 if len(doc.title) <= 200 else 15,
            "subtitle": _text(doc.subtitle),
            "kicker": _text(doc.kicker),
            "marking": _text(short(doc.marking, 90)),
            "notice": _text(short(doc.notice, 220)),
            "fictional": doc.fictional,
            "author": clean(str(doc.extra.get("author", ""))) or clean(doc.cite.partition(",")[0]) or clean(doc.title),
            "date": [int(part) for part in doc.date.split("-")],
            "facts": [[_text(label), _text(value)] for label, value in doc.facts],
            "small-print": [_text(t) for t in (doc.cite, licence) if t],
            "running-head": _text(short(doc.running_head or doc.title, 100)),
            "words": {key: clean(text) for key, text in doc.words.items()},
            "notes": self.notes,
            "bodies": [{"title": _text(s.title), "anchor": f"s{i}"} for i, s in bodies],
            "bodies-title": doc.words["bodies"],
            "form": self.form,
            "sections": [self.section(i, level, s) for i, (level, s) in enumerate(self.sections)],
        }

    def section(self, i: int, level: int, s: d.Section) -> Data:
        return {
            "anchor": f"s{i}",
            "level": level,
            "number": _text(s.number),
            "title": _text(s.title) or "–",
            "outlined": level == 1 or (level == 2 and s.kind != "body" and bool(s.number)),
            "new-page": (level == 1 and not (self.form and "." in s.number)) or s.kind == "body",
            "tags": [self.tag(*t) for t in s.tags],
            "blocks": list(self.blocks(s.blocks, s.title)),
        }

    def tag(self, kind: str, code: str, label: str) -> Data:
        return {"hue": hue(kind, code), "round": kind == "pillar", "label": _text(label)}

    # --- blocks ------------------------------------------------------------------------------------------------

    def blocks(self, blocks: Sequence[d.Block], heading: str) -> Iterator[Data]:
        for i, block in enumerate(blocks):
            after = blocks[i + 1] if i + 1 < len(blocks) else None
            match block:
                case d.Paragraph():
                    introduces = self.form and after is not None and all(r.emphasis for r in block.runs)
                    yield {"kind": "paragraph", "runs": self.runs(block.runs), "sticky": introduces}
                case d.Statement():
                    first = i == 0 or not isinstance(blocks[i - 1], d.Statement)
                    if first:
                        yield {"kind": "gap", "size": 12}
                    last = not isinstance(after, d.Statement)
                    yield self.statement(block, last)
                    if last:
                        yield {"kind": "gap", "size": 14}
                case d.Table():
                    yield self.table(block, heading)
                case d.Chart():
                    yield self.chart(block)
                case d.Note():
                    heading_ = _text(sentence(block.heading)) if block.heading else ""
                    note = {"kind": block.kind, "heading": heading_, "runs": self.runs(block.runs)}
                    yield {"kind": "note", "note": note}
                case d.Bullets():
                    yield {"kind": "bullets", "items": [self.runs(item) for item in block.items]}
                case d.Terms():
                    items = [{"term": _text(term), "runs": self.runs(runs)} for term, runs in block.items]
                    yield {"kind": "terms", "items": items}
                case d.Footnotes():
                    yield {"kind": "footnotes", "items": list(self.footnotes(block))}

    def footnotes(self, block: d.Footnotes) -> Iterator[Data]:
        for n, runs in block.items:
            if n not in self._placed:  # a place that links lead to is one place
                self._placed.add(n)
                yield {"n": n, "runs": self.runs(runs)}

    def runs(self, runs: d.Runs) -> list[Data]:
        return [self.run(r) for r in runs]

    def run(self, r: d.Run) -> Data:
        href = address(r.href)
        inside = self.anchors.get(href[1:], "") if href.startswith("#") else ""
        lang = _language(r.lang)[0] if r.lang and _LANGUAGE.match(r.lang) else ""
        return {
            "text": _text(r.text),
            "strong": r.strong,
            "emphasis": r.emphasis,
            "note": r.note,
            "lang": lang,
            "anchor": inside,
            "href": "" if href.startswith("#") else href,
        }

    def statement(self, s: d.Statement, last: bool) -> Data:
        own = [s.n_of_N] if s.n_of_N and clean(s.n_of_N) not in runs_text(s.sentence) else []
        return {
            "kind": "statement",
            "value": _text(s.value),
            "unit": _text(s.unit),
            "size": value_size(s.value, s.unit) or "l",
            "sentence": self.runs(s.sentence),
            "notes": list(s.notes),
            "roll": self.roll(s.roll_call) if s.roll_call else None,
            "meta": [_text(t) for t in (*own, s.previous) if t],
            "last": last,
        }

    def roll(self, roll: d.RollCall) -> Data | None:
        cells = [cell_kind(group) for group, n in roll.groups for _ in range(n)]
        lines = -(-len(cells) // 36)
        if not cells:
            return None
        return {"cells": cells, "across": -(-len(cells) // lines), "alt": clean(roll.alt) or "–"}

    def chart(self, c: d.Chart) -> Data:
        file, width = self.charts[c.id]
        return {
            "kind": "chart",
            "file": file,
            "width": width,
            "title": _text(c.title),
            "small": _text(caption(c.number, c.subtitle)),
            "alt": clean(c.alt) or clean(c.title) or "–",
            "sources": self.sources(c.source, c.table.notes),
        }

    def sources(self, source: str, notes: Iterable[str]) -> list[str]:
        return [_text(t) for t in (*(sentence(n) for n in notes), source) if t.strip()]

    def table(self, t: d.Table, heading: str) -> Data:
        columns = max((len(row) for row in (*t.head, *t.rows)), default=1)
        return {
            "kind": "table",
            "title": _text(t.title) if titled(t, heading) else "",
            "small": _text(caption(t.number, t.subtitle)),
            "ruled": bool(t.number),
            "columns": _widths(t, columns),
            "gap": 7 if columns <= 6 else 4 if columns <= 9 else 2,
            "size": 9.2 if columns <= 5 else 8.2 if columns <= 8 else 6.8,
            "head": [self.row(row, columns, False) for row in t.head],
            "rows": [self.row(row, columns, True) for row in t.rows],
            "sources": self.sources(t.source, t.notes),
        }

    def row(self, row: Sequence[d.Cell], columns: int, body: bool) -> list[Data]:
        full = [*row, *[d.Cell("")] * (columns - len(row))]
        return [
            {
                "text": _text(cell.text),
                "end": cell.align == "end",
                "muted": cell.muted,
                "header": body and (i == 0 or cell.header),
            }
            for i, cell in enumerate(full)
        ]


def _widths(t: d.Table, columns: int) -> list[float]:
    """A share of the width for each column; 0: as wide as its numbers are."""
    shares = column_shares(t, columns)
    for i in range(1, columns):
        texts = [row[i].text for row in (*t.head, *t.rows) if i < len(row)]
        if columns <= 7 and max((len(text) for text in texts), default=0) <= 18:
            shares[i] = 0.0
    return shares

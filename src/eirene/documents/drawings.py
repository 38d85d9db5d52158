"""Charts drawn: SVG and PNG from Vega-Lite specifications, many at a time, the same bytes every time.

A specification may name no address: data are inline and the renderer is told to fetch nothing.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from html import escape
from multiprocessing import get_context
from typing import Any, Literal

from eirene.documents.charts import TOKENS
from eirene.documents.fonts import SANS, font_folder
from eirene.documents.model import Chart, Document, Section
from eirene.errors import EireneError, Problem

#: The Vega-Lite of the drawings: part of what decides their bytes.
VEGA_LITE = "6.4"
#: PNG pixels per px of the specification.
SCALE = 2

Format = Literal["svg", "png"]
#: (chart id, "wide" or "narrow") → SVG;  PNG of the wide one.
Variant = Literal["wide", "narrow"]


@dataclass(frozen=True, slots=True)
class Job:
    """One drawing to make. `key`: how the caller finds it again."""

    key: str
    spec: Mapping[str, Any]
    formats: tuple[Format, ...] = ("svg",)


@dataclass(frozen=True, slots=True)
class Assets:
    """The drawings of a document: chart id → bytes."""

    svg: Mapping[str, str]
    narrow: Mapping[str, str]
    png: Mapping[str, bytes]


def charts_of(document: Document) -> list[Chart]:
    """Every chart of the document, in order."""

    def walk(sections: Iterable[Section]) -> Iterable[Chart]:
        for section in sections:
            yield from (block for block in section.blocks if isinstance(block, Chart))
            yield from walk(section.sections)

    return list(walk(document.sections))


def draw_documents(documents: Mapping[str, Document], *, workers: int = 2) -> dict[str, Assets]:
    """language → drawings of all its charts; what two languages draw alike is drawn once."""
    jobs = []
    for lang, document in documents.items():
        for chart in charts_of(document):
            jobs.append(Job(f"{lang}/{chart.id}/wide", chart.spec, ("svg", "png")))
            jobs.append(Job(f"{lang}/{chart.id}/narrow", chart.narrow, ("svg",)))
    drawn = render(jobs, workers=workers)
    found = {}
    for lang, document in documents.items():
        ids = [chart.id for chart in charts_of(document)]
        found[lang] = Assets(
            {id: drawn[f"{lang}/{id}/wide", "svg"].decode() for id in ids},
            {id: drawn[f"{lang}/{id}/narrow", "svg"].decode() for id in ids},
            {id: drawn[f"{lang}/{id}/wide", "png"] for id in ids},
        )
    return found


def draw(document: Document, *, workers: int = 2) -> Assets:
    """Drawings of one document."""
    return draw_documents({document.lang: document}, workers=workers)[document.lang]


def render(jobs: Iterable[Job], *, workers: int = 2) -> dict[tuple[str, Format], bytes]:
    """(key, format) → bytes, for every job. Equal specifications are drawn once.

    Raises EireneError with every drawing that failed.
    """
    jobs = list(jobs)
    text = {job.key: json.dumps(job.spec, ensure_ascii=False, sort_keys=True) for job in jobs}
    wanted: dict[str, set[Format]] = {}
    for job in jobs:
        wanted.setdefault(text[job.key], set()).update(job.formats)
    order = sorted(wanted)
    tasks = [(spec, "png" in wanted[spec]) for spec in order]
    drawn = dict(zip(order, _draw_all(tasks, workers), strict=True))
    problems = [
        Problem(f'The chart "{job.key}" could not be drawn: {drawn[text[job.key]][2]}', remedy="Check its data.")
        for job in jobs
        if drawn[text[job.key]][2]
    ]
    if problems:
        raise EireneError(problems)
    found: dict[tuple[str, Format], bytes] = {}
    for job in jobs:
        svg, png, _ = drawn[text[job.key]]
        for format in job.formats:
            found[job.key, format] = svg.encode() if format == "svg" else png
    return found


_Drawn = tuple[str, bytes, str]


def _draw_all(tasks: list[tuple[str, bool]], workers: int) -> list[_Drawn]:
    """(svg, png, error) of each task. Processes, because the renderer has one thread of its own in each."""
    with font_folder(serif=False) as fonts:
        if workers < 2 or len(tasks) < 8:
            _prepare(str(fonts))
            return [_draw(task) for task in tasks]
        # Spawned, not forked: the renderer's threads do not survive a fork.
        with ProcessPoolExecutor(workers, get_context("spawn"), _prepare, (str(fonts),)) as pool:
            return list(pool.map(_draw, tasks, chunksize=4))


def _prepare(fonts: str) -> None:
    import vl_convert

    vl_convert.register_font_directory(fonts)


def _draw(task: tuple[str, bool]) -> _Drawn:
    import vl_convert

    spec, with_png = task
    try:
        svg = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[])
        svg = _tidy(svg)
        png = _denser(vl_convert.svg_to_png(svg, scale=SCALE)) if with_png else b""
    except ValueError as error:
        return "", b"", str(error).splitlines()[0]
    return svg, png, ""


def _denser(png: bytes) -> bytes:
    """The same picture, its data compressed again: the renderer trades size for speed, threefold."""
    chunks: list[bytes] = []
    data = b""
    at = 8
    while at < len(png):
        size = int.from_bytes(png[at : at + 4], "big")
        kind = png[at + 4 : at + 8]
        if kind == b"IDAT":
            data += png[at + 8 : at + 8 + size]
        else:
            chunks.append(png[at : at + 12 + size])
        at += 12 + size
    body = b"IDAT" + zlib.compress(zlib.decompress(data), 6)
    packed = (len(body) - 4).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
    return png[:8] + b"".join([*chunks[:-1], packed, chunks[-1]])


# --- what the renderer writes, made smaller and fit for a page ------------------------------------------------------

_ROLES = re.compile(r' (?:role|aria-[a-z]+|class)="[^"]*"')
_EMPTY = re.compile(r'<path d="M0,0h[\d.]+v[\d.]+h-[\d.]+Z"/?>(?:</path>)?|<g>\s*</g>')
_BACKDROP = re.compile(r'<path d="[^"]*" pointer-events="none"/?>(?:</path>)?')
_STYLE = re.compile(r' style="[^"]*"')


def _tidy(svg: str) -> str:
    """Without the roles, classes and empty groups of an interactive view: the skin says what the picture is."""
    svg = _ROLES.sub("", svg)
    svg = _BACKDROP.sub("", svg)
    before = ""
    while before != svg:
        before, svg = svg, _EMPTY.sub("", svg)
    return svg


_HEAD = re.compile(r"<svg[^>]*>")
_BOX = re.compile(r'viewBox="([^"]*)"')
_SIZES = {"14px": "13px", "13px": "12px", "18px": "17px"}
_COLOURS = {value: token for token, value in TOKENS.items()}


def themed_svg(svg: str, *, alt: str, css: str) -> str:
    """A drawing for a page: colours become the page's tokens, the typeface the page's own, the alt text its name."""
    box = _BOX.search(svg)
    view = box[1] if box else f"0 0 {680} {300}"
    _, _, width, height = view.split()
    body = _HEAD.sub("", svg, count=1)
    body = re.sub(r"#[0-9a-f]{6}", lambda m: f"var(--{_COLOURS[m[0]]})" if m[0] in _COLOURS else m[0], body)
    body = body.replace(f' font-family="{SANS}"', "")
    body = re.sub(r'font-size="(\d+px)"', lambda m: f'font-size="{_SIZES.get(m[1], m[1])}"', body)
    return (
        f'<svg class="ch {css}" viewBox="{view}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(alt)}">{body}'
    )

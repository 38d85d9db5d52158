"""What each page shows, put together from editions. Plain data for the templates; no query, no clock."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from eirene.documents import model as d
from eirene.figures.display import display, n_of_N
from eirene.figures.model import Figure
from eirene.framework import members_on
from eirene.text import pick
from eirene_web.editions.models import BuildStep, Release
from eirene_web.editions.queries import Alliance
from eirene_web.portal import words
from eirene_web.portal.figurepage import Line, by_kind, change_sentences, line_of
from eirene_web.portal.reading import Edition, is_undivided, opened
from eirene_web.portal.series import points_of

#: Chapters whose id is the name of another page of the edition keep an address of their own.
TAKEN = frozenset({"figures", "nations", "data", "files"})
MOST_ROWS = 100


#: Which entry of the navigation a page belongs to.
_NAV = {
    "edition": "edition", "chapter": "edition", "figures": "figures", "figure": "figures", "indicators": "indicators",
    "indicator": "indicators", "nations": "nations", "nation": "nations", "framework": "framework", "data": "data",
}  # fmt: skip

# --- the frame of every page ----------------------------------------------------------------------------------------


def frame(request: HttpRequest, alliance: Alliance, release: Release, edition: Edition, lang: str) -> dict[str, Any]:
    """Marking, notice, navigation, languages: the same on every page of an edition."""
    return {
        "alliance": alliance,
        "release": release,
        "edition": edition,
        "pack": edition.pack,
        "document": edition.document(lang),
        "lang": lang,
        "name": pick(edition.pack.header.short_title, lang),
        "cycle_title": pick(edition.cycle.title, lang),
        "has_glossary": edition.walk(lang).chapter("glossary") is not None,
        "switch": switch(request, edition.pack.header.languages),
        "compiled": edition.cycle.kind == "compiled",
        "release_id": edition.manifest.get("id", ""),
        "nav": _NAV.get(request.resolver_match.url_name if request.resolver_match else "", ""),
    }


def switch(request: HttpRequest, languages: Sequence[str] = ()) -> list[dict[str, Any]]:
    """This very place in each language that page and release both have."""
    current = translation.get_language() or "en"
    rest = request.get_full_path()
    for code, _name in settings.LANGUAGES:
        if code != settings.LANGUAGE_CODE and (rest == f"/{code}" or rest.startswith(f"/{code}/")):
            rest = rest[len(code) + 1 :] or "/"
            break
    return [
        {
            "code": code,
            "name": str(name),
            "href": rest if code == settings.LANGUAGE_CODE else f"/{code}{rest}",
            "current": code == current,
        }
        for code, name in settings.LANGUAGES
        if not languages or code in languages or code == current
    ]


# --- the first page -------------------------------------------------------------------------------------------------


def home(request: HttpRequest, alliances: Sequence[Alliance], steps: Sequence[BuildStep]) -> dict[str, Any]:
    open_steps = [s for s in steps if s.state in (BuildStep.State.QUEUED, BuildStep.State.RUNNING)]
    running = next((s for s in steps if s.state == BuildStep.State.RUNNING), None)
    return {
        "alliances": alliances,
        "steps": steps,
        "building": bool(open_steps),
        "running": running,
        "n_steps": len(steps),
        "n_done": sum(s.state == BuildStep.State.DONE for s in steps),
        "failed": [s for s in steps if s.state == BuildStep.State.FAILED],
        "switch": switch(request),
    }


# --- documents ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChapterLink:
    id: str
    address: str
    number: str
    title: str
    sections: tuple[tuple[str, str], ...] = ()
    #: Its numbered sections in one line.
    outline: str = ""


def chapter_address(edition: Edition, id: str) -> str:
    name = f"chapter-{id}" if id in TAKEN else id
    return reverse("chapter", args=[*edition.at, name])


def contents(edition: Edition, lang: str) -> list[ChapterLink]:
    """The edition's chapters; those of bodies are pages of their own."""
    return [
        ChapterLink(
            section.id,
            chapter_address(edition, section.id),
            section.number,
            section.title,
            tuple(
                (inner.id, f"{inner.number} {inner.title}".strip())
                for inner in section.sections
                if inner.kind != "body"
            ),
            " · ".join(
                f"{inner.number} {inner.title}" for inner in section.sections if inner.kind != "body" and inner.number
            ),
        )
        for section in edition.walk(lang).chapters
    ]


def edition(edition: Edition, lang: str) -> dict[str, Any]:
    """The edition's own page: what it found, chapter by chapter."""
    found, full = [], False
    for link in contents(edition, lang):
        own = statements_of(edition, link.id, lang)
        # The first chapter that states anything is the edition's own choice; of the others one statement suffices.
        found.append((link, drawn(edition, [without_notes(s) for s in own[: 1 if full else 8]], lang)))
        full = full or bool(own)
    return {
        "contents": contents(edition, lang),
        "chapters": found,
        "downloads": downloads(edition, lang),
        "reported": reported(edition, lang),
        "n_figures": sum(f.cycle == edition.cycle.id for f in edition.figures.values()),
    }


def statements_of(edition: Edition, chapter: str, lang: str) -> list[d.Statement]:
    return [s for s, place in edition.walk(lang).statements.values() if place.chapter == chapter]


def without_notes(statement: d.Statement) -> d.Statement:
    """Footnotes stand at the end of their chapter; away from it their numbers would lead nowhere."""
    return replace(statement, notes=(), sentence=tuple(replace(run, note=None) for run in statement.sentence))


def drawn(edition: Edition, blocks: Sequence[d.Block], lang: str) -> str:
    """Blocks as the core's HTML skin draws them."""
    from eirene.documents.html import render_blocks

    document = edition.document(lang)
    return render_blocks(blocks, document, PortalLinks(edition, lang)) if document is not None and blocks else ""


def _statement(edition: Edition, statement: d.Statement, lang: str) -> dict[str, Any]:
    figure = edition.figures.get(statement.figure)
    sentence = "".join(run.text for run in statement.sentence)
    return {"key": statement.figure, "value": statement.value, "unit": statement.unit, "sentence": sentence,
            "n_of_N": statement.n_of_N,             "figure": figure, "previous": statement.previous}  # fmt: skip


def reported(edition: Edition, lang: str) -> list[dict[str, Any]]:
    """How many of each population reported, in numbers; never who."""
    populations = (edition.manifest.get("reports") or {}).get("populations") or {}
    return [
        {
            "many": words.population_many(edition.pack, code, lang),
            "reported": n["reported"],
            "asked": n["asked"],
            "cells": ["y"] * n["reported"] + ["x"] * (n["asked"] - n["reported"]),
        }
        for code, n in populations.items()
        if n["asked"]
    ]


def chapter(edition: Edition, name: str, lang: str) -> dict[str, Any] | None:
    id = name.removeprefix("chapter-") if name.removeprefix("chapter-") in TAKEN else name
    section = edition.walk(lang).chapter(id)
    if section is None:
        return None
    links = contents(edition, lang)
    place = next(n for n, link in enumerate(links) if link.id == id)
    bodies = [inner for inner in section.sections if inner.kind == "body"]
    shown = d.Section(
        section.id, section.title, section.number, section.blocks,
        tuple(inner for inner in section.sections if inner.kind != "body"), section.tags, section.kind,
    )  # fmt: skip
    return {
        "section": section,
        "html": rendered(edition, shown, lang, level=1),
        "bodies": [(inner.id.removeprefix("body-"), inner.title, bool(inner.sections)) for inner in bodies],
        "contents": links,
        "here": links[place],
        "previous": links[place - 1] if place else None,
        "next": links[place + 1] if place + 1 < len(links) else None,
        "downloads": downloads(edition, lang),
        "reported": reported(edition, lang),
    }


def rendered(edition: Edition, section: d.Section, lang: str, *, level: int = 2) -> str:
    """A section as the core's HTML skin draws it, with links that lead into the portal; `level` of its heading."""
    from eirene.documents.html import render_section

    document = edition.document(lang)
    assert document is not None
    return render_section(section, document, PortalLinks(edition, lang), level=level)


def edition_is_kept(edition: Edition) -> bool:
    """Whether it is for an audience, or an earlier release: nothing of it stands in anybody else's page."""
    return "/" in edition.at[0] or "+" in edition.at[1]


class PortalLinks:
    """Where things are in the portal, for the skin that draws sections."""

    def __init__(self, edition: Edition, lang: str) -> None:
        self.edition, self.lang = edition, lang
        self._where = edition.at

    def figure(self, key: str) -> str:
        """The figure's own page, in the edition of its cycle if that has one here."""
        figure = self.edition.figures.get(key)
        if figure is None or figure.cycle != self.edition.cycle.id:
            return ""
        return reverse("figure", args=[*self._where, key])

    def chart(self, chart_id: str, fmt: str) -> str:
        if fmt == "embed":
            if edition_is_kept(self.edition):
                return ""
            return reverse("embed-chart", args=[*self._where, chart_id])
        path = f"charts/{chart_id}.{self.lang}.{fmt}"
        return reverse("file", args=[*self._where, path]) if path in self.edition.files else ""

    def anchor(self, id: str) -> str:
        """A place in the Summary: a nation's page, a chapter's page, or a place inside a chapter."""
        if id.startswith("body-"):
            body = id.removeprefix("body-")
            return reverse("nation", args=[*self._where, body]) if body in self.edition.walk(self.lang).bodies else ""
        chapter = self.edition.walk(self.lang).chapter_of(id)
        if not chapter:
            return f"#{id}"
        address = chapter_address(self.edition, chapter)
        return address if chapter == id else f"{address}#{id}"

    def drawing(self, chart_id: str, variant: Literal["wide", "narrow"]) -> str:
        ending = "svg" if variant == "wide" else "narrow.svg"
        path = f"charts/{chart_id}.{self.lang}.{ending}"
        return self.edition.read(path).decode("utf-8") if path in self.edition.files else ""


# --- downloads ------------------------------------------------------------------------------------------------------

_KINDS = (
    ("summary.{lang}.pdf", "PDF"), ("summary.{lang}.docx", "Word"), ("summary.xlsx", "Excel"),
    ("summary.{lang}.html", "HTML"),
)  # fmt: skip


def downloads(edition: Edition, lang: str) -> list[dict[str, Any]]:
    """The Summary in the reader's language, in every format that the release holds."""
    found = []
    for pattern, name in _KINDS:
        path = pattern.format(lang=lang)
        if path in edition.files:
            found.append({"name": name, "path": path, "bytes": edition.files[path]["bytes"]})
    return found


def data(alliance: Alliance, release: Release, edition: Edition) -> dict[str, Any]:
    groups: dict[str, list[Mapping[str, Any]]] = {"summary": [], "data": [], "charts": [], "proof": []}
    for name, entry in sorted(edition.files.items()):
        if name.startswith("charts/"):
            groups["charts"].append(entry)
        elif name.startswith("summary."):
            groups["summary"].append(entry)
        elif name.startswith(("figures.", "answers.")):
            groups["data"].append(entry)
        else:
            groups["proof"].append(entry)
    return {
        "groups": groups,
        "chart_bytes": sum(int(e["bytes"]) for e in groups["charts"]),
        "sha256": edition.sha256,
        "manifest": edition.manifest,
        "others": [
            (r, alliance.address_of(r)) for r in alliance.releases if r.cycle == release.cycle and r.pk != release.pk
        ],
        "editions": alliance.editions,
        "folder": edition.manifest.get("id", edition.folder.name),
    }


_drawing = threading.Lock()


def png(svg: str) -> bytes:
    """The drawing as PNG, twice its size in pixels; kept on the disk by its content's hash."""
    place = Path(settings.EIRENE_HOME) / "cache" / "png" / f"{hashlib.sha256(svg.encode()).hexdigest()}.png"
    if place.is_file():
        return place.read_bytes()
    import os

    import vl_convert

    with _drawing:
        data: bytes = vl_convert.svg_to_png(svg, scale=2)
    place.parent.mkdir(parents=True, exist_ok=True)
    partial = place.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
    partial.write_bytes(data)
    partial.replace(place)
    return data


# --- an alliance's home ---------------------------------------------------------------------------------------------


def alliance(edition: Edition, editions: Sequence[Edition], lang: str) -> dict[str, Any]:
    return {
        "headlines": [_statement(edition, s, lang) for s in _headlines(edition, lang)],
        "contents": contents(edition, lang),
        "news": news(edition, lang),
        "reported": reported(edition, lang),
        "downloads": downloads(edition, lang),
        "editions": [(e, pick(e.cycle.title, lang)) for e in editions],
        "n_figures": sum(f.cycle == edition.cycle.id for f in edition.figures.values()),
        "gaps": sum(not row["indicators"] for _kind, rows in framework(edition, lang)["kinds"] for row in rows),
        "coverage": coverage_lines(edition, lang),
    }


def _headlines(edition: Edition, lang: str) -> list[d.Statement]:
    """What the edition itself puts first; if that is little, the first statement of each chapter."""
    chapters = [
        found
        for link in contents(edition, lang)
        if (found := [s for s in statements_of(edition, link.id, lang) if _has_value(edition, s)])
    ]
    if not chapters:
        return []
    if len(chapters[0]) >= 4:
        return chapters[0][:8]
    return [found[0] for found in chapters][:8]


def _has_value(edition: Edition, statement: d.Statement) -> bool:
    figure = edition.figures.get(statement.figure)
    return figure is not None and figure.value is not None and figure.cycle == edition.cycle.id


def news(edition: Edition, lang: str) -> list[dict[str, Any]]:
    """What changed since the cycle before, in bodies: the figures in which most came to yes or went to no."""
    found = []
    for figure in edition.undivided:
        change = figure.change
        if change is None or change.not_comparable or figure.kind != "share_of_bodies" or change.gained is None:
            continue
        moved = change.gained + (change.lost or 0)
        if moved and figure.population == edition.pack.header.populations[0].code:
            found.append((-moved, figure.key, figure))
    return [
        {
            "key": figure.key,
            "label": words.label_of(edition, figure, lang),
            "value": display(figure, edition.pack, lang),
            "ratio": n_of_N(figure, edition.pack, lang),
            "change": " ".join(change_sentences(edition, figure, lang)[:2]),
        }
        for _moved, _key, figure in sorted(found, key=lambda f: f[:2])[:4]
    ]


def coverage_lines(edition: Edition, lang: str) -> list[Line]:
    """For a compiled edition: of how many members anything is public, newest year first."""
    found = [
        f
        for f in edition.figures.values()
        if f.kind == "coverage" and f.population == edition.pack.header.populations[0].code
    ]
    found.sort(key=lambda f: (-int(f.numerator or 0), f.id, f.key))
    return [line_of(edition, f, lang) for f in found[:5]]


# --- figures --------------------------------------------------------------------------------------------------------


def figures(edition: Edition, asked: Mapping[str, str], lang: str) -> dict[str, Any]:
    """The list of figures, filtered by what the form asks for. An unknown choice is no choice."""
    chapters = contents(edition, lang)
    own = [f for f in edition.figures.values() if f.cycle == edition.cycle.id]
    choices = {
        "chapter": [
            (c.id, f"{c.number} {c.title}".strip()) for c in chapters if edition.walk(lang).by_chapter.get(c.id)
        ],
        "element": _elements_of(edition, own, lang),
        "kind": [(k, words.kind_name(edition.pack, k, lang)) for k in dict.fromkeys(f.kind for f in own)],
        "population": [
            (p, words.population_label(edition.pack, p, lang)) for p in dict.fromkeys(f.population for f in own)
        ],
    }
    chosen = {name: value if (value := asked.get(name, "")) in dict(listed) else "" for name, listed in choices.items()}
    text, divided = asked.get("q", "")[:200].strip(), asked.get("parts") == "1"
    lines = [line_of(edition, f, lang) for f in _chosen(edition, own, chosen, divided, lang)]
    if text:
        wanted = words.folded(text).split()
        lines = [line for line in lines if all(word in line.words for word in wanted)]
    page = _page(asked.get("page", ""), -(-len(lines) // MOST_ROWS))
    kept = {name: value for name, value in {**chosen, "q": text, "parts": "1" if divided else ""}.items() if value}
    return {
        "choices": choices,
        "chosen": {**chosen, "q": text, "parts": divided},
        "lines": lines[(page - 1) * MOST_ROWS : page * MOST_ROWS],
        "n_lines": len(lines),
        "n_all": len(own),
        "page": page,
        "n_pages": max(1, -(-len(lines) // MOST_ROWS)),
        "kept": kept,
        "filtered": bool(kept),
    }


def _page(text: str, last: int) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    return max(1, min(number, last or 1))


def _elements_of(edition: Edition, own: Sequence[Figure], lang: str) -> list[tuple[str, str]]:
    used = {code for figure in own for code in figure.measures}
    return [(code, pick(e.title, lang)) for code, e in edition.pack.elements.items() if code in used]


def _chosen(
    edition: Edition, own: Iterable[Figure], chosen: Mapping[str, str], divided: bool, lang: str
) -> Iterable[Figure]:
    """What fits the choices, in the order of the pack's indicators.

    Unless a kind, a chapter or break-downs are asked for, one line stands for all ways of counting the same thing, and
    populations built on others (constant panel, today's members) are left to the figure's page.
    """
    in_chapter = set(edition.walk(lang).by_chapter.get(chosen["chapter"], ()))
    fitting = [
        figure
        for figure in own
        if (not chosen["chapter"] or figure.key in in_chapter)
        and (not chosen["element"] or chosen["element"] in figure.measures)
        and (not chosen["kind"] or figure.kind == chosen["kind"])
        and (not chosen["population"] or figure.population == chosen["population"])
        and (divided or chosen["chapter"] or is_undivided(figure))
    ]
    order = {id: n for n, id in enumerate(edition.pack.indicators)}
    fitting.sort(key=lambda figure: (order.get(figure.id, len(order)), _population_rank(edition, figure.population)))
    if chosen["kind"] or chosen["chapter"] or divided:
        return fitting
    return _one_for_all(edition, fitting, bool(chosen["population"]))


def _one_for_all(edition: Edition, figures: Iterable[Figure], any_population: bool) -> Iterable[Figure]:
    derived = {p.code for p in edition.pack.header.populations if p.of is not None or p.basis != "as_at"}
    best: dict[tuple[str, ...], Figure] = {}
    for figure in figures:
        if figure.basis == "computed" and (
            figure.kind not in MAIN_KINDS or (figure.population in derived and not any_population)
        ):
            continue
        place = (figure.id, figure.population) if figure.basis == "computed" else (figure.key,)
        if place not in best or _kind_rank(figure) < _kind_rank(best[place]):
            best[place] = figure
    return best.values()


def _population_rank(edition: Edition, code: str) -> int:
    return next((n for n, p in enumerate(edition.pack.header.populations) if p.code == code), 99)


#: The kinds by which a figure is listed, the first of them that it has: what its statement in the Summary prints.
MAIN_KINDS = (
    "share_of_bodies", "pooled", "count", "published", "mean_of_bodies",
    "distribution", "coverage",
)  # fmt: skip


def _kind_rank(figure: Figure) -> int:
    return MAIN_KINDS.index(figure.kind) if figure.kind in MAIN_KINDS else len(MAIN_KINDS)


def corrections(alliance: Alliance, release: Release, figure: Figure, lang: str) -> list[dict[str, Any]]:
    """The figure in every release of this edition, newest first; empty if there is but one."""
    releases = alliance.releases_of(release.cycle)
    if len(releases) < 2:
        return []
    found = []
    for one in releases:
        edition = opened(one)
        then = edition.figures.get(figure.key)
        found.append({
            "number": one.number, "published": one.published, "sha256": one.manifest_sha256,
            "value": display(then, edition.pack, lang) if then else "–",
            "ratio": n_of_N(then, edition.pack, lang) if then else "–",
        })  # fmt: skip
    return found


# --- indicators -----------------------------------------------------------------------------------------------------


def indicators(edition: Edition, lang: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """All indicators of the pack, those with a value in the newest edition first, each with that value."""
    with_value: list[dict[str, Any]] = []
    without: list[dict[str, Any]] = []
    for id, indicator in edition.pack.indicators.items():
        main = main_figure(edition, id)
        row = {"id": id, "label": pick(indicator.label, lang), "line": line_of(edition, main, lang) if main else None}
        (with_value if main is not None else without).append(row)
    groups = [
        (_("With a figure in this edition"), with_value),
        (_("Declared, but without a figure in this edition"), without),
    ]
    return [(title, rows) for title, rows in groups if rows]


def main_figure(edition: Edition, id: str) -> Figure | None:
    """The undivided figure by which an indicator is known: first population, first kind; the newest published year."""
    own = [f for f in edition.by_id.get(id, []) if f.cycle == edition.cycle.id and is_undivided(f)]
    own = [f for f in own if f.kind in MAIN_KINDS] or own
    if not own:
        return None
    return min(own, key=lambda f: (_population_rank(edition, f.population), _kind_rank(f), _newest_first(f), f.key))


def _newest_first(figure: Figure) -> int:
    year = figure.dimensions.get("year", "")
    return -int(year) if year.isdigit() else 0


def indicator(editions: Sequence[Edition], id: str, lang: str) -> dict[str, Any] | None:
    newest = editions[0]
    declared = next((e.pack.indicators[id] for e in editions if id in e.pack.indicators), None)
    if declared is None:
        return None
    tables = []
    heads = [f for f in newest.by_id.get(id, []) if f.cycle == newest.cycle.id and is_undivided(f)]
    seen: set[tuple[str, ...]] = set()
    for figure in heads:
        place = (figure.population, figure.kind) if figure.basis == "computed" else (figure.population, figure.kind, "")
        if place in seen:
            continue
        seen.add(place)
        tables.append({
            "population": words.population_label(newest.pack, figure.population, lang),
            "kind": words.kind_name(newest.pack, figure.kind, lang),
            "method": words.kind_method(newest.pack, figure.kind, lang),
            "points": list(reversed(points_of(figure, newest, editions, lang))),
        })  # fmt: skip
    return {
        "indicator": declared,
        "label": pick(declared.label, lang),
        "tables": tables,
        "elements": by_kind([newest.pack.elements[c] for c in declared.measures if c in newest.pack.elements]),
        "formula": [
            (name, text)
            for name, text in (
                (_("yes"), declared.yes), (_("numerator"), declared.numerator),
                (_("denominator"), declared.denominator),
                (_("value"), declared.value), (_("question"), declared.question),
                (_("left"), declared.left), (_("right"), declared.right),
            )
            if text
        ],
    }  # fmt: skip


# --- framework ------------------------------------------------------------------------------------------------------

_ORDER = ("principle", "pillar", "core_task", "instrument", "objective", "policy_field")


def framework(edition: Edition, lang: str) -> dict[str, Any]:
    """Each element of the framework with what measures it; where nothing does, that is the finding."""
    measuring: dict[str, list[str]] = {}
    for id, indicator in edition.pack.indicators.items():
        for code in indicator.measures:
            measuring.setdefault(code, []).append(id)
    kinds = []
    for kind in _ORDER:
        rows = [
            {"element": element, "indicators": [_measure(edition, id, lang) for id in measuring.get(code, [])]}
            for code, element in edition.pack.elements.items()
            if element.kind == kind
        ]
        if rows:
            kinds.append((kind, rows))
    every = [row for _kind, rows in kinds for row in rows]
    return {
        "kinds": kinds,
        "n_elements": len(every),
        "n_measured": sum(bool(row["indicators"]) for row in every),
        "n_gaps": sum(not row["indicators"] for row in every),
        "n_valued": sum(any(m["line"] is not None for m in row["indicators"]) for row in every),
    }


def _measure(edition: Edition, id: str, lang: str) -> dict[str, Any]:
    main = main_figure(edition, id)
    label = pick(edition.pack.indicators[id].label, lang)
    return {"id": id, "label": label, "line": line_of(edition, main, lang) if main else None}


def method(edition: Edition, lang: str) -> dict[str, Any]:
    section = edition.walk(lang).chapter("method")
    kinds = dict.fromkeys(f.kind for f in edition.figures.values())
    return {
        "section": section,
        "html": rendered(edition, section, lang) if section is not None else "",
        "kinds": [(words.kind_name(edition.pack, k, lang), words.kind_method(edition.pack, k, lang)) for k in kinds],
    }


# --- nations --------------------------------------------------------------------------------------------------------


def nations(edition: Edition, lang: str) -> dict[str, Any]:
    """Who belongs, with a page each. Whether a nation reported is not said here (it is counted elsewhere)."""
    sections = edition.walk(lang).bodies
    groups, seen = [], set()
    for population in edition.pack.header.populations:
        if population.basis != "as_at" or population.of is not None:
            continue
        bodies = [b for b in members_on(edition.pack, population.code, edition.cycle.reference_date) if b not in seen]
        seen.update(bodies)
        if bodies:
            groups.append(
                (
                    words.population_label(edition.pack, population.code, lang),
                    [_nation_row(edition, b, sections, lang) for b in bodies],
                )
            )
    return {"groups": groups}


def _nation_row(edition: Edition, body: str, sections: Mapping[str, d.Section], lang: str) -> dict[str, Any]:
    return {
        "code": body,
        "name": words.name_of_body(edition, body, lang),
        "n": shown_of(edition, body),
        "has": body in sections,
    }


def shown_of(edition: Edition, body: str) -> int:
    """How many things stand here under a body's name: answers it released, or values that are public anyway."""
    report = edition.named_reports.get(body)
    return (len(report.answers) if report else 0) + len(compiled_of(edition, body))


def compiled_of(edition: Edition, body: str) -> list[Figure]:
    return [f for f in edition.figures.values() if f.kind == "compiled" and f.dimensions.get("body") == body]


def nation(edition: Edition, editions: Sequence[Edition], body: str, lang: str) -> dict[str, Any] | None:
    listed = {row["code"] for _label, rows in nations(edition, lang)["groups"] for row in rows}
    section = edition.walk(lang).bodies.get(body)
    if section is None and body not in listed:
        return None
    return {
        "body": body,
        "title": words.name_of_body(edition, body, lang),
        "section": section,
        "html": _without_heading(edition, section, lang) if section is not None else "",
        "n_shown": shown_of(edition, body),
        "values": [line_of(edition, f, lang) for f in compiled_of(edition, body)],
        "populations": [
            words.population_label(edition.pack, p.code, lang)
            for p in edition.pack.header.populations
            if p.of is None
            and p.basis == "as_at"
            and body in members_on(edition.pack, p.code, edition.cycle.reference_date)
        ],
        "elsewhere": [
            (e.cycle.id, pick(e.cycle.title, lang))
            for e in editions
            if e.cycle.id != edition.cycle.id and body in e.walk(lang).bodies
        ],
    }


def _without_heading(edition: Edition, section: d.Section, lang: str) -> str:
    """A nation's chapter below its heading, which the page has already."""
    inner = [rendered(edition, one, lang) for one in section.sections]
    return "\n".join([drawn(edition, section.blocks, lang), *inner])


# --- search ---------------------------------------------------------------------------------------------------------


def matches(asked: str, *texts: str) -> bool:
    """Whether every word asked for stands in the texts."""
    hay = words.folded(" ".join(texts))
    return all(word in hay for word in words.folded(asked).split())


def search(edition: Edition, lang: str, asked: str) -> list[tuple[str, list[dict[str, str]]]]:
    """Chapters, figures, nations, elements and terms of this alliance in which all words stand."""
    where = list(edition.at)
    chapters = [
        {"title": f"{link.number} {link.title}".strip(), "href": link.address, "more": ""}
        for link in contents(edition, lang)
        if matches(asked, link.title, *(title for _id, title in link.sections))
    ]
    figures = []
    for figure in edition.undivided:
        if figure.kind in MAIN_KINDS and matches(
            asked, words.label_of(edition, figure, lang), figure.id, *(pick(figure.counting_rule, lang),)
        ):
            line = line_of(edition, figure, lang)
            figures.append(
                {
                    "title": line.label,
                    "href": reverse("figure", args=[*where, figure.key]),
                    "more": f"{line.value} · {line.ratio} · {line.kind}, {line.population}",
                }
            )
    bodies = [
        {"title": row["name"], "href": reverse("nation", args=[*where, row["code"]]), "more": label}
        for label, rows in nations(edition, lang)["groups"]
        for row in rows
        if matches(asked, row["name"], row["code"])
    ]
    elements = [
        {
            "title": pick(e.title, lang),
            "href": f"{reverse('framework', args=where[:1])}#e-{code}",
            "more": pick(e.summary, lang),
        }
        for code, e in edition.pack.elements.items()
        if matches(asked, pick(e.title, lang), code, pick(e.summary, lang))
    ]
    groups = [
        (_("Chapters"), chapters),
        (_("Figures"), figures[:40]),
        (_("Nations"), bodies),
        (_("Framework"), elements[:20]),
    ]
    return [(title, found) for title, found in groups if found]

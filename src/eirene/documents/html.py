"""The document as a page: stand-alone (opens from a disk, needs no script), or section by section for the portal.

Everything that came from outside is escaped here, once. Nothing on a page is fetched from anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from typing import Literal, Protocol

from eirene.documents import model as d
from eirene.documents.drawings import Assets, themed_svg
from eirene.documents.plain import (
    address,
    caption,
    cell_kind,
    clean,
    hue,
    runs_text,
    sentence,
    short,
    titled,
    value_size,
)


class Links(Protocol):
    """Where things are. An empty answer means: nowhere, draw no link."""

    def figure(self, key: str) -> str:
        """The page of a figure."""

    def chart(self, chart_id: str, fmt: str) -> str:
        """A chart's file ("csv", "svg", "png", "json") or its "embed" line."""

    def anchor(self, id: str) -> str:
        """A place in the document."""

    def drawing(self, chart_id: str, variant: Literal["wide", "narrow"]) -> str:
        """The SVG of a chart as `drawings.render` made it."""


class PageLinks:
    """Links inside one stand-alone page: a figure leads to its row in the list of all figures."""

    def __init__(self, document: d.Document, assets: Assets) -> None:
        self._assets = assets
        self._rows = {cell.figure for cell in _listed(document)}

    def figure(self, key: str) -> str:
        return f"#{figure_anchor(key)}" if key in self._rows else ""

    def chart(self, chart_id: str, fmt: str) -> str:
        return ""

    def anchor(self, id: str) -> str:
        return f"#{id}"

    def drawing(self, chart_id: str, variant: Literal["wide", "narrow"]) -> str:
        return (self._assets.svg if variant == "wide" else self._assets.narrow).get(chart_id, "")


def figure_anchor(key: str) -> str:
    return "figure-" + re.sub(r"[^A-Za-z0-9_-]", "-", key)


def _listed(document: d.Document) -> Iterable[d.Cell]:
    """Header cells of annex tables that name a figure: where it is listed."""
    for section in document.sections:
        if section.kind == "annex":
            for block in section.blocks:
                if isinstance(block, d.Table):
                    yield from (row[0] for row in block.rows if row and row[0].figure)


# --- the stand-alone page -------------------------------------------------------------------------------------------


def render_page(document: d.Document, assets: Assets) -> str:
    """One file that opens from a disk: style, drawings and text inside, no script, nothing fetched."""
    links = PageLinks(document, assets)
    w = document.words
    main = "\n".join(render_section(section, document, links, anchors=True) for section in document.sections)
    return f"""<!doctype html>
<html lang="{_a(document.lang)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{_e(document.title)}</title>
<meta name="description" content="{_a(document.subtitle or document.running_head)}">
<style>
{style_sheet()}{_print_style(document)}</style>
</head>
<body>
<a class="skip" href="#main">{_e(w["skip"])}</a>
{_marking(document)}
{_mast(document)}
<div class="wrap doc">
<nav class="rail" aria-label="{_a(w["contents"])}"><div class="sticky" tabindex="0">{_rail(document)}</div></nav>
<main id="main" class="prose">
{main}
</main>
<aside aria-label="{_a(w["about"])}"><div class="sticky">{_about(document)}</div></aside>
</div>
<footer class="foot"><div class="wrap foot--plain">{_foot(document)}</div></footer>
</body>
</html>
"""


def style_sheet() -> str:
    """eirene.css without its comments and indents."""
    css = files("eirene.documents").joinpath("eirene.css").read_text(encoding="utf-8")
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return "\n".join(line.strip() for line in css.splitlines() if line.strip()) + "\n"


def _print_style(document: d.Document) -> str:
    """Marking and notice on every sheet of paper."""
    face = "font:600 8pt sans-serif;color:#15212b"
    boxes = {
        "top-left": f"content:{_css_string(document.marking.upper())};{face}",
        "bottom-left": f"content:{_css_string(document.notice)};{face};font-weight:400",
        "bottom-right": f"content:counter(page);{face}",
    }
    inside = "".join(f"@{name}{{{rules}}}" for name, rules in boxes.items())
    return f"@page{{size:A4;margin:20mm 16mm;{inside}}}\n"


def _css_string(text: str) -> str:
    """A string of CSS in which no character can end it, nor the style element around it."""
    return '"' + "".join(c if c.isalnum() or c in " .,·–’" else f"\\{ord(c):x} " for c in short(text, 160)) + '"'


def _marking(document: d.Document) -> str:
    notice = ""
    if document.notice:
        word = document.words["fictional"].rstrip(".") if document.fictional else ""
        text = clean(document.notice)
        if word and text.casefold().startswith(word.casefold()):
            word, text = text[: len(word) + 1], text[len(word) + 1 :]
        elif word:
            word, text = f"{word}.", f" {text}"
        bold = f"<b>{_e(word)}</b>" if word else ""
        kind = "fic" if document.fictional else "ntc"
        notice = f'<span class="{kind}">{bold}{_e(text)}</span>'
    label = _a(document.words["marking"])
    return (
        f'<aside class="marking" aria-label="{label}"><div class="wrap">'
        f'<span class="cls">{_e(document.marking)}</span>{notice}</div></aside>'
    )


def _mast(document: d.Document) -> str:
    facts = "".join(f"<div><dt>{_e(label)}</dt><dd>{_e(value)}</dd></div>" for label, value in document.facts)
    across = f'<dl class="facts facts--across">{facts}</dl>' if facts else ""
    kicker = f'<p class="kicker">{_e(document.kicker)}</p>' if document.kicker else ""
    lede = f'<p class="lede">{_e(document.subtitle)}</p>' if document.subtitle else ""
    return f'<header class="mast"><div class="wrap">{kicker}<h1>{_e(document.title)}</h1>{lede}{across}</div></header>'


def _rail(document: d.Document) -> str:
    w = document.words
    chapters = [s for s in document.sections if s.kind != "annex"]
    annexes = [s for s in document.sections if s.kind == "annex"]
    parts = [f"<details><summary>{_e(w['contents'])}</summary>", _toc(w["contents"], chapters)]
    if annexes:
        parts.append(_toc(w["also"], annexes))
    return "".join([*parts, "</details>"])


def _toc(heading: str, sections: Sequence[d.Section]) -> str:
    items = []
    for section in sections:
        inner = [s for s in section.sections if s.kind != "body" and s.number]
        sub = "".join(f'<li><a href="#{_a(s.id)}">{_e(_titled(s))}</a></li>' for s in inner)
        below = f"<ul>{sub}</ul>" if sub else ""
        number = f"<span>{_e(section.number)}</span>"
        items.append(f'<li><a href="#{_a(section.id)}">{number}{_e(section.title)}</a>{below}</li>')
    return f'<p class="toc-h">{_e(heading)}</p><ul class="toc">{"".join(items)}</ul>'


def _titled(section: d.Section) -> str:
    return f"{section.number} {section.title}".strip()


def _about(document: d.Document) -> str:
    w = document.words
    parts = []
    if document.cite:
        parts.append(f'<h2 class="aside-h">{_e(w["cite"])}</h2><p class="muted">{_e(document.cite)}</p>')
    if document.identifier:
        parts.append(
            f'<h2 class="aside-h">{_e(w["identifier"])}</h2><p class="mono muted">{_e(document.identifier)}</p>'
        )
    legend = _first_legend(document)
    if legend:
        parts.append(legend)
    return "".join(parts)


def _first_legend(document: d.Document) -> str:
    """How to read the strips, where the document has one."""
    groups: dict[str, str] = {}

    def gather(sections: Iterable[d.Section]) -> None:
        for section in sections:
            for block in section.blocks:
                if isinstance(block, d.Statement) and block.roll_call:
                    groups.update({cell_kind(name): "" for name, _ in block.roll_call.groups})
            gather(section.sections)

    gather(document.sections)
    order = [k for k in ("yes", "no", "confidential", "missing", "not_applicable") if k in groups]
    return _legend([(k, document.words[f"legend_{k}"]) for k in order]) if order else ""


def _foot(document: d.Document) -> str:
    lines = [f"<p><b>{_e(document.running_head or document.title)}</b></p>"]
    if document.cite:
        lines.append(f"<p>{_e(document.cite)}</p>")
    if document.licence:
        lines.append(f"<p>{_e(document.words['licence'].format(licence=document.licence))}</p>")
    return "".join(lines)


# --- sections -------------------------------------------------------------------------------------------------------


def render_section(
    section: d.Section, document: d.Document, links: Links, *, level: int = 2, anchors: bool = False
) -> str:
    """A section with all that is below it; `level` is that of its heading (h2 for a chapter).

    anchors: rows of an annex's list of figures carry the anchors that statements lead to
    """
    number = f'<span class="no">{_e(section.number)}</span>' if section.number else ""
    h = f"h{min(level, 6)}"
    head = f'<{h} id="{_a(section.id)}">{number}{_e(section.title)}</{h}>'
    listed = anchors and section.kind == "annex"
    parts = [head, _tags(section), render_blocks(section.blocks, document, links, listed, heading=section.title)]
    bodies = [s for s in section.sections if s.kind == "body"]
    if len(bodies) > 3:
        names = "".join(f'<li><a href="{_a(links.anchor(s.id))}">{_e(s.title)}</a></li>' for s in bodies)
        parts.append(f'<ul class="names">{names}</ul>')
    parts += [render_section(s, document, links, level=level + 1, anchors=anchors) for s in section.sections]
    kind = f" chapter--{section.kind}" if section.kind != "chapter" else ""
    inside = "\n".join(part for part in parts if part)
    return f'<section class="chapter{kind} l{level - 1}">\n{inside}\n</section>'


def _tags(section: d.Section) -> str:
    """Principles are squares, pillars dots, each in its own hue; other elements are words in a frame."""
    found = []
    for kind, code, label in section.tags:
        name = hue(kind, code)
        if name:
            found.append(f'<span class="hue {kind} {name}">{_e(label)}</span>')
        else:
            found.append(f'<span class="tag">{_e(label)}</span>')
    return f'<p class="tags">{"".join(found)}</p>' if found else ""


def render_blocks(
    blocks: Sequence[d.Block], document: d.Document, links: Links, anchors: bool = False, *, heading: str = ""
) -> str:
    """The blocks one after the other. A table named like the `heading` above them does not repeat it."""
    return "\n".join(_block(block, document, links, anchors, heading) for block in blocks)


def _block(block: d.Block, document: d.Document, links: Links, anchors: bool, heading: str) -> str:
    match block:
        case d.Paragraph():
            return f"<p>{_runs(block.runs, links)}</p>"
        case d.Statement():
            return _statement(block, document, links)
        case d.Table():
            return _table_block(block, links, anchors, heading)
        case d.Chart():
            return _chart(block, document, links)
        case d.Note():
            return _note(block, links)
        case d.Bullets():
            return f"<ul>{''.join(f'<li>{_runs(item, links)}</li>' for item in block.items)}</ul>"
        case d.Terms():
            rows = (f"<div><dt>{_e(term)}</dt><dd>{_runs(runs, links)}</dd></div>" for term, runs in block.items)
            return f'<dl class="terms">{"".join(rows)}</dl>'
        case d.Footnotes():
            return _footnotes(block, document, links)


# --- inline ---------------------------------------------------------------------------------------------------------


def _e(text: str) -> str:
    return escape(clean(text), quote=False)


def _a(text: str) -> str:
    return escape(clean(text), quote=True)


def _runs(runs: d.Runs, links: Links) -> str:
    return "".join(_run(run, links) for run in runs)


def _run(run: d.Run, links: Links) -> str:
    text = _e(run.text).replace("\n", "<br>")
    if run.strong:
        text = f"<strong>{text}</strong>"
    if run.emphasis:
        text = f"<em>{text}</em>"
    href = links.anchor(run.href[1:]) if run.href.startswith("#") else address(run.href)
    if not href and run.figure:
        href = links.figure(run.figure)
    if href and text:
        text = f'<a href="{_a(href)}">{text}</a>'
    if run.lang:
        text = f'<span lang="{_a(run.lang)}">{text}</span>'
    return text + (_note_mark(run.note) if run.note is not None else "")


def _note_mark(n: int) -> str:
    return f'<sup><a href="#n{n}" role="doc-noteref">{n}</a></sup>'


# --- statements -----------------------------------------------------------------------------------------------------


def _statement(s: d.Statement, document: d.Document, links: Links) -> str:
    unit = f"<small>{_e(s.unit)}</small>" if s.unit else ""
    size = f" v--{kind}" if (kind := value_size(s.value, s.unit)) else ""
    marks = "<sup>, </sup>".join(_note_mark(n) for n in s.notes)
    meta = []
    if s.n_of_N and clean(s.n_of_N) not in runs_text(s.sentence):
        meta.append(f"<span>{_e(s.n_of_N)}</span>")
    if s.previous:
        meta.append(f"<span>{_e(s.previous)}</span>")
    href = links.figure(s.figure)
    if href:
        meta.append(f'<a href="{_a(href)}">{_e(document.words["made"])}</a>')
    below = f'<p class="m">{"".join(meta)}</p>' if meta else ""
    roll = _roll(s.roll_call) if s.roll_call else ""
    spoken = f'<span class="vh">{_e(s.value)} {_e(s.unit)} </span>'
    return (
        f'<div class="stmt"><p class="v{size}" aria-hidden="true">{_e(s.value)}{unit}</p><div>'
        f'<p class="t">{spoken}{_with_nofn(_runs(s.sentence, links), s.n_of_N)}{marks}</p>{roll}{below}</div></div>'
    )


def _with_nofn(html: str, n_of_N: str) -> str:
    """The parenthesis that holds n of N in a quieter tone."""
    at = html.find(_e(n_of_N)) if n_of_N else -1
    if at < 0:
        return html
    start, end = html.rfind("(", 0, at), html.find(")", at)
    if start < 0 or end < 0 or "<" in html[start:end]:
        return html
    return f'{html[:start]}<span class="nofn">{html[start : end + 1]}</span>{html[end + 1 :]}'


#: Cells of a strip in px: width, height, step; so many side by side before a new line begins.
_W, _H, _STEP, _ACROSS = 12, 16, 16, 60


def _roll(roll: d.RollCall) -> str:
    """One cell per body, ordered by answer. No names: neither here nor on hover."""
    cells = [cell_kind(group) for group, n in roll.groups for _ in range(n)]
    if not cells:
        return ""
    lines = -(-len(cells) // _ACROSS)
    across = -(-len(cells) // lines)
    classes = {
        "yes": "y", "no": "n", "hatch": "h", "missing": "x", "not_applicable": "d", "confidential": "n", "bar": "b",
    }  # fmt: skip
    shapes: dict[str, list[str]] = {kind: [] for kind in classes}
    for i, kind in enumerate(cells):
        x, y = (i % across) * _STEP, (i // across) * (_H + 4)
        full = kind == "yes"
        shapes[kind].append(
            f"M{x} {y}h{_W}v{_H}h-{_W}z" if full else f"M{x + 0.5} {y + 0.5}h{_W - 1}v{_H - 1}h-{_W - 1}z"
        )
        if kind == "missing":
            shapes["hatch"].append(_hatch(x + 0.5, y + 0.5, _W - 1, _H - 1))
        if kind == "confidential":
            shapes["bar"].append(f"M{x + 3} {y + 6}h{_W - 6}v4h-{_W - 6}z")
    width, height = across * _STEP - 4, lines * (_H + 4) - 4
    drawn = "".join(
        f'<path class="{css}" d="{"".join(shapes[kind])}"/>' for kind, css in classes.items() if shapes[kind]
    )
    return (
        f'<svg class="roll" viewBox="0 0 {width} {height}" width="{min(width, 444)}" role="img" '
        f'aria-label="{_a(roll.alt)}">{drawn}</svg>'
    )


def _hatch(x: float, y: float, w: float, h: float) -> str:
    """Diagonal strokes inside a box."""
    found = []
    for shift in (-10.5, -5.5, -0.5, 4.5, 9.5):
        left, right = max(0.0, shift), min(w, shift + h)
        if right - left > 1:
            found.append(f"M{x + left:g} {y + h - (left - shift):g}L{x + right:g} {y + h - (right - shift):g}")
    return "".join(found)


def _legend(items: Iterable[tuple[str, str]]) -> str:
    css = {"yes": " key--y", "no": "", "missing": " key--x", "not_applicable": " key--d", "confidential": " key--c"}
    keys = "".join(f'<span><i class="key{css[kind]}"></i>{_e(label)}</span>' for kind, label in items)
    return f'<p class="lg mt6">{keys}</p>'


# --- charts and tables ----------------------------------------------------------------------------------------------


def _chart(c: d.Chart, document: d.Document, links: Links) -> str:
    w, id = document.words, _a(c.id)
    wide, narrow = links.drawing(c.id, "wide"), links.drawing(c.id, "narrow")
    alt = clean(c.alt)
    drawings = themed_svg(wide, alt=alt, css="only-l") if wide else ""
    drawings += themed_svg(narrow, alt=alt, css="only-s") if narrow else ""
    number = c.number or w["chart"]
    toggle = (
        f'<div class="toggle" role="radiogroup" aria-label="{_a(w["show_as"].format(number=number))}">'
        f'<label><input type="radio" name="as-{id}" class="to-chart" checked>{_e(w["chart"])}</label>'
        f'<label><input type="radio" name="as-{id}" class="to-table">{_e(w["table"])}</label></div>'
    )
    label = w["as_table"].format(number=number)
    table = _table(c.table, links, name=f'aria-label="{_a(label)}"')
    return (
        f'<figure class="fig" id="{id}"><figcaption class="cap"><b>{_e(c.title)}</b>'
        f"<span>{_e(caption(c.number, c.subtitle))}</span></figcaption>{toggle}"
        f'<div class="view as-chart">{drawings}</div>{_scroll(table, label, "view as-table ")}'
        f"{_source(c.source, c.table.notes)}{_files(c, document, links)}</figure>"
    )


def _files(c: d.Chart, document: d.Document, links: Links) -> str:
    """The chart's files, its embed line and its trace, as far as there is a place for them."""
    found = [(links.chart(c.id, kind), kind.upper()) for kind in ("csv", "svg", "png")]
    found.append((links.chart(c.id, "embed"), document.words["embed"]))
    if c.figures:
        found.append((links.figure(c.figures[0]), document.words["trace"]))
    drawn = "".join(f'<a href="{_a(href)}">{_e(label)}</a>' for href, label in found if href)
    return f'<p class="bar">{drawn}</p>' if drawn else ""


def _table_block(t: d.Table, links: Links, anchors: bool, heading: str) -> str:
    id = _a(t.id)
    small = caption(t.number, t.subtitle)
    under = f"<span>{_e(small)}</span>" if small else ""
    bold = f"<b>{_e(t.title)}</b>" if titled(t, heading) else ""
    cap = f'<figcaption class="cap">{bold}{under}</figcaption>' if bold or under else ""
    table = _table(t, links, name=f'aria-label="{_a(t.title)}"', anchors=anchors)
    plain = "" if t.number else " fig--plain"
    scroll = _scroll(table, t.title, "view ")
    return f'<figure class="fig{plain}" id="{id}">{cap}{scroll}{_source(t.source, t.notes)}</figure>'


def _scroll(table: str, label: str, css: str) -> str:
    """A table that is too wide scrolls in its own box, which the keyboard can reach."""
    return f'<div class="{css}scroll" role="group" aria-label="{_a(label)}" tabindex="0">{table}</div>'


def _table(t: d.Table, links: Links, *, name: str, anchors: bool = False) -> str:
    columns = max((len(row) for row in (*t.head, *t.rows)), default=0)
    # More than three columns do not fit a phone: each row becomes a record, its cells named by their column.
    cards = columns > 3
    labels = [" ".join(clean(row[i].text) for row in t.head if i < len(row)).strip() for i in range(columns)]
    head = "".join(f'<tr role="row">{"".join(_head_cell(cell) for cell in row)}</tr>' for row in t.head)
    body = "".join(_body_row(row, labels, links, cards, anchors) for row in t.rows)
    css = "tb cards" if cards else "tb"
    return (
        f'<table class="{css}" role="table" {name}><thead role="rowgroup">{head}</thead>'
        f'<tbody role="rowgroup">{body}</tbody></table>'
    )


def _head_cell(cell: d.Cell) -> str:
    css = ' class="num"' if cell.align == "end" else ""
    if not cell.text.strip():
        return f'<td role="cell"{css}></td>'
    return f'<th scope="col" role="columnheader"{css}>{_e(cell.text)}</th>'


def _body_row(row: Sequence[d.Cell], labels: Sequence[str], links: Links, cards: bool, anchors: bool) -> str:
    cells = []
    for i, cell in enumerate(row):
        text = _e(cell.text).replace("\n", "<br>")
        href = links.figure(cell.figure) if cell.figure and not anchors else ""
        if href and text:
            text = f'<a href="{_a(href)}">{text}</a>'
        css = " ".join(c for c, on in (("num", cell.align == "end"), ("wx", cell.muted)) if on)
        css = f' class="{css}"' if css else ""
        if i == 0 or cell.header:
            id = f' id="{_a(figure_anchor(cell.figure))}"' if anchors and i == 0 and cell.figure else ""
            cells.append(f'<th scope="row" role="rowheader"{id}{css}>{text}</th>')
        else:
            label = f' data-label="{_a(labels[i])}"' if cards and labels[i] else ""
            cells.append(f'<td role="cell"{label}{css}>{text}</td>')
    return f'<tr role="row">{"".join(cells)}</tr>'


def _source(source: str, notes: Sequence[str]) -> str:
    lines = [*(sentence(note) for note in notes), source]
    return "".join(f'<p class="src">{_e(line)}</p>' for line in lines if line.strip())


# --- notes ----------------------------------------------------------------------------------------------------------


def _note(note: d.Note, links: Links) -> str:
    css = {"note": "", "reservation": " note--mark", "warning": " note--risk"}[note.kind]
    heading = f"<b>{_e(sentence(note.heading))}</b> " if note.heading else ""
    return f'<p class="note{css}" role="note">{heading}{_runs(note.runs, links)}</p>'


def _footnotes(notes: d.Footnotes, document: d.Document, links: Links) -> str:
    items = "".join(f'<li id="n{n}" value="{n}">{_runs(runs, links)}</li>' for n, runs in notes.items)
    return f'<div class="fns" role="group" aria-label="{_a(document.words["notes"])}"><ol>{items}</ol></div>'

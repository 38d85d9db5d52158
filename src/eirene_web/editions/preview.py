"""The draft as it will read: blocks and chapters in every language, drawn by the same code as the documents."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

from django.conf import settings

from eirene.documents import model as d
from eirene.documents.html import render_blocks, render_section
from eirene.documents.serialise import from_json
from eirene.documents.words import words
from eirene.errors import EireneError
from eirene.framework import Pack
from eirene.framework.model import Block
from eirene.summary import Content as Composed
from eirene.summary import compose_chapter, composer_of
from eirene.summary.chapters import Composer
from eirene_web.editions import content as c
from eirene_web.editions.models import CirculatedDocument
from eirene_web.editions.naming import indicator_title

_drawing = threading.Lock()


# --- drawing --------------------------------------------------------------------------------------------------------


class DraftLinks:
    """A draft leads nowhere outside itself. Charts are drawn when first looked at, and kept by their content."""

    def __init__(self, charts: Mapping[str, d.Chart] | None = None) -> None:
        self.charts = charts or {}

    def figure(self, key: str) -> str:
        return ""

    def chart(self, chart_id: str, fmt: str) -> str:
        return ""

    def anchor(self, id: str) -> str:
        return ""

    def drawing(self, chart_id: str, variant: Literal["wide", "narrow"]) -> str:
        chart = self.charts.get(chart_id)
        # Two languages stand side by side: there is room for the narrow drawing alone.
        return drawn(chart.narrow) if chart is not None else ""


def drawn(spec: Mapping[str, Any]) -> str:
    """The drawing of a chart, from the disk if it was drawn before; '' if it cannot be drawn."""
    text = json.dumps(spec, ensure_ascii=False, sort_keys=True)
    name = hashlib.sha256(text.encode()).hexdigest()
    place = Path(settings.EIRENE_HOME) / "cache" / "drafts" / f"{name}.svg"
    if place.is_file():
        return place.read_text(encoding="utf-8")
    from eirene.documents.drawings import Job, render

    try:
        with _drawing:
            svg = render([Job("one", spec)], workers=1)["one", "svg"].decode()
    except EireneError:
        return ""
    place.parent.mkdir(parents=True, exist_ok=True)
    partial = place.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
    partial.write_text(svg, encoding="utf-8")
    partial.replace(place)
    return svg


def stub(pack: Pack, lang: str) -> d.Document:
    """A document without content: the words that skins need."""
    return d.Document(
        lang=lang, title="", subtitle="", kicker="", marking="", notice="", fictional=pack.header.fictional, date="",
        facts=(), sections=(), words=words(lang, pack.phrases),
    )  # fmt: skip


def to_html(blocks: Iterable[d.Block], document: d.Document, suffix: str) -> str:
    """Blocks as the core draws them; ids get a suffix, so that two languages may stand on one page."""
    given = [_named(_plain(block), suffix) for block in blocks]
    charts = {block.id: block for block in given if isinstance(block, d.Chart)}
    return render_blocks(given, document, DraftLinks(charts))


def _plain(block: d.Block) -> d.Block:
    """Without the marks of footnotes, which stand at the end of their chapter."""
    return replace(block, notes=()) if isinstance(block, d.Statement) else block


def _named(block: d.Block, suffix: str) -> d.Block:
    if isinstance(block, d.Chart):
        return replace(block, id=f"{block.id}-{suffix}", table=replace(block.table, id=f"{block.table.id}-{suffix}"))
    return replace(block, id=f"{block.id}-{suffix}") if isinstance(block, d.Table) else block


def section_html(section: d.Section, document: d.Document, suffix: str, *, level: int = 2) -> str:
    """A section with all that is below it."""
    return render_section(_suffixed(section, suffix), document, _links_of(section, suffix), level=level)


def _suffixed(section: d.Section, suffix: str) -> d.Section:
    blocks = tuple(_named(_plain(block), suffix) for block in section.blocks if not isinstance(block, d.Footnotes))
    inner = tuple(_suffixed(one, suffix) for one in section.sections if not one.id.endswith("-notes"))
    return replace(section, id=f"{section.id}-{suffix}", blocks=blocks, sections=inner)


def _links_of(section: d.Section, suffix: str) -> DraftLinks:
    charts: dict[str, d.Chart] = {}

    def gather(one: d.Section) -> None:
        charts.update({f"{b.id}-{suffix}": b for b in one.blocks if isinstance(b, d.Chart)})
        for inner in one.sections:
            gather(inner)

    gather(section)
    return DraftLinks(charts)


# --- the draft, block by block --------------------------------------------------------------------------------------


@dataclass
class Piece:
    """A node of the draft on its page: what it is, how it reads, what can be edited in it."""

    found: c.Found
    kind: str
    label: str
    level: int = 2
    html: dict[str, str] = field(default_factory=dict)
    hidden: bool = False
    first: bool = False
    last: bool = False

    @property
    def uid(self) -> str:
        return str(self.found.node["uid"])

    @property
    def node(self) -> c.Node:
        return self.found.node


class Preview:
    """Composes pieces of one draft in every language of its pack. Figures are read once."""

    def __init__(self, composed: Composed) -> None:
        self.composed, self.pack = composed, composed.pack
        self.languages = composed.pack.header.languages

    @cached_property
    def composers(self) -> dict[str, Composer]:
        return {lang: composer_of(self.composed, lang) for lang in self.languages}

    @cached_property
    def documents(self) -> dict[str, d.Document]:
        return {lang: stub(self.pack, lang) for lang in self.languages}

    def block(self, node: c.Node) -> dict[str, str]:
        """language → the block as it reads; '' where this edition has none of its figures, or no variant holds."""
        block = Block.model_validate(c.bare(node), context={"language": self.languages[0]})
        found = {}
        for lang, composer in self.composers.items():
            made = composer.block(block)
            found[lang] = to_html([made], self.documents[lang], f"{node.get('uid', 'x')}-{lang}") if made else ""
        return found

    def text(self, texts: Mapping[str, str]) -> dict[str, str]:
        """language → a text on its own, its placeholders filled."""
        return {
            lang: to_html([d.Paragraph(composer.w.runs(texts))], self.documents[lang], lang)
            for lang, composer in self.composers.items()
            if texts
        }

    def plain(self, texts: Mapping[str, str], lang: str) -> str:
        return self.composers[lang].w.plain(texts) if texts else ""

    def pieces(self, content: c.Content, uid: str) -> list[Piece]:
        """A chapter with its sections and blocks, in order; of the edition itself its own texts."""
        if uid == "edition":
            return list(self._own(content))
        found = c.find(content, uid)
        if found is None or not uid.startswith("c"):
            return []
        number = next((i for i, one in enumerate(content["chapters"], 1) if one["uid"] == uid), 0)
        for composer in self.composers.values():
            composer.numbers.start_chapter(str(number))
        return list(self._chapter(found, 2))

    def _own(self, content: c.Content) -> Iterable[Piece]:
        lang = self.languages[0]
        for one in content.get("foreword", []):
            yield self._leaf(c.Found(one, content["foreword"]), "foreword", one["text"], c.label_of(one, lang))
        for one in content.get("glossary", []):
            texts = {code: f"{one['term'].get(code, '')}: {text}" for code, text in (one.get("text") or {}).items()}
            yield self._leaf(c.Found(one, content["glossary"]), "term", texts, c.label_of(one, lang))

    def _leaf(self, found: c.Found, kind: str, texts: Mapping[str, str], label: str) -> Piece:
        among = found.among
        return Piece(found, kind, label, html=self.safe_text(texts), hidden=bool(found.node.get("hidden")),
                     first=among[0] is found.node, last=among[-1] is found.node)  # fmt: skip

    def safe_text(self, texts: Mapping[str, str]) -> dict[str, str]:
        try:
            return self.text(texts)
        except KeyError:
            return {}

    def _chapter(self, found: c.Found, level: int) -> Iterable[Piece]:
        node, lang = found.node, self.languages[0]
        titles = {code: self._title(node.get("title") or {}, code) for code in self.languages}
        yield Piece(found, "chapter" if level == 2 else "section", titles.get(lang) or node["id"], level,
                    dict(titles), bool(node.get("hidden")),
                    found.among[0] is node, found.among[-1] is node)  # fmt: skip
        here = (*found.above, node)
        for block in node.get("blocks", []):
            one = c.Found(block, node["blocks"], here)
            kind = next((k for k in c.KINDS if block.get(k) is not None), "text")
            label = c.label_of(block, lang, lambda ref: indicator_title(self.pack, ref, lang))
            yield Piece(one, kind, label, level + 1, self.safe_block(block),
                        c.is_hidden(one), node["blocks"][0] is block, node["blocks"][-1] is block)  # fmt: skip
        for section in node.get("sections", []):
            yield from self._chapter(c.Found(section, node["sections"], here), level + 1)

    def _title(self, texts: Mapping[str, str], lang: str) -> str:
        try:
            return self.plain(texts, lang)
        except KeyError:
            return texts.get(lang, "")

    def safe_block(self, node: c.Node) -> dict[str, str]:
        """The same; a block that cannot be meant is told elsewhere, and reads as nothing here."""
        try:
            return self.block(node)
        except (KeyError, ValueError, EireneError):
            return {}

    def made(self, chapter_id: str) -> dict[str, str]:
        """language → a chapter that is made rather than written, or as a whole."""
        found = {}
        for lang in self.languages:
            section = compose_chapter(self.composed, lang, chapter_id)
            found[lang] = section_html(section, self.documents[lang], lang) if section is not None else ""
        return found


# --- what went out --------------------------------------------------------------------------------------------------


def circulated(circulation: int, audience: str, lang: str) -> d.Document | None:
    """The document that went out to an audience; None: nothing went out to it in that language."""
    found = CirculatedDocument.objects.filter(circulation=circulation, audience=audience, lang=lang)
    data = found.values_list("content", flat=True).first()
    return None if data is None else _document(bytes(data))


@lru_cache(maxsize=12)
def _document(content: bytes) -> d.Document:
    return from_json(zlib.decompress(content))


def statements_in(document: d.Document) -> dict[str, d.Statement]:
    """figure key → its statement."""
    found: dict[str, d.Statement] = {}

    def gather(sections: Iterable[d.Section]) -> None:
        for section in sections:
            for block in section.blocks:
                if isinstance(block, d.Statement):
                    found.setdefault(block.figure, block)
            gather(section.sections)

    gather(document.sections)
    return found


def section_of(document: d.Document, id: str) -> d.Section | None:
    """A chapter, or the chapter of a body inside the chapter of all."""
    for section in document.sections:
        if section.id == id:
            return section
        for inner in section.sections:
            if inner.id == id:
                return inner
    return None

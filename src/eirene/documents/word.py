"""The document as a Word file: built on styles, so that an office can go on working with it.

Contents are filled in when the file is made (Word updates them on demand, it never asks); header and footer carry
marking, running title and page numbers; every picture has its alternative text; head rows repeat on every page.
"""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any
from xml.sax.saxutils import escape

from eirene.documents import model as d
from eirene.documents.drawings import Assets
from eirene.documents.plain import (
    address,
    caption,
    clean,
    column_widths,
    hue,
    runs_text,
    sentence,
    titled,
    value_size,
    walk,
)
from eirene.documents.strips import strip_png
from eirene.documents.word_styles import MUTED_FILL, language, prepare
from eirene.documents.zipfix import fixed_zip

#: Width of the text in twips (160 mm), and of pictures in EMU.
TEXT = 9072
_EMU = 5_760_000
_TALLEST = 7_900_000
#: Column of the large values.
_VALUE = 1600

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_NS = (
    f'{_W} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)


def render_docx(document: d.Document, assets: Assets) -> bytes:
    """The document as .docx; the same document gives the same bytes."""
    import docx

    file = docx.Document()
    prepare(file, document)
    writer = _Writer(document, assets, file.part)
    body = file.element.body
    for old in list(body)[:-1]:
        body.remove(old)
    last = body[-1]  # section properties stay last
    for block in writer.blocks():
        last.addprevious(_parsed(block))
    _properties(file, document)
    target = io.BytesIO()
    file.save(target)
    return fixed_zip(target.getvalue())


def _parsed(xml: str) -> Any:
    from docx.oxml import parse_xml

    end = xml.index(">") if xml[xml.index(">") - 1] != "/" else xml.index("/>")
    return parse_xml(f"{xml[:end]} {_NS}{xml[end:]}")


def _properties(file: Any, document: d.Document) -> None:
    core = file.core_properties
    day = dt.datetime.fromisoformat(document.date)
    core.title = clean(document.title)[:255]
    core.subject = clean(document.subtitle)[:255]
    core.author = clean(str(document.extra.get("author", "")) or document.cite.partition(",")[0])[:255]
    core.last_modified_by = core.author
    core.comments = clean(document.notice)[:255]
    core.keywords = clean(document.marking)[:255]
    core.identifier = clean(document.identifier)[:255]
    core.language = language(document.lang)
    core.created = core.modified = core.last_printed = day
    core.revision = 1


# --- pieces of WordprocessingML -------------------------------------------------------------------------------------


def _t(text: str) -> str:
    """Text with its line breaks, escaped."""
    parts = (f'<w:t xml:space="preserve">{escape(part)}</w:t>' for part in clean(text).split("\n"))
    return "<w:br/>".join(parts)


def _r(text: str, look: str = "") -> str:
    """A run; `look`: its properties. Text that runs from right to left says so."""
    if _right_to_left(text):
        look += "<w:rtl/>"
    properties = f"<w:rPr>{look}</w:rPr>" if look else ""
    return f"<w:r>{properties}{_t(text)}</w:r>"


def _right_to_left(text: str) -> bool:
    if text.isascii():
        return False
    first = next((b for c in text[:200] if (b := unicodedata.bidirectional(c)) in ("L", "R", "AL")), "L")
    return first != "L"


def _p(style: str, inside: str, extra: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{extra}</w:pPr>{inside}</w:p>'


def _styled(style: str) -> str:
    return f'<w:rStyle w:val="{style}"/>'


class _Writer:
    """Writes the document's blocks as XML, one after the other."""

    def __init__(self, document: d.Document, assets: Assets, part: Any) -> None:
        self.document = document
        self.assets = assets
        self.part = part
        self.ids = count(1)
        self.sections = list(walk(document.sections))
        self.anchors = {s.id: f"_s{i}" for i, (_, s) in reversed(list(enumerate(self.sections)))}
        blocks = [block for _, section in self.sections for block in section.blocks]
        self.notes = {n for block in blocks if isinstance(block, d.Footnotes) for n, _ in block.items}
        self._strips: dict[tuple[tuple[str, int], ...], tuple[str, int, int]] = {}
        self._links: dict[str, str] = {}

    def blocks(self) -> Iterator[str]:
        yield from self.cover()
        yield from self.contents()
        for i, (level, section) in enumerate(self.sections):
            yield self.heading(i, level, section)
            if section.tags:
                yield _p("Tags", "".join(_tag(*tag) for tag in section.tags))
            yield from self.body(section)

    # --- cover and contents ------------------------------------------------------------------------------------

    def cover(self) -> Iterator[str]:
        doc = self.document
        yield _p("Kicker", _r(doc.kicker))
        yield _p("Title", _r(doc.title))
        if doc.subtitle:
            yield _p("Subtitle", _r(doc.subtitle))
        if doc.facts:
            rows = [
                f"<w:tr>{_tc(2800, _p('FactLabel', _r(label)))}{_tc(TEXT - 2800, _p('FactValue', _r(value)))}</w:tr>"
                for label, value in doc.facts
            ]
            yield _tbl("EireneFacts", [2800, TEXT - 2800], "".join(rows))
        licence = doc.words["licence"].format(licence=doc.licence) if doc.licence else ""
        small = [text for text in (doc.notice, doc.cite, licence) if text]
        if small:
            yield _p("SmallPrint", "<w:r><w:br/></w:r>".join(_r(text) for text in small))

    def contents(self) -> Iterator[str]:
        """A field that Word can update, filled with links to the headings."""
        listed = [
            (i, level, s)
            for i, (level, s) in enumerate(self.sections)
            if level == 1 or (level == 2 and (s.number or s.kind == "body"))
        ]
        yield _p("TOCHeading", _r(self.document.words["contents"]), "<w:pageBreakBefore/>")
        begin = (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> TOC \\o "1-2" '
            '\\h \\z \\u </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        )
        end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        for k, (i, level, s) in enumerate(listed):
            title = f"{s.number} {s.title}".strip()
            link = f'<w:hyperlink w:anchor="_s{i}" w:history="1">{_r(title)}</w:hyperlink>'
            opening, closing = (begin if k == 0 else ""), (end if k == len(listed) - 1 else "")
            yield _p(f"TOC{min(level, 2)}", opening + link + closing)

    # --- sections ----------------------------------------------------------------------------------------------

    def heading(self, i: int, level: int, section: d.Section) -> str:
        number = _r(f"{section.number}\u2002", '<w:b w:val="0"/><w:color w:val="5A6977"/>') if section.number else ""
        new_page = "<w:pageBreakBefore/>" if level == 1 or section.kind == "body" else ""
        mark = self.bookmark(f"_s{i}", number + _r(section.title))
        return _p(f"Heading{min(level, 4)}", mark, new_page)

    def bookmark(self, name: str, inside: str) -> str:
        id = next(self.ids)
        return f'<w:bookmarkStart w:id="{id}" w:name="{name}"/>{inside}<w:bookmarkEnd w:id="{id}"/>'

    def body(self, section: d.Section) -> Iterator[str]:
        for i, block in enumerate(section.blocks):
            match block:
                case d.Paragraph():
                    yield _p("BodyText", self.runs(block.runs))
                case d.Statement():
                    after = section.blocks[i + 1] if i + 1 < len(section.blocks) else None
                    yield self.statement(block)
                    # Two tables without anything between them would become one.
                    yield _p("Spacer" if isinstance(after, d.Statement) else "SpacerWide", "")
                case d.Table():
                    yield from self.table(block, section.title)
                case d.Chart():
                    yield from self.chart(block)
                case d.Note():
                    yield self.note(block)
                case d.Bullets():
                    yield from (_p("ListBullet", self.runs(item)) for item in block.items)
                case d.Terms():
                    yield self.terms(block)
                    yield _p("SpacerWide", "")
                case d.Footnotes():
                    yield from self.footnotes(block)

    # --- inline ------------------------------------------------------------------------------------------------

    def runs(self, runs: d.Runs) -> str:
        return "".join(self.run(r) for r in runs)

    def run(self, r: d.Run) -> str:
        look = ("<w:b/>" if r.strong else "") + ("<w:i/>" if r.emphasis else "")
        href = address(r.href)
        target = self.anchors.get(href[1:], "") if href.startswith("#") else href
        if target:
            look = _styled("Hyperlink") + look
        if r.lang:
            look += f'<w:lang w:val="{escape(language(r.lang))}"/>'
        text = _r(r.text, look)
        if target.startswith("_s"):
            text = f'<w:hyperlink w:anchor="{target}" w:history="1">{text}</w:hyperlink>'
        elif target:
            text = f'<w:hyperlink r:id="{self.external(target)}" w:history="1">{text}</w:hyperlink>'
        return text + (self.mark(r.note) if r.note is not None else "")

    def external(self, href: str) -> str:
        from docx.opc.constants import RELATIONSHIP_TYPE

        if href not in self._links:
            self._links[href] = self.part.relate_to(href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        return self._links[href]

    def mark(self, n: int) -> str:
        text = _r(str(n), _styled("NoteMark"))
        return f'<w:hyperlink w:anchor="_n{n}" w:history="1">{text}</w:hyperlink>' if n in self.notes else text

    # --- blocks ------------------------------------------------------------------------------------------------

    def statement(self, s: d.Statement) -> str:
        size = {"": 52, "m": 36, "s": 24}[value_size(s.value, s.unit)]
        value = _r(s.value, f'<w:sz w:val="{size}"/>')
        if s.unit:
            value += _r(f"\u2009{s.unit}", f'<w:sz w:val="{size * 6 // 10}"/>')
        marks = _r(", ", _styled("NoteMark")).join(self.mark(n) for n in s.notes)
        text = [_p("StatementText", self.runs(s.sentence) + marks)]
        if s.roll_call and sum(n for _, n in s.roll_call.groups):
            text.append(_p("StatementStrip", self.strip(s.roll_call)))
        own = [s.n_of_N] if s.n_of_N and clean(s.n_of_N) not in runs_text(s.sentence) else []
        meta = [t for t in (*own, s.previous) if t]
        if meta:
            text.append(_p("StatementMeta", _r("\u2003".join(meta))))
        cells = _tc(_VALUE, _p("StatementValue", value)) + _tc(TEXT - _VALUE, "".join(text))
        row = f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>"
        return _tbl("EireneStatement", [_VALUE, TEXT - _VALUE], row)

    def strip(self, roll: d.RollCall) -> str:
        if roll.groups not in self._strips:
            png, width, height = strip_png(roll)
            id, _ = self.part.get_or_add_image(io.BytesIO(png))
            self._strips[roll.groups] = (id, width, height)
        id, width, height = self._strips[roll.groups]
        # Three pixels of the picture are one px of 1/96 inch, 9525 EMU; a little smaller on paper.
        return self.picture(id, width * 2700, height * 2700, roll.alt)

    def picture(self, relation: str, width: int, height: int, alt: str) -> str:
        n = next(self.ids)
        alt = escape(clean(alt), {'"': "&quot;", "\n": " "})
        return (
            '<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
            f'<wp:extent cx="{width}" cy="{height}"/><wp:docPr id="{n}" name="Picture {n}" descr="{alt}"/><a:graphic>'
            '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr>'
            f'<pic:cNvPr id="{n}" name="Picture {n}" descr="{alt}"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
            f'<a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm>'
            f'<a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
            "</a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
        )

    def chart(self, c: d.Chart) -> Iterator[str]:
        yield _p("FigureTitle", _r(c.title))
        small = caption(c.number, c.subtitle)
        if small:
            yield _p("Caption", _r(small))
        id, image = self.part.get_or_add_image(io.BytesIO(self.assets.png[c.id]))
        height = _EMU * image.px_height // image.px_width
        width = _EMU if height <= _TALLEST else _EMU * _TALLEST // height
        yield _p("Picture", self.picture(id, width, min(height, _TALLEST), c.alt or c.title))
        yield from self.sources(c.source, c.table.notes)

    def sources(self, source: str, notes: Sequence[str]) -> Iterator[str]:
        texts = [t for t in (*(sentence(n) for n in notes), source) if t.strip()]
        if texts:
            yield _p("Source", "<w:r><w:br/></w:r>".join(_r(t) for t in texts))
        else:
            yield _p("SpacerWide", "")

    def table(self, t: d.Table, heading: str) -> Iterator[str]:
        if titled(t, heading):
            yield _p("FigureTitle" if t.number else "TableTitle", _r(t.title))
        small = caption(t.number, t.subtitle)
        if small:
            yield _p("Caption", _r(small))
        columns = max((len(row) for row in (*t.head, *t.rows)), default=1)
        widths = column_widths(t, columns, TEXT)
        look = "" if columns <= 6 else f'<w:sz w:val="{16 if columns <= 9 else 13}"/>'
        head = "".join(_row(row, widths, "TableHead", look, "<w:cantSplit/><w:tblHeader/>") for row in t.head)
        body = "".join(_row(row, widths, "TableText", look, "<w:cantSplit/>") for row in t.rows)
        if head or body:
            yield _tbl("EireneTable", widths, head + body, t.title)
        yield from self.sources(t.source, t.notes)

    def note(self, note: d.Note) -> str:
        style = {"note": "Note", "reservation": "NoteReservation", "warning": "NoteWarning"}[note.kind]
        heading = _r(f"{sentence(note.heading)} ", '<w:b/><w:color w:val="15212B"/>') if note.heading else ""
        return _p(style, heading + self.runs(note.runs))

    def terms(self, block: d.Terms) -> str:
        left = TEXT * 45 // 100
        rows = [
            f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{_tc(left, _p('TermName', _r(term)))}"
            f"{_tc(TEXT - left, _p('TermText', self.runs(runs)))}</w:tr>"
            for term, runs in block.items
        ]
        return _tbl("EireneTerms", [left, TEXT - left], "".join(rows))

    def footnotes(self, block: d.Footnotes) -> Iterator[str]:
        for n, runs in block.items:
            mark = self.bookmark(f"_n{n}", _r(f"{n}.", "<w:b/>")) if n in self.notes else _r(f"{n}.", "<w:b/>")
            self.notes.discard(n)
            yield _p("NoteText", f"{mark}<w:r><w:tab/></w:r>{self.runs(runs)}")


_HUE_COLOURS = {
    "integration": "2A5CB8", "inclusiveness": "11776A", "integrity": "8B2F6D", "participation": "47701C",
    "protection": "83501D", "prevention": "4D4AA8", "relief": "96384D",
}  # fmt: skip


def _tag(kind: str, code: str, label: str) -> str:
    """Principles are squares, pillars dots, each in its own hue."""
    colour = _HUE_COLOURS.get(hue(kind, code))
    mark = _r("● " if kind == "pillar" else "■ ", f'<w:color w:val="{colour}"/>') if colour else ""
    return mark + _r(f"{label}\u2003")


# --- tables ---------------------------------------------------------------------------------------------------------


def _tbl(style: str, widths: Sequence[int], rows: str, title: str = "") -> str:
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
    about = f'<w:tblCaption w:val="{escape(clean(title), {chr(34): "&quot;"})}"/>' if title else ""
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/><w:tblLook w:val="0420" w:firstRow="1" w:lastRow="0" w:firstColumn="0" '
        f'w:lastColumn="0" w:noHBand="0" w:noVBand="1"/>{about}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>'
    )


def _tc(width: int, inside: str, extra: str = "") -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{extra}</w:tcPr>{inside}</w:tc>'


def _row(row: Sequence[d.Cell], widths: Sequence[int], style: str, look: str, properties: str) -> str:
    cells = []
    for i, width in enumerate(widths):
        cell = row[i] if i < len(row) else d.Cell("")
        bold = "<w:b/>" if style == "TableText" and (i == 0 or cell.header) else ""
        align = '<w:jc w:val="end"/>' if cell.align == "end" else ""
        shade = f'<w:shd w:val="thinDiagStripe" w:color="DCE2DF" w:fill="{MUTED_FILL}"/>' if cell.muted else ""
        cells.append(_tc(width, _p(style, _r(cell.text, bold + look), align), shade))
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"

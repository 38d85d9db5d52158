"""The styles, page, header and footer of our Word files.

Faces are those that Word has (Palatino Linotype, Calibri): a reader's office shall be able to edit what we send.
"""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import escape

from eirene.documents import model as d
from eirene.documents.plain import clean, short

SERIF, SANS = "Palatino Linotype", "Calibri"
INK, INK2, INK3, ACCENT = "15212B", "435260", "5A6977", "0A5369"
LINE, STRONG, RISK, MID = "DCE2DF", "7D8A95", "A84A05", "5F9BAC"
MUTED_FILL = "F6F8F7"

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_LOCALES = {"en": "en-GB", "fr": "fr-FR", "de": "de-DE", "es": "es-ES", "it": "it-IT", "nl": "nl-NL", "tr": "tr-TR"}
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")


def language(lang: str) -> str:
    """A language tag as Word wants it, with its country."""
    return _LOCALES.get(lang, lang) if _TAG.match(lang) else "en-GB"


def prepare(file: Any, document: d.Document) -> None:
    """Styles, page, language, header and footer of an empty document."""
    _defaults(file, language(document.lang))
    for style in _paragraph_styles():
        _put(file, style)
    for style in (*_character_styles(), *_table_styles()):
        _put(file, style)
    _page(file, document)
    _settings(file)


# --- styles ---------------------------------------------------------------------------------------------------------


def _put(file: Any, xml: str) -> None:
    """Adds a style, in the place of one with the same id."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import qn

    styles = file.styles.element
    new = parse_xml(xml.replace("<w:style ", f"<w:style {_W} ", 1))
    for old in styles.findall(qn("w:style")):
        if old.get(qn("w:styleId")) == new.get(qn("w:styleId")):
            styles.replace(old, new)
            return
    styles.append(new)


def _fonts(face: str) -> str:
    return f'<w:rFonts w:ascii="{face}" w:hAnsi="{face}" w:cs="{face}" w:eastAsia="{face}"/>'


def _style(
    id: str,
    name: str,
    *,
    face: str = SANS,
    size: float = 10.5,
    colour: str = INK,
    bold: bool = False,
    before: int = 0,
    after: int = 6,
    line: int = 0,
    paragraph: str = "",
    based: str = "Normal",
    level: int | None = None,
    then: str = "",
    look: str = "",
) -> str:
    """A paragraph style; sizes and spaces in points, `line` in 240ths."""
    spacing = f'<w:spacing w:before="{before * 20}" w:after="{after * 20}"' + (
        f' w:line="{line}" w:lineRule="auto"/>' if line else "/>"
    )
    outline = f'<w:outlineLvl w:val="{level}"/>' if level is not None else ""
    base = "" if id == "Normal" else f'<w:basedOn w:val="{based}"/>'
    following = f'<w:next w:val="{then}"/>' if then else ""
    weight = "<w:b/>" if bold else '<w:b w:val="0"/>'
    default = ' w:default="1"' if id == "Normal" else ""
    keep, rest = paragraph.split("|") if "|" in paragraph else ("", paragraph)
    borders, rest = (rest.split("#")[0], rest.split("#")[1]) if "#" in rest else ("", rest)
    return (
        f'<w:style w:type="paragraph"{default} w:styleId="{id}"><w:name w:val="{name}"/>{base}{following}<w:qFormat/>'
        f"<w:pPr>{keep}{borders}{spacing}{rest}{outline}</w:pPr>"
        f'<w:rPr>{_fonts(face)}{weight}{look}<w:color w:val="{colour}"/><w:sz w:val="{round(size * 2)}"/>'
        f'<w:szCs w:val="{round(size * 2)}"/></w:rPr></w:style>'
    )


_NEXT = "<w:keepNext/><w:keepLines/>"


def _border(side: str, colour: str, size: int, space: int = 6) -> str:
    return f'<w:pBdr><w:{side} w:val="single" w:sz="{size}" w:space="{space}" w:color="{colour}"/></w:pBdr>'


def _paragraph_styles() -> list[str]:
    """In the schema's order inside pPr: keep | borders # spacing, then indents and alignment."""
    thick = _border("top", INK, 12, 6)
    return [
        _style("Normal", "Normal", line=276),
        _style("BodyText", "Body Text", after=8, line=288),
        _style("Kicker", "Eirene Kicker", size=11, colour=ACCENT, bold=True, before=150, after=6),
        _style("Title", "Title", face=SERIF, size=30, bold=True, after=10, line=252),
        _style(
            "Subtitle",
            "Subtitle",
            size=13,
            colour=INK2,
            after=30,
            line=276,
            paragraph=_border("bottom", ACCENT, 18, 16) + "#",
        ),
        _style(
            "Heading1",
            "heading 1",
            face=SERIF,
            size=22,
            bold=True,
            after=12,
            line=252,
            paragraph=f"{_NEXT}|",
            level=0,
            then="BodyText",
        ),
        _style(
            "Heading2",
            "heading 2",
            face=SERIF,
            size=15.5,
            bold=True,
            before=20,
            after=8,
            line=252,
            paragraph=f"{_NEXT}|",
            level=1,
            then="BodyText",
        ),
        _style(
            "Heading3",
            "heading 3",
            size=12.5,
            bold=True,
            before=14,
            after=6,
            paragraph=f"{_NEXT}|",
            level=2,
            then="BodyText",
        ),
        _style(
            "Heading4",
            "heading 4",
            size=11,
            bold=True,
            before=12,
            after=4,
            paragraph=f"{_NEXT}|",
            level=3,
            then="BodyText",
        ),
        _style("Tags", "Eirene Tags", size=9, colour=INK2, after=10),
        _style("FactLabel", "Eirene Fact Label", size=9, colour=INK3, before=4, after=4),
        _style("FactValue", "Eirene Fact Value", size=11, bold=True, before=4, after=4),
        _style(
            "StatementValue", "Eirene Statement Value", face=SERIF, size=26, colour=ACCENT, bold=True, before=4, after=2
        ),
        _style("StatementText", "Eirene Statement", size=10.5, before=6, after=3, line=276, paragraph=f"{_NEXT}|"),
        _style("StatementStrip", "Eirene Roll Call", before=2, after=2, paragraph=f"{_NEXT}|"),
        _style("StatementMeta", "Eirene Statement Source", size=8.5, colour=INK3, before=2, after=6),
        _style("Spacer", "Eirene Spacer", size=1, after=0, line=20),
        _style("SpacerWide", "Eirene Spacer Wide", size=6, after=4),
        _style(
            "FigureTitle",
            "Eirene Figure Title",
            size=11.5,
            bold=True,
            before=16,
            after=2,
            paragraph=f"{_NEXT}|{thick}#",
        ),
        _style("TableTitle", "Eirene Table Title", size=10.5, bold=True, before=10, after=3, paragraph=f"{_NEXT}|"),
        _style("Caption", "caption", size=9, colour=INK2, after=5, paragraph=f"{_NEXT}|"),
        _style("Picture", "Eirene Picture", after=3, paragraph="<w:keepNext/>|"),
        _style("SmallPrint", "Eirene Small Print", size=9, colour=INK2, before=24, line=320),
        _style("Source", "Eirene Source", size=8, colour=INK3, before=4, after=14),
        _style(
            "Note",
            "Eirene Note",
            size=10,
            colour=INK2,
            before=8,
            after=10,
            paragraph=_border("left", MID, 18, 10) + '#<w:ind w:left="240"/>',
        ),
        _style(
            "NoteReservation",
            "Eirene Reservation",
            based="Note",
            size=10,
            colour=INK2,
            before=8,
            after=10,
            paragraph=_border("left", INK, 18, 10) + '#<w:ind w:left="240"/>',
        ),
        _style(
            "NoteWarning",
            "Eirene Warning",
            based="Note",
            size=10,
            colour=INK2,
            before=8,
            after=10,
            paragraph=_border("left", RISK, 18, 10) + '#<w:ind w:left="240"/>',
        ),
        _style(
            "NoteText",
            "Eirene Note Text",
            size=9,
            colour=INK2,
            after=4,
            paragraph='<w:tabs><w:tab w:val="left" w:pos="420"/></w:tabs>#<w:ind w:left="420" w:hanging="420"/>',
        ),
        _style("TermName", "Eirene Term", size=9.5, colour=INK2, before=3, after=3),
        _style("TermText", "Eirene Term Text", size=9.5, before=3, after=3),
        _style(
            "TableHead",
            "Eirene Table Head",
            size=8.5,
            colour=INK2,
            bold=True,
            before=2,
            after=3,
            paragraph="<w:keepNext/>|",
        ),
        _style("TableText", "Eirene Table Text", size=9, before=2, after=2),
        _style("TOCHeading", "TOC Heading", face=SERIF, size=22, bold=True, after=12),
        _style("TOC1", "toc 1", size=10.5, bold=True, before=6, after=2),
        _style("TOC2", "toc 2", size=10, after=1, paragraph='#<w:ind w:left="400"/>'),
        _style(
            "ListBullet",
            "List Bullet",
            after=4,
            paragraph='<w:numPr><w:numId w:val="@bullet@"/></w:numPr>#<w:contextualSpacing/>',
        ),
        _style("Header", "header", size=8, colour=INK2, after=0, paragraph=_border("bottom", LINE, 4, 4) + "#"),
        _style("Footer", "footer", size=8, colour=INK2, after=0),
    ]


def _character_styles() -> list[str]:
    return [
        _character("Hyperlink", "Hyperlink", f'<w:color w:val="{ACCENT}"/><w:u w:val="single"/>'),
        _character("NoteMark", "Eirene Note Mark", f'<w:color w:val="{ACCENT}"/><w:vertAlign w:val="superscript"/>'),
        _character("Marking", "Eirene Marking", f'<w:b/><w:caps/><w:color w:val="{INK}"/><w:spacing w:val="10"/>'),
    ]


def _character(id: str, name: str, look: str) -> str:
    own = "" if id == name else ' w:customStyle="1"'
    return f'<w:style w:type="character"{own} w:styleId="{id}"><w:name w:val="{name}"/><w:rPr>{look}</w:rPr></w:style>'


def _table_style(id: str, name: str, borders: str, margin: int, conditional: str = "") -> str:
    return (
        f'<w:style w:type="table" w:customStyle="1" w:styleId="{id}"><w:name w:val="{name}"/>'
        f'<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblBorders>{borders}</w:tblBorders><w:tblCellMar>'
        f'<w:left w:w="0" w:type="dxa"/><w:right w:w="{margin}" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"{conditional}</w:style>"
    )


def _table_styles() -> list[str]:
    def edge(side: str, colour: str = LINE, size: int = 4) -> str:
        return f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="{colour}"/>'

    head = (
        '<w:tblStylePr w:type="firstRow"><w:tcPr><w:tcBorders>'
        f'{edge("bottom", STRONG, 6)}</w:tcBorders><w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr>'
    )
    lines = edge("top") + edge("bottom") + edge("insideH")
    return [
        _table_style("EireneTable", "Eirene Table", edge("bottom") + edge("insideH"), 110, head),
        _table_style("EireneTerms", "Eirene Terms", lines, 200),
        _table_style("EireneFacts", "Eirene Facts", lines, 200),
        _table_style("EireneStatement", "Eirene Statement Box", edge("top"), 110),
    ]


def _defaults(file: Any, lang: str) -> None:
    """Language of the text, and the bullet of lists."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import qn

    defaults = file.styles.element.find(qn("w:docDefaults"))
    new = parse_xml(
        f'<w:docDefaults {_W}><w:rPrDefault><w:rPr>{_fonts(SANS)}<w:sz w:val="21"/><w:szCs w:val="21"/>'
        f'<w:lang w:val="{lang}" w:eastAsia="{lang}" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/>'
        "</w:docDefaults>"
    )
    file.styles.element.replace(defaults, new)


def _bullet(file: Any) -> int:
    """Number of a list whose items begin with •."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import qn

    numbering = file.part.numbering_part.element
    abstract = 900
    numbering.insert(
        0,
        parse_xml(
            f'<w:abstractNum {_W} w:abstractNumId="{abstract}"><w:multiLevelType w:val="singleLevel"/>'
            '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/>'
            '<w:lvlJc w:val="left"/><w:pPr>'
            f'<w:ind w:left="360" w:hanging="260"/></w:pPr><w:rPr><w:color w:val="{ACCENT}"/></w:rPr></w:lvl>'
            "</w:abstractNum>"
        ),
    )
    used = [int(num.get(qn("w:numId"))) for num in numbering.findall(qn("w:num"))]
    number = max(used, default=0) + 1
    numbering.append(parse_xml(f'<w:num {_W} w:numId="{number}"><w:abstractNumId w:val="{abstract}"/></w:num>'))
    return number


# --- page, header, footer -------------------------------------------------------------------------------------------


def _page(file: Any, document: d.Document) -> None:
    from docx.oxml import parse_xml
    from docx.shared import Mm

    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin, section.bottom_margin = Mm(27), Mm(22)
    section.header_distance = section.footer_distance = Mm(11)
    tabs = '<w:tabs><w:tab w:val="right" w:pos="9072"/></w:tabs>'
    tab = "<w:r><w:tab/></w:r>"
    marking = f'<w:r><w:rPr><w:rStyle w:val="Marking"/></w:rPr>{_text(short(document.marking, 90))}</w:r>'
    head = marking + tab + f"<w:r>{_text(short(document.running_head or document.title, 90))}</w:r>"
    page_of = document.words["page_of"]
    before, _, rest = page_of.partition("{n}")
    middle, _, after = rest.partition("{N}")
    pages = (
        f"<w:r>{_text(before)}</w:r>{_field('PAGE')}<w:r>{_text(middle)}</w:r>"
        f"{_field('NUMPAGES')}<w:r>{_text(after)}</w:r>"
    )
    foot = f"<w:r>{_text(short(document.notice, 120))}</w:r>{tab}{pages}"
    for part, style, inside in ((section.header, "Header", head), (section.footer, "Footer", foot)):
        element = part._element
        for old in list(element):
            element.remove(old)
        element.append(parse_xml(f'<w:p {_W}><w:pPr><w:pStyle w:val="{style}"/>{tabs}</w:pPr>{inside}</w:p>'))


def _text(text: str) -> str:
    return f'<w:t xml:space="preserve">{escape(clean(text))}</w:t>'


def _field(name: str) -> str:
    return f'<w:fldSimple w:instr=" {name} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'


def _settings(file: Any) -> None:
    """Word 2013 and later, not the compatibility mode; lists get their bullet."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import qn

    settings = file.settings.element
    for old in settings.findall(qn("w:compat")):
        settings.remove(old)
    compat = parse_xml(
        f'<w:compat {_W}><w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
    )
    # The schema fixes the order of settings: compat stands before rsids, mathPr and what follows.
    names = ("rsids", "themeFontLang", "clrSchemeMapping", "shapeDefaults", "decimalSymbol", "listSeparator")
    later = [e for e in settings if e.tag in {qn(f"w:{name}") for name in names} or "math" in e.tag]
    (later[0].addprevious if later else settings.append)(compat)
    number = _bullet(file)
    for style in file.styles.element.iter(qn("w:numId")):
        if style.get(qn("w:val")) == "@bullet@":
            style.set(qn("w:val"), str(number))

"""The questionnaire in Word: empty for drafting, filled in for reading. Only the workbook and JSON are read back."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from eirene.documents.zipfix import fixed_zip
from eirene.errors import UsageError
from eirene.formats import _layout as lay
from eirene.formats import wording as word
from eirene.framework import AskedQuestion, AskedSection, Pack, asked, body_name, cycle_of
from eirene.framework.model import Column, Question
from eirene.questionnaires import Context, applies, is_asked
from eirene.questionnaires.model import TOTAL, Answer, Report
from eirene.text import Phrases, date, locale, pick

FONT = "Calibri"
INK, INK_2, INK_3, ACCENT, RISK = "15212B", "435260", "5A6977", "0A5369", "A84A05"
LINE, ACCENT_SOFT, RISK_SOFT = "7D8A95", "E5F1F4", "FDEFE2"
EMPTY_BOX, TICKED_BOX = "☐", "☒"
#: Text width of A4 with our margins, in twentieths of a point.
WIDTH = 9_640
EMPTY_LINES = 3


def write_questionnaire(
    pack: Pack,
    cycle: str,
    *,
    lang: str = "",
    body: str | None = None,
    report: Report | None = None,
    sections: tuple[str, ...] = (),
    marking: str = "",
    facts: tuple[tuple[str, str], ...] = (),
) -> bytes:
    """The questionnaire of a cycle as .docx bytes, the same for the same arguments.

    lang     language; the pack's first if empty
    body     whose it is, for title and header; a report's own body if one is given
    report   the answers to print; absent: an empty questionnaire
    sections ids of the sections to print; all if empty
    marking  at the head of every page
    facts    of its state, before those of the form: ("State", "Draft, version 12")

    Raises UsageError for a cycle or body that the pack does not have.
    """
    body = body or (report.body if report else None)
    if body is not None and body not in pack.bodies:
        raise UsageError(
            f"The pack {pack.header.id} has no body {body!r}.", remedy=f"It has: {', '.join(pack.bodies)}."
        )
    return _Writer(pack, cycle, lang or pack.header.languages[0], body, report, sections, marking, facts).bytes()


class _Writer:
    """One document, written from the top down."""

    def __init__(
        self,
        pack: Pack,
        cycle: str,
        lang: str,
        body: str | None,
        report: Report | None,
        sections: tuple[str, ...] = (),
        marking: str = "",
        facts: tuple[tuple[str, str], ...] = (),
    ) -> None:
        import docx

        self.marking, self.stated = marking, facts

        self.pack, self.lang, self.body, self.report = pack, lang, body, report
        self.cycle = cycle_of(pack, cycle)
        self.questionnaire = asked(pack, cycle)
        self.sections = [s for s in self.questionnaire.sections if not sections or s.id in sections]
        self.say = Phrases(lang, pack.phrases)
        self.doc = docx.Document()
        self.bookmarks = 0

    def bytes(self) -> bytes:
        _styles(self.doc, self.lang)
        _page(self.doc)
        self._properties()
        self._running_heads()
        self._opening()
        self._contents()
        for section in self.sections:
            self._section(section)
        buffer = io.BytesIO()
        self.doc.save(buffer)
        return fixed_zip(buffer.getvalue())

    # -- the frame

    def _name(self) -> str:
        return body_name(self.pack, self.body, self.lang, self.cycle.reference_date) if self.body else ""

    def _title(self) -> str:
        if self.body is None:
            return pick(self.questionnaire.title, self.lang)
        return self.say("wb_title", body=self._name(), cycle=pick(self.cycle.title, self.lang))

    def _properties(self) -> None:
        held = self.doc.core_properties
        then = dt.datetime.combine(self.cycle.reference_date, dt.time())
        held.title, held.subject = self._title(), pick(self.questionnaire.title, self.lang)
        held.author = held.last_modified_by = pick(self.pack.header.short_title, self.lang)
        held.comments, held.keywords, held.language = pick(self.pack.header.notice, self.lang), "", self.lang
        held.created = held.modified = then  # the clock is never read
        held.revision = 1

    def _running_heads(self) -> None:
        section = self.doc.sections[0]
        left = " · ".join(filter(None, [self._name(), pick(self.cycle.title, self.lang)]))
        header = section.header.paragraphs[0]
        header.style = self.doc.styles["Header"]
        if self.marking:
            header.add_run(self.marking.upper()).bold = True
            header = section.header.add_paragraph(style=self.doc.styles["Header"])
        header.add_run(f"{left}\t{pick(self.pack.header.notice, self.lang)}")
        footer = section.footer.paragraphs[0]
        footer.style = self.doc.styles["Footer"]
        footer.add_run(f"{pick(self.questionnaire.title, self.lang)}\t")
        _field(footer, "PAGE", "1")
        footer.add_run(" / ")
        _field(footer, "NUMPAGES", "1")

    def _opening(self) -> None:
        doc, say = self.doc, self.say
        doc.add_paragraph(pick(self.pack.header.title, self.lang), style="Kicker")
        doc.add_paragraph(self._title(), style="Title")
        for text in (pick(self.pack.header.notice, self.lang), say("wb_no_persons_long")):
            if text:
                doc.add_paragraph(text, style="Notice")
        asked_with = f"{self.questionnaire.id}, {self.questionnaire.version}"
        facts = [
            (say("wb_fact_questionnaire"), f"{pick(self.questionnaire.title, self.lang)} ({asked_with})"),
            (say("wb_fact_cycle"), f"{pick(self.cycle.title, self.lang)} ({self.cycle.id})"),
            (say("wb_fact_date"), date(self.cycle.reference_date, self.lang)),
        ]  # fmt: skip
        if self.body:
            facts.insert(0, (say("wb_fact_body"), f"{self._name()} ({self.body})"))
        facts[:0] = self.stated
        self._table(
            [], [[label, text] for label, text in facts], [3_000, WIDTH - 3_000], numbers_from=None, labels=True
        )
        intro = pick(self.questionnaire.intro, self.lang)
        if intro:
            doc.add_paragraph(intro, style="Body Text")
        if self.report is None:
            doc.add_paragraph(say("dx_for_drafting"), style="Guidance")

    def _contents(self) -> None:
        """A field that Word can refresh; it already holds what Word would put there, so nobody must."""
        doc = self.doc
        doc.add_paragraph(self.say("dx_contents"), style="Contents Heading")
        lines = [(f"s{n}", self._section_title(s)) for n, s in enumerate(self.sections, start=1)]
        for n, (anchor, title) in enumerate(lines):
            paragraph = doc.add_paragraph(style="toc 1")
            if n == 0:
                _field_begin(paragraph, r'TOC \o "1-1" \h \z \n')
            _link(paragraph, anchor, title)
            if n == len(lines) - 1:
                _field_end(paragraph)

    def _section_title(self, section: AskedSection) -> str:
        return f"{section.id}  {pick(section.title, self.lang)}"

    # -- a section, a question

    def _section(self, section: AskedSection) -> None:
        heading = self.doc.add_paragraph(style="Heading 1")
        self.bookmarks += 1
        _bookmarked(heading, self._section_title(section), f"s{self.bookmarks}", self.bookmarks)
        intro = pick(section.intro, self.lang)
        if intro:
            self.doc.add_paragraph(intro, style="Body Text")
        for question in section.questions:
            self._question(question)

    def _question(self, asked_question: AskedQuestion) -> None:
        question = asked_question.question
        answer = self.report.answers.get(asked_question.id) if self.report else None
        self.doc.add_paragraph(f"{asked_question.number}  {pick(question.text, self.lang)}", style="Heading 2")
        guidance = word.guidance(self.pack, self.questionnaire, question, self.lang)
        if guidance:
            self.doc.add_paragraph(guidance, style="Guidance")
        if self.report is not None and answer is None:
            self._silent(question)
            return
        if answer is not None and answer.status != "answered":
            status = lay.status_options(self.pack, self.lang).words[answer.status]
            self.doc.add_paragraph(status, style="Missing")
        else:
            self._answer(question, answer)
        self._details(question, answer)

    def _silent(self, question: Question) -> None:
        """Why nothing stands here: it does not apply, was not to be answered, or was not answered."""
        assert self.report is not None
        report = self.report
        if not applies(self.pack, question, report.body):
            self.doc.add_paragraph(self.say("dx_does_not_apply", body=self._name()), style="Fine Print")
        elif not is_asked(Context(self.pack, self.questionnaire, report, report.body), question):
            self.doc.add_paragraph(self.say("dx_not_asked"), style="Fine Print")
        else:
            self.doc.add_paragraph(self.say("dx_not_answered"), style="Missing")

    # -- answers by type

    def _answer(self, question: Question, answer: Answer | None) -> None:
        kind = question.type
        if kind in ("yes_no", "single_choice", "multiple_choice"):
            self._choices(question, answer)
        elif kind == "matrix":
            self._matrix(question, answer)
        elif kind == "rows":
            self._rows(question.columns, [dict(row) for row in answer.rows] if answer else None)
        elif kind == "text":
            self._texts(answer)
        else:
            self._simple(question, answer)

    def _choices(self, question: Question, answer: Answer | None) -> None:
        chosen: tuple[Any, ...] = ()
        if answer is not None:
            chosen = answer.value if isinstance(answer.value, tuple) else (answer.value,)
        words = lay.choice_options(self.pack, question, self.lang).words
        boxes = [f"{TICKED_BOX if code in chosen else EMPTY_BOX}\u00a0{word}" for code, word in words.items()]
        if sum(map(len, boxes)) <= 70:
            self.doc.add_paragraph("      ".join(boxes), style="Answer")
            return
        for box in boxes:
            self.doc.add_paragraph(box, style="Answer")

    def _simple(self, question: Question, answer: Answer | None) -> None:
        unit = word.unit_name(self.pack, question.unit, self.lang) if question.unit else ""
        if answer is None:
            self.doc.add_paragraph(f"{'_' * 18} {unit}".strip(), style="Answer")
            return
        value = answer.value
        if question.type == "date" and isinstance(value, str):
            shown = date(dt.date.fromisoformat(value), self.lang)
        else:
            shown = f"{word.number_words(value, self.lang)} {unit}".strip()
        self.doc.add_paragraph(shown, style="Answer")

    def _texts(self, answer: Answer | None) -> None:
        if answer is None:
            self._table([], [["\n" * EMPTY_LINES]], [WIDTH], numbers_from=None)
            return
        held = answer.value if isinstance(answer.value, Mapping) else {}
        for language, text in sorted(held.items(), key=lambda item: (item[0] != self.lang, item[0])):
            for part in text.split("\n"):
                paragraph = self.doc.add_paragraph(style="Answer Text")
                _set_language(paragraph.add_run(part), language, self.lang)

    def _matrix(self, question: Question, answer: Answer | None) -> None:
        grid = lay.matrix(self.pack, question)
        heads = [
            word.code_label(self.pack, question, grid.across_dimension, code, self.lang) for code in grid.across
        ] or [word.unit_name(self.pack, question.unit, self.lang) if question.unit else self.say("wb_value")]
        lines = [line for line in grid.down if answer is None or word.line_told(answer, grid, line)]
        body = []
        for line in lines:
            label = " · ".join(
                word.code_label(self.pack, question, n, c, self.lang)
                for n, c in zip(grid.dimensions, line, strict=False)
            )
            cells = [word.cell_words(self.pack, answer, grid.key(line, code), self.lang) for code in grid.columns()]
            body.append([label, *cells])
        across = max(1_050, min(1_500, (WIDTH - 3_000) // len(heads)))
        widths = [WIDTH - across * len(heads), *[across] * len(heads)]
        bold = {n for n, line in enumerate(lines) if TOTAL in line}
        if not grid.down or grid.down == ((),):
            widths = [across] * len(heads)
            body = [row[1:] for row in body]
            self._table(heads, body, widths, numbers_from=0)
            return
        self._table(["", *heads], body, widths, numbers_from=1, bold=bold)

    def _rows(self, columns: Sequence[Column], rows: Sequence[Mapping[str, object]] | None) -> None:
        heads = [pick(c.label, self.lang) + ("*" if rows is None and c.required else "") for c in columns]
        if rows is not None and not rows:
            self.doc.add_paragraph(self.say("dx_none"), style="Answer")
            return
        body = [
            [word.entry_words(self.pack, c, row.get(c.id), self.lang) for c in columns]
            for row in rows or [{}] * EMPTY_LINES
        ]
        share = [3 if c.type == "text" else 2 for c in columns]
        widths = [WIDTH * part // sum(share) for part in share]
        self._table(heads, body, widths, numbers_from=None)

    # -- what goes with an answer

    def _details(self, question: Question, answer: Answer | None) -> None:
        if question.particulars and (answer is None or answer.particulars):
            self.doc.add_paragraph(self.say("dx_particulars"), style="Label")
            self._rows(question.particulars, [dict(one) for one in answer.particulars] if answer else None)
        if question.definition:
            self._definition(question, answer)
        if answer is None:
            self._open_lines()
            return
        for note in lay.NOTES:
            for language, text in sorted(getattr(answer, note).items(), key=lambda i: (i[0] != self.lang, i[0])):
                paragraph = self.doc.add_paragraph(style="Remark")
                paragraph.add_run(f"{self.say(f'dx_{note}')} ").bold = True
                _set_language(paragraph.add_run(text), language, self.lang)
        released = answer.releasability or self.cycle.default_releasability
        audience = lay.audience_options(self.pack, self.lang).words.get(released, released)
        named = self.say("dx_named" if answer.naming else "dx_not_named")
        self.doc.add_paragraph(self.say("dx_released", audience=audience, named=named), style="Fine Print")
        if answer.disclosure is not None:
            chosen = lay.class_options(self.pack, self.lang).words.get(answer.disclosure, answer.disclosure)
            self.doc.add_paragraph(self.say("dx_class", chosen=chosen), style="Fine Print")

    def _definition(self, question: Question, answer: Answer | None) -> None:
        grid = self.pack.definitions[question.definition or ""]
        held = answer.definition if answer else None
        if answer is not None and held is None:
            return
        options = lay.own_options(self.pack, grid.options, self.lang)
        body = []
        for category in grid.categories:
            chosen = held.categories.get(category.code) if held else None
            told = options.words.get(chosen, chosen) if chosen else "–"
            body.append([pick(category.label, self.lang), told if held else _boxes(options.words.values())])
        for field, choices in grid.fields.items():
            words = lay.own_options(self.pack, choices, self.lang).words
            value = held.fields.get(field, "–") if held else _boxes(words.values())
            label = word.definition_label(self.pack, question, f"fields.{field}", self.lang)
            body.append([label, words.get(value, value)])
        self.doc.add_paragraph(pick(grid.title, self.lang), style="Label")
        self._table([], body, [3_600, WIDTH - 3_600], numbers_from=None)

    def _open_lines(self) -> None:
        statuses = list(lay.status_options(self.pack, self.lang).words.values())
        self.doc.add_paragraph(f"{self.say('dx_or')} {_boxes(statuses[1:])}", style="Fine Print")
        self.doc.add_paragraph(f"{self.say('dx_remarks')} {'_' * 60}", style="Fine Print")

    # -- tables

    def _table(
        self,
        heads: Sequence[str],
        body: Sequence[Sequence[str]],
        widths: Sequence[int],
        *,
        numbers_from: int | None,
        bold: Iterable[int] = (),
        labels: bool = False,
    ) -> None:
        """A table with hairlines; heads are repeated on each page, rows are not broken over pages."""
        rows = [list(heads), *body] if heads else [*body]
        table = self.doc.add_table(rows=len(rows), cols=len(widths), style="Eirene Table")
        table.autofit = False
        _child(table._tbl.tblPr, "w:tblLook").set(_w("firstRow"), "1" if heads else "0")
        _child(table._tbl.tblPr, "w:tblLook").set(_w("val"), "0420" if heads else "0400")
        for column, width in zip(table.columns, widths, strict=True):
            column.width = _twips(width)
        cells, lines = table._cells, table._tbl.tr_lst
        # By id: python-docx looks through all styles each time that one is set by name.
        looks = {head: self.doc.styles[name].style_id for head, name in ((True, "Table Head"), (False, "Table Text"))}
        strong = {n + bool(heads) for n in bold}
        for r, row in enumerate(rows):
            head = bool(heads) and r == 0
            for c, text in enumerate(row):
                cell = cells[r * len(widths) + c]
                cell.width = _twips(widths[c])
                paragraph = cell.paragraphs[0]
                paragraph._p.style = looks[head]
                run = paragraph.add_run(text)
                run.bold = True if r in strong or (labels and c == 0) else None
                if numbers_from is not None and c >= numbers_from:
                    paragraph.alignment = 2
                paragraph.paragraph_format.keep_with_next = True if head or r < min(len(rows) - 1, 3) else None
            _row_rules(lines[r], head)
        self.doc.add_paragraph(style="After Table")


def _boxes(words: Iterable[str]) -> str:
    return "   ".join(f"{EMPTY_BOX}\u00a0{word}" for word in words)


# --- styles and XML -------------------------------------------------------------------------------------------------


def _twips(width: int) -> Any:
    from docx.shared import Twips

    return Twips(width)


def _page(doc: Any) -> None:
    section = doc.sections[0]
    section.page_width, section.page_height = _twips(11_906), _twips(16_838)
    section.left_margin = section.right_margin = _twips((11_906 - WIDTH) // 2)
    section.top_margin, section.bottom_margin = _twips(1_300), _twips(1_200)
    section.header_distance = section.footer_distance = _twips(600)


def _styles(doc: Any, lang: str) -> None:
    """Named styles for everything, so that an office can restyle the document in one place."""
    from docx.enum.style import WD_STYLE_TYPE

    styles = doc.styles
    _font(styles["Normal"], 10.5, INK)
    _spacing(styles["Normal"], 0, 4, 1.08)
    language = _child(styles["Normal"].element.get_or_add_rPr(), "w:lang")
    language.set(_w("val"), {"en": "en-GB", "fr": "fr-FR"}.get(lang, lang))
    for defaults in styles.element.iter(_w("lang")):
        defaults.set(_w("val"), {"en": "en-GB", "fr": "fr-FR"}.get(lang, lang))
    plain: tuple[tuple[str, float, str, float, float], ...] = (
        ("Title", 24, ACCENT, 0, 8), ("Heading 1", 16, ACCENT, 22, 6), ("Heading 2", 12, INK, 14, 3),
        ("Header", 8.5, INK_3, 0, 0), ("Footer", 8.5, INK_3, 0, 0),
    )  # fmt: skip
    for name, size, colour, before, after in plain:
        _font(styles[name], size, colour, bold=name.startswith(("Title", "Heading")))
        _spacing(styles[name], before, after, 1.0)
    _borders(styles["Title"], {})
    _borders(styles["Heading 1"], {"bottom": ACCENT})
    for name in ("Header", "Footer"):
        _tab_at_right(styles[name])
    own: tuple[tuple[str, float, str, bool, float, float], ...] = (
        ("Kicker", 10, INK_3, False, 0, 2), ("Notice", 10, RISK, False, 2, 6), ("Guidance", 9, INK_3, True, 0, 4),
        ("Answer", 10.5, INK, False, 2, 2), ("Answer Text", 10.5, INK, False, 0, 4), ("Label", 9, INK_2, False, 6, 2),
        ("Missing", 10.5, RISK, True, 2, 2), ("Remark", 9.5, INK_2, False, 3, 2),
        ("Fine Print", 8.5, INK_3, False, 2, 2),
        ("Table Head", 9, INK_2, False, 2, 2), ("Table Text", 9.5, INK, False, 1.5, 1.5),
        ("After Table", 4, INK, False, 0, 0),
        ("Contents Heading", 12, ACCENT, False, 12, 4), ("toc 1", 10.5, INK, False, 0, 3),
    )  # fmt: skip
    for name, size, colour, italic, before, after in own:
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles["Normal"]
        bold = name in ("Kicker", "Notice", "Label", "Table Head", "Contents Heading")
        _font(style, size, colour, bold=bold, italic=italic)
        _spacing(style, before, after, 1.0 if name != "Answer Text" else 1.12)
        style.paragraph_format.keep_with_next = name in ("Guidance", "Label") or None
    _shade(styles["Notice"].element.get_or_add_pPr(), RISK_SOFT)
    _table_style(doc)


def _table_style(doc: Any) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml import parse_xml

    style = doc.styles.add_style("Eirene Table", WD_STYLE_TYPE.TABLE)
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    sides = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{LINE}"/>' for side in ("top", "bottom"))
    inner = f'<w:insideH w:val="single" w:sz="4" w:space="0" w:color="DCE2DF"/>'  # noqa: F541
    margins = '<w:tblCellMar><w:left w:w="80" w:type="dxa"/><w:right w:w="80" w:type="dxa"/></w:tblCellMar>'
    style.element.append(parse_xml(f"<w:tblPr {space}><w:tblBorders>{sides}{inner}</w:tblBorders>{margins}</w:tblPr>"))
    style.element.append(
        parse_xml(
            f'<w:tblStylePr {space} w:type="firstRow"><w:tblPr/><w:tcPr><w:tcBorders>'
            f'<w:bottom w:val="single" w:sz="8" w:space="0" w:color="{ACCENT}"/></w:tcBorders></w:tcPr></w:tblStylePr>'
        )
    )


def _w(name: str) -> str:
    from docx.oxml.ns import qn

    return str(qn(f"w:{name}"))


def _child(parent: Any, name: str) -> Any:
    """The child element of that name, made if it is not there."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    found = parent.find(qn(name))
    if found is None:
        found = OxmlElement(name)
        parent.append(found)
    return found


def _font(style: Any, size: float, colour: str, *, bold: bool = False, italic: bool = False) -> None:
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size, style.font.bold, style.font.italic = FONT, Pt(size), bold, italic
    style.font.color.rgb = RGBColor.from_string(colour)
    fonts = _child(style.element.get_or_add_rPr(), "w:rFonts")
    for attribute in list(fonts.attrib):
        del fonts.attrib[attribute]
    for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(_w(kind), FONT)


def _spacing(style: Any, before: float, after: float, line: float) -> None:
    from docx.shared import Pt

    held = style.paragraph_format
    held.space_before, held.space_after, held.line_spacing = Pt(before), Pt(after), line


def _borders(style: Any, sides: Mapping[str, str]) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = style.element.get_or_add_pPr()
    for old in properties.findall(qn("w:pBdr")):
        properties.remove(old)
    if not sides:
        return
    borders = OxmlElement("w:pBdr")
    for side, colour in sides.items():
        line = _child(borders, f"w:{side}")
        for key, value in (("val", "single"), ("sz", "6"), ("space", "2"), ("color", colour)):
            line.set(_w(key), value)
    _insert_in_order(properties, borders)


def _shade(properties: Any, colour: str) -> None:
    from docx.oxml import OxmlElement

    shade = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(_w(key), value)
    _insert_in_order(properties, shade)


def _insert_in_order(properties: Any, element: Any) -> None:
    """Before what the schema puts behind borders and shading in paragraph properties."""
    later = {_w(name) for name in ("tabs", "spacing", "ind", "contextualSpacing", "jc", "outlineLvl", "rPr")}
    if element.tag == _w("pBdr"):
        later.add(_w("shd"))
    for place, held in enumerate(properties):
        if held.tag in later:
            properties.insert(place, element)
            return
    properties.append(element)


def _tab_at_right(style: Any) -> None:
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.oxml.ns import qn

    properties = style.element.get_or_add_pPr()
    for old in properties.findall(qn("w:tabs")):
        properties.remove(old)
    style.paragraph_format.tab_stops.add_tab_stop(_twips(WIDTH), WD_TAB_ALIGNMENT.RIGHT)


def _row_rules(row: Any, head: bool) -> None:
    from docx.oxml import OxmlElement

    properties = row.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))


def _set_language(run: Any, language: str, own: str) -> None:
    if language != own:
        held = _child(run._r.get_or_add_rPr(), "w:lang")
        held.set(_w("val"), str(locale(language)).replace("_", "-"))


def _mark(paragraph: Any, kind: str) -> None:
    from docx.oxml import OxmlElement

    mark = OxmlElement("w:fldChar")
    mark.set(_w("fldCharType"), kind)
    paragraph.add_run()._r.append(mark)


def _field_begin(paragraph: Any, code: str) -> None:
    from docx.oxml import OxmlElement

    _mark(paragraph, "begin")
    text = OxmlElement("w:instrText")
    text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    text.text = f" {code} "
    paragraph.add_run()._r.append(text)
    _mark(paragraph, "separate")


def _field_end(paragraph: Any) -> None:
    _mark(paragraph, "end")


def _field(paragraph: Any, code: str, shown: str) -> None:
    _field_begin(paragraph, code)
    paragraph.add_run(shown)
    _field_end(paragraph)


def _link(paragraph: Any, anchor: str, text: str) -> None:
    from docx.oxml import OxmlElement

    link = OxmlElement("w:hyperlink")
    link.set(_w("anchor"), anchor)
    run = paragraph.add_run(text)
    link.append(run._r)
    paragraph._p.append(link)


def _bookmarked(paragraph: Any, text: str, name: str, number_: int) -> None:
    from docx.oxml import OxmlElement

    begin, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for mark in (begin, end):
        mark.set(_w("id"), str(number_))
    begin.set(_w("name"), name)
    paragraph._p.append(begin)
    paragraph.add_run(text)
    paragraph._p.append(end)

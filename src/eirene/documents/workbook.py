"""The document's figures and tables as an Excel workbook: a cover, every figure with its trace, every numbered table.

Numbers are numbers, everything else is text: a text that begins with = + - @ is never read as a formula.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from eirene.documents import model as d
from eirene.documents.plain import caption, clean, runs_text, sentence, tables, walk
from eirene.documents.zipfix import fixed_zip
from eirene.text import pick

#: Longest text that a cell of Excel holds.
CELL = 32_767
#: Digits that a spreadsheet's number keeps; longer ones are written as text.
_DIGITS = 15

Row = Mapping[str, Any]

#: In place of a number that is confidential; what it means stands in its row.
_KEPT_BACK = "c"

#: A number as it is printed, then its unit.
_UNIT = re.compile(r"[-+−]?\d[\d.,’'\s]*(\s[^\W\d_]{1,14}|\s?[%‰€$£])\Z")


def render_xlsx(documents: Mapping[str, d.Document], figures: Sequence[Row]) -> bytes:
    """summary.xlsx: for each language a cover, the list of figures, the tables; the same input gives the same bytes.

    figures: rows of figures.json, in their order. Of a value that is kept back for protection `shown` is what stands
             in its place, by language, and `why` the reason.
    """
    import xlsxwriter

    target = io.BytesIO()
    # No option turns text into formulas, numbers or links: cells are written by kind.
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    first = next(iter(documents.values()))
    book.set_properties(
        {
            "title": clean(first.title)[:255],
            "subject": clean(first.subtitle)[:255],
            "author": clean(first.cite.partition(",")[0])[:255],
            "keywords": clean(first.marking)[:255],
            "comments": clean(first.notice)[:255],
            "created": dt.datetime.fromisoformat(first.date),
        }
    )
    writer = _Workbook(book, several=len(documents) > 1)
    for lang, document in documents.items():
        writer.language(lang, document, figures)
    book.close()
    return fixed_zip(target.getvalue())


class _Workbook:
    def __init__(self, book: Any, *, several: bool) -> None:
        self.book = book
        self.several = several
        self.names: set[str] = set()
        base = {"font_name": "Calibri", "font_size": 10, "valign": "top", "font_color": "#15212B"}
        hair = {"bottom": 1, "bottom_color": "#DCE2DF"}
        self.plain = book.add_format({**base, **hair})
        self.wrapped = book.add_format({**base, **hair, "text_wrap": True})
        self.strong = book.add_format({**base, **hair, "bold": True, "text_wrap": True})
        self.muted = book.add_format(
            {**base, **hair, "font_color": "#435260", "pattern": 14, "fg_color": "#DCE2DF", "align": "right"}
        )
        head = {
            **base,
            "bold": True,
            "text_wrap": True,
            "valign": "bottom",
            "bg_color": "#E5F1F4",
            "bottom": 2,
            "bottom_color": "#0A5369",
        }
        self.head = book.add_format(head)
        self.head_end = book.add_format({**head, "align": "right"})
        self.text = book.add_format({**base, "text_wrap": True})
        self.label = book.add_format({**base, **hair, "font_color": "#5A6977"})
        self.small = book.add_format({**base, "font_size": 9, "font_color": "#5A6977", "text_wrap": True})
        self.kicker = book.add_format({**base, "font_size": 11, "bold": True, "font_color": "#0A5369"})
        self.title = book.add_format(
            {**base, "font_size": 20, "bold": True, "font_name": "Palatino Linotype", "text_wrap": True}
        )
        self.heading = book.add_format({**base, "font_size": 13, "bold": True, "text_wrap": False})
        self.marking = book.add_format({**base, "bold": True, "font_size": 9, "bg_color": "#ECF0EE"})
        self.link = book.add_format({**base, **hair, "font_color": "#0A5369", "underline": 1})
        self.end = book.add_format({**base, **hair, "align": "right"})
        self._numbers: dict[str, Any] = {}
        self._base = {**base, **hair, "align": "right"}

    # --- cells -------------------------------------------------------------------------------------------------

    def number_format(self, decimals: int, unit: str = "") -> Any:
        """The look of a number; its unit is shown, and the cell stays a number."""
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "") + (f'"\u00a0{unit}"' if unit else "")
        if pattern not in self._numbers:
            self._numbers[pattern] = self.book.add_format({**self._base, "num_format": pattern})
        return self._numbers[pattern]

    def put(self, sheet: Any, row: int, column: int, text: str, look: Any = None) -> None:
        """Text as text, whatever it begins with."""
        text = _cut(clean(text), CELL)
        look = look or self.plain
        if text:
            sheet.write_string(row, column, text, look)
        else:
            sheet.write_blank(row, column, None, look)

    def put_number(
        self, sheet: Any, row: int, column: int, value: object, decimals: int | None = None, unit: str = ""
    ) -> None:
        """A number as a number, if a spreadsheet can hold it exactly; else as text."""
        number = _number(value)
        if number is None:
            self.put(sheet, row, column, "" if value is None else str(value), self.end)
            return
        exponent = number.as_tuple().exponent
        shown = decimals if decimals is not None else max(0, -exponent if isinstance(exponent, int) else 0)
        if len(number.as_tuple().digits) > _DIGITS:
            self.put(sheet, row, column, str(value), self.end)
        else:
            sheet.write_number(row, column, float(number), self.number_format(min(shown, 10), unit))

    # --- sheets ------------------------------------------------------------------------------------------------

    def sheet(self, name: str, lang: str, document: d.Document, *, landscape: bool = False) -> Any:
        """A sheet with a name that Excel takes, and a page set up for printing."""
        suffix = f" {lang}" if self.several else ""
        name = re.sub(r"[\[\]:*?/\\]", " ", clean(name)).strip(" '") or "-"
        full, n = f"{_cut(name, 31 - len(suffix))}{suffix}", 2
        while full.casefold() in self.names or full.casefold() == "history":
            tail = f" {n}{suffix}"
            full, n = f"{_cut(name, 31 - len(tail))}{tail}", n + 1
        self.names.add(full.casefold())
        sheet = self.book.add_worksheet(full)
        sheet.hide_gridlines(2)
        sheet.set_paper(9)
        sheet.set_margins(left=0.6, right=0.6, top=0.8, bottom=0.7)
        if landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_header(f"&L&8{_code(document.marking)}&R&8{_code(document.running_head)}")
        pages = document.words["page_of"].replace("{n}", "&P").replace("{N}", "&N")
        sheet.set_footer(f"&L&8{_code(document.notice, 120)}&R&8{pages}")
        return sheet

    def language(self, lang: str, document: d.Document, figures: Sequence[Row]) -> None:
        w = document.words
        cover = self.sheet(w["sheet_cover"], lang, document)
        if figures:
            self.figures(self.sheet(w["sheet_figures"], lang, document, landscape=True), lang, document, figures)
        listed = [(section, table) for section, table in tables(document) if table.number]
        index = self.sheet(w["sheet_tables"], lang, document) if listed else None
        if index is not None:
            self.tables(index, lang, document, listed)
        notes = [(section, block) for section, block in _footnotes(document)]
        if notes:
            self.notes(self.sheet(w["sheet_notes"], lang, document), document, notes)
        self.cover(cover, document)

    def cover(self, sheet: Any, document: d.Document) -> None:
        w = document.words
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 74)
        sheet.merge_range(0, 0, 0, 1, "", self.marking)
        self.put(sheet, 0, 0, document.marking, self.marking)
        self.put(sheet, 2, 0, document.kicker, self.kicker)
        row = self.merged(sheet, 3, document.title, self.title, 28 * (1 + len(document.title) // 62))
        if document.subtitle:
            row = self.merged(sheet, row, document.subtitle, self.text, 15 * (1 + len(document.subtitle) // 105))
        if document.notice:
            row = self.merged(sheet, row, document.notice, self.strong, 15 * (1 + len(document.notice) // 105))
        row += 1
        for label, value in document.facts:
            self.put(sheet, row, 0, label, self.label)
            self.put(sheet, row, 1, value, self.strong)
            row += 1
        row += 1
        self.put(sheet, row, 0, w["how_to_read"], self.heading)
        how = w["how_to_read_text"].format(figures=w["sheet_figures"], tables=w["sheet_tables"])
        row = self.merged(sheet, row + 1, f"{how} {w['value_missing_text']}", self.text, 15 * 4)
        licence = w["licence"].format(licence=document.licence) if document.licence else ""
        for text in filter(None, (document.cite, licence)):
            row = self.merged(sheet, row, text, self.small, 14 * (1 + len(text) // 115))
        sheet.set_first_sheet()

    def merged(self, sheet: Any, row: int, text: str, look: Any, height: float) -> int:
        """A text over both columns of the cover; the next row."""
        sheet.merge_range(row, 0, row, 1, "", look)
        self.put(sheet, row, 0, text, look)
        sheet.set_row(row, min(height, 300))
        return row + 1

    # --- figures -----------------------------------------------------------------------------------------------

    def figures(self, sheet: Any, lang: str, document: d.Document, figures: Sequence[Row]) -> None:
        w = document.words
        reasons = list(dict.fromkeys(m["reason"] for row in figures for m in row.get("missing") or ()))
        dimensions = sorted({name for row in figures for name in row.get("dimensions") or {}})
        names = [
            (w["col_label"], 46), *((name, 14) for name in dimensions), (w["col_cycle"], 9), (w["col_value"], 11),
            (w["col_unit"], 10), (w["col_n_of_N"], 16), (w["col_numerator"], 12), (w["col_denominator"], 12),
            (w["col_answered"], 10), (w["col_applicable"], 11), (w["col_bodies"], 11),
            *((f"{w['col_missing']}{w['colon']}{reason}", 12) for reason in reasons),
            (w["col_suppressed"], 18), (w["col_notes"], 50), (w["col_population"], 16), (w["col_kind"], 18),
            (w["col_basis"], 12), (w["col_source"], 30), (w["col_rule"], 40), (w["col_key"], 60),
        ]  # fmt: skip
        for column, (name, width) in enumerate(names):
            sheet.set_column(column, column, width)
            self.put(sheet, 0, column, name, self.head)
        sheet.set_row(0, 44)
        for i, row in enumerate(figures, 1):
            self.figure(sheet, i, row, lang, w, dimensions, reasons)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, len(figures), len(names) - 1)
        sheet.repeat_rows(0)
        # On paper, as far as the footnotes; the rest is for filtering.
        sheet.set_paper(8)
        sheet.print_area(0, 0, len(figures), [name for name, _ in names].index(w["col_notes"]))

    def figure(
        self, sheet: Any, i: int, row: Row, lang: str, w: Mapping[str, str], dimensions: list[str], reasons: list[str]
    ) -> None:
        column = 0

        def text(value: object, look: Any = None) -> None:
            nonlocal column
            self.put(sheet, i, column, "" if value is None else str(value), look)
            column += 1

        def number(value: object, decimals: int | None = None, instead: str = "") -> None:
            nonlocal column
            if value is None and instead:
                self.put(sheet, i, column, instead, self.muted)
            else:
                self.put_number(sheet, i, column, value, decimals)
            column += 1

        text(pick(row.get("label") or {}, lang), self.plain)
        for name in dimensions:
            text((row.get("dimensions") or {}).get(name))
        text(row.get("cycle"))
        kept_back = bool(row.get("shown"))
        number(row.get("value"), row.get("decimals"), pick(row.get("shown") or {}, lang))
        text(row.get("unit"))
        n, of = row.get("numerator"), row.get("denominator")
        if kept_back:
            text(_KEPT_BACK, self.muted)
        else:
            text(w["n_of_N"].format(n=n, N=of) if n is not None and of is not None else "", self.end)
        for value in (n, of):
            number(value, instead=_KEPT_BACK if kept_back else "")
        missing: dict[str, int] = {}
        for part in row.get("missing") or ():
            missing[part["reason"]] = missing.get(part["reason"], 0) + int(part["n"])
        # Where all are missing to protect one of them, it is not known how many are in it: no zero stands for that.
        untold = kept_back and "protected" in missing
        for value in (row.get("n_answered"), row.get("n_applicable")):
            number(None if untold else value, instead=_KEPT_BACK if untold else "")
        number(row.get("n_bodies"))
        for reason in reasons:
            known = missing.get(reason) if untold else missing.get(reason, 0)
            number(known, instead=_KEPT_BACK)
        text(pick(row["why"], lang) if row.get("why") else row.get("suppressed"))
        text(" | ".join(_footnote(note, lang, w["colon"]) for note in row.get("footnotes") or ()))
        for name in ("population", "kind", "basis", "source"):
            text(row.get(name))
        rule = row.get("counting_rule")
        text(pick(rule, lang) if isinstance(rule, Mapping) else rule)
        text(row.get("key"))

    # --- tables ------------------------------------------------------------------------------------------------

    def tables(self, index: Any, lang: str, document: d.Document, listed: Sequence[tuple[d.Section, d.Table]]) -> None:
        w = document.words
        index.set_column(0, 0, 16)
        index.set_column(1, 1, 84)
        index.set_column(2, 2, 34)
        for column, name in enumerate((w["col_number"], w["col_title"], w["col_sheet"])):
            self.put(index, 0, column, name, self.head)
        index.freeze_panes(1, 0)
        for i, (_, table) in enumerate(listed, 1):
            sheet = self.sheet(table.number, lang, document, landscape=True)
            self.put(index, i, 0, table.number, self.strong)
            self.put(index, i, 1, table.title, self.wrapped)
            index.write_url(i, 2, f"internal:'{sheet.get_name()}'!A1", self.link, sheet.get_name())
            self.table(sheet, table, document, index.get_name())
        index.autofilter(0, 0, len(listed), 2)

    def table(self, sheet: Any, table: d.Table, document: d.Document, index: str) -> None:
        self.put(sheet, 0, 0, table.title, self.heading)
        self.put(sheet, 1, 0, caption(table.number, table.subtitle), self.book_small())
        sheet.write_url(2, 0, f"internal:'{index}'!A1", self.link, document.words["back_to_tables"])
        columns = max((len(row) for row in (*table.head, *table.rows)), default=1)
        for column in range(columns):
            texts = [row[column].text for row in (*table.head, *table.rows) if column < len(row)]
            longest = max((len(text) for text in texts), default=8)
            sheet.set_column(column, column, min(max(longest + 2, 26 if column == 0 else 12), 60))
        row = 4
        for line in table.head:
            for column, cell in enumerate(line):
                self.put(sheet, row, column, cell.text, self.head_end if cell.align == "end" else self.head)
            row += 1
        sheet.freeze_panes(row, 1)
        if len(table.head):
            sheet.repeat_rows(4, row - 1)
            sheet.autofilter(row - 1, 0, row - 1 + len(table.rows), columns - 1)
        for line in table.rows:
            for column, cell in enumerate(line):
                self.cell(sheet, row, column, cell)
            row += 1
        for text in (*table.notes, table.source):
            if text.strip():
                row += 1
                self.put(sheet, row, 0, text, self.book_small())

    def book_small(self) -> Any:
        if "small" not in self._numbers:
            look = {"font_name": "Calibri", "font_size": 9, "font_color": "#5A6977", "valign": "top"}
            self._numbers["small"] = self.book.add_format(look)
        return self._numbers["small"]

    def cell(self, sheet: Any, row: int, column: int, cell: d.Cell) -> None:
        if cell.muted:
            self.put(sheet, row, column, cell.text, self.muted)
        elif cell.number:
            unit = _UNIT.match(clean(cell.text))
            self.put_number(sheet, row, column, cell.number, unit=unit[1].strip() if unit else "")
        elif column == 0 or cell.header:
            self.put(sheet, row, column, cell.text, self.strong)
        else:
            self.put(sheet, row, column, cell.text, self.end if cell.align == "end" else self.wrapped)

    def notes(self, sheet: Any, document: d.Document, notes: Iterable[tuple[d.Section, d.Footnotes]]) -> None:
        sheet.set_column(0, 0, 8)
        sheet.set_column(1, 1, 120)
        self.put(sheet, 0, 0, document.words["note"], self.head)
        self.put(sheet, 0, 1, document.words["notes"], self.head)
        sheet.freeze_panes(1, 0)
        row = 1
        for _, block in notes:
            for n, runs in block.items:
                self.put_number(sheet, row, 0, n)
                self.put(sheet, row, 1, runs_text(runs), self.wrapped)
                row += 1


def _footnotes(document: d.Document) -> Iterable[tuple[d.Section, d.Footnotes]]:
    for _, section in walk(document.sections):
        for block in section.blocks:
            if isinstance(block, d.Footnotes):
                yield section, block


def _footnote(note: Mapping[str, Any], lang: str, colon: str) -> str:
    text = sentence(pick(note.get("text") or {}, lang))
    return f"{note['body']}{colon}{text}" if note.get("body") else text


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, float):
        value = repr(value)
    try:
        number = Decimal(value if isinstance(value, int | Decimal) else str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _code(text: str, units: int = 100) -> str:
    """Text in a header: & begins a code of its own, and all of it has to be short."""
    return _cut(clean(text).replace("\n", " "), units).replace("&", "&&")[:120]


def _cut(text: str, units: int) -> str:
    """At most so many of the units in which Excel counts: half a character of those beyond the basic plane."""
    if len(text) * 2 <= units:
        return text
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore")

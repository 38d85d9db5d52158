"""Writes the workbook that a person fills in. The layout's codes are in `_layout`; here is what it looks like."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from eirene.errors import Blocked, Problem
from eirene.formats import _layout as lay
from eirene.formats._inspect import cell_name
from eirene.framework import AskedQuestion, AskedQuestionnaire, AskedSection, Pack, asked, body_name, codes, cycle_of
from eirene.framework.model import Column, Question
from eirene.questionnaires.model import TOTAL, Answer, Cell, Report
from eirene.text import Phrases, Text, date, locale, pick

INK, INK_2, INK_3 = "#15212B", "#435260", "#5A6977"
LINE, LINE_STRONG = "#DCE2DF", "#7D8A95"
ACCENT, ACCENT_SOFT, PAPER_2 = "#0A5369", "#E5F1F4", "#F6F8F7"
RISK, RISK_SOFT, WHITE = "#A84A05", "#FDEFE2", "#FFFFFF"
FONT = "Calibri"

TEXT, ANSWERS = 1, 2
#: Significant digits that a cell of a workbook holds.
EXACT_DIGITS = 15
_SIMPLE_CONDITION = re.compile(r"^\s*([a-z][a-z0-9_]*)\s*==\s*'?([A-Za-z0-9][\w+-]*)'?\s*$")


def _formats() -> dict[str, dict[str, Any]]:
    base: dict[str, Any] = {"font_name": FONT, "font_size": 10, "font_color": INK, "valign": "top", "bg_color": PAPER_2}
    box = {**base, "bg_color": WHITE, "border": 1, "border_color": LINE_STRONG, "locked": False, "valign": "vcenter"}
    head = {**base, "bg_color": ACCENT_SOFT, "top": 1, "top_color": ACCENT, "valign": "vcenter"}
    quiet = {**base, "font_color": INK_3, "font_size": 9}
    return {
        "paper": base,
        "code": {**quiet, "font_size": 6.5, "valign": "vcenter"},
        "identity": {**quiet, "font_size": 7, "valign": "vcenter"},
        "title": {**base, "font_size": 18, "bold": True, "font_color": ACCENT, "valign": "vcenter"},
        "kicker": {**quiet, "bold": True},
        "sheet_title": {**base, "font_size": 14, "bold": True, "font_color": ACCENT, "valign": "vcenter"},
        "heading": {**base, "font_size": 12, "bold": True, "font_color": ACCENT, "bottom": 1, "bottom_color": ACCENT},
        "body": {**base, "text_wrap": True},
        "strong": {**base, "bold": True, "text_wrap": True},
        "notice": {**base, "text_wrap": True, "font_color": RISK, "bold": True, "bg_color": RISK_SOFT, "indent": 1,
                   "valign": "vcenter"},
        "column_head": {**base, "bold": True, "font_color": WHITE, "bg_color": ACCENT, "text_wrap": True,
                        "valign": "vcenter"},
        "column_head_mid": {**base, "bold": True, "font_color": WHITE, "bg_color": ACCENT, "text_wrap": True,
                            "valign": "vcenter", "align": "center"},
        "head": {**head, "bold": True, "text_wrap": True},
        "head_code": {**head, "font_size": 6.5, "font_color": INK_3},
        "head_mid": {**head, "align": "center", "font_color": INK_2},
        "guide": {**quiet, "text_wrap": True, "italic": True},
        "label": {**base, "text_wrap": True, "valign": "vcenter"},
        "label_in": {**base, "text_wrap": True, "valign": "vcenter", "indent": 2},
        "label_total": {**base, "text_wrap": True, "valign": "vcenter", "bold": True},
        "label_note": {**quiet, "align": "right", "valign": "vcenter", "indent": 1},
        "across": {**base, "bold": True, "text_wrap": True, "align": "right", "valign": "bottom", "font_color": INK_2},
        "across_left": {**base, "bold": True, "text_wrap": True, "valign": "bottom", "font_color": INK_2},
        "across_code": {**quiet, "font_size": 6.5, "align": "right"},
        "across_code_left": {**quiet, "font_size": 6.5},
        "sum": {**quiet, "align": "right", "num_format": "#,##0.###", "valign": "vcenter", "italic": True},
        "sum_whole": {**quiet, "align": "right", "num_format": "#,##0", "valign": "vcenter", "italic": True},
        "was": {**quiet, "align": "right", "valign": "vcenter"},
        "was_whole": {**quiet, "align": "right", "num_format": "#,##0", "valign": "vcenter"},
        "was_head": {**head, "font_size": 9, "font_color": INK_3, "align": "right"},
        "was_head_whole": {**head, "font_size": 9, "font_color": INK_3, "align": "right", "num_format": "#,##0"},
        "was_text": {**quiet, "text_wrap": True},
        "in_whole": {**box, "num_format": "#,##0", "align": "right"},
        "in_number": {**box, "num_format": "General", "align": "right"},
        "in_total": {**box, "num_format": "#,##0", "align": "right", "bold": True, "top_color": INK, "top": 2},
        "in_text": {**box, "num_format": "@", "text_wrap": True, "valign": "top"},
        "in_choice": {**box, "num_format": "@"},
        "in_date": {**box, "num_format": "yyyy-mm-dd", "align": "left"},
        "link": {**base, "font_color": ACCENT, "underline": 1},
        "count": {**base, "align": "right"},
        "legend_open": {**base, "bg_color": RISK_SOFT, "border": 1, "border_color": LINE_STRONG},
        "legend_box": {**base, "bg_color": WHITE, "border": 1, "border_color": LINE_STRONG},
    }  # fmt: skip


@dataclass
class _Questions:
    """What the Start sheet says about a section."""

    sheet: str
    title: str
    #: Letters of the column that says whether a question is open.
    column: str = ""
    count: int = 0
    still_open: int = 0


@dataclass
class _Form:
    """Everything that the sheets of one workbook share."""

    pack: Pack
    asked: AskedQuestionnaire
    cycle: str
    body: str
    lang: str
    answers: Mapping[str, Answer]
    previous: Report | None
    identity: lay.Identity
    book: Any
    say: Phrases
    formats: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    list_columns: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    #: Where simple questions are answered: question → absolute reference, for conditions of later questions.
    boxes: dict[str, str] = field(default_factory=dict)
    too_long: list[Problem] = field(default_factory=list)

    def drop_down(self, name: str, words: Iterable[str]) -> str:
        """A list on the hidden sheet of lists; returns the reference that a drop-down takes."""
        if name not in self.lists:
            column = len(self.list_columns) + 1
            listed = tuple(words)
            self.list_columns.append((name, listed))
            letters = cell_name(0, column)[:-1]
            self.lists[name] = f"=Lists!${letters}$2:${letters}${len(listed) + 1}"
        return self.lists[name]


def write(
    pack: Pack,
    cycle: str,
    body: str,
    *,
    lang: str,
    report: Report | None,
    previous: Report | None,
    sections: tuple[str, ...],
    reference: str = "",
) -> bytes:
    """See `workbook.write_workbook`."""
    import xlsxwriter

    questionnaire = asked(pack, cycle)
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    identity = lay.Identity(
        pack.header.id, pack.header.version, cycle, questionnaire.id, questionnaire.version, body, lang, sections,
        reference,
    )  # fmt: skip
    form = _Form(
        pack, questionnaire, cycle, body, lang, report.answers if report else {}, previous, identity, book,
        Phrases(lang, pack.phrases),
    )  # fmt: skip
    form.formats = {name: book.add_format(spec) for name, spec in _formats().items()}
    _properties(form)
    start = book.add_worksheet(form.say("wb_start_sheet")[:31])
    wanted = [section for section in questionnaire.sections if not sections or section.id in sections]
    names = _sheet_names(wanted, lang, {form.say("wb_start_sheet")[:31].casefold(), "lists"})
    told = [_SectionSheet(form, section, name).write() for section, name in zip(wanted, names, strict=True)]
    _start_sheet(form, start, told)
    _lists_sheet(form)
    start.activate()
    if form.too_long:
        raise Blocked(form.too_long)
    book.close()
    return buffer.getvalue()


def _properties(form: _Form) -> None:
    cycle = cycle_of(form.pack, form.cycle)
    form.book.set_properties(
        {
            "title": form.say("wb_title", body=_body(form), cycle=pick(cycle.title, form.lang)),
            "subject": pick(form.asked.title, form.lang),
            "author": pick(form.pack.header.short_title, form.lang),
            "comments": pick(form.pack.header.notice, form.lang),
            # The clock is never read: a workbook made twice is the same to the byte.
            "created": dt.datetime.combine(cycle.reference_date, dt.time(), dt.UTC),
        }
    )
    form.book.set_size(2400, 1400)
    form.book.set_calc_mode("auto")


def _body(form: _Form) -> str:
    return body_name(form.pack, form.body, form.lang, cycle_of(form.pack, form.cycle).reference_date)


def _sheet_names(sections: Iterable[AskedSection], lang: str, taken: set[str]) -> list[str]:
    """Names that Excel allows: 31 characters, none of []:*?/\\, no two alike."""
    names = []
    for section in sections:
        plain = re.sub(r"[\[\]:*?/\\']", " ", f"{section.id} {pick(section.title, lang)}").strip()
        name, n = _shortened(plain, 31), 2
        while name.casefold() in taken:
            name, n = f"{_shortened(plain, 27)} ({n})", n + 1
        taken.add(name.casefold())
        names.append(name)
    return names


def _shortened(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    at_word = cut.rsplit(" ", 1)[0] if " " in cut[length // 2 :] else cut
    return at_word.rstrip(" ,;-") + "…"


def _lines(text: str, width: float, size: float = 10) -> int:
    """Lines that a text takes in a column so many characters wide; a little too many rather than too few."""
    room = max(width * 10 / size * 1.02, 4)
    return sum(max(1, -(-len(part) // int(room))) for part in text.split("\n"))


def _set_up_page(form: _Form, sheet: Any, title: str) -> None:
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.6)
    sheet.fit_to_pages(1, 0)

    def plain(text: str) -> str:
        return text.replace("&", "&&")[:110]

    cycle = pick(cycle_of(form.pack, form.cycle).title, form.lang)
    sheet.set_header(
        f"&L&9 {plain(_body(form))} · {plain(cycle)}&R&9 {plain(pick(form.pack.header.notice, form.lang))}"
    )
    sheet.set_footer(f"&L&8 {plain(title)}&R&8 &P / &N")
    sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})


# --- a section ------------------------------------------------------------------------------------------------------


class _SectionSheet:
    """One section's sheet, written from the top down; `row` is the next free row."""

    def __init__(self, form: _Form, section: AskedSection, name: str) -> None:
        self.form, self.section, self.name = form, section, name
        self.say, self.lang, self.pack = form.say, form.lang, form.pack
        self.sheet = form.book.add_worksheet(name)
        self.f = form.formats
        self.width = max([4, *(lay.width_of(form.pack, q.question) for q in section.questions)])
        self.check = ANSWERS + self.width
        self.was = self.check + 1 if form.previous else None
        self.status = self.check + 1 + (self.width if form.previous else 0)
        self.last = self.status + 3
        self.row = 0
        title = f"{section.id}  {pick(section.title, form.lang)}"
        self.told = _Questions(name, title, cell_name(0, self.check)[:-1])
        self.answer_width = 12.0
        #: Boxes that turn amber while an answer is owed: (range, formula).
        self.owed: list[tuple[str, str]] = []

    # -- the frame

    def write(self) -> _Questions:
        self._frame()
        for question in self.section.questions:
            _QuestionBlock(self, question).write()
            self.row += 1
        self._conditional()
        _set_up_page(self.form, self.sheet, self.name)
        self.sheet.repeat_rows(3, 4)
        self.sheet.print_area(0, 0, max(self.row, 6), self.last)
        self.sheet.freeze_panes(5, ANSWERS)
        return self.told

    def _frame(self) -> None:
        sheet, f = self.sheet, self.f
        sheet.set_column(0, 0, 13, f["paper"])
        sheet.set_column(TEXT, TEXT, 46, f["paper"])
        sheet.set_column(ANSWERS, self.check - 1, self.answer_width, f["paper"])
        sheet.set_column(self.check, self.check, 9, f["paper"])
        if self.was is not None:
            sheet.set_column(self.was, self.status - 1, 9.5, f["paper"])
        sheet.set_column(self.status, self.status, 14, f["paper"])
        sheet.set_column(self.status + 1, self.last, 12, f["paper"])
        sheet.set_column(self.last + 1, self.last + 12, 9, f["paper"])
        self.put(0, 0, self.form.identity.line(), "identity")
        sheet.set_row(1, 24)
        self.put(1, TEXT, self.told.title, "sheet_title")
        intro = " ".join(filter(None, [pick(self.section.intro, self.lang), self.say("wb_no_persons")]))
        sheet.merge_range(2, TEXT, 2, self.last, intro, f["guide"])
        sheet.set_row(2, 13 * _lines(intro, 46 + 12 * self.width + 40, 9) + 2)
        self._column_heads()
        self.row = 5

    def _column_heads(self) -> None:
        sheet, f = self.sheet, self.f
        sheet.set_row(3, 10)
        self.put(3, 0, lay.COLUMNS, "code")
        for n in range(self.width):
            self.put(3, ANSWERS + n, str(n + 1), "across_code")
            if self.was is not None:
                self.put(3, self.was + n, f"was {n + 1}", "across_code")
        self.put(3, self.check, "check", "across_code")
        for n, code in enumerate(("status", "releasability", "naming", "disclosure")):
            self.put(3, self.status + n, code, "across_code_left")
        sheet.set_row(4, 28)
        self.put(4, 0, self.say("wb_head_code"), "column_head")
        self.put(4, TEXT, self.say("wb_head_question"), "column_head")
        sheet.merge_range(4, ANSWERS, 4, self.check - 1, self.say("wb_head_answer"), f["column_head_mid"])
        self.put(4, self.check, self.say("wb_head_check"), "column_head_mid")
        if self.was is not None:
            assert self.form.previous is not None
            before = self.pack.cycles.get(self.form.previous.cycle)
            words = self.say("wb_head_was", cycle=pick(before.title, self.lang) if before else self.form.previous.cycle)
            if self.width > 1:
                sheet.merge_range(4, self.was, 4, self.status - 1, words, f["column_head_mid"])
        for n, head in enumerate(("wb_head_status", "wb_head_releasability", "wb_head_naming", "wb_head_disclosure")):
            self.put(4, self.status + n, self.say(head), "column_head")

    def _conditional(self) -> None:
        amber = self.form.book.add_format({"bg_color": RISK_SOFT})
        for cells, formula in self.owed:
            self.sheet.conditional_format(cells, {"type": "formula", "criteria": formula, "format": amber})
        warn = self.form.book.add_format({"font_color": RISK, "bold": True, "italic": False})
        reach = f"{cell_name(5, ANSWERS)}:{cell_name(max(self.row, 6), self.check)}"
        # The sums that differ say so with a sign (≠) as well as in colour.
        first = cell_name(5, ANSWERS)
        self.sheet.conditional_format(reach, {"type": "formula", "criteria": f'=LEFT({first},1)="≠"', "format": warn})
        marks = f"{cell_name(5, self.check)}:{cell_name(max(self.row, 6), self.check)}"
        self.sheet.conditional_format(
            marks,
            {"type": "cell", "criteria": "==", "value": f'"{self.say("wb_open")}"', "format": warn},
        )

    # -- cells

    def put(self, row: int, column: int, text: str, style: str) -> None:
        self.sheet.write_string(row, column, text, self.f[style])

    def put_text(self, row: int, column: int, text: str, style: str, question: str) -> None:
        if len(text) > lay.MAX_TEXT:
            self.form.too_long.append(
                Problem(
                    self.say("wb_too_long", question=question, length=len(text), limit=lay.MAX_TEXT),
                    remedy=self.say("wb_too_long_do"),
                )
            )
            text = ""
        if text:
            self.put(row, column, text, style)
        else:
            self.sheet.write_blank(row, column, None, self.f[style])

    def put_number(self, row: int, column: int, value: int | Decimal, style: str) -> None:
        """Written as a number where a workbook holds it exactly, else as text that is read back exactly."""
        if len(Decimal(value).as_tuple().digits) <= EXACT_DIGITS:
            whole = value == int(value)
            self.sheet.write_number(row, column, int(value) if whole else float(value), self.f[style])
        else:
            self.put(row, column, format(value, "f") if isinstance(value, Decimal) else str(value), style)

    def validate(self, cells: tuple[int, int, int, int], rule: dict[str, Any], title: str, message: str) -> None:
        shown = {"error_title": title[:32], "error_message": message[:255], "ignore_blank": True}
        self.sheet.data_validation(*cells, {**rule, **shown})

    def choose(self, row: int, column: int, name: str, options: lay.Options, last_row: int | None = None) -> None:
        source = self.form.drop_down(name, options.words.values())
        self.validate(
            (row, column, last_row if last_row is not None else row, column),
            {"validate": "list", "source": source},
            self.say("wb_choose"),
            self.say("wb_choose_text"),
        )

    def reference(self, row: int, column: int) -> str:
        letters = re.sub(r"\d", "", cell_name(row, column))
        return f"'{self.name}'!${letters}${row + 1}"


# --- a question -----------------------------------------------------------------------------------------------------


class _QuestionBlock:
    """The rows of one question."""

    def __init__(self, on: _SectionSheet, asked_question: AskedQuestion) -> None:
        self.on, self.asked, self.question = on, asked_question, asked_question.question
        self.id = asked_question.id
        self.say, self.lang, self.pack, self.form = on.say, on.lang, on.pack, on.form
        self.answer = on.form.answers.get(self.id)
        self.was = _previous_answer(on.form, asked_question)
        self.head = on.row
        #: References of the boxes that make an answer.
        self.boxes: list[str] = []
        self.applies = applies_to(self.pack, self.question, self.form.body)

    def write(self) -> None:
        self._heading()
        self._guidance()
        writers: dict[str, Callable[[], None]] = {
            "matrix": self._matrix,
            "multiple_choice": self._choices,
            "text": self._texts,
            "rows": self._rows,
        }
        if self.question.type in writers:
            writers[self.question.type]()
        if self.question.particulars:
            self._particulars()
        if self.question.definition:
            self._definition()
        self._notes()
        self._progress()

    # -- heading

    def _heading(self) -> None:
        on, row = self.on, self.head
        for column in range(on.last + 1):
            on.sheet.write_blank(row, column, None, on.f["head"])
        on.put(row, 0, f"{self.form.body}/{self.form.cycle}/{self.id}", "head_code")
        text = f"{self.asked.number}  {pick(self.question.text, self.lang)}"
        on.put(row, TEXT, text, "head")
        on.sheet.set_row(row, max(20, 14 * _lines(text, 42)))
        if self.question.type in lay.SIMPLE:
            self._simple_box(row)
        self._meta(row)
        on.row += 1

    def _simple_box(self, row: int) -> None:
        on, kind = self.on, self.question.type
        value = self.answer.value if self.answer else None
        self.boxes.append(cell_name(row, ANSWERS))
        self.form.boxes[self.id] = on.reference(row, ANSWERS)
        if kind in ("yes_no", "single_choice"):
            options = lay.choice_options(self.pack, self.question, self.lang)
            on.put_text(row, ANSWERS, options.words.get(str(value), str(value)) if value else "", "in_choice", self.id)
            on.choose(row, ANSWERS, f"choices {self.question.choices or 'yes_no'}", options)
            shown = options.words.get(str(self.was.value), "") if self.was else ""
        elif kind == "date":
            on.put_text(row, ANSWERS, str(value) if value else "", "in_date", self.id)
            self._date_rule((row, ANSWERS, row, ANSWERS))
            shown = str(self.was.value) if self.was and self.was.value else ""
        else:
            self._number_box(row, ANSWERS, value, "answered", self._number_style())
            self._number_rule((row, ANSWERS, row, ANSWERS), marks=False)
            self._was_number(row, 0, self.was.value if self.was else None)
            shown = ""
        unit = self._unit()
        if unit:
            on.put(row, ANSWERS + 1, unit, "head_mid")
        if shown and on.was is not None:
            on.put(row, on.was, shown, "was_head")

    def _unit(self) -> str:
        unit = self.pack.units.get(self.question.unit or "")
        return pick(unit.label, self.lang) if unit else self.question.unit or ""

    def _meta(self, row: int) -> None:
        on, answer = self.on, self.answer
        statuses = lay.status_options(self.pack, self.lang)
        audiences = lay.audience_options(self.pack, self.lang)
        yes_no = lay.yes_no_options(self.pack, self.lang)
        # An answer that was only begun (a comment, a release) has no status yet.
        on.put_text(row, on.status, statuses.words.get(answer.status, "") if answer else "", "in_choice", self.id)
        on.choose(row, on.status, "statuses", statuses)
        released = answer.releasability if answer else None
        on.put_text(
            row, on.status + 1, audiences.words.get(released, released) if released else "", "in_choice", self.id
        )
        if audiences.words:
            on.choose(row, on.status + 1, "audiences", audiences)
        on.put_text(row, on.status + 2, yes_no.words["yes"] if answer and answer.naming else "", "in_choice", self.id)
        on.choose(row, on.status + 2, "choices yes_no", yes_no)
        self._class(row)

    def _class(self, row: int) -> None:
        """The disclosure class that the body chose, among those that are tighter than the question's."""
        on, chosen = self.on, self.answer.disclosure if self.answer else None
        every = lay.class_options(self.pack, self.lang).words
        on.put_text(row, on.status + 3, every.get(chosen, chosen) if chosen else "", "in_choice", self.id)
        tighter = lay.class_options(self.pack, self.lang, self.question)
        if tighter.words:
            on.choose(row, on.status + 3, f"classes {self.question.disclosure or ''}", tighter)

    def _guidance(self) -> None:
        question, say = self.question, self.say
        lines = [pick(question.guidance, self.lang)]
        if pick(question.counting_rule, self.lang):
            lines.append(say("wb_counting_rule", rule=pick(question.counting_rule, self.lang)))
        if question.type not in lay.SIMPLE and self._unit():
            lines.append(say("wb_unit", unit=self._unit()))
        if question.measure != "none":
            lines.append(say(f"wb_measure_{question.measure}"))
        if question.asked_if:
            lines.append(say("wb_asked_if", condition=self._condition_in_words(question.asked_if)))
        if not self.applies:
            lines.append(say("wb_does_not_apply", body=_body(self.form)))
        if self.form.previous and self.asked.break_:
            lines.append(say("wb_break", why=pick(self.asked.break_, self.lang)))
        text = " ".join(line.strip() for line in lines if line.strip())
        if text:
            on = self.on
            on.sheet.merge_range(on.row, TEXT, on.row, on.check, text, on.f["guide"])
            on.sheet.set_row(on.row, 12.5 * _lines(text, 46 + on.answer_width * on.width, 9) + 2)
            on.row += 1

    def _condition_in_words(self, condition: str) -> str:
        numbers = {q.id: q.number for q in self.form.asked.questions.values()}
        simple = _SIMPLE_CONDITION.match(condition)
        if simple and simple[1] in self.form.asked.questions:
            of = self.form.asked.questions[simple[1]].question
            word = simple[2]
            if of.type in ("yes_no", "single_choice"):
                word = lay.choice_options(self.pack, of, self.lang).words.get(word, word)
            return self.say("wb_condition_is", number=numbers[simple[1]], word=word)
        return re.sub(r"[a-z][a-z0-9_]*", lambda found: numbers.get(found[0], found[0]), condition)

    # -- numbers

    def _number_style(self, total: bool = False) -> str:
        if not self.question.integer:
            return "in_number"
        return "in_total" if total else "in_whole"

    def _number_box(self, row: int, column: int, value: object, status: str, style: str) -> None:
        if isinstance(value, int | Decimal):
            self.on.put_number(row, column, value, style)
        elif status != "answered":
            self.on.put(row, column, lay.mark_options(self.pack, self.lang).words[status], style)
        else:
            self.on.sheet.write_blank(row, column, None, self.on.f[style])

    def _number_rule(self, cells: tuple[int, int, int, int], *, marks: bool) -> None:
        question, box = self.question, cell_name(cells[0], cells[1])
        tests = [f"ISNUMBER({box})"]
        if question.minimum is not None:
            tests.append(f"{box}>={question.minimum}")
        if question.maximum is not None:
            tests.append(f"{box}<={question.maximum}")
        if question.integer:
            tests.append(f"{box}=INT({box})")
        rule = f"AND({','.join(tests)})"
        if marks:
            words = lay.mark_options(self.pack, self.lang).words.values()
            source = self.form.drop_down("marks", words)[1:]
            rule = f"IF(ISNUMBER({box}),{rule},COUNTIF({source},{box})>0)"
        message = "wb_number_whole" if question.integer else "wb_number_any"
        self.on.validate(
            cells, {"validate": "custom", "value": f"={rule}"}, self.say("wb_number_title"), self.say(message)
        )

    def _date_rule(self, cells: tuple[int, int, int, int]) -> None:
        box = cell_name(cells[0], cells[1])
        self.on.validate(
            cells,
            {"validate": "custom", "value": f"=OR(ISNUMBER({box}),LEN({box})=10)"},
            self.say("wb_date_title"),
            self.say("wb_date_text"),
        )

    def _was_number(self, row: int, offset: int, value: object, status: str = "answered") -> None:
        on = self.on
        if on.was is None:
            return
        style = "was_head" if row == self.head else "was"
        if isinstance(value, int | Decimal):
            on.put_number(row, on.was + offset, value, f"{style}_whole" if self.question.integer else style)
        elif status != "answered":
            on.put(row, on.was + offset, lay.mark_options(self.pack, self.lang).words[status], style)

    # -- a matrix

    def _matrix(self) -> None:
        on, grid = self.on, lay.matrix(self.pack, self.question)
        self._matrix_heads(grid)
        rows: dict[tuple[str, ...], int] = {}
        before = _cells_by_codes(self.pack, self.form, self.asked, self.was)
        first = on.row
        for line in grid.down:
            rows[line] = on.row
            self._matrix_line(grid, line, before)
            if TOTAL in line and self._additive():  # its parts stand above it, for the total is the last of its codes
                self._boxes_to(first, grid)
                self._down_check(grid, line, rows)
                first = on.row
        self._boxes_to(first, grid)
        if self._additive():
            self._across_checks(grid, rows)

    def _boxes_to(self, first: int, grid: lay.Matrix) -> None:
        """The lines from `first` to here are boxes for numbers."""
        last, last_column = self.on.row - 1, ANSWERS + len(grid.columns()) - 1
        if last >= first:
            self.boxes.append(f"{cell_name(first, ANSWERS)}:{cell_name(last, last_column)}")
            self._number_rule((first, ANSWERS, last, last_column), marks=True)

    def _additive(self) -> bool:
        """Persons add up; percentages and averages do not."""
        return self.question.integer and self.question.unit != "percent"

    def _matrix_heads(self, grid: lay.Matrix) -> None:
        on = self.on
        heads = [self._label(grid.across_dimension, code) for code in grid.across] or [self.say("wb_value")]
        on.put(on.row, 0, f"{self.id}|labels", "code")
        for n, head in enumerate(heads):
            on.put(on.row, ANSWERS + n, head, "across")
            if on.was is not None:
                on.put(on.row, on.was + n, head, "was")
        if TOTAL in grid.across:
            on.put(on.row, on.check, self.say("wb_computed"), "was")
        on.sheet.set_row(on.row, 13.5 * max(_lines(head, on.answer_width - 1) for head in heads) + 1)
        on.row += 1
        on.sheet.set_row(on.row, 9)
        on.put(on.row, 0, f"{self.id}|columns", "code")
        for n, code in enumerate(grid.columns()):
            on.put(on.row, ANSWERS + n, f"{grid.across_dimension}={code}" if code else "value", "across_code")
        on.row += 1

    def _label(self, dimension: str | None, code: str) -> str:
        if code == TOTAL or dimension is None:
            return self.say("wb_total")
        return codes(self.pack, self.question.dimensions[dimension].list).label(code, self.lang)

    def _matrix_line(
        self, grid: lay.Matrix, line: tuple[str, ...], before: Mapping[frozenset[tuple[str, str]], Cell]
    ) -> None:
        on, row = self.on, self.on.row
        cells = self.answer.cells if self.answer else {}
        on.put(row, 0, f"{self.id}|{grid.item(line)}", "code")
        total = TOTAL in line
        label = " · ".join(self._label(name, code) for name, code in zip(grid.dimensions, line, strict=False))
        on.put(row, TEXT, label or pick(self.question.text, self.lang), self._label_style(grid, line))
        height = 14 * _lines(label, 46)
        if height > 14:
            on.sheet.set_row(row, height)
        for n, code in enumerate(grid.columns()):
            key = grid.key(line, code)
            cell = cells.get(key)
            style = self._number_style(total)
            self._number_box(row, ANSWERS + n, cell.value if cell else None, cell.status if cell else "answered", style)
            was = before.get(frozenset(zip(grid.dimensions, key, strict=True)))
            if was is not None:
                self._was_number(row, n, was.value, was.status)
        on.row += 1

    def _label_style(self, grid: lay.Matrix, line: tuple[str, ...]) -> str:
        if TOTAL in line:
            return "label_total"
        if line:
            dimension = grid.dimensions[len(line) - 1]
            tree = codes(self.pack, self.question.dimensions[dimension].list)
            parent = tree.parent(line[-1])
            if parent is not None and parent in lay.asked_codes(self.pack, self.question, dimension):
                return "label_in"
        return "label"

    def _across_checks(self, grid: lay.Matrix, rows: Mapping[tuple[str, ...], int]) -> None:
        """Beside each line, the sum of what lies across, if a total is asked there."""
        if TOTAL not in grid.across or grid.across_dimension is None:
            return
        places = {code: ANSWERS + n for n, code in enumerate(grid.across)}
        tree = lay.parts(self.pack, self.question, grid.across_dimension)
        for line, row in rows.items():
            self._sum(
                (row, self.on.check),
                [((row, places[c]), [(row, places[k]) for k in kids]) for c, kids in tree.items()],
                (row, places[TOTAL]),
                lambda code, line=line: self._value(grid.key(line, code)),  # type: ignore[misc]
                tree,
            )

    def _down_check(self, grid: lay.Matrix, line: tuple[str, ...], rows: Mapping[tuple[str, ...], int]) -> None:
        """Beneath the lines, the sum of the lines that a total is made of."""
        on, at = self.on, line.index(TOTAL)
        tree = lay.parts(self.pack, self.question, grid.dimensions[at])

        def with_code(code: str) -> tuple[str, ...]:
            return (*line[:at], code, *line[at + 1 :])

        on.put(on.row, 0, f"{self.id}|check {grid.item(line)}", "code")
        label = " · ".join(self._label(name, code) for name, code in zip(grid.dimensions, line, strict=False))
        on.put(on.row, TEXT, self.say("wb_sum_of_lines", label=label), "label_note")
        for n, column in enumerate(grid.columns()):
            place = ANSWERS + n
            self._sum(
                (on.row, place),
                [
                    ((rows[with_code(c)], place), [(rows[with_code(k)], place) for k in kids])
                    for c, kids in tree.items()
                ],
                (rows[line], place),
                lambda code, column=column: self._value(grid.key(with_code(code), column)),  # type: ignore[misc]
                tree,
            )
        on.row += 1

    def _value(self, key: tuple[str, ...]) -> int | Decimal | None:
        cell = self.answer.cells.get(key) if self.answer else None
        return cell.value if cell else None

    def _sum(
        self,
        place: tuple[int, int],
        terms: list[tuple[tuple[int, int], list[tuple[int, int]]]],
        total: tuple[int, int],
        value: Callable[[str], int | Decimal | None],
        tree: Mapping[str, tuple[str, ...]],
    ) -> None:
        """A formula with its result: the sum of the parts, ≠ before it where all are known and the total differs."""
        roots = [cell_name(*root) for root, _ in terms]
        written = [
            f"IF(ISNUMBER({cell_name(*root)}),{cell_name(*root)},SUM({','.join(cell_name(*k) for k in kids)}))"
            if kids
            else f"N({cell_name(*root)})"
            for root, kids in terms
        ]
        known = "+".join(
            f"IF(ISNUMBER({cell_name(*root)}),1,IF(COUNT({','.join(cell_name(*k) for k in kids)})={len(kids)},1,0))"
            if kids
            else f"N(ISNUMBER({cell_name(*root)}))"
            for root, kids in terms
        )
        everything = ",".join(roots + [cell_name(*k) for _, kids in terms for k in kids])
        added, goal = "+".join(written), cell_name(*total)
        formula = (
            f'=IF(COUNT({everything})=0,"",IF(AND(ISNUMBER({goal}),({known})={len(terms)},'
            f'ROUND({goal}-({added}),6)<>0),"≠ "&({added}),{added}))'
        )
        result = self._result(value, tree)
        style = self.on.f["sum_whole" if self.question.integer else "sum"]
        self.on.sheet.write_formula(*place, formula, style, result)

    def _result(
        self, value: Callable[[str], int | Decimal | None], tree: Mapping[str, tuple[str, ...]]
    ) -> str | float | int:
        found: list[int | Decimal] = []
        known = 0
        for root, kids in tree.items():
            own = value(root)
            below = [v for v in map(value, kids) if v is not None]
            if own is not None:
                found.append(own)
            else:
                found.extend(below)
            known += own is not None or (bool(kids) and len(below) == len(kids))
        if not found:
            return ""
        added = sum(found)
        total = value(TOTAL)
        if total is not None and known == len(tree) and total != added:
            return f"≠ {added}"
        return int(added) if added == int(added) else float(added)

    # -- other types

    def _choices(self) -> None:
        on = self.on
        options = lay.choice_options(self.pack, self.question, self.lang)
        yes = lay.yes_no_options(self.pack, self.lang)
        chosen = self.answer.value if self.answer and isinstance(self.answer.value, tuple) else ()
        before = self.was.value if self.was and isinstance(self.was.value, tuple) else ()
        first = on.row
        for code, word in options.words.items():
            on.put(on.row, 0, f"{self.id}|choice {code}", "code")
            on.put(on.row, TEXT, word, "label")
            on.put_text(on.row, ANSWERS, yes.words["yes"] if code in chosen else "", "in_choice", self.id)
            if on.was is not None and code in before:
                on.put(on.row, on.was, yes.words["yes"], "was")
            on.row += 1
        on.choose(first, ANSWERS, "choices yes_no", yes, on.row - 1)
        self.boxes.append(f"{cell_name(first, ANSWERS)}:{cell_name(on.row - 1, ANSWERS)}")

    def _texts(self) -> None:
        given = self.answer.value if self.answer and isinstance(self.answer.value, Mapping) else {}
        before = self.was.value if self.was and isinstance(self.was.value, Mapping) else {}
        languages = dict.fromkeys([*lay.text_languages(self.pack, self.lang), *given])
        for one in languages:
            self._wide(f"text@{one}", _language(one, self.lang), given.get(one, ""), before.get(one, ""), 58)
            self.boxes.append(cell_name(self.on.row - 1, ANSWERS))

    def _wide(self, item: str, label: str, text: str, before: str, least: float) -> None:
        """A text over all answer columns."""
        on, row = self.on, self.on.row
        on.put(row, 0, f"{self.id}|{item}", "code")
        on.put(row, TEXT, label, "label_note")
        for column in range(ANSWERS, on.check):
            on.sheet.write_blank(row, column, None, on.f["in_text"])
        on.sheet.merge_range(row, ANSWERS, row, on.check - 1, "", on.f["in_text"])
        on.put_text(row, ANSWERS, text, "in_text", self.id)
        if before and on.was is not None:
            on.sheet.merge_range(row, on.was, row, on.status - 1, "", on.f["was_text"])
            on.put(row, on.was, before[: lay.MAX_TEXT], "was_text")
        wanted = 13.5 * _lines(text, on.answer_width * on.width)
        on.sheet.set_row(row, min(max(least, wanted), 400))
        on.row += 1

    def _rows(self) -> None:
        given = [dict(row) for row in self.answer.rows] if self.answer else []
        before = _rows_in_words(self, [dict(row) for row in self.was.rows]) if self.was else ""
        first = self.on.row + 2
        self._table("columns", "row", self.question.columns, given, lay.SPARE_ROWS, before)
        reach = ANSWERS + len(self.question.columns) - 1
        self.boxes.append(f"{cell_name(first, ANSWERS)}:{cell_name(self.on.row - 1, reach)}")

    def _particulars(self) -> None:
        given: list[dict[str, object]] = [dict(one) for one in self.answer.particulars] if self.answer else []
        before = _rows_in_words(self, [dict(one) for one in self.was.particulars]) if self.was else ""
        self._table("particulars", "particular", self.question.particulars, given, lay.SPARE_PARTICULARS, before)

    def _table(
        self,
        head: str,
        item: str,
        columns: list[Column],
        given: list[dict[str, object]] | list[dict[str, str | int | Decimal]],
        spare: int,
        before: str,
    ) -> None:
        on = self.on
        on.put(on.row, 0, f"{self.id}|labels", "code")
        on.put(on.row, TEXT, self.say(f"wb_table_{item}"), "label_note")
        heads = [pick(column.label, self.lang) + ("*" if column.required else "") for column in columns]
        for n, label in enumerate(heads):
            on.put(on.row, ANSWERS + n, label, "across_left")
        on.sheet.set_row(on.row, 13.5 * max(_lines(label, on.answer_width - 1) for label in heads) + 1)
        on.row += 1
        on.sheet.set_row(on.row, 9)
        on.put(on.row, 0, f"{self.id}|{head}", "code")
        for n, column in enumerate(columns):
            on.put(on.row, ANSWERS + n, column.id, "across_code_left")
        on.row += 1
        first = on.row
        for n in range(len(given) + max(spare - len(given), 2)):
            self._table_line(f"{item} {n + 1}", n + 1, columns, dict(given[n]) if n < len(given) else {})
        for n, column in enumerate(columns):
            options = lay.column_options(self.pack, column, self.lang)
            if options is not None:
                on.choose(first, ANSWERS + n, f"choices {column.list or 'yes_no'}", options, on.row - 1)
            elif column.type == "date":
                self._date_rule((first, ANSWERS + n, on.row - 1, ANSWERS + n))
        if before and on.was is not None:
            on.sheet.merge_range(first, on.was, on.row - 1, on.status - 1, "", on.f["was_text"])
            on.put(first, on.was, before[: lay.MAX_TEXT], "was_text")

    def _table_line(self, item: str, number: int, columns: list[Column], values: Mapping[str, object]) -> None:
        on = self.on
        on.put(on.row, 0, f"{self.id}|{item}", "code")
        on.put(on.row, TEXT, str(number), "label_note")
        lines = 1
        for n, column in enumerate(columns):
            value = values.get(column.id)
            options = lay.column_options(self.pack, column, self.lang)
            if column.type in ("number", "percentage"):
                if isinstance(value, int | Decimal):
                    on.put_number(on.row, ANSWERS + n, value, "in_number")
                else:
                    on.put_text(on.row, ANSWERS + n, str(value or ""), "in_number", self.id)
                continue
            text = "" if value is None else str(value)
            style = "in_choice" if options else "in_date" if column.type == "date" else "in_text"
            on.put_text(on.row, ANSWERS + n, options.words.get(text, text) if options else text, style, self.id)
            lines = max(lines, _lines(text, on.answer_width - 1))
        on.sheet.set_row(on.row, min(14 * lines + 2, 400))
        on.row += 1

    def _definition(self) -> None:
        """The definition grid, carried forward from the report before (practice 3)."""
        on = self.on
        assert self.question.definition is not None
        grid = self.pack.definitions[self.question.definition]
        carried = self.was.definition if self.was and self.answer is None else None
        held = (self.answer.definition if self.answer else None) or carried
        options = lay.own_options(self.pack, grid.options, self.lang)
        on.put(on.row, TEXT, pick(grid.title, self.lang), "strong")
        on.row += 1
        for category in grid.categories:
            word = options.words.get(held.categories.get(category.code, ""), "") if held else ""
            self._small(f"definition {category.code}", pick(category.label, self.lang), word)
            on.choose(on.row - 1, ANSWERS, f"options {grid.id}", options)
        for name, given in grid.fields.items():
            # Who is counted is carried forward; on which date never is.
            value = held.fields.get(name, "") if held and (held is not carried or name != "date") else ""
            if given:
                choices = lay.own_options(self.pack, given, self.lang)
                self._small(f"field {name}", self._field_label(name), choices.words.get(value, value))
                on.choose(on.row - 1, ANSWERS, f"field {grid.id} {name}", choices)
            else:
                self._small(f"field {name}", self._field_label(name), value)

    def _field_label(self, name: str) -> str:
        known = {"basis": "wb_field_basis", "date": "wb_field_date"}
        return self.say(known[name]) if name in known else name.replace("_", " ").capitalize()

    def _small(self, item: str, label: str, word: str) -> None:
        on = self.on
        on.put(on.row, 0, f"{self.id}|{item}", "code")
        on.put(on.row, TEXT, label, "label_in")
        on.sheet.merge_range(on.row, ANSWERS, on.row, ANSWERS + 1, "", on.f["in_choice"])
        on.put_text(on.row, ANSWERS, word, "in_choice", self.id)
        on.row += 1

    def _notes(self) -> None:
        for note in lay.NOTES:
            held: Text = getattr(self.answer, note) if self.answer else {}
            for one in dict.fromkeys([self.lang, *held]):
                label = self.say(f"wb_{note}")
                if one != self.lang:
                    label = f"{label} ({_language(one, self.lang)})"
                self._wide(f"{note}@{one}", label, held.get(one, ""), "", 15)

    # -- what is still owed

    def _progress(self) -> None:
        """The word beside the heading: open, or a tick; and the boxes that turn amber while it is open."""
        on = self.on
        on.told.count += 1
        owed = self.question.required and self.applies
        condition = self._owed_condition() if owed else None
        filled = "+".join(f"COUNTA({box})" for box in self.boxes)
        status = cell_name(self.head, on.status)
        open_word = self.say("wb_open")
        done = f'OR({filled}>0,AND({status}<>"",{status}<>"{self._word("answered")}"))'
        is_done = self._is_done()
        if condition is None:
            formula, result = f'=IF({done},"✓","")', "✓" if is_done else ""
        else:
            formula = f'=IF({done},"✓",IF({condition},"{open_word}",""))'
            result = "✓" if is_done else open_word if self._owed_now() else ""
            absolute = status.replace(status.rstrip("0123456789"), "$" + status.rstrip("0123456789") + "$")
            for box in self.boxes:
                first = box.split(":")[0]
                self.on.owed.append((box, f'=AND({first}="",{absolute}="",{condition})'))
        on.sheet.write_formula(self.head, on.check, formula, on.f["head_mid"], result)
        on.told.still_open += result == open_word

    def _word(self, status: str) -> str:
        return lay.status_options(self.pack, self.lang).words[status]

    def _is_done(self) -> bool:
        answer = self.answer
        if answer is None:
            return False
        return answer.status != "answered" or bool(answer.cells or answer.rows) or answer.value not in (None, (), {})

    def _owed_condition(self) -> str | None:
        """An Excel condition under which the answer is owed; None: it cannot be told in a formula."""
        if not self.question.asked_if:
            return "TRUE"
        simple = _SIMPLE_CONDITION.match(self.question.asked_if)
        if simple is None or simple[1] not in self.form.boxes:
            return None
        of = self.form.asked.questions[simple[1]].question
        if of.type not in ("yes_no", "single_choice"):
            return None
        word = lay.choice_options(self.pack, of, self.lang).words.get(simple[2])
        return None if word is None else f'{self.form.boxes[simple[1]]}="{word.replace(chr(34), chr(34) * 2)}"'

    def _owed_now(self) -> bool:
        simple = _SIMPLE_CONDITION.match(self.question.asked_if or "")
        if simple is None:
            return not self.question.asked_if
        earlier = self.form.answers.get(simple[1])
        return earlier is not None and earlier.value == simple[2]


def applies_to(pack: Pack, question: Question, body: str) -> bool:
    """Whether the question applies to a body, by its attributes."""
    from eirene.questionnaires import applies

    return applies(pack, question, body)


def _language(code: str, lang: str) -> str:
    """The name of a language: French, français."""
    return str(locale(code).get_display_name(locale(lang)) or code)


def _rows_in_words(block: _QuestionBlock, rows: Iterable[Mapping[str, object]]) -> str:
    """Last cycle's rows, one a line: for reading beside the boxes."""
    return "\n".join(" · ".join(str(value) for value in row.values() if value not in (None, "")) for row in rows)


def _previous_answer(form: _Form, question: AskedQuestion) -> Answer | None:
    """Last cycle's answer to this question, or to the one that it continues."""
    if form.previous is None:
        return None
    for name in (question.id, *question.continues):
        if name in form.previous.answers:
            return form.previous.answers[name]
    return None


def _cells_by_codes(
    pack: Pack, form: _Form, question: AskedQuestion, was: Answer | None
) -> Mapping[frozenset[tuple[str, str]], Cell]:
    """Last cycle's cells by their codes, whatever the order of dimensions was then."""
    if was is None or form.previous is None:
        return {}
    then = asked(pack, form.previous.questionnaire).questions.get(was.question)
    if then is None:
        return {}
    names = list(then.question.dimensions)
    return {frozenset(zip(names, key, strict=False)): cell for key, cell in was.cells.items() if len(key) == len(names)}


# --- the first sheet and the lists ----------------------------------------------------------------------------------


def _start_sheet(form: _Form, sheet: Any, told: list[_Questions]) -> None:
    say, f, lang, pack = form.say, form.formats, form.lang, form.pack
    cycle = cycle_of(pack, form.cycle)
    for column, width in enumerate((3, 26, 30, 18, 18, 18)):
        sheet.set_column(column, column, width, f["paper"])
    sheet.set_column(6, 18, 9, f["paper"])
    sheet.write_string(0, 1, form.identity.line(), f["identity"])
    sheet.write_string(1, 1, pick(form.asked.title, lang), f["kicker"])
    title = say("wb_title", body=_body(form), cycle=pick(cycle.title, lang))
    sheet.merge_range(2, 1, 2, 5, title, f["title"])
    sheet.set_row(2, 30)
    row = 3
    for text in (pick(pack.header.notice, lang), say("wb_no_persons_long")):
        if text:
            sheet.merge_range(row, 1, row, 5, text, f["notice"])
            sheet.set_row(row, 14 * _lines(text, 105) + 4)
            row += 1
    row = _facts(form, sheet, row + 1)
    row = _how_to(form, sheet, row + 1)
    row = _statuses(form, sheet, row + 1)
    row = _contents(form, sheet, row + 1, told)
    _set_up_page(form, sheet, say("wb_start_sheet"))
    sheet.set_portrait()
    sheet.fit_to_pages(1, 1)
    sheet.print_area(0, 0, row, 5)


def _heading(form: _Form, sheet: Any, row: int, words: str) -> int:
    for column in range(1, 6):
        sheet.write_blank(row, column, None, form.formats["heading"])
    sheet.write_string(row, 1, words, form.formats["heading"])
    sheet.set_row(row, 18)
    return row + 1


def _facts(form: _Form, sheet: Any, row: int) -> int:
    say, lang, pack = form.say, form.lang, form.pack
    cycle = cycle_of(pack, form.cycle)
    row = _heading(form, sheet, row, say("wb_identity"))
    held = ", ".join(form.identity.sections) or say("wb_all_sections")
    default = lay.audience_options(pack, lang).words.get(cycle.default_releasability, cycle.default_releasability)
    facts = [
        ("wb_fact_alliance", f"{pick(pack.header.title, lang)} ({pack.header.id} {pack.header.version})"),
        ("wb_fact_body", f"{_body(form)} ({form.body})"),
        ("wb_fact_cycle", f"{pick(cycle.title, lang)} ({form.cycle})"),
        ("wb_fact_date", date(cycle.reference_date, lang)),
        ("wb_fact_questionnaire", f"{pick(form.asked.title, lang)} ({form.asked.id} {form.asked.version})"),
        ("wb_fact_sections", held),
        ("wb_fact_releasability", default),
    ]
    for phrase, text in facts:
        sheet.write_string(row, 1, say(phrase), form.formats["strong"])
        sheet.merge_range(row, 2, row, 5, text, form.formats["body"])
        row += 1
    return row


def _how_to(form: _Form, sheet: Any, row: int) -> int:
    row = _heading(form, sheet, row, form.say("wb_how_to"))
    marks = lay.mark_options(form.pack, form.lang).words
    steps = ["wb_step_boxes", "wb_step_numbers", "wb_step_status", "wb_step_totals", "wb_step_released", "wb_step_save"]
    if form.previous:
        steps.insert(4, "wb_step_was")
    for n, step in enumerate(steps):
        text = form.say(step, nd=marks["no_data"], na=marks["not_applicable"], wh=marks["withheld"])
        sheet.write_string(row, 0, f"{n + 1}", form.formats["count"])
        sheet.merge_range(row, 1, row, 5, text, form.formats["body"])
        sheet.set_row(row, 13.5 * _lines(text, 108) + 2)
        row += 1
    for style, phrase in (("legend_box", "wb_legend_box"), ("legend_open", "wb_legend_open"), ("was", "wb_legend_was")):
        sheet.write_string(row, 1, form.say(phrase), form.formats[style])
        sheet.merge_range(row, 2, row, 5, form.say(f"{phrase}_text"), form.formats["body"])
        row += 1
    return row


def _statuses(form: _Form, sheet: Any, row: int) -> int:
    row = _heading(form, sheet, row, form.say("wb_statuses"))
    words = lay.status_options(form.pack, form.lang).words
    marks = lay.mark_options(form.pack, form.lang).words
    for status in lay.STATUSES:
        sheet.write_string(row, 1, words[status], form.formats["strong"])
        text = form.say(f"wb_status_{status}_text", mark=marks.get(status, ""))
        sheet.merge_range(row, 2, row, 5, text, form.formats["body"])
        sheet.set_row(row, 13.5 * _lines(text, 80) + 2)
        row += 1
    return row


def _contents(form: _Form, sheet: Any, row: int, told: list[_Questions]) -> int:
    say, f = form.say, form.formats
    row = _heading(form, sheet, row, say("wb_contents"))
    for column, phrase in ((1, "wb_sheet"), (3, "wb_questions"), (4, "wb_still_open")):
        sheet.write_string(row, column, say(phrase), f["kicker" if column == 1 else "count"])
    row += 1
    for one in told:
        quoted = one.sheet.replace("'", "''")
        sheet.write_url(row, 1, f"internal:'{quoted}'!A1", f["link"], string=one.title)
        sheet.write_number(row, 3, one.count, f["count"])
        formula = f"=COUNTIF('{quoted}'!${one.column}$6:${one.column}$20000,\"{say('wb_open')}\")"
        sheet.write_formula(row, 4, formula, f["count"], one.still_open)
        row += 1
    return row


def _lists_sheet(form: _Form) -> None:
    """Words of the drop-downs, hidden: without it everything can still be read and typed."""
    sheet = form.book.add_worksheet("Lists")
    sheet.write_string(0, 0, lay.LISTS)
    for column, (name, words) in enumerate(form.list_columns, start=1):
        sheet.write_string(0, column, name)
        for row, word in enumerate(words, start=1):
            sheet.write_string(row, column, word)
    sheet.hide()
    sheet.protect()

"""Reads the workbook back. Nothing is found by where it stands: lines by their codes, columns by those above them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from eirene.errors import Problem, Unreadable
from eirene.formats import _layout as lay
from eirene.formats._inspect import cell_name
from eirene.formats._numbers import Read, read_number
from eirene.formats.door import Outside, RawCell, RawSheet
from eirene.framework import AskedQuestion, AskedQuestionnaire, Pack, asked
from eirene.framework.model import Column, Question
from eirene.questionnaires.model import FORMAT, Number, Report
from eirene.text import Phrases, pick

Place = tuple[RawSheet, int, int]
_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?$")
_DAY_FIRST = re.compile(r"^(\d{1,2})([./-])(\d{1,2})\2(\d{4})$")
_LINK = re.compile(r"^https?://\S+$")
#: Texts shown in messages are cut to this.
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class ReadResult:
    """A report from outside, and what was unusual about its file but did no harm.

    reference   token of the export that the file says it is; empty if it says none
    sections    ids of the sections whose boxes the file holds: a blank there was left blank. None: the file is no form
    beside      question → what stands beside an answer that was not given: comment, releasability …, as in
                `eirene.report/1`; the report has no place for it
    """

    report: Report
    notes: tuple[Problem, ...] = ()
    reference: str = ""
    sections: frozenset[str] | None = None
    beside: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class _Row:
    """A coded row."""

    sheet: _Form
    row: int
    code: str


@dataclass(slots=True)
class _Form:
    """A sheet of answers: where its codes and columns are."""

    raw: RawSheet
    code_column: int
    columns: dict[str, int]
    first_row: int
    coded: set[int] = field(default_factory=set)
    #: Cells that were read, or that the template itself wrote.
    seen: set[tuple[int, int]] = field(default_factory=set)

    def answers(self) -> list[int]:
        return [self.columns[str(n)] for n in range(1, len(self.columns) + 1) if str(n) in self.columns]


class _Reading:
    """One workbook being read: problems that refuse it, and notes that do not."""

    def __init__(self, outside: Outside, pack: Pack, lang: str) -> None:
        self.outside, self.pack = outside, pack
        self.say = Phrases(lang)
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self.identity = lay.Identity("", "", "", "", "", "", "")
        self.headings: dict[str, _Row] = {}
        self.items: dict[str, dict[str, _Row]] = {}
        self.beside: dict[str, dict[str, Any]] = {}

    # -- telling

    def where(self, sheet: RawSheet | None = None, row: int = 0, column: int | None = None) -> str:
        if sheet is None:
            return self.outside.place
        if column is None:
            return self.say("in_sheet", file=self.outside.place, sheet=sheet.name)
        return self.say("in_cell", file=self.outside.place, sheet=sheet.name, cell=cell_name(row, column))

    def told(self, code: str, where: str, facts: Mapping[str, object]) -> Problem:
        remedy = self.say(f"{code}_do", **facts)
        return Problem(self.say(code, **facts), where, remedy)

    def wrong(self, phrase: str, where: str, **facts: object) -> None:
        self.problems.append(self.told(phrase, where, facts))

    def note(self, phrase: str, where: str, **facts: object) -> None:
        self.notes.append(self.told(phrase, where, facts))

    def stop(self) -> None:
        if self.problems:
            raise Unreadable(self.problems)


def read(outside: Outside, pack: Pack, expected_cycle: str | None, expected_body: str | None, lang: str) -> ReadResult:
    """See `workbook.read_workbook`."""
    reading = _Reading(outside, pack, lang)
    if outside.kind != "xlsx":
        reading.wrong("door_unknown", outside.place)
    reading.stop()
    _identify(reading)
    reading.stop()
    _expect(reading, expected_cycle, expected_body)
    reading.stop()
    questionnaire = asked(pack, reading.identity.questionnaire)
    forms = _forms(reading)
    _collect(reading, forms, questionnaire)
    data = _answers(reading, questionnaire)
    _left_over(reading, forms, questionnaire)
    _stripped(reading, forms)
    reading.stop()
    held = reading.identity.sections or tuple(section.id for section in questionnaire.sections)
    return ReadResult(
        _report(reading, data), tuple(reading.notes), reading.identity.reference, frozenset(held), reading.beside
    )


def _report(reading: _Reading, answers: dict[str, Any]) -> Report:
    from eirene.questionnaires import parse_report

    identity = reading.identity
    data = {
        "format": FORMAT,
        "pack": identity.pack,
        "questionnaire": identity.questionnaire,
        "cycle": identity.cycle,
        "body": identity.body,
        "answers": answers,
    }
    return parse_report(data, reading.pack, place=reading.outside.place)


# --- whose it is ----------------------------------------------------------------------------------------------------


def _identify(reading: _Reading) -> None:
    """The identity from every sheet that states one; they must agree."""
    found: list[tuple[RawSheet, lay.Identity]] = []
    for sheet in reading.outside.sheets:
        for (row, column), cell in sorted(sheet.cells.items()):
            if cell.kind != "text" or not str(cell.value).lstrip().startswith(lay.FORMAT):
                continue
            stated = lay.read_identity(str(cell.value))
            if isinstance(stated, str):
                reading.wrong("rd_identity_edited", reading.where(sheet, row, column), line=stated[:200])
            elif stated is not None:
                found.append((sheet, stated))
            break
    if not found:
        if not reading.problems:
            reading.wrong("rd_not_ours", reading.outside.place)
        return
    first_sheet, first = found[0]
    if len({one.reference for _, one in found}) > 1:
        # Sheets of several exports of one report: what each of them was handed out with is not known any more.
        reading.note("rd_references", reading.outside.place)
        found = [(sheet, replace(one, reference="")) for sheet, one in found]
        first = found[0][1]
    for sheet, other in found[1:]:
        if other != first:
            reading.wrong(
                "rd_identities", reading.where(sheet), here=_named(other), there=_named(first), other=first_sheet.name
            )
    reading.identity = first


def _named(identity: lay.Identity) -> str:
    return f"{identity.body} {identity.cycle} ({identity.pack}, {identity.questionnaire} {identity.version})"


def _expect(reading: _Reading, cycle: str | None, body: str | None) -> None:
    identity, pack, place = reading.identity, reading.pack, reading.outside.place
    if identity.pack != pack.header.id:
        reading.wrong("rd_other_pack", place, found=identity.pack, expected=pack.header.id)
        return
    if identity.cycle not in pack.cycles:
        reading.wrong("rd_unknown_cycle", place, found=identity.cycle, pack=pack.header.id)
    elif pack.cycles[identity.cycle].questionnaire != identity.questionnaire:
        expected = pack.cycles[identity.cycle].questionnaire
        reading.wrong("rd_questionnaire", place, found=identity.questionnaire, cycle=identity.cycle, expected=expected)
    if identity.body not in pack.bodies:
        reading.wrong("rd_unknown_body", place, found=identity.body, pack=pack.header.id)
    if cycle is not None and identity.cycle != cycle:
        reading.wrong("rd_cycle", place, found=identity.cycle, expected=cycle)
    if body is not None and identity.body != body:
        reading.wrong("rd_body", place, found=identity.body, expected=body)
    if identity.pack_version != pack.header.version:
        reading.note("rd_pack_version", place, found=identity.pack_version, own=pack.header.version)
    own = pack.questionnaires.get(identity.questionnaire)
    if own is not None and own.version != identity.version:
        reading.note("rd_questionnaire_version", place, found=identity.version, own=own.version)


# --- sheets, columns, rows ------------------------------------------------------------------------------------------


def _forms(reading: _Reading) -> list[_Form]:
    forms = []
    for sheet in reading.outside.sheets:
        marker = next((place for place, cell in sorted(sheet.cells.items()) if cell.value == lay.COLUMNS), None)
        if marker is not None:
            forms.append(_form(reading, sheet, marker))
        elif _has_codes(sheet):
            reading.wrong("rd_no_columns", reading.where(sheet))
        elif sheet.cells and not _is_start(sheet) and not _is_lists(sheet):
            reading.note("rd_foreign_sheet", reading.where(sheet))
    return forms


def _has_codes(sheet: RawSheet) -> bool:
    return any(cell.kind == "text" and lay.HEADING.match(str(cell.value)) for cell in sheet.cells.values())


def _is_start(sheet: RawSheet) -> bool:
    return any(str(cell.value).lstrip().startswith(lay.FORMAT) for cell in sheet.cells.values())


def _is_lists(sheet: RawSheet) -> bool:
    return any(cell.value == lay.LISTS for cell in sheet.cells.values())


def _form(reading: _Reading, sheet: RawSheet, marker: tuple[int, int]) -> _Form:
    row = marker[0]
    columns = {
        str(cell.value if cell.kind == "text" else int(cell.value)): column
        for (r, column), cell in sheet.cells.items()
        if r == row and column != marker[1] and (cell.kind == "text" or _whole(cell))
    }
    for code in ("1", "status", "releasability", "naming"):
        if code not in columns:
            reading.wrong("rd_column_missing", reading.where(sheet, *marker), code=code)
    return _Form(sheet, marker[1], columns, row)


def _whole(cell: RawCell) -> bool:
    return cell.kind == "number" and isinstance(cell.value, Decimal) and cell.value == int(cell.value)


def _collect(reading: _Reading, forms: Iterable[_Form], questionnaire: AskedQuestionnaire) -> None:
    """All coded rows, by question."""
    for form in forms:
        for (row, column), cell in sorted(form.raw.cells.items()):
            if column != form.code_column or row <= form.first_row or cell.kind != "text":
                continue
            code = str(cell.value).strip()
            heading, item = lay.HEADING.match(code), lay.ITEM.match(code)
            if heading:
                _heading(reading, _Row(form, row, code), heading, questionnaire)
            elif item:
                _item(reading, _Row(form, row, code), item[1], item[2].strip(), questionnaire)


def _heading(reading: _Reading, row: _Row, code: re.Match[str], questionnaire: AskedQuestionnaire) -> None:
    row.sheet.coded.add(row.row)
    body, cycle, question = code.groups()
    identity = reading.identity
    where = reading.where(row.sheet.raw, row.row, row.sheet.code_column)
    if (body, cycle) != (identity.body, identity.cycle):
        other, own = f"{body} {cycle}", f"{identity.body} {identity.cycle}"
        reading.wrong("rd_heading_other", where, code=row.code, other=other, own=own)
    elif question not in questionnaire.questions:
        reading.wrong("rd_unknown_question", where, question=question, questionnaire=questionnaire.id)
    else:
        _keep(reading, reading.headings, question, row)


def _item(reading: _Reading, row: _Row, question: str, item: str, questionnaire: AskedQuestionnaire) -> None:
    row.sheet.coded.add(row.row)
    if item == "labels" or item.startswith("check"):
        row.sheet.seen.update((row.row, column) for column in row.sheet.columns.values())
        return
    where = reading.where(row.sheet.raw, row.row, row.sheet.code_column)
    if question not in questionnaire.questions:
        reading.wrong("rd_unknown_question", where, question=question, questionnaire=questionnaire.id)
        return
    if not _is_item(reading.pack, questionnaire.questions[question].question, item):
        reading.wrong("rd_unknown_item", where, code=row.code)
        return
    _keep(reading, reading.items.setdefault(question, {}), item, row)


def _is_item(pack: Pack, question: Question, item: str) -> bool:
    if re.match(r"^(text|reason|comment|justification)@[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$", item):
        return question.type == "text" or not item.startswith("text")
    if re.match(r"^row [0-9]{1,5}$", item):
        return question.type == "rows"
    if re.match(r"^particular [0-9]{1,5}$", item):
        return bool(question.particulars)
    return item in set(lay.expected_items(pack, question, "en"))


def _keep(reading: _Reading, into: dict[str, _Row], key: str, row: _Row) -> None:
    if key not in into:
        into[key] = row
        return
    first = into[key]
    where = reading.where(row.sheet.raw, row.row, row.sheet.code_column)
    other = f"{first.sheet.raw.name}!{cell_name(first.row, first.sheet.code_column)}"
    if _content(first) == _content(row):
        reading.note("rd_twice_same", where, code=row.code)
        row.sheet.seen.update((row.row, column) for column in row.sheet.columns.values())
    else:
        reading.wrong("rd_twice", where, code=row.code, other=other)


def _content(row: _Row) -> list[tuple[str, RawCell | None]]:
    read = [*(str(n) for n in range(1, len(row.sheet.columns))), "status", "releasability", "naming", "disclosure"]
    return [
        (code, row.sheet.raw.cells.get((row.row, row.sheet.columns[code])))
        for code in read
        if code in row.sheet.columns
    ]


# --- answers --------------------------------------------------------------------------------------------------------


def _answers(reading: _Reading, questionnaire: AskedQuestionnaire) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for section in questionnaire.sections:
        if reading.identity.sections and section.id not in reading.identity.sections:
            continue
        known = [q for q in section.questions if q.id in reading.headings or q.id in reading.items]
        if section.questions and not known:
            title = pick(section.title, reading.say.lang)
            reading.wrong("rd_section_missing", reading.outside.place, section=section.id, title=title)
            continue
        for question in section.questions:
            answer = _QuestionReader(reading, question).read()
            if answer is not None:
                answers[question.id] = answer
    return answers


class _QuestionReader:
    """The answer to one question, as data of the interchange form."""

    def __init__(self, reading: _Reading, asked_question: AskedQuestion) -> None:
        self.reading, self.asked, self.question = reading, asked_question, asked_question.question
        self.pack, self.lang = reading.pack, reading.identity.lang
        self.items = reading.items.get(asked_question.id, {})
        #: Names of the boxes that hold an answer, for messages.
        self.filled: list[str] = []

    def read(self) -> dict[str, Any] | None:
        heading = self.reading.headings.get(self.asked.id)
        if not self._complete(heading) or heading is None:
            return None
        status = self._choice(heading, heading.sheet.columns.get("status"), lay.status_options(self.pack, self.lang))
        content = self._content(heading)
        details = self._details(heading)
        if status in (None, "answered"):
            return self._answered(heading, status, content, details)
        if self.filled:
            self._contradiction(heading, status or "")
            return None
        return {"status": status, **details}

    def _complete(self, heading: _Row | None) -> bool:
        number, place = self.asked.number, self.reading.outside.place
        rows = [*self.items.values(), *([heading] if heading else [])]
        where = self.reading.where(rows[0].sheet.raw) if rows else place
        if heading is None:
            identity = self.reading.identity
            code = f"{identity.body}/{identity.cycle}/{self.asked.id}"
            self.reading.wrong("rd_heading_missing", where, number=number, code=code)
        expected = lay.expected_items(self.pack, self.question, self.lang)
        missing = [f"{self.asked.id}|{item}" for item in expected if item not in self.items]
        if missing and heading is not None:
            shown = ", ".join(missing[:8]) + (" …" if len(missing) > 8 else "")
            self.reading.wrong("rd_items_missing", where, number=number, codes=shown)
        return heading is not None and not missing

    def _answered(
        self, heading: _Row, status: str | None, content: dict[str, Any], details: dict[str, Any]
    ) -> dict[str, Any] | None:
        where = self.reading.where(heading.sheet.raw, heading.row, heading.sheet.columns.get("status", 0))
        if self.filled:
            return {"status": "answered", **content, **details}
        if status == "answered":
            if self.question.type in ("multiple_choice", "rows"):  # none of them is an answer too
                return {"status": "answered", **content, **details}
            word = lay.status_options(self.pack, self.lang).words["answered"]
            self.reading.note("rd_answered_empty", where, number=self.asked.number, status=word)
            if self.question.type in ("matrix", "text"):  # the interchange form can say so as well
                return {"status": "answered", **content, **details}
        elif set(details) - {"definition"}:
            self.reading.note("rd_details_only", where, number=self.asked.number)
        if details:
            self.reading.beside[self.asked.id] = details
        return None

    def _contradiction(self, heading: _Row, status: str) -> None:
        words = lay.status_options(self.pack, self.lang).words
        shown = ", ".join(self.filled[:6]) + (" …" if len(self.filled) > 6 else "")
        where = self.reading.where(heading.sheet.raw, heading.row, heading.sheet.columns["status"])
        self.reading.wrong(
            "rd_status_filled",
            where,
            number=self.asked.number,
            status=words[status],
            cells=shown,
            answered=words["answered"],
        )

    # -- cells

    def _cell(self, row: _Row, column: int | None) -> RawCell | None:
        """The cell, or None if it is blank; an error or a formula without result is told and blank."""
        if column is None:
            return None
        row.sheet.seen.add((row.row, column))
        cell = row.sheet.raw.cells.get((row.row, column))
        if cell is None or (cell.kind == "text" and not str(cell.value).strip()):
            return None
        if cell.kind in ("error", "uncached"):
            self._wrong(f"rd_{cell.kind}", row, column, value=cell.value)
            return None
        return cell

    def _wrong(self, phrase: str, row: _Row, column: int, **facts: object) -> None:
        self.reading.wrong(phrase, self.reading.where(row.sheet.raw, row.row, column), **facts)

    def _mark_filled(self, row: _Row, column: int) -> None:
        self.filled.append(cell_name(row.row, column))

    def _number(self, row: _Row, column: int, *, per_cent: bool) -> Number | None:
        cell = self._cell(row, column)
        if cell is None:
            return None
        read = read_number(cell, per_cent=per_cent)
        if not isinstance(read, Read):
            self._wrong(read.code, row, column, **read.facts)
            return None
        if read.note:
            where = self.reading.where(row.sheet.raw, row.row, column)
            self.reading.note(read.note, where, original=_plainly(cell)[:_SHOWN], value=read.value)
        return read.value

    def _text(self, row: _Row, column: int | None) -> str:
        """Any cell as text: a number that Excel made of it is written plainly."""
        cell = self._cell(row, column)
        if cell is None:
            return ""
        if isinstance(cell.value, Decimal):
            value = cell.value * 100 if cell.kind == "percent" else cell.value
            plain = format(value.normalize(), "f") if value.is_finite() else str(value)
            return f"{plain} %" if cell.kind == "percent" else plain
        if isinstance(cell.value, bool):
            return lay.yes_no_options(self.pack, self.lang).words["yes" if cell.value else "no"]
        return cell.value

    def _choice(self, row: _Row, column: int | None, options: lay.Options) -> str | None:
        cell = self._cell(row, column)
        if cell is None or column is None:
            return None
        if isinstance(cell.value, bool):
            code = ("yes" if cell.value else "no") if "yes" in options.words else None
        else:
            code = options.code(self._text(row, column))
        if code is None:
            shown = self._text(row, column)[:_SHOWN]
            self._wrong("rd_choice", row, column, value=shown, choices=", ".join(options.words.values()))
        return code

    def _date(self, row: _Row, column: int) -> str | None:
        import datetime as dt

        cell = self._cell(row, column)
        if cell is None:
            return None
        text = self._text(row, column).strip()
        found, day_first = _ISO.match(text), _DAY_FIRST.match(text)
        parts = None
        if found:
            parts = (int(found[1]), int(found[2]), int(found[3]))
        elif day_first:
            one, two, year = int(day_first[1]), int(day_first[3]), int(day_first[4])
            if one != two and max(one, two) <= 12 and day_first[2] != ".":
                self._wrong("rd_date_two", row, column, value=text[:_SHOWN])
                return None
            parts = (year, two, one) if two <= 12 else (year, one, two)
        try:
            if parts is not None:
                return dt.date(*parts).isoformat()
        except ValueError:
            pass  # told below: the thirtieth of February looks like a date and is none
        self._wrong("rd_date", row, column, value=text[:_SHOWN])
        return None

    # -- content by type

    def _content(self, heading: _Row) -> dict[str, Any]:
        kind = self.question.type
        if kind in lay.SIMPLE:
            return self._simple(heading)
        if kind == "matrix":
            return {"cells": self._matrix()}
        if kind == "multiple_choice":
            return {"value": self._choices()}
        if kind == "text":
            texts = self._texts("text")
            self.filled.extend(texts)
            return {"value": texts}
        return {"rows": self._rows("columns", "row", self.question.columns, count=True)}

    def _simple(self, heading: _Row) -> dict[str, Any]:
        column = heading.sheet.columns.get("1")
        if column is None:
            return {}
        kind = self.question.type
        value: object
        if kind in ("yes_no", "single_choice"):
            value = self._choice(heading, column, lay.choice_options(self.pack, self.question, self.lang))
        elif kind == "date":
            value = self._date(heading, column)
        else:
            value = self._number(heading, column, per_cent=self._per_cent())
        if value is None:
            return {}
        self._mark_filled(heading, column)
        return {"value": value}

    def _per_cent(self) -> bool:
        return self.question.type == "percentage" or self.question.unit == "percent"

    def _matrix(self) -> list[dict[str, Any]]:
        grid = lay.matrix(self.pack, self.question)
        head = self.items["columns"]
        columns = self._columns(
            head, [f"{grid.across_dimension}={code}" if code else "value" for code in grid.columns()]
        )
        marks = lay.mark_options(self.pack, self.lang)
        statuses = lay.status_options(self.pack, self.lang)
        cells = []
        for line in grid.down:
            row = self.items[grid.item(line)]
            for code, column in zip(grid.columns(), columns, strict=True):
                if column is None:
                    continue
                given = self._matrix_cell(row, column, marks, statuses)
                if given is not None:
                    self._mark_filled(row, column)
                    cells.append({**dict(zip(grid.dimensions, grid.key(line, code), strict=True)), **given})
        return cells

    def _matrix_cell(self, row: _Row, column: int, marks: lay.Options, statuses: lay.Options) -> dict[str, Any] | None:
        cell = self._cell(row, column)
        if cell is None:
            return None
        if cell.kind == "text":
            word = str(cell.value)
            status = marks.code(word) or statuses.code(word)
            if status is not None and status != "answered":
                return {"status": status}
        value = self._number(row, column, per_cent=self._per_cent())
        return None if value is None else {"value": value}

    def _columns(self, head: _Row, wanted: list[str]) -> list[int | None]:
        """Physical columns of the codes that stand in a row of column codes."""
        found: dict[str, int] = {}
        for (row, column), cell in head.sheet.raw.cells.items():
            if row == head.row and cell.kind == "text":
                found.setdefault(str(cell.value).strip(), column)
                head.sheet.seen.add((row, column))
        for code in wanted:
            if code not in found:
                shown = f"{head.code}: {code}"
                self._wrong("rd_items_missing", head, head.sheet.code_column, number=self.asked.number, codes=shown)
        return [found.get(code) for code in wanted]

    def _choices(self) -> list[str]:
        yes_no = lay.yes_no_options(self.pack, self.lang)
        chosen = []
        for code in lay.choice_options(self.pack, self.question, self.lang).words:
            row = self.items[f"choice {code}"]
            column = row.sheet.columns.get("1")
            ticked = self._text(row, column).strip().casefold() in ("x", "✓", "✗", "1")
            if column is not None and (ticked or self._choice(row, column, yes_no) == "yes"):
                chosen.append(code)
                self._mark_filled(row, column)
        return chosen

    def _texts(self, note: str) -> dict[str, str]:
        found = {}
        for item, row in self.items.items():
            kind, _, language = item.partition("@")
            if kind == note and language:
                text = self._text(row, row.sheet.columns.get("1"))
                if text.strip():
                    found[language] = text
        return found

    # -- rows and particulars

    def _rows(self, head: str, item: str, columns: list[Column], *, count: bool) -> list[dict[str, Any]]:
        places = self._columns(self.items[head], [column.id for column in columns])
        found = []
        for row in self._table_rows(head, item, [place for place in places if place is not None]):
            values: dict[str, Any] = {}
            for column, place in zip(columns, places, strict=True):
                value = self._column_value(row, place, column) if place is not None else None
                if value is not None:
                    values[column.id] = value
            if values:
                found.append(values)
                if count:
                    self._mark_filled(row, next(p for p in places if p is not None))
        return found

    def _table_rows(self, head: str, item: str, places: list[int]) -> list[_Row]:
        """Numbered rows in the order they stand, and rows that somebody inserted among them without a code."""
        rows = [row for name, row in self.items.items() if name.startswith(f"{item} ")]
        rows.sort(key=lambda row: (row.sheet.raw.name, row.row))
        first = self.items[head]
        here = [row.row for row in rows if row.sheet is first.sheet]
        for number in range(first.row + 1, max(here, default=first.row)):
            if number in first.sheet.coded or not any((number, p) in first.sheet.raw.cells for p in places):
                continue
            rows.append(_Row(first.sheet, number, ""))
            where = self.reading.where(first.sheet.raw, number, first.sheet.code_column)
            self.reading.note("rd_row_added", where, number=self.asked.number)
        return sorted(rows, key=lambda row: (row.sheet is not first.sheet, row.row))

    def _column_value(self, row: _Row, place: int, column: Column) -> str | Number | None:
        if column.type in ("number", "percentage"):
            return self._number(row, place, per_cent=column.type == "percentage" or column.unit == "percent")
        if column.type == "date":
            return self._date(row, place)
        options = lay.column_options(self.pack, column, self.lang)
        if options is not None:
            return self._choice(row, place, options)
        text = self._text(row, place)
        if column.type == "link" and text.strip() and not _LINK.match(text.strip()):
            self._wrong("rd_link", row, place, value=text[:_SHOWN])
            return None
        if column.type == "link":
            text = text.strip()
        return text if text.strip() else None

    # -- what goes with an answer

    def _details(self, heading: _Row) -> dict[str, Any]:
        details: dict[str, Any] = {note: text for note in lay.NOTES if (text := self._texts(note))}
        audiences = lay.audience_options(self.pack, self.lang)
        released = self._choice(heading, heading.sheet.columns.get("releasability"), audiences)
        if released is not None:
            details["releasability"] = released
        naming = self._choice(heading, heading.sheet.columns.get("naming"), lay.yes_no_options(self.pack, self.lang))
        if naming == "yes":
            details["naming"] = True
        # A workbook of before there was such a choice has no column for it.
        place = heading.sheet.columns.get("disclosure")
        chosen = None if place is None else self._choice(heading, place, lay.class_options(self.pack, self.lang))
        if chosen is not None:
            details["disclosure"] = chosen
        if self.question.particulars:
            rows = self._rows("particulars", "particular", self.question.particulars, count=False)
            if rows:
                details["particulars"] = [{key: str(value) for key, value in row.items()} for row in rows]
        if self.question.definition and (definition := self._definition()):
            details["definition"] = definition
        return details

    def _definition(self) -> dict[str, Any]:
        assert self.question.definition is not None
        grid = self.pack.definitions[self.question.definition]
        options = lay.own_options(self.pack, grid.options, self.lang)
        categories, fields = {}, {}
        for category in grid.categories:
            row = self.items[f"definition {category.code}"]
            chosen = self._choice(row, row.sheet.columns.get("1"), options)
            if chosen is not None:
                categories[category.code] = chosen
        for name, choices in grid.fields.items():
            row = self.items[f"field {name}"]
            column = row.sheet.columns.get("1")
            value = self._field(row, column, choices, name) if column is not None else None
            if value:
                fields[name] = value
        found = {"categories": categories, "fields": fields}
        return {key: value for key, value in found.items() if value}

    def _field(self, row: _Row, column: int, choices: list[Any], name: str) -> str | None:
        if choices:
            return self._choice(row, column, lay.own_options(self.pack, choices, self.lang))
        return self._date(row, column) if name == "date" else self._text(row, column) or None


# --- what else the file holds ---------------------------------------------------------------------------------------


def _left_over(reading: _Reading, forms: Iterable[_Form], questionnaire: AskedQuestionnaire) -> None:
    """Content that was not taken in is told: a note in a row without a code, or beside the boxes."""
    for form in forms:
        answers = set(form.answers())
        for (row, column), cell in sorted(form.raw.cells.items()):
            if row <= form.first_row + 1 or column not in answers or (row, column) in form.seen:
                continue
            if cell.kind == "text" and not str(cell.value).strip():
                continue
            own = row in form.coded
            if own and _is_unit(reading, form, row, cell, questionnaire):
                continue
            code = "rd_beside" if own else "rd_not_taken"
            reading.note(code, reading.where(form.raw, row, column), value=_plainly(cell)[:_SHOWN])


def _plainly(cell: RawCell) -> str:
    if isinstance(cell.value, Decimal) and cell.value.is_finite():
        return format(cell.value.normalize(), "f")
    return str(cell.value)


def _is_unit(reading: _Reading, form: _Form, row: int, cell: RawCell, questionnaire: AskedQuestionnaire) -> bool:
    """Beside a simple number stands its unit, which the form itself wrote."""
    code = form.raw.cells.get((row, form.code_column))
    heading = lay.HEADING.match(str(code.value)) if code else None
    question = questionnaire.questions.get(heading[3]) if heading else None
    if question is None or question.question.unit is None:
        return False
    unit = reading.pack.units.get(question.question.unit)
    words = {question.question.unit, *(unit.label.values() if unit else ())}
    return str(cell.value) in words


def _stripped(reading: _Reading, forms: list[_Form]) -> None:
    """What a gateway has taken out, which harms nobody but should be known."""
    place, sheets = reading.outside.place, reading.outside.sheets
    own = {form.raw.name for form in forms}
    if not any(_is_start(sheet) for sheet in sheets if sheet.name not in own):
        reading.note("rd_start_missing", place)
    if not any(_is_lists(sheet) for sheet in sheets):
        reading.note("rd_lists_missing", place)
    if forms and not any(form.raw.validations for form in forms):
        reading.note("rd_validation_missing", place)
    if forms and not any(form.raw.formulas for form in forms):
        reading.note("rd_formulas_missing", place)


__all__ = ["ReadResult", "read"]

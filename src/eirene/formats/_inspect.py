"""What is looked at before a file from outside is parsed, and how little of it may be unusual.

Runs in the child process (see `door`); uses the standard library only, so that the child starts quickly. Nothing here
words a message: a refusal is a code with its facts, which the parent turns into the reader's language.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn
from xml.parsers import expat

MAX_BYTES = 10 * 1024 * 1024
MAX_ENTRIES = 2_000
MAX_UNPACKED = 100 * 1024 * 1024
MAX_RATIO = 100
#: Below this size a high ratio harms nobody: a sheet of empty boxes packs very well.
RATIO_MATTERS_FROM = 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 256
MAX_CELLS = 500_000
#: Rows × columns spanned, over all sheets; calamine lays a sheet out densely.
MAX_AREA = 6_000_000
#: Characters of all cells together.
MAX_TEXT = 20_000_000
MAX_SHEETS = 100
MAX_JSON_DEPTH = 32
MAX_JSON_VALUES = 500_000
#: The file by which a package is known from other archives.
PACKAGE_MARK = "FORMAT"

_CHUNK = 64 * 1024
_CELL = re.compile(r"^([A-Z]{1,4})([0-9]{1,9})$")
_PERCENT_BUILT_IN = frozenset({"9", "10"})


class Refused(Exception):
    """The file is not taken in. `code` names the phrase that says so, `facts` fill it."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(slots=True)
class SheetSurvey:
    """What calamine does not tell about a sheet. Rows and columns count from 0."""

    rows: int = 0
    columns: int = 0
    formulas: int = 0
    validations: int = 0
    #: Formulas whose result was never stored.
    uncached: list[tuple[int, int]] = field(default_factory=list)
    #: Cells that hold an error such as #REF!.
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    #: Numbers shown as per cent: 0.407 there reads 40.7 %.
    percents: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class BookSurvey:
    """Sheets by name, in the workbook's order."""

    sheets: dict[str, SheetSurvey] = field(default_factory=dict)


# --- what kind of file it is ----------------------------------------------------------------------------------------


def sniff(data: bytes) -> str:
    """ "xlsx" or "json", by content; Refused for everything else, saying what it is."""
    if not data.strip(b"\x00 \t\r\n"):
        raise Refused("door_empty")
    if data.startswith(b"PK\x05\x06"):
        raise Refused("door_empty_zip")
    if data.startswith(b"PK"):
        return "xlsx"
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        locked = "EncryptedPackage".encode("utf-16-le") in data or b"EncryptedPackage" in data
        raise Refused("door_encrypted" if locked else "door_xls")
    for magic, code in ((b"%PDF", "door_pdf"), (b"{\\rtf", "door_rtf"), (b"\x1f\x8b", "door_packed")):
        if data.startswith(magic):
            raise Refused(code)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused("door_utf16")
    start = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith((b"{", b"[")):
        return "json"
    if start.startswith(b"<"):
        raise Refused("door_markup")
    raise Refused("door_unknown")


# --- JSON -----------------------------------------------------------------------------------------------------------


def check_json(data: bytes) -> None:
    """Whether the JSON is well-formed, of bounded depth and number of values. Raises Refused.

    What its numbers and keys mean is for `eirene.questionnaires.read_json`, which knows where in the report they are.
    """
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("door_json_utf8", byte=error.start + 1) from None
    try:
        loaded: object = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except RecursionError:
        raise Refused("door_json_depth", limit=MAX_JSON_DEPTH) from None
    except json.JSONDecodeError as error:
        truncated = error.pos >= len(text.rstrip()) or "Unterminated" in error.msg
        raise Refused(
            "door_json_truncated" if truncated else "door_json_syntax",
            line=error.lineno,
            column=error.colno,
            why=error.msg,
        ) from None
    _bounded(loaded)


def _bounded(loaded: object) -> None:
    level: list[object] = [loaded]
    values = depth = 0
    while level:
        depth += 1
        values += len(level)
        if depth > MAX_JSON_DEPTH:
            raise Refused("door_json_depth", limit=MAX_JSON_DEPTH)
        if values > MAX_JSON_VALUES:
            raise Refused("door_json_values", limit=MAX_JSON_VALUES)
        below: list[object] = []
        for one in level:
            if isinstance(one, dict):
                below.extend(one.values())
            elif isinstance(one, list):
                below.extend(one)
        level = below


# --- the container --------------------------------------------------------------------------------------------------


def open_zip(data: bytes) -> zipfile.ZipFile:
    """The workbook's container, its directory checked; nothing is inflated yet. Raises Refused."""
    container = open_container(data)
    _is_workbook(container, {entry.filename for entry in container.infolist()})
    return container


def open_container(data: bytes) -> zipfile.ZipFile:
    """Any container, its directory checked; nothing is inflated yet. Raises Refused."""
    try:
        container = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError):
        raise Refused("door_truncated") from None
    entries = container.infolist()
    if len(entries) > MAX_ENTRIES:
        raise Refused("door_entries", found=len(entries), limit=MAX_ENTRIES)
    seen: set[str] = set()
    for entry in entries:
        name = entry.orig_filename
        parts = name.replace("\\", "/").split("/")
        if ".." in parts or name.startswith(("/", "\\")) or ":" in parts[0] or "\x00" in name:
            raise Refused("door_path", name=name[:80])
        if name.casefold() in seen:
            raise Refused("door_entry_twice", name=name[:80])
        seen.add(name.casefold())
        if entry.flag_bits & 1:
            raise Refused("door_encrypted")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("door_damaged", part=name[:80])
        if entry.file_size > MAX_UNPACKED:
            raise Refused("door_bomb", limit=MAX_UNPACKED // 1024 // 1024)
    return container


def read_package(data: bytes) -> dict[str, bytes] | None:
    """The files of a package for a closed network, or of what comes back from one; None if it is no package."""
    container = open_container(data)
    names = container.namelist()
    if PACKAGE_MARK not in names or "[Content_Types].xml" in names:
        return None
    unpacking = Unpacking(container, len(data))
    return {name: b"".join(unpacking.pieces(name)) for name in names if not name.endswith("/")}


def _is_workbook(container: zipfile.ZipFile, names: set[str]) -> None:
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused("door_macros")
    if "xl/workbook.bin" in names:
        raise Refused("door_xlsb")
    if "mimetype" in names and "content.xml" in names:
        raise Refused("door_ods")
    if any(name.startswith("word/") for name in names):
        raise Refused("door_docx")
    if any(name.startswith("ppt/") for name in names):
        raise Refused("door_pptx")
    if "[Content_Types].xml" not in names or not any(name.endswith("workbook.xml") for name in names):
        raise Refused("door_other_zip")


class Unpacking:
    """Inflates entries in pieces and counts what comes out, whatever the directory claims."""

    def __init__(self, container: zipfile.ZipFile, packed: int) -> None:
        self.container = container
        self.packed = max(packed, 1)
        self.unpacked = 0

    def pieces(self, name: str) -> Iterator[bytes]:
        try:
            with self.container.open(name) as stream:
                while piece := stream.read(_CHUNK):
                    self.unpacked += len(piece)
                    if self.unpacked > MAX_UNPACKED:
                        raise Refused("door_bomb", limit=MAX_UNPACKED // 1024 // 1024)
                    if self.unpacked > RATIO_MATTERS_FROM and self.unpacked > MAX_RATIO * self.packed:
                        raise Refused("door_ratio", limit=MAX_RATIO)
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
            raise Refused("door_damaged", part=name[:80]) from None


# --- XML ------------------------------------------------------------------------------------------------------------


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


class _Part:
    """One XML part read once by expat: no document type, no entities. Subclasses look at its elements."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.EntityDeclHandler = self._doctype

    def _doctype(self, *_: object) -> NoReturn:
        raise Refused("door_entities", part=self.name[:80])

    def read(self, pieces: Iterator[bytes]) -> None:
        try:
            for piece in pieces:
                self.parser.Parse(piece, False)
            self.parser.Parse(b"", True)
        except expat.ExpatError as error:
            if not self.name.lower().endswith(".vml"):  # drawings of comments, which nobody here reads
                raise Refused("door_damaged_xml", part=self.name[:80], line=error.lineno) from None
            for _ in pieces:
                pass


class _Elements(_Part):
    """Small parts: calls `see(local name, attributes by local name)` for each element."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.found: list[tuple[str, dict[str, str]]] = []
        self.parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.found) < MAX_CELLS:
            self.found.append((_local(name), {_local(k): v for k, v in attributes.items()}))


class _Sheet(_Part):
    """A worksheet: its extent, and the cells that calamine reads as blank although they are not."""

    def __init__(self, name: str, percent_styles: frozenset[str], cells_so_far: int) -> None:
        super().__init__(name)
        self.survey = SheetSurvey()
        self.cells = cells_so_far
        self.percent_styles = percent_styles
        self.locals: dict[str, str] = {}
        self.row = self.column = -1
        self.kind = self.style = ""
        self.formula = self.filled = False
        self.text: list[str] = []
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = self.locals.get(name) or self.locals.setdefault(name, _local(name))
        if local == "c":
            self._cell(attributes)
        elif local == "v":
            self.filled = True
            if self.formula or self.kind == "e":
                self.parser.CharacterDataHandler = self.text.append
        elif local == "f":
            self.formula = True
            self.survey.formulas += 1
        elif local == "is":
            self.filled = True
        elif local == "row":
            self.row = self._number(attributes.get("r"), self.row + 2) - 1
            self.column = -1
        elif local == "dataValidation":
            self.survey.validations += 1

    @staticmethod
    def _number(text: str | None, otherwise: int) -> int:
        return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else otherwise

    def _cell(self, attributes: dict[str, str]) -> None:
        self.cells += 1
        if self.cells > MAX_CELLS:
            raise Refused("door_cells", limit=MAX_CELLS)
        place = attributes.get("r")
        if place is None:
            self.column += 1
        else:
            found = _CELL.match(place)
            if found is None:
                raise Refused("door_damaged", part=f"{self.name[:60]} {place[:12]}")
            self.column = column_index(found[1])
            self.row = int(found[2]) - 1
        self.kind = attributes.get("t", "n")
        self.style = attributes.get("s", "")
        self.formula = self.filled = False
        self.text = []

    def _end(self, name: str) -> None:
        local = self.locals.get(name, "")
        if local == "v":
            self.parser.CharacterDataHandler = None
        elif local == "c" and (self.filled or self.formula):
            self._keep()

    def _keep(self) -> None:
        survey, place = self.survey, (self.row, self.column)
        survey.rows = max(survey.rows, self.row + 1)
        survey.columns = max(survey.columns, self.column + 1)
        if survey.rows > MAX_ROWS or survey.columns > MAX_COLUMNS:
            raise Refused("door_extent", place=cell_name(*place), rows=MAX_ROWS, columns=MAX_COLUMNS)
        text = "".join(self.text)
        if self.kind == "e":
            survey.errors[place] = text[:40] or "#ERROR"
        elif self.formula and self.kind != "str" and not text:
            survey.uncached.append(place)
        if self.style in self.percent_styles and self.kind == "n":
            survey.percents.append(place)


def column_index(letters: str) -> int:
    """A → 0, XFD → 16383."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def cell_name(row: int, column: int) -> str:
    """(0, 0) → A1."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


# --- the whole workbook ---------------------------------------------------------------------------------------------


def survey_workbook(data: bytes) -> BookSurvey:
    """Every part inflated and looked through once, within the limits. Raises Refused."""
    container = open_zip(data)
    unpacking = Unpacking(container, len(data))
    names = [entry.filename for entry in container.infolist() if not entry.is_dir()]
    small: dict[str, _Elements] = {}

    def elements(name: str) -> list[tuple[str, dict[str, str]]]:
        if name not in small:
            small[name] = _Elements(name)
            if name in names:
                small[name].read(unpacking.pieces(name))
        return small[name].found

    for _, attributes in elements("[Content_Types].xml"):
        if "macroEnabled" in attributes.get("ContentType", "") or "vbaProject" in attributes.get("ContentType", ""):
            raise Refused("door_macros")
    book_part = _target_of(elements("_rels/.rels"), "/officeDocument", "") or "xl/workbook.xml"
    folder, _, base = book_part.rpartition("/")
    relations = elements(f"{folder}/_rels/{base}.rels" if folder else f"_rels/{base}.rels")
    styles = _target_of(relations, "/styles", folder) or f"{folder}/styles.xml"
    percent = _percent_styles(elements(styles))
    targets = {a.get("Id", ""): _joined(folder, a.get("Target", "")) for tag, a in relations if tag == "Relationship"}
    sheets = [(a.get("name", ""), targets.get(a.get("id", ""), "")) for tag, a in elements(book_part) if tag == "sheet"]
    if not sheets:
        raise Refused("door_damaged", part=book_part[:80])
    if len(sheets) > MAX_SHEETS:
        raise Refused("door_sheets", found=len(sheets), limit=MAX_SHEETS)
    by_part = _survey_parts(names, set(small), unpacking, percent)
    return BookSurvey({name: by_part.get(part, SheetSurvey()) for name, part in sheets})


def _survey_parts(
    names: list[str], done: set[str], unpacking: Unpacking, percent: frozenset[str]
) -> dict[str, SheetSurvey]:
    found: dict[str, SheetSurvey] = {}
    cells = area = 0
    for name in names:
        if name in done:
            continue
        pieces = unpacking.pieces(name)
        head = next(pieces, b"")
        if not _looks_like_xml(name, head):
            for _ in pieces:
                pass
            continue
        sheet = _Sheet(name, percent, cells) if _is_sheet(head) else None
        part = sheet or _Part(name)
        part.read(_again(head, pieces))
        if sheet is not None:
            cells = sheet.cells
            area += sheet.survey.rows * sheet.survey.columns
            if area > MAX_AREA:
                raise Refused("door_area", limit=MAX_AREA)
            found[name] = sheet.survey
    return found


def _again(head: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from pieces


def _looks_like_xml(name: str, head: bytes) -> bool:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return name.lower().endswith((".xml", ".rels", ".vml")) or start.startswith((b"<", b"\xff\xfe", b"\xfe\xff"))


def _is_sheet(head: bytes) -> bool:
    """Whether the first elements are a worksheet's; also in UTF-16, whose bytes alternate with zeros."""
    return re.search(rb"<(?:[\w.-]+:)?(?:worksheet|sheetData)\b", head.replace(b"\x00", b"")) is not None


def _joined(folder: str, target: str) -> str:
    if target.startswith("/"):
        return target[1:]
    parts = folder.split("/") if folder else []
    for step in target.split("/"):
        if step == "..":
            parts = parts[:-1]
        elif step != ".":
            parts.append(step)
    return "/".join(parts)


def _target_of(relations: list[tuple[str, dict[str, str]]], kind: str, folder: str) -> str:
    for tag, attributes in relations:
        if tag == "Relationship" and attributes.get("Type", "").endswith(kind):
            return _joined(folder, attributes.get("Target", ""))
    return ""


def _percent_styles(styles: list[tuple[str, dict[str, str]]]) -> frozenset[str]:
    """Indexes of the cell styles whose number format shows per cent."""
    formats = set(_PERCENT_BUILT_IN)
    for tag, attributes in styles:
        code = re.sub(r'"[^"]*"|\\.', "", attributes.get("formatCode", ""))  # a % in quotes is only a word
        if tag == "numFmt" and "%" in code:
            formats.add(attributes.get("numFmtId", ""))
    found: set[str] = set()
    inside = False
    index = 0
    for tag, attributes in styles:
        if tag in ("cellXfs", "cellStyles", "cellStyleXfs", "dxfs"):
            inside = tag == "cellXfs"
        elif tag == "xf" and inside:
            if attributes.get("numFmtId", "") in formats:
                found.add(str(index))
            index += 1
    return frozenset(found)


# --- values ---------------------------------------------------------------------------------------------------------


def read_values(data: bytes) -> list[dict[str, Any]]:
    """The cells that hold something, sheet by sheet, as plain data: [row, column, kind, value].

    Kinds: s text, n number (as Python writes it), b yes/no, d date (ISO), e error, u formula without a stored result,
    p number shown as per cent. Raises Refused.
    """
    import python_calamine

    survey = survey_workbook(data)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        return [_sheet_values(book, name, survey.sheets.get(name, SheetSurvey())) for name in book.sheet_names]
    except python_calamine.PasswordError:
        raise Refused("door_encrypted") from None
    except python_calamine.CalamineError as error:
        raise Refused("door_unreadable", why=str(error)[:200]) from None


def _sheet_values(book: Any, name: str, survey: SheetSurvey) -> dict[str, Any]:
    import python_calamine

    meta = next(m for m in book.sheets_metadata if m.name == name)
    cells: list[list[Any]] = []
    if meta.typ == python_calamine.SheetTypeEnum.WorkSheet:
        percents, special = set(survey.percents), set(survey.errors) | set(survey.uncached)
        length = 0
        for r, row in enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False)):
            for c, value in enumerate(row):
                if value != "" and (r, c) not in special:
                    kind, text = _plain(value)
                    length += len(text) if isinstance(text, str) else 1
                    if length > MAX_TEXT:
                        raise Refused("door_text", limit=MAX_TEXT)
                    cells.append([r, c, "p" if kind == "n" and (r, c) in percents else kind, text])
        cells.extend([r, c, "e", text] for (r, c), text in survey.errors.items())
        cells.extend([r, c, "u", ""] for r, c in survey.uncached)
        cells.sort(key=lambda cell: (cell[0], cell[1]))
    return {
        "name": name,
        "visible": meta.visible == python_calamine.SheetVisibleEnum.Visible,
        "formulas": survey.formulas,
        "validations": survey.validations,
        "cells": cells,
    }


def _plain(value: Any) -> tuple[str, Any]:
    if isinstance(value, bool):
        return "b", value
    if isinstance(value, int | float):
        return "n", repr(value)
    if isinstance(value, str):
        return "s", value
    if hasattr(value, "isoformat"):
        return "d", value.isoformat()
    return "s", str(value)

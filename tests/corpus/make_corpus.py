"""Makes the corpus of bad files: what people send by mistake, and what somebody might send on purpose.

    python tests/corpus/make_corpus.py FOLDER [--seed N]

Everything is made from a seed; nothing is fetched. Each entry names the words that its refusal must contain.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import sys
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.{kind}"/></Types>'
)
PLAIN_KIND = "spreadsheetml.sheet.main+xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET_SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@dataclass(frozen=True)
class Bad:
    """A bad file: its name, its bytes, words of its refusal."""

    name: str
    data: bytes
    says: tuple[str, ...]


def archive(parts: dict[str, bytes | str], *, level: int = 9, stored: bool = False) -> bytes:
    """A zip of parts, the same bytes each time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(
        buffer, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED, compresslevel=level
    ) as out:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            out.writestr(info, content)
    return buffer.getvalue()


def book(
    rows: str = "", *, head: str = "", extra: dict[str, bytes | str] | None = None, kind: str = PLAIN_KIND
) -> bytes:
    """The smallest workbook: one sheet whose rows are given as XML. `head` goes before the sheet's root element."""
    relation = f'<Relationship Id="rId1" Type="{OFFICE}/{{0}}" Target="{{1}}"/>'
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    sheet = f'<worksheet xmlns="{SHEET_SPACE}"><sheetData>{rows}</sheetData></worksheet>'
    return archive(
        {
            "[Content_Types].xml": TYPES.replace("{kind}", kind),
            "_rels/.rels": f'<Relationships xmlns="{space}">'
            f'{relation.format("officeDocument", "xl/workbook.xml")}</Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{SHEET_SPACE}" xmlns:r="{OFFICE}"><sheets>'
            '<sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{space}">'
            f'{relation.format("worksheet", "worksheets/sheet1.xml")}</Relationships>',
            "xl/worksheets/sheet1.xml": f'<?xml version="1.0"?>{head}{sheet}',
            **(extra or {}),
        }
    )  # fmt: skip


def cell(place: str, value: str = "1") -> str:
    row = re.sub(r"\D", "", place)
    return f'<row r="{row}"><c r="{place}"><v>{value}</v></c></row>'


def _overlapping(entries: int) -> bytes:
    """Many directory entries that point at one compressed body, so that the archive is tiny and unpacks to much."""
    body = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = b" " * 4_000_000
    packed = body.compress(zeros) + body.flush()
    one = archive({"xl/media/a.bin": zeros})
    assert packed
    with zipfile.ZipFile(io.BytesIO(one)) as source:
        info = source.infolist()[0]
    directory = one[one.index(b"PK\x01\x02") : one.rindex(b"PK\x05\x06")]
    records = b"".join(directory.replace(b"a.bin", f"{n % 1000:05d}".encode()) for n in range(entries))
    local = one[: one.index(b"PK\x01\x02")]
    assert info.header_offset == 0
    end = b"PK\x05\x06" + bytes(4) + entries.to_bytes(2, "little") * 2
    return local + records + end + len(records).to_bytes(4, "little") + len(local).to_bytes(4, "little") + b"\0\0"


def _door_cases(rng: random.Random) -> list[Bad]:
    good = book(cell("A1"))
    noise = rng.randbytes(4_000)
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + noise
    return [
        Bad("empty.xlsx", b"", ("empty",)),
        Bad("zeros.xlsx", bytes(2_000), ("empty",)),
        Bad("old.xlsx", ole, (".xls", "save it as")),
        Bad("encrypted.xlsx", ole + "EncryptedPackage".encode("utf-16-le"), ("encrypted", "password")),
        Bad("really-a.pdf.xlsx", b"%PDF-1.7\n" + noise, ("PDF",)),
        Bad("page.xlsx", b"<html><table><tr><td>1</td></tr></table></html>", ("web page",)),
        Bad("letter.xlsx", b"{\\rtf1 hello}", ("RTF",)),
        Bad("packed.xlsx", b"\x1f\x8b\x08" + noise, ("gzip",)),
        Bad("noise.xlsx", b"\x07" + noise, ("neither an Excel workbook",)),
        Bad("utf16.json", '{"a": 1}'.encode("utf-16"), ("UTF-16",)),
        Bad("huge.xlsx", b"PK\x03\x04" + bytes(10 * 1024 * 1024), ("larger than 10 MB",)),
        Bad("truncated.xlsx", good[: len(good) // 2], ("incomplete", "send it again")),
        Bad("truncated-late.xlsx", good[:-10], ("incomplete",)),
        Bad("flipped.xlsx", _flipped(good), ("damaged",)),
        Bad("macros.xlsx", book(cell("A1"), extra={"xl/vbaProject.bin": noise}), ("macros", ".xlsx")),
        Bad("macro-type.xlsx", book(cell("A1"), kind="spreadsheetml.macroEnabled.main+xml"), ("macros",)),
        Bad("binary.xlsx", archive({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": noise}), (".xlsb",)),
        Bad("open.xlsx", archive({"mimetype": "application/vnd.oasis", "content.xml": "<a/>"}), (".ods",)),
        Bad("word.xlsx", archive({"[Content_Types].xml": "<Types/>", "word/document.xml": "<a/>"}), ("Word",)),
        Bad("other.xlsx", archive({"notes.txt": "hello"}), ("not an Excel workbook",)),
        Bad("traversal.xlsx", book(extra={"../../etc/passwd": "x"}), ("outside itself",)),
        Bad("absolute.xlsx", book(extra={"/etc/passwd": "x"}), ("outside itself",)),
        Bad("password-zip.xlsx", _flagged(good), ("encrypted",)),
        Bad("many-parts.xlsx", book(extra={f"xl/media/{n}": "" for n in range(2_100)}), ("parts", "2000")),
        Bad("stranger.xlsx", book(cell("A1")), ("not one made by Eirene",)),
    ]


def _flagged(data: bytes) -> bytes:
    """The bit that says an entry is encrypted, set in the directory."""
    at = data.index(b"PK\x01\x02")
    return data[: at + 8] + b"\x01" + data[at + 9 :]


def _flipped(data: bytes) -> bytes:
    """One byte of a compressed part changed."""
    at = data.index(b"xl/worksheets/sheet1.xml") + len("xl/worksheets/sheet1.xml") + 20
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


def _bomb_cases() -> list[Bad]:
    entities = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    )
    strings = f'<sst xmlns="{SHEET_SPACE}"><si><t>{"x" * 30_000}</t></si></sst>'
    shared = "".join(f'<row r="{r}">' + "".join(f'<c r="{_letters(c)}{r}" t="s"><v>0</v></c>' for c in range(100))
                     + "</row>" for r in range(1, 2_001))  # fmt: skip
    return [
        Bad("zip-bomb.xlsx", book(extra={"xl/media/zeros.bin": bytes(200_000_000)}), ("larger than 100 MB",)),
        Bad("ratio.xlsx", book(extra={"xl/media/zeros.bin": bytes(20_000_000)}), ("100 times",)),
        Bad("sheet-bomb.xlsx", book("<row/>" * 14_000_000), ("100 times",)),
        Bad("overlap.xlsx", _overlapping(900), ("not an Excel workbook",)),
        Bad("entity-bomb.xlsx", book(head=f"{entities}]>"), ("document type or entities",)),
        Bad("external.xlsx", book(head='<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'), ("entities",)),
        Bad("sparse.xlsx", book(cell("A1") + cell("XFD1048576")), ("XFD1048576", "20000 rows")),
        Bad("wide.xlsx", book(cell("IW1")), ("IW1", "256 columns")),
        Bad("million.xlsx", book("".join(cell(f"A{n}") for n in range(1, 1_000_001))), ("A20001",)),
        Bad(
            "cells.xlsx",
            book("".join(f'<row r="{r}">' + _row_of(r) + "</row>" for r in range(1, 2_101))),
            ("500000 cells",),
        ),
        Bad("text-bomb.xlsx", book(shared, extra={"xl/sharedStrings.xml": strings}), ("Copy the answers",)),
        Bad("not-xml.xlsx", book("<row><c>"), ("not well-formed",)),
    ]


def _row_of(row: int) -> str:
    """250 cells that do not pack too well."""
    return "".join(f"<c><v>{row * column * 7_919 % 1_000_003}</v></c>" for column in range(1, 251))


def _letters(index: int) -> str:
    return chr(65 + index) if index < 26 else chr(64 + index // 26) + chr(65 + index % 26)


def _json_cases() -> list[Bad]:
    return [
        Bad("cut.json", b'{"format": "eirene.report/1", "answers": {"crew": {"sta', ("breaks off",)),
        Bad("comma.json", b'{"format": "eirene.report/1",, "pack": "toy"}', ("line 1, column",)),
        Bad("deep.json", b"[" * 200_000 + b"]" * 200_000, ("32 levels",)),
        Bad("deep-ok-syntax.json", b'{"a":' * 40 + b"1" + b"}" * 40, ("32 levels",)),
        Bad("values.json", b"[" + b"1," * 600_000 + b"1]", ("500000 values",)),
        Bad("latin.json", '{"a": "é"}'.encode("latin-1"), ("not UTF-8",)),
        Bad("list.json", b"[]", ("object",)),
        Bad("nan.json", _report('{"sex": "women", "value": NaN}'), ("NaN",)),
        Bad("exponent.json", _report('{"sex": "women", "value": 1e400}'), ("1e400",)),
        Bad("underscore.json", _report('{"sex": "women", "value": "1_000"}'), ("1_000",)),
        Bad("ambiguous.json", _report('{"sex": "women", "value": "1,234"}'), ("1,234",)),
        Bad("full-width.json", _report('{"sex": "women", "value": "１２"}'), ("digits",)),
        Bad("twice.json", _report('{"sex": "women", "value": 1, "value": 2}'), ("twice",)),
        Bad("question.json", _report('{"sex": "women", "value": 1}').replace(b'"crew"', b'"crw"'), ("crw", "crew")),
        Bad("body.json", _report('{"sex": "women", "value": 1}').replace(b"ALF", b"ZZZ"), ("ZZZ",)),
        Bad("cycle.json", _report('{"sex": "women", "value": 1}').replace(b"2022", b"1999"), ("1999",)),
    ]


def _report(cell_data: str) -> bytes:
    return (
        '{"format": "eirene.report/1", "pack": "toy", "questionnaire": "one", "cycle": "2022", "body": "ALF", '
        f'"answers": {{"crew": {{"status": "answered", "cells": [{cell_data}]}}}}}}'
    ).encode()


def corpus(seed: int = 1325) -> list[Bad]:
    """All bad files that need no pack to be made."""
    makers: list[Callable[[], list[Bad]]] = [lambda: _door_cases(random.Random(seed)), _bomb_cases, _json_cases]
    return [bad for make in makers for bad in make()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1325)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    for bad in corpus(given.seed):
        (given.folder / bad.name).write_bytes(bad.data)
        sys.stdout.write(f"{len(bad.data):>10}  {bad.name}\n")


if __name__ == "__main__":
    main()

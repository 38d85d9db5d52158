"""Looks for a number in every file of a folder, in whatever form it may stand there.

    searched(folder, 712_373)  →  ["summary.en.docx!word/document.xml: text", "figures.parquet: statistics of value"]

As text: plain, grouped as any language groups (commas, points, apostrophes, every kind of space), with decimals that
are zero, escaped as in JSON, HTML and addresses, in UTF-8 and UTF-16, over the borders of tags. As bytes: whole numbers
of 64 bits, doubles, decimals of 128 bits, either end first. Inside: members of archives (docx, xlsx, jar, zip in zip),
streams of PDF inflated and its text as a reader sees it, chunks of PNG, data: addresses, Parquet with its values,
dictionaries and statistics. And in the names of files and members.

A number should have six digits or more, or it will be found by chance.
"""

from __future__ import annotations

import base64
import binascii
import html
import io
import re
import struct
import urllib.parse
import zipfile
import zlib
from collections.abc import Iterator
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

#: What may stand between groups of three digits.
_SPACES = "\u0020\u00a0\u202f\u2009\u2007\u2002\u2003\u2005\u2006\u200a\u3000"
_BETWEEN = rf"[,.'’٬_{_SPACES}]"
_SCALES = range(13)
#: Archives in archives, data in data, deeper than anybody builds them.
_DEEPEST = 6


def searched(folder: Path, value: int | Decimal) -> list[str]:
    """Where `value` stands in the files of a folder, each place once: "path[!member]: form"; [] if nowhere."""
    found: dict[str, None] = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder).as_posix()
        for place in within(name, path.read_bytes(), value):
            found[place] = None
    return list(found)


def within(name: str, data: bytes, value: int | Decimal) -> Iterator[str]:
    """Where `value` stands in a file of that name and content."""
    for member, inner in _opened(data):
        place = f"{name}!{member}" if member else name
        if _stands_in(value, place):
            yield f"{place}: name"
        yield from (f"{place}: {form}" for form, needle in _needles(value) if needle in inner)
        yield from (f"{place}: {form}" for form, layer in _layers(inner) if _stands_in(value, layer))
        if inner[:4] == b"PAR1":
            yield from (f"{place}: {form}" for form in _parquet(inner, value))


@lru_cache(maxsize=2000)
def _opened(data: bytes, depth: int = 0) -> tuple[tuple[str, bytes], ...]:
    """A file, and all that is inside it, with its path inside."""
    found = [("", data)]
    for member, inner in _inside(data) if depth < _DEEPEST else ():
        found += [(f"{member}!{path}" if path else member, one) for path, one in _opened(inner, depth + 1)]
    return tuple(found)


# --- as text --------------------------------------------------------------------------------------------------------


def _stands_in(value: int | Decimal, text: str) -> bool:
    """Whether the number stands in a text, grouped or not, with a decimal point or comma, and is no part of another.

    What cannot be told apart is taken for it: in a list without spaces a comma before it is no decimal comma.
    """
    first, pattern = _pattern(value)
    if first not in text:
        return False
    for match in pattern.finditer(text):
        before = text[max(0, match.start() - 2) : match.start()]
        grouped = match["grouped"] is not None
        if before[-1:].isdigit():
            continue
        if before[-1:] in (",", ".")[0 if grouped else 1 :] and before[:-1].isdigit():
            continue
        return True
    return False


@cache
def _pattern(value: int | Decimal) -> tuple[str, re.Pattern[str]]:
    """The first digits, and what the number looks like; what stands before it is looked at apart, which is faster."""
    whole, _, part = format(abs(Decimal(value)), "f").partition(".")
    part = part.rstrip("0")
    tail = rf"[.,٫]{part}0*(?!\d)" if part else r"(?:[.,٫]0+(?!\d))?(?!\d)(?!\.\d)"
    groups = [whole[max(0, end - 3) : end] for end in range(len(whole), 0, -3)][::-1]
    grouped = rf"{_BETWEEN.join(groups)}{tail}(?![,.]\d{{3}}(?!\d))" if len(groups) > 1 else r"(?!)"
    return groups[0], re.compile(f"{whole}{tail}|(?P<grouped>{grouped})")


#: Tags that do not part words.
_INLINE = r"</?(?:[a-z]+:)?(?:tspan|span|b|i|em|strong|small|sup|sub|a|u|abbr|code|r|t|rPr|lang|noProof)\b[^<>]*>"


@lru_cache(maxsize=2000)
def _layers(data: bytes) -> tuple[tuple[str, str], ...]:
    """A file as text: as it stands, and as it reads when escapes are taken back and tags away."""
    text = data.decode("utf-8", errors="replace")
    found = {"text": text}
    if b"\0" in data:
        found |= {f"text in {coding}": data.decode(coding, "replace") for coding in ("utf-16-le", "utf-16-be")}
    if "\\" in text:
        found["escaped as in JSON"] = re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text)
        found["escaped as in a style"] = re.sub(r"\\([0-9a-fA-F]{1,6}) ?", lambda m: _char(int(m[1], 16)), text)
    if "%" in text:
        found["escaped as in an address"] = urllib.parse.unquote(text)
    if "&" in text:
        found["escaped as in HTML"] = html.unescape(text)
    if "<" in text and ">" in text:
        run_on = re.sub(_INLINE, "", text)
        found["between tags"] = html.unescape(re.sub(r"<[^<>]*>", "\n", run_on))
        found["between any tags"] = html.unescape(re.sub(r"<[^<>]*>", "", text))
    return tuple(found.items())


def _char(code: int) -> str:
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


# --- as bytes -------------------------------------------------------------------------------------------------------


@cache
def _needles(value: int | Decimal) -> tuple[tuple[str, bytes], ...]:
    return tuple(_made_of_bytes(Decimal(value)))


def _made_of_bytes(exact: Decimal) -> Iterator[tuple[str, bytes]]:
    digits = format(exact.normalize(), "f")
    yield from ((f"digits in {coding}", digits.encode(coding)) for coding in ("utf-16-le", "utf-16-be"))
    if exact == exact.to_integral_value() and -(2**63) <= exact < 2**63:
        for sign, order in (("<", "little end first"), (">", "big end first")):
            yield f"64-bit number, {order}", struct.pack(f"{sign}q", int(exact))
    for sign, order in (("<", "little end first"), (">", "big end first")):
        yield f"double, {order}", struct.pack(f"{sign}d", float(exact))
    for scale in _SCALES:
        scaled = exact.scaleb(scale)
        if scaled == scaled.to_integral_value() and abs(scaled) < 2**127:
            for order in ("little", "big"):
                number = int(scaled).to_bytes(16, "little" if order == "little" else "big", signed=True)
                yield f"decimal with {scale} places, {order} end first", number


# --- what is inside -------------------------------------------------------------------------------------------------


def _inside(data: bytes) -> Iterator[tuple[str, bytes]]:
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield from ((info.filename, archive.read(info)) for info in archive.infolist() if not info.is_dir())
            yield "comments", b"\n".join([archive.comment, *(i.comment + b"\n" + i.extra for i in archive.infolist())])
    if data[:5] == b"%PDF-":
        yield from _pdf(data)
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        yield from _png(data)
    if data[:2] == b"\x1f\x8b":
        yield "inflated", zlib.decompress(data, 47)
    for number, match in enumerate(re.finditer(rb"data:[\w.+/-]*(?:;[\w=-]+)*;base64,([A-Za-z0-9+/=\s%]+)", data)):
        try:
            yield f"data {number}", base64.b64decode(urllib.parse.unquote_to_bytes(match[1]))
        except binascii.Error:
            continue


def _pdf(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Every stream inflated, and the text of every page, with all its pieces run together as well."""
    for number, match in enumerate(re.finditer(rb"stream\r?\n(.*?)\r?\n?endstream", data, re.S)):
        try:
            yield f"stream {number}", zlib.decompressobj().decompress(match[1])
        except zlib.error:
            yield f"stream {number}", match[1]
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        texts = [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]
    except PyPdfError:  # no reader opens it either
        return
    for number, text in enumerate(texts, start=1):
        yield f"page {number}", text.encode("utf-8", "replace")
        yield f"page {number}, in one line", re.sub(r"\s*\n\s*", " ", text).encode("utf-8", "replace")


def _png(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Chunks that hold words, inflated where they are deflated."""
    at = 8
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        chunk, at = data[at + 8 : at + 8 + size], at + 12 + size
        if kind in (b"zTXt", b"iTXt"):
            for start in range(len(chunk) - 2):
                if chunk[start] == 0x78:
                    try:
                        yield kind.decode(), zlib.decompressobj().decompress(chunk[start:])
                    except zlib.error:
                        continue


# --- Parquet --------------------------------------------------------------------------------------------------------


def _parquet(data: bytes, value: int | Decimal) -> Iterator[str]:
    """Values of every column however they are packed, statistics of every chunk, the metadata of the file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(io.BytesIO(data))
        columns = file.read().to_pydict()
    except (OSError, pa.ArrowException):  # nothing reads it; its bytes were looked at
        return

    def is_it(told: Any) -> bool:
        if isinstance(told, bool) or told is None:
            return False
        if isinstance(told, int | float | Decimal):
            return Decimal(str(told)) == Decimal(value)
        return _stands_in(value, told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told))

    for name, column in columns.items():
        if any(is_it(told) for told in column):
            yield f"value of {name}"
    for group in range(file.metadata.num_row_groups):
        for place in range(file.metadata.num_columns):
            chunk = file.metadata.row_group(group).column(place)
            told = chunk.statistics
            if told is not None and told.has_min_max and (is_it(told.min) or is_it(told.max)):
                yield f"statistics of {chunk.path_in_schema}"
    if any(is_it(k) or is_it(v) for k, v in (file.metadata.metadata or {}).items()):
        yield "metadata"

"""Sheets of paper for the demonstration: one-page PDFs that open in any reader, made up to the last line."""

from __future__ import annotations

from collections.abc import Iterable


def sheet(title: str, lines: Iterable[str]) -> bytes:
    """An A4 page with a heading and lines of text (Latin letters alone)."""
    shown = [_line(18, title, first=True), *(_line(11, text) for text in lines)]
    drawn = ("BT\n" + "\n".join(shown) + "\nET").encode("cp1252")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding /WinAnsiEncoding >>",
        b"<< /Font << /F 5 0 R >> >>",
    ]
    return _file(objects)


def _line(size: int, text: str, *, first: bool = False) -> str:
    for sign in "\\()":
        text = text.replace(sign, f"\\{sign}")
    where = "72 770 Td" if first else "0 -24 Td"
    return f"/F {size} Tf {where} ({text}) Tj"


def _file(objects: list[bytes]) -> bytes:
    made, places = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size, start = len(objects) + 1, len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return bytes(made) + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start)

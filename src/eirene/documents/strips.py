"""The roll-call strip as a small picture, for files that cannot draw: a PNG made cell by cell."""

from __future__ import annotations

import struct
import zlib

from eirene.documents import model as d
from eirene.documents.plain import cell_kind

#: Pixels: cell, step from one to the next, gap between lines. Three to a CSS px.
_W, _H, _STEP, _GAP = 36, 48, 48, 12
_ACROSS = 36
_PALETTE = bytes.fromhex("ffffff0a53697d8a95")
_PAPER, _FULL, _LINE = 0, 1, 2


def strip_png(roll: d.RollCall) -> tuple[bytes, int, int]:
    """(PNG, width, height in px at three to one) of a strip with at least one cell."""
    cells = [cell_kind(group) for group, n in roll.groups for _ in range(n)]
    lines = -(-len(cells) // _ACROSS)
    across = -(-len(cells) // lines)
    width, height = across * _STEP - (_STEP - _W), lines * (_H + _GAP) - _GAP
    drawn = {kind: [_row(kind, y) for y in range(_H)] for kind in set(cells)}
    blank, space = bytes(width), bytes(_STEP - _W)
    rows: list[bytes] = []
    for i in range(0, len(cells), across):
        line = cells[i : i + across]
        if rows:
            rows += [blank] * _GAP
        rows += [space.join(drawn[kind][y] for kind in line).ljust(width, b"\0") for y in range(_H)]
    data = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"PLTE", _PALETTE), (b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*c) for c in chunks), width, height


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _row(kind: str, y: int) -> bytes:
    """One line of pixels of a cell: full, framed, hatched in a dashed frame, in a dotted one, or framed with a bar."""
    return bytes(_pixel(kind, x, y) for x in range(_W))


def _pixel(kind: str, x: int, y: int) -> int:
    if kind == "yes":
        return _FULL
    edge = min(x, y, _W - 1 - x, _H - 1 - y) < 3
    along = x if min(y, _H - 1 - y) < 3 else y
    if kind == "missing":
        return _LINE if (edge and along % 12 < 7) or (not edge and (x + y) % 15 < 3) else _PAPER
    if kind == "not_applicable":
        return _LINE if edge and along % 9 < 3 else _PAPER
    if kind == "confidential" and 9 <= x < _W - 9 and abs(2 * y - _H + 1) < 10:
        return _LINE
    return _LINE if edge else _PAPER

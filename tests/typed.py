"""A workbook filled in as a person would, for tests."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from openpyxl import load_workbook  # type: ignore[import-untyped]


def typed(data: bytes, boxes: Mapping[str, Any]) -> bytes:
    """The workbook with boxes typed into: {"crew|cells": {"1": 12}} or {"ALF/2022/charter": {"status": "no data"}}.

    The row is that of the code, the column that of the sheet's row of columns; None empties the box.
    """
    book = load_workbook(io.BytesIO(data))
    left = dict(boxes)
    for sheet in book.worksheets:
        columns: dict[str, int] = {}
        for row in sheet.iter_rows():
            code = str(row[0].value or "")
            if code == "@columns":
                columns = {str(cell.value): cell.column for cell in row[1:] if cell.value is not None}
            for name, value in (left.pop(code, {}) if columns else {}).items():
                sheet.cell(row[0].row, columns[name]).value = value
    assert not left, f"no such rows: {sorted(left)}"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()

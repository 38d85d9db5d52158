"""CSV as a release writes and reads it: UTF-8, comma, double quotes where needed, one line feed per row.

A text that a spreadsheet would take for a formula (it begins with = + - @, a tab or a carriage return and is no number)
is written with an apostrophe before it, and read back without; so is a text that begins with an apostrophe.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Sequence

from eirene.errors import Unreadable
from eirene.tabular import guard, plain, unguard, write_csv

__all__ = ["guard", "plain", "read_csv", "unguard", "write_csv"]

#: More characters than any answer may have; the csv module's own limit is lower than a long comment.
_LONGEST = 1 << 20


def read_csv(data: bytes, columns: Sequence[str], where: str, *, later: Collection[str] = ()) -> list[dict[str, str]]:
    """Rows as written. Raises Unreadable if the columns are others or a row has too few.

    later   columns that older files do not have; they read as ''
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Unreadable(f"The file is not UTF-8: {error.reason} at byte {error.start}.", where=where) from None
    csv.field_size_limit(_LONGEST)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise Unreadable(f"The file is not a table: {error}.", where=where) from None
    older = [column for column in columns if column not in later]
    blank = dict.fromkeys(later, "")
    if lines and lines[0] == older:
        columns = older
    if not lines or lines[0] != list(columns):
        raise Unreadable(f"The columns are not {', '.join(columns)}.", where=f"{where}:1")
    for number, line in enumerate(lines[1:], start=2):
        if len(line) != len(columns):
            raise Unreadable(f"{len(line)} fields instead of {len(columns)}.", where=f"{where}:{number}")
    return [{**blank, **dict(zip(columns, map(unguard, line), strict=True))} for line in lines[1:]]

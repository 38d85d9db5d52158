"""Texts in CSV that no spreadsheet takes for a formula, and numbers as they are written there."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


def guard(text: str) -> str:
    """The text with an apostrophe before it if a spreadsheet would take it for a formula, or if it begins with one."""
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def unguard(text: str) -> str:
    return text[1:] if text.startswith("'") else text


def plain(value: int | Decimal | None) -> str:
    """A number with a decimal point and without exponent; '' for none."""
    return "" if value is None else format(value, "f") if isinstance(value, Decimal) else str(value)


def write_csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """UTF-8, comma, double quotes where needed, one line feed per row; every text guarded."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([guard(row.get(column, "")) for column in columns] for row in rows)
    return target.getvalue().encode()

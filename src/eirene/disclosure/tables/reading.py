"""Reads a table from CSV: every cell once, every sum there and right; all that is wrong is told at once."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from eirene.disclosure.tables.model import Contributors, Dimension, Key, Table, inconsistencies
from eirene.disclosure.tables.spec import Loaded
from eirene.errors import EireneError, Problem, Unreadable

MAX_BYTES = 50_000_000
MAX_CELLS = 200_000
#: Of one kind of mistake so many are told one by one.
TOLD = 20
_NUMBER = re.compile(r"-?\d{1,60}(\.\d{1,20})?")


@dataclass(frozen=True)
class Sheet:
    """A file as it is: its columns, and its rows with their lines."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]


def read_sheet(path: Path) -> Sheet:
    """Raises Unreadable where the file is no UTF-8 CSV, has rows of other lengths, or is too large."""
    if path.stat().st_size > MAX_BYTES:
        raise Unreadable(f"The file is larger than {MAX_BYTES:,} bytes.", where=path.name, remedy="Split the table.")
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Unreadable("is not UTF-8 text.", where=f"{path.name}:{line}", remedy="Save it as UTF-8.") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows, lines = [], []
    try:
        columns = tuple(name.strip() for name in next(reader, []))
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append(tuple(row))
                lines.append(reader.line_num)
    except csv.Error as error:
        raise Unreadable(f"is not valid CSV: {error}.", where=f"{path.name}:{reader.line_num}") from None
    _whole(path.name, columns, rows, lines)
    return Sheet(path.name, columns, tuple(rows), tuple(lines))


def _whole(name: str, columns: Sequence[str], rows: Sequence[Sequence[str]], lines: Sequence[int]) -> None:
    if not columns:
        raise Unreadable("The file is empty.", where=name, remedy="Its first line names the columns.")
    if len(rows) > MAX_CELLS:
        raise Unreadable(f"The table has more than {MAX_CELLS:,} rows.", where=name, remedy="Split the table.")
    problems = [
        Problem(f"has {len(row)} fields, the first line {len(columns)}.", f"{name}:{line}", "Quote texts with a comma.")
        for row, line in zip(rows, lines, strict=True)
        if len(row) != len(columns)
    ]
    twice = sorted({c for c in columns if columns.count(c) > 1})
    problems += [Problem(f"The column {c!r} stands twice.", f"{name}:1", "Rename one.") for c in twice]
    if problems:
        raise Unreadable(few(problems))


def few(problems: Sequence[Problem]) -> list[Problem]:
    """The first ones, and how many more there are."""
    more = len(problems) - TOLD
    return [*problems[:TOLD], *([Problem(f"… and {more:,} more of the kind.")] if more > 0 else [])]


@dataclass
class _Reading:
    """What has been read so far, and what is wrong."""

    sheet: Sheet
    loaded: Loaded
    problems: list[Problem] = field(default_factory=list)

    def column(self, name: str) -> int:
        return self.sheet.columns.index(name)

    def where(self, row: int) -> str:
        return f"{self.sheet.name}:{self.sheet.lines[row]}"

    def stop_if_wrong(self) -> None:
        if self.problems:
            raise EireneError(few(self.problems))


def read_table(path: Path | Sheet, loaded: Loaded) -> Table:
    """The table in a CSV file, whole and consistent.

    Raises Unreadable for what is no table; EireneError with all mistakes of one kind: columns, values, rows given
    twice, sums or cells that are not there, sums that do not add up.
    """
    sheet = path if isinstance(path, Sheet) else read_sheet(path)
    reading = _Reading(sheet, loaded)
    _columns(reading)
    keys = _keys(reading)
    dimensions = tuple(_dimensions(reading, keys))
    reading.stop_if_wrong()
    raw = _raw(reading)
    reading.stop_if_wrong()
    decimals = max((_places(text) for texts in raw for text in texts if text is not None), default=0)
    values = tuple(None if texts[0] is None else _scaled(texts[0], decimals) for texts in raw)
    contributors = _contributors(reading, raw, decimals)
    table = Table(dimensions, keys, values, decimals, contributors, sheet.name, sheet.lines)
    if loaded.spec.totals == "made":
        table = _with_sums(table)
    _complete(reading, table)
    reading.stop_if_wrong()
    _adds_up(reading, table)
    reading.stop_if_wrong()
    return table


def _columns(r: _Reading) -> None:
    missing = [name for name in r.loaded.spec.columns if name not in r.sheet.columns]
    there = ", ".join(r.sheet.columns)
    r.problems += [Problem(f"There is no column {m!r}.", f"{r.sheet.name}:1", f"There are: {there}.") for m in missing]
    r.stop_if_wrong()
    if not r.sheet.rows:
        raise EireneError("The table has no rows.", where=r.sheet.name, remedy="Each cell has a row.")


def _keys(r: _Reading) -> tuple[Key, ...]:
    places = [r.column(d.column) for d in r.loaded.spec.dimensions]
    keys = tuple(tuple(row[place].strip() for place in places) for row in r.sheet.rows)
    first: dict[Key, int] = {}
    for row, key in enumerate(keys):
        if key in first:
            what = f"The cell {', '.join(key)} stands in line {r.sheet.lines[first[key]]} already."
            r.problems.append(Problem(what, r.where(row), "Take one of both out."))
        first.setdefault(key, row)
        if not all(key):
            r.problems.append(Problem("A code is empty.", r.where(row), "Write the code, of the total too."))
    return keys


def _dimensions(r: _Reading, keys: Sequence[Key]) -> Iterator[Dimension]:
    made = r.loaded.spec.totals == "made"
    for place, given in enumerate(r.loaded.spec.dimensions):
        seen = dict.fromkeys(key[place] for key in keys)
        parents = {c: p for c, p in r.loaded.parents[given.column].items() if c in seen or made}
        if given.total is None:
            yield Dimension(given.column, tuple(seen))
            continue
        parts: dict[str, list[str]] = {given.total: []}
        # A group that has no row is made where sums are made, else its parts belong to what it is part of.
        wanted = dict.fromkeys([*seen, *(_above(seen, parents) if made else [])])
        for code in wanted:
            if code != given.total:
                parent = parents.get(code, given.total)
                while parent not in wanted and parent != given.total:
                    parent = r.loaded.parents[given.column].get(parent, given.total)
                parts.setdefault(parent, []).append(code)
        if given.total not in seen and not made:
            what = f"{given.column}: no row has the code of the total, {given.total!r}."
            r.problems.append(Problem(what, r.sheet.name, "Correct total in the specification, or let totals be made."))
        codes = tuple(dict.fromkeys([*wanted, given.total]))
        yield Dimension(given.column, codes, given.total, {c: tuple(p) for c, p in parts.items() if p})


def _above(codes: Sequence[str] | dict[str, None], parents: dict[str, str]) -> Iterator[str]:
    for code in codes:
        while code in parents:
            code = parents[code]
            yield code


def _raw(r: _Reading) -> list[tuple[str | None, ...]]:
    """The numbers of each row as texts: value, then units and largest contributions."""
    spec = r.loaded.spec
    names = [spec.value, *spec.largest]
    places = [r.column(name) for name in names]
    found = []
    for row, cells in enumerate(r.sheet.rows):
        texts = [cells[place].strip() for place in places]
        found.append(tuple(text if _NUMBER.fullmatch(text) else None for text in texts))
        for name, text in zip(names, texts, strict=True):
            _judge(r, row, name, text)
    return found


def _judge(r: _Reading, row: int, name: str, text: str) -> None:
    spec = r.loaded.spec
    if not text:
        if name == spec.value and spec.missing == "refused":
            remedy = "Write 0 where nobody is; where nobody knows, let missing be allowed in the specification."
            r.problems.append(Problem(f"The cell has no value in {name!r}. Missing is not zero.", r.where(row), remedy))
    elif not _NUMBER.fullmatch(text):
        remedy = "Write digits, with a decimal point, without separators of thousands."
        r.problems.append(Problem(f"{name} {text!r} is no number.", r.where(row), remedy))
    elif text.startswith("-") and Decimal(text) < 0 and (spec.negative == "refused" or name != spec.value):
        remedy = "Correct it; if the values may be credits, let negative be allowed in the specification."
        r.problems.append(Problem(f"{name} {text} is negative.", r.where(row), remedy))


def _places(text: str) -> int:
    return len(text.partition(".")[2])


def _scaled(text: str, decimals: int) -> int:
    whole, _, fraction = text.partition(".")
    return int(whole + fraction.ljust(decimals, "0"))


def _contributors(r: _Reading, raw: Sequence[tuple[str | None, ...]], decimals: int) -> tuple[Contributors, ...]:
    spec = r.loaded.spec
    if spec.units is None and not spec.largest:
        return ()
    place = r.column(spec.units) if spec.units else 0
    found = []
    for row, cells in enumerate(r.sheet.rows):
        text = cells[place].strip() if spec.units else ""
        if text and not re.fullmatch(r"\d{1,18}", text):
            r.problems.append(Problem(f"{spec.units} {text!r} is no count.", r.where(row), "Write digits."))
            text = ""
        shares = tuple(_scaled(share, decimals) for share in raw[row][1:] if share is not None)
        value = raw[row][0]
        if value is not None and sum(shares) > _scaled(value, decimals):
            what = f"The largest contributions are more than the value {value}."
            r.problems.append(Problem(what, r.where(row), "Correct the contributions or the value."))
        if list(shares) != sorted(shares, reverse=True):
            what = "The largest contributions are not in falling order."
            r.problems.append(Problem(what, r.where(row), "Put the largest into the first column."))
        found.append(Contributors(int(text) if text else None, shares))
    r.stop_if_wrong()
    return tuple(found)


def _complete(r: _Reading, table: Table) -> None:
    """Every combination of codes has a row: what has none is missing, and missing is not zero."""
    for key in itertools.product(*(d.codes for d in table.dimensions)):
        if key in table.number:
            continue
        sums = [d.column for d, code in zip(table.dimensions, key, strict=True) if d.is_sum(code)]
        cell = ", ".join(f"{d.column} {code}" for d, code in zip(table.dimensions, key, strict=True))
        what = f"There is no row for {cell}" + (f", a sum over {', '.join(sums)}." if sums else ".")
        remedy = "Let totals be made in the specification." if sums else "Write it, with 0 if nobody is there."
        r.problems.append(Problem(what, r.sheet.name, remedy))
        if len(r.problems) > 10 * TOLD:
            return


def _adds_up(r: _Reading, table: Table) -> None:
    for wrong in inconsistencies(table):
        parts = " + ".join(table.text(table.values[cell] or 0) for cell in wrong.parts[:12])
        dots = " + …" if len(wrong.parts) > 12 else ""
        what = f"{table.name(wrong.total)} is {table.text(wrong.stated)}, but its parts are {parts}{dots} = "
        lines = ", ".join(str(table.lines[cell]) for cell in wrong.parts[:12])
        what += f"{table.text(wrong.found)} (lines {lines}{', …' if dots else ''})."
        r.problems.append(Problem(what, table.where(wrong.total), "Correct the sum or a part."))


def _with_sums(table: Table) -> Table:
    """The table with a row for every sum, added up dimension by dimension from the parts."""
    values = dict(zip(table.keys, table.values, strict=True))
    for place, dimension in enumerate(table.dimensions):
        for total in _inner_first(dimension):
            for before, after in dict.fromkeys((k[:place], k[place + 1 :]) for k in list(values)):
                key = (*before, total, *after)
                parts = [values.get((*before, code, *after)) for code in dimension.parts[total]]
                known = [value for value in parts if value is not None]
                if key not in values and len(known) == len(parts):
                    values[key] = sum(known)
    made = [key for key in values if key not in table.number]
    more = tuple(Contributors() for _ in made) if table.contributors else ()
    return replace(
        table,
        keys=(*table.keys, *made),
        values=(*table.values, *(values[key] for key in made)),
        contributors=(*table.contributors, *more),
        lines=(*table.lines, *(0 for _ in made)),
    )


def _inner_first(dimension: Dimension) -> list[str]:
    """Sums in an order in which every sum comes after the groups that are its parts."""
    done: list[str] = []

    def visit(code: str) -> None:
        for part in dimension.parts.get(code, ()):
            visit(part)
        if code in dimension.parts:
            done.append(code)

    visit(dimension.total or "")
    return done
